"""The running figures of every contract, for the live gauges."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from netmon.clock import SECOND, Millis
from netmon.contracts import Event, SlaView
from netmon.model import Contract, Inventory, Period, Service
from netmon.sla.contract.account import NO_FACTS, Account, Facts
from netmon.sla.contract.books import Books
from netmon.sla.contract.hours import CalendarEndsError
from netmon.sla.contract.scope import holds, restricted
from netmon.sla.period import month_of
from netmon.sla.report import covers, uses


def build_views(
    inventory: Inventory, events: Sequence[Event], *, now: Millis, timezone: str, facts: Facts = NO_FACTS
) -> tuple[SlaView, ...]:
    """One view per contract in force and commune it covers, over the civil month ``now`` is in, as the contract counts.

    The figures are those of the contract settled over that month now, as far as it is about the commune.

    The error budget is what is left of the month's allowance, in seconds of complete interruption (while one of ten
    services is down it shrinks by a tenth of a second each second):

        ((1 - objective) × (eligible so far + still to come) - unavailable so far) / number of services

    "Still to come" is the rest of the month in service, in service hours, and with no maintenance announced; the
    number of services is the sum of their weights. Negative: the objective is lost for this month.

    A contract whose calendar says nothing about this month has no view: the others keep theirs.
    """
    month = month_of(now, timezone)
    views: list[SlaView] = []
    for contract in inventory.contracts.values():
        if holds(contract, month.start, month.end):
            with suppress(CalendarEndsError):
                account = Account(contract, inventory, events, facts, month, now)
                views += [_view(books, commune, month) for commune, books in parts(account, month)]
    return tuple(views)


def promised(contract: Contract, service: Service, commune: str) -> bool:
    """Whether the service is one the contract is about, for that commune."""
    return uses(service, commune) and (not contract.families or service.family in contract.families)


def parts(account: Account, span: Period) -> Iterator[tuple[str, Books]]:
    """The books over ``span`` of each commune the contract is about."""
    books = account.books(span)
    for commune in account.inventory.communes.values():
        if covers(account.contract, commune.name):
            mine = restricted(account.contract, (commune.name,))
            part = books.restricted(mine) if mine else None
            if part and part.scope:
                yield commune.name, part


def _view(books: Books, commune: str, month: Period) -> SlaView:
    contract = books.contract
    figures = books.whole(books.scope).figures()
    return SlaView(
        contract=contract.id,
        commune=commune,
        period=month.label,
        objective=contract.objective,
        availability=figures.availability.ratio,
        low=figures.low.ratio,
        high=figures.high.ratio,
        coverage=figures.coverage.ratio,
        budget_seconds=float(books.budget().left / SECOND),
    )
