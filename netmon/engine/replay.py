"""Playing the past: the same checks, judge and history as live, on a clock that runs as fast as it can.

A poll that reads what the one before read, in a settled state, changes nothing but the time of the last look. So only
polls near a change of what there is to see are done, together with the last one before it; the result is the same as
doing all of them (a test compares the two).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from typing import Protocol

from netmon.clock import ManualClock, Millis
from netmon.contracts import Recorder
from netmon.engine.pipeline import Pipeline
from netmon.engine.spread import next_due
from netmon.model import Check, MonitorEvent, Observation, Reading

Gap = tuple[Millis, Millis]


class World(Protocol):
    """A past that can be asked what a poll would have seen."""

    def changes(self, check_id: str) -> Sequence[Millis]:
        """All moments at which what a poll of the check sees may change."""

    def look(self, check_id: str, at: Millis) -> Reading:
        """What a poll of the check sees at ``at``."""


def play(
    pipeline: Pipeline,
    recorder: Recorder,
    world: World,
    clock: ManualClock,
    end: Millis,
    *,
    gaps: Sequence[Gap] = (),
    progress: Callable[[Millis], None] = lambda _now: None,
) -> int:
    """Poll from ``clock.now()`` to ``end``; the daemon does not watch during ``gaps``. Returns the polls done."""
    start, count = clock.now(), 0
    checks = pipeline.inventory.checks.values()
    breaks = [edge for gap in gaps for edge in gap]
    polls = merge(*(_named(check.id, worthwhile(check, world, start, end, breaks)) for check in checks))
    closed = [edge for gap in sorted(gaps) for edge in ((gap[0], "stopped"), (gap[1], "started"))]
    for at, name in polls:
        while closed and closed[0][0] <= at:
            edge, state = closed.pop(0)
            clock.set(edge)
            recorder.record([MonitorEvent(edge, "stopped" if state == "stopped" else "started")])
            pipeline.resume(edge)
        if closed and closed[0][1] == "started":
            continue
        clock.set(at)
        pipeline.observe(Observation(pipeline.inventory.checks[name], at, 0.0, world.look(name, at)))
        count += 1
        if count % 500 == 0:
            progress(at)
    clock.set(end)
    return count


def _named(name: str, moments: Iterable[Millis]) -> Iterator[tuple[Millis, str]]:
    return ((at, name) for at in moments)


def worthwhile(
    check: Check, world: World, start: Millis, end: Millis, breaks: Sequence[Millis] = ()
) -> Iterator[Millis]:
    """The polls in [start, end) that can matter: the first, those around each change or break, and the last."""
    settle = check.fall + check.rise + 1
    last = -1
    for edge in (start, *_within((*world.changes(check.id), *breaks), start, end), end):
        first = next_due(check, edge) - check.interval
        for at in range(first, first + (settle + 1) * check.interval, check.interval):
            if last < at and start <= at < end:
                last = at
                yield at


def _within(moments: Iterable[Millis], start: Millis, end: Millis) -> Iterator[Millis]:
    return (moment for moment in sorted(moments) if start < moment < end)
