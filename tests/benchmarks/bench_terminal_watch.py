"""``netmon status --watch`` on a daemon with 5,000 checks: its share of a core, what it costs the daemon, and the bytes
it sends. With a hundred checks down, and with everything cut off behind one device. Linux only (reads /proc).
"""

import contextlib
import fcntl
import os
import pty
import select
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

CHECKS, COMMUNES, INTERVAL, DOWN = 5000, 28, 30, 100
SETTLE, MEASURE = 45, 20
WIDTH, HEIGHT = 120, 40
PORT = 18731
ASKED = 0.05
"""The share of a core that a watch at 1 Hz may take."""


def main() -> None:
    """Print both cases and their ratio to what is asked for."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as good:
        for case, storm in (("100 checks down", False), ("all behind one device", True)):
            with tempfile.TemporaryDirectory() as directory, _daemon(Path(directory), good, storm=storm) as daemon:
                _settle(good)
                _report(case, daemon, good)


def _report(case: str, daemon: int, good: socket.socket) -> None:
    alone = _share(daemon, good)
    with _watch() as (watch, terminal):
        first = 0
        while not first:
            first = _drain(terminal, 2.0, good)
        before, sent = (_cpu(watch), _cpu(daemon)), 0
        begun = time.monotonic()
        sent = _drain(terminal, MEASURE, good)
        seconds = time.monotonic() - begun
        took = (_cpu(watch) - before[0]) / seconds
        asked = (_cpu(daemon) - before[1]) / seconds
    print(f"{CHECKS} checks, {case}, {WIDTH}×{HEIGHT}:")
    print(f"  watch:  {took:6.2%} of a core, ratio to the {ASKED:.0%} asked for {took / ASKED:.2f}")
    print(f"  daemon: {asked:6.2%} of a core, {alone:.2%} without the watch")
    print(f"  bytes:  {first} for the first picture, {sent / seconds:.0f} a second after it")


def _share(pid: int, good: socket.socket) -> float:
    before, begun = _cpu(pid), time.monotonic()
    _accept(good, MEASURE)
    return (_cpu(pid) - before) / (time.monotonic() - begun)


def _settle(good: socket.socket) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/-/ready", timeout=2):
            break
        time.sleep(0.2)
    _accept(good, SETTLE)


def _accept(good: socket.socket, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        if select.select([good], [], [], left)[0]:
            good.accept()[0].close()


def _drain(terminal: int, seconds: float, good: socket.socket) -> int:
    """Read what the watch draws, and take the daemon's connections meanwhile; the bytes drawn."""
    ends, count = time.monotonic() + seconds, 0
    while (left := ends - time.monotonic()) > 0:
        ready = select.select([good, terminal], [], [], left)[0]
        if good in ready:
            good.accept()[0].close()
        if terminal in ready:
            count += len(os.read(terminal, 65536))
    return count


@contextlib.contextmanager
def _watch() -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    command = [sys.executable, "-m", "netmon", "status", "--watch", "--url", f"http://127.0.0.1:{PORT}"]
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as watch:
        os.close(theirs)
        try:
            yield watch.pid, ours
        finally:
            watch.terminate()
            os.close(ours)


@contextlib.contextmanager
def _daemon(directory: Path, good: socket.socket, *, storm: bool) -> Iterator[int]:
    (directory / "netmon.yml").write_text(_configuration(good.getsockname()[1], storm=storm), "utf-8")
    (directory / "community").write_text("public")
    command = [sys.executable, "-m", "netmon", "run", "-c", str(directory / "netmon.yml")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as daemon:
        try:
            yield daemon.pid
        finally:
            daemon.terminate()


def _configuration(port: int, *, storm: bool) -> str:
    """Devices and TCP checks on loopback; port 1 refuses, and nobody answers SNMP there."""
    communes = [f"Commune-{number:02}" for number in range(COMMUNES)]
    lines = [
        "data_dir: data",
        f'web: {{listen: "127.0.0.1:{PORT}"}}',
        'credentials: {lecture: {version: 2c, community: "${file:community}"}}',
        "snmp: {credential: lecture}",
        f"defaults: {{interval: {INTERVAL}s, timeout: 2s, fall: 1, rise: 1}}",
        "communes:",
        *(
            f'  - {{name: {name}, insee: "33{place:03}", population: 10000, tile: [{place % 6}, {place // 6}]}}'
            for place, name in enumerate(communes)
        ),
        "sites:",
        *(
            f"  - {{id: s{place}, name: Mairie, kind: town_hall, commune: {name}}}"
            for place, name in enumerate(communes)
        ),
        "nodes:",
        "  - {id: core, site: s0, role: core_router, address: 127.0.0.1, snmp: {port: 1, retries: 0}}"
        if storm
        else "  []",
        "checks:",
    ]
    for number in range(CHECKS):
        asked = 1 if storm or number < DOWN else port
        via = ", via: [core]" if storm else ""
        tcp = f'tcp: {{address: "127.0.0.1:{asked}"}}'
        lines.append(f"  - {{id: c{number}, site: s{number % COMMUNES}{via}, {tcp}}}")
    return "\n".join(lines) + "\n"


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
