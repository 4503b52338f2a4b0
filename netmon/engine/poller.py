"""One poll: the frame around a collector. It times, bounds and counts; whatever goes wrong on our side is UNKNOWN."""

import asyncio
import logging
from collections.abc import Mapping

from netmon.clock import SECOND, Clock, Millis
from netmon.contracts import Collector
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.errors import CollectError
from netmon.model import Check, Observation, Reading, State

log = logging.getLogger("netmon.poller")

GRACE = 1.0
"""Seconds a collector may exceed its check's timeout before we stop it: the timeout is the collector's to keep."""


async def look(collector: Collector, check: Check, clock: Clock, *, verbose: bool = False) -> Observation:
    """Poll once and date it. Never raises but for cancellation: a fault of ours is an UNKNOWN reading."""
    started, begun = clock.now(), clock.monotonic()
    try:
        async with asyncio.timeout(check.timeout / SECOND + GRACE):
            reading = await collector.collect(check, verbose=verbose)
    except CollectError as error:
        reading = Reading(State.UNKNOWN, error.reason, error.detail)
    except TimeoutError:
        reading = Reading(State.UNKNOWN, Reason.OVERLOAD, "the poll did not end in its time and was stopped")
    except Exception:
        log.exception("poll of %s failed by a fault of ours", check.id)
        reading = Reading(State.UNKNOWN, Reason.INTERNAL, "a fault of netmon's, see its log")
    return Observation(check, started, clock.monotonic() - begun, reading)


class Poller:
    """Polls checks when told to, one poll of a check at a time."""

    def __init__(
        self, collectors: Mapping[str, Collector], pipeline: Pipeline, telemetry: Telemetry, clock: Clock
    ) -> None:
        self._collectors = collectors
        self._pipeline = pipeline
        self._telemetry = telemetry
        self._clock = clock
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, Check] = {}

    def start(self, check: Check, due: Millis) -> None:
        """Begin a poll that was due at ``due``; skipped, and counted, while the one before is under way."""
        if check.id in self._running:
            self._telemetry.skipped.labels("overrun").inc()
            return
        self._telemetry.lag.observe(max(0, self._clock.now() - due) / SECOND)
        task = asyncio.get_running_loop().create_task(self._poll(check), name=f"poll {check.id}")
        self._running[check.id] = task
        task.add_done_callback(lambda _task: self._ended(check.id))

    def start_now(self, check: Check) -> None:
        """Begin a poll out of turn; after the one under way, which may have looked too early."""
        if check.id in self._running:
            self._again[check.id] = check
        else:
            self.start(check, self._clock.now())

    async def stop(self) -> None:
        """Give up the polls under way; what they would have read is not recorded."""
        self._again.clear()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
            self._telemetry.skipped.labels("stopping").inc()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, check_id: str) -> None:
        self._running.pop(check_id, None)
        again = self._again.pop(check_id, None)
        if again is not None:
            self.start(again, self._clock.now())

    async def _poll(self, check: Check) -> None:
        observation = await look(self._collectors[check.collector], check, self._clock)
        self._telemetry.polls.labels(check.collector, observation.reading.state.value).inc()
        self._pipeline.observe(observation)
