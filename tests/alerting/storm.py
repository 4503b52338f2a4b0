"""A core router is cut: 5,000 targets behind it fail; all of it goes through the engine and to alerts."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from netmon.alerting import Alerting
from netmon.clock import SECOND, ManualClock, SystemClock
from netmon.config import load
from netmon.conventions import Reason
from netmon.engine.garbage import GarbageCare
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.history import open_history
from netmon.model import Check, Notice, Observation, Reading, State

BRANCHES = 20


HEAD = (
    "data_dir: data",
    "credentials: {lecture: {version: 2c, community: '${file:community}'}}",
    "snmp: {credential: lecture}",
    "communes: [{name: Bègles, insee: '33039', population: 31831, tile: [4, 5]}]",
    "sites: [{id: mairie, name: Mairie, kind: town_hall, commune: Bègles}]",
)


def configuration(targets: int, url: str) -> str:
    """``core``, twenty distribution routers behind it, and the targets behind those."""
    lines = [
        *HEAD,
        "nodes:",
        "  - {id: core, site: mairie, role: core_router, address: 192.0.2.1}",
    ]
    lines += [
        f"  - {{id: d{n}, site: mairie, role: distribution_router, address: 192.0.2.{n + 2}, uplinks: [core]}}"
        for n in range(BRANCHES)
    ]
    lines.append("checks:")
    lines += [
        f"  - {{id: t{n}, site: mairie, via: [d{n % BRANCHES}], tcp: {{address: '192.0.2.99:{n % 60000 + 1}'}}}}"
        for n in range(targets - BRANCHES - 1)
    ]
    lines.append("services:")
    lines += [f"  - {{id: s{n}, name: Service {n}, family: web, communes: '*', expression: t{n}}}" for n in range(200)]
    lines.append(f"alerts: {{receivers: [{{id: hook, webhook: {{url: '{url}'}}}}]}}")
    return "\n".join(lines) + "\n"


@dataclass
class Outcome:
    """What became of the storm; ``late`` is the longest that the loop did not answer, and ``held`` the longest that its
    own work took at once, in seconds: beside others it also waits."""

    notices: list[Notice]
    transitions: int
    late: float
    held: float


async def storm(directory: Path, targets: int, url: str) -> Outcome:
    """The network works, the core fails, everything is found unreachable, and it recovers."""
    (directory / "netmon.yml").write_text(configuration(targets, url), "utf-8")
    (directory / "community").write_text("secret")
    (directory / "data").mkdir()
    asked = load(directory / "netmon.yml")
    store = open_history(asked.history)
    clock = ManualClock(SystemClock().now())
    pipeline = Pipeline(asked.inventory, store, clock.now)
    alerting = Alerting(asked, store, pipeline, Telemetry(), clock.now)
    watch, garbage = Watch(), GarbageCare()
    garbage.start()
    transitions = 0
    checks = list(asked.inventory.checks.values())
    telling, watching = asyncio.create_task(alerting.run()), asyncio.create_task(watch.run())
    for works in (True, False, False, False, True):
        for number, check in enumerate(checks):
            transitions += len(pipeline.observe(look(check, clock.now(), works=works)))
            if number % 20 == 0:
                clock.advance(30 * SECOND * 20 // len(checks))
                await asyncio.sleep(0)
        await asyncio.sleep(1.1)
        clock.advance(6 * SECOND)
        garbage.tend()
    while not any(notice.event == "restored" and notice.state == "sent" for notice in store.notices.told()):
        clock.advance(SECOND)
        await asyncio.sleep(0.1)
    for task in (telling, watching):
        task.cancel()
    await asyncio.to_thread(alerting.stop)
    found = store.notices.told()
    store.close()
    garbage.stop()
    return Outcome(found, transitions, watch.late, watch.held)


class Watch:
    """How late the loop is at most, and for how long it is at work at once."""

    def __init__(self) -> None:
        self.late = self.held = 0.0

    async def run(self) -> None:
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            self.late = max(self.late, time.perf_counter() - before - 0.001)
            self.held = max(self.held, time.thread_time() - worked)


def look(check: Check, now: int, *, works: bool) -> Observation:
    reading = Reading(State.UP) if works else Reading(State.DOWN, Reason.TIMEOUT, "no answer")
    return Observation(check, now, 0.0, reading)
