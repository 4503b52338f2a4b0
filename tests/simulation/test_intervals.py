from hypothesis import given
from hypothesis import strategies as st

from netmon.simulation.intervals import Spans

_SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def _members(spans: Spans) -> set[int]:
    return {at for at in range(-1, 42) if at in spans}


def _model(pairs: list[tuple[int, int]]) -> set[int]:
    return {at for start, end in pairs for at in range(start, end)}


@given(_SPANS)
def test_spans_hold_exactly_the_instants_of_their_parts(pairs: list[tuple[int, int]]) -> None:
    assert _members(Spans(pairs)) == _model(pairs)


@given(_SPANS, _SPANS)
def test_union_and_intersection_are_those_of_sets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    assert _members(Spans(one) | Spans(other)) == _model(one) | _model(other)
    assert _members(Spans(one) & Spans(other)) == _model(one) & _model(other)


@given(_SPANS)
def test_membership_changes_at_the_edges_only(pairs: list[tuple[int, int]]) -> None:
    spans = Spans(pairs)
    changes = [at for at in range(42) if (at in spans) != (at - 1 in spans)]
    assert spans.edges() == changes


@given(_SPANS, st.integers(0, 40), st.integers(0, 40))
def test_clipping_keeps_what_lies_inside(pairs: list[tuple[int, int]], start: int, end: int) -> None:
    assert _members(Spans(pairs).clip(start, end)) == _model(pairs) & set(range(start, end))
