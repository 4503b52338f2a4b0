"""When reports are due: on the right civil day and minute, once each, whatever the clocks do."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, from_datetime, to_datetime
from netmon.reporting.occasions import Occasion, next_due, occasions
from netmon.reportplan import ReportSchedule

PARIS = ZoneInfo("Europe/Paris")


def schedule(every: str = "month", on: str = "first-working-day", at: str = "06:00") -> ReportSchedule:
    hour, minute = at.split(":")
    return ReportSchedule("s", every, on, int(hour) * 60 + int(minute), ("html",), None, True, False)  # type: ignore[arg-type]


def at(text: str) -> int:
    return from_datetime(dt.datetime.fromisoformat(text).replace(tzinfo=PARIS))


def told(found: list[Occasion]) -> list[tuple[str, str]]:
    return [(f"{to_datetime(each.due, PARIS):%Y-%m-%d %H:%M %Z}", each.period) for each in found]


@pytest.mark.parametrize(
    ("asked", "span", "due"),
    [
        # 1 November is a holiday and a Sunday in 2026; 1 January is one, and 2026-05-01 a Friday.
        (
            schedule(),
            ("2026-10-15", "2026-12-15"),
            [("2026-11-02 06:00 CET", "2026-10"), ("2026-12-01 06:00 CET", "2026-11")],
        ),
        (schedule(), ("2026-12-31", "2027-01-31"), [("2027-01-04 06:00 CET", "2026-12")]),
        (schedule(), ("2026-04-30", "2026-05-31"), [("2026-05-04 06:00 CEST", "2026-04")]),
        # Easter Monday 2024 is 1 April, the day after the clocks went forward.
        (schedule(at="00:00"), ("2024-03-15", "2024-04-15"), [("2024-04-02 00:00 CEST", "2024-03")]),
        (schedule(on="1", at="00:00"), ("2026-03-15", "2026-04-15"), [("2026-04-01 00:00 CEST", "2026-03")]),
        (
            schedule("week", "monday", "07:30"),
            ("2026-10-18", "2026-10-27"),
            [("2026-10-19 07:30 CEST", "2026-W42"), ("2026-10-26 07:30 CET", "2026-W43")],
        ),
        (schedule("week", "sunday", "02:30"), ("2026-03-28", "2026-03-30"), [("2026-03-29 03:30 CEST", "2026-W12")]),
        (schedule("week", "sunday", "02:30"), ("2026-10-24", "2026-10-26"), [("2026-10-25 02:30 CEST", "2026-W42")]),
        (schedule("week"), ("2026-12-20", "2027-01-06"), [("2026-12-21 06:00 CET", "2026-W51"),
                                                          ("2026-12-28 06:00 CET", "2026-W52"),
                                                          ("2027-01-04 06:00 CET", "2026-W53")]),
        (schedule("quarter"), ("2026-12-15", "2027-04-15"), [("2027-01-04 06:00 CET", "2026-Q4"),
                                                             ("2027-04-01 06:00 CEST", "2027-Q1")]),
        (schedule("year", "28"), ("2026-12-15", "2027-02-15"), [("2027-01-28 06:00 CET", "2026")]),
    ],
)  # fmt: skip
def test_runs_are_due_on_civil_days_that_work(asked, span, due):
    assert told(occasions(asked, PARIS, at(span[0]), at(span[1]))) == due


SCHEDULES = st.one_of(
    st.builds(schedule, st.sampled_from(["month", "quarter", "year"]),
              st.sampled_from(["first-working-day", "1", "28"]),
              st.sampled_from(["00:00", "02:30", "03:00", "23:59"])),
    st.builds(schedule, st.just("week"), st.sampled_from(["first-working-day", "monday", "sunday"]),
              st.sampled_from(["00:00", "02:30", "23:59"])),
)  # fmt: skip


@settings(deadline=None)
@given(SCHEDULES, st.integers(0, 3_000), st.lists(st.integers(1, 90 * DAY), min_size=1, max_size=8))
def test_however_time_is_cut_each_period_comes_once_and_in_order(asked, start, steps):
    begin = at("2020-01-01") + start * DAY
    pieces, moment = [], begin
    for step in steps:
        pieces += occasions(asked, PARIS, moment, moment + step)
        moment += step
    assert pieces == occasions(asked, PARIS, begin, moment)
    assert len({each.period for each in pieces}) == len(pieces)
    assert [each.due for each in pieces] == sorted(each.due for each in pieces)


@settings(deadline=None)
@given(SCHEDULES, st.integers(0, 3_000 * 24))
def test_the_next_run_is_the_first_of_those_to_come(asked, hours):
    now = at("2020-01-01") + hours * HOUR
    due = next_due(asked, PARIS, now)
    assert due > now
    assert [each.due for each in occasions(asked, PARIS, now, due)] == [due]
    assert to_datetime(due, PARIS).hour * 60 + to_datetime(due, PARIS).minute - asked.at in {0, HOUR // MINUTE}
