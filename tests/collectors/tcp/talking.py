"""Polling from a test, and peers that talk line by line."""

import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from collectors.tcp import TcpCollector
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import TcpSettings
from tests.collectors.http.polling import run_all
from tests.collectors.http.servers import Server

Talk = Callable[[socket.socket, Server], None]


def check(settings: TcpSettings, timeout: int = 3000, name: str = "port") -> Check:
    target = f"{settings.host}:{settings.port}"
    return Check(name, name, "tcp", target, "Bègles", "", "", (), 30_000, timeout, 2, 1, settings)


def poll(settings: TcpSettings, timeout: int = 3000) -> Reading:
    """One verbose poll; a ``CollectError`` is raised."""
    (read,) = attempt_all([check(settings, timeout)])
    if isinstance(read, CollectError):
        raise read
    return read


def attempt_all(checks: Sequence[Check], **options: int) -> list[Reading | CollectError]:
    """All at once with one collector."""
    return run_all(TcpCollector(**options), checks)


def script(*lines: str | bytes | ssl.SSLContext, heard: list[str] | None = None) -> Talk:
    """A peer that says ``> text`` and waits for ``< text``; a context begins TLS there. ``heard`` takes what came."""

    def talk(connection: socket.socket, server: Server) -> None:
        with ExitStack() as opened:
            stream = opened.enter_context(connection.makefile("rb"))
            for line in lines:
                if isinstance(line, ssl.SSLContext):
                    connection = opened.enter_context(line.wrap_socket(connection, server_side=True))
                    stream = opened.enter_context(connection.makefile("rb"))
                elif isinstance(line, bytes):
                    connection.sendall(line)
                elif line.startswith("> "):
                    connection.sendall(line[2:].encode() + b"\r\n")
                else:
                    came = stream.readline().decode().rstrip("\n")
                    if heard is not None:
                        heard.append(came)
                    if came != line[2:]:
                        return
            server.over.wait(5)

    return talk


def drip(piece: bytes) -> Talk:
    """``piece`` every 20 ms for ever."""

    def talk(connection: socket.socket, server: Server) -> None:
        while not server.over.wait(0.02):
            connection.sendall(piece)

    return talk


def flood(piece: bytes) -> Talk:
    """``piece`` for ever, as fast as it is taken."""

    def talk(connection: socket.socket, server: Server) -> None:
        while not server.over.is_set():
            connection.sendall(piece)

    return talk


def reset(connection: socket.socket, server: Server) -> None:
    """Break the connection off with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
