import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, from_datetime, to_datetime
from netmon.errors import UsageError
from netmon.sla.period import midnight, month_of, parse_period, zone_of

PARIS = "Europe/Paris"
NOW = from_datetime(dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-10", "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00"),
        ("2026-12", "2026-12-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("2028-02", "2028-02-01T00:00+01:00", "2028-03-01T00:00+01:00"),
        ("2026-Q1", "2026-01-01T00:00+01:00", "2026-04-01T00:00+02:00"),
        ("2026-Q4", "2026-10-01T00:00+02:00", "2027-01-01T00:00+01:00"),
        ("2026-W41", "2026-10-05T00:00+02:00", "2026-10-12T00:00+02:00"),
        ("2026-W01", "2025-12-29T00:00+01:00", "2026-01-05T00:00+01:00"),
        ("2026-W53", "2026-12-28T00:00+01:00", "2027-01-04T00:00+01:00"),
        ("2026", "2026-01-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("2026-10-01..2026-10-15", "2026-10-01T00:00+02:00", "2026-10-16T00:00+02:00"),
        ("2028-02-29..2028-02-29", "2028-02-29T00:00+01:00", "2028-03-01T00:00+01:00"),
        ("last-month", "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00"),
        (" 2026-10 ", "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00"),
    ],
)
def test_civil_periods_begin_and_end_at_local_midnight(text: str, first: str, after: str) -> None:
    period = parse_period(text, PARIS, NOW)
    assert to_datetime(period.start) == dt.datetime.fromisoformat(first)
    assert to_datetime(period.end) == dt.datetime.fromisoformat(after)
    assert (period.label, period.timezone) == (text.strip(), PARIS)


def test_rolling_periods_end_now_and_count_days_of_24_hours() -> None:
    period = parse_period("30d", PARIS, NOW)
    assert (period.start, period.end) == (NOW - 30 * DAY, NOW)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-03-29..2026-03-29", 23),
        ("2026-10-25..2026-10-25", 25),
        ("2026-03", 31 * 24 - 1),
        ("2026-10", 31 * 24 + 1),
        ("2028-02", 29 * 24),
        ("2026", 365 * 24),
        ("2028", 366 * 24),
    ],
)
def test_days_have_the_hours_they_have(text: str, hours: int) -> None:
    period = parse_period(text, PARIS, NOW)
    assert period.end - period.start == hours * HOUR


def test_last_month_in_january_is_december() -> None:
    january = from_datetime(dt.datetime(2027, 1, 1, 0, 30, tzinfo=zone_of(PARIS)))
    assert parse_period("last-month", PARIS, january).start == parse_period("2026-12", PARIS, january).start


def test_the_month_is_that_of_the_zone() -> None:
    eve = from_datetime(dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC))
    assert month_of(eve, PARIS).label == "2026-11"
    assert month_of(eve, "UTC").label == "2026-10"


def test_a_midnight_the_clocks_skip_is_the_first_instant_after_the_gap() -> None:
    # Cairo's summer time begins at midnight: 2026-04-24 starts at 01:00.
    cairo = zone_of("Africa/Cairo")
    start = midnight(dt.date(2026, 4, 24), cairo)
    assert to_datetime(start, cairo).hour == 1
    assert to_datetime(start - MINUTE, cairo).date() == dt.date(2026, 4, 23)


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-00", "2026-Q5", "2026-W54", "2025-W53", "26-10", "0d", "99999d", "d", "2026-10-01",
     "tomorrow", "2026-10-15..2026-10-01", "2026-02-29..2026-03-01", "9999", "9999-12", "0000",
     "2026-10..2026-11", "٢٠٢٦"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected"):
        parse_period(text, PARIS, NOW)


@pytest.mark.parametrize("zone", ["Europe/Bordeaux", "../etc/passwd", "", "/etc/localtime"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(UsageError, match="time zone"):
        parse_period("2026-10", zone, NOW)


@given(st.integers(1971, 2400), st.sampled_from([PARIS, "Africa/Cairo", "America/Sao_Paulo", "Asia/Kathmandu"]))
def test_months_and_quarters_tile_the_year(year: int, zone: str) -> None:
    whole = parse_period(str(year), zone, NOW)
    for parts in ([f"{year}-{month:02}" for month in range(1, 13)], [f"{year}-Q{quarter}" for quarter in range(1, 5)]):
        periods = [parse_period(part, zone, NOW) for part in parts]
        assert [p.start for p in periods[1:]] == [p.end for p in periods[:-1]]
        assert (periods[0].start, periods[-1].end) == (whole.start, whole.end)
