"""What a pipeline leaves to the one that takes its place: nothing that polls told is lost."""

from dataclasses import replace

from netmon.clock import ManualClock
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.model import Inventory, Observation, Reading, State, Transition
from tests.engine.nets import last_transitions
from tests.engine.small import Memo, inventory

START = 1_760_000_000_000
MINUTE = 60_000
UP, DOWN = Reading(State.UP), Reading(State.DOWN, Reason.TIMEOUT)


def successor(old: Pipeline, memo: Memo, clock: ManualClock, new: Inventory) -> Pipeline:
    found = Pipeline(new, memo, clock.now)
    found.restore(last_transitions(memo.events), clock.now(), memo.steps, old.legacy())
    return found


def look(pipeline: Pipeline, clock: ManualClock, name: str, reading: Reading) -> list[Transition]:
    clock.advance(MINUTE)
    return list(pipeline.observe(Observation(pipeline.inventory.checks[name], clock.now(), 0.1, reading)))


def test_a_row_of_looks_under_way_is_confirmed_and_dated_by_the_successor() -> None:
    clock, memo = ManualClock(START), Memo()
    first = Pipeline(inventory(), memo, clock.now)
    assert [change.new for change in look(first, clock, "core/snmp", UP)] == [State.UP]
    assert look(first, clock, "core/snmp", DOWN) == []
    second = successor(first, memo, clock, inventory())
    [change] = look(second, clock, "core/snmp", DOWN)
    assert (change.new, change.at, change.earliest) == (State.DOWN, START + 2 * MINUTE, START + MINUTE)
    assert second.checks()["core/snmp"].failures["timeout"] == 2


def test_the_successor_shows_what_was_shown_and_hands_it_to_who_asks() -> None:
    clock, memo = ManualClock(START), Memo()
    first = Pipeline(inventory(), memo, clock.now)
    look(first, clock, "portail", UP)
    second = successor(first, memo, clock, inventory())
    assert second.checks() == first.checks()
    assert (second.started, second.watching_since) == (first.started, first.watching_since)

    heard: list[str] = []

    class Listener:
        def observed(self, observation: Observation) -> None:
            heard.append(observation.check.id)

        def forget(self, check_id: str) -> None:
            raise AssertionError(check_id)

    second.listen(Listener())
    assert heard == []
    second.listen(Listener(), replay=True)
    assert heard == ["portail"]


def test_samples_of_a_target_that_is_another_now_are_dropped_its_state_stays_until_it_is_polled() -> None:
    clock, memo = ManualClock(START), Memo()
    first = Pipeline(inventory(), memo, clock.now)
    look(first, clock, "portail", UP)
    moved = inventory()
    check = replace(moved.checks["portail"], target="elsewhere")
    second = successor(first, memo, clock, replace(moved, checks={**moved.checks, "portail": check}))
    view = second.checks()["portail"]
    assert (view.state, view.last) == (State.UP, None)


def test_what_fails_behind_a_link_that_was_added_is_judged_by_the_new_topology() -> None:
    clock, memo = ManualClock(START), Memo()
    first = Pipeline(inventory(), memo, clock.now)
    for reading in (UP, DOWN, DOWN):
        for name in ("core/snmp", "dist/snmp", "acc1/snmp", "acc2/snmp"):
            look(first, clock, name, reading)
    states = {name: view.state for name, view in first.checks().items()}
    assert states["core/snmp"] is State.DOWN
    assert states["acc1/snmp"] is State.UNREACHABLE
    second = successor(first, memo, clock, inventory())
    assert {name: view.state for name, view in second.checks().items()} == states
    assert [view.object for view in second.incidents()] == [view.object for view in first.incidents()]
