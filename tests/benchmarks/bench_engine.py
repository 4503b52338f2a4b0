"""What the engine itself costs: thousands of checks on a collector that answers at once. Prints; asserts nothing.

python tests/benchmarks/bench_engine.py [CHECKS] [SECONDS] [INTERVAL in seconds]
"""

import asyncio
import dataclasses
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netmon.clock import SECOND, SteadyClock, SystemClock
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry
from netmon.model import Check, Inventory, Reading, State
from tests.engine.small import Memo, check

WHY = ("missed", "overrun")


class AtOnce:
    """A collector whose targets are all well."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        return Reading(State.UP)


def bench(count: int, seconds: float, interval: float) -> None:
    """Run the scheduler, poller and pipeline for some seconds, and print lag and CPU."""
    checks = {
        f"c{number}": dataclasses.replace(check(f"c{number}", ()), interval=round(interval * SECOND))
        for number in range(count)
    }
    telemetry, lags = Telemetry(), list[int]()

    async def run() -> float:
        wall = SystemClock()
        clock = SteadyClock(wall)
        pipeline = Pipeline(Inventory({}, {}, {}, {}, checks, {}), Memo(), clock.now)
        poller = Poller({"http": AtOnce()}, pipeline, telemetry, clock)

        def poll(one: Check, due: int) -> None:
            lags.append(wall.now() - due)
            poller.start(one)

        scheduler = Scheduler(checks.values(), poll, telemetry, wall)
        scheduler.start()
        scheduler.every(5 * SECOND, pipeline.sweep)
        before = time.process_time()
        await asyncio.sleep(seconds)
        used = time.process_time() - before
        scheduler.stop()
        await poller.stop()
        return used

    used = asyncio.run(run())
    lags.sort()
    p50, p99, worst = (lags[min(len(lags) - 1, int(len(lags) * share))] for share in (0.5, 0.99, 1))
    skipped = {why: telemetry.registry.get_sample_value("netmon_polls_skipped_total", {"why": why}) for why in WHY}
    due = round(count * seconds / interval)
    print(f"{count} checks each {interval:g} s, for {seconds:g} s: {len(lags)} polls (due: {due})")
    print(f"  CPU {used / seconds:.1%} of a core, {used / len(lags) * 1e6:.0f} µs a poll")
    print(f"  lag p50 {p50} ms, p99 {p99} ms, worst {worst} ms; skipped {skipped}")
    print(f"  memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    count, seconds, interval = (*(float(word) for word in sys.argv[1:]), *(5_000, 20, 10)[len(sys.argv) - 1 :])
    bench(int(count), seconds, interval)
