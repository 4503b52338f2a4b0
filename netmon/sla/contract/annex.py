"""The annexes of a settlement: what each attribution took off, and what each correction changed.

Each is found by measuring the contract twice, without it and with it. Only the objects that rest on what it is about
are folded anew, from the events about them; unless they vote, which needs them all.
"""

from collections.abc import Iterator, Sequence

from netmon.contracts import Event
from netmon.model import Correction, CorrectionEffect, Exclusion, MonitorEvent
from netmon.sla.aggregate import WEIGHTED
from netmon.sla.contract.account import Account
from netmon.sla.contract.books import Books
from netmon.sla.contract.imputation import InForce
from netmon.sla.contract.scope import closure
from netmon.sla.figures import Measure, weighted
from netmon.sla.ledger import EVERYTHING


def exclusions(account: Account) -> tuple[Exclusion, ...]:
    """The attributions that took something off the contract's unavailable time, in the order recorded. Where two
    explain the same time, the earlier one has it."""
    found: list[Exclusion] = []
    for number, (attribution, _) in enumerate(account.excluded):
        touched = _touched(account, attribution.object)
        if touched:
            events = _about(account, touched)
            before, after = (
                _books(account, events, account.excluded[:count]).whole(touched).measured.unavailable
                for count in (number, number + 1)
            )
            if before != after:
                found.append(Exclusion(attribution, before - after))
    return tuple(found)


def corrections(account: Account) -> tuple[CorrectionEffect, ...]:
    """The corrections of the period that are about the contract's objects, in the order recorded, each with the
    contract's availability before and after it."""
    mine = list(_relevant(account))
    if not mine:
        return ()
    effects: list[CorrectionEffect] = []
    step = _Steps(account, mine)
    before = step.whole().figures().availability
    for number, correction in enumerate(mine, start=1):
        step.apply(number)
        after = step.whole().figures().availability
        effects.append(CorrectionEffect(correction, before, after))
        before = after
    return tuple(effects)


class _Steps:
    """The contract's measure while corrections are applied one after the other; without any at first."""

    def __init__(self, account: Account, mine: Sequence[Correction]) -> None:
        self._account, self._mine = account, mine
        self._books = self._without(mine, account.events)
        self._names = list(self._books.scope)
        self._parts = {name: self._books.measure(name) for name in self._names}
        self._weights = {name: self._books.lived.ledger.weight(name) for name in self._names}

    def apply(self, number: int) -> None:
        """Apply the first ``number`` corrections."""
        touched = _touched(self._account, self._mine[number - 1].object)
        self._books = self._without(self._mine[number:], _about(self._account, touched))
        for name in touched:
            self._parts[name] = self._books.measure(name)

    def whole(self) -> Measure:
        """All objects together."""
        if self._account.contract.aggregate != WEIGHTED:
            return self._books.whole(self._names)
        return weighted((part, self._weights[name]) for name, part in self._parts.items())

    def _without(self, left_out: Sequence[Correction], events: Sequence[Event]) -> Books:
        without = set(left_out)
        kept = [event for event in events if not (isinstance(event, Correction) and event in without)]
        return _books(self._account, kept, self._account.excluded)


def _books(account: Account, events: Sequence[Event], excluded: Sequence[InForce]) -> Books:
    return account.books_with(account.period, account.end, events, excluded)


def _relevant(account: Account) -> Iterator[Correction]:
    found = (event for event in account.events if isinstance(event, Correction))
    for correction in sorted(found, key=lambda each: each.recorded):
        touches = correction.start < account.end and correction.end > account.period.start
        if touches and correction.object in account.resting:
            yield correction


def _touched(account: Account, object_id: str) -> list[str]:
    """The contract's objects that rest on the object; all of them where they vote."""
    touched = account.resting.get(object_id, [])
    return list(account.books(account.period).scope) if touched and account.contract.aggregate != WEIGHTED else touched


def _about(account: Account, names: Sequence[str]) -> list[Event]:
    """The events that can change the objects."""
    lived = account.books(account.period).lived
    objects = {EVERYTHING}.union(*(closure(name, lived) for name in names))
    return [event for event in account.events if isinstance(event, MonitorEvent) or event.object in objects]
