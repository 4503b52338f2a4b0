"""Recurring works: RRULE (RFC 5545) in civil time. Pure.

Works are meant by the clock on the wall: from 22:00 to 06:00 is seven hours in the night clocks go forward, and nine
when they go back. A time that clocks skip is the instant they do; of one that comes twice, works begin at the first and
end at the second.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from netmon.clock import Millis, from_datetime, to_datetime

MOST = 1_000
"""Occurrences looked at in one go."""

_RULE = re.compile(r"(?:RRULE:)?FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;[A-Z]+=[A-Z0-9,+-]+)*")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """``rule`` repeats what first is from ``start`` to ``end``, on the wall clock of ``zone``."""

    rule: str
    start: Millis
    end: Millis
    zone: str

    def between(self, after: Millis, before: Millis) -> Iterator[tuple[Millis, Millis]]:
        """The occurrences that touch [after, before), ``MOST`` at most."""
        zone = ZoneInfo(self.zone)
        first, last = _wall(self.start, zone), _wall(self.end, zone)
        length = last - first
        rule = read_rule(self.rule, first)
        early = _wall(after, zone) - length - dt.timedelta(days=1)
        for place, begun in enumerate(rule.xafter(early, inc=True)):
            start, end = instant(begun, zone, last=False), instant(begun + length, zone, last=True)
            if place >= MOST or start >= before:
                return
            if start < end and end > after:
                yield start, end


def read_rule(text: str, first: dt.datetime) -> "rrule | rruleset":
    """The rule as dateutil runs it.

    Raises:
        ValueError: it is none, or repeats more often than daily.
    """
    if not _RULE.fullmatch(text):
        raise ValueError("expected a rule such as FREQ=WEEKLY;BYDAY=TU, daily at most")
    try:
        return rrulestr(text, dtstart=first)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"expected a rule such as FREQ=WEEKLY;BYDAY=TU ({error})") from error


def instant(wall: dt.datetime, zone: ZoneInfo, *, last: bool) -> Millis:
    """The instant at which clocks of ``zone`` show ``wall``; ``last``: the second of two."""
    early, late = (from_datetime(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if early <= late:
        return late if last else early
    low, high = late, early  # skipped: find when clocks went forward, between the two readings
    before = to_datetime(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _wall(at: Millis, zone: ZoneInfo) -> dt.datetime:
    return to_datetime(at, zone).replace(tzinfo=None)
