"""A report with its contracts settled."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import ContractReport, Inventory, Report
from netmon.sla.contract.account import NO_FACTS, Account, Facts
from netmon.sla.contract.document import contract_document
from netmon.sla.contract.settle import accounts_of, settled
from netmon.sla.report import covers


def with_contracts(report: Report, inventory: Inventory, events: Sequence[Event], facts: Facts = NO_FACTS) -> Report:
    """The report with every contract that holds in its period, settled when it was generated; and each commune's part
    with the commitments to it, as far as they are about it. ``events`` reach back to ``settle.needed_since``. The
    digest then also tells what contracts and people said.

    Raises:
        UsageError: a contract's hours, policy or aggregate cannot be read, or a calendar says nothing about the period.
    """
    accounts = accounts_of(inventory, events, report.period, generated=report.generated, facts=facts)
    contracts = tuple(settled(account, report.generated) for account in accounts)
    promises = [account for account in accounts if account.contract.kind == "commitment"]
    communes = tuple(
        replace(part, commitments=tuple(_restricted(promises, part.commune.name, report.generated)))
        for part in report.communes
    )
    return replace(report, contracts=contracts, communes=communes, digest=_digest(report.digest, contracts, facts))


def _restricted(accounts: Sequence[Account], commune: str, generated: Millis) -> Iterator[ContractReport]:
    for account in accounts:
        part = account.restricted((commune,)) if covers(account.contract, commune) else None
        if part and part.books(part.period).scope:
            yield settled(part, generated)


def _digest(digest: str, contracts: Sequence[ContractReport], facts: Facts) -> str:
    """That of the report, of each contract as agreed and as settled, and of what people recorded."""
    fingerprint = hashlib.sha256(digest.encode())
    for each in contracts:
        fingerprint.update(f"{each.contract!r}\n".encode())
        fingerprint.update(json.dumps(contract_document(each, str), ensure_ascii=False).encode() + b"\n")
    for told in (*facts.steps, *facts.attributions):
        fingerprint.update(f"{told!r}\n".encode())
    return fingerprint.hexdigest()
