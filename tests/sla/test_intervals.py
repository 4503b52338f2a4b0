from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from netmon.sla.intervals import (
    ALWAYS,
    EMPTY,
    FIRST,
    LAST,
    Ruler,
    Set,
    clip,
    complement,
    difference,
    intersection,
    length,
    normalise,
    union,
)

WIDTH = 40
pieces = st.lists(st.tuples(st.integers(0, WIDTH), st.integers(0, WIDTH)), max_size=8)
sets = pieces.map(normalise)


def cells(pieces: Set) -> set[int]:
    return {cell for cell in range(-1, WIDTH + 1) if any(start <= cell < end for start, end in pieces)}


def is_normal(pieces: Set) -> bool:
    edges = [edge for piece in pieces for edge in piece]
    return all(one < other for one, other in pairwise(edges))


@given(pieces)
def test_normalising_keeps_every_cell_in_sorted_disjoint_apart_intervals(raw: list[tuple[int, int]]) -> None:
    assert cells(normalise(raw)) == {cell for cell in range(WIDTH + 1) if any(a <= cell < b for a, b in raw)}
    assert is_normal(normalise(raw))


@given(sets, sets)
def test_operations_agree_with_sets_of_cells(one: Set, other: Set) -> None:
    for operation, expected in (
        (union, cells(one) | cells(other)),
        (intersection, cells(one) & cells(other)),
        (difference, cells(one) - cells(other)),
    ):
        result = operation(one, other)
        assert cells(result) == expected
        assert is_normal(result)
        assert length(result) == len(expected)


@given(sets, st.integers(0, WIDTH), st.integers(0, WIDTH))
def test_clipping_and_measuring_agree_with_cells(one: Set, start: int, end: int) -> None:
    inside = {cell for cell in cells(one) if start <= cell < end}
    assert cells(clip(one, start, end)) == inside
    if start <= end:
        assert Ruler(one).between(start, end) == len(inside)


@given(sets)
def test_the_complement_is_everything_else(one: Set) -> None:
    assert intersection(one, complement(one)) == EMPTY
    assert union(one, complement(one)) == ALWAYS
    assert complement(complement(one)) == one


def test_unlimited_sides_stay_unlimited() -> None:
    assert complement(EMPTY) == ALWAYS
    assert complement(((5, LAST),)) == ((FIRST, 5),)
    assert difference(ALWAYS, ((1, 2),)) == ((FIRST, 1), (2, LAST))
