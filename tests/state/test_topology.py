"""Which nodes stand in the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.state.topology import Topology, cut_since

RING = {"core1": (), "core2": (), "dist": ("core1", "core2"), "access": ("dist",), "island": ()}


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        pytest.param({}, {}, id="all is well"),
        pytest.param({"core1": 5}, {"core1": 5}, id="one of two ways is left"),
        pytest.param(
            {"core1": 5, "core2": 9},
            {"core1": 5, "core2": 9, "dist": 9, "access": 9},
            id="cut since the last way broke",
        ),
        pytest.param(
            {"dist": 3, "access": 7}, {"dist": 3, "access": 3}, id="the cut is older than the child's silence"
        ),
        pytest.param({"access": 7}, {"access": 7}, id="a leaf cuts nothing else"),
        pytest.param({"gone": 7}, {}, id="an unknown node cuts nothing"),
    ],
)
def test_cuts_follow_every_path(failed: dict[str, int], expected: dict[str, int]) -> None:
    assert Topology(RING).broken_since(failed) == expected


def test_no_known_way_means_no_cut() -> None:
    assert cut_since((), {"core1": 5}) is None


def test_uplinks_in_a_circle_are_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        Topology({"a": ("b",), "b": ("a",)})


@given(st.sets(st.sampled_from(sorted(RING))), st.sets(st.sampled_from(sorted(RING))))
def test_more_failures_never_open_a_way(fewer: set[str], more: set[str]) -> None:
    topology = Topology(RING)
    few = topology.broken_since(dict.fromkeys(fewer, 1))
    many = topology.broken_since(dict.fromkeys(fewer | more, 1))
    assert few.keys() <= many.keys()
