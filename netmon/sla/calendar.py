"""Service hours in opening-hours syntax (``Mo-Fr 08:00-18:00; PH off``), with French public holidays (``PH``).

The syntax is OpenStreetMap's (https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification). Hours are read on
the wall clock: a window over the night the clocks change is an hour shorter or longer. Where the clocks go back,
an edge between the two passes of the hour is taken on the second. Only "open" is service time, "unknown" is not.
"""

import datetime as dt
import re

from opening_hours import OpeningHours, State, validate

from netmon.clock import DAY, Millis, from_datetime, to_datetime
from netmon.errors import UsageError
from netmon.sla.intervals import ALWAYS, Set, clip, normalise
from netmon.sla.period import zone_of

ALL_HOURS = "24/7"
COUNTRY = "FR"
SCHOOL_HOLIDAYS = "SH"


def names_school_holidays(text: str) -> bool:
    """Whether the text names school holidays, outside of its comments."""
    return re.search(rf"\b{SCHOOL_HOLIDAYS}\b", re.sub(r'"[^"]*"', '""', text)) is not None


def service_hours(text: str, timezone: str, start: Millis, end: Millis) -> Set:
    """The service hours inside [start, end); ``ALWAYS`` for 24/7.

    Raises:
        UsageError: not opening hours, no such zone, a period outside the calendar, or ``SH``, whose days only the
            calendar of a contract tells (``netmon.sla.contract.hours``).
    """
    zone = zone_of(timezone)
    if text.strip() == ALL_HOURS:
        return ALWAYS
    if not validate(text):
        raise UsageError(f"'{text}' is not opening hours: expected something like 'Mo-Fr 08:00-18:00; PH off'")
    if names_school_holidays(text):
        raise UsageError(f"'{text}' names school holidays (SH), which only a contract with a calendar can tell")
    hours = OpeningHours(text, timezone=zone, country=COUNTRY)
    try:
        first, last = (_midnight(instant, zone) for instant in (start - DAY, end + 2 * DAY))
        spans = [(begin, until) for begin, until, state, _ in hours.intervals(first, last) if state == State.OPEN]
        return clip(normalise((from_datetime(begin), from_datetime(until)) for begin, until in spans), start, end)
    except (OverflowError, ValueError) as error:
        raise UsageError(f"service hours: the period is outside the calendar: {error}") from error


def _midnight(instant: Millis, zone: dt.tzinfo) -> dt.datetime:
    return to_datetime(instant, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
