"""Incidents: one for each root cause, kept as a book whose every change is a step that is recorded. Pure.

A root cause is a node that is DOWN, or a check that is DOWN on a node that answers otherwise. What is UNREACHABLE
behind it is a consequence, not an incident. An incident

- opens when a root cause appears; widens from a check to its node, and narrows back, without becoming another one;
- is merged into that of the node that turns out to cut off its object, if the object did not fail before that;
- closes when none of its root causes is left. One that can no longer be seen (we cannot look, or it is cut off now
  and failed before) has not recovered; one that flaps (``netmon.state.flapping``) has not either.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

from netmon.clock import Millis, to_datetime
from netmon.model import MONITOR, IncidentStep, State, Step
from netmon.state.book import Book, Case
from netmon.state.flapping import LOW, WINDOW, flaps, steady_since

GONE = "no longer in the configuration"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ANSWERING = (State.UP, State.DEGRADED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a node or check stands: the state it is in and since when."""

    object: str
    state: State
    since: Millis
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """What can fail together: a node (None: a check that belongs to none) and its checks."""

    node: Standing | None
    checks: tuple[Standing, ...]

    @property
    def roots(self) -> tuple[Standing, ...]:
        """The root causes among them."""
        if self.node is not None and self.node.state is State.DOWN:
            return (self.node,)
        return tuple(check for check in self.checks if check.state is State.DOWN)

    @property
    def members(self) -> tuple[Standing, ...]:
        """All of them."""
        return (*((self.node,) if self.node else ()), *self.checks)


class Keeper:
    """Keeps ``book`` with the present. ``cut_by`` gives the failed nodes that cut an object off."""

    def __init__(self, book: Book, cut_by: Callable[[str], Sequence[str]] = lambda _: ()) -> None:
        self.book = book
        self._cut_by = cut_by

    def follow(self, units: Iterable[Unit], now: Millis) -> list[IncidentStep]:
        """The steps that the present of ``units`` asks for; told already, to be recorded."""
        units = list(units)
        steps: list[IncidentStep] = []
        for unit in units:
            for root in unit.roots:
                steps += self._gain(root, unit, now)
        for unit in units:
            for member in unit.members:
                steps += self._lose(member, now)
        return steps

    def tick(self, now: Millis) -> list[IncidentStep]:
        """The steps that the passing of time asks for: what flapped is steady."""
        steps: list[IncidentStep] = []
        for name in sorted(self.book.flapping):
            case, changes = self.book.case_of(name), self.book.changes(name)
            if case is not None and not flaps(changes, now, before=True):
                at = steady_since(changes) if len(changes) > LOW else now
                steps += self._tell(case.id, Step.STEADY, at, name, now)
                steps += self._close(case, now)
        return steps

    def settle(self, now: Millis) -> list[IncidentStep]:
        """The steps that what people told asks for: an incident of which nothing is left closes."""
        open_cases = [case for case in self.book.cases.values() if case.closed is None and case.roots]
        return [step for case in open_cases for step in self._close(case, now)]

    def drop(self, names: Iterable[str], now: Millis) -> list[IncidentStep]:
        """The steps for root causes that are not watched any more."""
        steps: list[IncidentStep] = []
        for name in sorted(names):
            case = self.book.case_of(name)
            if case is not None:
                if name in case.flapping:
                    steps += self._tell(case.id, Step.STEADY, now, name, now, GONE)
                steps += self._tell(case.id, Step.RECOVERED, now, name, now, GONE)
                steps += self._close(case, now)
        return steps

    def _gain(self, root: Standing, unit: Unit, now: Millis) -> list[IncidentStep]:
        known = self.book.case_of(root.object)
        if known is not None and known.roots[root.object].down:
            return []
        around = [case for member in unit.members if (case := self.book.case_of(member.object)) is not None]
        related = sorted(
            {case.id: case for case in around if self._is_same(root, unit, case)}.values(), key=lambda each: each.began
        )
        incident = (
            known.id
            if known
            else related[0].id
            if related
            else incident_name(root.object, root.since, self.book.numbers)
        )
        steps = self._tell(incident, Step.DETECTED, root.since, root.object, now, root.reason)
        for other in related:
            if other.id != incident and root is unit.node:
                steps += self._tell(other.id, Step.MERGED, root.since, root.object, now, incident)
        return steps + self._begin_to_flap(incident, root, now)

    @staticmethod
    def _is_same(root: Standing, unit: Unit, case: Case) -> bool:
        """Whether it is the same trouble, grown from a check to its node or shrunk to a check of it."""
        return root is unit.node or (unit.node is not None and unit.node.object in case.roots)

    def _begin_to_flap(self, incident: str, root: Standing, now: Millis) -> list[IncidentStep]:
        case = self.book.cases[incident]
        name = root.object
        if name in case.flapping or not flaps(self.book.changes(name), root.since, before=False):
            return []
        steps = self._tell(incident, Step.FLAPPING, root.since, name, now)
        for other in list(self.book.cases.values()):
            lately = other.closed is not None and other.closed > root.since - WINDOW
            if lately and set(other.roots) == {name}:
                steps += self._tell(other.id, Step.MERGED, root.since, name, now, incident)
        return steps

    def _lose(self, member: Standing, now: Millis) -> list[IncidentStep]:
        case = self.book.case_of(member.object)
        root = case.roots[member.object] if case else None
        if case is None or root is None or not root.down:
            return []
        if member.state in _ANSWERING:
            steps = self._tell(case.id, Step.RECOVERED, max(member.since, root.since), member.object, now)
            return steps + self._close(case, now)
        if member.state is State.UNREACHABLE and member.since <= root.since:
            return self._take_over(case, member, now)
        return []

    def _take_over(self, case: Case, member: Standing, now: Millis) -> list[IncidentStep]:
        """The object turned out to be cut off: its incident is part of that of the node which cuts it off."""
        others = [name for name, root in case.roots.items() if root.down and name != member.object]
        causes = [cause for name in self._cut_by(member.object) if (cause := self.book.case_of(name)) is not None]
        if others or not causes or causes[0] is case:
            return []
        return self._tell(case.id, Step.MERGED, member.since, member.object, now, causes[0].id)

    def _close(self, case: Case, now: Millis) -> list[IncidentStep]:
        if case.closed is not None or case.flapping or any(root.down for root in case.roots.values()):
            return []
        at = max(root.changed for root in case.roots.values())
        gone = any(step.text == GONE and step.step is Step.RECOVERED for step in case.steps)
        steps = []
        if not gone and not case.is_told_restored():
            steps += self._tell(case.id, Step.RESTORED, at, case.first, now)
        return steps + self._tell(case.id, Step.CLOSED, at, case.first, now)

    def _tell(
        self, incident: str, step: Step, at: Millis, name: str, now: Millis, text: str = ""
    ) -> list[IncidentStep]:
        told = IncidentStep(incident, step, at, name, "", MONITOR, text, now)
        self.book.tell(told)
        return [told]


def incident_name(name: str, since: Millis, taken: Container[str] = ()) -> str:
    """The number of the incident of an object that failed at ``since``: ``INC-261128-K7QX``. Longer where another
    incident of that day has it already."""
    digest = int.from_bytes(hashlib.sha256(f"{name} {since}".encode()).digest())
    letters = "".join(_LETTERS[digest >> shift & 31] for shift in range(0, 250, 5))
    numbers = (f"INC-{to_datetime(since):%y%m%d}-{letters[:length]}" for length in range(4, len(letters)))
    return next(number for number in numbers if number not in taken)
