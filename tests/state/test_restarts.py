"""Restarts: none missed, none made up, by sysUpTime and by the SNMP engine's own count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, SECOND
from netmon.state.restarts import TICKS, Age, has_rebooted, restarted


@pytest.mark.parametrize(
    ("before", "elapsed", "after", "rebooted"),
    [
        pytest.param(100_000, MINUTE, 106_000, False, id="a minute passed"),
        pytest.param(100_000, MINUTE, 3_000, True, id="restarted half a minute ago"),
        pytest.param(TICKS - 3_000, MINUTE, 3_000, False, id="came round after 497 days"),
        pytest.param(TICKS - 3_000, MINUTE, 200, False, id="came round, a little late"),
        pytest.param(100_000, MINUTE, 104_000, False, id="its clock runs slow"),
        pytest.param(100_000, MINUTE, 108_000, False, id="its clock runs fast"),
        pytest.param(100_000, 3 * DAY, 500, True, id="restarted after days unseen"),
        pytest.param(2_500, 30 * SECOND, 2_000, True, id="restarted again soon after a restart"),
        pytest.param(20 * 8_640_000, MINUTE, 20 * 8_640_000 - 360_000, False, id="its clock was set back an hour"),
        pytest.param(500, MINUTE, 20 * 8_640_000, False, id="its clock was set ahead"),
        pytest.param(8_640_000, HOUR, 180_000, True, id="restarted half an hour ago, in an hour unseen"),
        pytest.param(30_000, HOUR, 180_000, True, id="restarted unseen, and is older now than it was then"),
    ],
)
def test_sysuptime_tells_restarts_from_wraps(before: int, elapsed: int, after: int, rebooted: bool) -> None:
    assert has_rebooted(before, elapsed, after) is rebooted
    assert restarted(Age(before), elapsed, Age(after)) is rebooted


@pytest.mark.parametrize(
    ("before", "elapsed", "after", "rebooted"),
    [
        pytest.param(Age(100_000, 3, 1_000), MINUTE, Age(106_000, 3, 1_060), False, id="a minute passed"),
        pytest.param(Age(100_000, 3, 1_000), MINUTE, Age(3_000, 4, 30), True, id="both say so"),
        pytest.param(
            Age(TICKS - 3_000, 3, 42_949_642), MINUTE, Age(3_000, 3, 42_949_702), False, id="came round after 497 days"
        ),
        pytest.param(
            Age(2**31 - 3_000, 3, 21_474_806), MINUTE, Age(3_000, 3, 21_474_866), False, id="came round after 248 days"
        ),
        pytest.param(
            Age(429_493_729, 3, 4_294_937), MINUTE, Age(3_000, 3, 4_294_997), False, id="came round after 49 days"
        ),
        pytest.param(
            Age(TICKS - 3_000, 3, 42_949_642), MINUTE, Age(3_000, 4, 30), True, id="restarted as it would come round"
        ),
        pytest.param(
            Age(20 * 8_640_000, 3, 1_728_000),
            MINUTE,
            Age(20 * 8_640_000 + 6_000, 4, 10),
            False,
            id="the engine was configured anew, the device stayed up",
        ),
        pytest.param(Age(100_000, 0, 1_000), MINUTE, Age(3_000, 0, 30), True, id="boots that are not kept"),
        pytest.param(Age(100_000, 1, 0), MINUTE, Age(106_000, 1, 0), False, id="an engine time that stands still"),
        pytest.param(Age(100_000, 1, 0), MINUTE, Age(3_000, 1, 0), True, id="no engine time, restarted"),
        pytest.param(Age(100_000, 3, 1_000), MINUTE, Age(3_000), True, id="the engine is not told any more"),
        pytest.param(Age(2_500, 3, 25), 30 * SECOND, Age(2_900, 4, 29), True, id="restarts in close succession"),
    ],
)
def test_the_engine_is_the_judge_where_there_is_one(before: Age, elapsed: int, after: Age, rebooted: bool) -> None:
    assert restarted(before, elapsed, after) is rebooted


uptimes = st.integers(0, TICKS - 1)
spans = st.integers(0, 400 * DAY)


@given(uptimes, spans)
def test_a_steady_clock_never_looks_like_a_restart(before: int, elapsed: int) -> None:
    after = (before + elapsed // 10) % TICKS
    assert not has_rebooted(before, elapsed, after)
    engines = Age(before, 5, before // 100), Age(after, 5, before // 100 + elapsed // 1000)
    assert not restarted(engines[0], elapsed, engines[1])


@given(uptimes, st.integers(1, 100), st.integers(10 * SECOND, 30 * DAY), st.data())
def test_a_restart_with_boots_kept_is_never_missed(before: int, boots: int, elapsed: int, data: st.DataObject) -> None:
    age = data.draw(st.integers(0, elapsed - 1))
    assert restarted(Age(before, boots, before // 100), elapsed, Age(age // 10, boots + 1, age // 1000))


@given(st.integers(0, TICKS // 2), st.integers(2 * MINUTE, 30 * DAY), st.data())
def test_without_an_engine_a_restart_is_seen_where_sysuptime_lost_more_than_clocks_drift(
    before: int, elapsed: int, data: st.DataObject
) -> None:
    age = data.draw(st.integers(0, elapsed))
    lost = before * 10 + elapsed - age
    if lost > 31 * SECOND + elapsed // 100:
        assert has_rebooted(before, elapsed, age // 10)
