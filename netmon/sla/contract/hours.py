"""Service hours of a contract: opening hours with school holidays (``SH``) and days of own calendars.

opening-hours-py knows French public holidays (``PH``), and takes ``SH`` for a day that never comes. So ``SH`` and the
exceptions are written out as dates before it reads the text: ``SH off`` becomes ``2026 Oct 17-2026 Nov 01 off``.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

from netmon.clock import DAY, Millis, to_datetime
from netmon.errors import UsageError
from netmon.model import Contract, DayCalendar, HoursException
from netmon.sla.calendar import SCHOOL_HOLIDAYS, names_school_holidays, service_hours
from netmon.sla.intervals import Set
from netmon.sla.period import midnight, zone_of

_MARGIN = dt.timedelta(days=3)
_DAYS = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_SELECTOR = rf"(?:PH|SH|{_DAYS}(?:-{_DAYS})?)"
_RULE = re.compile(rf"\s*({_SELECTOR}(?:\s*,\s*{_SELECTOR})*)(?=\s|$)(.*)", re.DOTALL)
_SEMICOLON = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_ADDED = re.compile(r",\s+[A-Za-z]|\|\|")
"""Where a rule goes on with another one, to which dates before the first do not reach."""
_WHOLE_DAY = re.compile(r"24/7(?!\S)")
_CLOSED = "off"

_Dates = tuple[dt.date, dt.date]


class CalendarEndsError(UsageError):
    """A calendar does not say what days are in the period asked for."""


def contract_hours(contract: Contract, timezone: str, start: Millis, end: Millis, hours: str = "") -> Set:
    """The covered hours inside [start, end): the contract's own with its exceptions, or the ``hours`` of a guarantee.

    Raises:
        CalendarEndsError: a calendar it needs says nothing about part of the period.
        UsageError: no opening hours, no such zone, or a period outside the calendar.
    """
    if start >= end:
        return ()
    zone = zone_of(timezone)
    first, last = to_datetime(start, zone).date(), to_datetime(end - 1, zone).date()
    exceptions = () if hours else contract.exceptions
    text = hours or contract.hours
    school = contract.school if names_school_holidays(text) else None
    for calendar in (school, *(each.calendar for each in exceptions)):
        if calendar is not None:
            _refuse_outside(calendar, first, last)
    return service_hours(written_out(text, school, exceptions, (first - _MARGIN, last + _MARGIN)), timezone, start, end)


def written_out(
    text: str, school: DayCalendar | None, exceptions: Sequence[HoursException] = (), within: _Dates | None = None
) -> str:
    """The text with ``SH`` and the exceptions as dates; ``within``: only days of it matter.

    Raises:
        UsageError: ``SH`` stands where it cannot be written out, or nothing says what it is; or hours of an exception
            are several rules not set apart by ``;``.
    """
    rules = list(_with_school(text, school, within))
    for exception in exceptions:
        dates = _dates(exception.calendar, within)
        if dates:
            rules.append(f"{dates} {_CLOSED}")
            rules += [f"{dates} {rule}" for rule in _timed_rules(exception.hours)]
    return "; ".join(rules) or _CLOSED


def _with_school(text: str, school: DayCalendar | None, within: _Dates | None) -> Iterator[str]:
    for rule in _rules(text):
        if not names_school_holidays(rule):
            yield rule.strip()
            continue
        found = _RULE.fullmatch(rule)
        if not found or SCHOOL_HOLIDAYS not in found[1] or names_school_holidays(found[2]):
            raise UsageError(f"'{rule.strip()}': SH is understood where a rule begins, as in 'SH off' or 'PH,SH off'")
        if school is None:
            raise UsageError(f"'{rule.strip()}': no calendar says when school holidays (SH) are")
        others = [name for name in re.split(r"\s*,\s*", found[1]) if name != SCHOOL_HOLIDAYS]
        if others:
            yield f"{','.join(others)}{found[2]}"
        dates = _dates(school, within)
        if dates:
            yield f"{dates}{_timed(found[2])}"


def _rules(text: str) -> list[str]:
    return [rule for rule in _SEMICOLON.split(text) if rule.strip()]


def _timed_rules(hours: str) -> Iterator[str]:
    """The rules that open something or close some days; to be closed all day needs none."""
    return (_timed(rule).strip() for rule in _rules(hours) if rule.strip() not in {_CLOSED, "closed"})


def _timed(rule: str) -> str:
    """A rule as it can stand after dates, where ``24/7`` cannot.

    Raises:
        UsageError: it is more than one rule.
    """
    if _ADDED.search(re.sub(r'"[^"]*"', "", rule)):
        raise UsageError(
            f"'{rule.strip()}': for days of a calendar, rules are set apart by ';', and names by ',' alone"
        )
    return _WHOLE_DAY.sub("00:00-24:00", rule)


def _dates(calendar: DayCalendar, within: _Dates | None) -> str:
    """The days as a list of dates; empty: none of them matters."""
    return ",".join(
        f"{first:%Y} {_MONTHS[first.month - 1]} {first:%d}-{last:%Y} {_MONTHS[last.month - 1]} {last:%d}"
        for first, last in _overlapping(calendar.days, within)
    )


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _overlapping(days: Iterable[_Dates], within: _Dates | None) -> Iterator[_Dates]:
    for first, last in days:
        if within is None or (first <= within[1] and last >= within[0]):
            yield first, last


def _refuse_outside(calendar: DayCalendar, first: dt.date, last: dt.date) -> None:
    if (calendar.start is not None and first < calendar.start) or (calendar.end is not None and last > calendar.end):
        says = f"from {calendar.start or '…'} to {calendar.end or '…'}"
        raise CalendarEndsError(f"the calendar '{calendar.id}' only speaks of days {says}: asked for {first} to {last}")


def reach(contract: Contract, timezone: str, start: Millis, limit: Millis = 400 * DAY) -> Millis:
    """Until when the contract's calendars let hours be computed, ``limit`` after ``start`` at most."""
    ends = [each.end for each in (contract.school, *(one.calendar for one in contract.exceptions)) if each and each.end]
    if not ends:
        return start + limit
    zone = zone_of(timezone)
    after = min(ends) + dt.timedelta(days=1)
    return max(start, min(start + limit, midnight(after, zone)))
