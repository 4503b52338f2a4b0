"""The roll-up by day: gone on with after a restart, never more than was looked at, one write at a time."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from netmon.clock import DAY, MINUTE, SECOND, Millis
from netmon.contracts import Event, Fact
from netmon.engine.loads import LinkLoads
from netmon.history import open_history
from netmon.model import Family, LinkDay, Observation, Reading, State
from tests.engine.small import check

MIDNIGHT = 1_793_487_600_000  # 2026-11-01T00:00:00+01:00
NOON = MIDNIGHT + DAY // 2
CORE, PAGE, LEAF = check("core", (), node="core"), check("portail", ()), check("acc1", (), node="acc1")
MEGABIT = 1_000_000


class Disk:
    """A recorder whose writes are done when told."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], LinkDay] = {}
        self.writes: list[Future[None]] = []

    def record(self, events: Sequence[Event | Fact]) -> "Future[None]":
        days = [event for event in events if isinstance(event, LinkDay)]
        self.rows |= {(day.node, day.interface, day.day): day for day in days}
        self.writes.append(Future())
        return self.writes[-1]


def told(at: Millis, octets: int, of: object = CORE) -> Observation:
    labels = (("1", "Gi1"),)
    columns = (("ifHCInOctets", octets), ("ifHCOutOctets", 0), ("ifHighSpeed", 8))
    families = tuple(Family(name, "gauge", "", ("ifIndex", "ifName"), labels, (value,)) for name, value in columns)
    return Observation(of, at, 0.1, Reading(State.UP, families=families))  # type: ignore[arg-type]


def silent(at: Millis) -> Observation:
    return Observation(CORE, at, 0.1, Reading(State.DOWN))


def follow(disk: Disk, *known: LinkDay, threshold: int = 80) -> LinkLoads:
    return LinkLoads({"core"}, threshold, "Europe/Paris", disk, known)


def test_polls_add_up_to_days_and_a_poll_over_midnight_belongs_to_both():
    disk = Disk()
    loads = follow(disk)
    for number, octets in enumerate((0, 54 * MEGABIT, 60 * MEGABIT)):  # 90 %, 10 %
        loads.observed(told(MIDNIGHT - 30 * SECOND + number * MINUTE, octets))
    loads.flush()
    assert disk.rows == {
        ("core", "Gi1", "2026-10-31"): LinkDay("core", "Gi1", "2026-10-31", 8 * MEGABIT, 80, 30_000, 30_000, 9_000),
        ("core", "Gi1", "2026-11-01"): LinkDay("core", "Gi1", "2026-11-01", 8 * MEGABIT, 80, 90_000, 30_000, 9_000),
    }


@pytest.mark.parametrize(
    ("polls", "measured"),
    [
        ([told(NOON, 0), told(NOON + MINUTE, 1)], 60_000),
        ([told(NOON, 0), silent(NOON + MINUTE), told(NOON + 2 * MINUTE, 1)], 120_000),  # the counters ran on
        ([told(NOON, 0), silent(NOON + MINUTE), silent(NOON + 2 * MINUTE), told(NOON + 3 * MINUTE, 1)], 0),
        ([told(NOON, 0), told(NOON + SECOND, 1), told(NOON + MINUTE, 2)], 60_000),  # asked again at once
        ([told(NOON, 5), told(NOON + MINUTE, 1), told(NOON + 2 * MINUTE, 2)], 60_000),
        ([told(NOON, 0, LEAF), told(NOON + MINUTE, 1, LEAF)], 0),
        ([told(NOON, 0, PAGE), told(NOON + MINUTE, 1, PAGE)], 0),
    ],
)
def test_only_what_was_looked_at_is_measured(polls, measured):
    disk = Disk()
    loads = follow(disk)
    for observation in polls:
        loads.observed(observation)
    loads.flush()
    assert sum(day.measured for day in disk.rows.values()) == measured


def test_checks_that_are_polled_every_second_are_measured_too():
    disk = Disk()
    loads = follow(disk)
    for number in range(21):
        loads.observed(told(NOON + number * SECOND, number * 900_000, replace(CORE, interval=SECOND)))
    loads.flush()
    (day,) = disk.rows.values()
    assert (day.measured, day.over, day.peak) == (20_000, 20_000, 9_000)


def test_after_a_restart_the_day_goes_on_without_the_time_between():
    disk = Disk()
    before = LinkDay("core", "Gi1", "2026-11-01", 8 * MEGABIT, 80, 600_000, 60_000, 9_900)
    loads = follow(disk, before)
    loads.observed(told(NOON, 10**9))
    loads.observed(told(NOON + MINUTE, 10**9 + 54 * MEGABIT))
    loads.stop()
    (day,) = disk.rows.values()
    assert (day.measured, day.over, day.peak) == (660_000, 120_000, 9_900)


def test_another_threshold_begins_the_day_anew():
    disk = Disk()
    loads = follow(disk, LinkDay("core", "Gi1", "2026-11-01", 8 * MEGABIT, 80, 600_000, 60_000, 9_900), threshold=95)
    loads.observed(told(NOON, 0))
    loads.observed(told(NOON + MINUTE, 54 * MEGABIT))
    loads.flush()
    (day,) = disk.rows.values()
    assert (day.threshold, day.measured, day.over) == (95, 60_000, 0)


def test_a_disk_that_takes_nothing_is_not_given_more():
    disk = Disk()
    loads = follow(disk)
    for number in range(100):
        loads.observed(told(NOON + number * MINUTE, number))
        loads.flush()
    assert len(disk.writes) == 1
    disk.writes[0].set_result(None)
    loads.flush()
    assert len(disk.writes) == 2
    (day,) = disk.rows.values()
    assert day.measured == 99 * MINUTE


def test_the_store_keeps_one_row_for_each_interface_and_day(tmp_path):
    store = open_history(tmp_path / "netmon.sqlite")
    rows = [LinkDay("core", name, day, 1, 80, 1, 0, 5) for name in ("b", "a") for day in ("2026-11-01", "2026-11-02")]
    store.record(rows).result()
    more = LinkDay("core", "a", "2026-11-02", 2, 80, 9, 1, 6)
    store.record([LinkDay("core", "a", "2026-11-02", 2, 80, 8, 1, 6), more]).result()
    store.close()
    store = open_history(tmp_path / "netmon.sqlite", read_only=True)
    assert store.link_days("2026-11-01", "2026-11-02") == [rows[2], more, rows[0], rows[1]]
    assert store.link_days("2026-11-02", "2026-12-31") == [more, rows[1]]
    store.close()
