"""The protocols the parts meet by: what a collector, an exporter, a history and a snapshot are to the others."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeAlias, runtime_checkable

from netmon.clock import Millis
from netmon.contracts.scrapes import Prober, ProbeRequest, SnmpScrape, SnmpScraper
from netmon.contracts.views import (
    CheckView,
    ContractClocks,
    IncidentView,
    NodeView,
    ServiceView,
    SlaCount,
    SlaCounted,
    SlaView,
    Taken,
    Vitals,
)
from netmon.model import (
    Announcement,
    Attribution,
    Check,
    Correction,
    Edition,
    IncidentStep,
    Inventory,
    LinkDay,
    MaintenanceWindow,
    Membership,
    MonitorEvent,
    Neighbour,
    Observation,
    Reading,
    ReportRun,
    Transition,
)

__all__ = [
    "CheckView",
    "Collector",
    "ContractClocks",
    "Event",
    "Fact",
    "History",
    "IncidentView",
    "NodeView",
    "ObservationListener",
    "ProbeRequest",
    "Prober",
    "Recorder",
    "ServiceView",
    "SlaCount",
    "SlaCounted",
    "SlaView",
    "Snapshot",
    "SnmpScrape",
    "SnmpScraper",
    "Taken",
    "Vitals",
]

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

    def freshen(self, most: int) -> bool:
        """Make ``most`` of what is shown that is no longer good; whether all is good then. Whoever asks for it before
        asking for the rest, and lets others work in between, holds nobody up."""


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
