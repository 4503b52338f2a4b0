"""The counters of contracts while a month, a quarter, a year ends: what was scraped is what the period's figures say.

The parts of a daemon live through the night minute by minute: polls, heartbeats, counters, scrapes; they are left to
others at a reload or a restart around the boundary. Scrapes do not fall on it.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from exporters.prometheus import Exposition
from netmon.clock import HOUR, MINUTE, SECOND, ManualClock, Millis, SteadyClock
from netmon.config import Configuration, load
from netmon.conventions import Reason
from netmon.engine import heart
from netmon.engine.pipeline import Legacy
from netmon.history import open_history
from netmon.model import Check, Correction, Observation, Reading, State
from netmon.running import Availability, RunningFigures
from netmon.sla.period import parse_period
from netmon.takeup import take_up
from tests.daemon.daemon import COMMUNES, SITES

CHECKS = """\
checks:
  - {id: web, site: mairie, tcp: {address: "127.0.0.1:9"}}
  - {id: mail, site: mairie, tcp: {address: "127.0.0.1:9"}}
services:
  - {id: portal, name: Portail, family: web, communes: [Bègles], expression: web}
  - {id: post, name: Courriel, family: network, communes: [Bègles], expression: "all(web, mail)"}
contracts:
  - {id: agreement, name: A, provider: P, customer: C, communes: [Bègles], objective: 99.9}
  - {id: strict, name: B, provider: P, customer: C, communes: [Bègles], objective: 99, policy: strict}
  - {id: nights, name: N, provider: P, customer: C, communes: [Bègles], objective: 99, hours: "Mo-Su 22:00-02:00"}
"""
STEP = 30 * SECOND
SCRAPES = 90 * SECOND
UNTIL = "netmon_sla_counted_until_timestamp_seconds"
OUTAGES = {
    "web": [(-100 * MINUTE, -90 * MINUTE - 17 * SECOND), (-4 * MINUTE, 7 * MINUTE), (40 * MINUTE, 44 * MINUTE)],
    "mail": [(-70 * MINUTE, -67 * MINUTE), (-MINUTE, MINUTE), (19 * MINUTE, 31 * MINUTE)],
}
"""When targets are silent, from the boundary."""
ENDS = {
    "autumn": ("2026-11-01", ["2026-10"]),
    "year": ("2027-01-01", ["2026-12", "2026-Q4", "2026"]),
    "summer time": ("2027-04-01", ["2027-03", "2027-Q1"]),
    "day of 25 hours": ("2026-10-26", ["2026-10-25..2026-10-25", "2026-W43"]),
    "day of 23 hours": ("2027-03-29", ["2027-03-28..2027-03-28", "2027-W12"]),
}
Sums = dict[tuple[str, str], tuple[float, float]]


@dataclass
class Scrape:
    """What one scrape said of the counters: until when, and eligible and unavailable seconds."""

    at: Millis
    until: Millis
    sums: Sums


class Night:
    """The hours around ``boundary``, in which daemons follow each other on one history."""

    def __init__(self, directory: Path, day: str) -> None:
        file = directory / "netmon.yml"
        file.write_text(
            "data_dir: var\nheartbeat: 30s\ndefaults: {interval: 60s, timeout: 5s, fall: 2, rise: 1}\n"
            + COMMUNES + SITES + CHECKS
        )  # fmt: skip
        self.configuration = load(file)
        self.configuration.data_dir.mkdir()
        self.boundary = parse_period(f"{day}..{day}", "Europe/Paris", 0).start
        self.clock = ManualClock(self.boundary - 2 * HOUR)
        self.scrapes: list[Scrape] = []
        self.corrected = False

    def look(self, check: Check) -> Observation:
        """A poll now."""
        since = self.clock.now() - self.boundary
        silent = any(start <= since < end for start, end in OUTAGES[check.id])
        reading = Reading(State.DOWN, Reason.TIMEOUT) if silent else Reading(State.UP, Reason.OK)
        return Observation(check, self.clock.now(), 0.01, reading)

    async def live(self, until: Millis, legacy: Legacy | None, *, leave: str) -> Legacy | None:
        """From now on, as one daemon or one configuration of it; ``leave``: how it ends."""
        store = open_history(self.configuration.history)
        clock = SteadyClock(self.clock, store.latest())
        pipeline, seen = take_up(self.configuration, store, clock, legacy)
        if legacy is None:
            heart.begin(store, clock.now())
        exposition = Exposition(pipeline, CollectorRegistry())
        figures = RunningFigures(self.configuration, store, pipeline, seen)
        while self.clock.now() - self.boundary < until:
            now = self.clock.now()
            self.correct()
            for place, check in enumerate(self.configuration.inventory.checks.values()):
                if (now - place * STEP) % MINUTE == 0:
                    pipeline.observe(self.look(check))
            pipeline.sweep()
            if now % MINUTE == 0:
                store.heartbeat(now).result()
            figures.look()
            await _done(figures)
            if now % SCRAPES == 0:
                self.scrapes += _read(now, exposition)
            self.clock.advance(STEP)
        left = pipeline.legacy() if leave == "reload" else None
        if leave == "stop":
            heart.end(store, clock.now())
        figures.stop()
        store.close()
        return left

    def correct(self, *, late: bool = False) -> None:
        """Somebody says, a minute after the boundary, that something was down before it; ``late``: long after."""
        recorded = self.boundary + MINUTE if not late else self.clock.now()
        if late or (not self.corrected and recorded <= self.clock.now()):
            start, end = self.boundary - 60 * MINUTE, self.boundary - 31 * MINUTE + 7 * SECOND
            state = State.UP if late else State.DOWN
            store = open_history(self.configuration.history)
            store.record([Correction("portal", start, end, state, "A. Martin", "seen on site", recorded)]).result()
            store.close()
            self.corrected = True

    def said_at(self, until: Millis) -> Sums:
        """The counters as the last scrape had them that saw them added up until then."""
        return [scrape.sums for scrape in self.scrapes if scrape.until == until][-1]


async def _done(figures: RunningFigures) -> None:
    if figures._thread is not None:
        await asyncio.to_thread(figures._thread.join)
        await asyncio.sleep(0)


def _read(now: Millis, exposition: Exposition) -> Iterator[Scrape]:
    text = b"".join(exposition.scrape()).decode()
    found = {
        (sample.name, sample.labels.get("contract", ""), sample.labels.get("commune", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith(("netmon_sla_eligible", "netmon_sla_unavailable", UNTIL))
    }
    if (UNTIL, "", "") in found:
        keys = {key[1:] for key in found if key[1]}
        eligible, unavailable = (f"netmon_sla_{what}_seconds_total" for what in ("eligible", "unavailable"))
        sums = {key: (found[eligible, *key], found[unavailable, *key]) for key in keys}
        yield Scrape(now, round(found[UNTIL, "", ""] * 1000), sums)


def figures_of(configuration: Configuration, now: Millis, label: str) -> Sums:
    """What ``/api/v1/availability`` says of the period."""
    document = Availability(configuration, ManualClock(now))(label)
    rows = document["rows"]
    assert isinstance(rows, list)
    return {
        (row["contract"], row["commune"]): (row["eligible_seconds"], row["unavailable_seconds"]) for row in rows
    }  # fmt: skip


LEAVES = {
    "nothing but a reload long after it": [(15 * MINUTE, "reload", 0)],
    "reloads": [(-30 * SECOND, "reload", 0), (3 * MINUTE, "reload", 0), (7 * MINUTE, "reload", 0)],
    "a restart on it": [(-STEP, "stop", 2 * STEP)],
    "two restarts after it": [(-3 * MINUTE, "stop", 5 * MINUTE), (5 * MINUTE, "stop", STEP)],
    "a crash over it": [(-10 * MINUTE, "crash", 25 * MINUTE)],
    "a long stop over it": [(-30 * MINUTE, "stop", 4 * HOUR)],
}
"""Until when each daemon lives, how it ends, how long nobody watches then."""


@pytest.mark.parametrize(
    ("end", "how"),
    [
        *((end, "reloads") for end in ENDS if end != "year"),
        *(("year", how) for how in LEAVES),
        ("summer time", "a crash over it"),
    ],
)
def test_what_is_scraped_around_the_end_of_a_period_is_what_its_figures_are(tmp_path: Path, end: str, how: str) -> None:
    (day, closed), leaves = ENDS[end], LEAVES[how]
    night = Night(tmp_path, day)
    last = sum(gap for _, _, gap in leaves) + 35 * MINUTE
    settles = closed[0].count("-") == 1

    async def pass_it() -> None:
        left: Legacy | None = None
        for until, how, gap in leaves:
            left = await night.live(until, left, leave=how)
            night.clock.advance(gap)
        left = await night.live(last - 10 * MINUTE, left, leave="reload")
        said.update({label: figures_of(night.configuration, night.clock.now(), label) for label in closed})
        if settles:
            night.correct(late=True)
        await night.live(last, left, leave="stop")

    said: dict[str, Sums] = {}
    asyncio.run(pass_it())
    keys = {("agreement", "Bègles"), ("strict", "Bègles"), ("nights", "Bègles")}
    assert [scrape.until for scrape in night.scrapes] == sorted(scrape.until for scrape in night.scrapes)
    assert sum(scrape.until == night.boundary for scrape in night.scrapes) >= 2
    assert night.scrapes[-1].until > night.boundary + 15 * MINUTE
    at_end = night.said_at(night.boundary)
    assert at_end.keys() == keys
    for label in closed:
        # Under 'strict' what no daemon saw is lost: counters begin with the first month of the history.
        whole = {key for key in keys if key[0] != "strict" or re.fullmatch(r"\d{4}-\d\d", label)}
        assert {key: said[label][key] for key in whole} == {key: at_end[key] for key in whole}, label
        if settles:
            assert figures_of(night.configuration, night.clock.now(), label) != said[label], "told after it was settled"
    assert at_end["agreement", "Bègles"][1] > 600
    for key in keys:
        for earlier, later in zip(night.scrapes, night.scrapes[1:], strict=False):
            assert earlier.sums.get(key, (0, 0)) <= later.sums[key], (key, earlier.until, later.until)
