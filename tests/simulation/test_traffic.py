from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, SECOND, Millis
from netmon.simulation.intervals import Spans
from netmon.simulation.seeded import Chance
from netmon.simulation.traffic import Flow

NOW: Millis = 1_790_000_000_000


@settings(deadline=None)
@given(
    st.floats(1.0, 1e9),
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(0, 20 * DAY), st.integers(1, DAY)), max_size=5),
    st.lists(st.integers(0, 30 * DAY), min_size=2, max_size=20),
)
def test_a_counter_never_goes_back(mean: float, name: int, down: list[tuple[int, int]], instants: list[int]) -> None:
    flow = Flow(mean, Chance(name), Spans((NOW + start, NOW + start + length) for start, length in down))
    counted = [flow.octets(NOW, NOW + at) for at in sorted(instants)]
    assert counted == sorted(counted)
    assert counted[0] >= 0


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(0, 7 * DAY))
def test_what_is_counted_in_a_second_is_the_rate_of_that_second(name: int, after: int) -> None:
    flow = Flow(1e6, Chance(name), Spans())
    at = NOW + after
    counted = flow.octets(NOW - DAY, at + SECOND) - flow.octets(NOW - DAY, at)
    assert abs(counted - flow.rate(at + SECOND // 2)) < 2_000
    assert flow.rate(at) > 0


def test_in_a_week_the_mean_comes_out_and_days_are_busier_than_nights() -> None:
    flow = Flow(1e6, Chance("week"), Spans())
    monday = 1_789_948_800_000
    assert abs(flow.octets(monday, monday + 7 * DAY) / (7 * DAY / SECOND) / 1e6 - 1) < 0.01
    afternoon, night = (flow.octets(monday + at, monday + at + 2 * HOUR) for at in (12 * HOUR, HOUR))
    assert afternoon > 2 * night


def test_nothing_is_counted_while_the_link_is_down() -> None:
    flow = Flow(1e6, Chance("down"), Spans([(NOW, NOW + HOUR)]))
    before = flow.octets(NOW - DAY, NOW)
    assert flow.octets(NOW - DAY, NOW + HOUR) == before
    assert flow.octets(NOW - DAY, NOW + 2 * HOUR) > before
    assert flow.rate(NOW) == 0


@settings(deadline=None)
@given(st.integers(0, 7 * DAY))
def test_what_never_changes_comes_on_top(after: int) -> None:
    flow = Flow(1e6, Chance("floor"), Spans([(NOW, NOW + HOUR)]), 1e8)
    assert flow.octets(NOW, NOW + HOUR) == 0
    at = NOW + HOUR + after
    counted = flow.octets(NOW, at + SECOND) - flow.octets(NOW, at)
    assert abs(counted - flow.rate(at + SECOND // 2)) < 2_000
    assert 1e8 < flow.rate(at) < 1.02e8
