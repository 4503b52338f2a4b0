"""Sets of instants as sorted, disjoint, half-open integer intervals. Every operation is one linear merge.

A ``Set`` is a tuple of (start, end) with start < end, each end before the next start. Unlimited sides are ``FIRST``
and ``LAST``, which no recorded instant reaches.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from netmon.clock import Millis

Interval: TypeAlias = tuple[Millis, Millis]
Set: TypeAlias = tuple[Interval, ...]

FIRST: Millis = -(10**30)
LAST: Millis = 10**30
EMPTY: Set = ()
ALWAYS: Set = ((FIRST, LAST),)


def normalise(pieces: Iterable[Interval]) -> Set:
    """Any intervals, in any order, overlapping, touching or empty, as a set."""
    merged: list[Interval] = []
    last_start, last_end = FIRST, FIRST - 1
    for start, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if start <= last_end:
            last_end = max(last_end, end)
        else:
            if last_start < last_end:
                merged.append((last_start, last_end))
            last_start, last_end = start, end
    if last_start < last_end:
        merged.append((last_start, last_end))
    return tuple(merged)


def union(one: Set, other: Set) -> Set:
    """What is in either."""
    if not one or not other:
        return one or other
    return normalise((*one, *other))


def intersection(one: Set, other: Set) -> Set:
    """What is in both."""
    return tuple(_common(one, other))


def difference(one: Set, other: Set) -> Set:
    """What is in ``one`` and not in ``other``."""
    return intersection(one, complement(other)) if one and other else one


def complement(pieces: Set) -> Set:
    """Every instant not in the set."""
    gaps: list[Interval] = []
    at = FIRST
    for start, end in pieces:
        if at < start:
            gaps.append((at, start))
        at = end
    if at < LAST:
        gaps.append((at, LAST))
    return tuple(gaps)


def clip(pieces: Set, start: Millis, end: Millis) -> Set:
    """The part inside [start, end)."""
    return intersection(pieces, ((start, end),)) if start < end else EMPTY


def length(pieces: Set) -> Millis:
    """How long it is, all intervals together."""
    return sum(end - start for start, end in pieces)


class Ruler:
    """Measures how much of a set lies before an instant, in the logarithm of its intervals.

    ``edges`` are all its starts and ends, then an instant after all; ``before[i]`` is how much of it lies before
    ``edges[i - 1]``.
    """

    __slots__ = ("before", "edges")

    def __init__(self, pieces: Set) -> None:
        self.edges: list[Millis] = []
        self.before: list[Millis] = [0]
        for start, end in pieces:
            self.edges += (start, end)
            inside = self.before[-1]
            self.before += (inside, inside + end - start)
        self.edges.append(LAST + 1)

    def upto(self, at: Millis) -> Millis:
        """The length of the set before ``at``."""
        edge = bisect_right(self.edges, at)
        return self.before[edge] + (at - self.edges[edge - 1] if edge % 2 else 0)

    def between(self, start: Millis, end: Millis) -> Millis:
        """The length of the set inside [start, end)."""
        return self.upto(end) - self.upto(start)


def _common(one: Set, other: Set) -> Iterator[Interval]:
    mine, theirs = iter(one), iter(other)
    first, second = next(mine, None), next(theirs, None)
    while first and second:
        start, end = max(first[0], second[0]), min(first[1], second[1])
        if start < end:
            yield start, end
        if first[1] <= second[1]:
            first = next(mine, None)
        else:
            second = next(theirs, None)
