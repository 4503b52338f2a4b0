"""What is recorded of a network against the truth: the bounds hold it, and the present is what the record says.

A small network lives through faults of its own, is polled, and sometimes cannot be looked at; the monitor crashes,
stops and sleeps. Faults last long enough to be confirmed: what is shorter is filtered out by ``fall`` and ``rise``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import ManualClock, Millis
from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.spread import due_between
from netmon.expression import parse
from netmon.model import Inventory, MonitorEvent, Observation, Reading, State, Transition
from netmon.sla import parse_policy
from netmon.sla.derive import node_timeline, service_timeline
from netmon.sla.ledger import Ledger
from netmon.sla.meaning import meanings_of
from netmon.sla.policy import Answer
from netmon.sla.timeline import RANKED, STATE, Timeline
from tests.engine.small import UPLINKS, Memo, inventory

START: Millis = 1_760_000_000_000
INTERVAL: Millis = 60_000
LENGTH = 90 * INTERVAL
NAMES = (*UPLINKS, "portail")
WORST = parse_policy("unknown=down,no_data=down,unreachable=down,degraded=up")
BEST = parse_policy("unknown=up,no_data=up,unreachable=down,degraded=up")

Span = tuple[Millis, Millis]


@dataclass
class World:
    """Faults of each node and site, polls that cannot be done or find it slow, spans in which nobody watches."""

    faults: dict[str, list[Span]]
    blind: set[tuple[str, int]]
    slow: set[tuple[str, int]]
    stops: list[Span]
    how: str
    inventory: Inventory = field(default_factory=inventory)

    def answers(self, name: str, at: Millis) -> bool:
        if any(start <= at < end for start, end in self.faults.get(name, ())):
            return False
        if name == "portail":
            return self.answers("acc1", at)
        return not UPLINKS[name] or any(self.answers(up, at) for up in UPLINKS[name])

    def phases(self, name: str) -> Iterator[tuple[Span, bool]]:
        faults = (edge for drawn in self.faults.values() for fault in drawn for edge in fault)
        edges = [START, *sorted({edge for edge in faults if START < edge < START + LENGTH}), START + LENGTH]
        begun, works = START, self.answers(name, START)
        for edge in edges[1:]:
            if edge == START + LENGTH or self.answers(name, edge) is not works:
                yield (begun, edge), works
                begun, works = edge, not works

    def polls(self) -> list[tuple[Millis, str]]:
        """Those that are done: a poll is not while nobody watches."""
        due = sorted(
            (at, check.id)
            for check in self.inventory.checks.values()
            for at in due_between(check, START, START + LENGTH)
        )
        return [(at, name) for at, name in due if not any(start <= at < end for start, end in self.stops)]

    def sees(self, check_id: str, at: Millis) -> Reading:
        if (check_id, (at - START) // INTERVAL) in self.blind:
            return Reading(State.UNKNOWN, Reason.OVERLOAD)
        if not self.answers(check_id.removesuffix("/snmp"), at):
            return Reading(State.DOWN, Reason.TIMEOUT)
        slow = (check_id, (at - START) // INTERVAL) in self.slow
        return Reading(State.DEGRADED, Reason.SLOW) if slow else Reading(State.UP)

    def can_be_confirmed(self, name: str) -> bool:
        """Whether each phase holds a row of looks that is long enough."""
        check = self.inventory.checks.get(f"{name}/snmp") or self.inventory.checks[name]
        done = {at for at, one in self.polls() if one == check.id}
        for (start, end), _ in self.phases(name):
            row = best = 0
            for at in due_between(check, start, end):
                seen = at in done and (check.id, (at - START) // INTERVAL) not in self.blind
                row = row + 1 if seen else 0
                best = max(best, row)
            if best < max(check.fall, check.rise):
                return False
        return True


@dataclass
class Monitor:
    """The daemon's engine on a world, with its stops; ``events`` is the history."""

    world: World
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    memo: Memo = field(default_factory=Memo)
    compared: tuple[int, list[State]] = field(default=(0, []))

    def __post_init__(self) -> None:
        self.memo.events.append(MonitorEvent(START, "started"))
        self.pipeline = Pipeline(self.world.inventory, self.memo, self.clock.now)

    def live(self) -> None:
        stops = sorted(self.world.stops)
        for at, name in self.world.polls():
            while stops and stops[0][1] <= at:
                self._stop(stops.pop(0))
            self.clock.set(at)
            self.pipeline.observe(Observation(self.pipeline.inventory.checks[name], at, 0.0, self.world.sees(name, at)))
            self.compare()
        self.clock.set(START + LENGTH)

    def _stop(self, span: Span) -> None:
        self.clock.set(span[1])
        self.memo.events += [MonitorEvent(span[0], "stopped"), MonitorEvent(span[1], "started")]
        if self.world.how == "sleep":
            self.pipeline.resume(span[1])
            return
        last = {event.object: event for event in self.memo.events if isinstance(event, Transition)}
        self.pipeline = Pipeline(self.world.inventory, self.memo, self.clock.now)
        self.pipeline.restore(last, span[0])

    def compare(self) -> None:
        """The present is what the record says: looked at whenever one of them changed."""
        states = [view.state for view in self.pipeline.checks().values()]
        if (len(self.memo.events), states) == self.compared:
            return
        self.compared = len(self.memo.events), states
        ledger, now = Ledger(self.memo.events), self.clock.now()

        def timeline(name: str) -> Timeline:
            if name in UPLINKS:
                return node_timeline([ledger.timeline(f"{name}/snmp")])
            return ledger.timeline(name)

        def told(line: Timeline) -> State:
            return RANKED[line.at(now)[0] & STATE]

        for name, check_view in self.pipeline.checks().items():
            assert told(ledger.timeline(name)) is check_view.state, name
        for name, node_view in self.pipeline.nodes().items():
            assert told(timeline(name)) is node_view.state, name
        for name, service_view in self.pipeline.services().items():
            line = service_timeline(parse(self.world.inventory.services[name].expression), timeline)
            assert told(line) is service_view.state, name


def allowed(events: list[Event], check: str) -> Iterator[tuple[Span, bool, bool]]:
    """Whether the record allows the check to have failed, and to have answered, piece by piece."""
    line = Ledger(events).timeline(check)
    for start, end, code in zip(line.starts, [*line.starts[1:], START + LENGTH], line.codes, strict=True):
        failed = meanings_of(WORST)[code].low is Answer.DOWN
        yield (max(start, START), min(end, START + LENGTH)), failed, meanings_of(BEST)[code].high is Answer.UP


def spans(least: int, most: int, count: int) -> st.SearchStrategy[list[Span]]:
    moment, length = st.integers(START, START + LENGTH - 1), st.integers(least, most)
    drawn = st.lists(st.tuples(moment, length), max_size=count)
    return drawn.map(lambda pairs: apart([(start, start + long) for start, long in pairs]))


def apart(drawn: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(drawn):
        if not kept or span[0] > kept[-1][1] + 8 * INTERVAL:
            kept.append(span)
    return kept


CHECKS = sorted(inventory().checks)
faults_of_all = st.dictionaries(st.sampled_from(NAMES), spans(6 * INTERVAL, 20 * INTERVAL, 2), max_size=3)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Trouble of ours is drawn near the edges of faults, where it matters."""
    faults = draw(faults_of_all)
    edges = sorted({edge for drawn in faults.values() for fault in drawn for edge in fault}) or [START + LENGTH // 2]
    near = st.builds(lambda edge, later: edge + later, st.sampled_from(edges), st.integers(-INTERVAL, 4 * INTERVAL))
    place = near.map(lambda at: (at - START) // INTERVAL)
    polls = st.sets(st.tuples(st.sampled_from(CHECKS), place), max_size=8)
    begun = draw(st.lists(near, max_size=2))
    stops = apart([(at, at + draw(st.integers(INTERVAL // 2, 9 * INTERVAL))) for at in begun if at > START])
    return World(faults, draw(polls), draw(polls), stops, draw(st.sampled_from(["crash", "sleep"])))


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_the_bounds_hold_the_truth_and_the_present_is_what_is_recorded(world: World) -> None:
    monitor = Monitor(world)
    monitor.live()
    for name in NAMES:
        if not world.can_be_confirmed(name):
            continue
        check = name if name == "portail" else f"{name}/snmp"
        for piece, failed, answered in allowed(monitor.memo.events, check):
            for phase, works in world.phases(name):
                start, end = max(piece[0], phase[0]), min(piece[1], phase[1])
                assert start >= end or (answered if works else failed), (name, start - START, end - START, works)


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_what_is_recorded_is_a_chain_in_time(world: World) -> None:
    monitor = Monitor(world)
    monitor.live()
    last: dict[str, Transition] = {}
    for event in monitor.memo.events:
        if isinstance(event, Transition):
            before = last.get(event.object)
            assert event.old is (before.new if before else State.PENDING)
            assert event.new is not event.old
            assert (before.at if before else 0) <= event.at <= event.recorded
            assert event.earliest <= event.at
            last[event.object] = event
