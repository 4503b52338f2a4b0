"""Civil periods: the words an operator asks by, as half-open instants in a zone. Days of 23 and 25 hours included."""

import datetime as dt
import re
from collections.abc import Callable
from typing import TypeAlias
from zoneinfo import ZoneInfo

from netmon.clock import DAY, Millis, from_datetime, to_datetime
from netmon.errors import UsageError
from netmon.model import Period

EXPECTED = "2026-10, 2026-Q3, 2026-W41, 2026, 2026-10-01..2026-10-15, last-month or 7d"

_Days: TypeAlias = tuple[dt.date, dt.date]
"""The first day, and the day after the last."""

_MONTHS_A_YEAR = 12
_LONGEST_DAYS = 36_600


def zone_of(name: str) -> ZoneInfo:
    """The zone of the IANA database (``Europe/Paris``).

    Raises:
        UsageError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"'{name}' is not a time zone: expected a name such as Europe/Paris") from error


def midnight(day: dt.date, zone: ZoneInfo) -> Millis:
    """The instant the civil day begins; where clocks skip midnight, the first instant after the gap."""
    return from_datetime(dt.datetime(day.year, day.month, day.day, tzinfo=zone))


def parse_period(text: str, timezone: str, now: Millis) -> Period:
    """Read a period.

    ``7d`` ends at ``now`` and lasts 7 × 24 hours; ``last-month`` is the civil month before the one ``now`` is in; the
    last day of a range belongs to it. Weeks are those of ISO 8601.

    Raises:
        UsageError: not a period, or not a time zone; says what was expected.
    """
    zone = zone_of(timezone)
    word = text.strip()
    if rolling := re.fullmatch(r"([0-9]{1,5})d", word):
        return _rolling(word, int(rolling[1]), timezone, now)
    try:
        days = _days(word, to_datetime(now, zone).date())
        if days is None:
            raise UsageError(f"'{text}' is not a period: expected {EXPECTED}")
        first, after = days
        if first >= after:
            raise UsageError(f"'{text}' ends before it begins: expected the earlier day first")
        return Period(word, midnight(first, zone), midnight(after, zone), timezone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"'{text}' is not in the calendar: expected {EXPECTED}") from error


def month_of(now: Millis, timezone: str) -> Period:
    """The civil month ``now`` is in, labelled ``2026-11``."""
    return parse_period(to_datetime(now, zone_of(timezone)).strftime("%Y-%m"), timezone, now)


def _rolling(word: str, days: int, timezone: str, now: Millis) -> Period:
    if not 1 <= days <= _LONGEST_DAYS:
        raise UsageError(f"'{word}' is not a period: expected from 1d to {_LONGEST_DAYS}d")
    return Period(word, now - days * DAY, now, timezone)


def _days(word: str, today: dt.date) -> _Days | None:
    if word == "last-month":
        return _month(*((today.year, today.month - 1) if today.month > 1 else (today.year - 1, _MONTHS_A_YEAR)))
    for form, days in _FORMS:
        if found := form.fullmatch(word):
            return days(*found.groups())
    return None


def _month(year: int, month: int) -> _Days:
    following = (year + 1, 1) if month == _MONTHS_A_YEAR else (year, month + 1)
    return dt.date(year, month, 1), dt.date(*following, 1)


def _quarter(year: int, quarter: int) -> _Days:
    last = 3 * quarter
    return dt.date(year, last - 2, 1), _month(year, last)[1]


def _week(year: int, week: int) -> _Days:
    monday = dt.date.fromisocalendar(year, week, 1)
    return monday, monday + dt.timedelta(weeks=1)


def _range(first: str, last: str) -> _Days:
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last) + dt.timedelta(days=1)


_FORMS: tuple[tuple[re.Pattern[str], Callable[..., _Days]], ...] = (
    (re.compile(r"([0-9]{4})-([0-9]{2})"), lambda year, month: _month(int(year), int(month))),
    (re.compile(r"([0-9]{4})-Q([1-4])"), lambda year, quarter: _quarter(int(year), int(quarter))),
    (re.compile(r"([0-9]{4})-W([0-9]{2})"), lambda year, week: _week(int(year), int(week))),
    (re.compile(r"([0-9]{4})"), lambda year: (dt.date(int(year), 1, 1), dt.date(int(year) + 1, 1, 1))),
    (re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})"), _range),
)
