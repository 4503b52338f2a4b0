"""A few unconnected UDP sockets shared by all agents, drained on the event loop.

A request is settled by exactly one of: a response with its request-id from its agent's own address, silence after the
last try, or ``cancel``. Retries repeat the same octets, request-id included, so a late answer to the first try counts.
What comes from elsewhere, late, twice or unreadable changes nothing; it is remembered for the message after a timeout.
"""

import asyncio
import contextlib
import logging
import os
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from collectors.snmp.contract import Failure, Session, silence, unfinished
from collectors.snmp.messages import Reply
from collectors.snmp.sealed import Sealed, open_message
from netmon.ber import BerError
from netmon.conventions import Reason
from netmon.errors import CollectError

_SOCKETS = 4
_RECEIVE_BUFFER = 4 * 1_048_576
_DATAGRAM = 65_535
_DRAIN = 128
"""Datagrams taken at one wake-up: the loop is never held longer than these take."""
_SWEEP = 0.025
"""Seconds between looks at the deadlines."""
_GRACE = 0.25
"""Seconds a refusal that proves nothing leaves for an answer that does."""

logger = logging.getLogger("netmon.collectors.snmp")


class UntrustedError(BerError):
    """A readable answer that does not prove where it comes from: forged, replayed, or by an agent that errs."""


class RefusedError(Exception):
    """The agent refuses us, in a message anybody could have sent."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


@dataclass(slots=True, eq=False)
class Request:
    """One message on its way. ``what`` names it in messages; ``settle`` gets the answer or why there is none.

    ``settle`` may raise ``BerError`` for an answer it cannot read, also ``UntrustedError``: the request then goes on
    waiting. After a ``RefusedError`` it does so for a moment, in case a better answer comes. It gets what the version
    of the message makes of answers: a ``Reply``, over v3 a ``Sealed``. ``again`` may change the message before another
    try, but not its id: it asks for less, where answers are lost because they are large.
    """

    session: Session
    id: int
    version: int
    message: bytes
    what: str
    settle: Callable[[Any], None]
    fail: Callable[[Exception], None]
    again: Callable[["Request"], None] | None = None
    due: float = 0.0
    tries: int = 0
    garbage: int = 0
    doubts: int = 0
    doubt: str = ""
    refusal: Failure | None = None
    elsewhere: str = ""
    begun: float = 0.0


class Transport:
    """Sends requests, matches replies, keeps deadlines."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets: dict[int, list[socket.socket]] = {}
        self._pending: dict[int, Request] = {}
        self._by_address: dict[tuple[object, ...], Request] = {}
        self._sweeping: asyncio.TimerHandle | None = None
        self._ids: list[int] = []

    async def start(self) -> None:
        """Open the sockets.

        Raises:
            CollectError: not even one.
        """
        self._loop = asyncio.get_running_loop()
        for family in (socket.AF_INET, socket.AF_INET6):
            with contextlib.suppress(OSError):  # a host without IPv6, or without IPv4
                self._sockets[family] = [_open(family) for _ in range(_SOCKETS)]
        opened = [sock for sockets in self._sockets.values() for sock in sockets]
        if not opened:
            raise CollectError(Reason.NO_SOCKET, "no UDP socket could be opened")
        for sock in opened:
            self._loop.add_reader(sock, self._drain, sock)

    async def stop(self) -> None:
        """Close the sockets; what is still on its way is forgotten."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        for sock in (sock for sockets in self._sockets.values() for sock in sockets):
            if self._loop is not None:
                self._loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()
        self._pending.clear()
        self._by_address.clear()

    def new_id(self) -> int:
        """A request-id nobody can guess and nobody waits for; always four octets on the wire."""
        while True:
            if not self._ids:
                self._ids = list(struct.unpack("=64I", os.urandom(256)))
            request_id = 0x40000000 | self._ids.pop() >> 2
            if request_id not in self._pending:
                return request_id

    def submit(self, request: Request) -> None:
        """Send ``request`` and watch over it.

        Raises:
            CollectError: we could not send.
        """
        self._keep(request)
        try:
            self._send(request)
        except CollectError:
            self.cancel(request)
            raise
        if self._sweeping is None and self._loop is not None:
            self._sweeping = self._loop.call_later(_SWEEP, self._sweep)

    def cancel(self, request: Request) -> None:
        """Wait no longer; safe when it is settled already."""
        self._pending.pop(request.id, None)
        if self._by_address.get(request.session.address) is request:
            del self._by_address[request.session.address]

    def _send(self, request: Request) -> None:
        session = request.session
        sockets = self._sockets.get(socket.AF_INET if len(session.address) == 2 else socket.AF_INET6)
        if not sockets:
            raise CollectError(Reason.NO_SOCKET, f"no socket to reach {session.agent} with")
        try:
            # By the request-id, so that a retry leaves from the port the first try left from.
            sockets[request.id % len(sockets)].sendto(request.message, session.address)
        except BlockingIOError:
            logger.debug("send buffer full, request counts as lost", extra={"agent": session.agent})
        except OSError as error:
            raise CollectError(Reason.NO_SOCKET, f"cannot send to {session.agent}: {error.strerror}") from error
        now = time.monotonic()
        if not request.tries:
            request.begun = now
        request.tries += 1
        session.sent += 1
        request.due = min(now + session.patience, session.deadline)

    def _drain(self, sock: socket.socket) -> None:
        for _ in range(_DRAIN):
            try:
                data, source = sock.recvfrom(_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                logger.warning("cannot receive", extra={"error": error.strerror})
                return
            self._received(data, source)

    def _received(self, data: bytes, source: tuple[object, ...]) -> None:
        try:
            reply = open_message(data)
        except BerError as error:
            self._unreadable(self._by_address.get(source), error)
            return
        request = self._pending.get(reply.request_id)
        if request is None:
            return  # late, a duplicate, or nobody's
        if request.session.address != source and not request.session.any_source:
            request.elsewhere = f"{source[0]}:{source[1]}"
            return
        if request.version != reply.version:
            self._unreadable(request, BerError("it is of another version of SNMP"))
            return
        self._settle(request, reply)

    def _settle(self, request: Request, outcome: Reply | Sealed | Failure) -> None:
        self.cancel(request)
        try:
            request.settle(outcome)
        except BerError as error:
            self._unreadable(request, error)
            self._keep(request)
        except RefusedError as error:
            request.refusal = error.failure
            request.due = min(request.due, time.monotonic() + _GRACE)
            self._keep(request)
        except Exception as error:  # noqa: BLE001 - a bug of ours must reach its poll and leave the others alone
            request.fail(error)

    def _keep(self, request: Request) -> None:
        self._pending[request.id] = request
        self._by_address[request.session.address] = request

    def _unreadable(self, request: Request | None, error: BerError) -> None:
        if request is None:
            return
        untrusted = isinstance(error, UntrustedError)
        if untrusted:
            request.doubts += 1
            request.doubt = str(error)
        else:
            request.garbage += 1
        if request.session.log is not None:
            kind = "answer not believed" if untrusted else "unreadable answer"
            request.session.log.append(f"{kind} to {request.what}: {error}")

    def _sweep(self) -> None:
        now = time.monotonic()
        for request in [request for request in self._pending.values() if request.due <= now]:
            self._overdue(request, now)
        self._sweeping = None
        if self._pending and self._loop is not None:
            self._sweeping = self._loop.call_later(_SWEEP, self._sweep)

    def _overdue(self, request: Request, now: float) -> None:
        session = request.session
        if request.refusal is not None:
            self._settle(request, request.refusal)
            return
        if request.tries > session.settings.retries or now >= session.deadline:
            self._settle(request, _why_silent(request))
            return
        session.retried += 1
        if session.log is not None:
            session.log.append(f"no answer to {request.what} within {session.patience:.3g} s: retry {request.tries}")
        try:
            if request.again is not None:
                request.again(request)
            self._send(request)
        except CollectError as error:
            self.cancel(request)
            request.fail(error)


def _open(family: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # the system's limit is a good size too
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind(("::", 0))
        else:
            sock.bind(("", 0))
    except OSError:
        sock.close()
        raise
    return sock


def _why_silent(request: Request) -> Failure:
    session = request.session
    if request.doubts:
        return Failure(Reason.AUTHENTICATION, f"no answer from {session.agent} can be believed: {request.doubt}")
    if request.garbage:
        times = "1 unreadable answer" if request.garbage == 1 else f"{request.garbage} unreadable answers"
        return Failure(Reason.GARBAGE, f"{times} from {session.agent}, no readable one")
    if request.elsewhere:
        detail = f"no answer from {session.agent} itself; one came from {request.elsewhere}, which we do not believe"
        return Failure(Reason.TIMEOUT, detail)
    if session.varbinds and time.monotonic() - request.begun < 0.9 * session.patience:
        return unfinished(session, request.what)
    return silence(session, request.tries)
