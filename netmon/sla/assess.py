"""Every object of an inventory, assessed over one period: what is folded once is shared by all that ask."""

from collections.abc import Iterable
from functools import cached_property
from typing import TypeVar

from netmon.clock import Millis
from netmon.expression import parse, references
from netmon.model import Check, Contract, Inventory, Period, Service
from netmon.sla.budget import ToCome
from netmon.sla.contract.hours import contract_hours
from netmon.sla.derive import node_timeline, service_timeline
from netmon.sla.figures import Measure, weighted
from netmon.sla.intervals import ALWAYS, Set, clip, difference, intersection
from netmon.sla.ledger import Ledger
from netmon.sla.partition import Frame, Scope, measure
from netmon.sla.policy import Policy
from netmon.sla.timeline import Timeline, marked

V = TypeVar("V")


class Assessment:
    """Timelines and measures of the objects of ``inventory`` over ``period``, as far as ``end``, under ``policy``.

    A maintenance window on a commune, site or node is inherited by the nodes and checks of it; on a service it is that
    service's alone. What works on checks and nodes do to a service is said in ``netmon.sla.derive``.
    """

    def __init__(self, inventory: Inventory, ledger: Ledger, period: Period, end: Millis, policy: Policy) -> None:
        self.inventory = inventory
        self.ledger = ledger
        self.period, self.policy = period, policy
        self.start, self.end = period.start, end
        self._hours: dict[tuple[object, ...], Set] = {}
        self._lines: dict[str, Timeline] = {}
        self._members: dict[str, Timeline] = {}
        self._frames: dict[Scope, Frame] = {}
        self._rests: dict[Scope, Set] = {}
        self._measures: dict[tuple[str, Scope], Measure] = {}

    def over(self, period: Period, end: Millis) -> "Assessment":
        """The same objects over another period, with all that was folded already: a timeline knows no period."""
        other = Assessment(self.inventory, self.ledger, period, end, self.policy)
        other._lines, other._members = self._lines, self._members
        return other

    def service(self, service: Service, commune: str | None = None, hours: Set = ALWAYS) -> Measure:
        """A service, as used by ``commune`` (None: by anybody), during ``hours``."""
        return self.measure(service.id, self.scope(service.id, commune, hours))

    def node(self, node_id: str, hours: Set = ALWAYS) -> Measure:
        """A node, combined from its checks."""
        return self.measure(node_id, self.scope(node_id, None, hours))

    def check(self, check_id: str, hours: Set = ALWAYS) -> Measure:
        """One check."""
        return self.measure(check_id, self.scope(check_id, None, hours))

    def scope(self, object_id: str, commune: str | None = None, hours: Set = ALWAYS) -> Scope:
        """When a check, node or service counts, as used by ``commune`` (None: by anybody), during ``hours``."""
        return Scope(self.ledger.service(object_id, commune), hours, self.planned(object_id))

    def site(self, site_id: str, hours: Set = ALWAYS) -> Measure:
        """What stands on a site, taken together by time: its nodes, and its checks that belong to no node."""
        nodes = [self.node(node_id, hours) for node_id in self.nodes_of.get(site_id, ()) if self.checks_of.get(node_id)]
        checks = [self.check(check.id, hours) for check in self.loose_checks_of.get(site_id, ())]
        return weighted((part, 1) for part in (*nodes, *checks))

    def together(self, services: Iterable[Service], commune: str | None, hours: Set = ALWAYS) -> Measure:
        """Several services taken together, each with its weight."""
        return weighted((self.service(service, commune, hours), self.ledger.weight(service.id)) for service in services)

    def hours(self, contract: Contract | None) -> Set:
        """The contract's service hours in the whole period; without a contract, always.

        Raises:
            UsageError: they are no opening hours, or a calendar says nothing about the period.
        """
        if contract is None:
            return ALWAYS
        key = (contract.hours, contract.school, contract.exceptions)
        if key not in self._hours:
            self._hours[key] = contract_hours(contract, self.period.timezone, self.start, self.period.end)
        return self._hours[key]

    def to_come(self, scopes: Iterable[tuple[Scope, int]]) -> ToCome:
        """What is still to come of the period for objects of these scopes and weights: the rest of it in service, in
        service hours, and with no maintenance announced that leaves the figure."""
        found: dict[Set, int] = {}
        for scope, weight in scopes:
            rest = self._rests.get(scope)
            if rest is None:
                rest = clip(intersection(scope.service, scope.hours), self.end, self.period.end)
                if self.policy.maintenance == "excluded":
                    rest = difference(rest, scope.planned)
                self._rests[scope] = rest
            found[rest] = found.get(rest, 0) + weight
        return ToCome(found, self.end, self.period.end)

    def planned(self, object_id: str) -> Set:
        """When an object was under maintenance, its own or inherited."""
        return self.ledger.planned(*self.above(object_id))

    def above(self, object_id: str) -> tuple[str, ...]:
        """The object itself and what it stands in, whose windows it inherits: its node, site and commune."""
        check, node = self.inventory.checks.get(object_id), self.inventory.nodes.get(object_id)
        if check is not None:
            node = self.inventory.nodes.get(check.node)
        site = self.inventory.sites.get(node.site) if node else None
        found = [object_id]
        found += [check.node, check.site, check.commune] if check else []
        found += [node.site, site.commune if site else ""] if node else []
        return tuple(dict.fromkeys(filter(None, found)))

    def timeline(self, object_id: str) -> Timeline:
        """The timeline of a check, node or service."""
        line = self._lines.get(object_id)
        if line is None:
            line = self._lines[object_id] = self._fold(object_id)
        return line

    @cached_property
    def checks_of(self) -> dict[str, list[Check]]:
        """The checks of each node."""
        return _grouped((check.node, check) for check in self.inventory.checks.values() if check.node)

    @cached_property
    def nodes_of(self) -> dict[str, list[str]]:
        """The nodes of each site."""
        return _grouped((node.site, node.id) for node in self.inventory.nodes.values())

    @cached_property
    def loose_checks_of(self) -> dict[str, list[Check]]:
        """The checks of each site that belong to no node."""
        checks = self.inventory.checks.values()
        return _grouped(
            (check.site, check) for check in checks if check.site and check.node not in self.inventory.nodes
        )

    def measure(self, object_id: str, scope: Scope) -> Measure:
        """A check, node or service within its scope."""
        known = self._measures.get((object_id, scope))
        if known is None:
            frame = self._frames.get(scope)
            if frame is None:
                frame = self._frames[scope] = Frame(scope, self.start, self.end, self.policy)
            known = self._measures[object_id, scope] = measure(self.timeline(object_id), frame, object_id)
        return known

    def _fold(self, object_id: str) -> Timeline:
        if object_id in self.inventory.services:
            line = service_timeline(parse(self.inventory.services[object_id].expression), self._member)
        elif object_id in self.inventory.nodes:
            checks = self.checks_of.get(object_id, ())
            agents = [check.collector == "snmp" for check in checks]
            line = node_timeline([self._member(check.id) for check in checks], agents)
        else:
            return self.ledger.timeline(object_id)
        return self.ledger.corrected(object_id, line)

    def _member(self, object_id: str) -> Timeline:
        line = self._members.get(object_id)
        if line is None:
            line = self._members[object_id] = marked(self.timeline(object_id), self.planned(object_id))
        return line


def references_of(service: Service) -> tuple[str, ...]:
    """The checks and nodes a service's expression names."""
    return references(parse(service.expression))


def _grouped(pairs: Iterable[tuple[str, V]]) -> dict[str, list[V]]:
    groups: dict[str, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
