"""When schedules of reports are due: civil days and times worked out here and turned into instants, never counted in
hours, so that neither a change of the clocks nor a restart moves, loses or doubles a run."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from netmon.clock import DAY, Millis, from_datetime, to_datetime
from netmon.reportplan import FIRST_WORKING_DAY, WEEKDAYS, Every, ReportSchedule
from netmon.sla.workdays import first_working_day

_REACH = 40 * DAY
"""A run is never due later than this after the end of its period, nor before it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A run of a schedule: due at this instant, about the period of this label."""

    due: Millis
    period: str


def occasions(schedule: ReportSchedule, zone: ZoneInfo, after: Millis, until: Millis) -> list[Occasion]:
    """The runs due in (after, until], in order.

    Raises:
        UsageError: ``until`` is outside the calendar.
    """
    found = []
    for end in _ends(schedule.every, to_datetime(after - _REACH, zone).date(), to_datetime(until, zone).date()):
        day = _day(schedule, end)
        # A time that clocks skip is read with the offset before the gap (PEP 495): it falls after it. One that comes
        # twice is taken the first time.
        due = from_datetime(dt.datetime(day.year, day.month, day.day, *divmod(schedule.at, 60), tzinfo=zone))
        if after < due <= until:
            found.append(Occasion(due, _label(schedule.every, end)))
    return sorted(found, key=lambda occasion: occasion.due)


def next_due(schedule: ReportSchedule, zone: ZoneInfo, after: Millis) -> Millis:
    """When it is due next."""
    span = {"week": 3 * 7, "month": 3 * 31, "quarter": 3 * 92, "year": 3 * 366}[schedule.every]
    return occasions(schedule, zone, after, after + span * DAY)[0].due


def _ends(every: Every, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The days after the last day of a period, from ``first`` to ``last``."""
    day = first
    while day <= last:
        if _begins(every, day):
            yield day
        day += dt.timedelta(days=1)


def _begins(every: Every, day: dt.date) -> bool:
    if every == "week":
        return day.weekday() == 0
    return day.day == 1 and (day.month - 1) % {"month": 1, "quarter": 3, "year": 12}[every] == 0


def _day(schedule: ReportSchedule, end: dt.date) -> dt.date:
    if schedule.on == FIRST_WORKING_DAY:
        return first_working_day(end)
    if schedule.on in WEEKDAYS:
        return end + dt.timedelta(days=WEEKDAYS.index(schedule.on))
    return end.replace(day=int(schedule.on))


def _label(every: Every, end: dt.date) -> str:
    last = end - dt.timedelta(days=1)
    if every == "week":
        year, week, _day = last.isocalendar()
        return f"{year}-W{week:02}"
    if every == "month":
        return f"{last:%Y-%m}"
    return f"{last.year}-Q{(last.month + 2) // 3}" if every == "quarter" else str(last.year)
