"""Stops, crashes and sleeps of the daemon become no data."""

from pathlib import Path

from netmon.clock import SECOND, ManualClock, Millis, SteadyClock
from netmon.conventions import Reason
from netmon.engine.heart import Heart, begin, watched_until
from netmon.engine.pipeline import Pipeline
from netmon.history import Store, open_history
from netmon.model import MonitorEvent, Observation, Reading, State, Transition
from tests.engine.small import inventory


def events(path: Path) -> list[MonitorEvent]:
    reader = open_history(path, read_only=True)
    found = [event for event in reader.events() if isinstance(event, MonitorEvent)]
    reader.close()
    return found


def test_a_first_start_is_recorded(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h")
    assert watched_until(store) is None
    begin(store, 1_000)
    assert watched_until(store) == 1_000
    store.close()
    assert events(tmp_path / "h") == [MonitorEvent(1_000, "started")]


def test_after_a_clean_stop_states_are_known_to_hold_until_then(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h")
    begin(store, 1_000)
    store.record([MonitorEvent(5_000, "stopped")])
    store.heartbeat(4_000).result()
    assert watched_until(store) == 5_000
    begin(store, 9_000)
    store.close()
    assert events(tmp_path / "h")[1:] == [MonitorEvent(5_000, "stopped"), MonitorEvent(9_000, "started")]


def test_a_crash_is_no_data_since_the_last_heartbeat(tmp_path: Path) -> None:
    store = open_history(tmp_path / "h")
    begin(store, 1_000)
    store.heartbeat(4_000).result()
    assert watched_until(store) == 4_000
    begin(store, 9_000)
    store.close()
    assert events(tmp_path / "h")[1:] == [MonitorEvent(4_000, "stopped"), MonitorEvent(9_000, "started")]


def test_a_crash_while_it_begins_leaves_an_order_of_starts_and_stops(tmp_path: Path) -> None:
    """The start is recorded, its heartbeat is not yet."""
    store = open_history(tmp_path / "h")
    begin(store, 1_000)
    store.heartbeat(4_000).result()
    store.record([MonitorEvent(4_000, "stopped"), MonitorEvent(9_000, "started")]).result()
    assert watched_until(store) == 9_000
    begin(store, 12_000)
    store.close()
    assert [(event.at, event.state) for event in events(tmp_path / "h")[-2:]] == [
        (9_000, "stopped"),
        (12_000, "started"),
    ]


def test_what_a_crash_leaves_is_taken_up_as_it_was(tmp_path: Path) -> None:
    store, wall = open_history(tmp_path / "h"), ManualClock(100 * SECOND)
    before = Pipeline(inventory(), store, wall.now)
    for round_ in range(12):
        wall.advance(60 * SECOND)
        for name, check in before.inventory.checks.items():
            state = State.DOWN if 4 <= round_ < 8 and name in {"dist/snmp", "acc1/snmp", "portail"} else State.UP
            before.observe(Observation(check, wall.now(), 0.1, Reading(state, Reason.TIMEOUT)))
        store.heartbeat(wall.now()).result()
        after = Pipeline(inventory(), store, wall.now)
        after.restore(store.states(), watched_until(store) or wall.now())
        assert [(view.state, view.since) for view in after.checks().values() if view.state is not State.PENDING] == [
            (view.state, view.since) for view in before.checks().values() if view.state is not State.PENDING
        ]
    store.close()


def a_heart(path: Path, interval: Millis = 10 * SECOND) -> tuple[ManualClock, SteadyClock, Store, Pipeline, Heart]:
    wall, store = ManualClock(100 * SECOND), open_history(path)
    clock = SteadyClock(wall)
    pipeline = Pipeline(inventory(), store, clock.now)
    return wall, clock, store, pipeline, Heart(store, pipeline, clock, interval)


def test_a_machine_that_slept_watched_nothing_meanwhile(tmp_path: Path) -> None:
    clock, _, store, _, heart = a_heart(tmp_path / "h")
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


def test_after_a_sleep_nothing_is_stale_when_that_is_noticed_first(tmp_path: Path) -> None:
    clock, _, store, pipeline, heart = a_heart(tmp_path / "h")
    core = pipeline.inventory.checks["core/snmp"]
    pipeline.observe(Observation(core, clock.now(), 0.1, Reading(State.UP)))
    clock.advance(3600 * SECOND)
    heart.notice()
    pipeline.sweep()
    assert pipeline.checks()["core/snmp"].state is State.UP
    store.close()


def test_after_the_wall_clock_is_set_back_we_see_on_and_the_record_has_a_gap(tmp_path: Path) -> None:
    """An hour back: two hours later all is as before; meanwhile changes are seen, in order, and count as no data."""
    wall, clock, store, pipeline, heart = a_heart(tmp_path / "h", 30 * SECOND)
    begin(store, clock.now())
    core = pipeline.inventory.checks["core/snmp"]

    def minutes(count: int, state: State) -> None:
        for _ in range(count):
            for _beat in range(2):
                wall.advance(30 * SECOND)
                heart.beat()
            pipeline.observe(Observation(core, clock.now(), 0.1, Reading(state, Reason.TIMEOUT)))

    minutes(5, State.UP)
    set_back = clock.now()
    wall.step(-3600 * SECOND)
    minutes(3, State.DOWN)
    assert pipeline.checks()["core/snmp"].state is State.DOWN
    minutes(3, State.UP)
    assert pipeline.checks()["core/snmp"].state is State.UP
    minutes(120, State.UP)
    store.close()
    _, stopped, started = events(tmp_path / "h")
    assert (stopped.state, started.state) == ("stopped", "started")
    assert set_back - 60 * SECOND <= stopped.at <= set_back < started.at == set_back + 3600 * SECOND
    reader = open_history(tmp_path / "h", read_only=True)
    changes = [event for event in reader.events() if isinstance(event, Transition)]
    assert (reader.last_heartbeat() or 0) > started.at
    reader.close()
    assert [change.new for change in changes] == [State.UP, State.DOWN, State.UP]
    assert set_back < changes[1].at < changes[2].at < started.at


def test_a_clock_set_back_does_not_move_the_heartbeat_back(tmp_path: Path) -> None:
    wall, _, store, _, heart = a_heart(tmp_path / "h")
    wall.step(-50 * SECOND)
    heart.beat()
    store.close()
    reader = open_history(tmp_path / "h", read_only=True)
    assert reader.last_heartbeat() == 100 * SECOND
    reader.close()
