"""What is watched: the nouns of the inventory. Frozen values, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netmon.clock import Millis
from netmon.model.agreed import Contract


class State(StrEnum):
    """What is known of an object. PENDING: watched, nothing learned yet."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    PENDING = "pending"


class SiteKind(StrEnum):
    """What a metropolis runs buildings for."""

    TOWN_HALL = "town_hall"
    SCHOOL = "school"
    LIBRARY = "library"
    MEDIA_LIBRARY = "media_library"
    POOL = "pool"
    TRAM = "tram"
    DEPOT = "depot"
    DATA_CENTRE = "data_centre"
    OTHER = "other"


class Role(StrEnum):
    """What a node does in the network."""

    CORE_ROUTER = "core_router"
    DISTRIBUTION_ROUTER = "distribution_router"
    ACCESS_SWITCH = "access_switch"
    FIREWALL = "firewall"
    UPS = "ups"
    WIFI_CONTROLLER = "wifi_controller"
    SERVER = "server"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the métropole. ``tile`` is its (column, row) on the tile map."""

    name: str
    insee: str
    population: int
    tile: tuple[int, int]
    siren: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A building or place. ``sensitive`` ones never leave for the public."""

    id: str
    name: str
    kind: SiteKind
    commune: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A device of the network. ``uplinks``: nodes any one of which is enough to reach it; none: a root.

    ``accept_lldp``: neighbours that LLDP tells of count as uplinks as well.
    """

    id: str
    name: str
    site: str
    role: Role
    address: str
    port: int
    uplinks: tuple[str, ...] = ()
    accept_lldp: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """What citizens or agents use: an expression over checks and nodes (``netmon.inventory.expression``)."""

    id: str
    name: str
    family: str
    communes: tuple[str, ...]
    expression: str


@dataclass(frozen=True, slots=True)
class Check:
    """One target looked at by one collector on one schedule.

    ``id`` is unique (``<node>/<name>`` for a node's check); ``name`` is the ``check`` label. ``via`` are the nodes
    one of which must work for the target to be reached from here: while all are cut, a failure is UNREACHABLE.
    ``fall`` and ``rise`` are how many polls in a row confirm worse and better. ``settings`` belongs to the collector.
    """

    id: str
    name: str
    collector: str
    target: str
    commune: str
    site: str
    node: str
    via: tuple[str, ...]
    interval: Millis
    timeout: Millis
    fall: int
    rise: int
    settings: object = field(compare=False, repr=False, default=None)

    @property
    def labels(self) -> tuple[str, str, str, str]:
        """Values of ``conventions.CHECK_LABELS``."""
        return (self.commune, self.site, self.node, self.name)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything watched, by id. Immutable: a reload builds another."""

    communes: Mapping[str, Commune]
    sites: Mapping[str, Site]
    nodes: Mapping[str, Node]
    services: Mapping[str, Service]
    checks: Mapping[str, Check]
    contracts: Mapping[str, Contract]
