"""Links, power, devices and sites fail in random order on networks of any shape; the incidents are right throughout.

Never an incident without a root cause, never a root cause without an incident; what is unreachable has no open path;
recoveries are seen; clocks never run backwards; a restart at any point changes nothing.
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from netmon.clock import MINUTE
from netmon.model import Check, IncidentStep, State, Step, Transition
from netmon.sla.contract.clocks import run_clock
from netmon.sla.contract.incidents import handlings
from netmon.state.book import Book, Case, told_of_wholes
from netmon.state.flapping import WINDOW
from tests.engine.nets import INTERVAL, SITES, Net, Shape, Watch, last_transitions, shapes

ANSWERING = {State.UP, State.DEGRADED}


def open_cases(book: Book) -> dict[str, Case]:
    return {name: case for name, case in book.cases.items() if case.closed is None}


def told(case: Case) -> tuple[object, ...]:
    roots = {name: (root.since, root.down) for name, root in case.roots.items()}
    return case.id, case.began, roots, case.flapping, case.closed


class Trouble(RuleBasedStateMachine):
    @initialize(shape=shapes())
    def begin(self, shape: Shape) -> None:
        self.net = Net(shape)
        self.watch = Watch(self.net)
        self.elapsed: dict[str, tuple[int, bool]] = {}
        self.seen = self.read = 0
        self._live(2)

    @rule(data=st.data())
    def cut_a_link(self, data: st.DataObject) -> None:
        links = self.net.shape.links()
        if links:
            self.net.cut ^= {data.draw(st.sampled_from(links))}

    @rule(data=st.data())
    def switch_a_node(self, data: st.DataObject) -> None:
        self.net.off ^= {data.draw(st.sampled_from(sorted(self.net.shape.uplinks)))}

    @rule(site=st.sampled_from(SITES))
    def switch_the_power_of_a_site(self, site: str) -> None:
        self.net.dark ^= {site}

    @rule(data=st.data())
    def silence_an_agent(self, data: st.DataObject) -> None:
        self.net.mute ^= {data.draw(st.sampled_from(sorted(self.watch.inventory.checks)))}

    @rule(rounds=st.integers(1, 4))
    def let_time_pass(self, rounds: int) -> None:
        self._live(rounds)

    @rule()
    def restart(self) -> None:
        """But for what was learned of ways that the configuration does not tell: looks of our own prove them anew."""
        before = {name: told(case) for name, case in self.book.cases.items()}
        learned = self.watch.pipeline.learned_ways
        news = self.watch.restart()
        if not learned:
            assert not news
            assert {name: told(case) for name, case in self.book.cases.items()} == before

    @precondition(lambda self: open_cases(self.book))
    @rule(data=st.data())
    def notify_the_provider(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(open_cases(self.book))))
        now = self.watch.clock.now()
        step = IncidentStep(name, Step.NOTIFIED, now, "", "", "A. Martin", "", now)
        if not any(each.step is Step.NOTIFIED for each in self.watch.memo.steps):
            self.watch.memo.steps.append(step)
            self.watch.pipeline.tell([step])

    @rule()
    def heal_everything(self) -> None:
        self.net.heal()
        self._live(6)
        assert {view.state for view in self.watch.pipeline.checks().values()} == {State.UP}
        self.watch.clock.advance(WINDOW + MINUTE)
        self._live(1)
        assert not open_cases(self.book)

    def _live(self, rounds: int) -> None:
        for check in self.watch.live(rounds * INTERVAL):
            self._look(check)
        self._look(None)

    @property
    def book(self) -> Book:
        return self.watch.pipeline.book

    def _look(self, polled: Check | None) -> None:
        memo, pipeline = self.watch.memo, self.watch.pipeline
        if polled is not None and len(memo.events) + len(memo.steps) == self.seen:
            return
        for event in memo.events[self.read :]:
            assert isinstance(event, Transition)
            assert event.earliest <= event.at <= event.recorded <= self.watch.clock.now()
            assert event.new is not State.UNREACHABLE or not self._has_an_open_path(event.object), event
        self.read = len(memo.events)
        self.seen = len(memo.events) + len(memo.steps)
        nodes, checks = pipeline.nodes(), pipeline.checks()
        state = {name: view.state for name, view in (*nodes.items(), *checks.items())}
        covered = set()
        for case in open_cases(self.book).values():
            roots = [name for name, root in case.roots.items() if root.down]
            assert roots or case.flapping, case
            assert not any(state[name] in ANSWERING for name in roots), case
            covered |= set(case.roots)
        for name, view in nodes.items():
            if view.state is State.DOWN:
                assert name in covered, name
        for name, view in checks.items():
            node = view.check.node
            if view.state is State.DOWN and (not node or nodes[node].state is not State.DOWN):
                assert name in covered, name
        self._clocks_run_forwards()
        assert {name: told(case) for name, case in Book(memo.steps).cases.items()} == {
            name: told(case) for name, case in self.book.cases.items()
        }

    def _has_an_open_path(self, check: str) -> bool:
        """Whether nodes that are not confirmed to fail lead from a root to the check."""
        nodes = self.watch.pipeline.nodes()
        ahead, seen = list(self.watch.inventory.checks[check].via), set()
        while ahead:
            name = ahead.pop()
            if name in seen or nodes[name].state in {State.DOWN, State.UNREACHABLE}:
                continue
            seen.add(name)
            if not self.net.shape.uplinks[name]:
                return True
            ahead.extend(self.net.shape.uplinks[name])
        return False

    def _clocks_run_forwards(self) -> None:
        now = self.watch.clock.now()
        for handling in handlings(told_of_wholes(self.watch.memo.steps)):
            if handling.notified is not None:
                clock = run_clock(
                    handling.notified, handling.ended, (), 60 * MINUTE, lambda start, end: ((start, end),), now
                )
                before, over = self.elapsed.get(handling.incident, (0, False))
                assert clock.elapsed >= before or (clock.ended is not None and not over)  # the end is dated back
                assert clock.ended is not None or not over
                self.elapsed[handling.incident] = clock.elapsed, clock.ended is not None


TestTrouble = Trouble.TestCase
TestTrouble.settings = settings(
    max_examples=80, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def single_failures(draw: st.DrawFn) -> tuple[Net, set[str]]:
    shape = draw(shapes())
    net = Net(shape)
    net.off |= draw(st.sets(st.sampled_from(sorted(shape.uplinks)), min_size=1, max_size=2))
    return net, set(net.off)


@settings(max_examples=150, deadline=None)
@given(single_failures(), st.integers(0, INTERVAL))
def test_what_lies_behind_a_failed_node_is_never_called_down(drawn: tuple[Net, set[str]], phase: int) -> None:
    net, off = drawn
    net.heal()
    watch = Watch(net)
    for _ in watch.live(2 * INTERVAL + phase):
        pass
    net.off |= off
    answering = net.answering()
    silent = set(net.shape.uplinks) - answering
    for _ in watch.live(6 * INTERVAL):
        for view in watch.pipeline.checks().values():
            if view.check.node in off or not view.check.via:
                continue
            if set(view.check.via) <= silent:
                assert view.state is not State.DOWN, view
    for name, node in watch.pipeline.nodes().items():
        ups = net.shape.uplinks[name]
        expected = State.UP
        if name in silent:
            expected = State.UNREACHABLE if ups and set(ups) <= silent else State.DOWN
        assert node.state is expected, name
    roots = {root for case in open_cases(watch.pipeline.book).values() for root in case.roots}
    assert roots >= {name for name, node in watch.pipeline.nodes().items() if node.state is State.DOWN}
    assert last_transitions(watch.memo.events).keys() == watch.inventory.checks.keys()
