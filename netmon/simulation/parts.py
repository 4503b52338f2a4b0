"""What agents know of their parts: power over Ethernet (RFC 3621), sensors of chassis and optics (RFC 3433)."""

from math import sin

from netmon.clock import HOUR, Millis
from netmon.simulation.metropolis import Device
from netmon.simulation.ports import Port
from netmon.simulation.seeded import Chance
from netmon.simulation.values import Oid, Value, counter32, gauge, integer, text
from netmon.simulation.world import World

_POE: Oid = (1, 3, 6, 1, 2, 1, 105, 1)
_SENSOR: Oid = (1, 3, 6, 1, 2, 1, 99, 1, 1, 1)
_ENTITY: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
_FED = {"téléphone": (6, 3), "borne wi-fi": (15, 5), "borne d'accueil": (11, 4)}
"""What takes its power from its port: watts, and its class (1 is class 0)."""
_DELIVERING, _SEARCHING, _DISABLED = 3, 2, 1
_WATTS, _CELSIUS = 6, 8
_MILLI, _UNITS = 8, 9
_OK, _UNAVAILABLE = 1, 2
_CHASSIS = 1
_OPTICS = 1000
"""Entities of a port's optics follow from here, ten a port."""


def power_over_ethernet(objects: dict[Oid, Value], device: Device, ports: tuple[Port, ...]) -> None:
    """Feed what hangs on the ports of a switch."""
    taken = 0
    for port in ports:
        watts, class_ = _FED.get(port.alias, (0, 1))
        taken += watts
        state = _DELIVERING if watts else _SEARCHING if port.enabled else _DISABLED
        columns = {
            3: integer(1 if port.enabled else 2),
            6: integer(state),
            7: integer(3),
            10: integer(class_),
            12: counter32(0),
            13: counter32(0),
            14: counter32(0),
        }
        for column, value in columns.items():
            objects[(*_POE, 1, 1, column, 1, port.index)] = value
    supply = {2: gauge(370 if device.ports <= 24 else 740), 3: integer(1), 4: gauge(taken), 5: integer(80)}
    for column, value in supply.items():
        objects[(*_POE, 3, 1, 1, column, 1)] = value


def sensors(objects: dict[Oid, Value], world: World, device: Device, ports: tuple[Port, ...]) -> None:
    """A thermometer in the chassis; in the optics of each fast port one more, and the light they send and receive."""
    chance = Chance(world.metropolis.seed, "sensors", device.id)
    _sensor(objects, _CHASSIS, "Chassis Temperature", _CELSIUS, _Reading(chance.between(330, 420), 12, 1, _UNITS))
    for port in ports:
        if port.speed != 10_000:
            continue
        first = _OPTICS + 10 * port.index
        light = _Reading(chance.between(5_000, 8_000), 150, 4, _MILLI)
        arriving = _Reading(chance.between(700, 3_500), 60, 4, _MILLI)
        warmth = _Reading(chance.between(300, 380), 9, 1, _UNITS)
        _sensor(objects, first + 1, f"{port.name} Module Temperature", _CELSIUS, warmth)
        _sensor(objects, first + 2, f"{port.name} DOM Tx Power", _WATTS, light)
        _sensor(objects, first + 3, f"{port.name} DOM Rx Power", _WATTS, arriving, port)


class _Reading:
    """A value that wanders slowly around its ``middle``, as the sensor says it: with ``decimals``, in ``scale``."""

    def __init__(self, middle: float, swing: float, decimals: int, scale: int) -> None:
        self._middle, self._swing = middle, swing
        self.decimals, self.scale = decimals, scale

    def at(self, now: Millis) -> int:
        return round(self._middle + self._swing * sin(now / HOUR + self._middle))


def _sensor(
    objects: dict[Oid, Value], entity: int, name: str, kind: int, reading: _Reading, light_of: Port | None = None
) -> None:
    """One sensor and its entity; what receives the light of a link has no reading while the link is down."""

    def sees(now: Millis) -> bool:
        return light_of is None or light_of.up(now)

    objects |= {
        (*_ENTITY, 2, entity): text(name),
        (*_ENTITY, 7, entity): text(name),
        (*_SENSOR, 1, entity): integer(kind),
        (*_SENSOR, 2, entity): integer(reading.scale),
        (*_SENSOR, 3, entity): integer(reading.decimals),
        (*_SENSOR, 4, entity): lambda now: integer(reading.at(now) if sees(now) else 0),
        (*_SENSOR, 5, entity): lambda now: integer(_OK if sees(now) else _UNAVAILABLE),
    }
