"""The daemon's own life in the history: that it watches, until when it watched, and when it stopped.

A stop or crash is *no data*, dated back to the last heartbeat; so is a time in which the machine slept.
"""

import asyncio
import logging
from typing import Protocol

from netmon.clock import Clock, Millis
from netmon.contracts import History
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.model import MonitorEvent

log = logging.getLogger("netmon.heart")

MISSED_BEATS = 3
"""So many heartbeats missed while running means that nothing was watched: suspended, or stalled beyond use."""

LOOK_SECONDS = 0.1


class KnowsStops(History, Protocol):
    """A history that remembers whether the daemon last said it stopped."""

    def last_monitor_event(self) -> MonitorEvent | None: ...


def begin(history: KnowsStops, now: Millis) -> Millis:
    """Record that watching begins, and the end of the last watch if its daemon could not.

    Returns the moment until which states in the history were seen to hold.
    """
    last, beat = history.last_monitor_event(), history.last_heartbeat()
    events = []
    until = now
    if last is not None:
        until = last.at if last.state == "stopped" else max(last.at, beat or last.at)
        if last.state == "started":
            log.warning("the daemon before this one did not say goodbye: no data since its last heartbeat at %d", until)
            events.append(MonitorEvent(until, "stopped"))
    events.append(MonitorEvent(max(now, until), "started"))
    history.record(events).result()
    history.heartbeat(max(now, until)).result()
    return min(until, now)


class Heart:
    """Beats while the daemon watches; notices when it had not."""

    def __init__(self, history: History, pipeline: Pipeline, clock: Clock, interval: Millis) -> None:
        self._history = history
        self._pipeline = pipeline
        self._clock = clock
        self._interval = interval
        self._last = clock.now()

    def beat(self) -> None:
        """The daemon watches: say so; if it slept since the last beat, record the gap."""
        now = self._clock.now()
        if now - self._last > MISSED_BEATS * self._interval:
            log.warning("nothing was watched for %d ms (machine suspended or stalled)", now - self._last)
            self._history.record([MonitorEvent(self._last, "stopped"), MonitorEvent(now, "started")])
            self._pipeline.resume(now)
        self._last = max(now, self._last)
        self._history.heartbeat(self._last)

    def stop(self) -> None:
        """Record that watching ends now."""
        self._history.record([MonitorEvent(max(self._clock.now(), self._last), "stopped")])


async def watch_loop(telemetry: Telemetry, clock: Clock) -> None:
    """Measure how late the loop answers, for ever."""
    while True:
        before = clock.monotonic()
        await asyncio.sleep(LOOK_SECONDS)
        telemetry.blocked.observe(max(0.0, clock.monotonic() - before - LOOK_SECONDS))
