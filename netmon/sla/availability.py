"""Availability by contract and commune over a period, as programs read it: the figures of its report."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from netmon.clock import SECOND, Millis
from netmon.contracts import Event
from netmon.model import Inventory, Period
from netmon.sla.contract.account import Account, Facts
from netmon.sla.contract.books import Books
from netmon.sla.contract.scope import holds
from netmon.sla.instant import seconds_of
from netmon.sla.views import parts

Document: TypeAlias = dict[str, object]


def availability_document(
    inventory: Inventory,
    events: Sequence[Event],
    facts: Facts,
    period: Period,
    now: Millis,
    iso: Callable[[Millis], str],
) -> Document:
    """One row for each contract and each commune it is about; lengths in seconds, ratios from 0 to 1, not rounded.

    What lies after ``now`` has not happened yet. ``events`` reach back to ``contract.settle.needed_since``.

    Raises:
        UsageError: hours, policy or aggregate cannot be read, or a calendar says nothing about the period.
    """
    end = max(period.start, min(period.end, now))
    rows = [
        row
        for contract in inventory.contracts.values()
        if holds(contract, period.start, end)
        for row in _rows(Account(contract, inventory, events, facts, period, end))
    ]
    edges = {"label": period.label, "from": iso(period.start), "to": iso(period.end)}
    return {"schema_version": 1, "generated": iso(now), "period": {**edges, "closed": period.end <= now}, "rows": rows}


def _rows(account: Account) -> Iterator[Document]:
    for commune, books in parts(account, account.period):
        yield {"contract": account.contract.id, "commune": commune, **_figures(books)}


def _figures(books: Books) -> Document:
    figures = books.whole(books.scope).figures()
    return {
        "objective": books.contract.objective,
        "eligible_seconds": seconds_of(figures.eligible),
        "unavailable_seconds": seconds_of(figures.unavailable),
        "availability": figures.availability.ratio,
        "low": figures.low.ratio,
        "high": figures.high.ratio,
        "coverage": figures.coverage.ratio,
        "budget_seconds": float(books.budget().left / SECOND),
    }
