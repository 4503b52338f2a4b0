"""The daemon's status document as values to draw."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from netmon.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """A commune: its shown state, how many open problems are in it, its objects by kind and state."""

    name: str
    state: str
    problems: int
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """An open problem; ``takes`` are the ids it takes along by kind."""

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
    takes: Mapping[str, tuple[str, ...]]

    def concerns(self, commune: str) -> bool:
        """Whether it is in the commune, or takes something along there."""
        places = self.takes["communes"]
        return commune == self.commune or commune in places or (self.kind == "service" and "*" in places)


@dataclass(frozen=True, slots=True)
class Window:
    """Planned work under way."""

    object: str
    text: str
    end: dt.datetime | None


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


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the summary shows, as of ``generated``. ``filtered``: there may be problems that are left out."""

    generated: dt.datetime
    state: str
    communes: tuple[CommuneLine, ...]
    problems: tuple[ProblemLine, ...]
    windows: tuple[Window, ...]
    monitor: Monitor
    filtered: bool = False

    def of_commune(self, name: str) -> "Status":
        """What concerns one commune."""
        communes = tuple(commune for commune in self.communes if commune.name == name)
        problems = tuple(problem for problem in self.problems if problem.concerns(name))
        known = {"*", *(problem.id for problem in problems)}
        windows = tuple(window for window in self.windows if window.object in known)
        return replace(self, state=communes[0].state, communes=communes, problems=problems, windows=windows)


def read_status(document: Mapping[str, Any]) -> Status:
    """The document as values.

    Raises:
        UnavailableError: something is missing or not what it should be.
    """
    try:
        return Status(
            _time(document["generated"]),
            document["state"],
            tuple(_commune(each) for each in document["communes"]),
            tuple(_problem(each) for each in document["problems"]),
            tuple(Window(each["object"], each["text"], _maybe_time(each["to"])) for each in document["maintenance"]),
            _monitor(document["monitor"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnavailableError(f"the daemon's answer cannot be read: {error!r}") from error


def _commune(each: Mapping[str, Any]) -> CommuneLine:
    counts = {kind: each[kind] for kind in ("services", "nodes", "checks")}
    return CommuneLine(each["name"], each["state"], each["problems"], counts)


def _problem(each: Mapping[str, Any]) -> ProblemLine:
    return ProblemLine(
        each["kind"], each["id"], each["name"], "maintenance" if each["maintenance"] else each["state"],
        _time(each["since"]), each["reason"], each["detail"], each["commune"], each["site_name"], each["root"],
        tuple(each["causes"]), {kind: tuple(ids) for kind, ids in each["takes"].items()},
    )  # fmt: skip


def _monitor(each: Mapping[str, Any]) -> Monitor:
    return Monitor(
        each["version"], each["language"], each["timezone"], _time(each["started"]), _maybe_time(each["last_run"]),
        each["checks"], each["pending"], each["stale"], each.get("blind", 0),
    )  # fmt: skip


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _maybe_time(text: str | None) -> dt.datetime | None:
    return None if text is None else _time(text)
