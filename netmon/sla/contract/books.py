"""What the objects of a contract came to over one span, under its policy, hours and exclusions.

Time attributed to a party the contract excludes leaves both sides of the figure, but only where it was unavailable:
what worked meanwhile stays. An outage of a whole is excluded as far as the whole would have been better if what the
attribution is about had worked; so is decided as for planned works on members (``netmon.sla.derive``). Two tellings
of the same history are measured, one with those attributions as works; the unavailable time that differs is excluded.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import Contract, Inventory, MaintenanceWindow, MonitorEvent, Period
from netmon.sla.aggregate import Needed, parse_aggregate, vote
from netmon.sla.assess import Assessment
from netmon.sla.budget import Budget, budget_of
from netmon.sla.contract.imputation import InForce, as_windows
from netmon.sla.contract.scope import closure, objects_in_scope
from netmon.sla.figures import Measure, Part, weighted
from netmon.sla.intervals import EMPTY, Set
from netmon.sla.ledger import EVERYTHING, Ledger
from netmon.sla.partition import Frame, Scope, in_scope, measure
from netmon.sla.policy import Policy, parse_policy
from netmon.sla.timeline import Timeline, marked


class Books:
    """``contract`` over ``span`` as far as ``end``. ``events`` hold only works that the contract admits;
    ``excluded`` are the attributions in force to parties it excludes; ``hours`` covered time in the span."""

    def __init__(
        self,
        contract: Contract,
        inventory: Inventory,
        events: Sequence[Event],
        excluded: Collection[InForce],
        span: Period,
        end: Millis,
        hours: Set,
    ) -> None:
        self.contract, self.inventory = contract, inventory
        self.span, self.end, self.hours = span, end, hours
        self.policy = parse_policy(contract.policy)
        self._events, self._excluded = events, excluded
        self._measures: dict[str, Measure] = {}

    @cached_property
    def lived(self) -> Assessment:
        """The objects as they were."""
        return Assessment(self.inventory, Ledger(self._events), self.span, self.end, self.policy)

    @cached_property
    def scope(self) -> Mapping[str, Set]:
        """The objects that count, and when."""
        return objects_in_scope(self.contract, self.inventory, self.lived.ledger, self.span.start, self.span.end)

    def restricted(self, contract: Contract) -> "Books":
        """The books of the same contract for fewer objects (``scope.restricted``), with all that was folded already."""
        fewer = Books(contract, self.inventory, self._events, self._excluded, self.span, self.end, self.hours)
        fewer.lived = self.lived
        return fewer

    def whole(self, objects: Iterable[str], *, excluding: bool = True) -> Measure:
        """The objects together, as the contract aggregates; ``excluding`` off: as if nothing were excluded."""
        names = list(objects)
        needed = parse_aggregate(self.contract.aggregate)
        if needed is None or not names:
            weight = self.lived.ledger.weight
            return weighted((self.measure(name, excluding=excluding), weight(name)) for name in names)
        lived = self._vote(names, self.lived.timeline, needed, self.policy)
        if not (excluding and self._excluded):
            return lived
        return _without(lived, self._vote(names, self._excused, needed, self._excusing))

    def measure(self, name: str, *, excluding: bool = True) -> Measure:
        """One object; ``excluding`` off: as if nothing were excluded."""
        lived = self.lived.measure(name, self.frame(name))
        if not (excluding and name in self._excusable):
            return lived
        known = self._measures.get(name)
        if known is None:
            frame = Frame(self.frame(name), self.span.start, self.end, self._excusing)
            known = self._measures[name] = _without(lived, measure(self._excused(name), frame, name))
        return known

    def budget(self) -> Budget:
        """The error budget of all objects together, added up by time."""
        weights = {name: self.lived.ledger.weight(name) for name in self.scope}
        to_come = self.lived.to_come([(self.frame(name), weight) for name, weight in weights.items()])
        measured = self.whole(self.scope).measured
        return budget_of(measured, self.contract.objective, to_come, sum(weights.values()))

    def frame(self, name: str) -> Scope:
        """When an object counts: in scope and in service, in covered hours, without admitted works."""
        planned = EMPTY if self.policy.maintenance == "counted" else self.lived.planned(name)
        return Scope(self.scope[name], self.hours, planned)

    def _vote(
        self, names: Iterable[str], timeline: Callable[[str], Timeline], needed: Needed, policy: Policy
    ) -> Measure:
        start, end = self.span.start, self.end
        members = [in_scope(timeline(name), self.frame(name), start, end) for name in names]
        return vote(members, needed, start, end, policy)

    @cached_property
    def _excusing(self) -> Policy:
        """The policy under which what is excused leaves the figure, whatever it says of planned works."""
        return replace(self.policy, maintenance="excluded")

    @cached_property
    def _excusable(self) -> frozenset[str]:
        """The objects that rest on something an excluded party is responsible for."""
        about = {attribution.object for attribution, _ in self._excluded}
        if not about:
            return frozenset()
        return frozenset(name for name in self.scope if not about.isdisjoint(closure(name, self.lived)))

    @cached_property
    def _told_with_excuses(self) -> Assessment:
        counted = self.policy.maintenance == "counted"
        objects = {EVERYTHING}.union(*(closure(name, self.lived) for name in self._excusable))
        events = [
            event
            for event in self._events
            if isinstance(event, MonitorEvent)
            or (event.object in objects and not (counted and isinstance(event, MaintenanceWindow)))
        ]
        ledger = Ledger([*events, *as_windows(self._excluded)])
        return Assessment(self.inventory, ledger, self.span, self.end, self._excusing)

    @cached_property
    def _excuses(self) -> Ledger:
        return Ledger(as_windows(self._excluded))

    def _excused(self, name: str) -> Timeline:
        """The object's timeline, explained by works where an excluded party is responsible."""
        if name not in self._excusable:
            return self.lived.timeline(name)
        return marked(self._told_with_excuses.timeline(name), self._excuses.planned(name))


def _without(lived: Measure, excused: Measure) -> Measure:
    """``lived`` without the unavailable time that ``excused`` has less of; with its outages, which count less."""

    def rest(mine: Part, theirs: Part) -> Part:
        off = max(0, mine.unavailable - theirs.unavailable)
        return Part(mine.eligible - off, mine.unavailable - off)

    return replace(
        lived,
        measured=rest(lived.measured, excused.measured),
        low=rest(lived.low, excused.low),
        high=rest(lived.high, excused.high),
        outages=excused.outages,
    )
