"""The present as exporters see it: what a snapshot holds, value by value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.clock import Millis
from netmon.model import Check, Clock, Handling, IncidentStep, Observation, Party, State


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
