"""Working days: neither weekend nor public holiday in France."""

import datetime as dt

from netmon.clock import DAY, from_datetime, to_datetime
from netmon.sla.calendar import service_hours

_FREE_DAYS_IN_A_ROW = 14
_HOURS = "Mo-Fr 00:00-24:00; PH off"


def first_working_day(day: dt.date) -> dt.date:
    """``day`` or the first working day after it.

    Raises:
        UsageError: the day is outside the calendar.
    """
    start = from_datetime(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC))
    spans = service_hours(_HOURS, "UTC", start, start + _FREE_DAYS_IN_A_ROW * DAY)
    return to_datetime(spans[0][0]).date()
