"""Polls out of turn: at once, not too often, and nothing that was told goes without a look."""

import asyncio
import dataclasses

from netmon.clock import SystemClock
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.prompt import PromptPolls
from netmon.engine.telemetry import Telemetry
from netmon.model import Check, Reading, State
from tests.engine.small import Memo, check, inventory

GAP = 200


def test_the_first_asking_polls_at_once_and_those_in_the_gap_share_one_poll_at_its_end() -> None:
    polled: list[tuple[str, float]] = []
    answers: list[bool] = []

    async def run() -> None:
        clock = SystemClock()
        begun = clock.monotonic()
        prompt = PromptPolls(lambda one: polled.append((one.id, clock.monotonic() - begun)), clock, GAP)
        first, second = check("a", ()), check("b", ())
        answers.extend([prompt.ask([first]), prompt.ask([first]), prompt.ask([first]), prompt.ask([first, second])])
        assert [name for name, _ in polled] == ["a", "b"]
        await asyncio.sleep(0.5)
        answers.append(prompt.ask([first]))
        prompt.ask([first])
        prompt.stop()
        await asyncio.sleep(0.3)

    asyncio.run(run())
    assert [name for name, _ in polled] == ["a", "b", "a", "a"]
    assert polled[2][1] >= GAP / 1000
    assert answers == [True, True, False, True, True]


class Slow:
    """A collector whose polls end when they are told to."""

    def __init__(self) -> None:
        self.begun: list[asyncio.Event] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        ended = asyncio.Event()
        self.begun.append(ended)
        await ended.wait()
        return Reading(State.UP)


def test_a_poll_under_way_is_followed_by_one_more_because_it_may_have_looked_too_early() -> None:
    telemetry, slow = Telemetry(), Slow()

    async def run() -> None:
        poller = Poller({"http": slow}, Pipeline(inventory(), Memo(), SystemClock().now), telemetry, SystemClock())
        one = dataclasses.replace(check("portail", ()), timeout=60_000)
        for _ in range(3):
            poller.start_now(one)
            await asyncio.sleep(0)
        assert len(slow.begun) == 1
        for place in range(2):
            slow.begun[place].set()
            for _ in range(10):
                await asyncio.sleep(0)
        assert len(slow.begun) == 2
        poller.start_now(one)
        poller.start_now(one)
        for _ in range(3):
            await asyncio.sleep(0)
        await poller.stop()
        assert len(slow.begun) == 3

    asyncio.run(run())
    assert telemetry.registry.get_sample_value("netmon_polls_skipped_total", {"why": "overrun"}) == 0
