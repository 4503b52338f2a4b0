"""One socket shared by many polls: which request an answer belongs to, and when it came.

An answer counts when its sequence number is one that is waited for, it comes from the address asked and brings back
the very octets sent, a nonce among them. What comes late, twice, or from elsewhere changes nothing.
"""

import asyncio
import contextlib
import errno
import os
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from collectors.icmp import packets
from collectors.icmp.packets import Refusal
from collectors.icmp.sockets import (
    IP_RECVERR,
    IP_TTL,
    IPV6_HOPLIMIT,
    IPV6_RECVERR,
    SO_RXQ_OVFL,
    SO_TIMESTAMPNS,
    Way,
    open_socket,
)
from netmon.conventions import Reason
from netmon.errors import CollectError

_DATAGRAM = 65_535
_ANCILLARY = 512
_DRAIN = 256
"""Packets taken at one wake-up: the loop is never held longer than these take."""
_SEQUENCES = 1 << 16
_NONCE = 8
_BELIEVED = 2.0
"""Seconds a packet may have waited for us, by the kernel's clock; beyond, that clock was set."""
_TIMESPEC = struct.Struct("@ll")
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


@dataclass(slots=True, eq=False)
class Echo:
    """One request on its way, and what became of it. Times are monotonic; ``rtt`` is in seconds."""

    target: tuple[Any, ...]
    payload: bytes
    settled: Callable[["Echo"], None]
    sequence: int = 0
    sent: float = 0.0
    fragmented: bool = False
    rtt: float | None = None
    hop_limit: int | None = None
    refusal: Refusal | None = None
    altered: int | None = None

    @property
    def address(self) -> str:
        """The address asked, as answers name it."""
        return _address(self.target)


def payload(size: int) -> bytes:
    """``size`` octets that nobody can guess the first of; large ones repeat a pattern, as ping does."""
    nonce = os.urandom(min(size, _NONCE))
    pattern = bytes(range(0x10, 0x38))
    rest = size - len(nonce)
    return nonce + (pattern * (rest // len(pattern) + 1))[:rest]


@dataclass(slots=True)
class Channel:
    """A socket for ``way`` with the requests that wait for their answers. Only the event loop touches it."""

    way: Way
    sock: socket.socket
    raw: bool
    loop: asyncio.AbstractEventLoop
    lost: int = 0
    _id: int = field(default_factory=lambda: int.from_bytes(os.urandom(2), "big"))
    _next: int = field(default_factory=lambda: int.from_bytes(os.urandom(2), "big"))
    _waiting: dict[int, Echo] = field(default_factory=dict)

    @classmethod
    def open(cls, way: Way) -> "Channel":
        """Open the socket and listen.

        Raises:
            CollectError: this host gives none.
        """
        sock, raw = open_socket(way)
        loop = asyncio.get_running_loop()
        channel = cls(way, sock, raw, loop)
        loop.add_reader(sock, channel.drain)
        return channel

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return not self._waiting

    def close(self) -> None:
        """Close; what is waited for is forgotten."""
        self.loop.remove_reader(self.sock)
        self.sock.close()
        self._waiting.clear()

    def send(self, echo: Echo) -> None:
        """Send a request and wait for its answer until ``forget``.

        Raises:
            CollectError: this host could not send it.
        """
        echo.sequence = self._free_sequence()
        self._waiting[echo.sequence] = echo
        try:
            self._send(echo)
        except OSError as error:
            self.forget(echo)
            if error.errno != errno.EMSGSIZE:
                raise _cannot_send(error, echo.address) from error
            echo.refusal = Refusal(Reason.TOO_LARGE, "the packet is larger than this host's network takes", "")
            echo.settled(echo)

    def forget(self, echo: Echo) -> None:
        """Wait no longer; safe when it is settled."""
        if self._waiting.get(echo.sequence) is echo:
            del self._waiting[echo.sequence]

    def drain(self) -> None:
        """Take in what has come."""
        self._drain_errors()
        for _ in range(_DRAIN):
            try:
                data, ancillary, _, source = self.sock.recvmsg(_DATAGRAM, _ANCILLARY)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # what a router said of one request, told on the next call; the error queue has it too
                continue
            self._received(data, ancillary, source)

    def _free_sequence(self) -> int:
        if len(self._waiting) >= _SEQUENCES // 2:
            raise CollectError(Reason.OVERLOAD, f"{len(self._waiting)} echo requests wait for an answer already")
        while self._next in self._waiting:
            self._next = (self._next + 1) % _SEQUENCES
        found, self._next = self._next, (self._next + 1) % _SEQUENCES
        return found

    def _send(self, echo: Echo) -> None:
        packet = packets.request(self.way.family, self._id, echo.sequence, echo.payload)
        # An error that a router reported of somebody else's request is told at the next call, whoever makes it.
        self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        echo.sent = time.monotonic()
        self.sock.sendto(packet, echo.target)

    def _received(self, data: bytes, ancillary: list[tuple[int, int, bytes]], source: tuple[Any, ...]) -> None:
        now = time.monotonic()
        waited, hop_limit = 0.0, None
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                # In this order: whatever comes between makes the time longer, never shorter than the way.
                waited = _age(value)
                now = time.monotonic()
            elif level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL:
                self.lost = int.from_bytes(value[:4], "little")
            elif (level, kind) in {(socket.IPPROTO_IP, IP_TTL), (socket.IPPROTO_IPV6, IPV6_HOPLIMIT)}:
                hop_limit = int.from_bytes(value[:4], "little")
        with_header = self.raw and self.way.family == socket.AF_INET
        answer = packets.reply(self.way.family, data, with_header=with_header)
        if answer is None or (self.raw and answer.id != self._id):
            return
        echo = self._waiting.get(answer.sequence)
        if echo is None or _address(source) != echo.address:
            return
        if answer.payload != echo.payload:
            echo.altered = len(answer.payload)
            return
        echo.rtt = max(0.0, now - waited - echo.sent)
        echo.hop_limit = hop_limit
        self._settle(echo)

    def _drain_errors(self) -> None:
        for _ in range(_DRAIN):
            try:
                data, ancillary, _, destination = self.sock.recvmsg(_DATAGRAM, _ANCILLARY, socket.MSG_ERRQUEUE)
            except OSError:  # nothing, or nothing more
                return
            for level, kind, value in ancillary:
                if (level, kind) in {(socket.IPPROTO_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR)}:
                    self._refused(data, value, _address(destination))

    def _refused(self, data: bytes, extended: bytes, destination: str) -> None:
        about = packets.quoted(self.way.family, data)
        said = packets.refusal(self.way.family, extended)
        if about is None or said is None or (self.raw and about[0] != self._id):
            return
        echo = self._waiting.get(about[1])
        if echo is None or destination != echo.address:
            return
        if said.reason is Reason.TOO_LARGE and not self.way.dont_fragment and not echo.fragmented:
            # IPv6 learns of a narrow way only so; from now on the kernel cuts what goes there.
            echo.fragmented = True
            with contextlib.suppress(OSError):
                self._send(echo)
            return
        echo.refusal = said
        self._settle(echo)

    def _settle(self, echo: Echo) -> None:
        self.forget(echo)
        echo.settled(echo)


def _address(target: tuple[Any, ...]) -> str:
    """The address of a socket's address, without the interface that a link-local one is on."""
    return str(target[0]).partition("%")[0]


def _age(timespec: bytes) -> float:
    """Seconds since the kernel took the packet in: time it waited for us is not the target's."""
    if len(timespec) < _TIMESPEC.size:
        return 0.0
    seconds, nanoseconds = _TIMESPEC.unpack_from(timespec)
    age = (time.time_ns() - seconds * 1_000_000_000 - nanoseconds) / 1e9
    return age if 0.0 <= age <= _BELIEVED else 0.0


def _cannot_send(error: OSError, address: str) -> CollectError:
    if error.errno in _NO_ROUTE:
        return CollectError(Reason.NO_SOCKET, f"this host has no route to {address}")
    if error.errno in {errno.EAGAIN, errno.ENOBUFS}:
        return CollectError(Reason.OVERLOAD, "this host's queue of packets to send is full")
    return CollectError(Reason.NO_SOCKET, f"this host cannot send to {address}: {os.strerror(error.errno or 0)}")
