"""A period's events as the ``Report`` value: what a report shows, complete; exporters only draw it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.model import (
    Commune,
    CommuneReport,
    Contract,
    Inventory,
    MaintenanceWindow,
    ObjectFigures,
    Period,
    Report,
    Service,
)
from netmon.sla.assess import Assessment, references_of
from netmon.sla.digest import digest
from netmon.sla.intervals import Set, normalise
from netmon.sla.ledger import Ledger
from netmon.sla.policy import parse_policy

EVERY_COMMUNE = "*"


def build_report(
    inventory: Inventory,
    events: Iterable[Event],
    period: Period,
    *,
    policy_name: str = "contract",
    generated: Millis,
    version: str,
    communes: Sequence[str] | None = None,
    digested: bool = True,
) -> Report:
    """Fold the events into the report of ``communes`` (all when None), in the inventory's order.

    What lies after ``generated`` has not happened yet: the figures of a period that is still running cover
    [start, generated). A commune's figures are those of the services it uses, taken together by time. The report's own
    are those of all services shown, each once, however many communes use it. Service hours are those of the contract
    of the commune; in the report's own figures, of any contract of the communes shown.

    ``events`` must hold, for each object, the last transition before the period. Those after it matter too: a change
    first seen after the end may have happened before it, which the bounds tell. Without ``digested`` the digest is left
    empty: it takes time, and a report of which more will be told gets another one.

    Raises:
        UsageError: no such commune or policy, with the nearest; a contract's hours are no opening hours.
    """
    policy = parse_policy(policy_name)
    chosen = chosen_communes(inventory, communes)
    ledger = Ledger(events)
    end = max(period.start, min(period.end, generated))
    assessment = Assessment(inventory, ledger, period, end, policy)
    parts = tuple(_commune(assessment, commune) for commune in chosen)
    services = [service for service in inventory.services.values() if any(uses(service, each.name) for each in chosen)]
    objects = {object_id for commune in chosen for object_id in objects_of(assessment, commune)}
    question = (period, end, policy.items(), [each.name for each in chosen])
    return Report(
        period=period,
        generated=generated,
        version=version,
        policy_name=policy_name,
        policy=policy.items(),
        resolution=max((inventory.checks[name].interval for name in objects & inventory.checks.keys()), default=0),
        digest=digest(inventory, ledger, objects, question) if digested else "",
        names=_names(inventory),
        figures=assessment.together(services, None, hours_together(assessment, chosen)).figures(),
        communes=parts,
    )


def uses(service: Service, commune: str) -> bool:
    """Whether the service is one of the commune's."""
    return EVERY_COMMUNE in service.communes or commune in service.communes


def contract_of(inventory: Inventory, commune: str, period: Period) -> Contract | None:
    """The main contract of the period: the first in force at some time of it that promises the commune something, one
    about all families before one about some; those between others say nothing to it. Of several about the same
    families, as an amendment makes them, the one that holds longest in the period."""
    promises = [
        contract
        for contract in inventory.contracts.values()
        if contract.kind == "commitment" and covers(contract, commune) and _held(contract, period) > 0
    ]
    promises.sort(key=lambda contract: bool(contract.families))
    same = [contract for contract in promises if contract.families == promises[0].families]
    return max(same, key=lambda contract: _held(contract, period), default=None)


def _held(contract: Contract, period: Period) -> Millis:
    """How long the contract is in force in the period."""
    start = period.start if contract.start is None else max(contract.start, period.start)
    end = period.end if contract.end is None else min(contract.end, period.end)
    return end - start


def covers(contract: Contract, commune: str) -> bool:
    """Whether the contract is about the commune."""
    return not contract.communes or EVERY_COMMUNE in contract.communes or commune in contract.communes


def chosen_communes(inventory: Inventory, names: Sequence[str] | None) -> list[Commune]:
    """The communes of these names, all when None, in the inventory's order.

    Raises:
        UsageError: no such commune, with the nearest.
    """
    if names is None:
        return list(inventory.communes.values())
    known = {commune.name: commune for commune in inventory.communes.values()}
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1, cutoff=0.5)
            raise UsageError(f"there is no commune '{name}'" + (f": did you mean '{close[0]}'?" if close else ""))
    return [commune for commune in known.values() if commune.name in names]


def _commune(assessment: Assessment, commune: Commune) -> CommuneReport:
    inventory = assessment.inventory
    contract = contract_of(inventory, commune.name, assessment.period)
    services = [service for service in inventory.services.values() if uses(service, commune.name)]
    sites = [site for site in inventory.sites.values() if site.commune == commune.name]
    hours = assessment.hours(contract)
    return CommuneReport(
        commune=commune,
        objective=contract.objective if contract else None,
        contract=contract.id if contract else "",
        figures=assessment.together(services, commune.name, hours).figures(),
        services=tuple(
            ObjectFigures(
                service.id,
                service.name,
                "service",
                service.family,
                assessment.service(service, commune.name, hours).figures(),
            )
            for service in services
        ),
        sites=tuple(
            ObjectFigures(site.id, site.name, "site", site.kind, assessment.site(site.id, hours).figures())
            for site in sites
        ),
        planned=_planned(assessment, objects_of(assessment, commune)),
    )


def hours_together(assessment: Assessment, communes: Iterable[Commune]) -> Set:
    """The hours of any contract of the communes in force in the assessment's period."""
    contracts = [contract_of(assessment.inventory, commune.name, assessment.period) for commune in communes]
    together = {assessment.hours(contract) for contract in contracts}
    return normalise(span for hours in together for span in hours)


def objects_of(assessment: Assessment, commune: Commune) -> set[str]:
    """All that can change the commune's part: services, sites, nodes, checks, and what services elsewhere rest on."""
    inventory = assessment.inventory
    found: set[str] = set()
    for site in inventory.sites.values():
        if site.commune == commune.name:
            found |= {site.id, *assessment.nodes_of.get(site.id, ())}
            found |= {check.id for check in assessment.loose_checks_of.get(site.id, ())}
    for service in inventory.services.values():
        if uses(service, commune.name):
            found |= {service.id, *references_of(service)}
    for node_id in found & inventory.nodes.keys():
        found |= {inventory.nodes[node_id].site, *(check.id for check in assessment.checks_of.get(node_id, ()))}
    for check_id in found & inventory.checks.keys():
        found |= {name for name in (inventory.checks[check_id].node, inventory.checks[check_id].site) if name}
    return found


def _planned(assessment: Assessment, objects: Collection[str]) -> tuple[MaintenanceWindow, ...]:
    ledger = assessment.ledger
    windows = [*ledger.everywhere, *(window for object_id in objects for window in ledger.windows(object_id))]
    touching = {
        window
        for window in windows
        if window.start < assessment.end and (window.end is None or window.end > assessment.start)
    }
    return tuple(sorted(touching, key=lambda window: (window.start, window.object, window.text)))


def _names(inventory: Inventory) -> Mapping[str, str]:
    """What people call things; a device with the site it stands at, for its own name says little to most."""
    names = {check.id: check.name if not check.node else check.id for check in inventory.checks.values()}
    for named in (inventory.sites, inventory.services, inventory.contracts):
        names |= {object_id: thing.name for object_id, thing in named.items()}
    for node in inventory.nodes.values():
        site = inventory.sites.get(node.site)
        names[node.id] = f"{node.name} ({site.name})" if site else node.name
    return names
