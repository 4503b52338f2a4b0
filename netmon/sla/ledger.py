"""Events sorted by what they are about: the input of every computation."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import Correction, MaintenanceWindow, Membership, MonitorEvent, State, Transition
from netmon.sla.intervals import ALWAYS, EMPTY, LAST, Set, normalise, union
from netmon.sla.timeline import (
    Changes,
    Stop,
    Timeline,
    code_of,
    corrected,
    observed,
    reason_from,
    reason_of,
    state_of,
)

EVERYTHING = "*"
"""The object of a maintenance window that is about all objects."""


@dataclass(slots=True)
class _Entry:
    changes: Changes = field(default_factory=Changes)
    windows: list[MaintenanceWindow] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    corrections: list[tuple[int, Correction]] = field(default_factory=list)


class Ledger:
    """The events of all objects. Their order matters only between events of the same time, as told.

    Filled by ``add`` and ``change``, which may be called until the first question is asked.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._entries: dict[str, _Entry] = {}
        self._monitor: list[tuple[Millis, int, MonitorEvent]] = []
        self._told = 0
        self.everywhere: list[MaintenanceWindow] = []
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Tell one event more."""
        if isinstance(event, Transition):
            self.change(event.object, event.at, event.earliest, code_of(event.new), reason_of(event))
            return
        if isinstance(event, MonitorEvent):
            self._monitor.append((event.at, self._told, event))
        elif isinstance(event, MaintenanceWindow):
            windows = self.everywhere if event.object == EVERYTHING else self._entry(event.object).windows
            windows.append(event)
        elif isinstance(event, Membership):
            self._entry(event.object).members.append(event)
        else:
            self._entry(event.object).corrections.append((self._told, event))
        self._told += 1

    def change(self, object_id: str, at: Millis, earliest: Millis, code: int, reason: str) -> None:
        """Tell one change of state more: what ``add`` does with a transition, without one (``timeline.code_of``)."""
        entry = self._entries.get(object_id)
        if entry is None:
            entry = self._entry(object_id)
        changes = entry.changes
        changes.at.append(at)
        changes.earliest.append(earliest)
        changes.codes.append(code)
        changes.reasons.append(reason)
        changes.orders.append(self._told)
        self._told += 1

    @cached_property
    def stops(self) -> list[Stop]:
        """When the monitor was stopped; it ran before its first event, and a second stop or start changes nothing."""
        return _stops(self._monitor)

    def span(self) -> tuple[Millis, Millis] | None:
        """The first and the last instant any event names (``earliest`` and ``recorded`` are no events of their own);
        None without any."""
        instants = [at for at, _, _ in self._monitor]
        spans: list[MaintenanceWindow | Membership | Correction] = list(self.everywhere)
        for entry in self._entries.values():
            if entry.changes.at:
                instants += (min(entry.changes.at), max(entry.changes.at))
            spans += (*entry.windows, *entry.members, *(correction for _, correction in entry.corrections))
        instants += (span.start for span in spans)
        instants += (span.end for span in spans if span.end is not None and span.end < LAST)
        return (min(instants), max(instants)) if instants else None

    def objects(self) -> list[str]:
        """Every object that any event names, in alphabetical order."""
        return sorted(self._entries)

    def timeline(self, object_id: str) -> Timeline:
        """What was known of the object: its transitions, blind while the monitor was stopped, then its corrections."""
        entry = self._entries.get(object_id, _NOTHING)
        entry.changes.sort()
        return corrected(observed(entry.changes, self.stops), entry.corrections)

    def plain(self, object_id: str) -> Changes | None:
        """The sorted changes of the object, where they are all that tells its timeline; else None."""
        entry = self._entries.get(object_id, _NOTHING)
        if self.stops or entry.corrections:
            return None
        entry.changes.sort()
        return entry.changes

    def corrected(self, object_id: str, line: Timeline) -> Timeline:
        """``line``, what was derived of the object, under its own corrections."""
        return corrected(line, self._entries.get(object_id, _NOTHING).corrections)

    @cached_property
    def _planned_everywhere(self) -> Set:
        return _covered(self.everywhere)

    def windows(self, object_id: str) -> list[MaintenanceWindow]:
        """The maintenance windows of this object alone, as told."""
        return self._entries.get(object_id, _NOTHING).windows

    def corrections(self, object_id: str) -> list[Correction]:
        """The corrections of this object, as told."""
        return [correction for _, correction in self._entries.get(object_id, _NOTHING).corrections]

    def planned(self, *object_ids: str) -> Set:
        """When any of the objects, or everything, was under maintenance."""
        own = [window for object_id in object_ids for window in self.windows(object_id)]
        return union(self._planned_everywhere, _covered(own)) if own else self._planned_everywhere

    def service(self, object_id: str, commune: str | None = None) -> Set:
        """When the object was in service; with ``commune``, in service for it. Without any membership: always."""
        members = self._entries.get(object_id, _NOTHING).members
        if not members:
            return ALWAYS
        mine = [member for member in members if commune is None or member.commune in {"", commune}]
        return normalise((member.start, LAST if member.end is None else member.end) for member in mine)

    def weight(self, object_id: str) -> int:
        """The weight the last membership told gives it, 1 without any."""
        members = self._entries.get(object_id, _NOTHING).members
        return members[-1].weight if members else 1

    def relevant(self, objects: Collection[str], start: Millis, end: Millis) -> Iterator[Event]:
        """The events that can change a figure of the objects over [start, end), in an order that is always the same."""
        for stop in self.stops:
            if stop.start < end and stop.end > start:
                yield MonitorEvent(stop.start, "stopped")
                yield MonitorEvent(min(stop.end, end), "started")
        spans: list[MaintenanceWindow | Membership | Correction] = list(self.everywhere)
        for object_id in sorted(self._entries.keys() & set(objects)):
            entry = self._entries[object_id]
            yield from _relevant_changes(object_id, entry.changes, start, end)
            spans += (*entry.windows, *entry.members, *(correction for _, correction in entry.corrections))
        yield from (span for span in spans if span.start < end and (span.end is None or span.end > start))

    def _entry(self, object_id: str) -> _Entry:
        entry = self._entries.get(object_id)
        if entry is None:
            entry = self._entries[object_id] = _Entry()
        return entry


_NOTHING = _Entry()


def _relevant_changes(object_id: str, changes: Changes, start: Millis, end: Millis) -> Iterator[Transition]:
    changes.sort()
    for place in range(max(0, bisect_left(changes.at, start) - 1), len(changes.at)):
        if changes.earliest[place] < end:
            at, state, why = changes.at[place], state_of(changes.codes[place]), reason_from(changes.reasons[place])
            yield Transition(object_id, at, changes.earliest[place], State.PENDING, state, why[0], at, why[1])


def _covered(windows: list[MaintenanceWindow]) -> Set:
    if not windows:
        return EMPTY
    return normalise((window.start, LAST if window.end is None else window.end) for window in windows)


def _stops(monitor: list[tuple[Millis, int, MonitorEvent]]) -> list[Stop]:
    stops: list[Stop] = []
    since: tuple[Millis, int] | None = None
    for at, order, event in sorted(monitor, key=lambda told: told[:2]):
        if event.state == "stopped":
            since = since or (at, order)
        elif since:
            if since[0] < at:
                stops.append(Stop(since[0], at, since[1]))
            since = None
    if since:
        stops.append(Stop(since[0], LAST, since[1]))
    return stops
