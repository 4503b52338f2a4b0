"""How a figure came about: every interval of a period with the rule that classed it, and what was recorded around it.

The intervals are those the figures are made of, read off the same timelines; nothing is worked out a second time. Of a
site or commune, which have no timeline, each part is explained.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Literal, TypeAlias

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import Correction, Figures, MaintenanceWindow, State, Transition
from netmon.sla.assess import Assessment, references_of
from netmon.sla.figures import weighted
from netmon.sla.intervals import Set
from netmon.sla.meaning import Meaning, meanings_of
from netmon.sla.partition import Scope, in_scope
from netmon.sla.policy import Answer
from netmon.sla.timeline import (
    CORRECTED,
    NOT_IN_SERVICE,
    OUT_OF_HOURS,
    PLANNED,
    STOPPED,
    Piece,
    Timeline,
    in_force,
    state_of,
)

Kind: TypeAlias = Literal["check", "node", "service", "site", "commune"]


class Rule(StrEnum):
    """What classed an interval.

    ``WORKS``: planned work on what the object rests on explains its state. ``CARRIED``: the monitor was stopped, and
    the policy lets the last state hold.
    """

    NOT_IN_SERVICE = "not_in_service"
    OUT_OF_HOURS = "out_of_hours"
    MAINTENANCE = "maintenance"
    WORKS = "works"
    CORRECTED = "corrected"
    STOPPED = "stopped"
    CARRIED = "carried"
    PENDING = "pending"
    OBSERVED = "observed"


_ABOVE_CORRECTIONS = {Rule.NOT_IN_SERVICE, Rule.OUT_OF_HOURS, Rule.MAINTENANCE}


@dataclass(frozen=True, slots=True)
class Cause:
    """A member that was not up when an interval began."""

    object: str
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Interval:
    """One stretch of one class for one reason.

    ``uncertain`` is how much of it may have been answered otherwise, as polls see a change only between two looks.
    ``evidence`` are the changes recorded of the checks behind the object at its beginning and, while it is not up,
    within it. ``corrections`` are those in force of the object or, without one, of what it rests on.
    """

    start: Millis
    end: Millis
    rule: Rule
    name: str
    answer: Answer
    state: State
    reason: str
    uncertain: Millis = 0
    causes: tuple[Cause, ...] = ()
    windows: tuple[MaintenanceWindow, ...] = ()
    corrections: tuple[Correction, ...] = ()
    evidence: tuple[Transition, ...] = ()

    @property
    def plain(self) -> bool:
        """Observed up, and counted so: nothing to explain."""
        return self.rule is Rule.OBSERVED and self.state is State.UP and not self.corrections


@dataclass(frozen=True, slots=True)
class Explanation:
    """An object's intervals and figures; of a site or commune, ``parts`` instead of intervals."""

    object: str
    kind: Kind
    figures: Figures
    intervals: tuple[Interval, ...] = ()
    parts: tuple["Explanation", ...] = ()


class Explainer:
    """Explains objects of an assessment. ``events`` are those of its ledger, for what was recorded when."""

    def __init__(self, assessment: Assessment, events: Iterable[Event]) -> None:
        self._assessment = assessment
        self._changes: dict[str, list[Transition]] = {}
        for event in events:
            if isinstance(event, Transition):
                self._changes.setdefault(event.object, []).append(event)
        for changes in self._changes.values():
            changes.sort(key=lambda change: change.at)
        self._meanings = meanings_of(assessment.policy)
        self._in_force: dict[str, list[Piece[Correction]]] = {}

    def explain(self, object_id: str, kind: Kind, commune: str | None, hours: Set) -> Explanation:
        """One object, as used by ``commune``, during ``hours``."""
        if kind in {"site", "commune"}:
            return self._of_parts(object_id, kind, hours)
        scope = self._assessment.scope(object_id, commune, hours)
        intervals = tuple(self._intervals(object_id, scope))
        return Explanation(object_id, kind, self._assessment.measure(object_id, scope).figures(), intervals)

    def _of_parts(self, object_id: str, kind: Kind, hours: Set) -> Explanation:
        assessment, inventory = self._assessment, self._assessment.inventory
        parts: list[tuple[str, Kind]] = []
        if kind == "site":
            nodes = assessment.nodes_of.get(object_id, ())
            parts += ((node, "node") for node in nodes if assessment.checks_of.get(node))
            parts += ((check.id, "check") for check in assessment.loose_checks_of.get(object_id, ()))
            commune = None
        else:
            commune = object_id
            used = [service for service in inventory.services.values() if {"*", object_id} & set(service.communes)]
            parts += ((service.id, "service") for service in used)
        explained = tuple(self.explain(part, part_kind, commune, hours) for part, part_kind in parts)
        weight = assessment.ledger.weight if kind == "commune" else lambda _: 1
        whole = weighted(
            (assessment.measure(part, assessment.scope(part, commune, hours)), weight(part)) for part, _ in parts
        )
        return Explanation(object_id, kind, whole.figures(), (), explained)

    def _intervals(self, object_id: str, scope: Scope) -> Iterator[Interval]:
        assessment = self._assessment
        line = in_scope(assessment.timeline(object_id), scope, assessment.start, assessment.end)
        checks = tuple(self._checks(object_id))
        for interval in _joined(self._corrected(object_id, self._pieces(line))):
            yield replace(
                interval,
                causes=tuple(self._causes(object_id, interval)),
                windows=tuple(self._windows(object_id, checks, interval)),
                evidence=tuple(self._evidence(checks, interval)),
            )

    def _pieces(self, line: Timeline) -> Iterator[Interval]:
        start, end = self._assessment.start, self._assessment.end
        first = max(0, bisect_right(line.starts, start) - 1)
        for place in range(first, len(line.starts)):
            begin = max(start, line.starts[place])
            until = min(end, line.starts[place + 1] if place + 1 < len(line.starts) else end)
            if begin < until:
                code = line.codes[place]
                meaning = self._meanings[code]
                reason = "" if code & self._meanings.mute else line.reasons[place]
                uncertain = until - begin if meaning.low is not meaning.high else 0
                rule = self._rule(code, meaning)
                yield Interval(begin, until, rule, meaning.name, meaning.answer, state_of(code), str(reason), uncertain)

    def _rule(self, code: int, meaning: Meaning) -> Rule:
        if code & NOT_IN_SERVICE:
            return Rule.NOT_IN_SERVICE
        if code & OUT_OF_HOURS:
            return Rule.OUT_OF_HOURS
        if meaning.name == "maintenance":
            return Rule.MAINTENANCE if code & PLANNED else Rule.WORKS
        if code & STOPPED:
            return Rule.STOPPED if meaning.name == "no_data" else Rule.CARRIED
        if code & CORRECTED:
            return Rule.CORRECTED
        return Rule.PENDING if meaning.name == "no_data" else Rule.OBSERVED

    def _causes(self, object_id: str, interval: Interval) -> Iterator[Cause]:
        if interval.state in {State.UP, State.PENDING}:
            return
        for member in self._members(object_id):
            code, reason = self._assessment.timeline(member).at(interval.start)
            if state_of(code) is not State.UP:
                yield Cause(member, state_of(code), str(reason))

    def _windows(self, object_id: str, checks: Sequence[str], interval: Interval) -> Iterator[MaintenanceWindow]:
        if interval.rule not in {Rule.MAINTENANCE, Rule.WORKS}:
            return
        ledger, about = self._assessment.ledger, dict.fromkeys(self._assessment.above(object_id))
        if interval.rule is Rule.WORKS:
            about = dict.fromkeys(name for check in checks for name in self._assessment.above(check))
        for window in (*ledger.everywhere, *(window for name in about for window in ledger.windows(name))):
            if window.start < interval.end and (window.end is None or window.end > interval.start):
                yield window

    def _corrected(self, object_id: str, pieces: Iterable[Interval]) -> Iterator[Interval]:
        """The pieces, cut where corrections begin and end, each with those that are in force."""
        edges = sorted({edge for start, end, _ in self._corrections(object_id) for edge in (start, end)})
        for piece in pieces:
            if not edges or piece.rule in _ABOVE_CORRECTIONS:
                yield piece
                continue
            inside = (edge for edge in edges if piece.start < edge < piece.end)
            for start, end in pairwise((piece.start, *inside, piece.end)):
                told = tuple(self._told_at(object_id, start))
                uncertain = end - start if piece.uncertain else 0
                yield replace(piece, start=start, end=end, uncertain=uncertain, corrections=told)

    def _corrections(self, object_id: str) -> Iterator[Piece[Correction]]:
        """Those in force of the object and of all it rests on."""
        if object_id not in self._in_force:
            self._in_force[object_id] = in_force(tuple(enumerate(self._assessment.ledger.corrections(object_id))))
        yield from self._in_force[object_id]
        for member in self._members(object_id):
            yield from self._corrections(member)

    def _told_at(self, object_id: str, instant: Millis) -> Iterator[Correction]:
        own = [told for start, end, told in self._in_force[object_id] if start <= instant < end]
        yield from own
        if not own:
            for member in self._members(object_id):
                yield from self._told_at(member, instant)

    def _evidence(self, checks: Sequence[str], interval: Interval) -> Iterator[Transition]:
        until = interval.start + 1 if interval.plain else interval.end
        found: list[Transition] = []
        for check in checks:
            changes = self._changes.get(check, [])
            found += (change for change in changes if interval.start < change.at < until)
            before = [change for change in changes if change.at <= interval.start]
            if before and (len(checks) == 1 or before[-1].at == interval.start):
                found.append(before[-1])  # the one in force; it may be dated inside a stop that ends here
        yield from sorted(found, key=lambda change: (change.at, change.object))

    def _members(self, object_id: str) -> tuple[str, ...]:
        inventory = self._assessment.inventory
        if object_id in inventory.services:
            return references_of(inventory.services[object_id])
        return tuple(check.id for check in self._assessment.checks_of.get(object_id, ()))

    def _checks(self, object_id: str) -> Iterator[str]:
        """The checks behind the object, each once."""
        if object_id not in self._assessment.inventory.services and object_id not in self._assessment.inventory.nodes:
            yield object_id
            return
        yield from dict.fromkeys(check for member in self._members(object_id) for check in self._checks(member))


def _joined(pieces: Iterable[Interval]) -> Iterator[Interval]:
    """Neighbours that say the same as one."""
    held: Interval | None = None
    for piece in pieces:
        if held and _said(held) == _said(piece):
            held = replace(held, end=piece.end, uncertain=held.uncertain + piece.uncertain)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _said(piece: Interval) -> tuple[object, ...]:
    state = State.PENDING if piece.rule in {Rule.NOT_IN_SERVICE, Rule.STOPPED} else piece.state
    return piece.rule, piece.name, piece.answer, state, piece.reason, piece.corrections


def at(explanation: Explanation, instant: Millis) -> Explanation:
    """The explanation with only the intervals that hold ``instant``."""
    kept = tuple(one for one in explanation.intervals if one.start <= instant < one.end)
    return replace(explanation, intervals=kept, parts=tuple(at(part, instant) for part in explanation.parts))
