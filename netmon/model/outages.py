"""Outages, one by one and very many."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import eq, gt
from typing import overload

from netmon.clock import Millis


@dataclass(frozen=True, slots=True)
class Outage:
    """A maximal run answered ``down``, from ``start`` to ``end``; ``counted`` is the part inside ``unavailable``."""

    object: str
    start: Millis
    end: Millis
    counted: Millis
    reason: str


class Outages(Sequence[Outage]):
    """Outages as columns, for there may be very many: one is made into an ``Outage`` when it is asked for.

    In the order told, or once ``sort`` was called, by time, then object; the columns remain in the order told.
    """

    __slots__ = ("_order", "counted", "ends", "objects", "reasons", "starts")

    def __init__(self) -> None:
        self.starts, self.ends = array("q"), array("q")
        self.counted = array("q")
        self.objects: list[str] = []
        self.reasons: list[str] = []
        self._order: Sequence[int] | None = None

    def tell(self, object_id: str, start: Millis, end: Millis, counted: Millis, reason: str) -> None:
        """One more."""
        self.starts.append(start)
        self.ends.append(end)
        self.counted.append(counted)
        self.objects.append(object_id)
        self.reasons.append(reason)

    def ended(self) -> Millis | None:
        """When the last one told ended."""
        return self.ends[-1] if self.ends else None

    def take_back(self) -> Outage:
        """The last one told, which is forgotten."""
        start, end, counted = self.starts.pop(), self.ends.pop(), self.counted.pop()
        return Outage(self.objects.pop(), start, end, counted, self.reasons.pop())

    def extend(self, outages: Iterable[Outage]) -> None:
        """Some more, in the order told if they are ``Outages``; those of one object in order of time."""
        if isinstance(outages, Outages):
            self.starts.extend(outages.starts)
            self.ends.extend(outages.ends)
            self.counted.extend(outages.counted)
            self.objects += outages.objects
            self.reasons += outages.reasons
            return
        for outage in outages:
            self.tell(outage.object, outage.start, outage.end, outage.counted, outage.reason)

    def sort(self) -> None:
        """By time, then object; those of one object and one time stay in the order told."""
        order: Iterable[int] = range(len(self.objects))
        if any(map(gt, self.objects, islice(self.objects, 1, None))):
            order = sorted(order, key=self.objects.__getitem__)
        self._order = array("q", sorted(order, key=self.starts.__getitem__))

    def __len__(self) -> int:
        return len(self.objects)

    @overload
    def __getitem__(self, place: int) -> Outage: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Outage]: ...
    def __getitem__(self, place: int | slice) -> Outage | Sequence[Outage]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        index = place if self._order is None else self._order[place]
        return Outage(
            self.objects[index], self.starts[index], self.ends[index], self.counted[index], self.reasons[index]
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))


def counted(outages: Sequence[Outage]) -> Iterable[Millis]:
    """How much of each counts, in any order: without making any into an ``Outage`` that is none yet."""
    return outages.counted if isinstance(outages, Outages) else (outage.counted for outage in outages)
