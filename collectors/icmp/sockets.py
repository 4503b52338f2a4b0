"""Sockets that ICMP may be sent from: unprivileged datagram sockets first, raw ones next, or a line that says the mend.

Linux gives datagram sockets to the groups of a sysctl; such a socket sends echo requests and nothing else, and the
kernel chooses their id. Raw sockets want the capability CAP_NET_RAW. What routers say comes in on the error queue of
either kind, hop limits, times of arrival and packets lost for want of buffer as ancillary data.
"""

import contextlib
import errno
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from netmon.conventions import Reason
from netmon.errors import CollectError

GROUPS: Final = Path("/proc/sys/net/ipv4/ping_group_range")
"""The sysctl that says which groups may open datagram sockets, over IPv4 and IPv6."""

# Of linux/in.h, linux/in6.h, asm-generic/socket.h and linux/icmp.h: Python names only some of them.
IP_RECVERR, IP_RECVTTL, IP_TTL, _IP_MTU_DISCOVER = 11, 12, 2, 10
IPV6_RECVERR, _IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT, _IPV6_MTU_DISCOVER, _IPV6_DONTFRAG = 25, 51, 52, 23, 62
SO_TIMESTAMPNS, SO_RXQ_OVFL, _SO_RCVBUFFORCE = 35, 40, 33
_PMTUDISC_DONT = 0
_PMTUDISC_PROBE = 3  # "don't fragment", and never mind what was learned of the way: each poll finds out
_SOL_RAW, _ICMP_FILTER, _ICMP6_FILTER = 255, 1, 1
_RECEIVE_BUFFER = 4 * 1_048_576

_REFUSED = frozenset({errno.EACCES, errno.EPERM})
_NOT_HERE = frozenset({errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})


@dataclass(frozen=True, slots=True)
class Way:
    """What packets of one socket have in common. ``ttl`` 0 and ``source`` empty: the system's choice."""

    family: int
    ttl: int = 0
    dont_fragment: bool = False
    source: str = ""


def open_socket(way: Way) -> tuple[socket.socket, bool]:
    """A socket for ``way``, and whether it is a raw one.

    Raises:
        CollectError: this host gives none, and what to do about it.
    """
    if sys.platform != "linux":
        raise CollectError(Reason.PERMISSION, "netmon pings on Linux only")
    protocol = socket.IPPROTO_ICMPV6 if way.family == socket.AF_INET6 else socket.IPPROTO_ICMP
    refusal: OSError | None = None
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return _prepared(socket.socket(way.family, kind, protocol), way, raw=kind == socket.SOCK_RAW), (
                kind == socket.SOCK_RAW
            )
        except OSError as error:
            refusal = error
            if error.errno not in _REFUSED | _NOT_HERE:
                break
    raise _why_not(refusal, way)


def _prepared(sock: socket.socket, way: Way, *, raw: bool) -> socket.socket:
    try:
        sock.setblocking(False)
        _enlarge(sock)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        _prepare = _prepare6 if way.family == socket.AF_INET6 else _prepare4
        _prepare(sock, way, raw=raw)
        if way.source:
            sock.bind((way.source, 0))
    except BaseException:
        sock.close()
        raise
    return sock


def _enlarge(sock: socket.socket) -> None:
    """Room for the answers of many targets at once; the system's limit is a good size too."""
    for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, _RECEIVE_BUFFER)
            return


def _prepare4(sock: socket.socket, way: Way, *, raw: bool) -> None:
    sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    sock.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
    if way.ttl:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, way.ttl)
    discover = _PMTUDISC_PROBE if way.dont_fragment else _PMTUDISC_DONT
    sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, discover)
    if raw:  # a bit set: not for us; only echo replies (0) are
        sock.setsockopt(_SOL_RAW, _ICMP_FILTER, (~1 & 0xFFFFFFFF).to_bytes(4, "little"))


def _prepare6(sock: socket.socket, way: Way, *, raw: bool) -> None:
    sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVHOPLIMIT, 1)
    if way.ttl:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, way.ttl)
    if way.dont_fragment:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PMTUDISC_PROBE)
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_DONTFRAG, 1)
    if raw:  # as above, in words of 32 bits; only echo replies (129) are for us
        words = [0xFFFFFFFF] * 8
        words[129 >> 5] &= ~(1 << (129 & 31))
        sock.setsockopt(socket.IPPROTO_ICMPV6, _ICMP6_FILTER, b"".join(word.to_bytes(4, "little") for word in words))


def _why_not(error: OSError | None, way: Way) -> CollectError:
    code = error.errno if error is not None else None
    if code in _REFUSED:
        return CollectError(Reason.PERMISSION, _mend())
    if code in _NOT_HERE:
        version = 6 if way.family == socket.AF_INET6 else 4
        return CollectError(Reason.NO_SOCKET, f"this host has no IPv{version}")
    if code == errno.EADDRNOTAVAIL:
        return CollectError(Reason.NO_SOCKET, f"{way.source} is no address of this host")
    words = error.strerror if error is not None else "no socket"
    return CollectError(Reason.NO_SOCKET, f"this host has no socket for ICMP to give: {words}")


def _mend() -> str:
    try:
        groups = f" (now {' '.join(GROUPS.read_text().split())})"
    except OSError:
        groups = ""
    return (
        "netmon may not send ICMP on this host: set the sysctl net.ipv4.ping_group_range to '0 2147483647'"
        f"{groups}, or give the service or its Python the capability CAP_NET_RAW"
    )
