"""The frame around a collector: whatever goes wrong on our side is UNKNOWN, and everything is counted."""

import asyncio
import dataclasses
import itertools

import pytest

from netmon.clock import SystemClock
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller, look
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry
from netmon.errors import CollectError
from netmon.model import Check, Reading, State
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
            case "hang":
                await asyncio.sleep(3600)
        return Reading(State.UP)


@pytest.mark.parametrize(
    ("target", "state", "reason"),
    [
        pytest.param("good", State.UP, Reason.OK, id="a reading is passed on"),
        pytest.param("fault", State.UNKNOWN, Reason.INTERNAL, id="a bug of ours is unknown"),
        pytest.param("credential", State.UNKNOWN, Reason.CREDENTIAL, id="what keeps us from looking is unknown"),
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


def sample(telemetry: Telemetry, name: str, **labels: str) -> float:
    return telemetry.registry.get_sample_value(name, labels) or 0.0


def test_a_poll_still_under_way_is_not_started_again() -> None:
    telemetry, fake = Telemetry(), Fake()

    async def run() -> None:
        pipeline = Pipeline(inventory(), Memo(), SystemClock().now)
        poller = Poller({"http": fake}, pipeline, telemetry, SystemClock())
        slow = dataclasses.replace(check("hang", ()), timeout=60_000)
        poller.start(slow, 0)
        await asyncio.sleep(0)
        poller.start(slow, 0)
        await poller.stop()

    asyncio.run(run())
    assert fake.polled == ["hang"]
    assert sample(telemetry, "netmon_polls_skipped_total", why="overrun") == 1
    assert sample(telemetry, "netmon_polls_skipped_total", why="stopping") == 1


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


def test_a_wall_clock_set_back_stops_no_polls() -> None:
    telemetry, polled = Telemetry(), []

    class Steppable(SystemClock):
        step = 0

        def now(self) -> int:
            return super().now() + self.step

    async def run() -> None:
        clock = Steppable()
        checks = [dataclasses.replace(check("c", ()), interval=500)]
        scheduler = Scheduler(checks, lambda one, due: polled.append(due), telemetry, clock)
        scheduler.start()
        await asyncio.sleep(1.2)
        clock.step = -60_000
        await asyncio.sleep(2.5)
        scheduler.stop()

    asyncio.run(run())
    assert len(polled) >= 5
