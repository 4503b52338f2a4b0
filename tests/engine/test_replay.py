"""The fast past is the past: skipping polls that cannot matter gives the very same transitions."""

from bisect import bisect_right

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import MINUTE, ManualClock
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.replay import play
from netmon.engine.spread import due_between
from netmon.model import MonitorEvent, Observation, Reading, State, Transition
from tests.engine.small import UPLINKS, Memo, inventory

START = 1_760_000_000_000
HOURS = 6 * 60 * MINUTE
NAMES = [*(f"{node}/snmp" for node in UPLINKS), "portail"]
WAYS = {**{f"{node}/snmp": (node, *UPLINKS[node]) for node in UPLINKS}, "portail": ("portail", "acc1")}


class Script:
    """Faults as (name, start, end); a failed node silences what has no other way."""

    def __init__(self, faults: list[tuple[str, int, int]]) -> None:
        self._faults = faults
        self._edges = sorted({edge for _, start, end in faults for edge in (start, end)})

    def changes(self, check_id: str) -> list[int]:
        return self._edges

    def look(self, check_id: str, at: int) -> Reading:
        name = check_id.removesuffix("/snmp")
        if self._failed(name, at) or (name == "portail" and not self._reached("acc1", at)):
            return Reading(State.DOWN, Reason.TIMEOUT)
        if name != "portail" and not self._reached(name, at):
            return Reading(State.DOWN, Reason.TIMEOUT)
        uptime = (at - self._edges[bisect_right(self._edges, at) - 1]) // 10 if name == "core" and self._edges else None
        return Reading(State.UP, uptime=uptime if uptime is not None and uptime >= 0 else None)

    def _failed(self, name: str, at: int) -> bool:
        return any(fault == name and start <= at < end for fault, start, end in self._faults)

    def _reached(self, node: str, at: int) -> bool:
        if self._failed(node, at):
            return False
        return not UPLINKS[node] or any(self._reached(up, at) for up in UPLINKS[node])


def transitions(memo: Memo) -> list[Transition]:
    return [event for event in memo.events if isinstance(event, Transition)]


def in_full(script: Script) -> list[Transition]:
    clock, memo = ManualClock(START), Memo()
    pipeline = Pipeline(inventory(), memo, clock.now)
    due = sorted(
        (at, check.id)
        for check in pipeline.inventory.checks.values()
        for at in due_between(check, START, START + HOURS)
    )
    for at, name in due:
        clock.set(at)
        pipeline.observe(Observation(pipeline.inventory.checks[name], at, 0.0, script.look(name, at)))
    return transitions(memo)


def fast(script: Script, gaps: tuple[tuple[int, int], ...] = ()) -> tuple[Memo, int]:
    clock, memo = ManualClock(START), Memo()
    done = play(Pipeline(inventory(), memo, clock.now), memo, script, clock, START + HOURS, gaps=gaps)
    return memo, done


moments = st.integers(START, START + HOURS)
faults = st.lists(
    st.tuples(st.sampled_from([*UPLINKS, "portail"]), moments, st.integers(1_000, 30 * MINUTE)).map(
        lambda fault: (fault[0], fault[1], fault[1] + fault[2])
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(faults)
def test_playing_fast_records_what_playing_in_full_records(drawn: list[tuple[str, int, int]]) -> None:
    assert transitions(fast(Script(drawn))[0]) == in_full(Script(drawn))


def test_a_quiet_past_costs_a_handful_of_polls() -> None:
    memo, done = fast(Script([]))
    assert [event.new for event in transitions(memo)] == [State.UP] * len(NAMES)
    assert done < 10 * len(NAMES)


def test_while_the_daemon_does_not_watch_nothing_is_polled() -> None:
    gap = (START + 60 * MINUTE, START + 90 * MINUTE)
    fault = ("core", START + 70 * MINUTE, START + 120 * MINUTE)
    memo, _ = fast(Script([fault]), (gap,))
    assert [event for event in memo.events if isinstance(event, MonitorEvent)] == [
        MonitorEvent(gap[0], "stopped"),
        MonitorEvent(gap[1], "started"),
    ]
    down = next(event for event in transitions(memo) if event.object == "core/snmp" and event.new is State.DOWN)
    assert down.earliest < gap[0] <= gap[1] <= down.at
