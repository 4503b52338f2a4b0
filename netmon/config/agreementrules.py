"""What no key of a contract or calendar can tell alone: keys that exclude or need each other."""

from collections.abc import Iterator

from netmon.clock import DAY
from netmon.config.agreedkinds import SOME_DAY
from netmon.config.agreements import CalendarEntry, ContractEntry, PenaltiesEntry, PenaltyEntry, ScopeEntry
from netmon.config.source import Location
from netmon.errors import UsageError
from netmon.model import HoursException
from netmon.sla.calendar import names_school_holidays, service_hours
from netmon.sla.contract.hours import written_out

Wrong = tuple[Location, str]
"""Where within the entry, and what was expected."""


def wrong_calendar(entry: CalendarEntry) -> Iterator[Wrong]:
    """What is wrong with a calendar as a whole."""
    if entry.start and entry.end and entry.start > entry.end:
        yield ("to",), "expected a day not before 'from'"
    for index, (first, last) in enumerate(entry.days):
        if (entry.start and first < entry.start) or (entry.end and last > entry.end):
            yield ("days", index), "lies outside the days the calendar knows about ('from', 'to')"


def wrong_contract(entry: ContractEntry) -> Iterator[Wrong]:
    """What is wrong with a contract as a whole."""
    if entry.start is not None and entry.end is not None and entry.start >= entry.end:
        yield ("to",), "expected a day not before 'from'"
    if entry.families and entry.scope:
        yield ("families",), "the scope lines say what is covered: name the families there"
    for index, line in enumerate(entry.scope):
        for key, message in _wrong_line(line):
            yield ("scope", index, key), message
    yield from _wrong_hours(entry)
    if entry.penalties:
        for location, message in _wrong_penalties(entry, entry.penalties):
            yield ("penalties", *location), message


def _wrong_hours(entry: ContractEntry) -> Iterator[Wrong]:
    for where, text in _hours(entry):
        if names_school_holidays(text) and entry.school_holidays is None:
            yield where, "names SH, but 'school_holidays' names no calendar"
    for index, exception in enumerate(entry.exceptions):
        if names_school_holidays(exception.hours):
            yield ("exceptions", index, "hours"), "SH has no place in an exception: give the calendar one of its own"
        elif wrong := _wrong_exception(entry.hours, exception.hours):
            yield ("exceptions", index, "hours"), wrong


def _wrong_exception(hours: str, instead: str) -> str:
    """Why hours cannot stand for single days of a calendar; empty: they can."""
    try:
        dated = written_out(hours, SOME_DAY, [HoursException(SOME_DAY, instead)])
    except UsageError as error:
        return str(error)
    try:
        service_hours(dated, "UTC", 0, DAY)
    except UsageError:
        return "expected hours that can stand for single days, such as off or Mo-Fr 10:00-12:00"
    return ""


def _wrong_line(line: ScopeEntry) -> Iterator[tuple[str, str]]:
    if line.start is not None and line.end is not None and line.start >= line.end:
        yield "to", "expected a day not before 'from'"
    about_nodes = [key for key in ("sites", "nodes", "roles") if getattr(line, key)]
    about_services = [key for key in ("families", "services") if getattr(line, key)]
    if about_nodes and about_services:
        message = f"a line is about services ({', '.join(about_services)}) or about nodes: make it two lines"
        yield about_nodes[0], message


def _hours(entry: ContractEntry) -> Iterator[tuple[Location, str]]:
    yield ("hours",), entry.hours
    yield ("maintenance", "allowed"), entry.maintenance.allowed
    if entry.gti and entry.gti.hours:
        yield ("gti", "hours"), entry.gti.hours
    if entry.gtr and entry.gtr.hours:
        yield ("gtr", "hours"), entry.gtr.hours


def _wrong_penalties(entry: ContractEntry, penalties: PenaltiesEntry) -> Iterator[Wrong]:
    if penalties.cap is not None and penalties.period_amount is None:
        yield ("cap",), "is a share of 'period_amount', which is not given"
    for index, rule in enumerate(penalties.rules):
        for key, message in _wrong_rule(entry, penalties, rule):
            yield ("rules", index, key), message


def _wrong_rule(entry: ContractEntry, penalties: PenaltiesEntry, rule: PenaltyEntry) -> Iterator[tuple[str, str]]:
    if (rule.amount is None) == (rule.share is None):
        yield "amount", "expected either 'amount' or 'share'"
    if rule.share is not None and penalties.period_amount is None:
        yield "share", "is a share of 'period_amount', which is not given"
    if rule.per in {"started_hour", "started_day", "incident"} and getattr(entry, rule.clock) is None:
        yield "clock", f"the contract guarantees no '{rule.clock}'"
    if rule.per == "ims" and entry.ims is None:
        yield "per", "the contract has no 'ims'"
