"""The daemon's own life in the history: that it watches, until when it watched, and when it stopped.

A stop or crash is *no data*, dated back to the last heartbeat; so is a time in which the machine slept, and one in
which our clock waits for a wall clock that was set back: what is seen then cannot be dated rightly.
"""

import asyncio
import logging
from typing import Protocol

from netmon.clock import SECOND, Clock, Millis, SteadyClock, to_datetime
from netmon.contracts import History
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.errors import StoreError
from netmon.model import MonitorEvent

log = logging.getLogger("netmon.heart")

MISSED_BEATS = 3
"""So many heartbeats missed while running means that nothing was watched: suspended, or stalled beyond use."""

CLOCK_STEP: Millis = 2 * SECOND
"""A wall clock that is so far behind ours has been set back."""

BEGIN_SECONDS = 10
"""A history that takes nothing for so long at the start will not do later."""

LOOK_SECONDS = 0.1


class KnowsStops(History, Protocol):
    """A history that remembers whether the daemon last said it stopped."""

    def last_monitor_event(self) -> MonitorEvent | None: ...


def watched_until(history: KnowsStops) -> Millis | None:
    """Until when the daemon before this one watched, as far as the history knows; None before the first."""
    last, beat = history.last_monitor_event(), history.last_heartbeat()
    if last is None:
        return None
    return last.at if last.state == "stopped" else max(last.at, beat or last.at)


def begin(history: KnowsStops, now: Millis) -> None:
    """Record that watching begins, and the end of the last watch if its daemon could not.

    Raises:
        StoreError: the history does not take it.
    """
    last, until = history.last_monitor_event(), watched_until(history)
    events = []
    if last is not None and until is not None and last.state == "started":
        beat = to_datetime(until).isoformat(timespec="seconds")
        log.warning("the daemon before this one did not say goodbye: no data since its last heartbeat at %s", beat)
        events.append(MonitorEvent(until, "stopped"))
    events.append(MonitorEvent(now, "started"))
    history.record(events)
    try:
        history.heartbeat(now).result(BEGIN_SECONDS)
    except TimeoutError:
        raise StoreError(f"the history takes nothing since {BEGIN_SECONDS} s: not started") from None


def end(history: History, now: Millis) -> None:
    """Record that watching ends."""
    history.record([MonitorEvent(now, "stopped")])


class Heart:
    """Beats while the daemon watches; notices when it had not, or could not say when it did."""

    def __init__(self, history: History, pipeline: Pipeline, clock: SteadyClock, interval: Millis) -> None:
        self._history = history
        self._pipeline = pipeline
        self._clock = clock
        self._interval = interval
        self._last = clock.now()
        self._astray = False

    @property
    def last(self) -> Millis:
        """When it last beat."""
        return self._last

    def left(self) -> tuple[Millis, bool]:
        """What the heart that takes its place goes on from: the daemon watched until now."""
        self.beat()
        return self._last, self._astray

    def take_over(self, left: tuple[Millis, bool]) -> None:
        """Go on from there: whatever lies between counts as not watched, once it is long enough."""
        self._last, self._astray = left

    def notice(self) -> None:
        """Record the gap when nothing was watched since the last beat. To be called before anything is looked at."""
        now = self._clock.now()
        if now - self._last <= MISSED_BEATS * self._interval:
            return
        log.warning("nothing was watched for %d ms (machine suspended or stalled, or its clock set)", now - self._last)
        if not self._astray:
            self._history.record([MonitorEvent(self._last, "stopped"), MonitorEvent(now, "started")])
        self._last = now
        self._pipeline.resume(now)

    def beat(self) -> None:
        """The daemon watches: say so."""
        self.notice()
        self._follow_clock()
        self._last = self._clock.now()
        self._history.heartbeat(self._last)

    def stop(self) -> None:
        """Record that watching ends now."""
        end(self._history, self._clock.now())

    def _follow_clock(self) -> None:
        ahead = self._clock.ahead()
        if not self._astray and ahead > CLOCK_STEP:
            log.warning("the wall clock was set back by %d ms: until it has caught up, reports show no data", ahead)
            self._history.record([MonitorEvent(self._last, "stopped")])
            self._astray = True
        elif self._astray and not ahead:
            log.warning("the wall clock has caught up: what is seen is dated rightly again")
            self._history.record([MonitorEvent(self._clock.now(), "started")])
            self._astray = False


async def watch_loop(telemetry: Telemetry, clock: Clock) -> None:
    """Measure how late the loop answers, for ever."""
    while True:
        before = clock.monotonic()
        await asyncio.sleep(LOOK_SECONDS)
        telemetry.blocked.observe(max(0.0, clock.monotonic() - before - LOOK_SECONDS))
