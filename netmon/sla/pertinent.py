"""What of an inventory and of people's findings is about a stretch of time: a report rests on this and on nothing else.

What is configured today is not all about last October. A device that was not looked at before the end of a period, a
service that rests on such devices alone, a contract that holds at another time, a day of next year in a calendar, an
incident that began later: none of them is a matter of that period, and none changes its report.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from netmon.clock import DAY, Millis, to_datetime
from netmon.contracts import Event
from netmon.model import Contract, Correction, DayCalendar, IncidentStep, Inventory, Period, Transition
from netmon.sla.assess import references_of
from netmon.sla.contract.account import Facts
from netmon.sla.contract.incidents import handlings, settled_at
from netmon.sla.contract.scope import holds
from netmon.sla.period import zone_of

T = TypeVar("T")

_BEYOND = 62 * DAY
"""Of a calendar the days so long after the period matter too: the deadline of a clock that still runs lies there."""


def inventory_of(inventory: Inventory, events: Iterable[Event], since: Millis, end: Millis) -> Inventory:
    """What was watched before ``end``, as ``events`` tell, and the contracts of [since, end). Where nothing at all was
    watched yet, everything: a report then says of each object that nothing is known."""
    seen = {name for event in events if (name := _looked_at(event, end))}
    contracts = {name: each for name, each in inventory.contracts.items() if holds(each, since, end)}
    if seen.isdisjoint(inventory.checks):
        return replace(inventory, contracts=contracts)
    checks = {name: check for name, check in inventory.checks.items() if name in seen}
    standing = [check.node for check in inventory.checks.values()]
    nodes = _watched(inventory.nodes, standing, {check.node for check in checks.values()} | seen)
    standing = [*(check.site for check in inventory.checks.values()), *(node.site for node in inventory.nodes.values())]
    looked_at = {check.site for check in checks.values()} | {node.site for node in nodes.values()} | seen
    services = {
        name: service
        for name, service in inventory.services.items()
        if name in seen or any(part in checks or part in nodes for part in references_of(service))
    }
    sites = _watched(inventory.sites, standing, looked_at)
    return replace(inventory, sites=sites, nodes=nodes, checks=checks, services=services, contracts=contracts)


def facts_of_span(facts: Facts, since: Millis, end: Millis) -> Facts:
    """What was recorded of incidents that were open at some time of [since, end), also what came of them later; and the
    attributions of these and of that time."""
    by_incident: dict[str, list[IncidentStep]] = {}
    for step in facts.steps:
        by_incident.setdefault(step.incident, []).append(step)
    mine = {name for name, steps in by_incident.items() if _is_open(steps, since, end)}
    return Facts(
        tuple(step for step in facts.steps if step.incident in mine),
        tuple(
            each
            for each in facts.attributions
            if each.incident in mine or (each.start < end and (each.end is None or each.end > since))
        ),
    )


def told_of(contract: Contract, period: Period, since: Millis) -> Contract:
    """The contract with the days of its calendars that matter from ``since`` to the end of ``period``."""
    zone = zone_of(period.timezone)
    first, last = to_datetime(since, zone).date(), to_datetime(period.end + _BEYOND, zone).date()

    def cut(calendar: DayCalendar) -> DayCalendar:
        days = tuple(span for span in calendar.days if span[0] <= last and span[1] >= first)
        start = None if calendar.start is None else max(calendar.start, first)
        end = None if calendar.end is None else min(calendar.end, last)
        return replace(calendar, days=days, start=start, end=end)

    exceptions = tuple(replace(each, calendar=cut(each.calendar)) for each in contract.exceptions)
    return replace(contract, school=contract.school and cut(contract.school), exceptions=exceptions)


def _watched(things: Mapping[str, T], standing: Iterable[str], looked_at: Collection[str]) -> dict[str, T]:
    """Without those something is ``standing`` at, but nothing that was looked at."""
    late = set(standing).difference(looked_at)
    return {name: thing for name, thing in things.items() if name not in late}


def _looked_at(event: Event, end: Millis) -> str:
    """What the event tells of, if it says that somebody looked at it before ``end``."""
    if isinstance(event, Transition):
        return event.object if event.earliest < end else ""
    return event.object if isinstance(event, Correction) and event.start < end else ""


def _is_open(steps: Collection[IncidentStep], since: Millis, end: Millis) -> bool:
    """Whether any contract sees the incident open in [since, end), or ended there."""
    return min(step.at for step in steps) < end and any(
        closed is None or closed >= since for closed in _closings(steps)
    )


def _closings(steps: Collection[IncidentStep]) -> Iterator[Millis | None]:
    """When it ended, as each contract sees it: steps told under one are nothing to the others."""
    for contract in {step.contract for step in steps} | {""}:
        mine = [step for step in steps if step.contract in {"", contract}]
        yield from map(settled_at, handlings(mine))
