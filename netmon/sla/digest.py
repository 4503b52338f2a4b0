"""The fingerprint of a report's inputs: the same inputs give the same report, and another fingerprint other inputs."""

import hashlib
import json
from collections.abc import Collection, Iterator

from netmon.clock import Millis
from netmon.model import Inventory, Period
from netmon.sla.eventlog import format_event
from netmon.sla.ledger import Ledger

Question = tuple[Period, Millis, tuple[tuple[str, str], ...], list[str]]
"""What was asked: the period, its end so far, the policy's answers, the communes."""

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest(inventory: Inventory, ledger: Ledger, objects: Collection[str], question: Question) -> str:
    """SHA-256, hexadecimal, over one line for the question, one for each object as configured, one for each event that
    can matter to it. Neither secrets nor what events say about other objects or times take part."""
    period, end, policy, communes = question
    fingerprint = hashlib.sha256()
    for line in (
        _json([period.label, period.start, period.end, period.timezone, end, policy, communes]),
        *_configured(inventory, objects),
        *(format_event(event) for event in ledger.relevant(objects, period.start, end)),
    ):
        fingerprint.update(line.encode() + b"\n")
    return fingerprint.hexdigest()


def configuration_digest(inventory: Inventory, objects: Collection[str]) -> str:
    """SHA-256, hexadecimal, of what was configured: the communes, the contracts with all their rules, the objects."""
    fingerprint = hashlib.sha256()
    for line in (
        *map(repr, inventory.communes.values()),
        *map(repr, inventory.contracts.values()),
        *_configured(inventory, objects),
    ):
        fingerprint.update(line.encode() + b"\n")
    return fingerprint.hexdigest()


def _configured(inventory: Inventory, objects: Collection[str]) -> Iterator[str]:
    for contract in inventory.contracts.values():
        yield _json(["contract", contract.id, contract.objective, contract.communes, contract.families, contract.hours])
    for object_id in sorted(objects):
        if object_id in inventory.services:
            service = inventory.services[object_id]
            yield _json(["service", service.id, service.family, service.communes, service.expression])
        elif object_id in inventory.nodes:
            yield _json(["node", object_id, inventory.nodes[object_id].site])
        elif object_id in inventory.checks:
            check = inventory.checks[object_id]
            yield _json(["check", check.id, check.node, check.site, check.interval])
        elif object_id in inventory.sites:
            yield _json(["site", object_id, inventory.sites[object_id].commune])
