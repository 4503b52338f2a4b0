"""What routers tell of their neighbours (LLDP-MIB, IEEE 802.1AB): whoever is at the other end of a link."""

from netmon.simulation.metropolis import Device
from netmon.simulation.ports import Port
from netmon.simulation.values import Oid, Value, gauge, integer, octets, text, ticks
from netmon.simulation.world import World

_LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
_MAC_ADDRESS, _INTERFACE_NAME = 4, 5
"""What a chassis, and a port, are told by."""
_MARK, _NUMBER = 0, 1
"""The rest of a row's index: since ever, and the only neighbour there."""


def neighbours(objects: dict[Oid, Value], world: World, device: Device, ports: tuple[Port, ...]) -> None:
    """The neighbours at the device's links, which are its first ports in the order of the links."""
    links = world.metropolis.links
    own = [link for link in links if device.id in link]
    for port, link in zip(ports, own, strict=False):
        peer = link[1] if device.id == link[0] else link[0]
        number = [each for each in links if peer in each].index(link) + 1
        columns = {
            4: integer(_MAC_ADDRESS),
            5: octets(b"\x02\x33" + station(peer, world) + bytes(2)),
            6: integer(_INTERFACE_NAME),
            7: text(_at(port.name, number)),
            8: text(_at(port.description, number)),
            9: text(peer),
        }
        for column, value in columns.items():
            objects[(*_LLDP, 4, 1, 1, column, _MARK, port.index, _NUMBER)] = value
        objects[(*_LLDP, 3, 7, 1, 2, port.index)] = integer(_INTERFACE_NAME)
        objects[(*_LLDP, 3, 7, 1, 3, port.index)] = text(port.name)
    for number, value in {1: ticks(0), 2: gauge(len(own)), 3: gauge(0), 5: gauge(0)}.items():
        objects[(*_LLDP, 2, number, 0)] = value


def station(device_id: str, world: World) -> bytes:
    """Two octets of its own for each device, under a locally administered prefix."""
    return list(world.metropolis.devices).index(device_id).to_bytes(2, "big")


def _at(name: str, number: int) -> str:
    """Both ends of a link are of one kind, and so are the names of their ports."""
    return f"{name.rpartition('/')[0]}/{number}"
