"""What has to be told: the incidents as they stand, against what was told. Pure.

It is a comparison, not a reaction to events: whoever asks again after a crash, an hour later or twice finds the same.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from netmon.alertplan import AlertmanagerTarget, Receiver, Route
from netmon.clock import Millis
from netmon.contracts import IncidentView
from netmon.model import MONITOR, NoticeEvent, Severity, Step

Key: TypeAlias = tuple[str, str]
"""A receiver and an incident."""


@dataclass(slots=True)
class Told:
    """What a receiver was told of an incident: the events, the severity and labels it knows it by.

    ``round`` counts how often its end was told and it was open after all: people had merged it, and split it again.
    """

    severity: Severity
    labels: Mapping[str, str]
    events: set[NoticeEvent] = field(default_factory=set)
    round: int = 0

    @property
    def is_open(self) -> bool:
        """Whether its end was not told yet."""
        return not any(event.is_last for event in self.events)


def note(
    told: dict[Key, Told], key: Key, event: NoticeEvent, severity: Severity, labels: Callable[[], Mapping[str, str]]
) -> Told:
    """Take in that ``event`` is told; ``labels`` are those it is told with, where it is told anew."""
    before = told.get(key)
    if before is None:
        told[key] = Told(severity, labels())
    elif event is NoticeEvent.OPENED and not before.is_open:
        told[key] = Told(severity, labels(), round=before.round + 1)
    elif event is NoticeEvent.RAISED and event not in before.events:
        told[key] = Told(severity, labels(), before.events, before.round)
    told[key].events.add(event)
    return told[key]


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident as it stands; ``severity`` of one that ended does not matter."""

    view: IncidentView
    severity: Severity


@dataclass(frozen=True, slots=True)
class Want:
    """``receiver`` has to be told. ``view`` None: the incident is part of ``into`` now, or is not known any more."""

    receiver: str
    incident: str
    event: NoticeEvent
    severity: Severity
    view: IncidentView | None = None
    into: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is told of what. ``about`` gives the objects that a contract is about."""

    receivers: Mapping[str, Receiver]
    routes: Sequence[Route]
    about: Callable[[str], Collection[str]] = lambda _: ()

    def wanted(
        self, standings: Iterable[Standing], told: Mapping[Key, Told], merged: Mapping[str, str], now: Millis
    ) -> list[Want]:
        """What has to be told, in the order of telling."""
        found: list[Want] = []
        known = {standing.view.id: standing for standing in standings}
        for standing in known.values():
            for receiver in self.receivers:
                found += self._of(receiver, standing, told.get((receiver, standing.view.id)), now)
        for (receiver, incident), what in told.items():
            if what.is_open and incident not in known and receiver in self.receivers:
                into = merged.get(incident, "")
                event = NoticeEvent.MERGED if into else NoticeEvent.RESTORED
                found.append(Want(receiver, incident, event, what.severity, None, into))
        return found

    def _of(self, receiver: str, standing: Standing, told: Told | None, now: Millis) -> Iterator[Want]:
        view = standing.view
        if told is None or (view.ended is None and not told.is_open):
            if view.ended is None and any(self._fits(route, standing, now) for route in self._of_receiver(receiver)):
                yield Want(receiver, view.id, NoticeEvent.OPENED, standing.severity, view)
        elif not told.is_open:
            return
        elif view.ended is not None:
            yield Want(receiver, view.id, NoticeEvent.RESTORED, told.severity, view)
        else:
            yield from self._changes(receiver, standing, told)

    def _changes(self, receiver: str, standing: Standing, told: Told) -> Iterator[Want]:
        view = standing.view
        if standing.severity.rank > told.severity.rank and NoticeEvent.RAISED not in told.events:
            yield Want(receiver, view.id, NoticeEvent.RAISED, standing.severity, view)
        wants = not isinstance(self.receivers[receiver].target, AlertmanagerTarget)  # it is told with the repetitions
        wants = wants and any(route.acknowledged for route in self._of_receiver(receiver))
        if view.acknowledged is not None and wants and NoticeEvent.ACKNOWLEDGED not in told.events:
            yield Want(receiver, view.id, NoticeEvent.ACKNOWLEDGED, told.severity, view)

    def _of_receiver(self, receiver: str) -> Iterator[Route]:
        return (route for route in self.routes if receiver in route.receivers)

    def _fits(self, route: Route, standing: Standing, now: Millis) -> bool:
        view = standing.view
        since = _noticed(view)
        return (
            since is not None
            and standing.severity in route.severities
            and now - since >= route.delay
            and (route.during_maintenance or not view.maintenance)
            and (not route.communes or not {view.commune, *view.takes.communes}.isdisjoint(route.communes))
            and (not route.contracts or self._is_about(route.contracts, view))
        )

    def _is_about(self, contracts: Iterable[str], view: IncidentView) -> bool:
        takes = view.takes
        objects = {*view.roots, *takes.nodes, *takes.checks, *takes.services}
        return any(not objects.isdisjoint(self.about(contract)) for contract in contracts)


def _noticed(view: IncidentView) -> Millis | None:
    """When netmon noticed it; None: only people told of it, who know."""
    return next((s.recorded for s in view.steps if s.step is Step.DETECTED and s.author == MONITOR), None)
