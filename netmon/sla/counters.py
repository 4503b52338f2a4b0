"""Eligible and unavailable time as counters: added up from the start of the history until a *frontier*.

A change is dated back to the first look that saw it, so the last minutes are not settled yet. The frontier lies before
whatever looks under way can still date back, and moves in whole minutes; so what was added up stays, but for what
people tell of the past, or a history that is imported.

The frontier stands still for ``HOLD`` at every civil midnight: who looks once a minute sees what the counters were at
the very end of each civil day, month and year. What people tell of a period later than ``LATE`` after it was settled
stays out: the samples of its end are taken then, and it would be taken for the next period's.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TypeAlias
from zoneinfo import ZoneInfo

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis, to_datetime
from netmon.contracts import Event
from netmon.model import Check, Contract, Inventory, MonitorEvent, Period
from netmon.sla.contract.account import Account, Facts
from netmon.sla.contract.civil import unit_at
from netmon.sla.contract.hours import CalendarEndsError
from netmon.sla.contract.scope import holds
from netmon.sla.figures import Part
from netmon.sla.period import midnight, month_of, zone_of
from netmon.sla.views import parts

HOLD: Millis = 5 * MINUTE
LATE: Millis = 3 * MINUTE
"""The frontier stands at an end until ``HOLD`` and a minute later, at least: the last samples there hold all of it."""
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
    """Until when counters may be added up. Never goes back, and stands for ``HOLD`` at each civil midnight it comes by,
    also when it has fallen behind: every closed period has a sample of its end.

    ``settled`` is what the daemon before this one left settled, None: there was none; ``shown``: until when it may have
    shown counters.
    """

    def __init__(self, lag: Millis, timezone: str, settled: Millis | None, shown: Millis | None = None) -> None:
        self._lag, self._zone = lag, zone_of(timezone)
        self._at: Millis | None = None
        self._came: Millis | None = None
        if settled is not None:
            self._at = self._rounded(settled)
            if shown is not None:
                self._at = min(self._at, _midnight_from(self._rounded(shown), self._zone))

    def at(self, now: Millis, watching_since: Millis) -> Millis:
        """The frontier ``now``, which waits where it is until all it would pass was seen without a gap."""
        reached = now - self._lag
        if self._at is None:
            self._at = self._rounded(reached)
        elif reached >= watching_since and self._may_leave(now):
            after = _midnight_from(self._at + 1, self._zone)
            self._at = max(self._at, min(self._rounded(reached), after))
            self._came = now if self._at == after else None
        return self._at

    def _may_leave(self, now: Millis) -> bool:
        """Not before it stood at its midnight long enough for a sample, whoever came there and whenever."""
        if self._at is None or self._at != _midnight_from(self._at, self._zone):
            return True
        if self._came is None:
            self._came = now
        return now - self._came >= HOLD

    def _rounded(self, at: Millis) -> Millis:
        at -= at % MINUTE
        today = midnight(to_datetime(at, self._zone).date(), self._zone)
        return today if at - today < HOLD else at


def shown_until(lives: Iterable[MonitorEvent], watched_until: Millis, lag: Millis, row: Millis, zone: str) -> Millis:
    """Until when daemons that started and stopped so, the last one at ``watched_until``, may have shown counters.

    One that did not live longer than ``lag`` showed nothing but the midnight it began at; one that had fallen behind
    stood at each. ``row`` is that of ``row_of``.
    """
    clock, shown, began, ended = zone_of(zone), None, None, None
    for event in (*lives, MonitorEvent(watched_until, "stopped")):
        if event.state == "started" and event.at < watched_until:
            began, shown = event.at, event.at - lag if shown is None else shown
        elif event.state == "stopped" and began is not None and shown is not None:
            first = _midnight_from(shown, clock)
            if ended is not None and first <= ended - row and event.at - began >= MINUTE:
                shown = first + HOLD
            shown = _gone_on(shown, event.at - lag, event.at - began - lag, clock)
            began, ended = None, event.at
    return watched_until - lag if shown is None else shown


def _gone_on(shown: Millis, reached: Millis, spare: Millis, zone: ZoneInfo) -> Millis:
    """How far it came from there in ``spare`` time, standing at each midnight."""
    if spare < 0:
        return shown
    goal = shown
    for _ in range(spare // HOLD + 1):
        goal = _midnight_from(goal + 1, zone)
        if goal >= reached:
            return max(shown, reached)
    return goal


def _midnight_from(at: Millis, zone: ZoneInfo) -> Millis:
    """The first civil midnight that is not before ``at``."""
    day = to_datetime(at, zone).date()
    today = midnight(day, zone)
    return today if today >= at else midnight(day + dt.timedelta(days=1), zone)


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
