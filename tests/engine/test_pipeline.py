"""What becomes of readings: transitions recorded, unreachability found, the present shown."""

from dataclasses import replace

import pytest

from netmon.clock import MINUTE, ManualClock
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline, no_longer_watched
from netmon.model import Family, MaintenanceWindow, Node, Observation, Reading, Role, State, Transition
from netmon.sla.derive import node_timeline
from netmon.sla.ledger import Ledger
from tests.engine.small import Memo, check, inventory

START = 1_760_000_000_000


class Bench:
    """A pipeline with its hands."""

    def __init__(self, windows: tuple[MaintenanceWindow, ...] = ()) -> None:
        self.clock = ManualClock(START)
        self.memo = Memo()
        self.pipeline = Pipeline(inventory(), self.memo, self.clock.now, windows)

    def poll(self, **states: State) -> None:
        """One round a minute after the last; keys are nodes, or ``portail``."""
        self.clock.advance(MINUTE)
        for name, state in states.items():
            each = self.pipeline.inventory.checks.get(f"{name}/snmp") or self.pipeline.inventory.checks[name]
            reason = Reason.OK if state is State.UP else Reason.TIMEOUT
            self.pipeline.observe(Observation(each, self.clock.now(), 0.1, Reading(state, reason, f"{name} said so")))

    def recorded(self) -> list[tuple[str, str]]:
        return [(event.object, event.new.value) for event in self.memo.events if isinstance(event, Transition)]


ALL_UP = dict.fromkeys(("core", "dist", "acc1", "acc2", "portail"), State.UP)
DOWN = State.DOWN


def test_before_the_first_poll_everything_is_pending() -> None:
    bench = Bench()
    assert {view.state for view in bench.pipeline.checks().values()} == {State.PENDING}
    assert {view.state for view in bench.pipeline.services().values()} == {State.PENDING}


def test_each_change_is_recorded_once() -> None:
    bench = Bench()
    for _ in range(3):
        bench.poll(**ALL_UP)
    assert bench.recorded() == [
        ("core/snmp", "up"), ("dist/snmp", "up"), ("acc1/snmp", "up"), ("acc2/snmp", "up"), ("portail", "up"),
    ]  # fmt: skip


def test_what_lies_behind_a_failed_node_is_unreachable_and_the_failed_node_is_down() -> None:
    bench = Bench()
    bench.poll(**ALL_UP)
    for _ in range(3):
        bench.poll(acc1=DOWN, portail=DOWN, dist=DOWN, core=State.UP, acc2=State.UP)
    states = {name: view.state.value for name, view in bench.pipeline.checks().items()}
    assert states == {
        "core/snmp": "up", "dist/snmp": "down", "acc1/snmp": "unreachable", "acc2/snmp": "up", "portail": "unreachable",
    }  # fmt: skip


def test_a_child_found_down_before_its_parent_is_reclassified() -> None:
    bench = Bench()
    bench.poll(**ALL_UP)
    bench.poll(acc1=DOWN)
    bench.poll(acc1=DOWN, dist=DOWN)
    assert bench.recorded()[-1] == ("acc1/snmp", "down")
    bench.poll(dist=DOWN)
    assert bench.recorded()[-2:] == [("dist/snmp", "down"), ("acc1/snmp", "unreachable")]


def test_a_child_polled_first_counts_as_cut_since_its_own_first_failure() -> None:
    bench = Bench()
    bench.poll(**ALL_UP)
    for _ in range(2):
        bench.poll(acc1=DOWN)
        bench.poll(dist=DOWN)
    changes = [event for event in bench.memo.events if isinstance(event, Transition) and event.object == "acc1/snmp"]
    assert [(event.new, event.at) for event in changes[1:]] == [
        (DOWN, START + 2 * MINUTE),
        (State.UNREACHABLE, START + 2 * MINUTE),
    ]


def test_a_second_way_keeps_a_node_down_not_unreachable() -> None:
    bench = Bench()
    bench.poll(**ALL_UP)
    for _ in range(3):
        bench.poll(dist=DOWN, acc2=DOWN)
    assert bench.pipeline.checks()["acc2/snmp"].state is DOWN


def behind_itself(*nodes: Node, windows: tuple[MaintenanceWindow, ...] = ()) -> Bench:
    """A server that is only seen through the two sites it serves, with ``nodes`` besides."""
    bench = Bench()
    whole = inventory()
    sites = {name: replace(check(name, ("srv",)), node="srv") for name in ("intranet", "agenda")}
    known = {node.id: node for node in (Node("srv", "srv", "mairie", Role.SERVER, "127.0.0.1", 161), *nodes)}
    checks = {f"{node.id}/snmp": check(node.id, (), node=node.id) for node in nodes} | sites
    small = replace(whole, nodes=known, checks=checks, services={})
    bench.pipeline = Pipeline(small, bench.memo, bench.clock.now, windows)
    return bench


def test_sites_do_not_cut_themselves_off_by_failing_together() -> None:
    bench = behind_itself()
    bench.poll(intranet=State.UP, agenda=State.UP)
    for _ in range(4):
        bench.poll(intranet=DOWN, agenda=DOWN)
    assert {view.state for view in bench.pipeline.checks().values()} == {DOWN}


def test_a_server_that_is_watched_itself_cuts_off_its_sites() -> None:
    bench = behind_itself(Node("srv", "srv", "mairie", Role.SERVER, "127.0.0.1", 161))
    bench.poll(srv=State.UP, intranet=State.UP, agenda=State.UP)
    for _ in range(4):
        bench.poll(srv=DOWN, intranet=DOWN, agenda=DOWN)
    states = {name: view.state.value for name, view in bench.pipeline.checks().items()}
    assert states == {"srv/snmp": "down", "intranet": "unreachable", "agenda": "unreachable"}


def test_a_service_is_its_expression_and_tells_since_when_and_why() -> None:
    bench = Bench()
    bench.poll(**ALL_UP)
    up_since = bench.clock.now()
    for _ in range(4):
        bench.poll(portail=DOWN, acc1=State.UP, acc2=DOWN)
    services = bench.pipeline.services()
    assert (services["web"].state, services["web"].since) == (DOWN, up_since + MINUTE)
    assert (services["web"].causes, services["web"].reason) == (("portail",), "timeout")
    assert (services["either"].state, services["either"].since) == (State.UP, up_since)


def test_a_check_nobody_polls_becomes_unknown_since_its_first_missed_poll() -> None:
    bench = Bench()
    bench.poll(**ALL_UP)
    seen = bench.clock.now()
    bench.clock.advance(4 * MINUTE)
    bench.pipeline.sweep()
    view = bench.pipeline.checks()["core/snmp"]
    assert (view.state, view.since, view.reason) == (State.UNKNOWN, seen + MINUTE, "not_polled")


def test_right_after_a_restart_or_a_sleep_nothing_is_stale_yet() -> None:
    stored = Transition("core/snmp", START, START, State.PENDING, State.DOWN, Reason.TIMEOUT, START)
    bench = Bench()
    bench.pipeline.restore({"core/snmp": stored}, START - 60 * MINUTE)
    bench.clock.advance(2 * MINUTE)
    bench.pipeline.sweep()
    assert bench.recorded() == []
    bench.clock.advance(60 * MINUTE)
    bench.pipeline.resume(bench.clock.now())
    bench.clock.advance(2 * MINUTE)
    bench.pipeline.sweep()
    assert bench.recorded() == []
    bench.clock.advance(2 * MINUTE)
    bench.pipeline.sweep()
    assert ("core/snmp", "unknown") in bench.recorded()


def test_after_a_restart_states_hold_and_only_news_are_recorded() -> None:
    before = Bench()
    before.poll(**ALL_UP)
    for _ in range(3):
        before.poll(dist=DOWN, acc1=DOWN)
    stored = {event.object: event for event in before.memo.events if isinstance(event, Transition)}
    after = Bench()
    after.clock.set(before.clock.now())
    after.pipeline.restore(stored, before.clock.now())
    assert after.pipeline.checks()["acc1/snmp"].state is State.UNREACHABLE
    after.poll(dist=DOWN, acc1=DOWN, core=State.UP)
    assert after.recorded() == []
    after.poll(dist=State.UP, acc1=State.UP)
    assert after.recorded() == [("dist/snmp", "up"), ("acc1/snmp", "up")]


def test_a_check_that_is_no_longer_configured_is_unknown_and_does_not_hold_its_last_state() -> None:
    states = {
        name: Transition(name, START, START, State.PENDING, State.UP, Reason.OK, START)
        for name in ("core/snmp", "gone")
    }
    now, seen = START + 60 * MINUTE, START + 50 * MINUTE
    (change,) = no_longer_watched(states, inventory(), seen, now)
    assert (change.object, change.earliest, change.at, change.old, change.new) == (
        "gone", seen, now, State.UP, State.UNKNOWN,
    )  # fmt: skip
    assert no_longer_watched({"gone": change}, inventory(), seen, now) == []


def works(place: str) -> MaintenanceWindow:
    return MaintenanceWindow(place, START, START + 10 * MINUTE, "travaux", START)


@pytest.mark.parametrize("place", ["acc1", "acc1/snmp", "mairie", "*"])
def test_planned_work_shows_on_all_it_covers_and_explains(place: str) -> None:
    bench = Bench((works(place),))
    bench.poll(**ALL_UP)
    for _ in range(3):
        bench.poll(acc1=DOWN)
    assert bench.pipeline.checks()["acc1/snmp"].maintenance
    assert bench.pipeline.nodes()["acc1"].maintenance
    assert bench.pipeline.services()["web"].maintenance
    bench.clock.advance(10 * MINUTE)
    assert not bench.pipeline.checks()["acc1/snmp"].maintenance
    assert not bench.pipeline.services()["web"].maintenance
    assert bench.pipeline.maintenance() == []


@pytest.mark.parametrize(
    ("place", "down", "expected"),
    [
        pytest.param("acc1", ("portail",), False, id="work does not hide the failure of another member"),
        pytest.param("acc1", (), False, id="work explains nothing while the service works"),
        pytest.param("acc1", ("acc1", "portail"), True, id="without work it would only be cut off"),
        pytest.param("portail", ("portail",), True, id="work on the member that failed"),
        pytest.param("web", (), True, id="work on the service itself"),
    ],
)
def test_a_service_is_under_work_when_work_explains_its_state(
    place: str, down: tuple[str, ...], expected: bool
) -> None:
    bench = Bench((works(place),))
    bench.poll(**ALL_UP)
    for _ in range(4):
        bench.poll(**(ALL_UP | dict.fromkeys(down, DOWN)))
    assert bench.pipeline.services()["web"].maintenance is expected


def test_work_on_one_check_of_a_node_is_not_work_on_the_node() -> None:
    server = Node("srv", "srv", "mairie", Role.SERVER, "127.0.0.1", 161)
    bench = behind_itself(server, windows=(works("srv/snmp"),))
    bench.poll(srv=State.UP, intranet=State.UP, agenda=State.UP)
    assert bench.pipeline.checks()["srv/snmp"].maintenance
    assert not bench.pipeline.nodes()["srv"].maintenance


def test_failed_polls_are_counted_by_reason_and_the_last_good_one_is_dated() -> None:
    bench = Bench()
    bench.poll(core=State.UP)
    good = bench.clock.now()
    bench.poll(core=DOWN)
    bench.poll(core=DOWN)
    view = bench.pipeline.checks()["core/snmp"]
    assert (dict(view.failures), view.last_success) == ({"timeout": 2}, good)


def test_a_neighbour_that_lldp_tells_of_is_a_way_only_where_that_is_accepted() -> None:
    def lives(*, accept: bool) -> State:
        ours = inventory()
        nodes = {**ours.nodes, "acc1": replace(ours.nodes["acc1"], accept_lldp=accept)}
        clock = ManualClock(START)
        pipeline = Pipeline(replace(ours, nodes=nodes), Memo(), clock.now)
        labels = ("lldpRemSysName", "lldpLocPortId")
        told = Family("lldpRemChassisIdSubtype", "gauge", "", labels, (("acc2.example", "24"),), (4,))
        for minute in range(6):
            clock.advance(60_000)
            for name in ("core", "dist", "acc2", "acc1"):
                fails = minute > 1 and name in {"dist", "acc1"}
                good = Reading(State.UP, families=(told,) if name == "acc1" else ())
                reading = Reading(State.DOWN, Reason.TIMEOUT) if fails else good
                pipeline.observe(Observation(pipeline.inventory.checks[f"{name}/snmp"], clock.now(), 0.0, reading))
        return pipeline.nodes()["acc1"].state

    assert lives(accept=False) is State.UNREACHABLE
    assert lives(accept=True) is State.DOWN


def test_a_node_whose_agent_alone_is_silent_says_so_live_and_in_reports() -> None:
    ours = inventory()
    ping = replace(ours.checks["acc1/snmp"], id="acc1/icmp", name="icmp", collector="icmp")
    clock, memo = ManualClock(START), Memo()
    pipeline = Pipeline(replace(ours, checks={**ours.checks, "acc1/icmp": ping}), memo, clock.now)
    for minute in range(4):
        clock.advance(MINUTE)
        for name in ("core/snmp", "dist/snmp", "acc1/snmp", "acc1/icmp"):
            silent = minute > 1 and name == "acc1/snmp"
            reading = Reading(State.DOWN, Reason.TIMEOUT) if silent else Reading(State.UP)
            pipeline.observe(Observation(pipeline.inventory.checks[name], clock.now(), 0.0, reading))
    view = pipeline.nodes()["acc1"]
    assert (view.state, view.reason) == (State.DEGRADED, Reason.AGENT_SILENT.value)
    [incident] = pipeline.incidents()
    assert (incident.object, incident.state) == ("acc1/snmp", State.DEGRADED)
    ledger = Ledger(memo.events)
    line = node_timeline([ledger.timeline("acc1/snmp"), ledger.timeline("acc1/icmp")], [True, False])
    assert line.at(clock.now())[1] == Reason.AGENT_SILENT
