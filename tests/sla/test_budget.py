"""Error budgets, their forecast, and verdicts: exact, in civil time, and never surer than the polls."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, from_datetime, to_datetime
from netmon.model import Figures, Outage, Partition, Share
from netmon.sla.budget import ToCome, budget_of
from netmon.sla.calendar import service_hours
from netmon.sla.figures import Part
from netmon.sla.intervals import ALWAYS, Ruler, normalise
from netmon.sla.period import parse_period, zone_of
from netmon.sla.verdict import Verdict, is_partial, judge

NOVEMBER = parse_period("2026-11", "Europe/Paris", 0)
PARIS = zone_of("Europe/Paris")


def test_a_month_at_99_9_leaves_43_minutes_12_and_20_spent_in_ten_days_lose_it_on_the_22nd() -> None:
    now = NOVEMBER.start + 10 * DAY
    budget = budget_of(Part(10 * DAY, 20 * MINUTE), 0.999, ToCome({ALWAYS: 1}, now, NOVEMBER.end), 1)
    assert budget.allowed == 43 * MINUTE + 12_000
    assert budget.left == 23 * MINUTE + 12_000
    assert budget.burn == Fraction(20 * MINUTE, 10 * DAY) * 1000
    assert budget.lost_at is not None
    assert to_datetime(budget.lost_at, PARIS).strftime("%d %H") == "22 14"  # after 11.6 days more


def test_nights_and_holidays_to_come_use_up_nothing() -> None:
    hours = service_hours("Mo-Fr 08:00-18:00; PH off", "Europe/Paris", NOVEMBER.start, NOVEMBER.end)
    now = from_datetime(dt.datetime(2026, 11, 10, 18, tzinfo=PARIS))  # Tuesday evening; the 11th is a holiday
    to_come = ToCome({hours: 1}, now, NOVEMBER.end)
    assert to_come.length() == 13 * 10 * HOUR
    lost = budget_of(Part(70 * HOUR, HOUR), 0.99, to_come, 1).lost_at
    # 2 h are allowed of 200; the hour left lasts 70 service hours more, to Friday 20 at closing time.
    assert lost is not None
    assert to_datetime(lost, PARIS).strftime("%a %d %H:%M") == "Mon 23 08:00"


def test_without_an_outage_nothing_is_forecast_and_what_is_lost_is_not_lost_again() -> None:
    rest = ToCome({ALWAYS: 1}, NOVEMBER.start + DAY, NOVEMBER.end)
    assert budget_of(Part(DAY, 0), 0.999, rest, 1).lost_at is None
    lost = budget_of(Part(DAY, HOUR), 0.999, rest, 1)
    assert lost.left < 0
    assert lost.lost_at is None


def test_an_objective_of_one_allows_nothing_and_has_no_burn_rate() -> None:
    budget = budget_of(Part(DAY, 0), 1.0, ToCome({ALWAYS: 1}, NOVEMBER.start + DAY, NOVEMBER.end), 1)
    assert (budget.allowed, budget.burn, budget.lost_at) == (0, None, None)


spans = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=4).map(normalise)


@given(st.lists(st.tuples(spans, st.integers(1, 3)), max_size=3), st.integers(0, 60), st.fractions(0, 200))
def test_the_forecast_is_the_first_instant_with_more_than_was_left(
    weighted: list[tuple[tuple[tuple[int, int], ...], int]], start: int, length: Fraction
) -> None:
    to_come = ToCome(dict(weighted), start, 80)

    def upto(instant: int) -> int:
        return sum(weight * Ruler(pieces).between(start, instant) for pieces, weight in to_come.weighted.items())

    expected = next((instant for instant in range(start, 81) if upto(instant) > length), None)
    assert to_come.reached(length) == expected


def figures(low: int, measured: int, high: int, whole: int = 1000, seen: int = 1000) -> Figures:
    shares = (Share(part, whole) for part in (measured, low, high))
    return Figures(Partition(), whole, whole - measured, *shares, Share(seen, 1000), ())


@pytest.mark.parametrize(
    ("found", "objective", "verdict"),
    [
        (figures(995, 996, 997), 0.995, Verdict.MET),
        (figures(990, 992, 994), 0.995, Verdict.MISSED),
        (figures(994, 996, 997), 0.995, Verdict.WITHIN_RESOLUTION),
        (figures(993, 994, 995), 0.995, Verdict.WITHIN_RESOLUTION),
        (figures(0, 0, 0, whole=0), 0.995, Verdict.NOT_MEASURED),
        (figures(0, 0, 0), None, Verdict.NO_OBJECTIVE),
    ],
)
def test_a_verdict_is_certain_only_where_the_bounds_allow_no_other(
    found: Figures, objective: float | None, verdict: Verdict
) -> None:
    assert judge(found, objective) is verdict


def test_figures_are_partial_below_95_percent_seen() -> None:
    assert [is_partial(figures(1, 1, 1, seen=seen)) for seen in (949, 950, 1000)] == [True, False, False]


def test_the_longest_is_the_one_of_which_most_counts() -> None:
    outages = tuple(Outage("a", start, end, counted, "") for start, end, counted in ((0, 90, 10), (100, 150, 50)))
    found = Figures(Partition(), 1000, 60, *[Share(940, 1000)] * 3, Share(1, 1), outages)
    assert found.longest is outages[1]
    assert (found.count, found.mttr, found.mtbf, found.mtbsi) == (2, 30, 470, 500)
