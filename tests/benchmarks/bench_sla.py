"""Availability of many services over a year: partition, bounds, outages and all figures, from events in memory.

    python tests/benchmarks/bench_sla.py [SERVICES]

10,000 services × 200 transitions with 50 maintenance windows and service hours, or fewer services with the result
scaled. CPU seconds of this process; memory is the most it took beyond the events themselves.
"""

import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netmon.clock import HOUR, MINUTE, SECOND
from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.model import MaintenanceWindow, State, Transition
from netmon.sla.calendar import service_hours
from netmon.sla.ledger import Ledger
from netmon.sla.partition import Frame, Scope, measure
from netmon.sla.period import parse_period
from netmon.sla.policy import PRESETS

WHOLE, TRANSITIONS, WINDOWS = 10_000, 200, 50
YEAR = parse_period("2026", "Europe/Paris", 0)


def make_events(service: int) -> Iterator[Event]:
    chance = random.Random(service)
    name, state = f"service-{service}", State.UP
    for at in sorted(chance.randrange(YEAR.start, YEAR.end) for _ in range(TRANSITIONS)):
        old, state = state, State.UP if state is not State.UP else chance.choice((State.DOWN, State.DEGRADED))
        yield Transition(name, at, at - chance.randrange(MINUTE), old, state, Reason.TIMEOUT, at + SECOND)


def make_windows() -> Iterator[MaintenanceWindow]:
    chance = random.Random("windows")
    for _ in range(WINDOWS):
        start = chance.randrange(YEAR.start, YEAR.end)
        yield MaintenanceWindow("*", start, start + chance.randrange(HOUR, 8 * HOUR), "works", start)


def main() -> None:
    services = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    policy, windows = PRESETS["contract"], list(make_windows())
    hours = service_hours("Mo-Sa 07:00-20:00; PH off", YEAR.timezone, YEAR.start, YEAR.end)
    spent, most = {"sorting events": 0.0, "timelines": 0.0, "measuring": 0.0}, 0
    for service in range(services):
        events = [*windows, *make_events(service)]
        if service % 100 == 0:
            tracemalloc.start()
        marks = [time.process_time()]
        ledger = Ledger(events)
        marks.append(time.process_time())
        line = ledger.timeline(f"service-{service}")
        marks.append(time.process_time())
        if service == 0:
            frame = Frame(Scope(hours=hours, planned=ledger.planned()), YEAR.start, YEAR.end, policy)
        measure(line, frame).figures()
        marks.append(time.process_time())
        if tracemalloc.is_tracing():
            most = max(most, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            continue  # traced runs are slower: they are not timed
        for index, step in enumerate(spent):
            spent[step] += marks[index + 1] - marks[index]
    scale = WHOLE / (services - (services + 99) // 100)
    for step, seconds in spent.items():
        print(f"{step:>16}: {seconds * scale:6.2f} s CPU for {WHOLE:,} services")
    total = sum(spent.values()) * scale
    print(f"{'together':>16}: {total:6.2f} s CPU, {total / WHOLE / TRANSITIONS * 1e6:.2f} µs a transition")
    print(f"{'memory':>16}: {most / 1024:6.0f} KiB for one service at a time")


if __name__ == "__main__":
    main()
