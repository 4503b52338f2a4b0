"""What is recorded: the stored facts. Times are integer milliseconds, UTC, intervals half-open."""

from dataclasses import dataclass
from typing import Literal

from netmon.clock import Millis
from netmon.conventions import Reason
from netmon.model.watched import State


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
class Announcement:
    """What ``author`` said at ``recorded`` of the planned work ``window`` (its name) on ``object``.

    Of several about the same the last recorded holds, so that works are moved, ended early and called off (an end that
    is not after the start) without changing what was said (``netmon.state.works``). Without a name: one of its own.
    """

    window: str
    object: str
    start: Millis
    end: Millis | None
    text: str
    author: str
    recorded: Millis


@dataclass(frozen=True, slots=True)
class RecurringWork:
    """Planned work that repeats: ``rule`` is an RRULE (RFC 5545), from ``start`` to ``end`` is its first time."""

    object: str
    start: Millis
    end: Millis
    text: str
    rule: str


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
class LinkDay:
    """How full an interface of a node was on a civil ``day`` (2026-11-28): of ``measured`` time it carried
    ``threshold`` percent of its speed (bits per second) or more during ``over``, at most ``peak`` ten-thousandths.

    The load is that of the busier direction, on average from one poll to the next. The row grows while the day lasts.
    """

    node: str
    interface: str
    day: str
    speed: int
    threshold: int
    measured: Millis
    over: Millis
    peak: int
