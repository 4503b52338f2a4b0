"""Our own stop is nothing that happened to a target."""

import asyncio
import dataclasses

from netmon.clock import SystemClock
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry
from netmon.errors import CollectError
from netmon.model import Check, Reading, State
from tests.engine.small import Memo, check, inventory


class Stopped:
    """A collector that is stopped already."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        raise CollectError(Reason.NOT_POLLED, "the collector is not running")


def test_a_poll_that_comes_due_while_we_stop_is_not_begun() -> None:
    telemetry = Telemetry()

    async def run() -> State:
        pipeline = Pipeline(inventory(), Memo(), SystemClock().now)
        poller = Poller({"http": Stopped()}, pipeline, telemetry, SystemClock())
        await poller.stop()
        poller.start(pipeline.inventory.checks["portail"])
        await asyncio.sleep(0.05)
        return pipeline.checks()["portail"].state

    assert asyncio.run(run()) is State.PENDING
    assert telemetry.registry.get_sample_value("netmon_polls_skipped_total", {"why": "stopping"}) == 1


def test_a_stopped_scheduler_starts_nothing_that_was_due_later_in_the_second() -> None:
    polled: list[str] = []

    async def run() -> int:
        checks = [dataclasses.replace(check(f"c{number}", ()), interval=1_000) for number in range(200)]
        begun = asyncio.Event()

        def start(one: Check, _due: int) -> None:
            polled.append(one.id)
            begun.set()

        scheduler = Scheduler(checks, start, Telemetry(), SystemClock())
        scheduler.start()
        await begun.wait()
        scheduler.stop()
        before = len(polled)
        await asyncio.sleep(1.1)
        return before

    assert asyncio.run(run()) == len(polled)
