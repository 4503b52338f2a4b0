"""The clock that never goes back."""

from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import HOUR, MINUTE, ManualClock, SteadyClock


def test_it_tells_the_wall_clock() -> None:
    wall = ManualClock(1_000)
    steady = SteadyClock(wall)
    for by in (0, 1, 5_000, 10**9):
        wall.advance(by)
        assert (steady.now(), steady.ahead()) == (wall.now(), 0)


def test_a_wall_clock_set_forward_is_followed_at_once() -> None:
    wall = ManualClock(1_000)
    steady = SteadyClock(wall)
    wall.step(HOUR)
    assert steady.now() == 1_000 + HOUR


def test_a_wall_clock_set_back_is_waited_for_at_half_speed() -> None:
    wall = ManualClock(10 * HOUR)
    steady = SteadyClock(wall)
    assert steady.now() == 10 * HOUR
    wall.step(-HOUR)
    assert (steady.now(), steady.ahead()) == (10 * HOUR, HOUR)
    wall.advance(HOUR)
    assert (steady.now(), steady.ahead()) == (10 * HOUR + HOUR // 2, HOUR // 2)
    wall.advance(HOUR)
    assert (steady.now(), steady.ahead()) == (11 * HOUR, 0)
    wall.advance(MINUTE)
    assert (steady.now(), steady.ahead()) == (11 * HOUR + MINUTE, 0)


def test_it_begins_where_a_clock_before_it_ended() -> None:
    wall = ManualClock(5_000)
    steady = SteadyClock(wall, floor=9_000)
    assert steady.now() == 9_000
    wall.advance(2_000)
    assert steady.now() == 10_000


moves = st.lists(st.tuples(st.sampled_from(["advance", "step"]), st.integers(0, 10**7), st.booleans()), max_size=40)


@given(moves)
def test_it_moves_on_whenever_time_passes_and_never_goes_back(drawn: list[tuple[str, int, bool]]) -> None:
    wall = ManualClock(10**9)
    steady = SteadyClock(wall)
    before = steady.now()
    for how, by, back in drawn:
        if how == "step":
            wall.step(-by if back else by)
            assert steady.now() >= before
        else:
            wall.advance(by)
            assert steady.now() >= before + by // 2
        before = steady.now()
        assert before >= wall.now()
