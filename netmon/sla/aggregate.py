"""Several objects as one: weighted by time, or by vote at every instant.

A vote asks each member for its answer; one that is excluded does not vote. The whole is the answer of the member
that decides: with N votes needed, the N-th best one (``any``: the best, ``all``: the worst). The whole's class in the
partition is that member's, so that eligible and unavailable time follow from the classes as for a single object; when
nobody votes it is the class nearest to a state. Bounds vote the same way, over the worst and the best each member
may have answered.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate, takewhile
from typing import TypeAlias

from netmon.clock import Millis
from netmon.errors import UsageError
from netmon.model import Outage
from netmon.sla.figures import UNWATCHED, Measure, part_of
from netmon.sla.meaning import CLASSES, Meaning, Meanings, meanings_of
from netmon.sla.policy import Answer, Policy
from netmon.sla.timeline import Timeline

Needed: TypeAlias = Callable[[int], int]
"""How many of so many voters must be up."""

WEIGHTED = "weighted"

_BEST_FIRST = ("up", "degraded", "maintenance", "unknown", "unreachable", "no_data", "down")
_NEAREST_FIRST = (
    "up", "degraded", "unknown", "unreachable", "down", "no_data", "maintenance", "out_of_hours", "not_in_service"
)  # fmt: skip


def parse_aggregate(text: str) -> Needed | None:
    """Read ``all``, ``any`` or ``at-least:N``; None for ``weighted``.

    Raises:
        UsageError: none of these.
    """
    if text == WEIGHTED:
        return None
    if text == "all":
        return lambda voters: voters
    if text == "any":
        return lambda voters: min(1, voters)
    found = re.fullmatch(r"at-least:([1-9][0-9]{0,8})", text)
    if not found:
        raise UsageError(f"no aggregate '{text}': expected weighted, all, any or at-least:N with N from 1")
    count = int(found[1])
    return lambda voters: min(count, voters)


@dataclass(frozen=True, slots=True)
class _Result:
    """What the vote came to: the deciding member's ``meaning``; ``down``: an outage, planned or not."""

    meaning: Meaning
    low: Answer
    high: Answer
    down: bool


def vote(members: Sequence[Timeline], needed: Needed, start: Millis, end: Millis, policy: Policy) -> Measure:
    """Measure the vote of layered timelines (``timeline.layered``) over [start, end)."""
    urn = _Urn(members, needed, meanings_of(policy))
    box = _Box()
    for at, until in _moments(members, start, end, urn):
        box.put(urn.result(), at, until, urn)
    return box.measure(end)


class _Urn:
    """The ballots in force: a change of one is counted in a few steps, and nothing of the past is kept."""

    def __init__(self, members: Sequence[Timeline], needed: Needed, meanings: Meanings) -> None:
        self._members, self._needed, self._meanings = members, needed, meanings
        self._places = [0] * len(members)
        self._counts: Counter[int] = Counter()  # how many hold each code
        self._answers = [dict.fromkeys(Answer, 0) for _ in range(3)]  # how many give each: at worst, at best, below
        for line in members:
            self._change(line.codes[0], 1)

    def change(self, member: int, place: int) -> None:
        """The member came to another of its pieces."""
        codes = self._members[member].codes
        before, after = codes[self._places[member]], codes[place]
        self._places[member] = place
        if before != after:
            self._change(before, -1)
            self._change(after, 1)

    def result(self) -> _Result:
        """The vote as of now."""
        meaning = self._deciding()
        low, high, below = map(self._decided, self._answers)
        return _Result(meaning, low, high, Answer.DOWN in {meaning.answer, below})

    def reason(self) -> str:
        """That of the first member whose vote is down, or would be without maintenance."""
        held = [
            (self._meanings[line.codes[place]], "" if line.codes[place] & self._meanings.mute else line.reasons[place])
            for line, place in zip(self._members, self._places, strict=True)
        ]
        down = [reason for meaning, reason in held if meaning.answer is Answer.DOWN]
        return (down or [reason for meaning, reason in held if meaning.below is Answer.DOWN] or [""])[0]

    def _change(self, code: int, by: int) -> None:
        meaning = self._meanings[code]
        self._counts[code] += by
        if not self._counts[code]:
            del self._counts[code]
        for answers, answer in zip(self._answers, (meaning.low, meaning.high, meaning.below), strict=True):
            answers[answer] += by

    def _decided(self, answers: Mapping[Answer, int]) -> Answer:
        """The N-th best answer of those that vote."""
        up, voters = answers[Answer.UP], answers[Answer.UP] + answers[Answer.DOWN]
        if not voters:
            return Answer.EXCLUDED
        return Answer.UP if up >= self._needed(voters) else Answer.DOWN

    def _deciding(self) -> Meaning:
        """The meaning of the N-th best ballot of those that vote; of none, the nearest to a state."""
        cast = [(self._meanings[code], count) for code, count in self._counts.items()]
        voters = [(ballot, count) for ballot, count in cast if ballot.answer is not Answer.EXCLUDED]
        if not voters:
            nearest = [ballot for ballot, _ in cast]
            return min(nearest, key=lambda ballot: (_NEAREST_FIRST.index(ballot.name), not ballot.seen))
        needed = self._needed(sum(count for _, count in voters))
        voters.sort(key=lambda voter: (-voter[0].answer, _BEST_FIRST.index(voter[0].name), not voter[0].seen))
        reached = accumulate(count for _, count in voters)
        return next(ballot for (ballot, _), so_far in zip(voters, reached, strict=True) if so_far >= needed)


class _Box:
    """Adds up what the votes came to, and finds the outages."""

    def __init__(self) -> None:
        self._classes = dict.fromkeys(CLASSES, 0)
        self._answers = [dict.fromkeys(Answer, 0) for _ in range(3)]
        self._seen = 0
        self._outages: list[Outage] = []
        self._run: tuple[Millis, str] | None = None
        self._counted = 0

    def put(self, result: _Result, start: Millis, end: Millis, urn: _Urn) -> None:
        """The vote came to ``result`` from ``start`` to ``end``."""
        meaning, long = result.meaning, end - start
        self._classes[meaning.name] += long
        for answered, answer in zip(self._answers, (meaning.answer, result.low, result.high), strict=True):
            answered[answer] += long
        if meaning.seen and meaning.name not in UNWATCHED:
            self._seen += long
        if not result.down:
            self._close(start)
            return
        self._run = self._run or (start, urn.reason())
        if meaning.answer is Answer.DOWN:
            self._counted += long

    def measure(self, end: Millis) -> Measure:
        """What it comes to."""
        self._close(end)
        watchable = sum(long for name, long in self._classes.items() if name not in UNWATCHED)
        measured, low, high = (part_of(answered) for answered in self._answers)
        classes = tuple(self._classes.values())
        return Measure(classes, measured, low, high, self._seen, watchable, tuple(self._outages))

    def _close(self, end: Millis) -> None:
        if self._run:
            self._outages.append(Outage("", self._run[0], end, self._counted, str(self._run[1])))
        self._run, self._counted = None, 0


def _moments(members: Sequence[Timeline], start: Millis, end: Millis, urn: _Urn) -> Iterator[tuple[Millis, Millis]]:
    """The spans of [start, end) in which no ballot changes; the urn holds those of the span when it is told."""
    edges = merge(*(_edges(member, line, end) for member, line in enumerate(members)))
    since = start
    for at, member, place in edges:
        if at > since:
            yield since, at
            since = at
        urn.change(member, place)
    if since < end:
        yield since, end


def _edges(member: int, line: Timeline, end: Millis) -> Iterator[tuple[Millis, int, int]]:
    return ((at, member, place) for place, at in enumerate(takewhile(lambda at: at < end, line.starts)))
