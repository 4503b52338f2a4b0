"""CPU of one HTTP poll, plain and over TLS: netmon's collector against ``requests.get``, in one run.

    python tests/benchmarks/bench_http_probe.py [--count 300]

The server is a process of its own. Measured is the whole way from ``collect`` to ``Reading``, loop and threads
included: user and system time of this process. Both verify against the same file, the usual authorities and one more.
"""

import argparse
import asyncio
import logging
import multiprocessing
import ssl
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collectors.http import HttpCollector
from netmon.model import Check, State
from netmon.settings import HttpSettings, TlsSettings
from tests.collectors.http.servers import Authority

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n" + b"x" * 2000
)


def serve(told: Connection, cert: str, key: str) -> None:
    """Answer every connection on two ports, plain and TLS, for ever."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
            await writer.drain()
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    async def run() -> None:
        servers = [await asyncio.start_server(answer, "127.0.0.1", 0, ssl=use, backlog=512) for use in (None, context)]
        told.send([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.gather(*(server.serve_forever() for server in servers))

    logging.disable()
    asyncio.run(run())


def measure(work: Callable[[], None], count: int) -> float:
    """CPU milliseconds of this process per unit of work."""
    work()
    before = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - before) / count * 1000


def plain_requests(url: str, ca_file: str) -> Callable[[], None]:
    """A poll as one would write it without a collector."""
    return lambda: requests.get(url, timeout=5, verify=ca_file).raise_for_status()


def measure_collector(url: str, ca_file: str, count: int) -> float:
    """CPU milliseconds per poll of the collector, loop and threads included, polls one after another."""
    settings = HttpSettings(url, tls=TlsSettings(ca_file=ca_file))
    check = Check("bench", "bench", "http", url, "", "", "", (), 30_000, 5000, 1, 1, settings)

    async def run() -> float:
        collector = HttpCollector()
        await collector.start()
        try:
            assert (await collector.collect(check)).state is State.UP
            before = time.process_time()
            for _ in range(count):
                assert (await collector.collect(check)).state is State.UP
            return (time.process_time() - before) / count * 1000
        finally:
            await collector.stop()

    return asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(Path(directory))
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.get_context("spawn").Process(
            target=serve, args=(theirs, *authority.files("127.0.0.1")), daemon=True
        )
        server.start()
        plain, tls = ours.recv()
        bundle = Path(directory) / "bundle.pem"  # the system's store and our CA: what a poll of the internet carries
        bundle.write_bytes(Path(requests.certs.where()).read_bytes() + Path(authority.file).read_bytes())
        print(f"{'CPU ms per poll':24}{'collector':>12}{'requests.get':>15}{'ratio':>8}")
        for name, url in (("plain", f"http://127.0.0.1:{plain}/"), ("TLS", f"https://127.0.0.1:{tls}/")):
            own = measure_collector(url, str(bundle), count)
            library = measure(plain_requests(url, str(bundle)), max(20, count // 5))
            print(f"{name:24}{own:12.2f}{library:15.2f}{own / library:8.2f}")
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
