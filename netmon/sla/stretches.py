"""The stretches of time beside a report's period: the one before it, its months, the year up to its end."""

import datetime as dt
from collections.abc import Collection, Sequence

from netmon.clock import Millis, to_datetime
from netmon.contracts import Event
from netmon.model import Commune, Contract, Inventory, Period, Report, Service, Share, Stretch
from netmon.sla.assess import Assessment
from netmon.sla.contract.account import Account, Facts
from netmon.sla.contract.books import Books
from netmon.sla.contract.civil import unit_at, units_between
from netmon.sla.contract.hours import CalendarEndsError
from netmon.sla.contract.scope import restricted
from netmon.sla.ledger import Ledger
from netmon.sla.period import midnight, zone_of
from netmon.sla.policy import parse_policy
from netmon.sla.report import contract_of, hours_together

MONTHS_OF_A_TREND = 12

_MIDNIGHT = dt.time()


def months_until(end: Millis, timezone: str) -> tuple[Period, ...]:
    """The civil months up to the one ``end`` closes or lies in, twelve of them, in order."""
    found: list[Period] = []
    at = end - 1
    while len(found) < MONTHS_OF_A_TREND:
        found.append(unit_at(at, "month", timezone))
        at = found[-1].start - 1
    return tuple(reversed(found))


def months_of(period: Period) -> tuple[Period, ...]:
    """The civil months the period touches, each as far as it lies within."""
    return tuple(
        Period(month.label, max(month.start, period.start), min(month.end, period.end), period.timezone)
        for month in units_between(period.start, period.end, "month", period.timezone)
    )


def period_before(period: Period) -> Period:
    """The period of the same kind that ends where this one begins: whole months before whole months, as many civil
    days before days, else the same length."""
    zone = zone_of(period.timezone)
    start, end = (to_datetime(at, zone) for at in (period.start, period.end))
    if start.time() == end.time() == _MIDNIGHT:
        if start.day == end.day == 1:
            months = (end.year - start.year) * 12 + end.month - start.month
            year, month = divmod(start.year * 12 + start.month - 1 - months, 12)
            first = dt.date(year, month + 1, 1)
        else:
            first = start.date() - (end.date() - start.date())
        return Period("", midnight(first, zone), period.start, period.timezone)
    return Period("", period.start - (period.end - period.start), period.start, period.timezone)


class Stretches:
    """Figures of the report's services over other stretches of time, as they were lived through and as the contract of
    that time counts. ``span`` holds them all."""

    def __init__(self, inventory: Inventory, events: Sequence[Event], facts: Facts, report: Report) -> None:
        self._inventory, self._events, self._facts = inventory, events, facts
        self._generated = report.generated
        period = report.period
        self.before = period_before(period)
        self.months = months_until(period.end, period.timezone)
        start = min(self.before.start, self.months[0].start, period.start)
        self.span = Period(period.label, start, period.end, period.timezone)
        policy = parse_policy(report.policy_name)
        self.folded = Assessment(inventory, Ledger(events), self.span, self.until(self.span), policy)
        self._assessments: dict[tuple[Millis, Millis], Assessment] = {}
        self._accounts: dict[str, tuple[Account, Assessment]] = {}
        self._books: dict[tuple[str, Millis, Millis], Books] = {}

    def until(self, stretch: Period) -> Millis:
        """As far as the stretch has happened."""
        return max(stretch.start, min(stretch.end, self._generated))

    def over(self, stretch: Period) -> Assessment:
        """Everything assessed over the stretch, as it was lived through."""
        key = (stretch.start, stretch.end)
        if key not in self._assessments:
            self._assessments[key] = self.folded.over(stretch, self.until(stretch))
        return self._assessments[key]

    def together(self, services: Collection[Service], communes: Collection[Commune], stretch: Period) -> Stretch:
        """The services of all communes together, in the service hours of any, as they were lived through."""
        assessment = self.over(stretch)
        try:
            hours = hours_together(assessment, communes)
        except CalendarEndsError:
            return Stretch(stretch, Share(0, 0), Share(0, 0))
        figures = assessment.together(services, None, hours).figures()
        return Stretch(stretch, figures.availability, figures.coverage)

    def counted(self, commune: str, services: Collection[Service], stretch: Period) -> Stretch:
        """What the commune's contract of that time counts; without one, the services as they were lived through."""
        contract = contract_of(self._inventory, commune, stretch)
        mine = restricted(contract, (commune,)) if contract else None
        if contract is None or mine is None:
            figures = self.over(stretch).together(services, commune).figures()
            return Stretch(stretch, figures.availability, figures.coverage)
        try:
            books = self._of(contract, stretch).restricted(mine)
        except CalendarEndsError:
            return Stretch(stretch, Share(0, 0), Share(0, 0), contract.objective)
        figures = books.whole(books.scope).figures()
        return Stretch(stretch, figures.availability, figures.coverage, contract.objective)

    def _of(self, contract: Contract, stretch: Period) -> Books:
        key = (contract.id, stretch.start, stretch.end)
        if key not in self._books:
            account, folded = self._account(contract)
            end = self.until(stretch)
            books = account.books_with(stretch, end, account.events, account.excluded)
            books.lived = folded.over(stretch, end)
            self._books[key] = books
        return self._books[key]

    def _account(self, contract: Contract) -> tuple[Account, Assessment]:
        if contract.id not in self._accounts:
            end = self.until(self.span)
            account = Account(contract, self._inventory, self._events, self._facts, self.span, end)
            folded, policy = self.folded, parse_policy(contract.policy)
            if account.events is not self._events or policy != folded.policy:
                folded = Assessment(self._inventory, Ledger(account.events), self.span, end, policy)
            self._accounts[contract.id] = account, folded
        return self._accounts[contract.id]
