"""What the simulated agents know, as a sorted table of objects: SNMPv2-MIB, IF-MIB (RFC 2863), UPS-MIB (RFC 1628)."""

from bisect import bisect_right
from collections.abc import Callable

from netmon import ber
from netmon.clock import SECOND, Millis
from netmon.model import Role
from netmon.simulation.metropolis import Device
from netmon.simulation.neighbours import neighbours, station
from netmon.simulation.parts import power_over_ethernet, sensors
from netmon.simulation.ports import Port, ports_of
from netmon.simulation.seeded import Chance
from netmon.simulation.values import Oid, Value, counter32, counter64, gauge, integer, text, ticks
from netmon.simulation.world import World

_SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
_INTERFACES: Oid = (1, 3, 6, 1, 2, 1, 2)
_IF_X: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_UPS: Oid = (1, 3, 6, 1, 2, 1, 33, 1)
_OBJECT_ID: Oid = (1, 3, 6, 1, 4, 1, 32473, 1)
"""Under the enterprise number kept for examples (RFC 5612)."""
_ETHERNET = 6
_TEXTS = {
    Role.CORE_ROUTER: "core router",
    Role.DISTRIBUTION_ROUTER: "distribution router",
    Role.ACCESS_SWITCH: "access switch",
    Role.FIREWALL: "firewall",
    Role.UPS: "uninterruptible power supply",
    Role.WIFI_CONTROLLER: "wi-fi controller",
    Role.SERVER: "server",
    Role.OTHER: "device",
}


class Table:
    """Objects in the order of their identifiers."""

    def __init__(self, objects: dict[Oid, Value]) -> None:
        self._oids = sorted(objects)
        self._names = [ber.encode_tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(oid)) for oid in self._oids]
        self._values = [objects[oid] for oid in self._oids]
        self._position = {oid: index for index, oid in enumerate(self._oids)}
        self._columns = {oid[:-1] for oid in self._oids}

    def __len__(self) -> int:
        return len(self._oids)

    def find(self, oid: Oid) -> int | None:
        """The position of exactly this object."""
        return self._position.get(oid)

    def after(self, oid: Oid) -> int:
        """The position of the first object beyond ``oid``; ``len`` of the table: there is none."""
        known = self._position.get(oid)
        return bisect_right(self._oids, oid) if known is None else known + 1

    def missing(self, oid: Oid) -> int:
        """The tag that stands for an object that is not there (RFC 3416, section 4.2.1)."""
        known = any(oid[:length] in self._columns for length in range(len(oid) + 1))
        return ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT

    def name(self, position: int) -> bytes:
        """The encoded name at a position."""
        return self._names[position]

    def value(self, position: int, now: Millis) -> bytes:
        """The encoded value at a position."""
        value = self._values[position]
        return value if isinstance(value, bytes) else value(now)


def table_of(world: World, device: Device) -> Table:
    """Everything the device's agent answers."""
    ports = ports_of(world, device)
    objects = _system(world, device, len(ports))
    objects[(*_INTERFACES, 1, 0)] = integer(len(ports))
    for port in ports:
        _interface(objects, world, device, port)
    if device.role is Role.UPS:
        _power(objects, world, device)
    if device.role is Role.ACCESS_SWITCH:
        power_over_ethernet(objects, device, ports)
    if device.role in {Role.CORE_ROUTER, Role.DISTRIBUTION_ROUTER}:
        sensors(objects, world, device, ports)
        neighbours(objects, world, device, ports)
    return Table(objects)


def _system(world: World, device: Device, ports: int) -> dict[Oid, Value]:
    site = world.metropolis.sites[device.site]
    words = f"Simulated {_TEXTS[device.role]}, {ports} port{'s' if ports > 1 else ''}, firmware 4.2.7"
    role = list(Role).index(device.role) + 1
    identity = ber.encode_tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid((*_OBJECT_ID, role)))
    services = {Role.ACCESS_SWITCH: 2, Role.CORE_ROUTER: 6, Role.DISTRIBUTION_ROUTER: 6}.get(device.role, 72)
    return {
        (*_SYSTEM, 1, 0): text(words),
        (*_SYSTEM, 2, 0): identity,
        (*_SYSTEM, 3, 0): lambda now: ticks(world.uptime(device.id, now)),
        (*_SYSTEM, 4, 0): text("exploitation@bordeaux-metropole.example"),
        (*_SYSTEM, 5, 0): text(device.id),
        (*_SYSTEM, 6, 0): text(f"{site.name}, {site.commune}"),
        (*_SYSTEM, 7, 0): integer(services),
    }


def _interface(objects: dict[Oid, Value], world: World, device: Device, port: Port) -> None:
    boot = world.booted
    chance = Chance(world.metropolis.seed, "interface", device.id, port.index)
    address = b"\x02\x33" + station(device.id, world) + port.index.to_bytes(2, "big")
    table = (*_INTERFACES, 2, 1)

    def last_change(now: Millis) -> bytes:
        started = boot(device.id, now)
        edges = [edge for edge in port.down.edges() if started < edge <= now]
        return ticks((edges[-1] - started) // 10 if edges else 0)

    fixed: dict[int, Value] = {
        1: integer(port.index),
        2: text(port.description),
        3: integer(_ETHERNET),
        4: integer(9216 if port.speed == 10_000 else 1500),
        5: gauge(port.speed * 1_000_000),
        6: ber.encode_tlv(ber.OCTET_STRING, address),
        7: integer(1 if port.enabled else 2),
        8: lambda now: integer(1 if port.up(now) else 2),
        9: last_change,
    }
    extra: dict[int, Value] = {
        1: text(port.name),
        14: integer(1),
        15: gauge(port.speed),
        16: integer(2),
        17: integer(1),
        18: text(port.alias),
        19: ticks(0),
    }
    for column, value in fixed.items():
        objects[(*table, column, port.index)] = value
    for column, value in extra.items():
        objects[(*_IF_X, column, port.index)] = value
    _count(objects, world, device, port, chance)


def _count(objects: dict[Oid, Value], world: World, device: Device, port: Port, chance: Chance) -> None:
    """The counters of one port: packets and faults follow from the octets, so all only grow until the next boot."""

    def counted(flow: Callable[[Millis, Millis], int], per: int, encode: Callable[[int], bytes]) -> Value:
        return lambda now: encode(flow(world.booted(device.id, now), now) // per)

    size = int(chance.between(350, 900))
    errors, discards = (int(chance.between(2, 40) * scale) for scale in (10**11, 10**10))
    table = (*_INTERFACES, 2, 1)
    for flow, base, wide in ((port.received.octets, 10, 6), (port.sent.octets, 16, 10)):
        plain = {0: 1, 1: size, 3: discards, 4: errors}
        for offset, per in plain.items():
            objects[(*table, base + offset, port.index)] = counted(flow, per, counter32)
        for offset, per in enumerate((1, size, 40 * size, 90 * size)):
            objects[(*_IF_X, wide + offset, port.index)] = counted(flow, per, counter64)
        first = 2 if wide == 6 else 4
        for offset, per in enumerate((40 * size, 90 * size)):
            objects[(*_IF_X, first + offset, port.index)] = counted(flow, per, counter32)
    objects[(*table, 15, port.index)] = counter32(0)


def _power(objects: dict[Oid, Value], world: World, device: Device) -> None:
    def battery(now: Millis) -> tuple[int, int]:
        """Seconds on battery, and percent of charge left."""
        state = world.on_battery(device.id, now)
        return (0, 100) if state is None else (state[0] // SECOND, max(3, 100 - 97 * state[0] // max(1, state[1])))

    def minutes(now: Millis) -> int:
        state = world.on_battery(device.id, now)
        return 42 if state is None else max(0, state[1] - state[0]) // (60 * SECOND)

    def on(now: Millis) -> bool:
        return world.on_battery(device.id, now) is not None

    load = Chance(world.metropolis.seed, "load", device.id)
    percent = int(load.between(18, 62))
    objects |= {
        (*_UPS, 1, 1, 0): text("netmon"),
        (*_UPS, 1, 2, 0): text("Simulated UPS 3000"),
        (*_UPS, 1, 3, 0): text("2.1"),
        (*_UPS, 1, 5, 0): text(device.id),
        (*_UPS, 2, 1, 0): lambda now: integer(3 if battery(now)[1] < 25 else 2),
        (*_UPS, 2, 2, 0): lambda now: integer(battery(now)[0]),
        (*_UPS, 2, 3, 0): lambda now: integer(minutes(now)),
        (*_UPS, 2, 4, 0): lambda now: integer(battery(now)[1]),
        (*_UPS, 2, 5, 0): lambda now: integer(480 + battery(now)[1] * 66 // 100),
        (*_UPS, 2, 7, 0): integer(int(load.between(21, 29))),
        (*_UPS, 3, 1, 0): lambda now: counter32(world.power_cuts(device.id, now)),
        (*_UPS, 3, 2, 0): integer(1),
        (*_UPS, 3, 3, 1, 2, 1): lambda now: integer(0 if on(now) else 500),
        (*_UPS, 3, 3, 1, 3, 1): lambda now: integer(0 if on(now) else 231),
        (*_UPS, 4, 1, 0): lambda now: integer(5 if on(now) else 3),
        (*_UPS, 4, 2, 0): integer(500),
        (*_UPS, 4, 3, 0): integer(1),
        (*_UPS, 4, 4, 1, 2, 1): integer(230),
        (*_UPS, 4, 4, 1, 3, 1): integer(percent * 130 // 100),
        (*_UPS, 4, 4, 1, 4, 1): integer(percent * 27),
        (*_UPS, 4, 4, 1, 5, 1): integer(percent),
        (*_UPS, 6, 1, 0): lambda now: gauge(1 if on(now) else 0),
    }
