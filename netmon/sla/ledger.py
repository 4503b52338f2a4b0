"""Events sorted by what they are about: the input of every computation."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import Correction, MaintenanceWindow, Membership, MonitorEvent, Transition
from netmon.sla.intervals import ALWAYS, EMPTY, LAST, Set, normalise, union
from netmon.sla.timeline import Stop, Timeline, corrected, observed

EVERYTHING = "*"
"""The object of a maintenance window that is about all objects."""


@dataclass(slots=True)
class _Entry:
    changes: list[Transition] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    windows: list[MaintenanceWindow] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    corrections: list[tuple[int, Correction]] = field(default_factory=list)

    def sort(self) -> None:
        """The changes by time; those of the same time stay in the order told."""
        times = [change.at for change in self.changes]
        if any(one > other for one, other in pairwise(times)):
            places = sorted(range(len(times)), key=times.__getitem__)
            self.changes = [self.changes[place] for place in places]
            self.orders = [self.orders[place] for place in places]


class Ledger:
    """The events of all objects. Their order matters only between events of the same time, as told."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._entries: dict[str, _Entry] = {}
        self.everywhere: list[MaintenanceWindow] = []
        monitor: list[tuple[Millis, int, MonitorEvent]] = []
        for order, event in enumerate(events):
            if isinstance(event, Transition):
                entry = self._entry(event.object)
                entry.changes.append(event)
                entry.orders.append(order)
            elif isinstance(event, MonitorEvent):
                monitor.append((event.at, order, event))
            elif isinstance(event, MaintenanceWindow):
                windows = self.everywhere if event.object == EVERYTHING else self._entry(event.object).windows
                windows.append(event)
            elif isinstance(event, Membership):
                self._entry(event.object).members.append(event)
            else:
                self._entry(event.object).corrections.append((order, event))
        self.stops = _stops(monitor)
        for entry in self._entries.values():
            entry.sort()
        self._planned_everywhere = _covered(self.everywhere)

    def objects(self) -> list[str]:
        """Every object that any event names, in alphabetical order."""
        return sorted(self._entries)

    def timeline(self, object_id: str) -> Timeline:
        """What was known of the object: its transitions, blind while the monitor was stopped, then its corrections."""
        entry = self._entries.get(object_id, _NOTHING)
        return corrected(observed(entry.changes, entry.orders, self.stops), entry.corrections)

    def windows(self, object_id: str) -> list[MaintenanceWindow]:
        """The maintenance windows of this object alone, as told."""
        return self._entries.get(object_id, _NOTHING).windows

    def planned(self, *object_ids: str) -> Set:
        """When any of the objects, or everything, was under maintenance."""
        own = [window for object_id in object_ids for window in self.windows(object_id)]
        return union(self._planned_everywhere, _covered(own))

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
            first = max(0, bisect_left(entry.changes, start, key=lambda change: change.at) - 1)
            for change in entry.changes[first:]:
                if change.earliest < end:
                    yield change
            spans += (*entry.windows, *entry.members, *(correction for _, correction in entry.corrections))
        yield from (span for span in spans if span.start < end and (span.end is None or span.end > start))

    def _entry(self, object_id: str) -> _Entry:
        entry = self._entries.get(object_id)
        if entry is None:
            entry = self._entries[object_id] = _Entry()
        return entry


_NOTHING = _Entry()


def _covered(windows: list[MaintenanceWindow]) -> Set:
    if not windows:
        return EMPTY
    return normalise((window.start, LAST if window.end is None else window.end) for window in windows)


def _stops(monitor: list[tuple[Millis, int, MonitorEvent]]) -> list[Stop]:
    """When the monitor was stopped; it ran before its first event, and a second stop or start changes nothing."""
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
