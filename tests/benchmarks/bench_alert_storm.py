"""A core router fails before 5,000 targets, and 5,000 devices fail by themselves: how many notices, and how long the
loop is held to find them.

python tests/benchmarks/bench_alert_storm.py [TARGETS]
"""

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from netmon.alerting import Alerting
from netmon.clock import MINUTE, ManualClock, SystemClock
from netmon.config import load
from netmon.engine.garbage import GarbageCare
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.history import open_history
from tests.alerting.storm import HEAD, Watch, look, storm
from tests.exporters.alerts.servers import hooked


def alone(count: int) -> str:
    """Devices that stand before nothing else, with a service for every fifth."""
    lines = [*HEAD, "nodes:"]
    lines += [
        f"  - {{id: n{n}, site: mairie, role: access_switch, address: 10.0.{n >> 8}.{n & 255}}}" for n in range(count)
    ]
    lines.append("services:")
    lines += [
        f"  - {{id: s{n}, name: Service {n}, family: web, communes: '*', expression: n{n}}}" for n in range(0, count, 5)
    ]
    lines.append("alerts: {receivers: [{id: am, alertmanager: {urls: ['http://127.0.0.1:9/']}}]}")
    return "\n".join(lines) + "\n"


async def each_by_itself(directory: Path, count: int) -> tuple[int, Watch]:
    """The first look for notices after all of them failed at once, and one after that."""
    (directory / "netmon.yml").write_text(alone(count), "utf-8")
    (directory / "community").write_text("secret")
    (directory / "data").mkdir()
    asked = load(directory / "netmon.yml")
    store, clock = open_history(asked.history), ManualClock(SystemClock().now())
    pipeline = Pipeline(asked.inventory, store, clock.now)
    for works in (True, False, False, False):
        for check in asked.inventory.checks.values():
            pipeline.observe(look(check, clock.now(), works=works))
        clock.advance(MINUTE)
    alerting, watch, garbage = Alerting(asked, store, pipeline, Telemetry(), clock.now), Watch(), GarbageCare()
    garbage.start()
    watching = asyncio.create_task(watch.run())
    for _ in range(2):
        await asyncio.sleep(0.1)
        await alerting.look()
        clock.advance(MINUTE)
    await asyncio.sleep(0.1)
    watching.cancel()
    await asyncio.to_thread(alerting.stop)
    store.close()
    garbage.stop()
    return len(pipeline.incidents()), watch


def main(count: int) -> None:
    with hooked() as hook, tempfile.TemporaryDirectory() as directory:
        outcome = asyncio.run(storm(Path(directory), count, hook.url))
    print(f"{count} targets behind a router, {outcome.transitions} changes of state: {len(hook.got)} notices")
    print(f"  loop at work at once: at most {outcome.held * 1000:.0f} ms; late by at most {outcome.late * 1000:.0f} ms")
    with tempfile.TemporaryDirectory() as directory:
        incidents, watch = asyncio.run(each_by_itself(Path(directory), count))
    print(f"{count} devices by themselves: {incidents} incidents")
    print(f"  loop at work at once: at most {watch.held * 1000:.0f} ms; late by at most {watch.late * 1000:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5_000)
