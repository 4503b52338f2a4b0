"""Limits on what targets make of the exposition: never exceeded, told, and the same series whoever was polled first."""

import logging
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from exporters.prometheus import Exposition
from netmon.clock import SECOND
from netmon.model import Check, Family, State
from netmon.settings import SeriesLimits
from tests.exporters.snapshots import BEGLES, make_check, make_observation, make_snapshot

TOLD_OF_NODE = (
    "a/snmp: 12 series are left out: they and those of the node's other checks are more than 10 "
    "(exposition.series_per_node)"
)
TOLD_OF_ALL = (
    "c/snmp and perhaps other checks show nothing of what they read: there are more than 10 series (exposition.series)"
)


def family(name: str, rows: int) -> Family:
    return Family(name, "gauge", "Rows.", ("row",), tuple((str(row),) for row in range(rows)), tuple(range(rows)))


def make_exposition(per_node: int = 1_000_000, total: int = 1_000_000) -> Exposition:
    return Exposition(make_snapshot([BEGLES]), CollectorRegistry(), limits=SeriesLimits(per_node, total))


def shown(exposition: Exposition) -> dict[str, int]:
    """Series of families ``t_…`` by check and family."""
    counts: dict[str, int] = {}
    for each in text_string_to_metric_families(b"".join(exposition.scrape()).decode()):
        for sample in each.samples if each.name.startswith("t_") else ():
            where = f"{sample.labels['node']}/{sample.labels['check']}/{each.name}"
            counts[where] = counts.get(where, 0) + 1
    return counts


def own(exposition: Exposition, name: str, **labels: str) -> float:
    for each in text_string_to_metric_families(b"".join(exposition.scrape()).decode()):
        for sample in each.samples:
            if (sample.name, sample.labels) == (name, labels):
                return sample.value
    raise AssertionError(f"no {name}")


def test_a_family_that_exceeds_the_limit_of_its_node_is_left_out_whole_and_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    exposition, check = make_exposition(per_node=10), make_check("a/snmp", node="a")
    with caplog.at_level(logging.WARNING, "netmon"):
        for _ in range(3):
            exposition.observed(make_observation(check, family("t_sys", 1), family("t_if", 12), family("t_fan", 9)))
    assert shown(exposition) == {"a/snmp/t_sys": 1, "a/snmp/t_fan": 9}
    assert own(exposition, "netmon_exposition_cut_series", limit="node") == 12
    assert own(exposition, "netmon_exposition_series") == 10
    assert [record.getMessage() for record in caplog.records] == [TOLD_OF_NODE]
    exposition.observed(make_observation(check, family("t_sys", 1), family("t_if", 9)))
    assert shown(exposition) == {"a/snmp/t_sys": 1, "a/snmp/t_if": 9}
    assert own(exposition, "netmon_exposition_cut_series", limit="node") == 0


def test_checks_of_one_node_share_its_limit_and_other_nodes_do_not() -> None:
    exposition = make_exposition(per_node=10)
    first, second = make_check("a/http", node="a"), make_check("a/snmp", node="a")
    exposition.observed(make_observation(replace(second, name="late"), family("t_x", 8)))
    exposition.observed(make_observation(replace(first, name="early"), family("t_x", 8)))
    exposition.observed(make_observation(make_check("b/snmp", node="b"), family("t_x", 8)))
    assert shown(exposition) == {"a/early/t_x": 8, "b/snmp/t_x": 8}


def test_beyond_the_limit_of_all_the_first_checks_by_id_stay_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    exposition = make_exposition(total=10)
    with caplog.at_level(logging.WARNING, "netmon"):
        for name in ("c", "b", "a", "c", "b"):
            exposition.observed(make_observation(make_check(f"{name}/snmp", node=name), family("t_x", 5)))
    assert shown(exposition) == {"a/snmp/t_x": 5, "b/snmp/t_x": 5}
    assert own(exposition, "netmon_exposition_cut_series", limit="total") == 5
    assert own(exposition, "netmon_exposition_series_limit", limit="total") == 10
    assert [record.getMessage() for record in caplog.records] == [TOLD_OF_ALL]


def test_room_is_given_back_by_checks_that_fail_are_forgotten_or_grow_old() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = Exposition(snapshot, CollectorRegistry(), limits=SeriesLimits(100, 5))
    first, second, third = (make_check(f"{name}/snmp", node=name) for name in "abc")
    for leave in (
        lambda: exposition.observed(make_observation(first, state=State.DOWN)),
        lambda: exposition.forget(first.id),
    ):
        exposition.observed(make_observation(first, family("t_x", 5)))
        exposition.observed(make_observation(second, family("t_x", 5)))
        assert shown(exposition) == {"a/snmp/t_x": 5}
        leave()
        exposition.observed(make_observation(second, family("t_x", 5)))
        assert shown(exposition) == {"b/snmp/t_x": 5}
        assert own(exposition, "netmon_exposition_cut_series", limit="total") == 0
    snapshot.time += 91 * SECOND
    assert shown(exposition) == {}
    exposition.observed(make_observation(third, family("t_x", 5), started=snapshot.time))
    assert shown(exposition) == {"c/snmp/t_x": 5}


def test_a_check_that_moves_to_another_node_leaves_its_room_on_the_first() -> None:
    exposition = make_exposition(per_node=5)
    moving = make_check("a/snmp", node="a")
    exposition.observed(make_observation(moving, family("t_x", 5)))
    exposition.observed(make_observation(replace(moving, node="b"), family("t_x", 5)))
    exposition.observed(make_observation(make_check("c/snmp", node="a"), family("t_x", 5)))
    assert shown(exposition) == {"b/snmp/t_x": 5, "a/snmp/t_x": 5}


@given(
    st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 6), max_size=4)), min_size=1, max_size=7),
    st.integers(0, 12),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_the_same_series_stay_in_whatever_order_checks_are_polled_and_limits_always_hold(
    checks: list[tuple[int, list[int]]], per_node: int, total: int, chance: random.Random
) -> None:
    polls: list[tuple[Check, list[Family]]] = []
    for number, (node, sizes) in enumerate(checks):
        check = replace(make_check(f"{number:02}", node=f"n{node}"), name=f"c{number}")
        polls.append((check, [family(f"t_{index}", rows) for index, rows in enumerate(sizes)]))
    results = []
    for _ in range(2):
        exposition = make_exposition(per_node, total)
        for _ in range(len(polls)):
            chance.shuffle(polls)
            for check, families in polls:
                exposition.observed(make_observation(check, *families))
                assert next(iter(exposition.account.series.collect())).samples[0].value <= total
        counts = shown(exposition)
        for node in range(3):
            assert sum(n for key, n in counts.items() if key.startswith(f"n{node}/")) <= per_node
        results.append(counts)
    assert results[0] == results[1]
