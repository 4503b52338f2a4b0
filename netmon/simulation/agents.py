"""SNMP v2c agents (RFC 3416): every device of the metropolis on a socket of its own, all on one event loop.

They answer from the address that was asked and say nothing to a wrong community, to what is not SNMP v2c, or while the
world has them silent; slow ones answer late.
"""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any

from netmon import ber
from netmon.clock import SECOND, Clock, Millis
from netmon.model import Role
from netmon.simulation.mib import Table, table_of
from netmon.simulation.values import Oid
from netmon.simulation.world import SLOW_DEVICE_DELAY, World

_V2C = 1
_TOO_BIG, _NOT_WRITABLE = 1, 17
_HEADER = 64
"""Octets kept for everything around the variable bindings."""
_SIZES = {Role.CORE_ROUTER: 8000, Role.DISTRIBUTION_ROUTER: 8000, Role.UPS: 1400, Role.WIFI_CONTROLLER: 1400}
_SIZE = 1472
"""Octets in the largest answer: what fits into one Ethernet frame, but for devices with more or less memory."""
_MOST_REPETITIONS = 200
_MOST_PENDING = 64
"""Requests answered before the loop gets its turn again."""


class Agent:
    """What one device answers; knows nothing of sockets."""

    def __init__(self, table: Table, community: bytes, size: int = _SIZE) -> None:
        self._table = table
        self._community = community
        self._room = size - _HEADER - len(community)

    def answer(self, request: bytes, now: Millis) -> bytes | None:
        """The response, or None where silence is the right one."""
        try:
            return self._answer(request, now)
        except ber.BerError:
            return None

    def _answer(self, request: bytes, now: Millis) -> bytes | None:
        tag, start, end = ber.read_tlv(request)
        version, at = _integer(request, start, end)
        _, community, at_pdu = ber.read_tlv(request, at, end)
        if tag != ber.SEQUENCE or version != _V2C or request[community:at_pdu] != self._community:
            return None
        kind, start, end = ber.read_tlv(request, at_pdu, end)
        number, at = _integer(request, start, end)
        first, at = _integer(request, at, end)
        second, at = _integer(request, at, end)
        oids, raw = _names(request, at, end)
        status, index, bindings = 0, 0, b""
        if kind == ber.GET_REQUEST:
            bindings = b"".join(self._get(oid, now) for oid in oids)
        elif kind == ber.GET_NEXT_REQUEST:
            bindings = b"".join(self._next(oid, now)[1] for oid in oids)
        elif kind == ber.GET_BULK_REQUEST:
            bindings = self._bulk(oids, max(0, first), min(max(0, second), _MOST_REPETITIONS), now)
        elif kind == ber.SET_REQUEST:
            status, index, bindings = _NOT_WRITABLE, 1, raw
        else:
            return None
        if len(bindings) > self._room:
            status, index, bindings = _TOO_BIG, 0, b""
        return self._message(number, status, index, bindings)

    def _get(self, oid: Oid, now: Millis) -> bytes:
        position = self._table.find(oid)
        if position is not None:
            return self._binding(position, now)
        return _binding(_name(oid), bytes((self._table.missing(oid), 0)))

    def _next(self, oid: Oid, now: Millis) -> tuple[int, bytes]:
        position = self._table.after(oid)
        if position == len(self._table):
            return position, _binding(_name(oid), bytes((ber.END_OF_MIB_VIEW, 0)))
        return position, self._binding(position, now)

    def _bulk(self, oids: list[Oid], non_repeaters: int, repetitions: int, now: Millis) -> bytes:
        """As many bindings as fit, in the order of RFC 3416, section 4.2.3."""
        found = [self._next(oid, now)[1] for oid in oids[:non_repeaters]]
        room = self._room - sum(map(len, found))
        ends = [_name(oid) for oid in oids[non_repeaters:]]
        places = [self._table.after(oid) for oid in oids[non_repeaters:]]
        for _ in range(repetitions if places else 0):
            ended = all(place == len(self._table) for place in places)
            for column, place in enumerate(places):
                if place < len(self._table):
                    binding = self._binding(place, now)
                    places[column], ends[column] = place + 1, self._table.name(place)
                else:
                    binding = _binding(ends[column], bytes((ber.END_OF_MIB_VIEW, 0)))
                room -= len(binding)
                if room < 0 and found:
                    return b"".join(found)
                found.append(binding)
            if ended:
                break
        return b"".join(found)

    def _binding(self, position: int, now: Millis) -> bytes:
        return _binding(self._table.name(position), self._table.value(position, now))

    def _message(self, number: int, status: int, index: int, bindings: bytes) -> bytes:
        head = b"".join(ber.encode_tlv(ber.INTEGER, ber.encode_integer(value)) for value in (number, status, index))
        pdu = ber.encode_tlv(ber.RESPONSE, head + ber.encode_tlv(ber.SEQUENCE, bindings))
        version = ber.encode_tlv(ber.INTEGER, ber.encode_integer(_V2C))
        return ber.encode_tlv(ber.SEQUENCE, version + ber.encode_tlv(ber.OCTET_STRING, self._community) + pdu)


class Agents:
    """All agents of a world on bound, non-blocking sockets, which they close in the end."""

    def __init__(self, world: World, sockets: Mapping[str, socket.socket], community: str, clock: Clock) -> None:
        self._world = world
        self._sockets = sockets
        self._clock = clock
        self._agents = {
            id_: Agent(table_of(world, device), community.encode(), _SIZES.get(device.role, _SIZE))
            for id_, device in world.metropolis.devices.items()
        }

    async def start(self) -> None:
        """Answer from now on."""
        loop = asyncio.get_running_loop()
        for id_, opened in self._sockets.items():
            loop.add_reader(opened, self._drain, loop, id_, opened)

    async def stop(self) -> None:
        """Answer no more, and give the sockets back."""
        loop = asyncio.get_running_loop()
        for opened in self._sockets.values():
            if opened.fileno() >= 0:
                loop.remove_reader(opened)
                opened.close()

    def _drain(self, loop: asyncio.AbstractEventLoop, id_: str, opened: socket.socket) -> None:
        for _ in range(_MOST_PENDING):
            try:
                request, asker = opened.recvfrom(65535)
            except OSError:  # nothing left, or an earlier answer came back as ICMP: either way wait for the next one
                return
            now = self._clock.now()
            if now in self._world.silent(id_):
                continue
            answer = self._agents[id_].answer(request, now)
            if answer is None:
                continue
            if now in self._world.slow(id_):
                loop.call_later(SLOW_DEVICE_DELAY / SECOND, _send, opened, answer, asker)
            else:
                _send(opened, answer, asker)


def _send(opened: socket.socket, answer: bytes, asker: Any) -> None:
    """An answer that cannot leave is lost, as any datagram may be."""
    if opened.fileno() < 0:
        return
    try:
        opened.sendto(answer, asker)
    except OSError:
        return


def _integer(data: bytes, offset: int, end: int) -> tuple[int, int]:
    """An INTEGER's value, and where the next element begins."""
    tag, start, stop = ber.read_tlv(data, offset, end)
    if tag != ber.INTEGER:
        raise ber.BerError(f"expected an integer at octet {offset}")
    return ber.decode_integer(data[start:stop]), stop


def _names(data: bytes, offset: int, end: int) -> tuple[list[Oid], bytes]:
    """The names of a list of variable bindings, and the bindings as they came."""
    _, start, stop = ber.read_tlv(data, offset, end)
    oids: list[Oid] = []
    at = start
    while at < stop:
        _, inner, at = ber.read_tlv(data, at, stop)
        tag, name, after = ber.read_tlv(data, inner, at)
        if tag != ber.OBJECT_IDENTIFIER:
            raise ber.BerError(f"expected an object identifier at octet {inner}")
        oids.append(ber.decode_oid(data[name:after]))
    return oids, data[start:stop]


def _name(oid: Oid) -> bytes:
    return ber.encode_tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(oid))


def _binding(name: bytes, value: bytes) -> bytes:
    return ber.encode_tlv(ber.SEQUENCE, name + value)
