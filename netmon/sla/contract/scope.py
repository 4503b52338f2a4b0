"""Which objects a contract is about, and when: scope lines with their effective dates, and memberships."""

from collections.abc import Iterator
from dataclasses import replace

from netmon.clock import Millis
from netmon.model import Contract, Inventory, ScopeLine
from netmon.sla.assess import Assessment, references_of
from netmon.sla.intervals import FIRST, LAST, Set, clip, intersection, normalise, union
from netmon.sla.ledger import Ledger
from netmon.sla.report import uses


def objects_in_scope(
    contract: Contract, inventory: Inventory, ledger: Ledger, start: Millis, end: Millis
) -> dict[str, Set]:
    """Services and nodes some line selects at some time of [start, end), each with when it counts for the contract.

    An object counts while a line selects it, the contract holds, and it is in service for a commune of that line. Two
    contracts, one from the day the other ends, share every instant out between them.
    """
    span = clip(((_or(contract.start, FIRST), _or(contract.end, LAST)),), start, end)
    found: dict[str, Set] = {}
    for line in lines_of(contract):
        window = intersection(span, normalise([(_or(line.start, FIRST), _or(line.end, LAST))]))
        for object_id in _selected(line, inventory) if window else ():
            when = intersection(window, _in_service(object_id, line, inventory, ledger))
            found[object_id] = union(found.get(object_id, ()), when)
    return {object_id: when for object_id, when in found.items() if when}


def lines_of(contract: Contract) -> tuple[ScopeLine, ...]:
    """The contract's lines; without any, one of its communes and families. A line's communes are the contract's where
    it names none."""
    if not contract.scope:
        return (ScopeLine(communes=contract.communes, families=contract.families),)
    return tuple(replace(line, communes=line.communes or contract.communes) for line in contract.scope)


def holds(contract: Contract, start: Millis, end: Millis) -> bool:
    """Whether the contract holds at some time of [start, end)."""
    return _or(contract.start, FIRST) < end and start < _or(contract.end, LAST)


def restricted(contract: Contract, communes: tuple[str, ...]) -> Contract | None:
    """The contract as far as it is about some communes; None: not at all."""
    lines = [
        replace(line, communes=tuple(name for name in communes if not line.communes or name in line.communes))
        for line in contract.scope
    ]
    kept = tuple(line for line in lines if line.communes)
    return None if lines and not kept else replace(contract, communes=communes, scope=kept)


def closure(object_id: str, assessment: Assessment) -> set[str]:
    """Everything the object rests on, itself included: what an incident, a correction or works on it can be about."""
    inventory = assessment.inventory
    found = {object_id}
    if object_id in inventory.services:
        found.update(references_of(inventory.services[object_id]))
    for node_id in found & inventory.nodes.keys():
        found.update(check.id for check in assessment.checks_of.get(node_id, ()))
    for check_id in found & inventory.checks.keys():
        check = inventory.checks[check_id]
        found.update(name for name in (check.node, check.site) if name)
    found.update([inventory.nodes[node_id].site for node_id in found & inventory.nodes.keys()])
    return found


def _selected(line: ScopeLine, inventory: Inventory) -> Iterator[str]:
    if line.about_nodes:
        for node in inventory.nodes.values():
            site = inventory.sites.get(node.site)
            if (
                _among(node.id, line.nodes)
                and _among(node.site, line.sites)
                and _among(node.role.value, line.roles)
                and _among(site.commune if site else "", line.communes)
            ):
                yield node.id
        return
    for service in inventory.services.values():
        named = _among(service.id, line.services) and _among(service.family, line.families)
        if named and (not line.communes or any(uses(service, commune) for commune in line.communes)):
            yield service.id


def _in_service(object_id: str, line: ScopeLine, inventory: Inventory, ledger: Ledger) -> Set:
    service = inventory.services.get(object_id)
    if service is None or not line.communes:
        return ledger.service(object_id)
    mine = [ledger.service(object_id, commune) for commune in line.communes if uses(service, commune)]
    return normalise(span for when in mine for span in when)


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


def _or(instant: Millis | None, otherwise: Millis) -> Millis:
    return otherwise if instant is None else instant
