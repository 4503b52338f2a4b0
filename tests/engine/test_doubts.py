"""Before a target is declared down, what stands before it is looked at again."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from netmon.clock import MINUTE, SECOND, ManualClock
from netmon.conventions import Reason
from netmon.engine.doubts import PATIENCE
from netmon.engine.pipeline import Pipeline
from netmon.model import Check, Observation, Reading, State, Step
from tests.engine.nets import last_transitions
from tests.engine.small import Memo, inventory

START = 1_760_000_000_000


class Bench:
    """A pipeline that notes what it asks for; polls are done by hand."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.memo = Memo()
        self.asked: list[str] = []
        self.pipeline = Pipeline(inventory(), self.memo, self.clock.now)
        self.pipeline.doubt(self._ask)

    def _ask(self, checks: Iterable[Check]) -> None:
        self.asked += [check.id for check in checks]

    def poll(self, name: str, *, works: bool) -> State:
        check = self.pipeline.inventory.checks[name]
        reading = Reading(State.UP) if works else Reading(State.DOWN, Reason.TIMEOUT)
        self.clock.advance(SECOND)
        self.pipeline.observe(Observation(check, self.clock.now(), 0.0, reading))
        return self.pipeline.checks()[name].state

    def begin(self) -> None:
        for name in self.pipeline.inventory.checks:
            self.poll(name, works=True)
        self.clock.advance(MINUTE)
        assert self.poll("acc1/snmp", works=False) is State.UP
        self.clock.advance(MINUTE)


def test_a_child_waits_until_its_parents_answered_and_is_dated_as_if_it_had_not() -> None:
    bench = Bench()
    bench.begin()
    first = bench.clock.now() - MINUTE
    assert bench.poll("acc1/snmp", works=False) is State.UP
    assert sorted(bench.asked) == ["core/snmp", "dist/snmp"]
    bench.poll("core/snmp", works=True)
    assert bench.pipeline.checks()["acc1/snmp"].state is State.UP
    bench.poll("dist/snmp", works=True)
    view = bench.pipeline.checks()["acc1/snmp"]
    assert (view.state, view.since) == (State.DOWN, first)


def test_a_child_whose_parent_falls_meanwhile_was_never_down() -> None:
    bench = Bench()
    bench.begin()
    bench.poll("acc1/snmp", works=False)
    bench.poll("core/snmp", works=True)
    bench.poll("dist/snmp", works=False)
    assert bench.asked.count("dist/snmp") == 2
    bench.poll("dist/snmp", works=False)
    bench.poll("core/snmp", works=True)
    assert bench.pipeline.nodes()["dist"].state is State.DOWN
    assert bench.pipeline.nodes()["acc1"].state is State.UNREACHABLE
    assert {step.object for step in bench.memo.steps} == {"dist"}


def test_an_answer_of_the_child_ends_the_doubt() -> None:
    bench = Bench()
    bench.begin()
    bench.poll("acc1/snmp", works=False)
    assert bench.poll("acc1/snmp", works=True) is State.UP
    assert [event.new for event in last_transitions(bench.memo.events).values() if event.object == "acc1/snmp"] == [
        State.UP
    ]
    assert [step.step for step in bench.memo.steps if step.object == "acc1"] == [
        Step.DETECTED, Step.RECOVERED, Step.RESTORED, Step.CLOSED]  # fmt: skip


def test_patience_ends() -> None:
    bench = Bench()
    bench.begin()
    bench.poll("acc1/snmp", works=False)
    bench.clock.advance(PATIENCE + SECOND)
    bench.pipeline.sweep()
    assert bench.pipeline.checks()["acc1/snmp"].state is State.DOWN


def test_another_topology_makes_a_consequence_of_an_incident_that_is_open() -> None:
    bench = Bench()
    for name in bench.pipeline.inventory.checks:
        bench.poll(name, works=True)
    apart = bench.pipeline.inventory
    nodes = {**apart.nodes, "acc1": replace(apart.nodes["acc1"], uplinks=())}
    loose = replace(apart.checks["acc1/snmp"], via=())
    pipeline = Pipeline(
        replace(apart, nodes=nodes, checks={**apart.checks, loose.id: loose}), bench.memo, bench.clock.now
    )
    for _ in range(3):
        bench.clock.advance(MINUTE)
        for name in ("core/snmp", "dist/snmp", "acc1/snmp"):
            check = pipeline.inventory.checks[name]
            reading = Reading(State.UP) if name == "core/snmp" else Reading(State.DOWN, Reason.TIMEOUT)
            pipeline.observe(Observation(check, bench.clock.now(), 0.0, reading))
    assert {view.object for view in pipeline.incidents() if view.ended is None} == {"dist", "acc1"}
    again = Pipeline(apart, bench.memo, bench.clock.now)
    again.restore(last_transitions(bench.memo.events), bench.clock.now(), bench.memo.steps)
    assert [view.object for view in again.incidents()] == ["dist"]
    assert again.nodes()["acc1"].state is State.UNREACHABLE


BEHIND = ("dist/snmp", "acc1/snmp", "acc2/snmp")


def core_falls(most: int) -> tuple[Bench, list[Callable[[], None]]]:
    """Three wait for the word about core, and then have it."""
    bench, later = Bench(), list[Callable[[], None]]()
    bench.pipeline.doubt(bench._ask, later.append, most)
    for name in bench.pipeline.inventory.checks:
        bench.poll(name, works=True)
    bench.clock.advance(MINUTE)
    for name in ("core/snmp", *BEHIND, *BEHIND, "core/snmp"):
        bench.poll(name, works=False)
    return bench, later


def test_what_waited_is_judged_a_few_at_a_time() -> None:
    bench, later = core_falls(1)
    states = [bench.pipeline.checks()[name].state for name in BEHIND]
    assert sorted(states) == [State.UNREACHABLE, State.UP, State.UP]
    while later:
        later.pop()()
    assert [bench.pipeline.checks()[name].state for name in BEHIND] == [State.UNREACHABLE] * 3


def test_what_waited_is_judged_before_what_cut_it_off_answers_again() -> None:
    bench, later = core_falls(1)
    bench.poll("core/snmp", works=True)
    fell = {event.object: event.new for event in bench.memo.events if event.new in {State.DOWN, State.UNREACHABLE}}
    assert fell == {"core/snmp": State.DOWN, **dict.fromkeys(BEHIND, State.UNREACHABLE)}
    for each in later:
        each()
