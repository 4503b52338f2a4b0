"""How long the event loop stands still while people look on, with thousands of incidents open at once. Prints the
longest stall of each page and document, beside the bound of 50 ms; asserts nothing.

python tests/benchmarks/bench_web_storm.py [INCIDENTS]
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from prometheus_client import CollectorRegistry

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from netmon.clock import MINUTE, SECOND
from netmon.conventions import Reason
from netmon.engine.garbage import GarbageCare
from netmon.engine.pipeline import Pipeline
from netmon.model import Check, Inventory, Node, Observation, Reading, Role, Service, Site, SiteKind, State
from tests.engine.small import Memo
from tests.exporters.snapshots import METROPOLIS

BOUND_MS = 50
PATHS = (
    "/", "/api/v1/status", "/api/v1/incidents", "/api/v1/nodes", "/api/v1/services", "/api/v1/topology", "/metrics",
)  # fmt: skip
ASKED = 5
"""Times each is asked for; a device changes its state before each: nothing kept from before is the whole answer."""
_ASK = "import sys, urllib.request; print(len(urllib.request.urlopen(sys.argv[1], timeout=60).read()))"


def inventory(count: int) -> Inventory:
    """``count`` devices, each reached directly, in the 28 communes; a service for every five of them."""
    communes = {each.name: each for each in METROPOLIS}
    names = list(communes)
    sites = {f"s{n}": Site(f"s{n}", f"Site {n}", SiteKind.OTHER, name) for n, name in enumerate(names)}
    nodes = {
        f"n{n}": Node(f"n{n}", f"n{n}", f"s{n % len(sites)}", Role.ACCESS_SWITCH, "127.0.0.1", 161)
        for n in range(count)
    }
    checks = {
        f"{node.id}/snmp": Check(f"{node.id}/snmp", "snmp", "snmp", node.address, sites[node.site].commune, node.site,
                                 node.id, (), 30 * SECOND, 5 * SECOND, 1, 1)
        for node in nodes.values()
    }  # fmt: skip
    services = {
        f"v{n}": Service(f"v{n}", f"Service {n}", "network", (names[n % len(names)],), f"n{n} and n{n + 1}")
        for n in range(0, count - 1, 5)
    }
    return Inventory(communes, sites, nodes, services, checks, {})


class Storm:
    """A pipeline all of whose devices are down."""

    def __init__(self, count: int) -> None:
        self.now = 1_795_453_200_000
        self.pipeline = Pipeline(inventory(count), Memo(), lambda: self.now)
        self.checks = list(self.pipeline.inventory.checks.values())
        for state in (State.UP, State.DOWN):
            self.now += MINUTE
            for check in self.checks:
                self.observe(check, state)
        self._turn = 0

    def observe(self, check: Check, state: State) -> None:
        """One look at a device."""
        reason = Reason.OK if state is State.UP else Reason.TIMEOUT
        self.pipeline.observe(Observation(check, self.now, 0.01, Reading(state, reason, "no reply")))

    def go_on(self) -> None:
        """A device answers again, or falls."""
        self.now += 100
        check = self.checks[self._turn % len(self.checks)]
        self.observe(check, State.UP if self.pipeline.checks()[check.id].state is State.DOWN else State.DOWN)
        self._turn += 1


class Watch:
    """Measures how late the loop is, and for how much of it the loop itself was at work: on a busy machine, or while
    threads make documents, it also waits."""

    def __init__(self) -> None:
        self.worst = self.work = 0.0

    async def run(self) -> None:
        """For ever."""
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            self.worst = max(self.worst, time.perf_counter() - before - 0.001)
            self.work = max(self.work, time.thread_time() - worked)


async def bench(count: int) -> None:
    """Serve, ask, and print."""
    storm = Storm(count)
    app = create_app(storm.pipeline, Exposition(storm.pipeline, CollectorRegistry()), None)
    server, watch, garbage = WebServer("127.0.0.1", 0, app), Watch(), GarbageCare()
    garbage.start()
    await server.start()
    watching = asyncio.create_task(watch.run())
    print(f"{len(storm.pipeline.incidents())} incidents open; bound {BOUND_MS} ms")
    for path in PATHS:
        await _measure(storm, server, watch, path)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    await server.stop()
    garbage.stop()


async def _measure(storm: Storm, server: WebServer, watch: Watch, path: str) -> None:
    late, work, size = [], [], 0
    for _ in range(ASKED):
        storm.go_on()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _ASK, f"{server.url}{path}", stdout=subprocess.PIPE
        )
        await asyncio.sleep(0.02)
        watch.worst = watch.work = 0.0
        told, _ = await process.communicate()
        late.append(watch.worst * 1000)
        work.append(watch.work * 1000)
        size = int(told)
    print(
        f"{path:20} {size / 1024:6.0f} KiB  at work at once: longest {max(work):6.1f} ms"
        f" ({max(work) / BOUND_MS:.2f} of the bound), usual {median(work):6.1f} ms;"
        f" late by: longest {max(late):6.1f} ms, usual {median(late):6.1f} ms"
    )


if __name__ == "__main__":
    asyncio.run(bench(int(sys.argv[1]) if sys.argv[1:] else 5_000))
