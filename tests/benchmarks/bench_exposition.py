"""Exposition of 100,000 series: ours, rendered at poll time and joined at scrape, against prometheus-client's own.

    python tests/benchmarks/bench_exposition.py [SERIES]

CPU seconds of this process; ratios are what to trust. Exit 1 when a scrape takes more than 1/100 of theirs, above 1/25
with the rendering of a whole poll cycle added, or when a series takes 200 bytes of memory.
"""

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from exporters.prometheus import Exposition
from exporters.prometheus.body import encoded
from netmon.contracts import Snapshot
from netmon.engine.pipeline import Pipeline
from netmon.model import Family
from tests.engine.small import Memo
from tests.exporters.snapshots import BEGLES, NOW, make_observation, make_snapshot

FAMILIES, ROWS = 20, 50
LABELS = ("ifIndex", "ifDescr", "ifName", "ifAlias")


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of the best of three runs."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def make_devices(count: int) -> Pipeline:
    """The daemon's own present, with so many switches that answered."""
    inventory = make_snapshot([BEGLES], switches=count).inventory
    pipeline = Pipeline(inventory, Memo(), lambda: NOW)
    for check in inventory.checks.values():
        pipeline.observe(make_observation(check))
    return pipeline


def make_series(snapshot: Snapshot) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The labels of each device's rows, by its SNMP check."""
    return {
        name: tuple((str(i), f"GigabitEthernet0/{i}", f"Gi0/{i}", f"vers {name}") for i in range(ROWS))
        for name, view in snapshot.checks().items()
        if view.check.node.startswith("sw-")
    }


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def families(turn: int, series: tuple[tuple[str, ...], ...]) -> list[Family]:
    return [
        Family(f"ifCounter{column}", "gauge", "A column.", LABELS, series, tuple(range(turn, turn + ROWS * 1000, 1000)))
        for column in range(FAMILIES)
    ]


def main(series_count: int) -> int:
    snapshot = make_devices(series_count // (FAMILIES * ROWS))
    exposition = Exposition(snapshot, CollectorRegistry())
    series, checks = make_series(snapshot), snapshot.inventory.checks

    def poll(turn: int) -> None:
        for name in series:
            exposition.observed(make_observation(checks[name], *families(turn, series[name])))

    gc.collect()
    before = resident()
    first = cpu_once(lambda: poll(0))
    gc.collect()
    per_series = (resident() - before) / series_count
    cycle = cpu(lambda: poll(1))
    exposition.scrape()
    scrape = cpu(lambda: b"".join(exposition.scrape()))
    packed = cpu(lambda: b"".join(encoded(exposition.scrape(), "gzip")))

    registry = CollectorRegistry()
    gauges = [Gauge(f"ifCounter{n}", "A column.", ("commune", "site", "node", "check", *LABELS), registry=registry)
              for n in range(FAMILIES)]  # fmt: skip
    for name in series:
        for gauge in gauges:
            for row, labels in enumerate(series[name]):
                gauge.labels(*checks[name].labels, *labels).set(row * 1000)
    theirs = cpu(lambda: generate_latest(registry))
    size = sum(map(len, exposition.scrape()))

    print(f"series {series_count}, {size / 1e6:.1f} MB, {per_series:.0f} bytes of memory a series")
    print(f"prometheus-client generate_latest    {theirs:8.4f} s")
    print(f"ours, scrape (join)                  {scrape:8.4f} s   1/{theirs / scrape:.0f}")
    print(f"ours, rendering a whole poll cycle   {cycle:8.4f} s   (first time {first:.4f} s)")
    print(f"ours, rendering and scrape           {cycle + scrape:8.4f} s   1/{theirs / (cycle + scrape):.0f}")
    print(f"ours, scrape with gzip               {packed:8.4f} s   1/{theirs / packed:.0f}")
    return 0 if scrape * 100 <= theirs and (cycle + scrape) * 25 <= theirs and per_series < 200 else 1


def cpu_once(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
