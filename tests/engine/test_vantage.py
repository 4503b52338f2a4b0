"""Before a target is believed not to answer, the references are asked: a blind daemon records no outage."""

import asyncio
import logging
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest

from netmon.clock import ManualClock, Millis
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.spread import due_between
from netmon.engine.telemetry import Telemetry
from netmon.model import Check, Inventory, Reading, State, Transition
from tests.engine.small import Memo, check, inventory

START: Millis = 1_760_000_000_000
INTERVAL: Millis = 60_000
LENGTH = 40
SILENT = Reading(State.DOWN, Reason.TIMEOUT, "no answer")
REFERENCES = ("gateway", "elsewhere")

Span = tuple[int, int]


@dataclass
class World:
    """Spans, in intervals, in which targets are down and in which nothing at all can be seen; a collector on it.

    ``deaf`` targets refuse connections while they are down, ``useless`` references cannot be asked.
    """

    faults: dict[str, list[Span]]
    blind: list[Span]
    deaf: frozenset[str] = frozenset()
    useless: frozenset[str] = frozenset()
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    asked: list[str] = field(default_factory=list)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def within(self, spans: list[Span], at: Millis) -> bool:
        return any(START + first * INTERVAL <= at < START + last * INTERVAL for first, last in spans)

    def is_blind(self, at: Millis) -> bool:
        return self.within(self.blind, at)

    def is_down(self, name: str, at: Millis) -> bool:
        return self.within(self.faults.get(name, []), at)

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        self.asked.append(check.id)
        now = self.clock.now()
        await asyncio.sleep(0)
        if check.id in self.useless:
            return Reading(State.UNKNOWN, Reason.PERMISSION)
        if self.is_blind(now):
            return SILENT
        if self.is_down(check.id, now):
            return Reading(State.DOWN, Reason.CONNECT_REFUSED) if check.id in self.deaf else SILENT
        return Reading(State.UP)


def watched(fall: int) -> Inventory:
    names = (*REFERENCES, "a", "b", "c")
    checks = [replace(check(name, (), fall=fall), collector="tcp") for name in names]
    return replace(inventory(), nodes={}, services={}, checks={each.id: each for each in checks})


def live(world: World, fall: int = 2, references: tuple[str, ...] = REFERENCES) -> tuple[Pipeline, list[Transition]]:
    """Everything is polled for the whole time, through the real poller."""
    memo, seen = Memo(), watched(fall)
    pipeline = Pipeline(seen, memo, world.clock.now)

    async def run() -> None:
        asked = [seen.checks[name] for name in references]
        poller = Poller({"tcp": world}, pipeline, Telemetry(), world.clock, asked)
        due = sorted(
            (at, each.id) for each in seen.checks.values() for at in due_between(each, START, START + LENGTH * INTERVAL)
        )
        for at, name in due:
            world.clock.set(at)
            poller.start(seen.checks[name])
            await asyncio.gather(*poller._running.values())
        await poller.stop()

    asyncio.run(run())
    return pipeline, [event for event in memo.events if isinstance(event, Transition)]


SPANS = st.lists(
    st.tuples(st.integers(0, LENGTH), st.integers(1, 8)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1])), max_size=3
)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from([*REFERENCES, "a", "b", "c"]), SPANS), SPANS, st.integers(1, 3))
def test_a_blind_daemon_never_records_an_outage(faults: dict[str, list[Span]], blind: list[Span], fall: int) -> None:
    world = World(faults, blind)
    _, changes = live(world, fall)
    for change in changes:
        if change.new is State.DOWN:
            assert world.is_down(change.object, change.at), change
            assert not world.is_blind(change.at), change
        assert change.reason is not Reason.BLIND or change.new is State.UNKNOWN


@settings(deadline=None, max_examples=60)
@given(st.sampled_from("abc"), st.integers(3, 25), st.integers(4, 10), SPANS, st.booleans(), st.integers(1, 3))
def test_an_outage_is_recorded_while_a_reference_answers(
    name: str, first: int, length: int, other: list[Span], refuses: bool, fall: int
) -> None:
    world = World({name: [(first, first + length)], "elsewhere": other}, [], frozenset(name if refuses else ""))
    _, changes = live(world, fall)
    downs = [change for change in changes if change.object == name and change.new is State.DOWN]
    assert len(downs) == 1
    begun = START + first * INTERVAL
    assert begun <= downs[0].at < begun + INTERVAL
    assert not [change for change in changes if change.reason is Reason.BLIND]


def test_without_references_nothing_is_asked_and_silence_is_an_outage() -> None:
    world = World({}, [(5, 10)])
    _, changes = live(world, references=())
    assert {change.object for change in changes if change.new is State.DOWN} == {*REFERENCES, "a", "b", "c"}
    assert len(world.asked) == 5 * LENGTH


def test_references_that_cannot_be_asked_hide_no_outage(caplog: pytest.LogCaptureFixture) -> None:
    world = World({"a": [(5, 20)]}, [], useless=frozenset(REFERENCES))
    _, changes = live(world)
    assert State.DOWN in {change.new for change in changes if change.object == "a"}
    assert "the reference gateway is of no use" in caplog.text


def test_the_gap_is_told_once_at_each_end(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "netmon.vantage"):
        pipeline, changes = live(World({}, [(5, 10)]))
    told = [record.message for record in caplog.records if record.name == "netmon.vantage"]
    assert told == [
        "none of the references answers (gateway, elsewhere): what does not answer is unknown from now on",
        "a reference answers again (gateway, elsewhere): outages are recorded again",
    ]
    unknown = {change.object: change for change in changes if change.reason is Reason.BLIND}
    assert set(unknown) == {*REFERENCES, "a", "b", "c"}
    assert {view.state for view in pipeline.checks().values()} == {State.UP}


def test_many_silent_targets_ask_the_references_once() -> None:
    world = World({}, [(0, 1)])
    seen = watched(2)
    telemetry = Telemetry()

    async def run() -> None:
        pipeline = Pipeline(seen, Memo(), world.clock.now)
        references = [seen.checks[name] for name in REFERENCES]
        poller = Poller({"tcp": world}, pipeline, telemetry, world.clock, references)
        for name in "abc":
            poller.start(seen.checks[name])
        await asyncio.gather(*poller._running.values())
        await poller.stop()
        assert {pipeline.checks()[name].reason for name in "abc"} == {"blind"}

    asyncio.run(run())
    assert sorted(world.asked) == sorted(["a", "b", "c", *REFERENCES])
    assert b"netmon_vantage_up 0.0" in generate_latest(telemetry.registry)


def test_a_stop_while_references_are_asked_leaves_nothing_running() -> None:
    class Hanging(World):
        async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
            if check.id in REFERENCES:
                await asyncio.sleep(3600)
            return SILENT

    world, seen = Hanging({}, []), watched(2)

    async def run() -> None:
        pipeline = Pipeline(seen, Memo(), world.clock.now)
        poller = Poller({"tcp": world}, pipeline, Telemetry(), world.clock, [seen.checks["gateway"]])
        poller.start(seen.checks["a"])
        await asyncio.sleep(0.05)
        await poller.stop()
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())
