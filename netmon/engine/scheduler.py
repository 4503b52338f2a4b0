"""When: APScheduler fires one job per (interval, second), each starting the checks due in that second.

APScheduler runs on the wall clock and drops late runs unless told not to; so runs are never dropped but coalesced and
counted, and a step of the wall clock makes us plan anew. What notices the step, and the daemon's other jobs, sleep on
the monotonic clock: a wall clock set back an hour would keep them waiting for an hour too.
"""

import asyncio
import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from netmon.clock import SECOND, Clock, Millis, to_datetime
from netmon.engine.spread import SLOT, offset
from netmon.engine.telemetry import Telemetry
from netmon.model import Check

log = logging.getLogger("netmon.scheduler")

CLOCK_STEP: Millis = 2 * SECOND
"""A wall clock that departs so far from the monotonic one has been set."""

Start = Callable[[Check, Millis], None]


class Scheduler:
    """Calls ``start(check, due)`` for every check whenever it is due."""

    def __init__(self, checks: Iterable[Check], start: Start, telemetry: Telemetry, clock: Clock) -> None:
        self._start = start
        self._telemetry = telemetry
        self._clock = clock
        self._slots: dict[tuple[Millis, Millis], list[Check]] = defaultdict(list)
        for check in checks:
            place = offset(check.id, check.interval)
            self._slots[check.interval, place - place % SLOT].append(check)
        self._last_due: dict[tuple[Millis, Millis], Millis] = {}
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._jobs: list[asyncio.Task[None]] = []
        self._skew = 0
        self._stopped = False

    def start(self) -> None:
        """Plan all slots and begin."""
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._skew = self._wall_minus_monotonic()
        self._scheduler.start()
        self._plan()
        self.every(SECOND, self._watch_clock)

    def every(self, interval: Millis, job: Callable[[], None]) -> None:
        """Call ``job`` on the loop each ``interval``; it must not block. One that fails is logged, and comes again."""
        self._jobs.append(asyncio.get_running_loop().create_task(_repeat(interval, job), name=f"every {interval} ms"))

    def stop(self) -> None:
        """Fire no more, nor start what was due later in this second; safe without ``start``."""
        self._stopped = True
        for job in self._jobs:
            job.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _plan(self) -> None:
        now = self._clock.now()
        for interval, place in self._slots:
            first = now + (place - now) % interval
            trigger = IntervalTrigger(seconds=interval / SECOND, start_date=to_datetime(first), timezone=dt.UTC)
            name = f"slot {interval} {place}"
            self._scheduler.add_job(self._fire, trigger, (interval, place), id=name, replace_existing=True)

    async def _fire(self, interval: Millis, place: Millis) -> None:
        now = self._clock.now()
        due = now - (now - place) % interval
        self._count_missed(interval, place, due)
        loop = asyncio.get_running_loop()
        for check in self._slots[interval, place]:
            exact = due + offset(check.id, interval) - place
            if exact <= now:
                self._begin(check, exact)
            else:
                loop.call_later((exact - now) / SECOND, self._begin, check, exact)

    def _begin(self, check: Check, due: Millis) -> None:
        if not self._stopped:
            self._telemetry.lag.observe(max(0, self._clock.now() - due) / SECOND)
            self._start(check, due)

    def _count_missed(self, interval: Millis, place: Millis, due: Millis) -> None:
        before = self._last_due.get((interval, place))
        self._last_due[interval, place] = due
        if before is not None and due - before > interval:
            missed = (due - before) // interval - 1
            self._telemetry.skipped.labels("missed").inc(missed * len(self._slots[interval, place]))

    def _wall_minus_monotonic(self) -> Millis:
        return self._clock.now() - round(self._clock.monotonic() * SECOND)

    def _watch_clock(self) -> None:
        skew = self._wall_minus_monotonic()
        if abs(skew - self._skew) > CLOCK_STEP:
            log.warning("the wall clock was set by %d ms: polls are planned anew", skew - self._skew)
            self._skew = skew
            self._last_due.clear()
            self._plan()


async def _repeat(interval: Millis, job: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(interval / SECOND)
        try:
            job()
        except Exception:
            log.exception("a job of the daemon failed")
