"""Polls are spread over their interval, always at the same place."""

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import MINUTE, SECOND
from netmon.engine.spread import due_between, next_due, offset
from tests.engine.small import check


def test_the_place_of_a_name_never_changes() -> None:
    assert [offset(name, MINUTE) for name in ("sw-begles-1/snmp", "portail-citoyens")] == [14_452, 43_311]


def test_a_thousand_names_fill_the_minute_evenly() -> None:
    load = Counter(offset(f"n{number}/snmp", MINUTE) // (10 * SECOND) for number in range(1_000))
    assert len(load) == 6
    assert max(load.values()) < 2 * min(load.values())


@given(st.text(min_size=1), st.integers(0, 10**13), st.integers(0, 10**6))
def test_due_moments_are_an_interval_apart_and_inside(name: str, start: int, length: int) -> None:
    one = check(name, ())
    moments = list(due_between(one, start, start + length))
    assert all(start <= moment < start + length for moment in moments)
    assert all(later - sooner == one.interval for sooner, later in itertools.pairwise(moments))
    assert next_due(one, start) - start < one.interval
    assert all(next_due(one, moment) == moment for moment in moments)
