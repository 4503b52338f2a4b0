"""The history on disk: what goes in comes out, and nothing recorded is lost."""

import contextlib
import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.errors import StoreError
from netmon.history import Store, open_history
from netmon.history.news import Told
from netmon.model import (
    MONITOR,
    Announcement,
    Attribution,
    Correction,
    IncidentStep,
    MaintenanceWindow,
    Membership,
    MonitorEvent,
    Party,
    State,
    Step,
    Transition,
)


def transition(name: str, at: int, new: State = State.DOWN) -> Transition:
    return Transition(name, at, at - 5, State.UP, new, Reason.TIMEOUT, at + 1, "no answer")


EVERY_KIND: list[Event] = [
    MonitorEvent(50, "started"),
    Membership("n1", 10, None, "Bègles", 3),
    MaintenanceWindow("*", 100, None, "micrologiciel", 20),
    Correction("n1", 10, 20, State.UP, "A. Martin", "sonde défaillante", 400),
    transition("n1", 100),
]


def written(path: Path, events: list[Event]) -> Store:
    store = open_history(path)
    store.record(events).result(10)
    return store


def test_every_kind_of_event_comes_back_as_it_went_in(tmp_path: Path) -> None:
    store = written(tmp_path / "h.sqlite", EVERY_KIND)
    assert list(store.events()) == EVERY_KIND
    store.close()
    reader = open_history(tmp_path / "h.sqlite", read_only=True)
    assert list(reader.events()) == EVERY_KIND
    reader.close()


def test_a_store_of_the_first_version_is_taken_over_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite"
    written(path, EVERY_KIND).close()
    with sqlite3.connect(path) as connection:  # as the first version left it
        for table in ("incident_steps", "attributions", "editions", "report_runs", "post", "link_days", "notices"):
            connection.execute(f"DROP TABLE {table}")
        for column in ("window", "author"):
            connection.execute(f"ALTER TABLE maintenance DROP COLUMN {column}")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    with pytest.raises(StoreError, match="written by another version of netmon"):
        open_history(path, read_only=True)
    store = open_history(path)
    assert list(store.events()) == EVERY_KIND
    assert (store.incident_steps(), store.attributions()) == ([], [])
    store.close()


def test_what_people_found_comes_back_in_the_order_told_and_is_no_event(tmp_path: Path) -> None:
    steps = [
        IncidentStep("INC-7", Step.NOTIFIED, 100, "n1", "market", "A. Martin", "par téléphone", 110),
        IncidentStep("INC-7", Step.PAUSED, 90, "", "", "A. Martin", "accès au site", 120),
    ]
    found = [
        Attribution("n1", 10, None, Party.THIRD_PARTY, "INC-7", "B", "pelleteuse", 130),
        Attribution("n1", 10, 20, Party.COMMUNE, "", "B", "courant", 125),
    ]
    store = open_history(tmp_path / "h.sqlite")
    store.record([*EVERY_KIND, *steps, *found]).result(10)
    assert (store.incident_steps(), store.attributions()) == (steps, found)
    assert list(store.events()) == EVERY_KIND
    store.close()


def test_planned_works_are_those_last_announced(tmp_path: Path) -> None:
    told = [
        Announcement("MW-1", "n1", 100, 200, "fibre", "A. Martin", 20),
        Announcement("MW-2", "n1", 300, 400, "courant", "A. Martin", 30),
        Announcement("MW-1", "n1", 100, 150, "fibre", "B", 140),
        Announcement("MW-2", "n1", 300, 300, "courant", "B", 50),
    ]
    store = open_history(tmp_path / "h.sqlite")
    store.record([*EVERY_KIND, *told]).result(10)
    assert store.announcements()[1:] == told
    assert store.maintenance() == [MaintenanceWindow("*", 100, None, "micrologiciel", 20),
                                   MaintenanceWindow("n1", 100, 150, "fibre", 20)]  # fmt: skip
    assert [event for event in store.events(160, 500) if isinstance(event, MaintenanceWindow)] == [
        MaintenanceWindow("*", 100, None, "micrologiciel", 20)]  # fmt: skip
    store.close()


def test_what_others_write_is_news_once(tmp_path: Path) -> None:
    daemon = open_history(tmp_path / "h.sqlite")
    daemon.record([IncidentStep("INC-0", Step.NOTED, 1, "n1", "", "A. Martin", "", 1)]).result(10)
    news = daemon.news()
    assert news.read() == Told()
    person = open_history(tmp_path / "h.sqlite")
    step = IncidentStep("INC-1", Step.ACKNOWLEDGED, 5, "n1", "", "A. Martin", "", 5)
    person.record([step, Announcement("MW-1", "n1", 100, 200, "fibre", "A. Martin", 20)]).result(10)
    person.close()
    daemon.record([dataclasses.replace(step, author=MONITOR, step=Step.CLOSED)]).result(10)
    assert news.read() == Told([step], attributions=False, maintenance=True)
    assert news.read() == Told()
    daemon.close()


def test_a_period_comes_with_the_state_each_object_entered_it_in(tmp_path: Path) -> None:
    events: list[Event] = [transition(name, at) for name in ("a", "b") for at in (100, 200, 300)]
    store = written(tmp_path / "h.sqlite", events)
    assert [(event.object, event.at) for event in store.events(250, 300) if isinstance(event, Transition)] == [
        ("a", 200),
        ("b", 200),
    ]
    assert [event.at for event in store.events(200, 301, ["a"]) if isinstance(event, Transition)] == [100, 200, 300]
    store.close()


def test_at_equal_times_before_a_period_all_are_kept_in_order(tmp_path: Path) -> None:
    events: list[Event] = [transition("a", 100, State.DOWN), transition("a", 100, State.UNREACHABLE)]
    store = written(tmp_path / "h.sqlite", events)
    assert list(store.events(150, 200)) == events
    store.close()


def test_windows_that_reach_into_a_period_come_with_it(tmp_path: Path) -> None:
    windows: list[Event] = [
        MaintenanceWindow("a", 0, 100, "over", 0),
        MaintenanceWindow("b", 0, 101, "reaches in", 0),
        MaintenanceWindow("c", 50, None, "open", 0),
        MaintenanceWindow("d", 200, 300, "later", 0),
    ]
    store = written(tmp_path / "h.sqlite", windows)
    assert [event.object for event in store.events(100, 200) if isinstance(event, MaintenanceWindow)] == ["b", "c"]
    store.close()


def test_the_last_state_of_each_object_is_the_one_recorded_last(tmp_path: Path) -> None:
    store = written(tmp_path / "h.sqlite", [transition("a", 100), transition("b", 90), transition("a", 100, State.UP)])
    assert {name: last.new for name, last in store.states().items()} == {"a": State.UP, "b": State.DOWN}
    store.close()


def test_what_is_imported_about_the_past_does_not_change_the_last_state(tmp_path: Path) -> None:
    store = written(tmp_path / "h.sqlite", [transition("a", 100), transition("a", 90, State.UP)])
    assert store.states()["a"].new is State.DOWN
    store.close()


def test_the_heartbeat_and_the_last_stop_are_remembered(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h.sqlite")
    assert (store.last_heartbeat(), store.last_monitor_event()) == (None, None)
    store.heartbeat(100).result(10)
    store.heartbeat(200).result(10)
    store.record([MonitorEvent(90, "started"), MonitorEvent(210, "stopped")]).result(10)
    assert (store.last_heartbeat(), store.last_monitor_event()) == (200, MonitorEvent(210, "stopped"))
    store.close()


def test_closing_writes_what_is_queued(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h.sqlite")
    futures = [store.record([transition("a", at)]) for at in range(100, 1100)]
    store.close()
    assert all(isinstance(future, Future) and future.done() for future in futures)
    with pytest.raises(StoreError):
        store.record([transition("a", 1)])
    reader = open_history(tmp_path / "h.sqlite", read_only=True)
    assert len(reader.events()) == 1000
    reader.close()


def test_a_reader_of_a_missing_history_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no history here yet"):
        open_history(tmp_path / "none.sqlite", read_only=True)


def test_a_file_that_is_no_history_is_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite"
    path.write_bytes(b"not a database, but somebody's notes" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="left untouched"):
        open_history(path)
    assert path.read_bytes() == before


def test_a_history_of_a_newer_netmon_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite"
    written(path, EVERY_KIND).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"written by (a newer|another version of) netmon"):
            open_history(path, read_only=read_only)


def test_a_directory_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        open_history(tmp_path / "no" / "such" / "h.sqlite")


def test_a_locked_database_is_waited_for_and_nothing_is_dropped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "h.sqlite"
    store = open_history(path)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("PRAGMA busy_timeout=0")
    blocker.execute("BEGIN IMMEDIATE")
    future = store.record([transition("a", 100)])
    deadline = time.monotonic() + 20
    while not caplog.records and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not future.done()
    blocker.execute("COMMIT")
    blocker.close()
    future.result(20)
    store.close()
    assert "trying on" in caplog.text
    assert "written again" in caplog.text


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else writes to the database."""
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        blocker.execute("COMMIT")
        blocker.close()


def test_reading_does_not_wait_for_a_writer_nor_keep_one_waiting(tmp_path: Path) -> None:
    store = written(tmp_path / "h.sqlite", EVERY_KIND)
    with locked(tmp_path / "h.sqlite"):
        assert list(store.events()) == EVERY_KIND
        assert store.states().keys() == {"n1"}
    store.close()


def test_heartbeats_that_wait_for_the_disk_are_one(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h.sqlite")
    with locked(tmp_path / "h.sqlite"):
        beats = [store.heartbeat(at) for at in range(1_000)]
        change = store.record([transition("a", 5)])
        assert store.queue_length() <= 3
    for future in (*beats, change):
        future.result(20)
    assert store.last_heartbeat() == 999
    assert len(store.events()) == 1
    store.close()


def test_a_heartbeat_never_overtakes_what_was_recorded_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a crash between the two would say that we watched until then, and lose what we saw."""
    monkeypatch.setattr("netmon.history.writer.BATCH", 2)
    store, order = open_history(tmp_path / "h.sqlite"), []
    with locked(tmp_path / "h.sqlite"):
        beats = [store.heartbeat(1)]
        for number in range(6):
            store.record([transition("a", number)]).add_done_callback(lambda _: order.append("change"))
            beats.append(store.heartbeat(number))
        beats[-1].add_done_callback(lambda _: order.append("beat"))
    store.close()
    assert order == ["change"] * 6 + ["beat"]


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param(dataclasses.replace(transition("a", 5), at=2**70), id="a number no database holds"),
        pytest.param(dataclasses.replace(transition("a", 5), detail="caf\udce9"), id="text that is no text"),
        pytest.param(dataclasses.replace(transition("a", 5), object=cast("str", None)), id="a row without its object"),
    ],
)
def test_what_can_never_be_written_is_refused_and_all_else_is_written(
    tmp_path: Path, poison: Transition, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_history(tmp_path / "h.sqlite")
    with locked(tmp_path / "h.sqlite"):
        store.record([transition("first", 1)])
        bad = store.record([transition("with it", 2), poison])
        good = store.record([transition("last", 3)])
    good.result(20)
    with pytest.raises(StoreError):
        bad.result(20)
    assert [event.object for event in store.events() if isinstance(event, Transition)] == ["first", "last"]
    assert "cannot be written" in caplog.text
    store.close()


WRITE_UNTIL_KILLED = """
import sys
from netmon.conventions import Reason
from netmon.history import open_history
from netmon.model import State, Transition
store = open_history(sys.argv[1])
first = int(sys.argv[2])
for number in range(first, first + 1_000_000):
    event = Transition("n", number, number, State.UP, State.DOWN, Reason.TIMEOUT, number, "")
    store.record([event, event]).result()
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_kill_9_at_any_moment_loses_nothing_that_was_recorded(tmp_path: Path) -> None:
    path, acknowledged = tmp_path / "h.sqlite", set[int]()
    open_history(path).close()
    for trial in range(12):
        command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(path), str(trial * 10_000_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            time.sleep(0.003 * trial)
            os.kill(process.pid, signal.SIGKILL)
            lines += process.stdout.read().split(b"\n")
        acknowledged |= {int(line) for line in lines[:-1] if line.strip()}
    reader = open_history(path, read_only=True)
    stored = [event.at for event in reader.events() if isinstance(event, Transition)]
    reader.close()
    assert acknowledged
    assert acknowledged <= set(stored)
    assert all(stored.count(number) == 2 for number in set(stored) - acknowledged), "a transaction was torn"
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


events = st.lists(
    st.builds(
        transition,
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 1_000),
        st.sampled_from([State.UP, State.DOWN, State.UNKNOWN]),
    ),
    max_size=30,
)


@settings(max_examples=20, deadline=None)
@given(events, st.integers(0, 1_000), st.integers(1, 300))
def test_a_period_holds_all_that_decides_it(
    tmp_path_factory: pytest.TempPathFactory, recorded: list[Event], start: int, length: int
) -> None:
    recorded = sorted(recorded, key=lambda event: event.at if isinstance(event, Transition) else 0)
    store = written(tmp_path_factory.mktemp("h") / "h.sqlite", recorded) if recorded else None
    if store is None:
        return
    found = store.events(start, start + length)
    store.close()

    def state(among: list[Event], name: str, at: int) -> State | None:
        last = [
            event.new for event in among if isinstance(event, Transition) and event.object == name and event.at <= at
        ]
        return last[-1] if last else None

    for name in "abc":
        for at in range(start, start + length, 7):
            assert state(list(found), name, at) == state(recorded, name, at)
