"""Numbers, durations and times: truncated towards the breach, French and English, and readable back."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, SECOND, from_datetime
from netmon.l10n import Formats, digits_for, ratio_of, truncated
from netmon.model import Period, Share
from netmon.sla import parse_period, truncated_percent

FR = Formats("fr", "Europe/Paris")
EN = Formats("en", "Europe/Paris")
PARIS = ZoneInfo("Europe/Paris")
NOW = from_datetime(dt.datetime(2026, 11, 23, 12, tzinfo=PARIS))
SHARES = st.integers(1, 10**14).flatmap(lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole)))


@pytest.mark.parametrize(
    ("part", "whole", "digits", "french", "english"),
    [
        (9_995, 10_000, 2, "99,95\u202f%", "99.95%"),
        (99_999, 100_000, 2, "99,99\u202f%", "99.99%"),
        (1, 1, 2, "100,00\u202f%", "100.00%"),
        (0, 1, 2, "0,00\u202f%", "0.00%"),
        (2, 3, 4, "66,6666\u202f%", "66.6666%"),
    ],
)
def test_percentages_are_truncated_and_written_as_readers_expect(part, whole, digits, french, english):
    assert FR.percent(Share(part, whole), digits) == french
    assert EN.percent(Share(part, whole), digits) == english


def test_a_share_of_nothing_is_not_a_percentage():
    assert FR.percent(Share(0, 0)) is None


@given(SHARES, st.integers(2, 6))
def test_a_percentage_read_back_is_the_share_to_its_last_decimal_and_never_above(share, digits):
    text = FR.percent(share, digits)
    read = Decimal(text.replace("\u202f", "").replace(",", ".").removesuffix("%"))
    exact = Fraction(share.part * 100, share.whole)
    assert 0 <= exact - Fraction(read) < Fraction(1, 10**digits)
    assert read == truncated_percent(share, digits)
    assert (read == 100) == (share.part == share.whole)


@given(SHARES, st.integers(0, 100_000))
def test_what_is_shown_reaches_the_objective_exactly_when_the_figure_does(share, thousandths):
    objective = thousandths / 100_000
    digits = digits_for(objective)
    shown = truncated(share, digits) >= ratio_of(objective) * 100 * 10**digits
    assert shown == (Fraction(share.part, share.whole) >= ratio_of(objective))


@pytest.mark.parametrize(
    ("objective", "digits"), [(None, 2), (0.995, 2), (0.9995, 2), (0.99999, 3), (99.9 / 100, 2), (1.0, 2)]
)
def test_as_many_decimals_as_the_objective_needs(objective, digits):
    assert digits_for(objective) == digits


@pytest.mark.parametrize(
    ("length", "french"),
    [
        (0, "0 s"),
        (1, "< 1 s"),
        (499, "< 1 s"),
        (500, "1 s"),
        (3 * HOUR + 36 * MINUTE, "3 h 36 min"),
        (43 * MINUTE + 12 * SECOND, "43 min 12 s"),
        (30 * DAY + 90_250, "720 h 1 min 30 s"),
        (28_800 * HOUR, "28 800 h"),
    ],
)
def test_durations_are_written_with_no_break_spaces(length, french):
    text = FR.duration(length)
    assert re.sub("[\u00a0\u202f]", " ", text) == french
    assert " " not in text


@given(st.integers(500, 10**13), st.sampled_from([FR, EN]))
def test_a_duration_read_back_is_the_nearest_second(length, formats):
    units = {"h": HOUR, "min": MINUTE, "s": SECOND}
    read = 0
    for part in formats.duration(length).split("\u00a0"):
        number, unit = re.fullmatch(r"([\d\u202f,]+)\u202f([a-z]+)", part).groups()
        read += int(re.sub(r"\D", "", number)) * units[unit]
    assert read % SECOND == 0
    assert abs(read - length) <= SECOND // 2


@given(st.integers(0, 4_000_000_000_000), st.sampled_from([FR, EN]))
def test_an_instant_read_back_is_its_minute_even_when_the_hour_comes_twice(at, formats):
    text = formats.instant(at).replace("\u202f", " ").replace("\u00a0", " ")
    clock, _, offset = text.partition(" (UTC")
    pattern = "%d/%m/%Y %H h %M" if formats is FR else "%Y-%m-%d %H:%M"
    moment = dt.datetime.strptime(clock, pattern).replace(tzinfo=PARIS)
    if offset:
        zone = dt.timezone(dt.timedelta(hours=int(offset.removesuffix(")"))))
        moment = moment.replace(tzinfo=zone)
    assert from_datetime(moment) == at - at % MINUTE


@given(st.integers(0, 4_000_000_000_000))
def test_an_iso_time_read_back_is_exact(at):
    assert from_datetime(dt.datetime.fromisoformat(FR.iso(at))) == at


def test_the_hour_that_comes_twice_is_told_apart():
    first = from_datetime(dt.datetime(2026, 10, 25, 2, 30, tzinfo=PARIS))
    assert FR.instant(first) == "25/10/2026 02\u202fh\u202f30 (UTC+2)"
    assert FR.instant(first + HOUR) == "25/10/2026 02\u202fh\u202f30 (UTC+1)"
    assert FR.instant(first + 2 * HOUR) == "25/10/2026 03\u202fh\u202f30"


@pytest.mark.parametrize(
    ("period", "title", "words"),
    [
        ("2026-11", "novembre 2026", "du 1er au 30 novembre 2026"),
        ("last-month", "octobre 2026", "du 1er au 31 octobre 2026"),
        ("2026-Q3", "3e trimestre 2026", "du 1er juillet au 30 septembre 2026"),
        ("2026-Q1", "1er trimestre 2026", "du 1er janvier au 31 mars 2026"),
        ("2026", "2026", "du 1er janvier au 31 décembre 2026"),
        ("2026-W41", "semaine 41 de 2026", "du 5 au 11 octobre 2026"),
        ("2026-W01", "semaine 1 de 2026", "du 29 décembre 2025 au 4 janvier 2026"),
        ("2026-10-01..2026-10-15", "du 1er au 15 octobre 2026", "du 1er au 15 octobre 2026"),
        ("2026-10-25..2026-10-25", "25 octobre 2026", "25 octobre 2026"),
        ("1d", "du 22/11/2026 12 h 00 au 23/11/2026 12 h 00", "du 22/11/2026 12 h 00 au 23/11/2026 12 h 00"),
    ],
)
def test_periods_are_named_as_people_name_them(period, title, words):
    asked = parse_period(period, "Europe/Paris", NOW)
    assert FR.period_title(asked).replace("\u202f", " ") == title
    assert FR.period_range(asked).replace("\u202f", " ") == words


def test_points_are_signed_and_agree_in_number():
    assert FR.points(-12) == "\u22120,12\u00a0point"
    assert FR.points(200) == "+2,00\u00a0points"
    assert EN.points(31) == "+0.31\u00a0points"
    assert EN.points(100) == "+1.00\u00a0point"
    assert FR.points(0) == "0,00\u00a0point"


def test_a_zone_with_half_hours_shows_them():
    lord_howe = Formats("en", "Australia/Lord_Howe")
    twice = from_datetime(dt.datetime(2026, 4, 5, 1, 45, tzinfo=ZoneInfo("Australia/Lord_Howe")))
    assert lord_howe.instant(twice) == "2026-04-05 01:45 (UTC+11)"
    assert lord_howe.instant(twice + 30 * MINUTE) == "2026-04-05 01:45 (UTC+10:30)"


def test_a_period_in_another_zone_is_named_in_it():
    tahiti = Formats("fr", "Pacific/Tahiti")
    start = from_datetime(dt.datetime(2026, 11, 1, tzinfo=ZoneInfo("Pacific/Tahiti")))
    assert tahiti.period_title(Period("2026-11", start, start + 30 * DAY, "Pacific/Tahiti")) == "novembre 2026"
