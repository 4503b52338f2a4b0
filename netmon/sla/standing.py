"""How communes, sites, services, devices and contracts stand over a period: figures, verdict, error budget.

A row is made of *leaves*, the services of a commune or contract, the devices and other checks of a site, or the one
object it is about; the last row is made of the leaves of all rows. Leaves are put together on seconds: weighted,
Σ weight·time, or by vote at every instant (``netmon.sla.aggregate``); never as an average of ratios. So the whole is
always what its parts' events give.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from netmon.clock import Millis
from netmon.model import Budget, Contract, Figures, Inventory, Period, Service
from netmon.sla.aggregate import WEIGHTED, Needed, parse_aggregate, vote
from netmon.sla.assess import Assessment, references_of
from netmon.sla.budget import budget_of
from netmon.sla.figures import Measure, weighted
from netmon.sla.intervals import Set
from netmon.sla.ledger import Ledger
from netmon.sla.partition import Scope, in_scope
from netmon.sla.policy import PRESETS, Policy, parse_policy
from netmon.sla.report import chosen_communes, contract_of, covers, uses
from netmon.sla.verdict import Verdict, judge
from netmon.sla.views import promised


class By(StrEnum):
    """What a row is about."""

    COMMUNE = "commune"
    SITE = "site"
    SERVICE = "service"
    NODE = "node"
    CONTRACT = "contract"


class WeightBy(StrEnum):
    """What a leaf weighs: the weight of its membership (1 without any), the devices it rests on, or the people of the
    communes that use it."""

    USERS = "users"
    NODES = "nodes"
    POPULATION = "population"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the history.

    Rows are reckoned by ``contract``, a row that is a contract by that contract's own policy; and, where ``beside``
    is given, by that policy as well.
    """

    period: Period
    now: Millis
    by: By = By.COMMUNE
    beside: Policy | None = None
    communes: Sequence[str] | None = None
    aggregate: str = WEIGHTED
    weight: WeightBy = WeightBy.USERS


@dataclass(frozen=True, slots=True)
class Standing:
    """One row; ``id`` empty: all rows together.

    ``policy`` is what the figures are reckoned by; ``beside`` are the same under the other policy asked for.
    ``budget`` is there where something is promised, and time is added up rather than voted on.
    """

    id: str
    name: str
    objective: float | None
    policy: Policy
    figures: Figures
    verdict: Verdict
    budget: Budget | None = None
    beside: Figures | None = None


@dataclass(frozen=True, slots=True)
class _Leaf:
    object: str
    scope: Scope
    weight: int


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    contract: Contract | None
    leaves: tuple[_Leaf, ...]
    assessment: Assessment


def standings(inventory: Inventory, ledger: Ledger, question: Question) -> tuple[Standing, ...]:
    """Every row, in the inventory's order, and last, where several are reckoned by one policy, all of them together.

    A service that several communes use is one row where its figures are the same for all of them; in the whole it
    counts once.

    Raises:
        UsageError: no such commune or aggregate.
    """
    past = _Past(inventory, ledger, question)
    rows = list(_rows(past))
    found = [_standing(past, row) for row in rows]
    if question.by is By.SERVICE:
        distinct = {(one.id, one.figures.availability, one.figures.coverage): one for one in found}
        found = list(distinct.values())
    if len(found) > 1 and len({row.assessment for row in rows}) == 1:
        leaves = _merged((leaf for row in rows for leaf in row.leaves), question.weight)
        found.append(_standing(past, _Row("", "", None, leaves, rows[0].assessment)))
    return tuple(found)


class _Past:
    """What all rows share: one assessment for each policy."""

    def __init__(self, inventory: Inventory, ledger: Ledger, question: Question) -> None:
        self.inventory, self.ledger, self.question = inventory, ledger, question
        self.needed = parse_aggregate(question.aggregate)
        self._assessments: dict[Policy, Assessment] = {}

    def under(self, policy: Policy) -> Assessment:
        """The assessment under a policy."""
        if policy not in self._assessments:
            period = self.question.period
            end = max(period.start, min(period.end, self.question.now))
            self._assessments[policy] = Assessment(self.inventory, self.ledger, period, end, policy)
        return self._assessments[policy]


def _merged(leaves: Iterable[_Leaf], by: WeightBy) -> tuple[_Leaf, ...]:
    """Each object once, however many communes use it; people add up."""
    merged: dict[tuple[str, Scope], _Leaf] = {}
    for leaf in leaves:
        known = merged.get((leaf.object, leaf.scope))
        more = known.weight if known and by is WeightBy.POPULATION else 0
        merged[leaf.object, leaf.scope] = replace(leaf, weight=leaf.weight + more)
    return tuple(merged.values())


def _rows(past: _Past) -> Iterator[_Row]:
    question = past.question
    names = [commune.name for commune in chosen_communes(past.inventory, question.communes)]
    if question.by is By.CONTRACT:
        for contract in past.inventory.contracts.values():
            row = _contract_row(past.under(parse_policy(contract.policy)), contract, names, question.weight)
            if row.leaves:
                yield row
        return
    for name in names:
        yield from _ROWS_OF[question.by](past.under(PRESETS["contract"]), name, question.weight)


def _contract_row(assessment: Assessment, contract: Contract, communes: Sequence[str], by: WeightBy) -> _Row:
    hours = assessment.hours(contract)
    leaves = [
        _service_leaf(assessment, service, commune, hours, by)
        for commune in communes
        if covers(contract, commune)
        for service in assessment.inventory.services.values()
        if promised(contract, service, commune)
    ]
    return _Row(contract.id, contract.name, contract, _merged(leaves, by), assessment)


def _commune_rows(assessment: Assessment, commune: str, by: WeightBy) -> Iterator[_Row]:
    inventory = assessment.inventory
    contract = contract_of(inventory, commune, assessment.period)
    hours = assessment.hours(contract)
    services = [service for service in inventory.services.values() if uses(service, commune)]
    leaves = tuple(_service_leaf(assessment, service, commune, hours, by) for service in services)
    insee = next(one.insee for one in inventory.communes.values() if one.name == commune)
    yield _Row(insee, commune, contract, leaves, assessment)


def _service_rows(assessment: Assessment, commune: str, by: WeightBy) -> Iterator[_Row]:
    contract = contract_of(assessment.inventory, commune, assessment.period)
    hours = assessment.hours(contract)
    for service in assessment.inventory.services.values():
        if uses(service, commune):
            leaf = _service_leaf(assessment, service, commune, hours, by)
            yield _Row(service.id, service.name, contract, (leaf,), assessment)


def _site_rows(assessment: Assessment, commune: str, by: WeightBy) -> Iterator[_Row]:
    hours = assessment.hours(contract_of(assessment.inventory, commune, assessment.period))
    for site in assessment.inventory.sites.values():
        if site.commune == commune:
            nodes = [node for node in assessment.nodes_of.get(site.id, ()) if assessment.checks_of.get(node)]
            loose = [check.id for check in assessment.loose_checks_of.get(site.id, ())]
            leaves = tuple(_device_leaf(assessment, one, commune, hours, by) for one in (*nodes, *loose))
            yield _Row(site.id, f"{commune} · {site.name}", None, leaves, assessment)


def _node_rows(assessment: Assessment, commune: str, by: WeightBy) -> Iterator[_Row]:
    inventory = assessment.inventory
    hours = assessment.hours(contract_of(inventory, commune, assessment.period))
    for node in inventory.nodes.values():
        site = inventory.sites.get(node.site)
        if site and site.commune == commune:
            leaf = _device_leaf(assessment, node.id, commune, hours, by)
            yield _Row(node.id, node.name, None, (leaf,), assessment)


_ROWS_OF: dict[By, Callable[[Assessment, str, WeightBy], Iterator[_Row]]] = {
    By.COMMUNE: _commune_rows,
    By.SERVICE: _service_rows,
    By.SITE: _site_rows,
    By.NODE: _node_rows,
}


def _service_leaf(assessment: Assessment, service: Service, commune: str, hours: Set, by: WeightBy) -> _Leaf:
    inventory = assessment.inventory
    weight = assessment.ledger.weight(service.id)
    if by is WeightBy.NODES:
        named = references_of(service)
        nodes = {name if name in inventory.nodes else inventory.checks[name].node for name in named}
        weight = max(1, len(nodes - {""}))
    elif by is WeightBy.POPULATION:
        weight = _people(inventory, [commune])
    return _Leaf(service.id, assessment.scope(service.id, commune, hours), weight)


def _device_leaf(assessment: Assessment, object_id: str, commune: str, hours: Set, by: WeightBy) -> _Leaf:
    weight = assessment.ledger.weight(object_id) if by is WeightBy.USERS else 1
    if by is WeightBy.POPULATION:
        weight = _people(assessment.inventory, [commune])
    return _Leaf(object_id, assessment.scope(object_id, None, hours), weight)


def _people(inventory: Inventory, communes: Iterable[str]) -> int:
    names = set(communes)
    return max(1, sum(commune.population for commune in inventory.communes.values() if commune.name in names))


def _standing(past: _Past, row: _Row) -> Standing:
    measured, beside = _together(row, past.needed, row.assessment), past.question.beside
    figures = measured.figures()
    objective = row.contract.objective if row.contract else None
    budget = None
    if objective is not None and row.leaves and past.needed is None:
        to_come = row.assessment.to_come([(leaf.scope, leaf.weight) for leaf in row.leaves])
        budget = budget_of(measured.measured, objective, to_come, sum(leaf.weight for leaf in row.leaves))
    other = _together(row, past.needed, past.under(beside)).figures() if beside else None
    verdict = judge(figures, objective)
    return Standing(row.id, row.name, objective, row.assessment.policy, figures, verdict, budget, other)


def _together(row: _Row, needed: Needed | None, assessment: Assessment) -> Measure:
    if needed is None or not row.leaves:
        return weighted((assessment.measure(leaf.object, leaf.scope), leaf.weight) for leaf in row.leaves)
    start, end = assessment.start, assessment.end
    members = [in_scope(assessment.timeline(leaf.object), leaf.scope, start, end) for leaf in row.leaves]
    return vote(members, needed, start, end, assessment.policy)
