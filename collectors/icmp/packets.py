"""Echo requests, echo replies, and what routers say instead (RFC 792, RFC 4443). Pure: octets in, values out."""

import socket
import struct
from dataclasses import dataclass

from netmon.conventions import Reason

_ECHO = struct.Struct("!BBHHH")
_IPV4_HEADER = 20
_ERROR = struct.Struct("=IBBBBII")  # struct sock_extended_err of linux/errqueue.h
_BY_ICMP, _BY_ICMP6 = 2, 3  # its ee_origin

REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}

_UNREACHABLE = {0: "network", 1: "host", 2: "protocol", 3: "port", 5: "source route", 6: "network", 7: "host"}
_PROHIBITED = frozenset({9, 10, 13})
_UNREACHABLE6 = {0: "no route to it", 3: "the address does not answer", 4: "port unreachable"}
_PROHIBITED6 = frozenset({1, 5, 6})


@dataclass(frozen=True, slots=True)
class EchoReply:
    """An answer as it came; ``id`` is the kernel's where the socket is not a raw one."""

    id: int
    sequence: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """What ``router`` said instead of delivering the request. ``router`` empty: this host said so."""

    reason: Reason
    words: str
    router: str

    @property
    def detail(self) -> str:
        """One line for people."""
        return f"{self.router} says: {self.words}" if self.router else self.words


def request(family: int, identifier: int, sequence: int, payload: bytes) -> bytes:
    """An echo request. The kernel fills in the checksum of ICMPv6, which needs the addresses (RFC 3542, 3.1)."""
    kind = REQUEST[socket.AddressFamily(family)]
    head = _ECHO.pack(kind, 0, 0, identifier, sequence)
    if family == socket.AF_INET6:
        return head + payload
    return _ECHO.pack(kind, 0, checksum(head + payload), identifier, sequence) + payload


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = data if len(data) % 2 == 0 else data + b"\0"
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def reply(family: int, data: bytes, *, with_header: bool) -> EchoReply | None:
    """The echo reply in ``data``; None when it is something else. ``with_header``: raw IPv4, the IP header is there."""
    if with_header:
        if len(data) < _IPV4_HEADER:
            return None
        data = data[(data[0] & 0x0F) * 4 :]
    if len(data) < _ECHO.size:
        return None
    kind, code, _, identifier, sequence = _ECHO.unpack_from(data)
    if kind != REPLY[socket.AddressFamily(family)] or code:
        return None
    return EchoReply(identifier, sequence, data[_ECHO.size :])


def quoted(family: int, data: bytes) -> tuple[int, int] | None:
    """Id and sequence of the request that an error message quotes."""
    if len(data) < _ECHO.size:
        return None
    kind, _, _, identifier, sequence = _ECHO.unpack_from(data)
    return (identifier, sequence) if kind == REQUEST[socket.AddressFamily(family)] else None


def refusal(family: int, extended: bytes) -> Refusal | None:
    """What a ``sock_extended_err`` with the address of whom it comes from says; None: nothing that ends a request."""
    if len(extended) < _ERROR.size:
        return None
    _, origin, kind, code, _, info, _ = _ERROR.unpack_from(extended)
    if origin not in {_BY_ICMP, _BY_ICMP6}:
        return None
    router = _offender(family, extended[_ERROR.size :])
    said = _said6(kind, code, info) if family == socket.AF_INET6 else _said4(kind, code, info)
    return Refusal(*said, router) if said is not None else None


def _offender(family: int, address: bytes) -> str:
    """The address in a ``sockaddr``."""
    at = slice(4, 8) if family == socket.AF_INET else slice(8, 24)
    try:
        return socket.inet_ntop(family, address[at])
    except ValueError:
        return "a router"


def _said4(kind: int, code: int, info: int) -> tuple[Reason, str] | None:
    if kind == 11:
        return Reason.TTL_EXCEEDED, "time to live exceeded in transit" if code == 0 else "reassembly took too long"
    if kind != 3:
        return None  # source quench, redirect: the request goes on
    if code == 4:
        return _too_large(info)
    if code in _PROHIBITED:
        return Reason.HOST_UNREACHABLE, "forbidden by a filter"
    return Reason.HOST_UNREACHABLE, f"{_UNREACHABLE.get(code, 'destination')} unreachable"


def _said6(kind: int, code: int, info: int) -> tuple[Reason, str] | None:
    if kind == 2:
        return _too_large(info)
    if kind == 3:
        return Reason.TTL_EXCEEDED, "hop limit exceeded in transit" if code == 0 else "reassembly took too long"
    if kind != 1:
        return None
    if code in _PROHIBITED6:
        return Reason.HOST_UNREACHABLE, "forbidden by a filter"
    return Reason.HOST_UNREACHABLE, _UNREACHABLE6.get(code, "destination unreachable")


def _too_large(mtu: int) -> tuple[Reason, str]:
    return Reason.TOO_LARGE, "the packet is too large for the way" + (f", which takes {mtu} octets" if mtu else "")
