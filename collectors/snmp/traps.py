"""Traps and informs: who sends, whether to listen, and what it makes us do. They are a reason to poll, nothing more.

A datagram is looked at in the order of what that costs: its source must be a node's address, the node must not send too
much, the envelope must name a credential we accept from that node; only then pysnmp reads, authenticates and, for an
inform, acknowledges it (``notifications``). UDP sources can be forged, so what a trap says is never taken for a state.
"""

import asyncio
import contextlib
import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from netmon.ber import INTEGER, OCTET_STRING, SEQUENCE, BerError, decode_integer, read_tlv
from netmon.conventions import TRAP_DROPS, Reason
from netmon.errors import CollectError
from netmon.settings import SnmpCredential, TrapSettings

if TYPE_CHECKING:
    from collectors.snmp.notifications import NotificationReader

UNKNOWN_SENDER, FLOOD, CREDENTIAL, GARBAGE = TRAP_DROPS

ALL_PER_SECOND = 100
"""Notifications of all devices together handed to pysnmp in a second: what leaves the loop free for polls."""
RESOLVE_SECONDS = 300.0
"""How often names of nodes are looked up anew."""
_RECEIVE_BUFFER = 1_048_576
_PRIVACY, _AUTHENTICATION = 2, 1

logger = logging.getLogger("netmon.collectors.snmp.traps")

Source: TypeAlias = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Sender:
    """A node that may notify us: ``host`` is its address or name, ``credential`` how it is polled."""

    node: str
    host: str
    credential: SnmpCredential | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A genuine trap or inform. ``nodes`` are all that have the address it came from; ``kind`` is of a closed list."""

    nodes: tuple[str, ...]
    kind: str


class Envelope(NamedTuple):
    """The part of a message that says how it is protected. ``name`` is the community or the user."""

    version: str
    name: bytes
    engine_id: bytes = b""
    flags: int = 0


class Bucket:
    """Lets through ``rate`` a second, and twice that at once after a quiet time."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._left = 2 * rate
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = time.monotonic()
        self._left = min(2 * self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class TrapReceiver:
    """Listens while it runs; ``heard`` gets what is genuine, ``dropped`` why something is not taken."""

    def __init__(
        self,
        settings: TrapSettings,
        senders: Iterable[Sender],
        heard: Callable[[Notification], None],
        dropped: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._senders = tuple(senders)
        self._heard = heard
        self._dropped = dropped
        self._by_address: dict[str, tuple[Sender, ...]] = {}
        self._buckets: dict[str, Bucket] = {}
        self._all = Bucket(ALL_PER_SECOND)
        self._reader: NotificationReader | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._resolving: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Where it listens: as configured, or what the system chose for port 0."""
        return int(self._transport.get_extra_info("sockname")[1]) if self._transport else self._settings.port

    async def start(self) -> None:
        """Listen.

        Raises:
            CollectError: the address cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        await self._look_up()
        self._reader = await asyncio.to_thread(_make_reader, self._answer)
        where = self._settings.host, self._settings.port
        try:
            sock = _open(where)
            self._transport, _ = await loop.create_datagram_endpoint(lambda: _Protocol(self._received), sock=sock)
        except OSError as error:
            detail = f"cannot listen for traps on {where[0]} port {where[1]}: {error.strerror}"
            raise CollectError(Reason.NO_SOCKET, detail) from error
        self._resolving = loop.create_task(self._keep_looking_up(), name="addresses of trap senders")

    async def stop(self) -> None:
        """Stop listening; safe without ``start``."""
        if self._resolving is not None:
            self._resolving.cancel()
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # --- A datagram

    def _received(self, data: bytes, source: Source) -> None:
        address = _plain(source[0])
        senders = self._by_address.get(address)
        if senders is None:
            self._drop(UNKNOWN_SENDER, address)
            return
        if not self._buckets.setdefault(address, Bucket(self._settings.per_second)).take() or not self._all.take():
            self._drop(FLOOD, address)
            return
        try:
            envelope = peek(data)
        except BerError:
            self._drop(GARBAGE, address)
            return
        self._read(data, source, envelope, senders)

    def _read(self, data: bytes, source: Source, envelope: Envelope, senders: tuple[Sender, ...]) -> None:
        address, discovery = _plain(source[0]), envelope.version == "3" and not envelope.name
        credential = None if discovery else self._accepted(envelope, senders)
        if (credential is None and not discovery) or self._reader is None:
            self._drop(CREDENTIAL, address)
            return
        kind = self._reader.read(data, source, credential, envelope.engine_id)
        if discovery:
            return
        if kind is None:
            self._drop(CREDENTIAL if envelope.version == "3" else GARBAGE, address)
            return
        nodes = tuple(dict.fromkeys(sender.node for sender in senders))
        logger.info("%s from %s (%s)", kind, address, ", ".join(nodes))
        self._heard(Notification(nodes, kind))

    def _accepted(self, envelope: Envelope, senders: tuple[Sender, ...]) -> SnmpCredential | None:
        """The credential the envelope names, of those good for the senders, if it is protected at least as it says."""
        own = [sender.credential for sender in senders if sender.credential is not None]
        for credential in (*own, *self._settings.credentials):
            if envelope.version == "3":
                needed = (credential.auth_protocol is not None) * _AUTHENTICATION
                needed |= (credential.priv_protocol is not None) * _PRIVACY
                named = credential.version == "3" and credential.username.encode() == envelope.name
                if named and envelope.flags & needed == needed:
                    return credential
            elif credential.community is not None and credential.community.reveal().encode() == envelope.name:
                return credential
        return None

    def _drop(self, why: str, address: str) -> None:
        self._dropped(why)
        logger.debug("datagram from %s dropped: %s", address, why)

    def _answer(self, data: bytes, target: Source) -> None:
        if self._transport is not None:
            self._transport.sendto(data, target)

    # --- Who is who

    async def _keep_looking_up(self) -> None:
        while True:
            await asyncio.sleep(RESOLVE_SECONDS)
            await self._look_up()

    async def _look_up(self) -> None:
        """Names that cannot be looked up now keep the addresses they had."""
        before: dict[Sender, list[str]] = {}
        for address, senders in self._by_address.items():
            for sender in senders:
                before.setdefault(sender, []).append(address)
        by_address: dict[str, list[Sender]] = {}
        found = await asyncio.gather(*(_addresses(sender.host) for sender in self._senders))
        for sender, addresses in zip(self._senders, found, strict=True):
            for address in addresses or before.get(sender, []):
                by_address.setdefault(address, []).append(sender)
        self._by_address = {address: tuple(senders) for address, senders in by_address.items()}


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, Source], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: Source) -> None:
        self._received(data, addr)

    def error_received(self, exc: Exception) -> None:
        logger.debug("an acknowledgement could not be delivered: %s", exc)


def peek(data: bytes) -> Envelope:
    """The envelope of an SNMP message of any version, without reading what is inside.

    Raises:
        BerError: it is not one.
    """
    at, end = _inside(data, 0, len(data), SEQUENCE)
    start, at = _inside(data, at, end, INTEGER)
    version = {0: "1", 1: "2c", 3: "3"}.get(decode_integer(data[start:at]))
    if version is None:
        raise BerError("no version of SNMP we know")
    if version != "3":
        start, at = _inside(data, at, end, OCTET_STRING)
        return Envelope(version, data[start:at])
    start, at = _inside(data, at, end, SEQUENCE)
    flags = _nth(data, start, at, 2, OCTET_STRING)
    start, at = _inside(data, at, end, OCTET_STRING)
    start, at = _inside(data, start, at, SEQUENCE)
    user = _nth(data, start, at, 3, OCTET_STRING)
    return Envelope(version, user, _nth(data, start, at, 0, OCTET_STRING), flags[0] if flags else 0)


def _inside(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    found, start, stop = read_tlv(data, at, end)
    if found != tag:
        raise BerError(f"type 0x{found:02x} where 0x{tag:02x} belongs")
    return start, stop


def _nth(data: bytes, at: int, end: int, place: int, tag: int) -> bytes:
    for _ in range(place):
        _, _, at = read_tlv(data, at, end)
    start, stop = _inside(data, at, end, tag)
    return data[start:stop]


def _plain(address: str) -> str:
    """As inventories write it: without zone, IPv4 not wrapped into IPv6."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


async def _addresses(host: str) -> list[str]:
    with contextlib.suppress(ValueError):
        return [_plain(host)]
    with contextlib.suppress(OSError, UnicodeError):
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        return list(dict.fromkeys(_plain(str(entry[4][0])) for entry in found))
    return []


def _open(where: tuple[str, int]) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in where[0] else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        sock.bind(where)
    except OSError:
        sock.close()
        raise
    return sock


def _make_reader(send: Callable[[bytes, Source], None]) -> "NotificationReader":
    from collectors.snmp.notifications import NotificationReader  # noqa: PLC0415 - pysnmp: only where traps are wanted

    return NotificationReader(send)
