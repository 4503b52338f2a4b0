"""TCP connections within a deadline: every address gets its share of the time, and what this host lacks is ours."""

import errno
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from collectors.net.deadline import Deadline
from collectors.net.failures import check_ours
from collectors.net.resolve import Address
from netmon.conventions import Reason
from netmon.errors import CollectError


def connect(
    addresses: Sequence[Address], deadline: Deadline, say: Callable[[str], None], source: str = ""
) -> tuple[socket.socket, Address]:
    """Connect to the first address that answers; each gets an equal share of the time that is left.

    ``source`` is our own address to connect from; empty: the system's choice.

    Raises:
        OSError: none did; the error of the last one that could be tried.
        CollectError: this host has no route to any, or no socket to give.
    """
    failure: OSError | None = None
    for index, (family, address) in enumerate(addresses):
        try:
            timeout = deadline.remaining() / (len(addresses) - index)
            return _connect_one(family, address, timeout, deadline, source), (family, address)
        except OSError as error:
            check_ours(error)
            say(f"no connection to {describe(address)}: {error.strerror or 'timed out'}")
            if not no_route(error, family, address):
                failure = error
    if failure is None:
        raise CollectError(Reason.NO_SOCKET, f"this host has no route to {describe(addresses[-1][1])}")
    try:
        raise failure
    finally:
        del failure  # it holds this frame


def _connect_one(
    family: int, address: tuple[object, ...], timeout: float, deadline: Deadline, source: str
) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(timeout)
        if source:
            connection.bind((source, 0))
        wake_on_abort(connection, deadline)
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def no_route(error: OSError, family: int, address: tuple[object, ...]) -> bool:
    """Whether the network is unreachable because this host knows no way there, not because a router said so."""
    if error.errno not in {errno.ENETUNREACH, errno.EAFNOSUPPORT}:
        return False
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asker:  # connecting a datagram socket sends nothing
            asker.connect(address)
    except OSError:
        return True
    return False


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
