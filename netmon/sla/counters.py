"""Eligible and unavailable time as counters: added up from the start of the history until a *frontier*.

A change is dated back to the first look that saw it, so the last minutes are not settled yet. The frontier lies before
whatever looks under way can still date back, and moves in whole minutes; so what was added up stays, but for what
people tell of the past, or a history that is imported. What they tell of a period later than ``LATE`` after it was
settled stays out: samples of its end are taken, and what the next period began with must hold.

The frontier stands still for ``HOLD`` at every civil midnight: who looks once a minute sees what the counters were at
the very end of each civil day, month and year.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TypeAlias

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis, to_datetime
from netmon.contracts import Event
from netmon.model import Check, Contract, Inventory, Period
from netmon.sla.contract.account import Account, Facts
from netmon.sla.contract.civil import unit_at
from netmon.sla.contract.hours import CalendarEndsError
from netmon.sla.contract.scope import holds
from netmon.sla.figures import Part
from netmon.sla.period import midnight, month_of, zone_of
from netmon.sla.views import parts

HOLD: Millis = 5 * MINUTE
LATE: Millis = 2 * HOUR
LONGEST_LAG: Millis = HOUR
"""Checks looked at so rarely that they would hold back all counters for longer lower them when they fail instead."""

_STALE_INTERVALS = 3
_PATIENCE: Millis = 40 * SECOND
"""How long a look may wait before it is judged: for what stands before the target, and for the references."""

Sums: TypeAlias = dict[tuple[str, str], Part]
"""By contract and commune."""


def lag_of(checks: Iterable[Check]) -> Millis:
    """How far behind the present nothing is dated back any more: a row of looks that confirms, after as many missed
    ones as make a check unknown. Whole minutes."""
    rows = ((max(check.fall, check.rise) + _STALE_INTERVALS) * check.interval + check.timeout for check in checks)
    longest = max(rows, default=0) + _PATIENCE
    return min(LONGEST_LAG, -(-longest // MINUTE) * MINUTE)


def row_of(checks: Iterable[Check]) -> Millis:
    """How far before a stop looks of the daemon that stopped may still say something, once the next one looks."""
    return max((max(check.fall, check.rise) * check.interval for check in checks), default=0)


class Frontier:
    """Until when counters may be added up. Never goes back.

    ``settled`` is what the daemon before this one left settled; None: there was none.
    """

    def __init__(self, lag: Millis, timezone: str, settled: Millis | None) -> None:
        self._lag, self._zone = lag, zone_of(timezone)
        self._at = None if settled is None else self._rounded(settled)

    def at(self, now: Millis, watching_since: Millis) -> Millis:
        """The frontier ``now``, which waits where it is until all it would pass was seen without a gap."""
        reached = now - self._lag
        if self._at is None or reached >= watching_since:
            self._at = max(self._at or 0, self._rounded(reached))
        return self._at

    def _rounded(self, at: Millis) -> Millis:
        at -= at % MINUTE
        today = midnight(to_datetime(at, self._zone).date(), self._zone)
        return today if at - today < HOLD else at


def count(inventory: Inventory, events: Sequence[Event], facts: Facts, month: Period, end: Millis) -> Sums:
    """What every contract came to in every commune over the civil month, as far as ``end``: what its report says.

    ``events`` reach back to ``contract.settle.needed_since``. A calendar that says nothing about the month leaves a
    contract out.
    """
    sums: Sums = {}
    for contract in inventory.contracts.values():
        if holds(contract, month.start, end):
            with suppress(CalendarEndsError):
                account = Account(contract, inventory, events, facts, month, end)
                for commune, books in parts(account, month):
                    sums[contract.id, commune] = books.whole(books.scope).measured
    return sums


def settled_when(contracts: Iterable[Contract], month: Period, frontier: Millis) -> dict[Millis | None, list[Contract]]:
    """The contracts by when the civil unit was settled that holds the month; None: it still runs."""
    found: dict[Millis | None, list[Contract]] = {}
    for contract in contracts:
        end = unit_at(month.start, contract.settled, month.timezone).end
        found.setdefault(end + LATE if end <= frontier else None, []).append(contract)
    return found


def known_by(facts: Facts, known: Millis | None) -> Facts:
    """What had been recorded by then."""
    if known is None:
        return facts
    attributions = (each for each in facts.attributions if each.recorded < known)
    return Facts(tuple(step for step in facts.steps if step.recorded < known), tuple(attributions))


def add(sums: Iterable[Sums]) -> Sums:
    """Several months together."""
    total: Sums = {}
    for each in sums:
        for key, part in each.items():
            known = total.get(key, Part())
            total[key] = Part(known.eligible + part.eligible, known.unavailable + part.unavailable)
    return total


def months_until(first: Millis, until: Millis, timezone: str) -> list[Period]:
    """The civil months that ended by ``until``, from the one ``first`` is in."""
    months: list[Period] = []
    month = month_of(first, timezone)
    while month.end <= until:
        months.append(month)
        month = month_of(month.end + DAY, timezone)
    return months
