"""From readings to states: confirmation, backdating, unreachability, reboots. Pure.

A check's state changes when ``fall`` readings in a row are worse, or ``rise`` in a row better, and the change is dated
back to the first of them; ``earliest`` is the last look that still saw the old state. What we could not look at is
UNKNOWN at once, since nothing was measured; so are looks before it that disagreed and were not confirmed yet. A
failure while every path to the target is cut is UNREACHABLE for the time of the cut; when the path heals the target is
left UNREACHABLE until it answers, or fails ``fall`` times anew.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from netmon.clock import SECOND, Millis
from netmon.conventions import Reason
from netmon.model import Reading, State, Transition
from netmon.state.restarts import Age, restarted

_RANK = {State.UP: 0, State.DEGRADED: 1, State.DOWN: 2, State.UNREACHABLE: 2}
_UNSEEN = (State.PENDING, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Look:
    """One reading that does not agree with the state held; ``previous`` is the time of the look before it."""

    at: Millis
    previous: Millis
    state: State
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a check between polls.

    ``failing_since`` is the last look that saw it answer before it failed: the failure began after it, and what lies
    behind may have been cut from then on. ``seen`` is the last look of any kind, ``pending`` are the latest looks that
    disagree with ``state``; ``age`` and ``age_at`` what the agent last said of its age, with the time it was read.
    """

    object: str
    state: State = State.PENDING
    since: Millis = 0
    reason: Reason = Reason.OK
    detail: str = ""
    failing_since: Millis = 0
    seen: Millis | None = None
    pending: tuple[Look, ...] = ()
    age: Age | None = None
    age_at: Millis = 0
    reboots: int = 0

    @property
    def failing(self) -> bool:
        """Confirmed not to answer, whosever fault it is."""
        return self.state in {State.DOWN, State.UNREACHABLE}


@dataclass(frozen=True, slots=True)
class Rule:
    """How many readings in a row confirm a change for the worse (``fall``) and for the better (``rise``)."""

    fall: int
    rise: int


Judgement = tuple[Memory, tuple[Transition, ...]]


def restore(last: Transition, seen: Millis) -> Memory:
    """The memory after a restart: the last stored transition holds, and was last seen to hold at ``seen``."""
    return Memory(
        last.object, last.new, last.at, last.reason, last.detail, failing_since=last.earliest, seen=max(seen, last.at)
    )


def judge(memory: Memory, at: Millis, reading: Reading, rule: Rule, cut_since: Millis | None, now: Millis) -> Judgement:
    """Fold one reading taken at ``at`` into the memory.

    ``cut_since`` is when the last path to the target was cut, None while there is one. ``now`` dates the records.
    Readings older than the last one are ignored: time does not go back.
    """
    if memory.seen is not None and at <= memory.seen:
        return memory, ()
    memory, outage = _judge_uptime(memory, at, reading, now)
    look = Look(at, at if memory.seen is None else memory.seen, reading.state, reading.reason, reading.detail)
    if look.state is State.UNKNOWN:
        memory, changes = _judge_unseen(memory, look, now)
    elif _agrees(memory, look, cut_since):
        memory, changes = replace(memory, seen=at, pending=(), detail=look.detail), ()
    else:
        pending = (*memory.pending, look)[-max(rule.fall, rule.rise) :]
        memory, changes = _decide(replace(memory, seen=at, pending=pending), rule, cut_since, now)
    return memory, (*outage, *changes)


def reclassify(memory: Memory, cut_since: Millis, now: Millis) -> Judgement:
    """A check already DOWN whose every path turns out to be cut is UNREACHABLE for the time of the cut."""
    if memory.state is not State.DOWN:
        return memory, ()
    at = max(memory.since, cut_since)
    return _change(memory, at, at, State.UNREACHABLE, Reason.PARENT_DOWN, memory.detail, now)


def interrupt(memory: Memory) -> Memory:
    """Nobody watched for a while: rows do not reach across; the state held was last seen by the look before the row."""
    if not memory.pending:
        return memory
    return replace(memory, pending=(), seen=memory.pending[0].previous)


def _agrees(memory: Memory, look: Look, cut_since: Millis | None) -> bool:
    if look.state is State.DOWN and memory.failing:
        return (memory.state is State.UNREACHABLE) == (cut_since is not None)
    return look.state is memory.state


def _judge_unseen(memory: Memory, look: Look, now: Millis) -> Judgement:
    """Unconfirmed looks can no longer be confirmed: from the first of them on, the state held is not known to hold."""
    first = memory.pending[0] if memory.pending else look
    seen = replace(memory, seen=look.at, pending=())
    if memory.state is State.UNKNOWN:
        return replace(seen, reason=look.reason, detail=look.detail), ()
    return _change(seen, first.at, first.previous, State.UNKNOWN, look.reason, look.detail, now)


def _decide(memory: Memory, rule: Rule, cut_since: Millis | None, now: Millis) -> Judgement:
    if memory.state is State.DOWN and cut_since is not None and memory.pending[-1].state is State.DOWN:
        return reclassify(replace(memory, pending=()), cut_since, now)
    for level in (State.DOWN, State.DEGRADED):
        run = _trailing(memory.pending, range(_RANK[level], 3))
        if _is_worse(level, memory.state) and len(run) >= rule.fall:
            return _confirm(memory, level, run, cut_since, now)
    needed = 1 if memory.state in _UNSEEN else rule.rise
    for level in (State.UP, State.DEGRADED):
        run = _trailing(memory.pending, range(_RANK[level] + 1))
        if _is_better(level, memory.state) and len(run) >= needed:
            return _confirm(memory, level, run, None, now)
    return memory, ()


def _is_worse(level: State, held: State) -> bool:
    if held in _UNSEEN:
        return True
    return _RANK[level] > _RANK[held] or (held is State.UNREACHABLE and level is State.DOWN)


def _is_better(level: State, held: State) -> bool:
    return level is State.UP if held in _UNSEEN else _RANK[level] < _RANK[held]


def _trailing(looks: Sequence[Look], ranks: Container[int]) -> tuple[Look, ...]:
    start = len(looks)
    while start and _RANK[looks[start - 1].state] in ranks:
        start -= 1
    return tuple(looks[start:])


def _confirm(memory: Memory, level: State, run: tuple[Look, ...], cut_since: Millis | None, now: Millis) -> Judgement:
    first, last = _beginning(memory.state, level, run), run[-1]
    earliest = run[0].previous
    if level is State.DOWN and cut_since is not None and cut_since <= first.at:
        memory, changes = _change(memory, first.at, earliest, State.UNREACHABLE, Reason.PARENT_DOWN, last.detail, now)
    else:
        reason = next(look.reason for look in reversed(run) if look.state is level or look is first)
        memory, changes = _change(memory, first.at, earliest, level, reason, last.detail, now)
        if level is State.DOWN and cut_since is not None:
            memory, later = reclassify(memory, cut_since, now)
            changes = (*changes, *later)
    return replace(memory, pending=_trailing_unlike(run, level)), changes


def _beginning(held: State, level: State, run: tuple[Look, ...]) -> Look:
    """The look that the change is dated back to: the first of the row.

    When nothing was known before, it is the first that saw ``level`` itself: a failure before it, too short a row to be
    confirmed, is left unknown rather than told as an answer.
    """
    return next(look for look in run if look.state is level or held not in _UNSEEN)


def _trailing_unlike(run: tuple[Look, ...], level: State) -> tuple[Look, ...]:
    """The looks after the last one that agrees with ``level``: they may yet confirm something further."""
    return _trailing(run, {0, 1, 2} - {_RANK[level]})


def _change(
    memory: Memory, at: Millis, earliest: Millis, new: State, reason: Reason, detail: str, now: Millis
) -> Judgement:
    at = max(at, memory.since)
    earliest = max(min(earliest, at), memory.since)
    transition = Transition(memory.object, at, earliest, memory.state, new, reason, now, detail)
    failing_since = memory.failing_since if memory.failing else earliest
    changed = replace(memory, state=new, since=at, reason=reason, detail=detail, failing_since=failing_since)
    return changed, (transition,)


def _judge_uptime(memory: Memory, at: Millis, reading: Reading, now: Millis) -> Judgement:
    """Restarts. One between two good readings is an outage: begun after the first, ended when the device booted."""
    if reading.uptime is None:
        return memory, ()
    age = Age(reading.uptime, reading.engine_boots, reading.engine_time)
    rebooted = _has_restarted(memory, at, age)
    memory = replace(memory, age=age, age_at=at)
    if not rebooted:
        return memory, ()
    memory = replace(memory, reboots=memory.reboots + 1)
    booted = at - age.uptime * 10
    failing = _trailing(memory.pending, {_RANK[State.DOWN]})
    held = failing[0].previous if failing else memory.seen
    if memory.state not in {State.UP, State.DEGRADED} or held is None or not held + 1 < booted <= at:
        return memory, ()
    stopped = failing[0].at if failing and failing[0].at < booted else held + 1
    state, reason, detail = memory.state, memory.reason, memory.detail
    memory, down = _change(memory, stopped, held, State.DOWN, Reason.REBOOT, "restarted between two polls", now)
    memory, up = _change(memory, booted, max(held + 1, _last_before(booted, failing)), state, reason, detail, now)
    return replace(memory, pending=tuple(look for look in memory.pending if look.at >= booted)), (*down, *up)


def _has_restarted(memory: Memory, at: Millis, age: Age) -> bool:
    """By what the agent said before; after a restart of ours, only by an engine that began since we last looked."""
    if memory.age is not None:
        return restarted(memory.age, at - memory.age_at, age)
    if memory.seen is None or memory.state is State.PENDING or age.engine_time is None:
        return False
    unseen = at - memory.seen
    return SECOND * (age.engine_time + 1) < unseen and age.uptime * 10 < unseen


def _last_before(booted: Millis, failing: Sequence[Look]) -> Millis:
    return max((look.at for look in failing if look.at < booted), default=0)
