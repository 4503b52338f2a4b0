"""HTTP polls: CPU against Debian's blackbox_exporter, memory for 2,000 endpoints, what hanging servers do to others.

    python tests/benchmarks/bench_http_probe.py [cpu|memory|hanging …] [--seconds 6] [--rounds 3]

- "cpu": the same server, plain and TLS, a new connection for each poll, paced at 50 a second, in turns. Ours is the way
  from ``collect`` to exposition text, user and system time of this process, loop and threads included; theirs is the
  time of its process while it is asked through ``/probe`` on one connection. Best of several rounds. Exit 1 when ours
  is more than 1.3 times theirs.
- "memory": 2,000 endpoints, each polled once in a minute (two minutes long). Exit 1 from 200 MB resident on.
- "hanging": 1,000 endpoints in half a minute, every tenth of them accepts and says nothing. Exit 1 when a good poll
  failed, or ended later than its interval allows.
"""

import argparse
import asyncio
import http.client
import logging
import multiprocessing
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from prometheus_client import CollectorRegistry

from collectors.http import HttpCollector
from exporters.prometheus import Exposition
from netmon.errors import CollectError
from netmon.model import Check, Observation, State
from netmon.settings import HttpSettings, TlsSettings
from tests.collectors.http.servers import Authority
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.peers.programs import need

PER_SECOND = 50
MOST = 1.3
MEMORY_MB = 200
TICKS = os.sysconf("SC_CLK_TCK")
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n" + b"x" * 2000
)


def serve(told: Connection, cert: str, key: str) -> None:
    """Answer every connection on two ports, plain and TLS, and none on a third, for ever."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side has had enough
        writer.close()

    async def run() -> None:
        kinds = ((answer, None), (answer, context), (hang, None))
        servers = [await asyncio.start_server(who, "0.0.0.0", 0, ssl=use, backlog=512) for who, use in kinds]
        told.send([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.gather(*(server.serve_forever() for server in servers))

    logging.disable()
    asyncio.run(run())


class Ours:
    """Polls and renders in this process, as the daemon does when a check is due."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = checks
        self._collector = HttpCollector()
        self._exposition = Exposition(make_snapshot([BEGLES]), CollectorRegistry())

    async def start(self) -> None:
        await self._collector.start()

    async def poll(self, check: Check) -> State:
        try:
            reading = await self._collector.collect(check)
        except CollectError as error:
            raise SystemExit(f"{error.reason}: {error.detail}") from None
        self._exposition.observed(Observation(check, 0, 0.0, reading))
        return reading.state

    async def stop(self) -> None:
        await self._collector.stop()

    async def paced(self, count: int) -> float:
        """CPU milliseconds per poll of the first check, less what keeping the pace takes, which theirs does not pay."""
        return await self._rounds(count, self.checks[0]) - await self._rounds(count, None)

    async def _rounds(self, count: int, check: Check | None) -> float:
        before, due = time.process_time(), time.monotonic()
        for _ in range(count):
            if check is not None and await self.poll(check) is not State.UP:
                raise SystemExit("a poll failed")
            due += 1 / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        return (time.process_time() - before) / count * 1000


class Theirs:
    """blackbox_exporter, asked on one connection."""

    def __init__(self, pid: int, port: int) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def paced(self, url: str, count: int) -> float:
        """CPU milliseconds per probe."""
        before, due = self._cpu(), time.monotonic()
        for _ in range(count):
            self._connection.request("GET", f"/probe?module=http&target={url}")
            text = self._connection.getresponse().read().decode()
            if "\nprobe_success 1\n" not in text:
                raise SystemExit(text)
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        return (self._cpu() - before) / count * 1000

    def _cpu(self) -> float:
        words = self._stat.read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS


@contextmanager
def blackbox(directory: Path, ca_file: str) -> Iterator[Theirs]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = directory / "blackbox.yml"
    file.write_text(
        f"modules: {{http: {{prober: http, http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: {ca_file}}}}}}}}}"
    )
    program = need("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    command = [program, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Theirs(running.pid, port)
    finally:
        running.terminate()
        running.wait(20)


def made_check(url: str, ca_file: str, number: int = 0, interval: int = 60_000) -> Check:
    settings = HttpSettings(url, tls=TlsSettings(ca_file=ca_file))
    name = f"bench-{number}"
    return Check(name, name, "http", url, BEGLES.name, "", "", (), interval, 5000, 1, 1, settings)


def cpu(directory: Path, ca_file: str, ports: Sequence[int], options: argparse.Namespace) -> bool:
    good = True
    count = int(options.seconds * PER_SECOND)
    print(f"CPU ms per poll, {PER_SECOND} a second, best of {options.rounds}: netmon, blackbox_exporter, ratio")
    with blackbox(directory, ca_file) as theirs, asyncio.Runner() as runner:
        for name, url in (("plain", f"http://127.0.0.1:{ports[0]}/"), ("TLS", f"https://127.0.0.1:{ports[1]}/")):
            ours = Ours([made_check(url, ca_file)])
            runner.run(ours.start())
            runner.run(ours.paced(5))
            theirs.paced(url, 5)
            found = [(runner.run(ours.paced(count)), theirs.paced(url, count)) for _ in range(options.rounds)]
            own, other = (min(column) for column in zip(*found, strict=True))
            runner.run(ours.stop())
            print(f"  {name:8}{own:8.2f}{other:8.2f}{own / other:8.2f}")
            good = good and own / other <= MOST
    return good


async def minute(ours: Ours, seconds: float, ended: Callable[[Check, State, float], None]) -> None:
    """Each check once, spread evenly over the seconds, whatever the others do; ``ended`` hears how late."""

    async def one(check: Check, wait: float) -> None:
        await asyncio.sleep(wait)
        begun = time.monotonic()
        ended(check, await ours.poll(check), time.monotonic() - begun)

    count = len(ours.checks)
    await asyncio.gather(*(one(check, seconds * place / count) for place, check in enumerate(ours.checks)))


def memory(directory: Path, ca_file: str, ports: Sequence[int], options: argparse.Namespace) -> bool:
    hosts = [f"127.{1 + n // 250}.0.{1 + n % 250}" for n in range(2000)]
    urls = [f"http{'s' if n % 2 else ''}://{host}:{ports[n % 2]}/" for n, host in enumerate(hosts)]
    checks = [
        Check(f"b{n}", f"b{n}", "http", url, BEGLES.name, "", "", (), 60_000, 5000, 1, 1,
              HttpSettings(url, tls=TlsSettings(ca_file=ca_file, server_name="127.0.0.1")))
        for n, url in enumerate(urls)
    ]  # fmt: skip
    states: list[State] = []

    async def run() -> None:
        ours = Ours(checks)
        await ours.start()
        for _ in range(2):
            await minute(ours, 60, lambda _, state, __: states.append(state))
        await ours.stop()

    asyncio.run(run())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    up = sum(state is State.UP for state in states)
    print(f"2,000 endpoints a minute, 2 minutes: {peak:.0f} MB resident at most, {up} of {len(states)} polls up")
    return peak < MEMORY_MB and up == len(states)


def hanging(directory: Path, ca_file: str, ports: Sequence[int], options: argparse.Namespace) -> bool:
    seconds = 30
    hosts = [f"127.{1 + n // 250}.1.{1 + n % 250}" for n in range(1000)]
    checks = [
        made_check(f"http://{host}:{ports[2 if n % 10 == 0 else 0]}/", ca_file, n, seconds * 1000)
        for n, host in enumerate(hosts)
    ]
    took: list[float] = []
    wrong: list[State] = []

    def ended(check: Check, state: State, late: float) -> None:
        good = f":{ports[0]}/" in check.target
        if good:
            took.append(late)
        if good != (state is State.UP):
            wrong.append(state)

    async def run() -> None:
        ours = Ours(checks)
        await ours.start()
        await minute(ours, seconds, ended)
        await ours.stop()

    asyncio.run(run())
    took.sort()
    print(
        f"1,000 endpoints in {seconds} s, every tenth hangs to its timeout of 5 s: "
        f"good polls took {took[len(took) // 2] * 1000:.0f} ms in the middle, {took[-1] * 1000:.0f} ms at most; "
        f"{len(wrong)} judged wrongly"
    )
    return not wrong and took[-1] < 5


MODES = {"cpu": cpu, "memory": memory, "hanging": hanging}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("modes", nargs="*", help=", ".join(MODES))
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        authority = Authority(Path(place))
        ours, theirs = multiprocessing.Pipe()
        files = authority.files("127.0.0.1")
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, *files), daemon=True)
        server.start()
        ports = ours.recv()
        modes = options.modes or list(MODES)
        good = [MODES[mode](Path(place), authority.file, ports, options) for mode in modes]
        server.terminate()
        server.join()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
