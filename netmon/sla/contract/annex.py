"""The annexes of a settlement: what each attribution took off, and what each correction changed."""

from collections.abc import Iterable, Iterator, Sequence

from netmon.contracts import Event
from netmon.model import Correction, CorrectionEffect, Exclusion
from netmon.sla.aggregate import WEIGHTED
from netmon.sla.contract.account import Account
from netmon.sla.contract.books import Books
from netmon.sla.figures import Measure, weighted


def exclusions(account: Account) -> tuple[Exclusion, ...]:
    """The attributions that took something off the contract's unavailable time, in the order recorded. Where two
    explain the same time, the earlier one has it."""
    found: list[Exclusion] = []
    books = account.books(account.period)
    before = account.books_with(account.period, account.end, account.events, ())
    for number, (attribution, _) in enumerate(account.excluded, start=1):
        touched = _touched(account, books, attribution.object)
        if touched:
            after = account.books_with(account.period, account.end, account.events, account.excluded[:number])
            off = before.whole(touched).measured.unavailable - after.whole(touched).measured.unavailable
            before = after
            if off:
                found.append(Exclusion(attribution, off))
    return tuple(found)


def corrections(account: Account) -> tuple[CorrectionEffect, ...]:
    """The corrections of the period that are about the contract's objects, in the order recorded, each with the
    contract's availability before and after it."""
    mine = list(_relevant(account))
    if not mine:
        return ()
    effects: list[CorrectionEffect] = []
    step = _Steps(account, mine)
    before = step.availability
    for number, correction in enumerate(mine, start=1):
        step.apply(number)
        effects.append(CorrectionEffect(correction, before, step.availability))
        before = step.availability
    return tuple(effects)


class _Steps:
    """The contract's measure while corrections are applied one after the other; only what they touch is folded anew."""

    def __init__(self, account: Account, mine: Sequence[Correction]) -> None:
        self._account, self._mine = account, mine
        self._books = self._with(0)
        self._names = list(self._books.scope)
        self._parts = {name: self._books.measure(name) for name in self._names}
        self.availability = self._whole().figures().availability

    def apply(self, number: int) -> None:
        """Apply the first ``number`` corrections."""
        self._books = self._with(number)
        for name in _touched(self._account, self._books, self._mine[number - 1].object):
            self._parts[name] = self._books.measure(name)
        self.availability = self._whole().figures().availability

    def _with(self, number: int) -> Books:
        left_out = set(self._mine[number:])
        events: list[Event] = [
            event for event in self._account.events if not (isinstance(event, Correction) and event in left_out)
        ]
        return self._account.books_with(self._account.period, self._account.end, events, self._account.excluded)

    def _whole(self) -> Measure:
        if self._account.contract.aggregate != WEIGHTED:
            return self._books.whole(self._names)
        ledger = self._books.lived.ledger
        return weighted((part, ledger.weight(name)) for name, part in self._parts.items())


def _relevant(account: Account) -> Iterator[Correction]:
    about = {name for each in account.books(account.period).scope for name in account.closure(each)}
    found: Iterable[Correction] = (event for event in account.events if isinstance(event, Correction))
    for correction in sorted(found, key=lambda each: each.recorded):
        if correction.object in about and correction.start < account.end and correction.end > account.period.start:
            yield correction


def _touched(account: Account, books: Books, object_id: str) -> list[str]:
    """The contract's objects that rest on the object; all of them where they vote."""
    touched = [name for name in books.scope if object_id in account.closure(name)]
    return list(books.scope) if touched and account.contract.aggregate != WEIGHTED else touched
