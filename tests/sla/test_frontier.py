"""Until when counters are added up: every civil midnight that is come by has a sample, whatever happens around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.model import MonitorEvent
from netmon.sla.counters import HOLD, Frontier, shown_until

MIDNIGHT = 1_798_758_000_000
"""2027-01-01T00:00+01:00."""
LAG = 6 * MINUTE
ROW = 2 * MINUTE


def after(frontier: Frontier, begin: Millis, end: Millis, since: Millis, step: Millis = 15 * SECOND) -> list[Millis]:
    """Where it stands at each step."""
    return [frontier.at(now, since) for now in range(begin, end, step)]


def taken_over(stopped: Millis, lag: Millis = LAG, row: Millis = ROW) -> Frontier:
    """That of a daemon after one that stopped then."""
    return Frontier(lag, "Europe/Paris", stopped - row, stopped - lag)


@pytest.mark.parametrize(
    ("stopped", "began"),
    [
        (-10 * MINUTE, 10 * MINUTE),
        (-30 * SECOND, 30 * SECOND),
        (-MINUTE, 3 * HOUR),
        (0, SECOND),
        (3 * MINUTE, 5 * MINUTE),
        (8 * MINUTE, 9 * MINUTE),
    ],
)
def test_a_stop_over_midnight_leaves_a_sample_of_midnight(stopped: Millis, began: Millis) -> None:
    seen = after(taken_over(MIDNIGHT + stopped), MIDNIGHT + began, MIDNIGHT + began + HOUR, MIDNIGHT + began)
    assert seen == sorted(seen)
    assert seen.count(MIDNIGHT) * 15 * SECOND >= HOLD
    assert seen[-1] > MIDNIGHT + began


def test_slow_checks_that_hold_it_back_far_do_not_make_a_restart_pass_midnight() -> None:
    frontier = taken_over(MIDNIGHT + 20 * MINUTE, lag=26 * MINUTE, row=10 * MINUTE)
    began = MIDNIGHT + 21 * MINUTE
    seen = after(frontier, began, began + HOUR, began)
    assert seen[0] == MIDNIGHT
    assert seen[-1] == began + HOUR - 26 * MINUTE - MINUTE


def test_a_midnight_that_was_passed_already_is_not_gone_back_to() -> None:
    assert (
        taken_over(MIDNIGHT + 30 * MINUTE).at(MIDNIGHT + 31 * MINUTE, MIDNIGHT + 31 * MINUTE) == MIDNIGHT + 28 * MINUTE
    )


def test_a_long_stop_is_gone_through_midnight_by_midnight() -> None:
    began = MIDNIGHT + 2 * DAY + HOUR
    seen = after(taken_over(MIDNIGHT - HOUR), began, began + HOUR, began)
    for day in range(3):
        assert seen.count(MIDNIGHT + day * DAY) * 15 * SECOND >= HOLD
    assert seen[-1] == began + HOUR - LAG - MINUTE


@given(
    st.lists(st.tuples(st.integers(0, 20 * HOUR), st.integers(0, 60 * HOUR)), min_size=1, max_size=4),
    st.sampled_from([2 * MINUTE, LAG, 26 * MINUTE, HOUR]),
)
def test_it_never_goes_back_nor_passes_a_midnight_unseen(lives: list[tuple[Millis, Millis]], lag: Millis) -> None:
    """Lives and the stops between them, one daemon after the other."""
    now, seen, told = MIDNIGHT - 7 * HOUR, list[Millis](), list[MonitorEvent]()
    frontier = Frontier(lag, "Europe/Paris", None)
    for lived, stopped in lives:
        told += [MonitorEvent(now, "started"), MonitorEvent(now + lived, "stopped")]
        seen += after(frontier, now, now + lived + 1, now, MINUTE)
        ended, now = now + lived, now + lived + stopped
        frontier = Frontier(lag, "Europe/Paris", ended - ROW, shown_until(told, ended, lag, ROW, "Europe/Paris"))
    seen += after(frontier, now, now + 4 * HOUR, now, MINUTE)
    assert seen == sorted(seen)
    for day in range(-1, 16):
        if seen[0] <= MIDNIGHT + day * DAY < seen[-1]:
            assert MIDNIGHT + day * DAY in seen
