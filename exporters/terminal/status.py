"""The daemon's status document as values to draw."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from exporters.terminal.incidentline import IncidentLine, read_incident
from exporters.terminal.instants import maybe_moment, moment
from netmon.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """A commune: its shown state, how many open problems are in it, its objects by kind and state. ``tile`` is its
    column and row on the map."""

    name: str
    state: str
    problems: int
    counts: Mapping[str, Mapping[str, int]]
    tile: tuple[int, int] = (0, 0)
    population: int = 0
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """An open problem; ``takes`` says how many objects it takes along by kind, ``communes`` where. A root cause has the
    incident about it, where there is one."""

    kind: str
    id: str
    name: str
    state: str
    since: dt.datetime
    reason: str
    detail: str
    commune: str
    site: str
    root: bool
    causes: tuple[str, ...]
    takes: Mapping[str, int]
    communes: tuple[str, ...] = ()
    incident: IncidentLine | None = None

    @property
    def places(self) -> set[str]:
        """The communes where it takes something along."""
        return {self.commune, *self.communes, *(self.incident.communes if self.incident else ())}

    def concerns(self, commune: str) -> bool:
        """Whether it is in the commune, or takes something along there."""
        return commune in self.places or (self.kind == "service" and "*" in self.communes)


@dataclass(frozen=True, slots=True)
class Window:
    """Planned work under way."""

    object: str
    text: str
    end: dt.datetime | None


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What an objective leaves a commune this month: seconds of complete interruption, left of those allowed."""

    contract: str
    commune: str
    availability: float | None
    objective: float
    left: float
    allowed: float
    lost_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class VitalsLine:
    """How the daemon fared lately; lengths in seconds, infinity where beyond measure."""

    lag: float | None
    blocked: float | None
    overruns: int
    missed: int
    queue: int
    heartbeat: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Monitor:
    """The daemon itself."""

    version: str
    language: str
    timezone: str
    started: dt.datetime
    last_run: dt.datetime | None
    checks: int
    pending: int
    stale: int
    blind: int = 0
    vitals: VitalsLine | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """Where a status comes from when no daemon told it: ``why`` not, and until when somebody ``watched``.
    ``refused``: a daemon answers, but not to us."""

    why: str
    watched: dt.datetime | None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the summary shows, as of ``generated``. ``filtered``: there may be problems that are left out.
    ``past``: it was read from the history, and says nothing about now."""

    generated: dt.datetime
    state: str
    communes: tuple[CommuneLine, ...]
    problems: tuple[ProblemLine, ...]
    windows: tuple[Window, ...]
    monitor: Monitor
    budgets: tuple[BudgetLine, ...] = ()
    filtered: bool = False
    past: Past | None = field(default=None)

    def of_commune(self, name: str) -> "Status":
        """What concerns one commune."""
        communes = tuple(commune for commune in self.communes if commune.name == name)
        problems = tuple(problem for problem in self.problems if problem.concerns(name))
        known = {"*", *(problem.id for problem in problems)}
        return replace(
            self,
            state=communes[0].state,
            communes=communes,
            problems=problems,
            windows=tuple(window for window in self.windows if window.object in known),
            budgets=tuple(budget for budget in self.budgets if budget.commune == name),
        )


def read_status(document: Mapping[str, Any]) -> Status:
    """The document as values.

    Raises:
        UnavailableError: something is missing or not what it should be.
    """
    try:
        return Status(
            moment(document["generated"]),
            document["state"],
            tuple(_commune(each) for each in document["communes"]),
            _problems(document["problems"], [read_incident(each) for each in document.get("incidents", ())]),
            tuple(Window(each["object"], each["text"], maybe_moment(each["to"])) for each in document["maintenance"]),
            _monitor(document["monitor"]),
            tuple(_budget(each) for each in document.get("sla", ()) if each.get("allowed_seconds") is not None),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise UnavailableError(f"the daemon's answer cannot be read: {error!r}") from error


def _commune(each: Mapping[str, Any]) -> CommuneLine:
    counts = {kind: each[kind] for kind in ("services", "nodes", "checks")}
    column, row = each["tile"]
    since = maybe_moment(each["since"])
    return CommuneLine(each["name"], each["state"], each["problems"], counts, (column, row), each["population"], since)


def _problems(documents: Iterable[Mapping[str, Any]], incidents: Iterable[IncidentLine]) -> tuple[ProblemLine, ...]:
    """The problems, each root with its incident; an incident whose roots are no problems now (one flaps, and is up for
    the moment) stands behind the roots as a line of its own."""
    about = {root: incident for incident in incidents for root in incident.roots}
    known: set[str] = set()
    found = []
    for each in documents:
        incident = about.get(each["id"]) if each["root"] else None
        known.update({incident.id} if incident else ())
        found.append(_problem(each, incident))
    roots = [each for each in found if each.root]
    lone = {incident.id: incident for incident in about.values() if incident.id not in known}
    return (*roots, *(_alone(incident) for incident in lone.values()), *(each for each in found if not each.root))


def _problem(each: Mapping[str, Any], incident: IncidentLine | None) -> ProblemLine:
    takes = each["takes"]
    return ProblemLine(
        each["kind"], each["id"], each["name"], "maintenance" if each["maintenance"] else each["state"],
        moment(each["since"]), each["reason"], each["detail"], each["commune"], each["site_name"], each["root"],
        tuple(each["causes"]), {kind: _size(takes[kind]) for kind in ("nodes", "checks", "services")},
        tuple(takes["communes"]), incident,
    )  # fmt: skip


def _alone(incident: IncidentLine) -> ProblemLine:
    return ProblemLine(
        "incident", incident.object, incident.object, incident.state, incident.since, incident.reason, "",
        incident.commune, incident.site, True, (), {"nodes": 0, "checks": 0, "services": 0}, (), incident,
    )  # fmt: skip


def _size(names: Any) -> int:
    return names if isinstance(names, int) else len(names)


def _budget(each: Mapping[str, Any]) -> BudgetLine:
    return BudgetLine(
        each["contract"], each["commune"], each["availability"], each["objective"], each["budget_seconds"],
        each["allowed_seconds"], maybe_moment(each["lost_at"]),
    )  # fmt: skip


def _monitor(each: Mapping[str, Any]) -> Monitor:
    return Monitor(
        each["version"], each["language"], each["timezone"], moment(each["started"]), maybe_moment(each["last_run"]),
        each["checks"], each["pending"], each["stale"], each.get("blind", 0), _vitals(each.get("vitals")),
    )  # fmt: skip


def _vitals(each: Mapping[str, Any] | None) -> VitalsLine | None:
    if each is None:
        return None
    lag, blocked = (
        float("inf") if name in each["beyond"] else each[name] for name in ("poll_lag_seconds", "loop_blocked_seconds")
    )
    return VitalsLine(
        lag, blocked, each["overruns"], each["missed"], each["queue"], maybe_moment(each["heartbeat"])
    )  # fmt: skip
