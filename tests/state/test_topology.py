"""Which nodes stand in the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.state.topology import Topology, cut_since, lost_without

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


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        pytest.param({"a": 5}, {"a": 5}, id="the ring is reached from its other end"),
        pytest.param({"a": 5, "c": 9}, {"a": 5, "c": 9, "b": 9}, id="both ends are gone"),
        pytest.param({"core": 5}, {"core": 5, "a": 5, "b": 5, "c": 5}, id="a ring does not hold itself up"),
        pytest.param({"core": 9, "a": 5}, {"core": 9, "a": 5, "b": 9, "c": 9}, id="one end had failed before"),
        pytest.param({"lost": 3}, {"lost": 3}, id="a circle that hangs on nothing hides nothing"),
    ],
)
def test_uplinks_may_run_in_a_ring(failed: dict[str, int], expected: dict[str, int]) -> None:
    ring = {"core": (), "a": ("core", "b"), "b": ("a", "c"), "c": ("b", "core"), "lost": ("found",), "found": ("lost",)}
    assert Topology(ring).broken_since(failed) == expected


def test_the_nodes_in_the_way_are_those_met_first() -> None:
    topology = Topology({"core": (), "dist": ("core",), "acc": ("dist", "core")})
    assert topology.standing_in_the_way(("acc",), {"core", "dist"}.__contains__) == ("core", "dist")
    assert topology.standing_in_the_way(("acc",), {"acc", "core"}.__contains__) == ("acc",)
    assert topology.standing_in_the_way(("acc",), {"gone"}.__contains__) == ()


def test_what_is_lost_without_a_node() -> None:
    topology = Topology(RING)
    assert lost_without(topology, ["core1"]) == {"core1"}
    assert lost_without(topology, ["core1", "core2"]) == {"core1", "core2", "dist", "access"}


NODES = [f"n{number}" for number in range(7)]
networks = st.fixed_dictionaries({node: st.lists(st.sampled_from(NODES), max_size=3, unique=True) for node in NODES})
failures = st.dictionaries(st.sampled_from(NODES), st.integers(1, 9))


@given(networks, st.lists(failures, max_size=4))
def test_following_failures_one_by_one_comes_to_the_same(
    network: dict[str, list[str]], history: list[dict[str, int]]
) -> None:
    topology = Topology(network)
    failed: dict[str, int] = {}
    broken: dict[str, int] = {}
    for then in history:
        changed = [node for node in NODES if failed.get(node) != then.get(node)]
        before = dict(broken)
        moved = topology.follow(changed, then, broken)
        failed = then
        assert broken == topology.broken_since(failed) == by_every_path(network, failed)
        assert moved == {node for node in NODES if before.get(node) != broken.get(node)}


def by_every_path(network: dict[str, list[str]], failed: dict[str, int]) -> dict[str, int]:
    """Paths walked one by one: each breaks with the first of its nodes, and the last of them cuts."""

    def ways(node: str, seen: tuple[str, ...]) -> list[tuple[str, ...]]:
        if not network[node]:
            return [(node, *seen)]
        return [path for up in network[node] if up not in (node, *seen) for path in ways(up, (node, *seen))]

    def paths(node: str, seen: tuple[str, ...]) -> list[tuple[str, ...]]:
        if not network[node] or not ways(node, ()):
            return [(node, *seen)]
        return [path for up in network[node] if up not in (node, *seen) for path in paths(up, (node, *seen))]

    never = 10**30
    broken = {}
    for node in network:
        at = max(min(failed.get(step, never) for step in path) for path in paths(node, ()))
        if at < never:
            broken[node] = at
    return broken


@given(st.sets(st.sampled_from(sorted(RING))), st.sets(st.sampled_from(sorted(RING))))
def test_more_failures_never_open_a_way(fewer: set[str], more: set[str]) -> None:
    topology = Topology(RING)
    few = topology.broken_since(dict.fromkeys(fewer, 1))
    many = topology.broken_since(dict.fromkeys(fewer | more, 1))
    assert few.keys() <= many.keys()
