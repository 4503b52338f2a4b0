"""CPU of polling one 48-port switch over SNMPv3 authPriv (SHA, AES-128): netmon's engine, pysnmp, snmp_exporter.

    python tests/benchmarks/bench_snmp_v3.py [--max-repetitions 50] [--rounds 10]

The agent is a process of its own: 16 interface columns of 48 rows and sysUpTime make 769 varbinds. Three of the columns
are the labels ifAlias, ifDescr and ifName; the six 64-bit counters move on every port from poll to poll. Measured are
user and system time, the best of several rounds in turns: of this process from request to ``Reading``, by either
engine, and on to exposition text; of Debian's snmp_exporter, where it is installed, for an answer over HTTP. "All new"
is netmon's engine when nothing it remembers of the last answers helps; "over v2c" is what the sealing costs.
Exit 1 when netmon's way to the text takes more than 1/3 of the exporter's, or its engine more than 1/30 of pysnmp's.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from prometheus_client import CollectorRegistry

from collectors.snmp import SnmpCollector
from exporters.prometheus import Exposition
from netmon.ber import COUNTER64, GET_BULK_REQUEST, encode_oid
from netmon.model import Check, Observation, State
from netmon.settings import Secret, SnmpCredential, SnmpEngineName, SnmpSettings
from netmon.snmpmodules import Module
from tests.benchmarks.bench_snmp_exporter import exporter
from tests.benchmarks.bench_snmp_walk import MOVING, VARBINDS, advanced, walked_module
from tests.benchmarks.bench_snmp_walk import serve as serve_v2c
from tests.collectors.snmp.agents import Agent, Mib, Request, Varbinds, switch, varbind
from tests.collectors.snmp.usm_agent import UsmAgent
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.peers.snmp_exporter import new_format

V2C = SnmpCredential("public", "2c", Secret("public"))
V3 = SnmpCredential("v3", "3", None, "netmon", "SHA", Secret("password-of-auth"), "AES", Secret("password-of-priv"))
AUTH = {
    "version": 3,
    "username": "netmon",
    "security_level": "authPriv",
    "auth_protocol": "SHA",
    "password": "password-of-auth",
    "priv_protocol": "AES",
    "priv_password": "password-of-priv",
}
OF_PYSNMP, OF_EXPORTER = 1 / 30, 1 / 3


def serve(ready: "multiprocessing.Queue[int]", done: "multiprocessing.synchronize.Event") -> None:
    """The switch over v3; what it answers is encoded once, so that the agent hardly competes for the machine."""
    mib = Mib(switch(48))
    moving = tuple(encode_oid(column) for column in MOVING)
    known: dict[tuple[object, ...], list[bytes]] = {}
    asked: dict[tuple[object, ...], int] = {}

    def found(request: Request) -> Varbinds:
        if request.pdu != GET_BULK_REQUEST:
            return mib.varbinds(request)
        walks = [list(mib.following(name, request.second)) for name in request.names]
        return [one for row in zip(*walks, strict=False) for one in row]

    def versions(request: Request) -> list[bytes]:
        """The varbinds of an answer at three moments; one where nothing moves."""
        moves = request.pdu == GET_BULK_REQUEST and any(encode_oid(name).startswith(moving) for name in request.names)
        varbinds = found(request)
        return [
            b"".join(
                varbind(name, tag, advanced(content, moment) if moves and tag == COUNTER64 else content)
                for name, tag, content in varbinds
            )
            for moment in (range(3) if moves else (0,))
        ]

    def varbinds(request: Request) -> bytes:
        key = (request.pdu, request.second, *request.names)
        if key not in known:
            known[key], asked[key] = versions(request), 0
        asked[key] += 1
        return known[key][asked[key] % len(known[key])]

    ours, begun = UsmAgent(varbinds, V3), time.monotonic()

    def answer(message: bytes) -> list[bytes]:
        ours.time = int(time.monotonic() - begun)
        for kept in (ours.seen, ours.opened, ours.contexts, ours.reports):
            kept.clear()
        return ours(message)

    with Agent(answer) as agent:
        ready.put(agent.port)
        done.wait()


class Way:
    """Polls one agent with one engine, and does ``then`` with each reading."""

    def __init__(
        self,
        collector: SnmpCollector,
        port: int,
        credential: SnmpCredential = V3,
        engine: SnmpEngineName = "netmon",
        *,
        repetitions: int,
        times: int = 30,
        forget: bool = False,
        to_text: bool = False,
    ) -> None:
        settings = SnmpSettings("127.0.0.1", port, credential, ("switch",), engine, max_repetitions=repetitions)
        name = f"{engine}-{credential.version}-{forget}-{to_text}"
        self._check = Check(name, "snmp", "snmp", "127.0.0.1", "Bègles", "s", name, (), 30_000, 10_000, 2, 1, settings)
        self._collector = collector
        self._times = times
        self._forget = forget
        self._exposition = Exposition(make_snapshot([BEGLES]), CollectorRegistry()) if to_text else None

    async def run(self) -> tuple[float, float, float]:
        """CPU milliseconds of a poll, varbinds and packets of the last one."""
        await self._collector.collect(self._check)
        begun = time.process_time()
        for _ in range(self._times):
            if self._forget:
                memory = self._collector._memories[self._check.id]
                memory.recollection.forget_answers()
            reading = await self._collector.collect(self._check)
            if self._exposition is not None:
                self._exposition.observed(Observation(self._check, 0, 0.0, reading))
        took = (time.process_time() - begun) * 1000 / self._times
        costs = {family.name: family.values[0] for family in reading.families}
        varbinds = costs["snmp_scrape_pdus_returned"]
        if reading.state is not State.UP or varbinds != VARBINDS:
            raise SystemExit(f"{self._check.name}: {varbinds} varbinds, {reading.detail}")
        return took, varbinds, costs["snmp_scrape_packets_sent"]


async def measure(v3: int, v2c: int, module: Module, repetitions: int, rounds: int) -> dict[str, tuple[float, ...]]:
    collector = SnmpCollector({"switch": module})
    await collector.start()
    ways = {
        "netmon engine": Way(collector, v3, repetitions=repetitions),
        "netmon engine, all new": Way(collector, v3, repetitions=repetitions, forget=True),
        "netmon engine, over v2c": Way(collector, v2c, V2C, repetitions=repetitions),
        "pysnmp engine": Way(collector, v3, engine="pysnmp", repetitions=repetitions, times=2),
        "netmon, to text": Way(collector, v3, repetitions=repetitions, to_text=True),
    }
    best: dict[str, tuple[float, ...]] = {}
    with contextlib.ExitStack() as stack:
        theirs: Callable[[], tuple[float, float]] | None = None
        if shutil.which("prometheus-snmp-exporter"):
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            document = new_format([module], {"public_v2": dict(AUTH)})
            served = stack.enter_context(exporter(directory, document, v3))
            theirs = lambda: served.run(60)  # noqa: E731
        for _ in range(rounds):  # in turns, so that a noisy neighbour meets all
            found: dict[str, tuple[float, ...]] = {name: await way.run() for name, way in ways.items()}
            if theirs is not None:
                found["snmp_exporter, GET /snmp"] = theirs()
            for name, figures in found.items():
                best[name] = min(best.get(name, figures), figures)
    await collector.stop()
    return best


def show(best: dict[str, tuple[float, ...]], repetitions: int, rounds: int) -> int:
    heading = f"SNMPv3 authPriv SHA/AES128, walk of {VARBINDS} varbinds, max-repetitions {repetitions}"
    print(f"{heading}, CPU per target, best of {rounds}:")
    ours, text = best["netmon engine"][0], best["netmon, to text"][0]
    pysnmp, exporters = best["pysnmp engine"][0], best.get("snmp_exporter, GET /snmp", (None,))[0]
    for name, figures in best.items():
        reference = exporters if "text" in name else pysnmp if name.startswith("netmon") else None
        whose = "snmp_exporter's" if "text" in name else "pysnmp's"
        ratio = f"   1/{reference / figures[0]:.1f} of {whose}" if reference else ""
        packets = f" {figures[2]:4.0f} packets" if len(figures) > 2 else " " * 13
        print(f"  {name:26}{figures[0]:8.2f} ms{packets}{ratio}")
    print("  target: engine at most 1/30 of pysnmp's, to text at most 1/3 of snmp_exporter's")
    if exporters is None:
        print("  snmp_exporter is not installed (Debian package prometheus-snmp-exporter)")
    return 0 if ours <= pysnmp * OF_PYSNMP and (exporters is None or text <= exporters * OF_EXPORTER) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--max-repetitions", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    done, ports, agents = context.Event(), [], []
    for target in (serve, serve_v2c):
        ready: multiprocessing.Queue[int] = context.Queue()
        agents.append(context.Process(target=target, args=(ready, done), daemon=True))
        agents[-1].start()
        ports.append(ready.get(timeout=30))
    try:
        module = dataclasses.replace(walked_module(), max_repetitions=arguments.max_repetitions)
        measured = measure(ports[0], ports[1], module, arguments.max_repetitions, arguments.rounds)
        return show(asyncio.run(measured), arguments.max_repetitions, arguments.rounds)
    finally:
        done.set()
        for agent in agents:
            agent.join(5)


if __name__ == "__main__":
    sys.exit(main())
