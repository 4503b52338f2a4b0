"""Stops, crashes and sleeps of the daemon become no data."""

from pathlib import Path

from netmon.clock import SECOND, ManualClock
from netmon.engine.heart import Heart, begin
from netmon.engine.pipeline import Pipeline
from netmon.history import open_history
from netmon.model import MonitorEvent
from tests.engine.small import inventory


def events(path: Path) -> list[MonitorEvent]:
    reader = open_history(path, read_only=True)
    found = [event for event in reader.events() if isinstance(event, MonitorEvent)]
    reader.close()
    return found


def test_a_first_start_is_recorded(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h")
    assert begin(store, 1_000) == 1_000
    store.close()
    assert events(tmp_path / "h") == [MonitorEvent(1_000, "started")]


def test_after_a_clean_stop_states_are_known_to_hold_until_then(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h")
    begin(store, 1_000)
    store.record([MonitorEvent(5_000, "stopped")])
    store.heartbeat(4_000).result()
    assert begin(store, 9_000) == 5_000
    store.close()
    assert events(tmp_path / "h")[1:] == [MonitorEvent(5_000, "stopped"), MonitorEvent(9_000, "started")]


def test_a_crash_is_no_data_since_the_last_heartbeat(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h")
    begin(store, 1_000)
    store.heartbeat(4_000).result()
    assert begin(store, 9_000) == 4_000
    store.close()
    assert events(tmp_path / "h")[1:] == [MonitorEvent(4_000, "stopped"), MonitorEvent(9_000, "started")]


def test_a_machine_that_slept_watched_nothing_meanwhile(tmp_path: Path) -> None:
    store, clock = open_history(tmp_path / "h"), ManualClock(100 * SECOND)
    heart = Heart(store, Pipeline(inventory(), store, clock.now), clock, 10 * SECOND)
    for pause in (10, 10, 300, 10):
        clock.advance(pause * SECOND)
        heart.beat()
    heart.stop()
    store.close()
    assert events(tmp_path / "h") == [
        MonitorEvent(120_000, "stopped"),
        MonitorEvent(420_000, "started"),
        MonitorEvent(430_000, "stopped"),
    ]


def test_a_clock_set_back_does_not_move_the_heartbeat_back(tmp_path: Path) -> None:
    store, clock = open_history(tmp_path / "h"), ManualClock(100 * SECOND)
    heart = Heart(store, Pipeline(inventory(), store, clock.now), clock, 10 * SECOND)
    clock.set(50 * SECOND)
    heart.beat()
    store.close()
    reader = open_history(tmp_path / "h", read_only=True)
    assert reader.last_heartbeat() == 100 * SECOND
    reader.close()
