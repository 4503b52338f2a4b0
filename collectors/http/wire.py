"""A connection on which nothing lasts beyond the deadline of the poll.

Timeouts of sockets bound one call; a server that sends a byte now and then passes them for ever. Here every single
read and write is given only what is left of the poll.
"""

import errno
import io
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from collectors.http.deadline import Deadline, Trace
from collectors.http.failures import TargetError, check_ours
from collectors.http.resolve import Address
from netmon.conventions import Reason
from netmon.errors import CollectError

_HEADER_BYTES = 256 * 1024


class Wire:
    """A connected socket, plain or TLS, with as much of its interface as ``http.client`` uses.

    The first byte that comes in ends the phase ``processing``. Until ``headers_complete`` no more than 256 KiB come in.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline, trace: Trace) -> None:
        self._socket = connection
        self._deadline = deadline
        self._trace = trace
        self._allowance: int | None = _HEADER_BYTES

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """The stream answers are read from."""
        return io.BufferedReader(_Incoming(self), 16 * 1024)

    def sendall(self, data: bytes) -> None:
        """Send everything or raise."""
        rest = memoryview(data).cast("B")
        while rest:
            self._socket.settimeout(self._deadline.remaining())
            rest = rest[self._socket.send(rest) :]

    def receive_into(self, buffer: memoryview) -> int:
        """What has come in, at least a byte; 0 at the end."""
        self._socket.settimeout(self._deadline.remaining())
        count = self._socket.recv_into(buffer)
        if self._trace.phase == "processing" and count:
            self._trace.enter("transfer")
        if self._allowance is not None:
            self._allowance -= count
            if self._allowance < 0:
                raise TargetError(Reason.PROTOCOL, f"headers longer than {_HEADER_BYTES // 1024} KiB")
        return count

    def headers_complete(self) -> None:
        """From here on the reader of the body does the bounding."""
        self._allowance = None

    def settimeout(self, _: float | None) -> None:
        """Nothing: the deadline decides."""

    def shutdown(self, how: int) -> None:
        """Stop one or both directions."""
        self._socket.shutdown(how)

    def close(self) -> None:
        """Nothing: ``http.client`` lets go of a connection before the body is read. ``hang_up`` closes."""

    def hang_up(self) -> None:
        """Close for good."""
        self._socket.close()


class _Incoming(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer; BufferedReader gives this
        return self._wire.receive_into(buffer)


def connect(addresses: list[Address], deadline: Deadline, say: Callable[[str], None]) -> tuple[socket.socket, Address]:
    """Connect to the first address that answers; each gets an equal share of the time that is left.

    Raises:
        OSError: none did; the error of the last one that could be tried.
        CollectError: this host has no route to any, or no socket to give.
    """
    failure: OSError | None = None
    for index, (family, address) in enumerate(addresses):
        try:
            timeout = deadline.remaining() / (len(addresses) - index)
            return _connect_one(family, address, timeout, deadline), (family, address)
        except OSError as error:
            check_ours(error)
            say(f"no connection to {describe(address)}: {error.strerror or 'timed out'}")
            if not _no_route(error, family, address):
                failure = error
    if failure is None:
        raise CollectError(Reason.NO_SOCKET, f"this host has no route to {describe(addresses[-1][1])}")
    raise failure


def _connect_one(family: int, address: tuple[object, ...], timeout: float, deadline: Deadline) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(timeout)
        wake_on_abort(connection, deadline)
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def _no_route(error: OSError, family: int, address: tuple[object, ...]) -> bool:
    """Whether the network is unreachable because this host knows no way there, not because a router said so."""
    if error.errno not in {errno.ENETUNREACH, errno.EAFNOSUPPORT}:
        return False
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asker:  # connecting a datagram socket sends nothing
            asker.connect(address)
    except OSError:
        return True
    return False


def start_tls(connection: socket.socket, context: ssl.SSLContext, name: str, deadline: Deadline) -> ssl.SSLSocket:
    """Shake hands as ``name``; ``connection`` belongs to the result from here on, and is closed on failure."""
    try:
        wrapped = context.wrap_socket(connection, server_hostname=name, do_handshake_on_connect=False)
    except BaseException:
        connection.close()
        raise
    try:
        wrapped.settimeout(deadline.remaining())
        wake_on_abort(wrapped, deadline)
        wrapped.do_handshake()
    except BaseException:
        wrapped.close()
        raise
    return wrapped


def wake_on_abort(connection: socket.socket, deadline: Deadline) -> None:
    """An abort of the poll ends what ``connection`` waits for."""

    def wake() -> None:
        with suppress(OSError):  # not connected yet, or closed already
            # Not SSLSocket's own, which takes the TLS state from under the thread that reads.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    deadline.on_abort(wake)


def describe(address: tuple[object, ...]) -> str:
    """host:port, as people write it."""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
