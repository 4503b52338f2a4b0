"""Contracts and their calendars as configuration files."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from netmon.clock import DAY, Millis, to_datetime
from netmon.model import Contract, DayCalendar, Guarantee, Penalties, PenaltyRule, ScopeLine, WorksRules
from netmon.simulation.calendars import CLOSURES, ZONE_A
from netmon.simulation.yamltext import Value, document, duration

_ZONE = ZoneInfo("Europe/Paris")
Record = dict[str, Value]


def calendars() -> str:
    """The file of calendars."""
    head = (
        "Calendars: days that the hours of contracts name. from, to: the days a calendar knows about.",
        "The school holidays are those published; the closures are made up.",
    )
    return document(head, "calendars", [_calendar(calendar) for calendar in (ZONE_A, CLOSURES)])


def contracts(agreed: Iterable[Contract]) -> str:
    """The file of contracts."""
    head = (
        "Contracts: what was promised, for what, when it counts and what follows. objective: percent of the time.",
        "All of them, and the amounts, are made up. docs/contracts.md says how each figure is computed.",
    )
    return document(head, "contracts", [_contract(contract) for contract in agreed])


def _calendar(calendar: DayCalendar) -> Record:
    record: Record = {"id": calendar.id, "name": calendar.name}
    if calendar.start and calendar.end:
        record |= {"from": str(calendar.start), "to": str(calendar.end)}
    record["days"] = [_days(first, last) for first, last in calendar.days]
    return record | ({"source": calendar.source} if calendar.source else {})


def _days(first: dt.date, last: dt.date) -> str:
    return str(first) if first == last else f"{first}..{last}"


def _contract(contract: Contract) -> Record:
    record: Record = {"id": contract.id, "name": contract.name}
    if contract.kind != "commitment":
        record["kind"] = contract.kind
    record |= {"provider": contract.provider, "customer": contract.customer}
    record |= _dates(contract.start, contract.end)
    record["objective"] = _percent(contract.objective)
    if contract.objectives:
        record["objectives"] = {family: _percent(ratio) for family, ratio in contract.objectives}
    record["communes"] = contract.communes or "*"
    if contract.families:
        record["families"] = contract.families
    if contract.scope:
        record["scope"] = [_line(line) for line in contract.scope]
    return record | _hours(contract) | _rules(contract)


def _hours(contract: Contract) -> Record:
    record: Record = {}
    if contract.hours != "24/7":
        record["hours"] = contract.hours
    if contract.school:
        record["school_holidays"] = contract.school.id
    if contract.exceptions:
        record["exceptions"] = [{"calendar": each.calendar.id, "hours": each.hours} for each in contract.exceptions]
    return record


def _rules(contract: Contract) -> Record:
    record: Record = {}
    if contract.works != WorksRules():
        record["maintenance"] = _works(contract.works)
    if contract.excluded:
        record["excluded"] = [party.value for party in contract.excluded]
    for key, guarantee in (("gti", contract.gti), ("gtr", contract.gtr)):
        if guarantee:
            record[key] = _guarantee(guarantee)
    if contract.ims is not None:
        record["ims"] = duration(contract.ims)
    if contract.penalties:
        record["penalties"] = _penalties(contract.penalties)
    return record


def _line(line: ScopeLine) -> Record:
    record: Record = dict(_dates(line.start, line.end))
    record |= {key: value for key in ("communes", "families", "services", "sites", "nodes", "roles")
               if (value := getattr(line, key))}  # fmt: skip
    return record | ({"text": line.text} if line.text else {})


def _dates(start: Millis | None, end: Millis | None) -> Mapping[str, Value]:
    days = {"from": start, "to": None if end is None else end - DAY // 2}
    return {key: str(to_datetime(at, _ZONE).date()) for key, at in days.items() if at is not None}


def _works(works: WorksRules) -> Record:
    record: Record = {"notice": duration(works.notice)} if works.notice else {}
    if works.allowed != "24/7":
        record["allowed"] = works.allowed
    return record | ({"cap": duration(works.cap), "per": works.per} if works.cap else {})


def _guarantee(guarantee: Guarantee) -> Record:
    record: Record = {"within": duration(guarantee.limit)}
    return record | ({"hours": guarantee.hours} if guarantee.hours else {})


def _penalties(penalties: Penalties) -> Record:
    record: Record = {"rules": [_rule(rule) for rule in penalties.rules]}
    if penalties.period_amount is not None:
        record["period_amount"] = _euros(penalties.period_amount)
    if penalties.franchise:
        record["franchise"] = _euros(penalties.franchise)
    if penalties.cap is not None:
        record["cap"] = _share(penalties.cap)
    return record | ({"waiver": _euros(penalties.waiver)} if penalties.waiver else {})


def _rule(rule: PenaltyRule) -> Record:
    record: Record = {"per": rule.per}
    if rule.per in {"started_hour", "started_day", "incident"}:
        record["clock"] = rule.clock
    if rule.amount is not None:
        record["amount"] = _euros(rule.amount)
    if rule.share is not None:
        record["share"] = _share(rule.share)
    return record | {key: True for key in ("elapsed", "complete") if getattr(rule, key)}


def _euros(cents: int) -> int | str:
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d}" if rest else whole


def _share(share: Fraction) -> str:
    percent = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return f"{percent.normalize():f} %"


def _percent(ratio: float) -> float:
    return round(ratio * 100, 4)
