"""Sets of instants as sorted, disjoint, half-open spans: the arithmetic under the simulation's truth."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from netmon.clock import Millis

Span: TypeAlias = tuple[Millis, Millis]


class Spans:
    """An immutable set of instants. Adjacent spans are joined, empty ones dropped."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[Millis] = []
        self._ends: list[Millis] = []
        for start, end in sorted(spans):
            if end <= start:
                continue
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __iter__(self) -> Iterator[Span]:
        return zip(self._starts, self._ends, strict=True)

    def __len__(self) -> int:
        return len(self._starts)

    def __contains__(self, at: object) -> bool:
        if not isinstance(at, int):
            return False
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._ends[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and self._starts == other._starts and self._ends == other._ends

    def __hash__(self) -> int:
        return hash((tuple(self._starts), tuple(self._ends)))

    def __repr__(self) -> str:
        return f"Spans({list(self)})"

    def __or__(self, other: "Spans") -> "Spans":
        return Spans([*self, *other])

    def __and__(self, other: "Spans") -> "Spans":
        mine, theirs, common = list(self), list(other), []
        i = j = 0
        while i < len(mine) and j < len(theirs):
            common.append((max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])))
            if mine[i][1] < theirs[j][1]:
                i += 1
            else:
                j += 1
        return Spans(common)

    def edges(self) -> list[Millis]:
        """Every instant at which membership changes, in order."""
        return sorted([*self._starts, *self._ends])

    def clip(self, start: Millis, end: Millis) -> "Spans":
        """What of it lies in [start, end)."""
        return self & Spans([(start, end)])

    def ends_until(self, at: Millis) -> list[Millis]:
        """The ends of the spans that were over at ``at``, in order."""
        return self._ends[: bisect_right(self._ends, at)]

    def covering(self, at: Millis) -> Span | None:
        """The span ``at`` lies in."""
        index = bisect_right(self._starts, at) - 1
        return (self._starts[index], self._ends[index]) if index >= 0 and at < self._ends[index] else None
