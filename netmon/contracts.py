"""The protocols the parts meet by: what a collector, an exporter, a history and a snapshot are to the others."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from netmon.clock import Millis
from netmon.model import (
    Announcement,
    Attribution,
    Check,
    Clock,
    Correction,
    Edition,
    Handling,
    IncidentStep,
    Inventory,
    LinkDay,
    MaintenanceWindow,
    Membership,
    MonitorEvent,
    Neighbour,
    Observation,
    Party,
    Reading,
    ReportRun,
    State,
    Transition,
)
from netmon.probemodules import ProbeModule

Event: TypeAlias = Transition | MaintenanceWindow | MonitorEvent | Membership | Correction
"""What happened, as far as availability is concerned: what an event log holds."""

Fact: TypeAlias = IncidentStep | Attribution | Announcement | Edition | ReportRun | LinkDay
"""What people did and decided about it, and the reports made of it: kept beside the events, in no event log."""


@runtime_checkable
class Collector(Protocol):
    """Looks at targets. The poller times, bounds, counts and dates around it; a collector only looks."""

    async def start(self) -> None:
        """Open what is shared between polls (sockets, threads). Constructors are inert."""

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        """Look once, within ``check.timeout``; ``verbose`` asks for ``Reading.log``.

        Whatever the target does is a reading (DOWN with a reason).

        Raises:
            CollectError: we could not look; the target is UNKNOWN, not down.
        """

    async def stop(self) -> None:
        """Close; safe without ``start``."""


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check as of now. ``since`` is when ``state`` began; ``failures`` counts failed polls by reason."""

    check: Check
    state: State
    since: Millis
    reason: str
    detail: str
    last: Observation | None = None
    last_success: Millis | None = None
    failures: Mapping[str, int] = field(default_factory=dict)
    reboots: int = 0
    maintenance: bool = False


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as of now, combined from its checks (``netmon.expression.node_state``)."""

    id: str
    state: State
    since: Millis
    reason: str
    maintenance: bool = False


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service as of now: its expression over checks and nodes; ``causes`` are those of them that are not up."""

    id: str
    state: State
    since: Millis
    reason: str
    causes: tuple[str, ...] = ()
    maintenance: bool = False


@dataclass(frozen=True, slots=True)
class SlaView:
    """The running figures of one contract in one commune for the current civil period (a month, ``2026-11``).

    ``budget_seconds`` are left of the ``allowed_seconds``, and gone at ``lost_at`` if it goes on as so far.
    """

    contract: str
    commune: str
    period: str
    objective: float
    availability: float | None
    low: float | None
    high: float | None
    coverage: float | None
    budget_seconds: float | None
    allowed_seconds: float | None = None
    lost_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the daemon itself fared within the last ``window``.

    ``lag`` is how late polls began at most, and ``blocked`` how late the event loop answered (seconds, all but the
    slowest of a hundred; None: there was nothing to measure); ``overruns`` are polls left out because the one before
    was still under way, ``missed`` those whose time passed; ``queue`` is what waits to be written to the history.
    """

    window: Millis
    lag: float | None
    blocked: float | None
    overruns: int
    missed: int
    queue: int
    heartbeat: Millis | None


@dataclass(frozen=True, slots=True)
class SlaCount:
    """What one contract came to in one commune since the history began, as added up until ``SlaCounted.until``.

    ``lowered`` is how often one of the two had to be lowered since the daemon began, because the past was corrected.
    """

    contract: str
    commune: str
    eligible: Millis
    unavailable: Millis
    lowered: int = 0


@dataclass(frozen=True, slots=True)
class SlaCounted:
    """The counters of all contracts, all as of ``until``: an instant that polls to come can say nothing about."""

    until: Millis
    counts: tuple[SlaCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What an incident takes along, its own objects left out: what is cut off, services that lose something, and the
    sites, communes and people (``population`` of the communes) concerned."""

    nodes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    population: int = 0


@dataclass(frozen=True, slots=True)
class ContractClocks:
    """The guarantees of one contract for an incident; None: nothing is guaranteed, or the provider was not told."""

    contract: str
    gti: Clock | None
    gtr: Clock | None


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as of now.

    ``roots`` are the nodes and checks that failed by themselves, the first one first; ``down`` those that still do.
    ``object`` is the one to call it by.
    ``state``: DOWN, DEGRADED while a node still answers otherwise, UP once it ended. ``since`` is when the first of
    them failed, ``ended`` when the last worked again. ``steps`` are everything told of it and of incidents that are
    part of it, in recorded order, ``handling`` what follows from that.
    """

    id: str
    object: str
    roots: tuple[str, ...]
    down: tuple[str, ...]
    state: State
    since: Millis
    ended: Millis | None
    reason: str
    detail: str
    commune: str
    site: str
    flapping: bool
    maintenance: bool
    takes: Taken
    handling: Handling
    acknowledged: IncidentStep | None = None
    party: Party | None = None
    clocks: tuple[ContractClocks, ...] = ()
    steps: tuple[IncidentStep, ...] = ()


class Snapshot(Protocol):
    """The present, read by exporters on the event loop; never blocks."""

    @property
    def inventory(self) -> Inventory: ...
    @property
    def started(self) -> Millis:
        """When this daemon began to watch."""

    @property
    def version(self) -> int:
        """Grows with every change of a state, an incident, or planned work."""

    def now(self) -> Millis: ...
    def checks(self) -> Mapping[str, CheckView]: ...
    def nodes(self) -> Mapping[str, NodeView]: ...
    def services(self) -> Mapping[str, ServiceView]: ...
    def maintenance(self) -> Sequence[MaintenanceWindow]:
        """Windows open now."""

    def planned(self, start: Millis, end: Millis) -> Sequence[MaintenanceWindow]:
        """Windows that touch [start, end), past ones and those to come, the earliest first."""

    def sla(self) -> Sequence[SlaView]: ...
    def sla_counted(self) -> SlaCounted | None:
        """The counters of the contracts; None: not added up yet."""

    def neighbours(self) -> Mapping[str, Sequence[Neighbour]]:
        """What each node last told of its neighbours (LLDP)."""

    def incidents(self) -> Sequence[IncidentView]:
        """Those open, the gravest first, then those that closed within a day, the latest first."""


@dataclass(frozen=True, slots=True)
class SnmpScrape:
    """What a scraper asks for through ``/snmp``, as it said it. ``auth`` empty: it named none.

    ``timeout`` is for everything together: resolving, waiting for the device's lane, all modules.
    """

    target: str
    modules: tuple[str, ...]
    auth: str
    context: str
    timeout: Millis


class SnmpScraper(Protocol):
    """Looks at a device because somebody asks now, not because it is due."""

    async def scrape(self, asked: SnmpScrape) -> Mapping[str, Reading]:
        """A reading of each module, in the order asked for. UP: it is complete; else ``detail`` says what is wrong.

        Raises:
            ScrapeRefusedError: the device is not asked: it is not one of ours, or a name is unknown.
        """


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What a scraper asks for through ``/probe``, as it said it.

    ``waits`` is how long it waits for the answer, None: it did not say. ``verbose`` asks for the steps.
    """

    target: str
    hostname: str = ""
    waits: Millis | None = None
    verbose: bool = False


class Prober(Protocol):
    """Looks at a target with a module of a module file because somebody asks now."""

    def modules(self) -> Sequence[str]:
        """The modules there are, by name."""

    def module(self, name: str) -> ProbeModule:
        """The module called so.

        Raises:
            ScrapeRefusedError: there is none, or it cannot be used here.
        """

    async def probe(self, module: ProbeModule, asked: ProbeRequest) -> Observation:
        """Look once. UP or DEGRADED is a success; UNKNOWN: we could not look.

        Raises:
            ScrapeRefusedError: the target is not asked: it makes no sense, or is not one of ours.
        """


class ObservationListener(Protocol):
    """An exporter that works when a poll ends (the exposition renders then, not at scrape time)."""

    def observed(self, observation: Observation) -> None:
        """A poll ended; called on the loop, must not block."""

    def forget(self, check_id: str) -> None:
        """The check is gone from the inventory."""


class Recorder(Protocol):
    """Where the pipeline leaves facts."""

    def record(self, events: Sequence[Event | Fact]) -> "Future[None]":
        """Queue the events as one transaction; the future is done when they are durable."""


class History(Recorder, Protocol):
    """The store: append-only facts and the daemon's heartbeat."""

    def heartbeat(self, at: Millis) -> "Future[None]":
        """The daemon watched until ``at``."""

    def last_heartbeat(self) -> Millis | None: ...

    def states(self) -> Mapping[str, Transition]:
        """The last transition of each object."""

    def events(
        self, start: Millis | None = None, end: Millis | None = None, objects: Iterable[str] | None = None
    ) -> Sequence[Event]:
        """Everything needed to fold [start, end) for the objects (all when None), in recorded order.

        That includes, for each object, the last transition before ``start``, and windows that reach into it.
        """

    def close(self) -> None:
        """Write what is queued, then close."""
