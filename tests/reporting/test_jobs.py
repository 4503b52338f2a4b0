"""The daemon's reports: each run once, also after restarts and failures, and never on the loop."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from netmon.clock import DAY, HOUR, MINUTE, ManualClock, from_datetime
from netmon.config import Configuration, load
from netmon.engine.telemetry import Telemetry
from netmon.history import Store, open_history
from netmon.reporting.jobs import MOST_MISSED, WAITS, ReportJobs, RunFailedError, _Worker
from tests.cli.october import CONFIGURATION, make_october

PARIS = ZoneInfo("Europe/Paris")
SCHEDULES = """
reports:
  schedules:
    - {id: mensuel, close: true, at: "06:00"}
    - {id: hebdo, every: week, on: monday, at: "02:30"}
"""


def at(text: str) -> int:
    return from_datetime(dt.datetime.fromisoformat(text).replace(tzinfo=PARIS))


class Made:
    """Makes reports by writing down which; fails while told to."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, str]] = []
        self.tries = 0
        self.failing = False

    def __call__(self, schedule: str, period: str, progress: Callable[[float], None]) -> str:
        self.tries += 1
        progress(0.5)
        if self.failing:
            raise RunFailedError("the disk is full")
        self.runs.append((schedule, period))
        return f"{period}/v1"


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    (tmp_path / "netmon.yml").write_text(CONFIGURATION + SCHEDULES, "utf-8")
    (tmp_path / "data").mkdir()
    return load(tmp_path / "netmon.yml")


@pytest.fixture
def store(configuration: Configuration) -> Iterator[Store]:
    opened = open_history(configuration.history)
    yield opened
    opened.close()


def daemon(configuration: Configuration, store: Store, clock: ManualClock, made: Made) -> tuple[ReportJobs, Telemetry]:
    telemetry = Telemetry()
    return ReportJobs(configuration, store, clock, telemetry, made), telemetry


def look(jobs: ReportJobs) -> None:
    """As the loop asks, and wait until it is done."""
    jobs.look()
    jobs._making.join(30)


def test_what_was_due_before_the_schedule_was_known_is_not_made(configuration, store):
    clock, made = ManualClock(at("2026-11-02 12:00")), Made()
    jobs, _ = daemon(configuration, store, clock, made)
    look(jobs)
    assert made.runs == []
    clock.set(at("2026-11-09 02:31"))
    look(jobs)
    look(jobs)
    assert made.runs == [("hebdo", "2026-W45")]


def test_runs_missed_while_the_daemon_was_stopped_are_made_up_for_once(configuration, store):
    clock, made = ManualClock(at("2026-10-20 12:00")), Made()
    look(daemon(configuration, store, clock, made)[0])
    clock.set(at("2026-12-02 12:00"))
    for _restart in range(3):
        jobs, telemetry = daemon(configuration, store, clock, made)
        look(jobs)
        look(jobs)
    weeks = [("hebdo", f"2026-W{week}") for week in range(43, 49)]
    assert made.runs == [("mensuel", "2026-10"), ("mensuel", "2026-11"), *weeks]
    assert telemetry.registry.get_sample_value("netmon_report_next_run_timestamp_seconds", {"schedule": "mensuel"}) == (
        at("2027-01-04 06:00") / 1000
    )


def test_when_a_report_was_made_last_is_known_after_a_restart(configuration, store):
    clock, made, name = ManualClock(at("2026-10-20 12:00")), Made(), "netmon_report_last_success_timestamp_seconds"
    look(daemon(configuration, store, clock, made)[0])
    clock.set(at("2026-11-02 12:00"))
    look(daemon(configuration, store, clock, made)[0])
    clock.set(at("2026-11-02 13:00"))
    jobs, telemetry = daemon(configuration, store, clock, made)
    assert telemetry.registry.get_sample_value(name, {"schedule": "mensuel"}) is None
    look(jobs)
    assert telemetry.registry.get_sample_value(name, {"schedule": "mensuel"}) == at("2026-11-02 12:00") / 1000


def test_a_monitor_that_stood_still_for_years_makes_the_latest_only(configuration, store, caplog):
    clock, made = ManualClock(at("2024-10-20 12:00")), Made()
    look(daemon(configuration, store, clock, made)[0])
    clock.set(at("2026-12-02 12:00"))
    look(daemon(configuration, store, clock, made)[0])
    assert len([run for run in made.runs if run[0] == "mensuel"]) == MOST_MISSED
    assert made.runs[MOST_MISSED - 1] == ("mensuel", "2026-11")
    assert "report mensuel of 2024-10 was missed long ago and is not made" in caplog.text


@pytest.mark.parametrize(
    ("before", "steps", "weeks"),
    [
        ("2026-03-29 01:00", [30 * MINUTE] * 60, ["2026-W13"]),  # over the night the clocks go forward
        ("2026-03-30 02:00", [10 * MINUTE] * 6, ["2026-W13"]),
        ("2026-10-25 00:00", [30 * MINUTE] * 60, ["2026-W43"]),  # over the hour that comes twice
    ],
)
def test_changes_of_the_clocks_neither_lose_nor_double_a_run(configuration, store, before, steps, weeks):
    clock, made = ManualClock(at(before)), Made()
    jobs, _ = daemon(configuration, store, clock, made)
    look(jobs)
    for step in steps:
        clock.advance(step)
        look(jobs)
    assert [period for name, period in made.runs if name == "hebdo"] == weeks


def test_a_clock_set_back_and_forward_again_makes_nothing_twice(configuration, store):
    clock, made = ManualClock(at("2026-11-01 12:00")), Made()
    jobs, _ = daemon(configuration, store, clock, made)
    look(jobs)
    clock.set(at("2026-11-02 06:01"))
    look(jobs)
    clock.step(-2 * HOUR)
    look(jobs)
    clock.step(5 * HOUR)
    look(jobs)
    assert sorted(made.runs) == [("hebdo", "2026-W44"), ("mensuel", "2026-10")]


def test_a_failure_is_tried_again_counted_and_given_up_in_the_end(configuration, store, caplog):
    clock, made = ManualClock(at("2026-11-01 12:00")), Made()
    jobs, telemetry = daemon(configuration, store, clock, made)
    look(jobs)
    clock.set(at("2026-11-02 06:00"))
    made.failing = True
    look(jobs)
    tries = made.tries
    look(jobs)
    assert made.tries == tries  # not before it is time
    assert "report mensuel of 2026-10 failed, tried again in 5 min: the disk is full" in caplog.text
    for wait in WAITS:
        clock.advance(wait)
        look(jobs)
    assert "report mensuel of 2026-10 is given up: the disk is full" in caplog.text
    failed = {"schedule": "mensuel", "outcome": "failed"}
    assert telemetry.registry.get_sample_value("netmon_report_runs_total", failed) == len(WAITS) + 1
    made.failing = False
    clock.advance(HOUR)
    look(jobs)
    assert made.runs == []
    assert [run.outcome for run in store.report_runs() if run.schedule == "mensuel"] == ["known", "failed"]


def test_a_failure_that_passes_leaves_the_report_made(configuration, store):
    clock, made = ManualClock(at("2026-11-01 12:00")), Made()
    jobs, telemetry = daemon(configuration, store, clock, made)
    look(jobs)
    clock.set(at("2026-11-02 06:00"))
    made.failing = True
    look(jobs)
    made.failing = False
    clock.advance(WAITS[0])
    look(jobs)
    assert sorted(made.runs) == [("hebdo", "2026-W44"), ("mensuel", "2026-10")]
    sample = telemetry.registry.get_sample_value
    assert sample("netmon_report_last_success_timestamp_seconds", {"schedule": "mensuel"}) == clock.now() / 1000
    assert sample("netmon_report_progress_ratio", {"schedule": "mensuel"}) == 0


def test_looking_never_waits_for_a_report(configuration, store):
    clock, going = ManualClock(at("2026-11-01 12:00")), threading.Event()
    begun = threading.Event()

    def make(_schedule: str, period: str, _progress: Callable[[float], None]) -> str:
        begun.set()
        assert going.wait(30)
        return f"{period}/v1"

    jobs = ReportJobs(configuration, store, clock, Telemetry(), make)
    look(jobs)
    clock.set(at("2026-11-02 06:00") + DAY)
    jobs.look()
    assert begun.wait(30)
    jobs.look()  # returns though a report is being made
    going.set()
    jobs._making.join(30)
    assert len([run for run in store.report_runs() if run.outcome == "made"]) == 2


def test_the_worker_makes_a_report_in_a_process_of_its_own_and_tells_how_far_it_is(tmp_path):
    path = make_october(tmp_path)
    path.write_text(path.read_text("utf-8") + SCHEDULES, "utf-8")
    configuration, seen = load(path), []
    worker = _Worker(configuration, threading.Event())
    assert worker("mensuel", "2026-10", seen.append) == "2026-10/v1"
    assert 0 < seen[0] < 1
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert (tmp_path / "data/reports/2026-10/v1/manifest.json").is_file()
    assert worker("mensuel", "2026-10", seen.append) == "2026-10/v1"  # nothing changed: the same edition
    assert worker("hebdo", "2026-W41", seen.append) == "2026-W41/draft-1"
    assert worker("hebdo", "2026-W41", seen.append) == "2026-W41/draft-2"
    assert sorted(folder.name for folder in (tmp_path / "data/reports/2026-W41").iterdir()) == ["draft-2"]
    (tmp_path / "data" / "netmon.sqlite").rename(tmp_path / "gone")
    with pytest.raises(RunFailedError, match="no history here yet"):
        worker("mensuel", "2026-09", seen.append)


def test_stopping_ends_a_worker_at_once(tmp_path):
    path = make_october(tmp_path)
    path.write_text(path.read_text("utf-8") + SCHEDULES, "utf-8")
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(RunFailedError):
        _Worker(load(path), stopping)("mensuel", "2026-10", lambda _part: None)
