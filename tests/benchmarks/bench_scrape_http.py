"""A scrape as Prometheus asks for it (gzip, over HTTP) from netmon, prometheus-client and a Go exporter of equal size.

    python tests/benchmarks/bench_scrape_http.py [SERIES]

The Go exporter is prometheus-pushgateway (Debian), which client_golang serves, holding the same series; without it the
other two are compared. CPU seconds are those of the process that answers, user and system, the best of three scrapes.
Exit 1 when netmon takes more than 1/40 of prometheus-client, or more than Go.
"""

import asyncio
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, start_http_server

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from tests.benchmarks.bench_exposition import FAMILIES, LABELS, ROWS, families, make_devices, make_series
from tests.exporters.snapshots import make_observation

TEXT = "text/plain;version=0.0.4"
TICK = os.sysconf("SC_CLK_TCK")


def ours(count: int) -> None:
    snapshot = make_devices(count // (FAMILIES * ROWS))
    exposition = Exposition(snapshot, CollectorRegistry())
    for name, series in make_series(snapshot).items():
        exposition.observed(make_observation(snapshot.inventory.checks[name], *families(0, series)))

    async def serve() -> None:
        server = WebServer("127.0.0.1", 0, create_app(snapshot, exposition, None))
        await server.start()
        print(server.port, flush=True)
        await asyncio.Event().wait()

    asyncio.run(serve())


def theirs(count: int) -> None:
    registry = CollectorRegistry()
    names = ("commune", "site", "node", "check", *LABELS)
    gauges = [Gauge(f"ifCounter{n}", "A column.", names, registry=registry) for n in range(FAMILIES)]
    snapshot = make_devices(count // (FAMILIES * ROWS))
    for name, series in make_series(snapshot).items():
        for gauge in gauges:
            for row, labels in enumerate(series):
                gauge.labels(*snapshot.inventory.checks[name].labels, *labels).set(row * 1000)
    server, _ = start_http_server(0, "127.0.0.1", registry)
    print(server.server_port, flush=True)
    threading.Event().wait()


@contextmanager
def served(role: str, count: int) -> Iterator[tuple[int, int]]:
    """Process and port of this file serving as ``role``."""
    process = subprocess.Popen([sys.executable, __file__, role, str(count)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


@contextmanager
def pushgateway(program: str, count: int) -> Iterator[tuple[int, int]]:
    """Process and port of a pushgateway that was given the same series."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [program, f"--web.listen-address=127.0.0.1:{port}", "--push.disable-consistency-check"]
    process = subprocess.Popen([*arguments, "--log.level=error"])
    try:
        _push(port, count)
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


def _push(port: int, count: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    snapshot = make_devices(count // (FAMILIES * ROWS))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for name, series in make_series(snapshot).items():
        check = snapshot.inventory.checks[name]
        lines = []
        for family in families(0, series):
            lines.append(f"# HELP {family.name} A column.\n# TYPE {family.name} gauge\n")
            for labels, value in zip(family.series, family.values, strict=True):
                told = ",".join(f'{key}="{each}"' for key, each in zip(LABELS, labels, strict=True))
                lines.append(
                    f'{family.name}{{commune="{check.commune}",site="{check.site}",check="snmp",{told}}} {value}\n'
                )
        connection.request("PUT", f"/metrics/job/b/node/{check.node}", "".join(lines).encode())
        answer = connection.getresponse()
        answer.read()
        assert answer.status in {200, 202}, answer.status
    connection.close()


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def scrape(port: int, times: int) -> int:
    """Scrape so many times; the bytes of one answer."""
    size = 0
    for _ in range(times):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request("GET", "/metrics", headers={"Accept": TEXT, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
        size = 0
        while piece := answer.read(1 << 20):
            size += len(piece)
        connection.close()
    return size


def measure(name: str, pid: int, port: int, *, times: int = 1) -> float:
    """CPU seconds of one scrape, the best of three rounds of ``times`` scrapes."""
    size, best, wall = scrape(port, 1), float("inf"), float("inf")
    for _ in range(3):
        before, started = cpu_of(pid), time.monotonic()
        scrape(port, times)
        best = min(best, (cpu_of(pid) - before) / times)
        wall = min(wall, (time.monotonic() - started) / times)
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    print(f"{name:22} {best:8.3f} s CPU  {wall:8.3f} s in all  {size / 1e6:7.1f} MB sent  {resident:6.0f} MB resident")
    return best


def main(count: int) -> int:
    print(f"{count} series, gzip, over HTTP")
    with served("ours", count) as (pid, port):
        mine = measure("netmon", pid, port, times=max(1, 2_000_000 // count))
    with served("theirs", count) as (pid, port):
        client = measure("prometheus-client", pid, port)
    print(f"netmon takes 1/{client / mine:.0f} of prometheus-client")
    good = mine * 40 <= client
    program = shutil.which("prometheus-pushgateway")
    if program is not None:
        with pushgateway(program, count) as (pid, port):
            go = measure("Go (pushgateway)", pid, port)
        print(f"netmon takes 1/{go / mine:.1f} of Go")
        good = good and mine < go
    return 0 if good else 1


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["theirs"]):
        (ours if sys.argv[1] == "ours" else theirs)(int(sys.argv[2]))
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
