"""One contract's account: its events under its rules, and its books over any span, made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import (
    Attribution,
    CivilUnit,
    Contract,
    Guarantee,
    IncidentStep,
    Inventory,
    MaintenanceWindow,
    ObjectiveOutcome,
    Period,
    RefusedWork,
    WorksRules,
)
from netmon.sla.contract.books import Books
from netmon.sla.contract.civil import unit_at
from netmon.sla.contract.clocks import Hours
from netmon.sla.contract.hours import contract_hours, reach
from netmon.sla.contract.imputation import InForce, in_force
from netmon.sla.contract.scope import closure, restricted
from netmon.sla.contract.works import WorksBook
from netmon.sla.intervals import ALWAYS, Set
from netmon.sla.verdict import is_open, reaches


@dataclass(frozen=True, slots=True)
class Facts:
    """What people recorded, besides the event log."""

    steps: tuple[IncidentStep, ...] = ()
    attributions: tuple[Attribution, ...] = ()


NO_FACTS = Facts()


class Account:
    """``contract`` as of ``end``, the end of ``period`` or now if that is earlier."""

    def __init__(
        self,
        contract: Contract,
        inventory: Inventory,
        events: Sequence[Event],
        facts: Facts,
        period: Period,
        end: Millis,
    ) -> None:
        self.contract, self.inventory, self.facts = contract, inventory, facts
        self.period, self.end = period, end
        self.told = events
        self.is_part = False
        self.held = in_force(facts.attributions)
        self.excluded = [one for one in self.held if one[0].party in contract.excluded]
        self.events, self.refused = self._admitted(events)
        self._books: dict[tuple[Millis, Millis], Books] = {}

    def books(self, span: Period) -> Books:
        """The books over ``span``, as far as the account goes."""
        end = max(span.start, min(span.end, self.end))
        known = self._books.get((span.start, end))
        if known is None:
            known = self._books[span.start, end] = self.books_with(span, end, self.events, self.excluded)
        return known

    def books_with(self, span: Period, end: Millis, events: Sequence[Event], excluded: Sequence[InForce]) -> Books:
        """Other books over the same contract: with only some of the events or of what is excluded."""
        hours = self.hours(span.start, span.end)
        return Books(self.contract, self.inventory, events, excluded, span, end, hours)

    def restricted(self, communes: tuple[str, ...]) -> "Account | None":
        """The same as far as it is about some communes, with all that was folded already; None: not at all."""
        contract = restricted(self.contract, communes)
        if contract is None:
            return None
        fewer = Account(contract, self.inventory, self.told, self.facts, self.period, self.end)
        fewer.is_part = True
        fewer._books = {span: books.restricted(contract) for span, books in self._books.items()}
        return fewer

    def hours(self, start: Millis, end: Millis) -> Set:
        """Covered time inside [start, end)."""
        return contract_hours(self.contract, self.period.timezone, start, end)

    def guarantee_hours(self, guarantee: Guarantee, notified: Millis) -> tuple[Hours, Millis]:
        """The covered time of a guarantee, and until when it can be told."""
        zone = self.period.timezone
        return (
            lambda start, end: contract_hours(self.contract, zone, start, end, guarantee.hours),
            reach(self.contract, zone, notified),
        )

    @cached_property
    def resting(self) -> dict[str, list[str]]:
        """Everything the contract's objects rest on, with the objects that rest on it."""
        found: dict[str, list[str]] = {}
        books = self.books(self.period)
        for name in books.scope:
            for below in closure(name, books.lived):
                found.setdefault(below, []).append(name)
        return found

    def objectives(self, span: Period) -> tuple[ObjectiveOutcome, ...]:
        """What was reached of each objective: those of families that have their own, then that of all others."""
        books = self.books(span)
        own = dict(self.contract.objectives)
        groups: dict[str, list[str]] = {family: [] for family in (*own, "")}
        for name in books.scope:
            service = self.inventory.services.get(name)
            groups[service.family if service and service.family in own else ""].append(name)
        return tuple(
            self._outcome(family, own.get(family, self.contract.objective), books, names)
            for family, names in groups.items()
            if names or not (family or own)
        )

    def _outcome(self, family: str, objective: float, books: Books, names: Sequence[str]) -> ObjectiveOutcome:
        figures = books.whole(names).figures()
        met = reaches(figures.availability, objective) if figures.availability.whole else None
        certain = not is_open(figures, objective)
        excluded = books.whole(names, excluding=False).measured.unavailable - figures.unavailable
        return ObjectiveOutcome(family, objective, figures, excluded, met, certain)

    def _admitted(self, events: Sequence[Event]) -> tuple[Sequence[Event], list[RefusedWork]]:
        """The events without the works, or parts of them, that the contract does not admit."""
        rules = self.contract.works
        if rules == WorksRules():
            return events, []
        start, zone = since(self.contract, self.period), self.period.timezone
        end = self.period.end  # works still to come matter to the error budget
        hours = self.hours(start, end) if rules.cap is not None else ALWAYS
        book = WorksBook(rules, hours, contract_hours(self.contract, zone, start, end, rules.allowed), start, end, zone)
        book.announce(event for event in events if isinstance(event, MaintenanceWindow))
        others = [event for event in events if not isinstance(event, MaintenanceWindow)]
        return [*others, *book.admitted], book.refused


def since(contract: Contract, period: Period, *, yearly: bool = True) -> Millis:
    """From when on events are needed: caps of works look back to the start of their civil unit, yearly limits to that
    of the year (not ``yearly``: these are not asked for)."""
    units: list[CivilUnit] = [contract.works.per] if contract.works.cap is not None else []
    units += ["year"] if yearly and contract.ims is not None else []
    return min([period.start, *(unit_at(period.start, unit, period.timezone).start for unit in units)])
