"""CPU of a ping, a port, a TLS handshake and a query, against Debian's blackbox_exporter on the same servers.

    python tests/benchmarks/bench_net_probes.py [--seconds 4] [--rounds 3]

Paced at 50 a second, in turns, best of several rounds. Ours is the way from ``collect`` to exposition text, less what
keeping the pace takes; theirs is the time of its process while it is asked through ``/probe`` on one connection. NSD is
the server of all but the pings. Exit 1 when ours is more than 1.3 times theirs.
"""

import argparse
import asyncio
import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from prometheus_client import CollectorRegistry

from collectors import COLLECTORS
from exporters.prometheus import Exposition
from netmon.model import Check, Observation, State
from netmon.settings import DnsSettings, IcmpSettings, TcpSettings, TlsSettings
from tests.collectors.dns.servers import Nsd, nsd
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.peers.programs import fetch, free_port, need, running, wait_for

PER_SECOND = 50
MOST = 1.3
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Case:
    """The same question for both."""

    name: str
    settings: object
    module: str
    target: str

    @property
    def check(self) -> Check:
        kind = self.name.split()[0]
        return Check(self.name, self.name, kind, self.target, "Bègles", "", "", (), 60_000, 5000, 1, 1, self.settings)


def cases(server: Nsd) -> list[Case]:
    trust = TlsSettings(ca_file=server.ca_file, server_name="dns.example")
    tls_config = f"tls: true, tls_config: {{ca_file: {server.ca_file}, server_name: dns.example}}"
    asked = "dns: {preferred_ip_protocol: ip4, query_name: example.org, query_type: SOA"
    port, tls = f"127.0.0.1:{server.port}", f"127.0.0.1:{server.tls_port}"
    question = DnsSettings("127.0.0.1", "example.org", server.port, "SOA")
    return [
        Case("icmp", IcmpSettings("127.0.0.1"), "icmp: {preferred_ip_protocol: ip4}", "127.0.0.1"),
        Case("tcp", TcpSettings("127.0.0.1", server.port), "tcp: {preferred_ip_protocol: ip4}", port),
        Case("tcp over TLS", TcpSettings("127.0.0.1", server.tls_port, trust),
             f"tcp: {{preferred_ip_protocol: ip4, {tls_config}}}", tls),
        Case("dns", question, f"{asked}}}", port),
        Case("dns over TCP", DnsSettings("127.0.0.1", "example.org", server.port, "SOA", transport="tcp"),
             f"{asked}, transport_protocol: tcp}}", port),
    ]  # fmt: skip


async def ours(case: Case, count: int) -> float:
    """CPU milliseconds per poll."""
    collector = COLLECTORS[case.check.collector]()
    await collector.start()
    try:
        await _paced(case, collector, 5)
        return await _paced(case, collector, count) - await _paced(case, None, count)
    finally:
        await collector.stop()


async def _paced(case: Case, collector: object, count: int) -> float:
    exposition = Exposition(make_snapshot([BEGLES]), CollectorRegistry())
    check, before, due = case.check, time.process_time(), time.monotonic()
    for _ in range(count):
        if collector is not None:
            reading = await collector.collect(check)  # type: ignore[attr-defined]
            if reading.state is not State.UP:
                raise SystemExit(f"{case.name}: {reading.reason} {reading.detail}")
            exposition.observed(Observation(check, 0, 0.0, reading))
        due += 1 / PER_SECOND
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    return (time.process_time() - before) / count * 1000


@dataclass
class Peer:
    """blackbox_exporter, asked on one connection."""

    process: "subprocess.Popen[bytes]"
    connection: http.client.HTTPConnection

    def paced(self, number: int, case: Case, count: int) -> float:
        """CPU milliseconds per probe."""
        before, due = self._cpu(), time.monotonic()
        for _ in range(count):
            self.connection.request("GET", f"/probe?module=case{number}&target={case.target}")
            text = self.connection.getresponse().read().decode()
            if "\nprobe_success 1\n" not in text:
                raise SystemExit(text)
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        return (self._cpu() - before) / count * 1000

    def _cpu(self) -> float:
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS


@contextlib.contextmanager
def peer(directory: Path, asked: list[Case]) -> Iterator[Peer]:
    program, port = need("prometheus-blackbox-exporter", "prometheus-blackbox-exporter"), free_port()
    modules = "".join(
        f"  case{number}: {{prober: {case.check.collector}, timeout: 5s, {case.module}}}\n"
        for number, case in enumerate(asked)
    )
    (directory / "blackbox.yml").write_text(f"modules:\n{modules}")
    command = [program, f"--config.file={directory / 'blackbox.yml'}", f"--web.listen-address=127.0.0.1:{port}"]
    with running(command, directory) as process:
        wait_for(lambda: fetch(f"http://127.0.0.1:{port}/-/healthy"))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Peer(process, connection)
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    count, good = int(options.seconds * PER_SECOND), True
    with tempfile.TemporaryDirectory() as place, nsd(Path(place)) as server, peer(Path(place), cases(server)) as other:
        print(f"CPU ms per poll, {PER_SECOND} a second, best of {options.rounds}: netmon, blackbox_exporter, ratio")
        for number, case in enumerate(cases(server)):
            pairs = [(asyncio.run(ours(case, count)), other.paced(number, case, count)) for _ in range(options.rounds)]
            mine, theirs = min(one for one, _ in pairs), min(two for _, two in pairs)
            good = good and mine <= MOST * theirs
            print(f"  {case.name:13} {mine:6.2f} {theirs:6.2f} {mine / theirs:6.2f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
