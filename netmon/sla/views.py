"""The running figures of every contract, for the live gauges."""

from collections.abc import Iterable, Sequence

from netmon.clock import SECOND, Millis
from netmon.contracts import Event, SlaView
from netmon.model import Contract, Inventory, Service
from netmon.sla.assess import Assessment
from netmon.sla.budget import budget_of
from netmon.sla.ledger import Ledger
from netmon.sla.period import month_of
from netmon.sla.policy import parse_policy
from netmon.sla.report import covers, uses


def build_views(inventory: Inventory, events: Iterable[Event], *, now: Millis, timezone: str) -> tuple[SlaView, ...]:
    """One view per contract and commune it covers, over the civil month ``now`` is in, under the contract's policy.

    The figures are those of a report of that month generated now, over the services of the contract's families.

    The error budget is what is left of the month's allowance, in seconds of complete interruption (while one of ten
    services is down it shrinks by a tenth of a second each second):

        ((1 - objective) × (eligible so far + still to come) - unavailable so far) / number of services

    "Still to come" is the rest of the month in service, in service hours, and with no maintenance announced; the
    number of services is the sum of their weights. Negative: the objective is lost for this month.
    """
    ledger = Ledger(events)
    month = month_of(now, timezone)
    views: list[SlaView] = []
    for contract in inventory.contracts.values():
        assessment = Assessment(inventory, ledger, month, now, parse_policy(contract.policy))
        for commune in inventory.communes.values():
            services = [service for service in inventory.services.values() if promised(contract, service, commune.name)]
            if services and covers(contract, commune.name):
                views.append(_view(assessment, contract, commune.name, services))
    return tuple(views)


def promised(contract: Contract, service: Service, commune: str) -> bool:
    """Whether the service is one the contract is about, for that commune."""
    return uses(service, commune) and (not contract.families or service.family in contract.families)


def _view(assessment: Assessment, contract: Contract, commune: str, services: Sequence[Service]) -> SlaView:
    hours = assessment.hours(contract)
    measured = assessment.together(services, commune, hours)
    figures = measured.figures()
    weights = {service.id: assessment.ledger.weight(service.id) for service in services}
    scopes = [(assessment.scope(service.id, commune, hours), weights[service.id]) for service in services]
    budget = budget_of(measured.measured, contract.objective, assessment.to_come(scopes), sum(weights.values()))
    return SlaView(
        contract=contract.id,
        commune=commune,
        period=assessment.period.label,
        objective=contract.objective,
        availability=figures.availability.ratio,
        low=figures.low.ratio,
        high=figures.high.ratio,
        coverage=figures.coverage.ratio,
        budget_seconds=float(budget.left / SECOND),
    )
