"""An open incident of the status document as values: what it cuts, who is on it, which clocks run."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exporters.terminal.instants import moment


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A guarantee's clock that runs: ``left`` seconds until ``deadline``, or ``late`` ones since. ``paused``: it stands
    still, and there is no deadline. ``waits``: it is outside covered hours."""

    contract: str
    kind: str
    left: float
    late: float
    deadline: dt.datetime | None
    paused: bool
    waits: bool

    @property
    def urgency(self) -> float:
        """The lower, the more pressing."""
        return -self.late if self.late else self.left


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident; the counts are of what it takes along. ``handled`` is how far people are with it."""

    id: str
    object: str
    roots: tuple[str, ...]
    state: str
    since: dt.datetime
    reason: str
    commune: str
    site: str
    flapping: bool
    handled: str
    acknowledged_by: str
    nodes: int
    services: int
    sites: int
    communes: tuple[str, ...]
    population: int
    clocks: tuple[ClockLine, ...]

    @property
    def tightest(self) -> ClockLine | None:
        """The most pressing of its clocks."""
        return min(self.clocks, key=lambda clock: clock.urgency, default=None)


def read_incident(each: Mapping[str, Any]) -> IncidentLine:
    """The incident of a document. Of its clocks, those that still run."""
    takes = each["takes"]
    return IncidentLine(
        each["id"], each["object"], tuple(each["roots"]), "maintenance" if each["maintenance"] else each["state"],
        moment(each["since"]), each["reason"], each["commune"], each["site_name"], each["flapping"], each["handled"],
        each["acknowledged_by"], takes["nodes"], takes["services"], takes["sites"], tuple(takes["communes"]),
        takes["population"], tuple(read_clock(clock) for clock in each["clocks"] if clock["ended"] is None),
    )  # fmt: skip


def read_clock(each: Mapping[str, Any]) -> ClockLine:
    """The clock of a document."""
    deadline = moment(each["deadline"]) if each["deadline"] else None
    return ClockLine(
        each["contract"], each["kind"], each["remaining_seconds"], each["late_seconds"], deadline, each["paused"],
        each.get("counts") is False,
    )  # fmt: skip
