"""CPU of polling one 48-port switch over SNMPv2c: netmon's engine against pysnmp, in one run.

    python tests/benchmarks/bench_snmp_walk.py [--max-repetitions 50] [--polls 300] [--columns]

The agent is a process of its own; 16 interface columns of 48 rows and sysUpTime make 769 varbinds. Three of the columns
are the labels ifAlias, ifDescr and ifName. Measured is the whole way from request to ``Reading``: user and system time
of this process. Exit 1 when netmon's engine takes more than 1/60 of pysnmp's.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES, Module
from netmon.model import Check, Reading
from netmon.settings import Secret, SnmpCredential, SnmpEngineName, SnmpSettings
from tests.collectors.snmp.agents import COLUMNS, Agent, Mib, response, Request, switch

VARBINDS = 769
TARGET = 1 / 60


def serve(ready: "multiprocessing.Queue[int]", done: "multiprocessing.synchronize.Event") -> None:
    mib = Mib(switch(48))
    known: dict[bytes, tuple[bytes, bytes]] = {}

    def answer(message: bytes) -> list[bytes]:
        """As the agent would, but each answer is made once: only the request-id in it changes."""
        request = Request(message)
        identifier = request.id.to_bytes(4, "big")
        head, _, tail = message.partition(identifier)
        key = head + tail
        if key not in known:
            before, _, after = response(request, mib.varbinds(request)).partition(identifier)
            known[key] = (before, after)
        before, after = known[key]
        return [before + identifier + after]

    with Agent(answer) as agent:
        ready.put(agent.port)
        done.wait()


def walked_module() -> Module:
    """The part of ``if_mib`` that the agent has: exactly the 769 varbinds."""
    stock = MODULES["if_mib"]
    metrics = tuple(metric for metric in stock.metrics if metric.oid in COLUMNS)
    return Module("switch", stock.walk, (), metrics)


def check(port: int, engine: SnmpEngineName, max_repetitions: int) -> Check:
    credential = SnmpCredential("public", "2c", Secret("public"))
    settings = SnmpSettings("127.0.0.1", port, credential, ("switch",), engine, max_repetitions=max_repetitions)
    return Check(f"{engine}/snmp", "snmp", "snmp", "127.0.0.1", "Bègles", "s", "n", (), 30_000, 10_000, 2, 1, settings)


async def poll(collector: SnmpCollector, asked: Check, times: int) -> tuple[float, Reading]:
    """CPU milliseconds of one poll, and the last reading."""
    reading = await collector.collect(asked)
    begun = time.process_time()
    for _ in range(times):
        reading = await collector.collect(asked)
    return (time.process_time() - begun) * 1000 / times, reading


def best(measure: Callable[[], tuple[float, Reading]], rounds: int) -> tuple[float, Reading]:
    return min((measure() for _ in range(rounds)), key=lambda result: result[0])


async def run(port: int, max_repetitions: int, polls: int) -> int:
    collector = SnmpCollector({"switch": walked_module()})
    await collector.start()
    results: dict[str, list[float]] = {"netmon": [], "pysnmp": []}
    engines: tuple[tuple[SnmpEngineName, int], ...] = (("netmon", polls), ("pysnmp", max(3, polls // 60)))
    for _ in range(3):  # in turns, so that a noisy neighbour meets both
        for engine, times in engines:
            milliseconds, reading = await poll(collector, check(port, engine, max_repetitions), times)
            returned = sum(f.values[0] for f in reading.families if f.name == "snmp_scrape_pdus_returned")
            if reading.detail or returned != VARBINDS:
                print(f"{engine}: {returned} varbinds, {reading.detail}", file=sys.stderr)
                return 2
            results[engine].append(milliseconds)
    await collector.stop()
    own, other = min(results["netmon"]), min(results["pysnmp"])
    print(f"SNMP walk of {VARBINDS} varbinds, max-repetitions {max_repetitions}, CPU per target, best of 3:")
    print(f"  netmon engine  {own:8.2f} ms")
    print(f"  pysnmp engine  {other:8.2f} ms")
    print(f"  ratio          1/{other / own:.0f}   (target: at most 1/60)")
    return 0 if own <= other * TARGET else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--max-repetitions", type=int, default=50)
    parser.add_argument("--polls", type=int, default=300)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready, done = context.Queue(), context.Event()
    agent = context.Process(target=serve, args=(ready, done), daemon=True)
    agent.start()
    try:
        return asyncio.run(run(ready.get(timeout=30), arguments.max_repetitions, arguments.polls))
    finally:
        done.set()
        agent.join(5)


if __name__ == "__main__":
    sys.exit(main())
