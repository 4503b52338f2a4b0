"""GTI and GTR: clocks that start when the provider is notified and run in covered hours only.

All by interval algebra: the time that counts is the covered hours since the notification, without the pauses. A day the
clocks change is as long as it is; a pause outside the covered hours changes nothing; a clock that waits for Monday
resumes on Monday.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from netmon.clock import DAY, Millis
from netmon.model import Clock, Pace, Pause
from netmon.sla.intervals import Set, clip, difference, length, normalise

Hours: TypeAlias = Callable[[Millis, Millis], Set]
"""The covered hours inside [start, end)."""

_FIRST_LOOK = 8 * DAY
_FARTHEST = 400 * DAY


def run_clock(
    notified: Millis, ended: Millis | None, pauses: Iterable[Pause], limit: Millis, hours: Hours, now: Millis,
    farthest: Millis | None = None,
) -> Clock:  # fmt: skip
    """The clock as of ``now``: what happens later has not happened yet.

    What ended before it was notified took no time. Exactly the limit is still in time. ``farthest`` is until when
    hours can be told (400 days from the notification unless given).
    """
    over = ended if ended is not None and ended <= now else None
    stop = now if over is None else over
    still = _stood_still(pauses, stop)
    covered = difference(hours(notified, stop), still) if notified < stop else ()
    paused = over is None and any(pause.start <= now and (pause.end is None or pause.end > now) for pause in pauses)
    return Clock(
        limit=limit,
        elapsed=length(clip(covered, notified, stop)),
        deadline=None if paused else _deadline(notified, limit, hours, still, farthest or notified + _FARTHEST),
        ended=over,
        paused=paused,
    )


def pace(clock: Clock, hours: Hours, now: Millis, farthest: Millis) -> Pace | None:
    """How a clock as of ``now`` goes on; None: it ended, was paused, or is late."""
    if clock.ended is not None or clock.paused or clock.late:
        return None
    look = max(_FIRST_LOOK, 2 * clock.limit)
    while now < farthest:
        until = min(now + look, farthest)
        for start, end in clip(hours(now, until), now, until):
            if start > now:
                return Pace(now, False, start)
            return Pace(now, True, None if end == until or (clock.deadline or until) <= end else end)
        if until == farthest:
            break
        look *= 2
    return Pace(now, False, None)


def _stood_still(pauses: Iterable[Pause], stop: Millis) -> Set:
    """The pauses until ``stop``: one that is still open then is not known to last any longer."""
    return normalise((pause.start, stop if pause.end is None else min(pause.end, stop)) for pause in pauses)


def _deadline(notified: Millis, limit: Millis, hours: Hours, still: Set, farthest: Millis) -> Millis | None:
    """The instant at which ``limit`` of covered time has passed; looks twice as far each time it is not found."""
    look = max(_FIRST_LOOK, 2 * limit)
    while notified < farthest:
        until = min(notified + look, farthest)
        left = limit
        for start, end in difference(clip(hours(notified, until), notified, until), still):
            if end - start >= left:
                return start + left
            left -= end - start
        if until == farthest:
            break
        look *= 2
    return None
