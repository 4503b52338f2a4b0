"""Days and patterns; what patterns read is in the tests of ``ParseDateAndTime`` too."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.strptime import PatternError, compile_pattern, days_before


@given(st.dates())
def test_days_are_those_of_the_calendar(day: dt.date) -> None:
    assert days_before(day.year, day.month, day.day) == (day - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("date", "same"),
    [((2025, 13, 1), (2026, 1, 1)), ((2025, 0, 1), (2024, 12, 1)), ((2025, 3, 0), (2025, 2, 28)),
     ((2024, 2, 31), (2024, 3, 2)), ((0, 3, 1), (-1, 15, 1)), ((10000, 1, 1), (9999, 13, 1))],
)  # fmt: skip
def test_what_is_out_of_range_runs_on_into_the_next(date: tuple[int, int, int], same: tuple[int, int, int]) -> None:
    assert days_before(*date) == days_before(*same)


@given(st.integers(-2_000_000_000, 4_000_000_000), st.sampled_from(["%F %T", "%d %b %Y %H:%M:%S"]))
def test_what_python_writes_is_read_back(seconds: int, pattern: str) -> None:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    text = moment.strftime(pattern.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S"))
    assert compile_pattern(pattern)(text) == seconds


@pytest.mark.parametrize(("pattern", "position"), [("%Q", 0), ("%Y %", 3), ("a%-d", 1)])
def test_an_unknown_directive_is_told_with_its_place(pattern: str, position: int) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    assert caught.value.position == position


def test_the_last_of_two_equal_directives_tells() -> None:
    assert compile_pattern("%Y %Y")("1999 2025") == compile_pattern("%Y")("2025")


def test_a_century_goes_with_a_short_year() -> None:
    assert compile_pattern("%C%y")("1999") == compile_pattern("%Y")("1999")


@pytest.mark.parametrize(("zone", "read"), [("UTC", True), ("GMT", True), ("CET", False)])
def test_only_names_of_universal_time_are_known(zone: str, read: bool) -> None:
    assert (compile_pattern("%Y %Z")(f"2025 {zone}") is not None) is read
