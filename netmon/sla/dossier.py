"""A report with everything beside its figures: contracts settled, families, trend, budget, what people found.

``build_report`` says what was lived through in the period; here the rest is added, from the same events, folded once
for all stretches of time.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import (
    Budget,
    CommuneReport,
    Contract,
    ContractReport,
    FamilyFigures,
    Inventory,
    MonitorEvent,
    ObjectFigures,
    Period,
    Report,
    Service,
)
from netmon.sla.assess import references_of
from netmon.sla.contract.account import NO_FACTS, Account, Facts
from netmon.sla.contract.hours import CalendarEndsError
from netmon.sla.contract.scope import holds, restricted
from netmon.sla.contract.settle import needed_since, settled
from netmon.sla.digest import configuration_digest, digest
from netmon.sla.findings import notes
from netmon.sla.ledger import EVERYTHING
from netmon.sla.pertinent import told_of
from netmon.sla.report import build_report, contract_of, covers, objects_of, uses
from netmon.sla.stretches import Stretches, months_of, months_until, period_before


def compile_report(
    inventory: Inventory,
    events: Sequence[Event],
    period: Period,
    *,
    facts: Facts = NO_FACTS,
    policy_name: str = "contract",
    generated: Millis,
    version: str,
    communes: Sequence[str] | None = None,
) -> Report:
    """The report of ``communes`` (all when None), complete; ``contracts`` are settled as a whole in any case.

    ``events`` reach back to ``reaches_back``; what they do not tell of is not measured.

    Raises:
        UsageError: as ``build_report``, and as settling a contract does.
    """
    report = build_report(
        inventory, events, period, policy_name=policy_name, generated=generated, version=version, communes=communes,
        digested=False,
    )  # fmt: skip
    dossier = _Dossier(inventory, events, facts, report)
    parts = tuple(dossier.commune(part) for part in report.communes)
    promises = list(dossier.contracts())
    communes_told = [part.commune for part in parts]
    services = [each for each in inventory.services.values() if any(uses(each, one.name) for one in communes_told)]
    stretches = dossier.stretches
    return replace(
        report,
        communes=parts,
        digest=dossier.digest,
        configuration=configuration_digest(dossier.told, dossier.objects),
        contracts=tuple(settlement for _, settlement in promises),
        budget=_budget(promises, _shared(parts)),
        trend=tuple(stretches.together(services, communes_told, month) for month in stretches.months),
        before=stretches.before,
        previous=stretches.together(services, communes_told, stretches.before).availability,
        unsettled=dossier.unsettled,
    )


def reaches_back(inventory: Inventory, period: Period) -> Millis:
    """From when on events are needed."""
    first = min(period_before(period).start, months_until(period.end, period.timezone)[0].start)
    return min(first, needed_since(inventory.contracts.values(), period))


class _Dossier:
    """What is gathered beside ``report``. ``unsettled``: contracts that a calendar does not let settle, and why."""

    def __init__(self, inventory: Inventory, events: Sequence[Event], facts: Facts, report: Report) -> None:
        self.inventory, self.events, self.facts, self.report = inventory, events, facts, report
        self.period = report.period
        self.stretches = Stretches(inventory, events, facts, report)
        self.unsettled: dict[str, str] = {}

    def commune(self, part: CommuneReport) -> CommuneReport:
        """The commune's part, complete."""
        name = part.commune.name
        services = [each for each in self.inventory.services.values() if uses(each, name)]
        contract = contract_of(self.inventory, name, self.period)
        promises = list(self._promises(part))
        return replace(
            part,
            contracts=tuple(settlement for _, settlement in promises),
            families=tuple(self._families(services, name, self.period, contract)),
            public=tuple(self._public(services, name, contract)),
            trend=tuple(self.stretches.counted(name, services, month) for month in self.stretches.months),
            previous=self.stretches.counted(name, services, self.stretches.before).availability,
            budget=_budget(promises, part.contract),
            notes=tuple(notes(part.services, self.facts, self.stretches.over(self.period))),
            services=tuple(self._with_previous(item, name, contract) for item in part.services),
            unsettled=tuple(each.name for each in self._promised(name) if each.name in self.unsettled),
        )

    def contracts(self) -> Iterator[tuple[Account, ContractReport]]:
        """Every contract in force, settled as a whole."""
        for contract in self.inventory.contracts.values():
            yield from self._settled(contract, self.events, self.facts)

    @cached_property
    def objects(self) -> set[str]:
        """All that can change the report."""
        found: set[str] = set()
        for part in self.report.communes:
            found |= objects_of(self.stretches.folded, part.commune)
        return found

    @property
    def told(self) -> Inventory:
        """What was configured about this stretch of time."""
        span = self.stretches.span
        contracts = {name: told_of(each, span, span.start) for name, each in self.inventory.contracts.items()}
        return replace(self.inventory, contracts=contracts)

    @property
    def digest(self) -> str:
        """The fingerprint of all that took part, the months before the period and people's findings included."""
        span, names = self.stretches.span, [part.commune.name for part in self.report.communes]
        question = (span, self.stretches.until(self.period), self.report.policy, names)
        told = digest(self.inventory, self.stretches.folded.ledger, self.objects, question)
        lines = (told, *map(repr, self.facts.steps), *map(repr, self.facts.attributions))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def _promises(self, part: CommuneReport) -> Iterator[tuple[Account, ContractReport]]:
        """The commitments to the commune, each as far as it is about it. What all communes are promised together has
        a price only together."""
        name = part.commune.name
        objects = objects_of(self.stretches.folded, part.commune)
        events = [event for event in self.events if _is_about(event, objects)]
        facts = _facts_about(self.facts, objects)
        for contract in self._promised(name):
            mine = restricted(contract, (name,))
            if mine:
                alone = contract.communes == (name,)
                yield from self._settled(mine if alone else replace(mine, penalties=None), events, facts)

    def _promised(self, commune: str) -> Iterator[Contract]:
        for contract in self.inventory.contracts.values():
            if contract.kind == "commitment" and covers(contract, commune):
                yield contract

    def _settled(
        self, contract: Contract, events: Sequence[Event], facts: Facts
    ) -> Iterator[tuple[Account, ContractReport]]:
        """The contract's account, settled; nothing where it does not hold, or is about nothing."""
        if not holds(contract, self.period.start, self.period.end):
            return
        end = self.stretches.until(self.period)
        try:
            account = Account(contract, self.inventory, events, facts, self.period, end)
            settlement = settled(account, self.report.generated)
        except CalendarEndsError as error:
            self.unsettled[contract.name] = str(error)
            return
        if settlement.objects:
            yield account, settlement

    def _families(
        self, services: Iterable[Service], commune: str, stretch: Period, contract: Contract | None
    ) -> Iterator[FamilyFigures]:
        assessment = self.stretches.over(stretch)
        hours = assessment.hours(contract)
        groups: dict[str, list[Service]] = {}
        for service in services:
            groups.setdefault(service.family, []).append(service)
        own = dict(contract.objectives) if contract else {}
        for family, mine in sorted(groups.items()):
            objective = own.get(family, contract.objective) if contract else None
            figures = assessment.together(mine, commune, hours).figures()
            yield FamilyFigures(family, stretch, objective, len(mine), figures)

    def _public(self, services: Iterable[Service], commune: str, contract: Contract | None) -> Iterator[FamilyFigures]:
        """Month by month, without what rests on anything that stands on a sensitive site."""
        sensitive = {site.id for site in self.inventory.sites.values() if site.sensitive}
        shown = [service for service in services if sensitive.isdisjoint(self._sites(service))]
        for month in months_of(self.period):
            yield from self._families(shown, commune, month, contract)

    def _sites(self, service: Service) -> Iterator[str]:
        for name in references_of(service):
            check, node = self.inventory.checks.get(name), self.inventory.nodes.get(name)
            if check:
                yield check.site
                node = self.inventory.nodes.get(check.node)
            if node:
                yield node.site

    def _with_previous(self, item: ObjectFigures, commune: str, contract: Contract | None) -> ObjectFigures:
        assessment = self.stretches.over(self.stretches.before)
        try:
            hours = assessment.hours(contract)
        except CalendarEndsError:
            return item
        service = self.inventory.services[item.id]
        return replace(item, previous=assessment.service(service, commune, hours).figures().availability)


def _shared(parts: Iterable[CommuneReport]) -> str:
    """The main contract of all communes, where they share one."""
    names = {part.contract for part in parts}
    return names.pop() if len(names) == 1 else ""


def _budget(promises: Iterable[tuple[Account, ContractReport]], contract: str) -> Budget | None:
    return next(
        (account.books(account.period).budget() for account, _ in promises if account.contract.id == contract), None
    )


def _is_about(event: Event, objects: Collection[str]) -> bool:
    return isinstance(event, MonitorEvent) or event.object == EVERYTHING or event.object in objects


def _facts_about(facts: Facts, objects: Collection[str]) -> Facts:
    """What was recorded about the objects; incidents of theirs without what else they were about."""
    mine = {step.incident for step in facts.steps if step.object in objects}
    return Facts(
        tuple(
            step if step.object in objects else replace(step, object="")
            for step in facts.steps
            if step.incident in mine
        ),
        tuple(each for each in facts.attributions if each.object in objects),
    )
