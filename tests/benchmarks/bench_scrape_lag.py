"""Whether scrapes delay polls: switches polled on schedule, alone and while somebody scrapes them all without a pause.

    python tests/benchmarks/bench_scrape_lag.py [SERIES] [SECONDS] [INTERVAL in seconds]

Prints the histograms that netmon shows of itself: how late polls began, and how late the event loop answered. The
scraper is a process of its own and asks for gzip and plain text by turns. On a machine with other work the first line
is not clean either: what counts is the difference. Exit 1 when, while it scrapes, five polls more in a hundred began
over 50 ms late.
"""

import asyncio
import dataclasses
import http.client
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from netmon.clock import SECOND, SteadyClock, SystemClock
from netmon.engine.garbage import TEND, GarbageCare
from netmon.engine.heart import watch_loop
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry
from netmon.model import Check, Inventory, Reading, State
from tests.benchmarks.bench_exposition import FAMILIES, ROWS, families
from tests.engine.small import Memo, check

LATE = 0.05


class Switches:
    """A collector whose targets answer at once, with the counters of 50 ports."""

    def __init__(self) -> None:
        self._series: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._turn = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        series = self._series.get(check.id) or tuple(
            (str(i), f"GigabitEthernet0/{i}", f"Gi0/{i}", f"vers {check.id}") for i in range(ROWS)
        )
        self._series[check.id] = series
        self._turn += 1
        return Reading(State.UP, families=tuple(families(self._turn, series)))


def scrape_for_ever(port: int) -> None:
    count = 0
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/metrics", headers={"Accept-Encoding": "gzip" if count % 2 else "identity"})
        answer = connection.getresponse()
        while answer.read(1 << 20):
            pass
        connection.close()
        count += 1


async def start_scraper(port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, __file__, "scrape", str(port))


class Late:
    """The buckets of a histogram, and what was added since the last look."""

    def __init__(self, telemetry: Telemetry, name: str) -> None:
        self._telemetry = telemetry
        self._name = name
        self._before: dict[float, float] = {}

    def since(self) -> dict[float, float]:
        """Cumulative counts by bucket."""
        now = {
            float(sample.labels["le"]): sample.value
            for metric in self._telemetry.registry.collect()
            for sample in metric.samples
            if sample.name == f"{self._name}_bucket"
        }
        grown = {edge: value - self._before.get(edge, 0) for edge, value in now.items()}
        self._before = now
        return grown

    def show(self, what: str) -> float:
        """Print them; the share that was late."""
        counts = self.since()
        total = max(1.0, counts[float("inf")])
        told = "  ".join(f"≤{edge * 1000:g} ms {value / total:.2%}" for edge, value in counts.items() if edge <= 1)
        print(f"  {what:24} {total:6.0f}: {told}")
        return 1 - counts[LATE] / total


async def run(count: int, seconds: float, interval: float) -> int:
    checks = {
        f"c{number}": dataclasses.replace(check(f"c{number}", ()), interval=round(interval * SECOND), node=f"n{number}")
        for number in range(count // (FAMILIES * ROWS))
    }
    telemetry, wall = Telemetry(), SystemClock()
    clock = SteadyClock(wall)
    pipeline = Pipeline(Inventory({}, {}, {}, {}, checks, {}), Memo(), clock.now)
    exposition = Exposition(pipeline, telemetry.registry)
    pipeline.listen(exposition)
    poller = Poller({"http": Switches()}, pipeline, telemetry, clock)
    scheduler = Scheduler(checks.values(), lambda one, _due: poller.start(one), telemetry, wall)
    server = WebServer("127.0.0.1", 0, create_app(pipeline, exposition, None))
    await server.start()
    scheduler.start()
    scheduler.every(5 * SECOND, pipeline.sweep)
    garbage = GarbageCare()
    garbage.start()
    scheduler.every(TEND, garbage.tend)
    watch = asyncio.create_task(watch_loop(telemetry, wall))
    await asyncio.sleep(interval + 3)
    lags, loop = Late(telemetry, "netmon_poll_lag_seconds"), Late(telemetry, "netmon_loop_blocked_seconds")
    late = []
    print(f"{count} series, {len(checks)} polls in {interval:g} s")
    for scraped in (False, True):
        scraper = await start_scraper(server.port) if scraped else None
        lags.since(), loop.since()
        before, served = time.process_time(), exposition.account.scrapes.labels("served")._value.get()
        await asyncio.sleep(seconds)
        used = (time.process_time() - before) / seconds
        served = exposition.account.scrapes.labels("served")._value.get() - served
        print(f"{served:g} scrapes in {seconds:g} s, {used:.0%} of a core")
        late.append(lags.show("polls, by lag"))
        loop.show("looks at the loop, by lag")
        if scraper is not None:
            scraper.kill()
            await scraper.wait()
    watch.cancel()
    scheduler.stop()
    await poller.stop()
    garbage.stop()
    await server.stop()
    return 0 if late[1] - late[0] < 0.05 else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["scrape"]:
        scrape_for_ever(int(sys.argv[2]))
    asked = [float(word) for word in sys.argv[1:]]
    count, seconds, interval = (*asked, *(1_000_000, 30, 10)[len(asked) :])
    sys.exit(asyncio.run(run(int(count), seconds, interval)))
