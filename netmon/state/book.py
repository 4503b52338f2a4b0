"""The book of incidents: nothing but the fold of the steps told of them. Pure.

A daemon that starts anew reads the book that the one before it held. Steps of netmon's own say which objects an
incident is about and when it ends (``netmon.state.incidents``); what people tell is kept with it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from netmon.clock import DAY, Millis
from netmon.model import MONITOR, IncidentStep, Step
from netmon.state.flapping import WINDOW

_ENDS = (Step.RESTORED, Step.WORKAROUND, Step.CLOSED, Step.MERGED)


@dataclass(slots=True)
class Root:
    """A root cause in an incident: since when it last failed; ``down`` until it was seen to work again."""

    since: Millis
    down: bool = True
    changed: Millis = 0


@dataclass(slots=True)
class Case:
    """An incident in the book. Without ``roots`` it is one that only people told of. ``tickets`` are numbers of theirs
    for this one."""

    id: str
    began: Millis
    roots: dict[str, Root] = field(default_factory=dict)
    flapping: set[str] = field(default_factory=set)
    steps: list[IncidentStep] = field(default_factory=list)
    closed: Millis | None = None
    tickets: set[str] = field(default_factory=set)

    @property
    def first(self) -> str:
        """What it was about first."""
        return next(iter(self.roots), "") or next((step.object for step in self.steps if step.object), "")

    def _is_own(self, step: IncidentStep) -> bool:
        return step.incident == self.id or step.incident in self.tickets

    def told(self) -> Iterator[IncidentStep]:
        """The steps as contracts read them (``Book.told``)."""
        for step in self.steps:
            if step.step is Step.SPLIT or (step.step in _ENDS and not self._is_own(step)):
                continue
            detected = step.step is Step.DETECTED and step.author == MONITOR
            at = self.began if detected else step.at
            yield step if (step.incident, step.at) == (self.id, at) else replace(step, incident=self.id, at=at)

    def is_told_restored(self) -> bool:
        """Whether a person said that service is back, after the last failure netmon told of."""
        for step in filter(self._is_own, reversed(self.steps)):
            if step.step is Step.DETECTED and step.author == MONITOR:
                return False
            if step.step is Step.RESTORED:
                return True
        return False


class Book:
    """All incidents told of."""

    def __init__(self, steps: Iterable[IncidentStep] = ()) -> None:
        """``steps`` in any order: they are told in the order in which they were."""
        self._cases: dict[str, Case] = {}
        self._case_of: dict[str, str] = {}
        self._merged: dict[str, str] = {}
        self._changes: dict[str, list[Millis]] = {}
        self._flapping: set[str] = set()
        self._numbers: set[str] = set()
        self._forgotten: set[str] = set()
        self._tickets: dict[str, str] = {}
        for step in sorted(steps, key=lambda each: each.recorded):
            self.tell(step)

    # --- What is read

    @property
    def cases(self) -> Mapping[str, Case]:
        """Every incident that is not part of another one."""
        return self._cases

    @property
    def merged(self) -> Mapping[str, str]:
        """For incidents that are part of another one: which."""
        return {name: self.resolve(name) for name in self._merged}

    @property
    def numbers(self) -> Collection[str]:
        """All numbers that are taken, those of parts included."""
        return self._numbers

    def resolve(self, incident: str) -> str:
        """The incident that ``incident`` is part of; itself when it is part of none."""
        seen = set()
        while incident in self._merged and incident not in seen:
            seen.add(incident)
            incident = self._merged[incident]
        return incident

    def case_of(self, name: str) -> Case | None:
        """The open incident that the object is a root cause of."""
        return self._cases.get(self._case_of.get(name, ""))

    @property
    def open_roots(self) -> Mapping[str, str]:
        """The objects that open incidents are about, and which that is."""
        return self._case_of

    def told(self) -> list[IncidentStep]:
        """The steps as contracts read them: of incidents that are part of another one, what was told counts for that
        one. An incident was detected when the first of them was, and only the whole can be restored.
        """
        return [step for case in self._cases.values() for step in case.told()]

    def changes(self, name: str) -> Sequence[Millis]:
        """When the object failed or recovered, of late."""
        return self._changes.get(name, ())

    @property
    def flapping(self) -> Collection[str]:
        """The objects that flap."""
        return self._flapping

    # --- The fold

    def tell(self, step: IncidentStep) -> None:
        """Take in one step."""
        self._numbers.add(step.incident)
        if step.step is Step.MERGED:
            self._merge(step)
            return
        incident = self.resolve(step.incident)
        case = self._cases.get(incident) or self._same_by_object(step)
        if incident in self._forgotten:
            return
        if case is None:
            case = self._cases[incident] = Case(incident, step.at)
            if step.author != MONITOR and step.object:
                self._tickets[step.object] = incident
        case.steps.append(step)
        if step.author == MONITOR:
            self._tell_of_monitor(case, step)
        elif step.step is Step.SPLIT:
            self._split(case, step)
        elif not case.roots and step.step is Step.RESTORED:
            case.closed = step.at
        elif step.step is Step.DETECTED:
            case.began = min(case.began, step.at)

    def _same_by_object(self, step: IncidentStep) -> Case | None:
        """What people tell under a number of their own of an object with an open incident is told of that one."""
        case = self.case_of(step.object) if step.author != MONITOR and step.step is not Step.SPLIT else None
        if case is not None:
            self._merged[step.incident] = case.id
            case.tickets.add(step.incident)
        return case

    def _take_up_ticket(self, case: Case, step: IncidentStep) -> None:
        """What people told of the object within a day before netmon saw it fail is told of this incident."""
        ticket = self._cases.get(self._tickets.pop(step.object, ""))
        late = ticket is not None and step.recorded - ticket.steps[-1].recorded <= DAY
        if ticket is None or ticket.roots or ticket.closed is not None or not late:
            return
        del self._cases[ticket.id]
        self._merged[ticket.id] = case.id
        case.tickets |= {ticket.id, *ticket.tickets}
        case.steps = [*ticket.steps, *case.steps]

    def _tell_of_monitor(self, case: Case, step: IncidentStep) -> None:
        name, at = step.object, step.at
        if step.step is Step.DETECTED:
            case.roots[name] = Root(at, True, at)
            case.began, case.closed = min(case.began, at), None
            self._case_of[name] = case.id
            self._change(name, at)
            self._take_up_ticket(case, step)
        elif step.step is Step.RECOVERED and name in case.roots:
            case.roots[name].down, case.roots[name].changed = False, at
            self._change(name, at)
        elif step.step is Step.FLAPPING:
            case.flapping.add(name)
            self._flapping.add(name)
        elif step.step is Step.STEADY:
            case.flapping.discard(name)
            self._flapping.discard(name)
        elif step.step is Step.CLOSED:
            case.closed = at
            self._release(case)

    def _merge(self, step: IncidentStep) -> None:
        """People move root causes along; netmon found that there was none to move."""
        into, gone = self.resolve(step.text), self._cases.get(self.resolve(step.incident))
        if gone is None or gone.id == into:
            return
        del self._cases[gone.id]
        target = self._cases.setdefault(into, Case(into, step.at))
        self._release(gone)
        self._merged[gone.id] = into
        target.began = min(target.began, gone.began)
        target.steps = sorted([*target.steps, *gone.steps, step], key=lambda each: each.recorded)
        if step.author != MONITOR and gone.closed is None:
            target.roots.update(gone.roots)
            target.flapping |= gone.flapping
            self._case_of.update(dict.fromkeys(gone.roots, into))

    def _split(self, case: Case, step: IncidentStep) -> None:
        root = case.roots.pop(step.object, None)
        if root is None:
            return
        self._merged.pop(step.text, None)
        flaps_on = {step.object} & case.flapping
        case.flapping -= flaps_on
        before = [each for each in case.steps if each.incident == step.text]
        case.steps = [each for each in case.steps if each.incident != step.text]
        own = Case(step.text, root.since, {step.object: root}, flaps_on, [*before, step], case.closed)
        self._cases[own.id] = own
        if case.closed is None:
            self._case_of[step.object] = own.id

    def _release(self, case: Case) -> None:
        for name in case.roots:
            if self._case_of.get(name) == case.id:
                del self._case_of[name]

    def _change(self, name: str, at: Millis) -> None:
        changes = [each for each in self._changes.get(name, ()) if each > at - WINDOW]
        self._changes[name] = sorted((*changes, at))

    def forget(self, before: Millis) -> None:
        """Let go of incidents that closed before, to keep the book small."""
        for name in [name for name, case in self._cases.items() if case.closed is not None and case.closed < before]:
            del self._cases[name]
            self._forgotten.add(name)


def told_of_wholes(steps: Iterable[IncidentStep]) -> list[IncidentStep]:
    """The steps as contracts read them: see ``Book.told``."""
    return Book(steps).told()
