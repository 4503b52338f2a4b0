"""A report with its contracts settled."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from netmon.contracts import Event
from netmon.model import ContractReport, Inventory, Report
from netmon.sla.contract.account import NO_FACTS, Facts
from netmon.sla.contract.document import contract_document
from netmon.sla.contract.settle import settle


def with_contracts(report: Report, inventory: Inventory, events: Sequence[Event], facts: Facts = NO_FACTS) -> Report:
    """The report with every contract that holds in its period, settled when it was generated. ``events`` reach back to
    ``settle.needed_since``. The digest then also tells what contracts and people said.

    Raises:
        UsageError: as ``settle``.
    """
    contracts = settle(inventory, events, report.period, generated=report.generated, facts=facts)
    return replace(report, contracts=contracts, digest=_digest(report.digest, contracts, facts))


def _digest(digest: str, contracts: Sequence[ContractReport], facts: Facts) -> str:
    """That of the report, of each contract as agreed and as settled, and of what people recorded."""
    fingerprint = hashlib.sha256(digest.encode())
    for each in contracts:
        fingerprint.update(f"{each.contract!r}\n".encode())
        fingerprint.update(json.dumps(contract_document(each, str), ensure_ascii=False).encode() + b"\n")
    for told in (*facts.steps, *facts.attributions):
        fingerprint.update(f"{told!r}\n".encode())
    return fingerprint.hexdigest()
