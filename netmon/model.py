"""The nouns of netmon: frozen values, no I/O. Times are integer milliseconds, UTC, intervals half-open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from netmon.clock import Millis
from netmon.conventions import Reason


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
    """A device of the network. ``uplinks``: nodes any one of which is enough to reach it; none: a root."""

    id: str
    name: str
    site: str
    role: Role
    address: str
    port: int
    uplinks: tuple[str, ...] = ()


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


Number: TypeAlias = int | float
MetricKind: TypeAlias = Literal["gauge", "counter", "info", "stateset", "unknown"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One series with its value."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: Number


@dataclass(frozen=True, slots=True)
class Family:
    """Values of one metric, a column: ``values[i]`` belongs to the label values ``series[i]``.

    A collector hands over the same ``series`` tuple poll after poll while it has not changed: exporters recognise it by
    identity and keep what they rendered for it. Labels of the check (commune, site, node, check) are not in
    ``label_names``: they are added where the family is shown.
    """

    name: str
    kind: MetricKind
    help: str
    label_names: tuple[str, ...]
    series: tuple[tuple[str, ...], ...]
    values: tuple[Number, ...]

    def samples(self) -> Iterator[Sample]:
        """The family as single samples."""
        for labels, value in zip(self.series, self.values, strict=True):
            yield Sample(self.name, tuple(zip(self.label_names, labels, strict=True)), value)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a collector learned about the target: UP, DEGRADED or DOWN with a reason (UNKNOWN is the poller's).

    ``detail`` is one line for people, never a label and without secrets. ``uptime`` is the raw sysUpTime in
    hundredths of a second, modulo 2^32 (RFC 3418), where the target tells it. ``log`` are the steps taken, for
    ``netmon probe``; empty unless asked for.
    """

    state: State
    reason: Reason = Reason.OK
    detail: str = ""
    families: tuple[Family, ...] = ()
    uptime: int | None = None
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """A reading with its check and its time: ``started`` on the wall clock, ``duration`` in monotonic seconds."""

    check: Check
    started: Millis
    duration: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class Transition:
    """The stored fact: ``object`` (a check's id) changed from ``old`` to ``new``.

    ``at`` is when it began as best known (the first poll that saw it), ``earliest`` the last moment at which ``old``
    was still observed: the true change lies in (earliest, at]. ``recorded`` is when we knew.
    """

    object: str
    at: Millis
    earliest: Millis
    old: State
    new: State
    reason: Reason
    recorded: Millis
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Planned work on ``object`` (any object's id, ``*`` for all), announced at ``recorded``; ``end`` None: open."""

    object: str
    start: Millis
    end: Millis | None
    text: str
    recorded: Millis


@dataclass(frozen=True, slots=True)
class MonitorEvent:
    """The daemon itself stopped or started watching."""

    at: Millis
    state: Literal["stopped", "started"]


@dataclass(frozen=True, slots=True)
class Membership:
    """``object`` was in service, for ``commune``, from ``start`` to ``end`` (None: still is)."""

    object: str
    start: Millis
    end: Millis | None
    commune: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Correction:
    """A later, signed finding: ``object`` was in ``state`` during the interval, whatever was observed."""

    object: str
    start: Millis
    end: Millis
    state: State
    author: str
    reason: str
    recorded: Millis


@dataclass(frozen=True, slots=True)
class Contract:
    """What ``provider`` promises ``customer``: ``objective`` (a ratio) on services of ``families`` (empty: all).

    ``communes`` empty: all. ``hours`` is service time in opening-hours syntax; ``policy`` names a preset.
    """

    id: str
    name: str
    provider: str
    customer: str
    objective: float
    communes: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    hours: str = "24/7"
    policy: str = "contract"


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything watched, by id. Immutable: a reload builds another."""

    communes: Mapping[str, Commune]
    sites: Mapping[str, Site]
    nodes: Mapping[str, Node]
    services: Mapping[str, Service]
    checks: Mapping[str, Check]
    contracts: Mapping[str, Contract]


# --- What a report is made of -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Partition:
    """Every millisecond of a period in exactly one class; the classes sum to ``period``."""

    up: Millis = 0
    degraded: Millis = 0
    down: Millis = 0
    unreachable: Millis = 0
    unknown: Millis = 0
    maintenance: Millis = 0
    out_of_hours: Millis = 0
    no_data: Millis = 0
    not_in_service: Millis = 0

    @property
    def period(self) -> Millis:
        """The length of the period: the sum of all classes."""
        return (
            self.up + self.degraded + self.down + self.unreachable + self.unknown
            + self.maintenance + self.out_of_hours + self.no_data + self.not_in_service
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, kept as integers so that nothing is rounded before it is shown."""

    part: Millis
    whole: Millis

    @property
    def ratio(self) -> float | None:
        """part / whole; None when there is no whole, never 0 or 1."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Outage:
    """A maximal run answered ``down``, from ``start`` to ``end``; ``counted`` is the part inside ``unavailable``."""

    object: str
    start: Millis
    end: Millis
    counted: Millis
    reason: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one object, or of several taken together, over one period.

    ``availability``, ``low`` and ``high`` are available over eligible time: as measured, and the lowest and highest
    compatible with what the polls saw. ``coverage`` is seen over watchable time. ``outages`` in order of time.
    """

    partition: Partition
    eligible: Millis
    unavailable: Millis
    availability: Share
    low: Share
    high: Share
    coverage: Share
    outages: tuple[Outage, ...]

    @property
    def mttr(self) -> float | None:
        """Mean time to restore, milliseconds: unavailable over the number of counted outages."""
        counted = sum(1 for outage in self.outages if outage.counted)
        return self.unavailable / counted if counted else None

    @property
    def mtbf(self) -> float | None:
        """Mean time between failures, milliseconds: available time over the number of counted outages."""
        counted = sum(1 for outage in self.outages if outage.counted)
        return (self.eligible - self.unavailable) / counted if counted else None


@dataclass(frozen=True, slots=True)
class ObjectFigures:
    """Figures with what they are of: ``kind`` is service, site or node; ``family`` a service family or site kind."""

    id: str
    name: str
    kind: Literal["service", "site", "node"]
    family: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class CommuneReport:
    """One commune's part. ``figures`` are the services' taken together, weighted by time.

    ``planned``: maintenance windows that touched one of its objects. ``objective`` None: no contract covers it.
    """

    commune: Commune
    objective: float | None
    contract: str
    figures: Figures
    services: tuple[ObjectFigures, ...]
    sites: tuple[ObjectFigures, ...]
    planned: tuple[MaintenanceWindow, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A civil period as half-open instants, with the words it was asked by (``2026-10``) and its zone's name."""

    label: str
    start: Millis
    end: Millis
    timezone: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows; exporters only draw it.

    ``policy`` are its answers as (key, answer), ``resolution`` the longest poll interval among the objects, ``digest``
    the SHA-256 of the inputs, so that the same inputs give the same report.
    """

    period: Period
    generated: Millis
    version: str
    policy_name: str
    policy: tuple[tuple[str, str], ...]
    resolution: Millis
    digest: str
    names: Mapping[str, str]
    figures: Figures
    communes: tuple[CommuneReport, ...]
