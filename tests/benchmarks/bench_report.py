"""Reports of 28 communes in every form: the demo's 90 days, then a year of 28 communes × 40 services.

    python tests/benchmarks/bench_report.py [demo | year]

Wall seconds and seconds of processor time, renderers included, and the time for each document; PDFs are rendered
meanwhile, theirs is what is left to wait for. Wanted: either in less than 60 s on two cores. Where other programs use
the cores, half the processor time is nearer to the truth.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from exporters.report import FORMATS, write_report
from netmon.clock import HOUR, MINUTE, SECOND, SystemClock
from netmon.config import load
from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.model import Check, Contract, Guarantee, Inventory, Report, Service, State, Transition
from netmon.past import events_of, facts_of
from netmon.sla import parse_period
from netmon.sla.dossier import compile_report, reaches_back

ROOT = Path(__file__).resolve().parents[2]
WANTED, CORES = 60.0, 2
FAMILIES = ("network", "web", "wifi", "schools", "energy", "consultation", "ticketing")
SERVICES, TRANSITIONS = 40, 60


def main() -> None:
    """Run what is asked for."""
    asked = sys.argv[1:] or ["demo", "year"]
    with tempfile.TemporaryDirectory() as directory:
        if "demo" in asked:
            _run("90 days of the demo", *_demo(Path(directory)))
        if "year" in asked:
            _run(f"a year of 28 communes × {SERVICES} services", *_year())


def _run(name: str, report: Report, compiling: float) -> None:
    print(f"== {name}: compiled in {compiling:.1f} s of processor time")
    spent: Counter[str] = Counter()
    marks = [time.monotonic()]
    began, used = time.monotonic(), _processor()
    with tempfile.TemporaryDirectory() as directory:
        paths = write_report(
            report, Path(directory), FORMATS, progress=lambda done, whole: marks.append(time.monotonic())
        )
        sizes = Counter[str]()
        for path, (start, end) in zip(paths, pairwise(marks), strict=True):
            spent[path.suffix] += end - start  # type: ignore[assignment]
            sizes[path.suffix] += path.stat().st_size
    wall, processor = time.monotonic() - began, _processor() - used
    files = Counter(path.suffix for path in paths)
    for suffix, count in files.items():
        each = spent[suffix] / count
        print(f"{suffix[1:]:>5}: {count:3} files, {sizes[suffix] / 1e6:6.1f} MB, {each * 1000:7.0f} ms a document")
    total = processor / CORES + compiling
    print(f"all {len(paths)} documents: {wall:.1f} s, {processor:.1f} s of processor time")
    print(f"on {CORES} cores of its own about {total:.0f} s; ratio to what is wanted {total / WANTED:.2f}")


def _demo(directory: Path) -> tuple[Report, float]:
    command = [sys.executable, "-m", "netmon", "demo", "--data", str(directory), "--history", "90d", "--for", "1s"]
    subprocess.run([*command, "--listen", "127.0.0.1:18731"], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    configuration, now = load(directory / "netmon.yml"), SystemClock().now()
    inventory, period = configuration.inventory, parse_period("90d", configuration.timezone, now)
    began = _processor()
    events = events_of(configuration, period, now, reaches_back(inventory, period))
    facts = facts_of(configuration)
    report = compile_report(inventory, events, period, facts=facts, generated=now, version="benchmark")
    return report, _processor() - began


def _year() -> tuple[Report, float]:
    inventory = _inventory()
    period = parse_period("2026", "Europe/Paris", 0)
    events = list(_events(inventory, period.start, period.end))
    began = _processor()
    report = compile_report(inventory, events, period, generated=period.end + HOUR, version="benchmark")
    return report, _processor() - began


def _inventory() -> Inventory:
    """The communes of the example, with 40 services each, every one behind a check of its own."""
    real = load(ROOT / "config" / "netmon.yml").inventory
    names = [(commune.name, f"{commune.insee}-{n}") for commune in real.communes.values() for n in range(SERVICES)]
    checks = {
        name: Check(name, name, "http", "", commune, "", "", (), 30 * SECOND, 5 * SECOND, 2, 1)
        for commune, name in names
    }
    services = {
        f"s{name}": Service(f"s{name}", f"Service {name}", FAMILIES[index % len(FAMILIES)], (commune,), name)
        for index, (commune, name) in enumerate(names)
    }
    contract = Contract("engagement", "Engagement", "Métropole", "communes", 0.995, gtr=Guarantee(4 * HOUR))
    return replace(real, sites={}, nodes={}, checks=checks, services=services, contracts={"engagement": contract})


def _events(inventory: Inventory, start: int, end: int) -> Iterator[Event]:
    for name in inventory.checks:
        chance, at, state = random.Random(name), start - HOUR, State.UP
        yield Transition(name, at, at, State.PENDING, state, Reason.OK, at)
        for _ in range(TRANSITIONS // 2):
            at += chance.randrange(HOUR, 2 * (end - start) // TRANSITIONS)
            back = at + chance.choice((45 * SECOND, 4 * MINUTE, 30 * MINUTE, 3 * HOUR))
            yield Transition(name, at, at - 30 * SECOND, State.UP, State.DOWN, Reason.TIMEOUT, at)
            yield Transition(name, back, back - 30 * SECOND, State.DOWN, State.UP, Reason.OK, back)
            at = back


def _processor() -> float:
    """Seconds of processor time of this process and its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
