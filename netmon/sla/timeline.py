"""What was known of an object at every instant, independent of any policy.

A timeline is cut where something changes. Each piece holds one *code*, an integer with

- the *cell*: the state's rank in ``expression.BADNESS``, and ``WORKS`` where planned work explains it;
- flags: ``STOPPED`` (the monitor did not look; the state is the last one, for policies that carry it),
  ``CORRECTED`` (a signed correction: counts as seen), and the layers above the state, ``PLANNED``, ``OUT_OF_HOURS``
  and ``NOT_IN_SERVICE``;
- the set of cells the truth may have been in. Between ``earliest`` and ``at`` of a transition it may already have
  been the new state: that is all the uncertainty polling leaves, and what the bounds of every figure are made of.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice, pairwise
from operator import le
from typing import NamedTuple, TypeAlias, TypeVar

from netmon.clock import Millis
from netmon.conventions import Reason
from netmon.expression import BADNESS
from netmon.model import Correction, State, Transition
from netmon.sla.intervals import FIRST, LAST, Set

RANKED: tuple[State, ...] = tuple(sorted(BADNESS, key=BADNESS.__getitem__))
"""The states from best to worst: ``RANKED[code & STATE]``."""

STATE = 0b111
WORKS = 1 << 3
CELL = STATE | WORKS
STOPPED = 1 << 4
CORRECTED = 1 << 5
PLANNED = 1 << 6
OUT_OF_HOURS = 1 << 7
NOT_IN_SERVICE = 1 << 8
POSSIBLE = 9
"""The set of possible cells is ``code >> POSSIBLE``, one bit a cell."""

_CERTAIN = {state: rank | 1 << POSSIBLE + rank for state, rank in BADNESS.items()}
PENDING = _CERTAIN[State.PENDING]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timeline:
    """Piece ``i`` lasts from ``starts[i]`` to the next start; the first starts at ``FIRST``. Not to be changed."""

    starts: list[Millis]
    codes: list[int]
    reasons: list[str]

    def at(self, instant: Millis) -> tuple[int, str]:
        """The code and the reason in force."""
        index = bisect_right(self.starts, instant) - 1
        return self.codes[index], self.reasons[index]

    def add(self, at: Millis, code: int, reason: str) -> None:
        """While building: from ``at`` on; a piece of no length gives way to the later one."""
        if self.starts and self.starts[-1] == at:
            self.codes[-1] = code
            self.reasons[-1] = reason
        else:
            self.starts.append(at)
            self.codes.append(code)
            self.reasons.append(reason)


class Stop(NamedTuple):
    """The monitor did not look from ``start`` to ``end``; ``order`` is where among the events it was told."""

    start: Millis
    end: Millis
    order: int


Piece: TypeAlias = tuple[Millis, Millis, T]


def code_of(state: State) -> int:
    """The code of a state known for certain."""
    return _CERTAIN[state]


def state_of(code: int) -> State:
    """The state a code holds, whatever its flags."""
    return RANKED[code & STATE]


def possible_cells(code: int) -> list[int]:
    """The cells the truth may have been in."""
    mask = code >> POSSIBLE
    return [cell for cell in range(CELL + 1) if mask >> cell & 1]


class Changes:
    """The changes of state of one object as columns: a tenth of the memory of as many ``Transition``.

    ``codes`` are those of the new states; ``orders`` their places among the events, which decide at equal times;
    ``reasons`` are those of ``reason_of``.
    """

    __slots__ = ("at", "codes", "earliest", "orders", "reasons")

    def __init__(self) -> None:
        self.at, self.earliest, self.orders = array("q"), array("q"), array("q")
        self.codes = array("H")
        self.reasons: list[str] = []

    def sort(self) -> None:
        """By time; those of the same time stay in the order told."""
        if all(map(le, self.at, islice(self.at, 1, None))):
            return
        places = sorted(range(len(self.at)), key=self.at.__getitem__)
        for name in ("at", "earliest", "orders"):
            setattr(self, name, array("q", map(getattr(self, name).__getitem__, places)))
        self.codes = array("H", map(self.codes.__getitem__, places))
        self.reasons = [self.reasons[place] for place in places]


def observed(changes: Changes, stops: Sequence[Stop]) -> Timeline:
    """The timeline of the sorted changes, blind during the stops.

    What is dated inside a stop takes effect when the monitor starts again. The uncertainty of a change reaches back to
    its ``earliest``, never before the change before it.
    """
    times: Iterable[Millis] = changes.at
    if stops:
        times = [_seen_at(at, order, stops) for at, order in zip(changes.at, changes.orders, strict=True)]
    starts, codes, reasons = [FIRST], [PENDING], [""]
    previous, before, reason = FIRST, PENDING, ""
    for at, told, code, why in zip(times, changes.earliest, changes.codes, changes.reasons, strict=True):
        earliest = max(previous, told)
        if earliest < at and code != before:
            if earliest == previous:
                codes[-1] = before | code >> POSSIBLE << POSSIBLE
            else:
                starts.append(earliest)
                codes.append(before | code >> POSSIBLE << POSSIBLE)
                reasons.append(reason)
        elif at == previous:
            starts.pop(), codes.pop(), reasons.pop()
        starts.append(at)
        codes.append(code)
        reasons.append(why)
        previous, before, reason = at, code, why
    line = Timeline(starts, codes, reasons)
    return overlay(line, [(stop.start, stop.end, STOPPED) for stop in stops], flagged) if stops else line


def corrected(line: Timeline, corrections: Sequence[tuple[int, Correction]]) -> Timeline:
    """The timeline with (order, correction) laid over it: the latest recorded wins, then the later told."""
    return overlay(line, in_force(corrections), _replaced) if corrections else line


def overlay(line: Timeline, pieces: Iterable[Piece[T]], change: Callable[[int, str, T], tuple[int, str]]) -> Timeline:
    """The timeline with what ``change`` makes of (code, reason) inside each piece (sorted, disjoint). Linear."""
    laid = Timeline([], [], [])
    index, count = 0, len(line.starts)
    for start, end, what in pieces:
        while index < count and line.starts[index] <= start:
            laid.add(line.starts[index], line.codes[index], line.reasons[index])
            index += 1
        laid.add(start, *change(line.codes[index - 1], line.reasons[index - 1], what))
        while index < count and line.starts[index] < end:
            laid.add(line.starts[index], *change(line.codes[index], line.reasons[index], what))
            index += 1
        if end < LAST:
            laid.add(end, line.codes[index - 1], line.reasons[index - 1])
    if not laid.starts:
        return line
    for rest in range(index, count):
        laid.add(line.starts[rest], line.codes[rest], line.reasons[rest])
    return laid


def flagged(code: int, reason: str, flag: int) -> tuple[int, str]:
    """For ``overlay``: raise a flag."""
    return code | flag, reason


def marked(line: Timeline, planned: Set) -> Timeline:
    """The timeline as a member of something larger: what it does during ``planned`` is explained by work."""
    return overlay(line, [(start, end, WORKS) for start, end in planned], _explained)


def layered(line: Timeline, planned: Set, closed: Set, absent: Set) -> Timeline:
    """The timeline under its layers: maintenance, then out of hours, then not in service."""
    for pieces, flag in ((planned, PLANNED), (closed, OUT_OF_HOURS), (absent, NOT_IN_SERVICE)):
        line = overlay(line, [(start, end, flag) for start, end in pieces], flagged)
    return line


def reason_of(transition: Transition) -> str:
    """Why, in one word of the closed list; or what another system said, in its words."""
    return transition.detail if transition.reason is Reason.OTHER else transition.reason


def reason_from(text: str) -> tuple[Reason, str]:
    """The reason and detail of which ``reason_of`` makes ``text``."""
    known = text in Reason._value2member_map_ and text != Reason.OTHER
    return (Reason(text), "") if known else (Reason.OTHER, text)


def _seen_at(at: Millis, order: int, stops: Sequence[Stop]) -> Millis:
    index = bisect_right(stops, at, key=lambda stop: stop.start) - 1
    if index < 0:
        return at
    stop = stops[index]
    inside = at < stop.end and (at > stop.start or order > stop.order)
    return stop.end if inside else at


def _explained(code: int, reason: str, _: int) -> tuple[int, str]:
    either = code >> POSSIBLE
    cells = (either | either << WORKS) & ~0b11111111
    return code & ((1 << POSSIBLE) - 1) | WORKS | cells << POSSIBLE, reason


def _replaced(_code: int, _reason: str, correction: Correction) -> tuple[int, str]:
    return _CERTAIN[correction.state] | CORRECTED, correction.reason


def in_force(corrections: Sequence[tuple[int, Correction]]) -> list[Piece[Correction]]:
    """Disjoint pieces with the correction that wins there: a sweep with the active ones in a heap, best first."""
    waiting = sorted(corrections, key=lambda told: told[1].start, reverse=True)
    edges = sorted({edge for _, told in corrections for edge in (told.start, told.end)})
    active: list[tuple[int, int, Correction]] = []
    pieces: list[Piece[Correction]] = []
    for start, end in pairwise(edges):
        while waiting and waiting[-1][1].start <= start:
            order, correction = waiting.pop()
            heappush(active, (-correction.recorded, -order, correction))
        while active and active[0][2].end <= start:
            heappop(active)
        if active:
            pieces.append((start, end, active[0][2]))
    return pieces
