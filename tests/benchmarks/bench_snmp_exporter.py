"""CPU of answering for one 48-port switch over SNMPv2c: netmon against Debian's snmp_exporter, in one run.

    python tests/benchmarks/bench_snmp_exporter.py [--rounds 8] [--scrapes 60]

Both poll the same agent, a process of its own: 16 interface columns of 48 rows, of which three are the labels ifAlias,
ifDescr and ifName, and sysUpTime; the six 64-bit counters move on every port from poll to poll. Measured is the whole
way from request to exposition text: user and system time, the best of several rounds in turns.

- "scheduled": what the daemon does for a device of the inventory: poll, labelled series, lines rendered; every column
  is read, as the exporter does;
- "scheduled, as if_mib": the same, but names, aliases and speeds rest while nothing tells of a change;
- "GET /snmp": a daemon without nodes, asked over HTTP, as the exporter is.

Exit 1 when the scheduled way takes more than 1/6 of the exporter's.
"""

import argparse
import asyncio
import dataclasses
import http.client
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from prometheus_client import CollectorRegistry

from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from exporters.prometheus import Exposition
from netmon.model import Check, Observation, State
from netmon.settings import Secret, SnmpCredential, SnmpSettings
from netmon.snmpmodules import Module
from tests.benchmarks.bench_snmp_walk import serve, walked_module
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.peers.programs import need
from tests.peers.snmp_exporter import new_format, old_format, yaml

TARGET = 1 / 6
TICKS = os.sysconf("SC_CLK_TCK")
NAME = "switch"


class Scheduled:
    """Polls and renders in this process, as the daemon does when a check is due."""

    def __init__(self, collector: SnmpCollector, port: int, module: str) -> None:
        credential = SnmpCredential("public", "2c", Secret("public"))
        settings = SnmpSettings("127.0.0.1", port, credential, (module,), max_repetitions=50)
        self._collector = collector
        self._check = Check(
            module, "snmp", "snmp", "127.0.0.1", "Bègles", "s", module, (), 30_000, 10_000, 2, 1, settings
        )
        self._exposition = Exposition(make_snapshot([BEGLES]), CollectorRegistry())

    async def run(self, times: int) -> tuple[float, float]:
        """CPU milliseconds a poll, and the varbinds the last one brought."""
        begun = time.process_time()
        for _ in range(times):
            reading = await self._collector.collect(self._check)
            self._exposition.observed(Observation(self._check, 0, 0.0, reading))
        took = (time.process_time() - begun) * 1000 / times
        if reading.state is not State.UP:
            raise SystemExit(reading.detail)
        return took, next(f.values[0] for f in reading.families if f.name == "snmp_scrape_pdus_returned")


class Served:
    """Asks a process over HTTP, on one connection; the time is that process'."""

    def __init__(self, pid: int, port: int, agent: int) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._path = f"/snmp?target=127.0.0.1:{agent}&module={NAME}"

    def run(self, times: int) -> tuple[float, float]:
        begun = self._cpu()
        for _ in range(times):
            text = self._get()
        took = (self._cpu() - begun) * 1000 / times
        line = next(line for line in text.splitlines() if line.startswith("snmp_scrape_pdus_returned"))
        return took, float(line.split()[-1])

    def _get(self) -> str:
        self._connection.request("GET", self._path)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200 or text.count("\nifHCInOctets{") != 48:
            raise SystemExit(f"{answer.status}: {text[:500]}")
        return text

    def _cpu(self) -> float:
        words = self._stat.read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS


@contextmanager
def exporter(directory: Path, document: Mapping[str, object], agent: int) -> Iterator[Served]:
    port, file = free_port(), directory / "old.yml"
    file.write_text(yaml(old_format(document)))
    program = need("prometheus-snmp-exporter", "prometheus-snmp-exporter")
    with process([program, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"], port) as pid:
        yield Served(pid, port, agent)


@contextmanager
def daemon(directory: Path, document: Mapping[str, object], agent: int) -> Iterator[Served]:
    port, file = free_port(), directory / "netmon.yml"
    (directory / "snmp.yml").write_text(yaml(document))
    web = f"web: {{listen: '127.0.0.1:{port}', probe_allow: [127.0.0.1]}}\n"
    file.write_text(f"data_dir: var\n{web}snmp: {{module_files: [snmp.yml]}}\n")
    with process([sys.executable, "-m", "netmon", "run", "-c", str(file)], port) as pid:
        yield Served(pid, port, agent)


@contextmanager
def process(command: list[str], port: int) -> Iterator[int]:
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and running.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                time.sleep(0.5)
                break
            except OSError:
                time.sleep(0.1)
        yield running.pid
    finally:
        running.terminate()
        running.wait(20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def measure(agent: int, module: Module, rounds: int, scrapes: int) -> dict[str, tuple[float, float]]:
    document = new_format([module])
    best: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as place, asyncio.Runner() as runner:
        directory = Path(place)
        resting = dataclasses.replace(module, name="resting", slow=MODULES["if_mib"].slow)
        collector = SnmpCollector({NAME: module, resting.name: resting})
        runner.run(collector.start())
        ways = {
            "netmon, scheduled": Scheduled(collector, agent, NAME),
            "netmon, scheduled, as if_mib": Scheduled(collector, agent, resting.name),
        }
        with exporter(directory, document, agent) as theirs, daemon(directory, document, agent) as ours:
            served = {"netmon, GET /snmp": ours, "snmp_exporter, GET /snmp": theirs}
            for _ in range(rounds):  # in turns, so that a noisy neighbour meets all
                found = {name: runner.run(way.run(scrapes)) for name, way in ways.items()}
                found |= {name: way.run(scrapes) for name, way in served.items()}
                for name, figures in found.items():
                    best[name] = min(best.get(name, figures), figures)
        runner.run(collector.stop())
    return best


def show(best: dict[str, tuple[float, float]], rounds: int) -> int:
    print(f"SNMP poll of a 48-port switch to exposition text, CPU per target, best of {rounds}:")
    reference = best["snmp_exporter, GET /snmp"][0]
    for name, (milliseconds, varbinds) in best.items():
        ratio = "" if milliseconds == reference else f"   1/{reference / milliseconds:.1f} of snmp_exporter's"
        print(f"  {name:30}{milliseconds:8.2f} ms {varbinds:6.0f} varbinds{ratio}")
    print("  target: scheduled at most 1/6")
    return 0 if best["netmon, scheduled"][0] <= reference * TARGET else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--scrapes", type=int, default=60)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready, done = context.Queue(), context.Event()
    agent = context.Process(target=serve, args=(ready, done), daemon=True)
    agent.start()
    try:
        module = dataclasses.replace(walked_module(), max_repetitions=50)  # for both
        best = measure(ready.get(timeout=30), module, arguments.rounds, arguments.scrapes)
        return show(best, arguments.rounds)
    finally:
        done.set()
        agent.join(5)


if __name__ == "__main__":
    sys.exit(main())
