"""One poll: the frame around a collector. It times, bounds and counts; whatever goes wrong on our side is UNKNOWN."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from netmon.clock import SECOND, Clock
from netmon.contracts import Collector
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry, vantage_gauge
from netmon.engine.vantage import Vantage
from netmon.errors import CollectError
from netmon.model import Check, Observation, Reading, State

log = logging.getLogger("netmon.poller")

GRACE = 1.0
"""Seconds a collector may exceed its check's timeout before we stop it: the timeout is the collector's to keep."""


READABLE = frozenset({State.UP, State.DEGRADED, State.DOWN, State.UNKNOWN})
"""What one look can tell; the other states are the judge's."""


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
    if reading.state not in READABLE:
        log.error("the collector of %s read %s, which is not a collector's to tell", check.id, reading.state.value)
        reading = Reading(State.UNKNOWN, Reason.INTERNAL, "a fault of netmon's, see its log")
    if not reading.detail.isprintable():
        reading = replace(reading, detail=printable(reading.detail))
    return Observation(check, started, clock.monotonic() - begun, reading)


def printable(text: str) -> str:
    """One line that every file, page and database takes: a target may have put anything into it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


class Poller:
    """Polls checks when told to, one poll of a check at a time.

    With ``references`` a target that does not answer is only believed while one of them does.
    """

    def __init__(
        self,
        collectors: Mapping[str, Collector],
        pipeline: Pipeline,
        telemetry: Telemetry,
        clock: Clock,
        references: Sequence[Check] = (),
    ) -> None:
        self._collectors = collectors
        self._pipeline = pipeline
        self._telemetry = telemetry
        self._clock = clock
        self._vantage = Vantage(references, self._look, vantage_gauge(telemetry), clock) if references else None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopped = False
        self._again: dict[str, Check] = {}

    def start(self, check: Check) -> None:
        """Begin a poll; skipped, and counted, while the one before is under way or we stop."""
        if self._stopped:
            self._telemetry.skipped.labels("stopping").inc()
            return
        if check.id in self._running:
            self._telemetry.skipped.labels("overrun").inc()
            return
        task = asyncio.get_running_loop().create_task(self._poll(check), name=f"poll {check.id}")
        self._running[check.id] = task
        task.add_done_callback(lambda _task: self._ended(check.id))

    def start_now(self, check: Check) -> None:
        """Begin a poll out of turn; after the one under way, which may have looked too early."""
        if check.id in self._running:
            self._again[check.id] = check
        else:
            self.start(check)

    @property
    def running(self) -> frozenset[str]:
        """The checks being polled."""
        return frozenset(self._running)

    async def stop(self) -> None:
        """Give up the polls under way; what they would have read is not recorded. None begins from now on."""
        self._stopped = True
        self._again.clear()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
            self._telemetry.skipped.labels("stopping").inc()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._vantage is not None:
            await self._vantage.stop()

    def _ended(self, check_id: str) -> None:
        self._running.pop(check_id, None)
        again = self._again.pop(check_id, None)
        if again is not None:
            self.start(again)

    async def _look(self, check: Check) -> Observation:
        return await look(self._collectors[check.collector], check, self._clock)

    async def _poll(self, check: Check) -> None:
        observation = await self._look(check)
        if self._vantage is not None:
            observation = await self._vantage.weigh(observation)
        self._telemetry.polls.labels(check.collector, observation.reading.state.value).inc()
        try:
            self._pipeline.observe(observation)
        except Exception:
            log.exception("what %s read could not be taken in", check.id)
