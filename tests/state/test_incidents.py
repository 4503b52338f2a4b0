"""Incidents, step by step."""

from netmon.clock import DAY, MINUTE
from netmon.model import MONITOR, IncidentStep, State, Step
from netmon.state.book import Book, told_of_wholes
from netmon.state.flapping import WINDOW
from netmon.state.incidents import GONE, Keeper, Standing, Unit, incident_name

T = 1_760_000_000_000
UP, DOWN, UNREACHABLE, UNKNOWN, DEGRADED = (
    State.UP, State.DOWN, State.UNREACHABLE, State.UNKNOWN, State.DEGRADED)  # fmt: skip


def node(name: str, state: State, since: int, **checks: tuple[State, int]) -> Unit:
    """A node and its checks; without any told, one that is like the node."""
    told = checks or {"snmp": (state, since)}
    return Unit(
        Standing(name, state, since, "timeout"),
        tuple(Standing(f"{name}/{check}", *each) for check, each in told.items()),
    )


def page(state: State, since: int) -> Unit:
    return Unit(None, (Standing("page", state, since, "status"),))


class Story:
    """A keeper with what it told, and what cuts off what."""

    def __init__(self, **cut_by: str) -> None:
        self.book = Book()
        self.keeper = Keeper(self.book, lambda name: [cut_by[name]] if name in cut_by else [])
        self.steps: list[IncidentStep] = []

    def now(self, at: int, *units: Unit) -> list[tuple[Step, str]]:
        told = self.keeper.tick(at) + self.keeper.follow(units, at)
        self.steps += told
        return [(step.step, step.object) for step in told]

    def say(self, step: Step, incident: str, at: int, name: str = "", text: str = "") -> None:
        told = IncidentStep(incident, step, at, name, "", "A. Martin", text, at)
        self.book.tell(told)
        self.steps.append(told)

    def open(self) -> dict[str, set[str]]:
        return {name: set(case.roots) for name, case in self.book.cases.items() if case.closed is None}


def test_an_incident_opens_with_its_root_cause_and_closes_with_its_recovery() -> None:
    story = Story()
    assert story.now(T + 9, node("sw", DOWN, T)) == [(Step.DETECTED, "sw")]
    assert story.now(T + 20, node("sw", DOWN, T)) == []
    name = incident_name("sw", T)
    assert story.open() == {name: {"sw"}}
    assert story.now(T + 99, node("sw", UP, T + 70)) == [
        (Step.RECOVERED, "sw"), (Step.RESTORED, "sw"), (Step.CLOSED, "sw")]  # fmt: skip
    assert [(step.at, step.recorded, step.author) for step in story.steps] == [
        (T, T + 9, MONITOR), *[(T + 70, T + 99, MONITOR)] * 3]  # fmt: skip
    assert story.book.cases[name].closed == T + 70


def test_a_silent_agent_grows_into_its_node_and_shrinks_back_as_one_incident() -> None:
    story = Story()
    story.now(T, node("sw", DEGRADED, T, icmp=(UP, T - 99), snmp=(DOWN, T)))
    name = incident_name("sw/snmp", T)
    assert story.open() == {name: {"sw/snmp"}}
    assert story.now(T + 60, node("sw", DOWN, T + 60, icmp=(DOWN, T + 60), snmp=(DOWN, T))) == [(Step.DETECTED, "sw")]
    assert story.open() == {name: {"sw/snmp", "sw"}}
    story.now(T + 90, node("sw", DEGRADED, T + 90, icmp=(UP, T + 90), snmp=(DOWN, T)))
    assert story.open().keys() == {name}
    story.now(T + 120, node("sw", UP, T + 90, icmp=(UP, T + 90), snmp=(UP, T + 120)))
    assert not story.open()
    assert story.book.cases[name].closed == T + 120


def test_two_silent_checks_are_two_incidents_until_the_node_itself_stops() -> None:
    story = Story()
    story.now(T, node("srv", DEGRADED, T, icmp=(UP, 0), a=(DOWN, T), b=(DOWN, T + 1)))
    assert len(story.open()) == 2
    story.now(T + 60, node("srv", DOWN, T + 50, icmp=(DOWN, T + 50), a=(DOWN, T), b=(DOWN, T + 1)))
    assert story.open() == {incident_name("srv/a", T): {"srv/a", "srv"}}


def test_what_turns_out_to_be_cut_off_is_part_of_the_incident_above() -> None:
    story = Story(acc="dist")
    story.now(T, node("acc", DOWN, T))
    told = story.now(T + 30, node("dist", DOWN, T - 5), node("acc", UNREACHABLE, T))
    assert told == [(Step.DETECTED, "dist"), (Step.MERGED, "acc")]
    assert story.open() == {incident_name("dist", T - 5): {"dist"}}
    assert story.book.resolve(incident_name("acc", T)) == incident_name("dist", T - 5)


def test_what_failed_before_it_was_cut_off_stays_an_incident_of_its_own() -> None:
    story = Story(acc="dist")
    story.now(T, node("acc", DOWN, T))
    assert story.now(T + 90, node("dist", DOWN, T + 60), node("acc", UNREACHABLE, T + 60)) == [(Step.DETECTED, "dist")]
    assert len(story.open()) == 2


def test_what_can_no_longer_be_seen_has_not_recovered() -> None:
    story = Story()
    story.now(T, page(DOWN, T))
    assert story.now(T + 60, page(UNKNOWN, T + 50)) == []
    assert story.now(T + 90, page(DOWN, T + 80)) == []
    assert story.now(T + 120, page(DEGRADED, T + 110))[0] == (Step.RECOVERED, "page")


def test_what_flaps_is_one_incident_until_it_is_steady() -> None:
    story = Story()
    for minute in (0, 4, 8):
        story.now(T + minute * MINUTE, page(DOWN, T + minute * MINUTE))
        last = story.now(T + (minute + 2) * MINUTE, page(UP, T + (minute + 2) * MINUTE))
    assert last == [(Step.RECOVERED, "page")]
    [name] = story.open()
    assert name == incident_name("page", T + 8 * MINUTE)
    assert story.book.cases[name].began == T
    assert {story.book.resolve(step.incident) for step in story.steps} == {name}
    story.now(T + 12 * MINUTE, page(DOWN, T + 12 * MINUTE))
    story.now(T + 13 * MINUTE, page(UP, T + 13 * MINUTE))
    assert story.open().keys() == {name}
    assert story.now(T + 12 * MINUTE + WINDOW + 1) == [
        (Step.STEADY, "page"), (Step.RESTORED, "page"), (Step.CLOSED, "page")]  # fmt: skip
    assert story.book.cases[name].closed == T + 13 * MINUTE
    [whole] = {step.at for step in told_of_wholes(story.steps) if step.step is Step.DETECTED}
    assert whole == T


def test_a_restoration_that_people_told_is_not_told_again() -> None:
    story = Story()
    story.now(T, page(DOWN, T))
    story.say(Step.RESTORED, incident_name("page", T), T + 40)
    assert story.now(T + 60, page(UP, T + 55)) == [(Step.RECOVERED, "page"), (Step.CLOSED, "page")]


def test_people_merge_incidents_and_split_them_again() -> None:
    story = Story()
    story.now(T, node("a", DOWN, T), node("b", DOWN, T + 5))
    first, second = incident_name("a", T), incident_name("b", T + 5)
    story.say(Step.ACKNOWLEDGED, second, T + 6)
    story.say(Step.MERGED, second, T + 10, text=first)
    assert story.open() == {first: {"a", "b"}}
    story.say(Step.NOTIFIED, second, T + 11)
    assert [step.step for step in told_of_wholes(story.steps) if step.incident == first and step.author != MONITOR] == [
        Step.ACKNOWLEDGED, Step.NOTIFIED]  # fmt: skip
    story.now(T + 20, node("a", UP, T + 20))
    assert story.open() == {first: {"a", "b"}}
    story.say(Step.SPLIT, first, T + 30, "b", second)
    assert story.open() == {first: {"a"}, second: {"b"}}
    assert [step.step for step in story.keeper.settle(T + 31)] == [Step.RESTORED, Step.CLOSED]
    assert story.now(T + 40, node("b", UP, T + 40))[-1] == (Step.CLOSED, "b")
    told = {step.incident: step.step for step in told_of_wholes(story.steps)}
    assert told[second] is Step.CLOSED


def test_an_object_no_longer_watched_closes_its_incident_without_a_restoration() -> None:
    story = Story()
    story.now(T, page(DOWN, T))
    told = story.keeper.drop({"page"}, T + 50)
    assert [(step.step, step.text) for step in told] == [(Step.RECOVERED, GONE), (Step.CLOSED, "")]


def test_incidents_that_only_people_told_of_are_kept_beside() -> None:
    book = Book([IncidentStep("TICKET-7", Step.DETECTED, T, "page", "", "A. Martin", "", T)])
    assert book.cases["TICKET-7"].closed is None
    book.tell(IncidentStep("TICKET-7", Step.RESTORED, T + 9, "", "", "A. Martin", "", T + 9))
    assert book.cases["TICKET-7"].closed == T + 9


def test_a_number_of_their_own_that_people_give_an_open_incident_is_that_incident() -> None:
    story = Story()
    story.now(T, page(DOWN, T))
    name = incident_name("page", T)
    story.say(Step.NOTIFIED, "TICKET-7", T + 20, "page")
    story.say(Step.RESTORED, "TICKET-7", T + 50)
    assert story.open() == {name: {"page"}}
    assert story.now(T + 60, page(UP, T + 55)) == [(Step.RECOVERED, "page"), (Step.CLOSED, "page")]
    told = told_of_wholes(story.steps)
    assert {step.incident for step in told} == {name}
    assert [step.at for step in told if step.step is Step.RESTORED] == [T + 50]


def test_what_people_told_before_netmon_saw_it_belongs_to_the_incident() -> None:
    story = Story()
    story.say(Step.DETECTED, "TICKET-7", T - 30, "page")
    story.now(T, page(DOWN, T))
    assert story.open() == {incident_name("page", T): {"page"}}
    assert story.book.resolve("TICKET-7") == incident_name("page", T)
    assert Book(reversed(story.steps)).resolve("TICKET-7") == incident_name("page", T)
    old = Story()
    old.say(Step.DETECTED, "TICKET-7", T - 2 * DAY, "page")
    old.now(T, page(DOWN, T))
    assert len(old.open()) == 2


def test_what_is_told_of_an_incident_that_was_let_go_of_opens_none() -> None:
    story = Story()
    story.now(T, page(DOWN, T))
    story.now(T + 60, page(UP, T + 55))
    story.book.forget(T + DAY)
    story.say(Step.NOTED, incident_name("page", T), T + 2 * DAY)
    assert not story.book.cases
