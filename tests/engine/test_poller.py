"""The frame around a collector: whatever goes wrong on our side is UNKNOWN, and everything is counted."""

import asyncio
import dataclasses
import datetime as dt
import itertools
from typing import cast

import pytest

from netmon.clock import SystemClock
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller, look
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry
from netmon.errors import CollectError
from netmon.model import Check, Observation, Reading, State
from tests.engine.small import Memo, check, inventory


class Fake:
    """A collector that does as its check's target says."""

    def __init__(self) -> None:
        self.polled: list[str] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        self.polled.append(check.id)
        match check.target:
            case "fault":
                raise ZeroDivisionError
            case "credential":
                raise CollectError(Reason.CREDENTIAL, "no community")
            case "strange":
                return Reading(State.PENDING)
            case "hang":
                await asyncio.sleep(3600)
        return Reading(State.UP)


@pytest.mark.parametrize(
    ("target", "state", "reason"),
    [
        pytest.param("good", State.UP, Reason.OK, id="a reading is passed on"),
        pytest.param("fault", State.UNKNOWN, Reason.INTERNAL, id="a bug of ours is unknown"),
        pytest.param("credential", State.UNKNOWN, Reason.CREDENTIAL, id="what keeps us from looking is unknown"),
        pytest.param(
            "strange", State.UNKNOWN, Reason.INTERNAL, id="a state that is not a collector's to tell is unknown"
        ),
        pytest.param("hang", State.UNKNOWN, Reason.OVERLOAD, id="a collector that does not keep its time is unknown"),
    ],
)
def test_whatever_a_collector_does_becomes_an_observation(
    target: str, state: State, reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netmon.engine.poller.GRACE", 0.0)
    one = dataclasses.replace(check(target, ()), timeout=50)
    observation = asyncio.run(look(Fake(), one, SystemClock()))
    assert (observation.reading.state, observation.reading.reason) == (state, reason)


def test_what_a_target_says_is_kept_as_one_line_that_can_be_written() -> None:
    class Garbled(Fake):
        async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
            return Reading(State.DOWN, Reason.GARBAGE, "caf\udce9\x00\nnext é")

    observation = asyncio.run(look(Garbled(), check("c", ()), SystemClock()))
    assert observation.reading.detail == "caf\ufffd\ufffd\ufffdnext é"


def sample(telemetry: Telemetry, name: str, **labels: str) -> float:
    return telemetry.registry.get_sample_value(name, labels) or 0.0


def test_a_poll_still_under_way_is_not_started_again() -> None:
    telemetry, fake = Telemetry(), Fake()

    async def run() -> None:
        pipeline = Pipeline(inventory(), Memo(), SystemClock().now)
        poller = Poller({"http": fake}, pipeline, telemetry, SystemClock())
        slow = dataclasses.replace(check("hang", ()), timeout=60_000)
        poller.start(slow)
        await asyncio.sleep(0)
        poller.start(slow)
        await poller.stop()

    asyncio.run(run())
    assert fake.polled == ["hang"]
    assert sample(telemetry, "netmon_polls_skipped_total", why="overrun") == 1
    assert sample(telemetry, "netmon_polls_skipped_total", why="stopping") == 1


class Broken:
    """A listener that always fails."""

    def observed(self, observation: Observation) -> None:
        raise ZeroDivisionError

    def forget(self, check_id: str) -> None: ...


def test_a_listener_that_fails_is_logged_and_harms_neither_polls_nor_other_listeners(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[Observation] = []

    class Good(Broken):
        def observed(self, observation: Observation) -> None:
            heard.append(observation)

    async def run() -> State:
        pipeline = Pipeline(inventory(), Memo(), SystemClock().now)
        pipeline.listen(Broken())
        pipeline.listen(Good())
        poller = Poller({"http": Fake()}, pipeline, Telemetry(), SystemClock())
        for _ in range(2):
            poller.start(pipeline.inventory.checks["portail"])
            await asyncio.sleep(0.05)
        await poller.stop()
        return pipeline.checks()["portail"].state

    assert asyncio.run(run()) is State.UP
    assert len(heard) == 2
    assert "ZeroDivisionError" in caplog.text


def test_every_check_is_polled_once_an_interval() -> None:
    telemetry, polled = Telemetry(), []
    checks = [dataclasses.replace(check(f"c{number}", ()), interval=1_000) for number in range(50)]

    async def run() -> None:
        scheduler = Scheduler(checks, lambda one, due: polled.append((one.id, due)), telemetry, SystemClock())
        scheduler.start()
        await asyncio.sleep(3.3)
        scheduler.stop()

    asyncio.run(run())
    for one in checks:
        due = [at for name, at in polled if name == one.id]
        assert len(due) in {2, 3, 4}
        assert all(later - sooner == 1_000 for sooner, later in itertools.pairwise(due))
    assert sample(telemetry, "netmon_polls_skipped_total", why="missed") == 0


def test_runs_a_blocked_loop_could_not_make_are_counted_as_missed() -> None:
    telemetry, polled = Telemetry(), []

    async def run() -> None:
        checks = [dataclasses.replace(check("c", ()), interval=1_000)]
        scheduler = Scheduler(checks, lambda one, due: polled.append(due), telemetry, SystemClock())
        scheduler.start()
        await asyncio.sleep(1.2)
        await asyncio.to_thread(lambda: None)
        _block(3.2)
        await asyncio.sleep(0.5)
        scheduler.stop()

    asyncio.run(run())
    assert sample(telemetry, "netmon_polls_skipped_total", why="missed") >= 2


def _block(seconds: float) -> None:
    clock = SystemClock()
    until = clock.monotonic() + seconds
    while clock.monotonic() < until:
        pass


@pytest.mark.parametrize("step", [-3_600_000, 3_600_000, -60_000])
def test_a_wall_clock_that_is_set_stops_neither_polls_nor_jobs(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of APScheduler is set too: it plans on the wall clock, and would wait until that has come round."""
    polled: list[str] = []
    beats: list[int] = []
    steps = [0]

    class SetClock(SystemClock):
        def now(self) -> int:
            return super().now() + steps[0]

    class SetDatetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "SetDatetime":
            return cast("SetDatetime", dt.datetime.now(tz) + dt.timedelta(milliseconds=steps[0]))

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", SetDatetime)

    async def run() -> tuple[int, int]:
        checks = [dataclasses.replace(check("c", ()), interval=500)]
        scheduler = Scheduler(checks, lambda one, _due: polled.append(one.id), Telemetry(), SetClock())
        scheduler.start()
        scheduler.every(500, lambda: beats.append(1))
        await asyncio.sleep(1.2)
        steps[0] = step
        before = len(polled), len(beats)
        await asyncio.sleep(3.5)
        scheduler.stop()
        return before

    before = asyncio.run(run())
    assert len(polled) >= before[0] + 3
    assert len(beats) >= before[1] + 3


def test_a_job_that_fails_is_logged_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    runs: list[int] = []

    def fail() -> None:
        runs.append(1)
        raise ZeroDivisionError

    async def run() -> None:
        scheduler = Scheduler([], lambda _one, _due: None, Telemetry(), SystemClock())
        scheduler.start()
        scheduler.every(50, fail)
        await asyncio.sleep(0.5)
        scheduler.stop()

    asyncio.run(run())
    assert len(runs) >= 2
    assert "ZeroDivisionError" in caplog.text
