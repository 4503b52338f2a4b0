"""Contracts as rows of ``netmon sla --by contract``: each settled, with its verdict and its error budget."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.model import Contract, ContractReport, Inventory
from netmon.sla.aggregate import WEIGHTED
from netmon.sla.contract.account import Account, Facts
from netmon.sla.contract.scope import holds, restricted
from netmon.sla.contract.settle import settled
from netmon.sla.policy import Policy
from netmon.sla.report import chosen_communes, covers
from netmon.sla.standing import Question, Standing, WeightBy
from netmon.sla.verdict import judge


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A row of the table, and everything there is to say about it."""

    standing: Standing
    report: ContractReport


def contract_rows(
    inventory: Inventory, events: Sequence[Event], facts: Facts, question: Question
) -> tuple[ContractRow, ...]:
    """The contracts in force in the period, restricted to what is asked for, in the inventory's order.

    Penalties are agreed for the whole contract and its own aggregate: anything else proposes none.

    Raises:
        UsageError: no such commune, or weights that contracts do not have; as ``settle``.
    """
    if question.weight is not WeightBy.USERS:
        raise UsageError("--weight: in a contract an object weighs what its membership says")
    period = question.period
    end = max(period.start, min(period.end, question.now))
    rows = []
    for contract in _asked(inventory, question):
        account = Account(contract, inventory, events, facts, period, end)
        agreed = inventory.contracts[contract.id]
        account.is_part = (contract.communes, contract.scope) != (agreed.communes, agreed.scope)
        report = settled(account, question.now)
        if report.objects:
            rows.append(ContractRow(_standing(account, report, question.beside), report))
    return tuple(rows)


def _asked(inventory: Inventory, question: Question) -> Iterator[Contract]:
    names = [commune.name for commune in chosen_communes(inventory, question.communes)]
    for contract in inventory.contracts.values():
        mine = tuple(name for name in names if covers(contract, name))
        asked = contract if question.communes is None else restricted(contract, mine)
        if mine and asked and holds(contract, question.period.start, question.period.end):
            if question.aggregate != WEIGHTED:
                asked = replace(asked, aggregate=question.aggregate)
            yield contract if asked == contract else replace(asked, penalties=None)


def _standing(account: Account, report: ContractReport, beside: Policy | None) -> Standing:
    contract, books = account.contract, account.books(account.period)
    theirs = None
    if beside is not None:
        other = replace(contract, policy=",".join(f"{key}={answer}" for key, answer in beside.items()))
        theirs = Account(other, account.inventory, account.told, account.facts, account.period, account.end)
    return Standing(
        id=contract.id,
        name=contract.name,
        objective=contract.objective,
        policy=books.policy,
        figures=report.figures,
        verdict=judge(report.figures, contract.objective),
        budget=books.budget() if contract.aggregate == WEIGHTED else None,
        beside=theirs.books(account.period).whole(books.scope).figures() if theirs else None,
    )
