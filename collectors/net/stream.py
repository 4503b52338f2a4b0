"""TCP connections on the event loop, plain or TLS: waiting for a peer costs a socket, not a thread.

Nothing here knows of time: whoever uses a stream runs it under ``asyncio.timeout``, which ends any wait.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress

from collectors.net.connect import describe, no_route
from collectors.net.deadline import Deadline
from collectors.net.failures import check_ours, clean
from collectors.net.resolve import Address
from netmon.conventions import Reason
from netmon.errors import CollectError

_PIECE = 16 * 1024


class Stream:
    """A connected socket. ``secure`` begins TLS on it; ``close`` is safe at any time."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()

    async def read(self) -> bytes:
        """What has come in, at least an octet; empty at the end.

        Raises:
            OSError: the connection broke off; ``ssl.SSLError`` is one.
        """
        if self._tls is None:
            return await self._loop.sock_recv(self._socket, _PIECE)
        while True:
            try:
                return self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fetch()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    async def write(self, data: bytes) -> None:
        """Send everything.

        Raises:
            OSError: the connection broke off.
        """
        if self._tls is None:
            await self._loop.sock_sendall(self._socket, data)
            return
        self._tls.write(data)  # into memory: it takes any length
        await self._flush()

    async def secure(self, context: ssl.SSLContext, name: str) -> ssl.SSLObject:
        """Shake hands as ``name``.

        Raises:
            OSError: as ``ssl`` raises it.
            CollectError: a server cannot have this name.
        """
        try:
            # Without a name none would be looked for in the certificate, so an empty one is refused too.
            wanted = name if name or context.check_hostname else None
            tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=wanted)
        except ValueError as error:
            raise CollectError(Reason.INTERNAL, f"{clean(name, 80)!r} cannot be a server's name in TLS") from error
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fetch()
            except ssl.SSLError:
                with suppress(OSError):
                    await self._flush()  # the alert that tells the peer why
                raise
            else:
                await self._flush()
                self._tls = tls
                return tls

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._loop.sock_sendall(self._socket, self._outgoing.read())

    async def _fetch(self) -> None:
        data = await self._loop.sock_recv(self._socket, _PIECE)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


async def open_stream(
    addresses: Sequence[Address], deadline: Deadline, say: Callable[[str], None], source: str = ""
) -> tuple[Stream, Address]:
    """Connect to the first address that answers; each gets an equal share of the time that is left.

    Raises:
        OSError: none did; the error of the last one that could be tried.
        CollectError: this host has no route to any, or no socket to give.
    """
    failure: OSError | None = None
    for index, (family, address) in enumerate(addresses):
        try:
            async with asyncio.timeout(deadline.remaining() / (len(addresses) - index)):
                sock = await _connect(family, address, source)
        except OSError as error:
            check_ours(error)
            say(f"no connection to {describe(address)}: {error.strerror or 'timed out'}")
            if not no_route(error, family, address):
                failure = error
        else:
            return Stream(sock), (family, address)
    if failure is None:
        raise CollectError(Reason.NO_SOCKET, f"this host has no route to {describe(addresses[-1][1])}")
    try:
        raise failure
    finally:
        del failure  # it holds this frame


async def _connect(family: int, address: tuple[object, ...], source: str) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source:
            sock.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock
