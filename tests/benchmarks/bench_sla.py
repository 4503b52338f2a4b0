"""Availability: many services over a year, what its cost depends on, the communes' month out of a long history, a log.

    python tests/benchmarks/bench_sla.py [SERVICES]

SERVICES (1,000) services × 200 transitions with 50 maintenance windows and service hours, all held at once; the time is
scaled to 10,000. CPU seconds of this process, and its peak memory beyond what it took before; on a busy machine trust
the ratios.
"""

import gc
import random
import resource
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netmon.clock import DAY, HOUR, MINUTE, SECOND
from netmon.config import load
from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.history import open_history
from netmon.model import MaintenanceWindow, MonitorEvent, Period, State, Transition
from netmon.sla import build_report, parse_period
from netmon.sla.calendar import service_hours
from netmon.sla.evaluate import Question, evaluate, written
from netmon.sla.eventlog import format_event, parse_events
from netmon.sla.ledger import Ledger
from netmon.sla.policy import PRESETS
from netmon.sla.reading import read_ledger

ROOT = Path(__file__).resolve().parents[2]
WHOLE, TRANSITIONS, WINDOWS = 10_000, 200, 50
YEAR = parse_period("2026", "Europe/Paris", 0)
HOURS = "Mo-Sa 07:00-20:00; PH off"


def make_events(service: int, count: int = TRANSITIONS, period: Period = YEAR) -> Iterator[Transition]:
    chance = random.Random(service)
    name, state = f"service-{service}", State.UP
    for at in sorted(chance.randrange(period.start, period.end) for _ in range(count)):
        old, state = state, State.UP if state is not State.UP else chance.choice((State.DOWN, State.DEGRADED))
        yield Transition(name, at, at - chance.randrange(MINUTE), old, state, Reason.TIMEOUT, at + SECOND)


def make_windows(period: Period = YEAR) -> Iterator[MaintenanceWindow]:
    chance = random.Random("windows")
    for _ in range(WINDOWS):
        start = chance.randrange(period.start, period.end)
        yield MaintenanceWindow("*", start, start + chance.randrange(HOUR, 8 * HOUR), "works", start)


def question(period: Period = YEAR) -> Question:
    hours = service_hours(HOURS, period.timezone, period.start, period.end)
    return Question(period.start, period.end, PRESETS["contract"], hours)


def timed(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def ratio(work: Callable[[], object], base: Callable[[], object]) -> float:
    """How many times as long the work takes: the best of five each, for a collection of garbage left by what was
    measured before would fall on either."""
    gc.collect()
    return min(timed(work) for _ in range(5)) / min(timed(base) for _ in range(5))


def peak() -> float:
    """MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def filled(services: int, count: int = TRANSITIONS, period: Period = YEAR) -> Ledger:
    ledger = Ledger(make_windows(period))
    for service in range(services):
        for event in make_events(service, count, period):
            ledger.add(event)
    return ledger


def measure_all(ledger: Ledger, period: Period = YEAR) -> int:
    return sum(figures.count for _, figures in evaluate(ledger, question(period)))


def by_the_minute(service: int) -> float:
    """The naive way: what every minute of the year was. The share that was up; no bounds, no outages."""
    changes = list(make_events(service))
    times, (windows, hours) = [change.at for change in changes], (list(make_windows()), question().hours)
    opens = [start for start, _ in hours]
    up = eligible = 0
    for at in range(YEAR.start, YEAR.end, MINUTE):
        place = bisect_right(opens, at) - 1
        if place < 0 or at >= hours[place][1] or any(window.start <= at < (window.end or at) for window in windows):
            continue
        place = bisect_right(times, at) - 1
        eligible += place >= 0
        up += place >= 0 and changes[place].new is not State.DOWN
    return up / eligible


def bench_year(services: int) -> None:
    before, scale = peak(), WHOLE / services
    begin = time.process_time()
    ledger = filled(services)
    making = time.process_time() - begin - timed(lambda: [None for n in range(services) for _ in make_events(n)])
    spent = timed(lambda: measure_all(ledger))
    memory = (peak() - before) * scale
    print(f"{WHOLE:,} services × a year × {TRANSITIONS} transitions, {WINDOWS} windows, service hours:")
    print(f"  taking the events {making * scale:5.2f} s CPU, partition, bounds and all figures {spent * scale:5.2f} s")
    print(f"  together {(making + spent) * scale:.2f} s (at most 4), {memory:.0f} MB (at most 200)")
    minute = timed(lambda: by_the_minute(0))
    print(f"  a state for every minute instead: {minute / (making + spent) * services:,.0f} times as long")


def bench_dependence() -> None:
    few, many = filled(100, 100), filled(100, 400)
    longer = ratio(lambda: measure_all(many), lambda: measure_all(few))
    print(f"four times the transitions take {longer:.1f} times as long (4: linear)")
    long = Period("", YEAR.start - 4 * 366 * DAY, YEAR.end, YEAR.timezone)
    month = Period("", YEAR.start, YEAR.start + 30 * DAY, YEAR.timezone)
    short, stretched = filled(300, period=month), filled(300, period=long)
    longer = ratio(lambda: measure_all(stretched, long), lambda: measure_all(short, month))
    print(f"as many transitions in five years take {longer:.1f} times as long as in a month (1: whatever the period)")


def bench_month(directory: Path) -> None:
    configuration = load(ROOT / "config" / "netmon.yml")
    path, now = directory / "history.sqlite", YEAR.end
    five_years = Period("", now - 5 * 365 * DAY, now, YEAR.timezone)
    store = open_history(path)
    events: list[Event] = [MonitorEvent(five_years.start, "started")]
    for number, check in enumerate(configuration.inventory.checks):
        events += (replace(event, object=check) for event in make_events(number, 2_000, five_years))
    store.record(events).result()
    store.close()
    october = parse_period("2026-10", "Europe/Paris", now)

    def report() -> None:
        history = open_history(path, read_only=True)
        found = history.events(october.start, october.end + DAY)
        history.close()
        build_report(configuration.inventory, found, october, generated=now, version="bench")

    communes = len(configuration.inventory.communes)
    spent = timed(report)
    print(f"the month of {communes} communes, out of five years and {len(events):,} events: {spent:.2f} s (at most 1)")


def bench_log(directory: Path, services: int) -> None:
    log = directory / "events.jsonl"
    with log.open("w", encoding="utf-8") as file:
        file.writelines(f"{format_event(event)}\n" for event in make_windows())
        file.writelines(f"{format_event(event)}\n" for n in range(services) for event in make_events(n))

    def fast() -> None:
        with log.open("rb") as lines, (directory / "out.json").open("w") as out:
            out.writelines(written(evaluate(read_ledger(lines), question()), question()))

    with log.open("rb") as lines:
        reading = timed(lambda: read_ledger(lines))
    with log.open("rb") as lines:
        listing = timed(lambda: parse_events(lines))
    lines_told = services * TRANSITIONS + WINDOWS
    print(f"an event log of {lines_told:,} lines: read {reading / lines_told * 1e6:.1f} µs a line, ", end="")
    print(f"{listing / reading:.1f} times as fast as line by line into events; to JSON {timed(fast):.2f} s")


def main() -> None:
    services = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    bench_year(services)
    bench_dependence()
    with tempfile.TemporaryDirectory() as directory:
        bench_month(Path(directory))
        bench_log(Path(directory), min(services, 1_000))


if __name__ == "__main__":
    main()
