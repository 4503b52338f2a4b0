"""The running figures of every contract, for the live gauges."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from netmon.clock import SECOND, Millis
from netmon.contracts import Event, SlaView
from netmon.model import Contract, Inventory, Period, Service
from netmon.sla.assess import Assessment
from netmon.sla.intervals import clip, difference, length
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

    "Still to come" is the rest of the month in which the services are in service and no maintenance is announced; the
    number of services is the sum of their weights. Negative: the objective is lost for this month.
    """
    ledger = Ledger(events)
    month = month_of(now, timezone)
    views: list[SlaView] = []
    for contract in inventory.contracts.values():
        assessment = Assessment(inventory, ledger, month.start, now, parse_policy(contract.policy))
        for commune in inventory.communes.values():
            services = [service for service in inventory.services.values() if promised(contract, service, commune.name)]
            if services and covers(contract, commune.name):
                views.append(_view(assessment, contract, commune.name, services, month))
    return tuple(views)


def promised(contract: Contract, service: Service, commune: str) -> bool:
    """Whether the service is one the contract is about, for that commune."""
    return uses(service, commune) and (not contract.families or service.family in contract.families)


def _view(
    assessment: Assessment, contract: Contract, commune: str, services: Sequence[Service], month: Period
) -> SlaView:
    figures = assessment.together(services, commune).figures()
    weights = sum(assessment.ledger.weight(service.id) for service in services)
    to_come = sum(_to_come(assessment, service, commune, month) for service in services)
    allowed = (1 - Fraction(repr(contract.objective))) * (figures.eligible + to_come)
    return SlaView(
        contract=contract.id,
        commune=commune,
        period=month.label,
        objective=contract.objective,
        availability=figures.availability.ratio,
        low=figures.low.ratio,
        high=figures.high.ratio,
        coverage=figures.coverage.ratio,
        budget_seconds=float((allowed - figures.unavailable) / weights / SECOND),
    )


def _to_come(assessment: Assessment, service: Service, commune: str, month: Period) -> Millis:
    ledger = assessment.ledger
    rest = clip(ledger.service(service.id, commune), assessment.end, month.end)
    if assessment.policy.maintenance == "excluded":
        rest = difference(rest, ledger.planned(service.id))
    return length(rest) * ledger.weight(service.id)
