"""CPU of polling one 48-port switch over SNMPv2c: netmon's engine against pysnmp, in one run.

    python tests/benchmarks/bench_snmp_walk.py [--max-repetitions 50] [--rounds 20]

The agent is a process of its own; 16 interface columns of 48 rows and sysUpTime make 769 varbinds. Three of the columns
are the labels ifAlias, ifDescr and ifName; the six 64-bit counters move on every port from poll to poll. Measured is
the whole way from request to ``Reading``: user and system time of this process, in many short rounds in turns; ratios
are medians of the rounds. The figure is a device polled again and again, as the daemon does; "all new" is the same when
nothing that is remembered of the last answers helps. Exit 1 when the figure is more than 1/60 of pysnmp's.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from netmon.ber import COUNTER64, GET_BULK_REQUEST, decode_unsigned, encode_integer, encode_oid
from netmon.model import Check, Reading
from netmon.settings import Secret, SnmpCredential, SnmpEngineName, SnmpSettings
from netmon.snmpmodules import Module
from tests.collectors.snmp.agents import COLUMNS, Agent, Mib, Request, frame, switch, varbind

VARBINDS = 769
TARGET = 1 / 60


MOVING = {
    column for column in COLUMNS if column.startswith("1.3.6.1.2.1.31.1.1.1.") and COLUMNS[column][0] == COUNTER64
}
"""The 64-bit counters: on every port they differ from poll to poll; names, states and error counts do not."""


def serve(ready: "multiprocessing.Queue[int]", done: "multiprocessing.synchronize.Event") -> None:
    mib = Mib(switch(48))
    moving = {encode_oid(column) for column in MOVING}
    known: dict[tuple[object, ...], list[bytes]] = {}
    asked: dict[tuple[object, ...], int] = {}

    def versions(request: Request) -> list[bytes]:
        """The varbinds of an answer at three moments; one where nothing moves."""
        varbinds = mib.varbinds(request)
        bulk = request.pdu == GET_BULK_REQUEST
        moves = bulk and any(encode_oid(name).startswith(one) for name in request.names for one in moving)
        return [
            b"".join(
                varbind(name, tag, advanced(content, moment) if moves and tag == COUNTER64 else content)
                for name, tag, content in varbinds
            )
            for moment in (range(3) if moves else (0,))
        ]

    def answer(message: bytes) -> list[bytes]:
        """As the agent would, but the varbinds are encoded once, so that the agent does not compete for the machine."""
        request = Request(message)
        key = (request.pdu, request.second, *request.names)
        if key not in known:
            known[key], asked[key] = versions(request), 0
        asked[key] += 1
        return [frame(request, known[key][asked[key] % len(known[key])])]

    with Agent(answer) as agent:
        ready.put(agent.port)
        done.wait()


def advanced(content: bytes, moment: int) -> bytes:
    return encode_integer(decode_unsigned(content) + 1_000_003 * moment)


def walked_module() -> Module:
    """The part of ``if_mib`` that the agent has: exactly the 769 varbinds."""
    stock = MODULES["if_mib"]
    metrics = tuple(metric for metric in stock.metrics if metric.oid in COLUMNS)
    return Module("switch", stock.walk, (), metrics)


def check(port: int, engine: SnmpEngineName, max_repetitions: int) -> Check:
    credential = SnmpCredential("public", "2c", Secret("public"))
    settings = SnmpSettings("127.0.0.1", port, credential, ("switch",), engine, max_repetitions=max_repetitions)
    return Check(f"{engine}/snmp", "snmp", "snmp", "127.0.0.1", "Bègles", "s", "n", (), 30_000, 10_000, 2, 1, settings)


async def poll(collector: SnmpCollector, asked: Check, times: int, *, forget: bool = False) -> tuple[float, Reading]:
    """CPU milliseconds of one poll, and the last reading."""
    reading = await collector.collect(asked)
    begun = time.process_time()
    for _ in range(times):
        if forget:
            collector._memories[asked.id].recollection.forget_answers()
        reading = await collector.collect(asked)
    return (time.process_time() - begun) * 1000 / times, reading


async def measure(port: int, max_repetitions: int, rounds: int) -> dict[str, list[float]]:
    collector = SnmpCollector({"switch": walked_module()})
    await collector.start()
    taken: dict[str, list[float]] = {}
    ways: tuple[tuple[str, SnmpEngineName, int, bool], ...] = (
        ("netmon engine", "netmon", 30, False),
        ("netmon engine, all new", "netmon", 30, True),
        ("pysnmp engine", "pysnmp", 2, False),
    )
    for _ in range(rounds):  # in turns, so that a noisy neighbour meets all
        for name, engine, times, forget in ways:
            milliseconds, reading = await poll(collector, check(port, engine, max_repetitions), times, forget=forget)
            returned = sum(f.values[0] for f in reading.families if f.name == "snmp_scrape_pdus_returned")
            if reading.detail or returned != VARBINDS:
                raise SystemExit(f"{name}: {returned} varbinds, {reading.detail}")
            taken.setdefault(name, []).append(milliseconds)
    await collector.stop()
    return taken


def show(taken: dict[str, list[float]], max_repetitions: int, rounds: int) -> int:
    print(f"SNMP walk of {VARBINDS} varbinds, max-repetitions {max_repetitions}, CPU per target, {rounds} rounds:")
    reference = taken["pysnmp engine"]
    ratios = {
        name: median(one / other for one, other in zip(milliseconds, reference, strict=True))
        for name, milliseconds in taken.items()
    }
    for name, milliseconds in taken.items():
        ratio = "" if milliseconds is reference else f"   1/{1 / ratios[name]:.0f} of pysnmp's"
        print(f"  {name:24}{median(milliseconds):8.2f} ms (best {min(milliseconds):.2f}){ratio}")
    print("  target: at most 1/60")
    return 0 if ratios["netmon engine"] <= TARGET else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--max-repetitions", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready, done = context.Queue(), context.Event()
    agent = context.Process(target=serve, args=(ready, done), daemon=True)
    agent.start()
    try:
        taken = asyncio.run(measure(ready.get(timeout=30), arguments.max_repetitions, arguments.rounds))
        return show(taken, arguments.max_repetitions, arguments.rounds)
    finally:
        done.set()
        agent.join(5)


if __name__ == "__main__":
    sys.exit(main())
