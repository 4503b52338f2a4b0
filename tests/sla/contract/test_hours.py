"""Hours with school holidays and own calendars. October 2026 has 22 working days; holidays from the 17th on."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, from_datetime
from netmon.errors import UsageError
from netmon.model import Contract, DayCalendar, HoursException
from netmon.sla import parse_period
from netmon.sla.calendar import service_hours
from netmon.sla.contract.hours import CalendarEndsError, contract_hours, reach, written_out
from netmon.sla.intervals import length
from tests.sla.metropolis import CONTRACT

ZONE = "Europe/Paris"
OCTOBER = parse_period("2026-10", ZONE, 0)
AUTUMN = DayCalendar(
    "zone-a", "Zone A", ((dt.date(2026, 10, 17), dt.date(2026, 11, 1)),), dt.date(2026, 9, 1), dt.date(2026, 12, 31)
)
CLOSURE = DayCalendar("closure", "Fermeture", ((dt.date(2026, 10, 5), dt.date(2026, 10, 6)),))


def hours_of(text: str, *exceptions: HoursException, school: DayCalendar | None = AUTUMN) -> float:
    contract = replace(CONTRACT, hours=text, school=school, exceptions=exceptions)
    return length(contract_hours(contract, ZONE, OCTOBER.start, OCTOBER.end)) / HOUR


CASES = {
    "school holidays closed: 22 working days less 10 of the holidays, at 10 h": (
        "Mo-Fr 08:00-18:00; PH off; SH off", (), 120),
    "holidays of both kinds in one rule": ("Mo-Fr 08:00-18:00; PH,SH off", (), 120),
    "shorter in the holidays: 12 days at 10 h and 10 at 4 h": (
        "Mo-Fr 08:00-18:00; SH Mo-Fr 08:00-12:00", (), 160),
    "the holidays only, all 15 days of them in October": ("SH 10:00-12:00", (), 30),
    "working days and all days of the holidays: 22 and 5 more, at 1 h": ("Mo-Fr,SH 08:00-09:00", (), 27),
    "24/7 but in the holidays: 31 days with an hour more, less 15 with an hour more": ("24/7; SH off", (), 16 * 24),
    "a comment that says SH is none": ('Mo-Fr 08:00-18:00 "SH; too"', (), 220),
    "an exceptional closure on a Monday and a Tuesday": (
        "Mo-Fr 08:00-18:00", (HoursException(CLOSURE, "off"),), 200),
    "other hours on those days": (
        "Mo-Fr 08:00-18:00", (HoursException(CLOSURE, "10:00-12:00"),), 204),
    "open all day on those days": ("Mo-Fr 08:00-18:00", (HoursException(CLOSURE, "24/7"),), 248),
    "the last exception wins": (
        "Mo-Fr 08:00-18:00", (HoursException(CLOSURE, "24/7"), HoursException(CLOSURE, "off")), 200),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_hours_of_october(case: tuple[str, tuple[HoursException, ...], float]) -> None:
    text, exceptions, expected = case
    assert hours_of(text, *exceptions) == expected


def test_holidays_that_nobody_dated_are_refused_and_not_taken_for_never() -> None:
    with pytest.raises(UsageError, match="no calendar says when school holidays"):
        hours_of("Mo-Fr 08:00-18:00; SH off", school=None)
    with pytest.raises(UsageError, match="only a contract with a calendar can tell"):
        service_hours("Mo-Fr 08:00-18:00; SH off", ZONE, OCTOBER.start, OCTOBER.end)


@pytest.mark.parametrize("text", ["SH Mo-Fr 08:00-10:00, Sa 10:00-12:00", "SH 10:00-12:00 || off"])
def test_rules_that_dates_would_not_reach_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="rules are set apart by ';'"):
        hours_of(text)
    assert hours_of('SH Mo-Fr 08:00-10:00 "a, b"; SH Sa,Su 10:00-12:00,14:00-15:00') == 10 * 2 + 5 * 3


@pytest.mark.parametrize("text", ["2026 SH off", "Mo-Fr 08:00-12:00, SH 10:00-12:00", "SH SH off"])
def test_holidays_where_they_cannot_be_written_out_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="SH is understood where a rule begins"):
        hours_of(text)


def test_a_period_the_calendar_says_nothing_about_is_refused() -> None:
    contract = replace(CONTRACT, hours="Mo-Fr 08:00-18:00; SH off", school=AUTUMN)
    january = parse_period("2027-01", ZONE, 0)
    with pytest.raises(CalendarEndsError, match="'zone-a' only speaks of days from 2026-09-01 to 2026-12-31"):
        contract_hours(contract, ZONE, january.start, january.end)
    assert contract_hours(replace(contract, hours="24/7"), ZONE, january.start, january.end)  # it is not asked


def test_hours_can_be_told_until_the_first_calendar_ends() -> None:
    contract = replace(CONTRACT, school=AUTUMN)
    assert reach(contract, ZONE, OCTOBER.start) == parse_period("2026", ZONE, 0).end
    assert reach(CONTRACT, ZONE, OCTOBER.start) == OCTOBER.start + 400 * DAY


days = st.dates(dt.date(2026, 10, 1), dt.date(2026, 10, 31))


@given(st.lists(st.tuples(days, st.integers(0, 5)), max_size=6))
def test_closed_days_are_exactly_those_of_the_calendar(drawn: list[tuple[dt.date, int]]) -> None:
    closed = tuple((first, first + dt.timedelta(days=more)) for first, more in drawn)
    school = DayCalendar("zone", "", closed)
    contract = Contract("c", "c", "p", "c", 0.9, hours="Mo-Su 08:00-18:00; SH off", school=school)
    shut = {day for first, last in closed for day in every_day(first, last)}
    expected = [day for day in every_day(dt.date(2026, 10, 1), dt.date(2026, 10, 31)) if day not in shut]
    spans = contract_hours(contract, ZONE, OCTOBER.start, OCTOBER.end)
    assert [start for start, _ in spans] == [eight(day) for day in expected]
    assert length(spans) == 10 * HOUR * len(expected)
    assert written_out(contract.hours, school)


def every_day(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def eight(day: dt.date) -> int:
    offset = 2 if day < dt.date(2026, 10, 25) else 1
    zone = dt.timezone(dt.timedelta(hours=offset))
    return from_datetime(dt.datetime(day.year, day.month, day.day, 8, tzinfo=zone))
