"""The ports of a device: what each is called, where it leads, how fast it is and what it carries."""

from dataclasses import dataclass

from netmon.clock import Millis
from netmon.model import Role
from netmon.simulation.faults import RESTARTING
from netmon.simulation.intervals import Spans
from netmon.simulation.metropolis import Device, Metropolis
from netmon.simulation.seeded import Chance
from netmon.simulation.traffic import Flow
from netmon.simulation.world import World

_USES = (
    ("poste de travail", 40_000),
    ("téléphone", 9_000),
    ("borne wi-fi", 350_000),
    ("imprimante", 3_000),
    ("vidéoprojecteur", 12_000),
    ("borne d'accueil", 6_000),
)
"""What hangs on access ports, and the octets a second it takes on average."""
_LINK_RATES = {
    Role.CORE_ROUTER: 220_000_000,
    Role.DISTRIBUTION_ROUTER: 60_000_000,
    Role.FIREWALL: 45_000_000,
    Role.WIFI_CONTROLLER: 8_000_000,
    Role.ACCESS_SWITCH: 2_500_000,
    Role.UPS: 300,
}
"""Average octets a second on a link, by the device at its lower end."""
_SPEEDS = {Role.UPS: 100, Role.ACCESS_SWITCH: 1_000}
"""Megabits a second of a link, by the device at its lower end; others are 10 gigabits."""


@dataclass(frozen=True)
class Port:
    """One interface. ``speed`` in Mbit/s; ``down``: when its link is down although nobody asked for that."""

    index: int
    name: str
    description: str
    alias: str
    speed: int
    enabled: bool
    connected: bool
    down: Spans
    received: Flow
    sent: Flow

    def up(self, at: Millis) -> bool:
        """Whether the link is up."""
        return self.enabled and self.connected and at not in self.down


def ports_of(world: World, device: Device) -> tuple[Port, ...]:
    """The device's ports: its links first, then the rest; never fewer than its links."""
    metropolis = world.metropolis
    links = [link for link in metropolis.links if device.id in link]
    ports = [_link(world, device, number, link) for number, link in enumerate(links, 1)]
    chance = Chance(metropolis.seed, "ports", device.id)
    ports += [_access(device, number, chance) for number in range(len(links) + 1, device.ports + 1)]
    return tuple(ports)


def _link(world: World, device: Device, number: int, link: tuple[str, str]) -> Port:
    lower, upper = link
    peer = upper if device.id == lower else lower
    role = world.metropolis.devices[lower].role
    down = world.cut(lower, upper) | world.off(peer, RESTARTING)
    speed = _SPEEDS.get(role, 10_000)
    mean = _LINK_RATES[role] * Chance(world.metropolis.seed, "link", lower, upper).between(0.4, 1.2)
    octets = speed * 1_000_000 / 8
    if link == full_link(world.metropolis):
        mean = octets * 0.04
        downward, upward = _flow(world, link, "down", mean, down, octets * 0.86), _flow(world, link, "up", mean, down)
    else:
        downward, upward = (_flow(world, link, way, mean * share, down) for way, share in (("down", 1.0), ("up", 0.3)))
    received, sent = (downward, upward) if device.id == lower else (upward, downward)
    kind = {100: "Fa0/", 1_000: "Gi1/0/"}.get(speed, "Te1/1/")
    return Port(
        number, f"{kind}{number}", _LONG[kind] + str(number), f"vers {peer}", speed, True, True, down, received, sent
    )


def full_link(metropolis: Metropolis) -> tuple[str, str] | None:
    """The link that carries nine tenths of its speed day and night, so that there is one a report warns of: that of an
    access switch to a distribution router."""
    roles = {name: device.role for name, device in metropolis.devices.items()}
    wanted = (Role.ACCESS_SWITCH, Role.DISTRIBUTION_ROUTER)
    found = [link for link in metropolis.links if (roles[link[0]], roles[link[1]]) == wanted]
    return Chance(metropolis.seed, "full link").pick(found) if found else None


def _flow(world: World, link: tuple[str, str], way: str, mean: float, down: Spans, floor: float = 0.0) -> Flow:
    """Both ends of a link see the same octets."""
    return Flow(mean, Chance(world.metropolis.seed, "flow", *link, way), down, floor)


def _access(device: Device, number: int, chance: Chance) -> Port:
    use, mean = chance.pick(_USES)
    enabled = chance.happens(0.9)
    connected = enabled and device.role is Role.ACCESS_SWITCH and chance.happens(0.75)
    speed = 100 if use == "imprimante" else 1_000
    kind = "Fa0/" if device.role is Role.UPS else "Gi1/0/"
    carried = mean * chance.between(0.2, 2.0) if connected else 0.0
    flows = Flow(carried * 0.2, chance, _NEVER), Flow(carried, chance, _NEVER)
    alias = use if connected else ""
    return Port(number, f"{kind}{number}", _LONG[kind] + str(number), alias, speed, enabled, connected, _NEVER, *flows)


_LONG = {"Fa0/": "FastEthernet0/", "Gi1/0/": "GigabitEthernet1/0/", "Te1/1/": "TenGigabitEthernet1/1/"}
_NEVER = Spans()
