"""Nodes and services from their members: against evaluating the expression at every second, and against the truth."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netmon.conventions import Reason
from netmon.expression import BADNESS, evaluate, node_state, parse
from netmon.model import Correction, MonitorEvent, State, Transition
from netmon.sla.derive import node_timeline, service_timeline
from netmon.sla.figures import Measure
from netmon.sla.intervals import Set, normalise
from netmon.sla.ledger import Ledger
from netmon.sla.partition import Frame, Scope, measure
from netmon.sla.policy import PRESETS, Answer, Policy
from netmon.sla.timeline import Timeline, marked

END = 60
NAMES = ("a", "b", "c")
EXPRESSIONS = ("all(a, b, c)", "any(a, b)", "at_least(2, a, b, c)", "a and (b or c)", "a", "all(a, a, b)")
expressions = st.sampled_from(EXPRESSIONS)
presets = st.sampled_from(sorted(PRESETS))


def transition(name: str, at: int, state: State, earliest: int | None = None) -> Transition:
    reason = Reason.OK if state is State.UP else Reason.TIMEOUT
    return Transition(name, at, at if earliest is None else earliest, State.PENDING, state, reason, at)


def measured(line: Timeline, policy: Policy, scope: Scope | None = None) -> Measure:
    return measure(line, Frame(scope or Scope(), 0, END, policy), "x")


observable = [state for state in State if state is not State.PENDING]
changes = st.lists(st.tuples(st.integers(-5, END), st.sampled_from(observable)), max_size=5)
windows = st.lists(st.tuples(st.integers(0, END), st.integers(0, END)), max_size=2).map(normalise)


def state_at(told: list[tuple[int, State]], second: int) -> State:
    held = [state for at, state in sorted(told, key=lambda change: change[0]) if at <= second]
    return held[-1] if held else State.PENDING


@settings(max_examples=250, deadline=None)
@given(st.tuples(changes, changes, changes), st.tuples(windows, windows, windows), expressions, presets)
def test_a_service_is_its_expression_at_every_second(
    told: tuple[list[tuple[int, State]], ...], planned: tuple[Set, ...], text: str, preset: str
) -> None:
    events = [transition(name, at, state) for name, changes in zip(NAMES, told, strict=True) for at, state in changes]
    ledger, works = Ledger(events), dict(zip(NAMES, planned, strict=True))
    expression, policy = parse(text), PRESETS[preset]
    found = measured(service_timeline(expression, lambda name: marked(ledger.timeline(name), works[name])), policy)
    expected: dict[str, int] = {}
    for second in range(END):
        states = {name: state_at(changes, second) for name, changes in zip(NAMES, told, strict=True)}
        under = {name for name in NAMES if any(a <= second < b for a, b in works[name])}
        state = evaluate(expression, states.__getitem__)
        without = evaluate(expression, (states | dict.fromkeys(under, State.UP)).__getitem__)
        explained = BADNESS[without] < BADNESS[state] and answer_of(state, policy) is not Answer.UP
        name = "no_data" if state is State.PENDING else state.value
        name = "maintenance" if explained and policy.maintenance != "counted" else name
        expected[name] = expected.get(name, 0) + 1
    partition = found.figures().partition
    assert {name: getattr(partition, name) for name in expected} == expected
    assert partition.period == END


def answer_of(state: State, policy: Policy) -> Answer:
    words = {"up": "up", "down": "down", "pending": policy.no_data}
    word = words.get(state.value) or str(getattr(policy, state.value))
    return {"up": Answer.UP, "down": Answer.DOWN}.get(word, Answer.EXCLUDED)


@st.composite
def watched(draw: st.DrawFn) -> tuple[list[State], list[Transition], int]:
    """A true signal for every second, and the transitions that polling it at some interval gave."""
    interval = draw(st.integers(1, 15))
    offset = draw(st.integers(0, interval - 1))
    states = st.sampled_from([State.UP, State.DOWN, State.DEGRADED, State.UNREACHABLE, State.UNKNOWN])
    truth: list[State] = []
    while len(truth) < END + 40:
        truth += [draw(states)] * draw(st.integers(interval + 1, 40))  # never twice between two looks
    found: list[Transition] = []
    held, looked = State.PENDING, None
    for at in range(offset, END + 30, interval):
        if truth[at] is not held:
            found.append(transition("?", at, truth[at], looked))
            held = truth[at]
        looked = at
    return truth, found, offset


@settings(max_examples=400, deadline=None)
@given(watched(), watched(), watched(), st.sampled_from([*EXPRESSIONS, "node"]), presets)
def test_the_bounds_contain_the_truth(
    one: tuple[list[State], list[Transition], int],
    two: tuple[list[State], list[Transition], int],
    three: tuple[list[State], list[Transition], int],
    text: str,
    preset: str,
) -> None:
    signals = dict(zip(NAMES, (one, two, three), strict=True))
    policy = PRESETS[preset]
    begin = max(offset for _, _, offset in signals.values())
    assume(begin < END)
    ledger = Ledger([
        Transition(name, t.at, t.earliest, t.old, t.new, t.reason, t.recorded)
        for name, (_, found, _) in signals.items() for t in found
    ])  # fmt: skip
    truth: Callable[[int], State]
    if text == "node":
        line = node_timeline([ledger.timeline(name) for name in NAMES])
        truth = lambda second: node_state(states[second] for states, _, _ in signals.values())  # noqa: E731
    else:
        line = service_timeline(parse(text), ledger.timeline)
        truth = lambda second: evaluate(parse(text), lambda name: signals[name][0][second])  # noqa: E731
    figures = measure(line, Frame(Scope(), begin, END, policy), "x").figures()
    answers = [answer_of(truth(second), policy) for second in range(begin, END)]
    up, down = answers.count(Answer.UP), answers.count(Answer.DOWN)
    if up + down and figures.low.ratio is not None and figures.high.ratio is not None:
        assert figures.low.ratio <= up / (up + down) or figures.low == figures.availability
        assert figures.high.ratio >= up / (up + down) or figures.high == figures.availability
    if figures.low.ratio is not None:
        assert figures.low.ratio <= (figures.availability.ratio or 0) <= (figures.high.ratio or 0)


def test_the_reason_is_that_of_the_member_that_caused_it() -> None:
    ledger = Ledger([
        transition("a", 0, State.UP), transition("b", 0, State.UP),
        Transition("b", 10, 10, State.UP, State.DOWN, Reason.TLS_EXPIRED, 10),
        Transition("a", 20, 20, State.UP, State.DOWN, Reason.STATUS, 20),
    ])  # fmt: skip
    policy = PRESETS["contract"]
    [both] = measured(service_timeline(parse("all(a, b)"), ledger.timeline), policy).outages
    assert (both.start, both.reason) == (10, "tls_expired")
    [either] = measured(service_timeline(parse("any(a, b)"), ledger.timeline), policy).outages
    assert (either.start, either.reason) == (20, "status")


def test_a_node_that_answers_in_part_is_degraded_with_the_reason_of_what_does_not() -> None:
    ledger = Ledger([
        transition("a", 0, State.UP), transition("b", 0, State.UP),
        Transition("b", 10, 10, State.UP, State.DOWN, Reason.TIMEOUT, 10),
    ])  # fmt: skip
    line = node_timeline([ledger.timeline("a"), ledger.timeline("b")])
    assert measured(line, PRESETS["contract"]).figures().partition.degraded == END - 10
    assert line.at(20)[1] == "timeout"


def test_nothing_is_known_of_a_node_without_checks() -> None:
    assert measured(node_timeline([]), PRESETS["contract"]).figures().partition.no_data == END


@pytest.mark.parametrize(
    ("text", "planned", "down", "maintenance"),
    [
        ("all(a, b)", {"a": ((10, 50),)}, 10, 30),  # a under work 10–50 and down 20–60: 50–60 is nobody's plan
        ("any(a, b)", {"a": ((10, 50),)}, 0, 0),  # b works: nothing to explain
        ("all(a, b)", {"b": ((10, 50),)}, 40, 0),  # the work was on the one that works
    ],
)
def test_work_on_a_member_explains_only_what_it_causes(
    text: str, planned: dict[str, Set], down: int, maintenance: int
) -> None:
    ledger = Ledger([transition("a", 0, State.UP), transition("b", 0, State.UP), transition("a", 20, State.DOWN)])
    line = service_timeline(parse(text), lambda name: marked(ledger.timeline(name), planned.get(name, ())))
    figures = measured(line, PRESETS["contract"]).figures()
    assert (figures.partition.down, figures.partition.maintenance) == (down, maintenance)
    assert sum(outage.counted for outage in figures.outages) == down
    assert sum(outage.end - outage.start for outage in figures.outages) == down + maintenance


def test_work_on_one_link_explains_an_outage_of_the_pair() -> None:
    down = [transition("a", 20, State.DOWN), transition("b", 30, State.DOWN), transition("b", 40, State.UP)]
    ledger = Ledger([transition("a", 0, State.UP), transition("b", 0, State.UP), *down])
    works: dict[str, Set] = {"a": ((10, 50),), "b": ()}
    line = service_timeline(parse("any(a, b)"), lambda name: marked(ledger.timeline(name), works[name]))
    partition = measured(line, PRESETS["contract"]).figures().partition
    assert (partition.down, partition.maintenance) == (0, 10)


def test_a_service_is_blind_while_the_monitor_is_stopped() -> None:
    stop: Sequence[Any] = [MonitorEvent(10, "stopped"), MonitorEvent(30, "started")]
    ledger = Ledger([*stop, transition("a", 0, State.UP), transition("b", 0, State.DOWN)])
    line = service_timeline(parse("any(a, b)"), ledger.timeline)
    figures = measured(line, PRESETS["contract"]).figures()
    assert (figures.partition.no_data, figures.partition.up) == (20, 40)
    carried = measured(line, PRESETS["icinga"]).figures()
    assert (carried.partition.up, carried.coverage.part) == (60, 40)


def test_a_correction_of_one_member_is_seen_through_a_stop_where_it_decides() -> None:
    events: list[Any] = [
        MonitorEvent(10, "stopped"),
        MonitorEvent(30, "started"),
        *(transition(name, 0, State.UP) for name in ("a", "b")),
        Correction("a", 15, 25, State.DOWN, "A", "fibre cut", 40),
    ]
    ledger = Ledger(events)
    both = measured(service_timeline(parse("all(a, b)"), ledger.timeline), PRESETS["contract"]).figures()
    assert (both.partition.down, both.partition.no_data, both.coverage.part) == (10, 10, 50)
    either = measured(service_timeline(parse("any(a, b)"), ledger.timeline), PRESETS["contract"]).figures()
    assert (either.partition.down, either.partition.no_data, either.coverage.part) == (0, 20, 40)
    carried = measured(service_timeline(parse("any(a, b)"), ledger.timeline), PRESETS["icinga"]).figures()
    assert (carried.partition.up, carried.coverage.part) == (60, 40)


def test_a_great_many_uncertain_members_only_loosen_the_bounds() -> None:
    names = [f"m{number}" for number in range(12)]
    events = [transition(name, 0, State.UP) for name in names]
    events += [transition(name, 30, State.DOWN, 20) for name in names]
    ledger = Ledger(events)
    line = service_timeline(parse(f"all({', '.join(names)})"), ledger.timeline)
    figures = measured(line, PRESETS["contract"]).figures()
    assert (figures.low.part, figures.availability.part, figures.high.part) == (20, 30, 30)
