"""The simulated metropolis: 28 communes, their sites, the network between them and the web sites on it.

``build`` is a pure function of seed and scale. The network is a tree with redundancy::

    core-lac-1 ── core-lac-2        four core routers in a ring, two in each data centre: the roots
        │              │
    core-pessac-2 ─ core-pessac-1
        │              │
    dist-<area>-1   dist-<area>-2   eight distribution routers, each with two core uplinks
        │              │
    sw-<commune>-1 … sw-<commune>-n access switches: one or two routers above, or another switch
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from netmon.model import Commune, Contract, Role, Service, Site

DOMAIN = "bordeaux-metropole.example"
AREAS = ("nord", "est", "sud", "ouest")
DATA_CENTRES = ("lac", "pessac")


@dataclass(frozen=True, slots=True)
class Device:
    """One simulated device. ``ports`` counts its interfaces; ``uplinks`` as in ``model.Node``."""

    id: str
    site: str
    role: Role
    ports: int
    uplinks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One simulated web site: ``id`` is its check's, ``host`` the device behind which its server stands.

    ``phrase`` is what its page says when it works, and what the check looks for; ``behind`` what the page says that its
    form leads to, "" where it has no form. ``site`` is "" where the check belongs to a commune rather than to a place.
    """

    id: str
    name: str
    secure: bool
    title: str
    phrase: str
    commune: str
    site: str
    host: str
    behind: str = ""

    @property
    def url(self) -> str:
        """The public address, without the port of the simulation."""
        return f"{'https' if self.secure else 'http'}://{self.name}/"


@dataclass(frozen=True)
class Metropolis:
    """Everything simulated, in stable order; devices stand after those above them."""

    seed: int
    scale: float
    communes: tuple[Commune, ...]
    sites: Mapping[str, Site]
    devices: Mapping[str, Device]
    endpoints: Mapping[str, Endpoint]
    services: tuple[Service, ...]
    contracts: tuple[Contract, ...]
    ring: tuple[tuple[str, str], ...]

    @cached_property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Every link as (lower end, upper end); the ring's last."""
        tree = [(device.id, above) for device in self.devices.values() for above in device.uplinks]
        return (*tree, *self.ring)

    @cached_property
    def at_site(self) -> Mapping[str, tuple[str, ...]]:
        """Devices by site."""
        found: dict[str, list[str]] = {site: [] for site in self.sites}
        for device in self.devices.values():
            found[device.site].append(device.id)
        return {site: tuple(devices) for site, devices in found.items()}

    def of_role(self, role: Role) -> tuple[Device, ...]:
        """The devices of one role."""
        return tuple(device for device in self.devices.values() if device.role is role)

    def commune_of(self, device: str) -> str:
        """The commune a device stands in."""
        return self.sites[self.devices[device].site].commune

    def dark(self, dead: frozenset[str], cut: frozenset[tuple[str, str]] = frozenset()) -> tuple[str, ...]:
        """The devices not heard of while ``dead`` ones are off and ``cut`` links (lower, upper) carry nothing."""
        lost: set[str] = set()
        for device in self.devices.values():
            ways = [above for above in device.uplinks if above not in lost and (device.id, above) not in cut]
            if device.id in dead or (device.uplinks and not ways):
                lost.add(device.id)
        return tuple(device for device in self.devices if device in lost)

    def affected(self, dead: frozenset[str], cut: frozenset[tuple[str, str]] = frozenset()) -> tuple[str, ...]:
        """The ids of the devices and web checks that fall silent with them."""
        lost = self.dark(dead, cut)
        return (*lost, *(endpoint.id for endpoint in self.endpoints.values() if endpoint.host in lost))


def node_check(device: str) -> str:
    """The id of a device's SNMP check."""
    return f"{device}/snmp"


def device_of(check: str) -> str | None:
    """The device an SNMP check looks at; None: not an SNMP check."""
    return check.removesuffix("/snmp") if check.endswith("/snmp") else None
