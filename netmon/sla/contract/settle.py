"""A contract settled over a period: everything a report or ``netmon sla --by contract`` says about it."""

from collections.abc import Iterable, Iterator, Sequence

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import (
    Contract,
    ContractReport,
    IncidentOutcome,
    Inventory,
    Period,
    Proposal,
    RefusedWork,
    YearlyInterruption,
)
from netmon.sla.contract import annex
from netmon.sla.contract.account import NO_FACTS, Account, Facts, since
from netmon.sla.contract.civil import unit_at, whole_units
from netmon.sla.contract.incidents import IncidentJudge, handlings, respect, settled_within, touches
from netmon.sla.contract.penalties import propose
from netmon.sla.contract.scope import holds
from netmon.sla.ledger import EVERYTHING


def settle(
    inventory: Inventory,
    events: Sequence[Event],
    period: Period,
    *,
    generated: Millis,
    facts: Facts = NO_FACTS,
) -> tuple[ContractReport, ...]:
    """Every contract that holds at some time of the period, in the inventory's order.

    What lies after ``generated`` has not happened yet. ``events`` reach back to ``needed_since``.

    Raises:
        UsageError: hours, policy or aggregate cannot be read, or a calendar says nothing about the period.
    """
    accounts = accounts_of(inventory, events, period, generated=generated, facts=facts)
    return tuple(settled(account, generated) for account in accounts)


def accounts_of(
    inventory: Inventory, events: Sequence[Event], period: Period, *, generated: Millis, facts: Facts = NO_FACTS
) -> list[Account]:
    """An account for each contract that ``settle`` settles."""
    end = max(period.start, min(period.end, generated))
    return [
        Account(contract, inventory, events, facts, period, end)
        for contract in inventory.contracts.values()
        if holds(contract, period.start, period.end)
    ]


def needed_since(contracts: Iterable[Contract], period: Period, *, yearly: bool = True) -> Millis:
    """From when on events are needed to settle the contracts over the period; not ``yearly``: without the IMS."""
    return min((since(contract, period, yearly=yearly) for contract in contracts), default=period.start)


def settled(account: Account, generated: Millis) -> ContractReport:
    """The account's contract over its period."""
    contract, period = account.contract, account.period
    books = account.books(period)
    figures = books.whole(books.scope).figures()
    incidents = tuple(_incidents(account))
    return ContractReport(
        contract=contract,
        period=period,
        objects=len(books.scope),
        figures=figures,
        excluded=books.whole(books.scope, excluding=False).measured.unavailable - figures.unavailable,
        objectives=account.objectives(period),
        exclusions=annex.exclusions(account),
        refused=tuple(_refused(account)),
        incidents=incidents,
        gti=respect(incidents, period.start, account.end, "gti") if contract.gti else None,
        gtr=respect(incidents, period.start, account.end, "gtr") if contract.gtr else None,
        ims=yearly(account, account.end),
        corrections=annex.corrections(account),
        proposals=tuple(_proposals(account, incidents, generated)),
    )


def yearly(account: Account, until: Millis) -> tuple[YearlyInterruption, ...]:
    """What each object used of its yearly maximum since the civil year of ``until``, or the contract, began; the worst
    first.

    An instant that begins a year is the end of the year before.
    """
    limit = account.contract.ims
    if limit is None:
        return ()
    year = unit_at(until - 1, "year", account.period.timezone)
    start = max(year.start, account.contract.start or year.start)
    books = account.books(Period(year.label, start, until, year.timezone))
    used = ((name, books.measure(name).measured.unavailable) for name in books.scope)
    worst_first = sorted(used, key=lambda each: (-each[1], each[0]))
    return tuple(YearlyInterruption(name, start, unavailable, limit) for name, unavailable in worst_first)


def _incidents(account: Account) -> Iterator[IncidentOutcome]:
    """The incidents of the contract that were open at some time of the period or ended in it, as of its end."""
    contract, about = account.contract, account.resting.keys()
    judge = IncidentJudge((contract.gti, contract.gtr), account.guarantee_hours, account.held, contract.excluded)
    steps = [step for step in account.facts.steps if not step.contract or step.contract == contract.id]
    for handling in handlings(steps):
        named = contract.id in handling.contracts and not account.is_part
        mine = named or not about.isdisjoint(handling.objects)
        if mine and touches(handling, account.period.start, account.end):
            yield judge.outcome(handling, account.end)


def _refused(account: Account) -> Iterator[RefusedWork]:
    """The works that were not admitted in the period, on what the contract is about."""
    about = account.resting.keys() | {EVERYTHING}
    for work in account.refused:
        if work.window.object in about and work.start < account.end and work.end > account.period.start:
            yield work


def _proposals(account: Account, incidents: Sequence[IncidentOutcome], generated: Millis) -> Iterator[Proposal]:
    """One for each civil unit the contract is settled by that lies within the period and has begun."""
    penalties = account.contract.penalties
    for unit in whole_units(account.period, account.contract.settled) if penalties else ():
        if penalties and unit.start < account.end and holds(account.contract, unit.start, unit.end):
            end = min(unit.end, account.end)
            yield propose(
                penalties,
                unit,
                final=unit.end <= generated,
                objectives=account.objectives(unit),
                incidents=[each for each in incidents if settled_within(each, unit.start, end)],
                ims=_newly_over(account, unit.start, end) if _asks_for_ims(account) else (),
            )


def _asks_for_ims(account: Account) -> bool:
    penalties = account.contract.penalties
    return penalties is not None and any(rule.per == "ims" for rule in penalties.rules)


def _newly_over(account: Account, start: Millis, end: Millis) -> tuple[YearlyInterruption, ...]:
    """The objects whose yearly interruption passed the limit between the instants, each once a year."""
    over = [used for used in yearly(account, end) if used.remaining < 0]
    new_year = unit_at(end - 1, "year", account.period.timezone).start >= start
    before = set() if new_year else {used.object for used in yearly(account, start) if used.remaining < 0}
    return tuple(used for used in over if used.object not in before)
