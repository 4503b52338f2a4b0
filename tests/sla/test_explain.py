"""Explanations: the intervals the figures are made of, each with its rule and what was recorded around it."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from netmon.clock import DAY, HOUR, MINUTE, SECOND
from netmon.contracts import Event
from netmon.model import Correction, MaintenanceWindow, Membership, MonitorEvent, Period, State
from netmon.sla import parse_period
from netmon.sla.assess import Assessment
from netmon.sla.explain import Explainer, Explanation, Rule, at
from netmon.sla.intervals import ALWAYS, Set, normalise
from netmon.sla.ledger import Ledger
from netmon.sla.meaning import CLASSES
from netmon.sla.policy import PRESETS, Answer, Policy
from tests.sla.histories import END, histories, parsed, policies
from tests.sla.metropolis import metropolis, transition

OCTOBER = parse_period("2026-10", "Europe/Paris", 0)
T0 = OCTOBER.start
CHECK = "sw-begles/snmp"
EVENTS: list[Event] = [
    transition(CHECK, T0 + HOUR, State.UP),
    transition("portail-citoyen", T0 - HOUR, State.UP),
    transition(CHECK, T0 + DAY, State.DOWN, T0 + DAY - 30 * SECOND),
    MaintenanceWindow("begles-mairie", T0 + DAY + HOUR, T0 + DAY + 2 * HOUR, "firmware", T0),
    transition(CHECK, T0 + DAY + 3 * HOUR, State.UP),
    MonitorEvent(T0 + 2 * DAY, "stopped"),
    MonitorEvent(T0 + 2 * DAY + HOUR, "started"),
    Correction(CHECK, T0 + 3 * DAY, T0 + 3 * DAY + HOUR, State.DOWN, "A. Durand", "seen on site", T0 + 4 * DAY),
    Membership(CHECK, 0, T0 + 5 * DAY),
]


def explained(
    name: str = CHECK,
    kind: str = "check",
    *,
    policy: Policy = PRESETS["contract"],
    hours: Set = ALWAYS,
    events: Sequence[Event] = EVENTS,
) -> Explanation:
    assessment = Assessment(metropolis(), Ledger(events), OCTOBER, OCTOBER.end, policy)
    return Explainer(assessment, events).explain(name, kind, None, hours)  # type: ignore[arg-type]


def rules(explanation: Explanation) -> list[tuple[Rule, str, Answer, int]]:
    return [(one.rule, one.name, one.answer, one.end - one.start) for one in explanation.intervals]


def test_each_interval_has_the_rule_that_classed_it() -> None:
    up, down, out = Answer.UP, Answer.DOWN, Answer.EXCLUDED
    assert rules(explained()) == [
        (Rule.PENDING, "no_data", out, HOUR),
        (Rule.OBSERVED, "up", up, DAY - HOUR),
        (Rule.OBSERVED, "down", down, HOUR),
        (Rule.MAINTENANCE, "maintenance", out, HOUR),
        (Rule.OBSERVED, "down", down, HOUR),
        (Rule.OBSERVED, "up", up, 21 * HOUR),
        (Rule.STOPPED, "no_data", out, HOUR),
        (Rule.OBSERVED, "up", up, 23 * HOUR),
        (Rule.CORRECTED, "down", down, HOUR),
        (Rule.OBSERVED, "up", up, 47 * HOUR),
        (Rule.NOT_IN_SERVICE, "not_in_service", out, OCTOBER.end - T0 - 5 * DAY),
    ]


def test_the_evidence_is_what_was_recorded_around_the_change() -> None:
    found = explained().intervals
    assert [change.at for change in found[2].evidence] == [T0 + DAY]
    assert found[2].evidence[0].earliest == T0 + DAY - 30 * SECOND
    assert found[1].uncertain == 30 * SECOND
    assert [window.text for window in found[3].windows] == ["firmware"]
    assert found[8].corrections == (EVENTS[7],)


def test_another_policy_is_another_explanation() -> None:
    found = rules(explained(policy=PRESETS["nagios"]))
    assert (Rule.CARRIED, "up", Answer.UP, HOUR) in found
    assert (Rule.OBSERVED, "down", Answer.DOWN, 3 * HOUR) in found  # the state below maintenance


def test_hours_of_the_contract_are_a_rule_too() -> None:
    found = explained(hours=normalise([(T0 + 2 * HOUR, OCTOBER.end)]))
    assert rules(found)[0] == (Rule.OUT_OF_HOURS, "out_of_hours", Answer.EXCLUDED, HOUR)


def test_a_service_names_the_members_that_caused_its_state_and_the_works_that_explain_it() -> None:
    found = explained("reseau-begles", "service")
    down = next(one for one in found.intervals if one.state is State.DOWN)
    assert [(cause.object, cause.state) for cause in down.causes] == [("sw-begles", State.DOWN)]
    assert [change.object for change in down.evidence] == [CHECK]
    works = next(one for one in found.intervals if one.rule is Rule.WORKS)
    assert [window.text for window in works.windows] == ["firmware"]


@pytest.mark.parametrize("about", [CHECK, "sw-begles"])
def test_a_correction_of_what_a_service_rests_on_is_told_where_it_made_the_service_better(about: str) -> None:
    correction = Correction(about, T0 + DAY, T0 + DAY + HOUR, State.UP, "A. Durand", "sonde", T0 + 4 * DAY)
    older = Correction(about, T0 + DAY, T0 + DAY + HOUR, State.DOWN, "B", "", T0 + 3 * DAY)
    events: list[Event] = [
        transition(CHECK, T0 - HOUR, State.UP),
        transition(CHECK, T0 + DAY, State.DOWN),
        transition(CHECK, T0 + DAY + 2 * HOUR, State.UP),
        correction,
        older,
    ]
    found = explained("reseau-begles", "service", events=events).intervals
    assert [(one.end - one.start, one.state, one.corrections) for one in found] == [
        (DAY, State.UP, ()),
        (HOUR, State.UP, (correction,)),
        (HOUR, State.DOWN, ()),
        (OCTOBER.end - T0 - DAY - 2 * HOUR, State.UP, ()),
    ]
    assert [one.plain for one in found] == [True, False, False, True]


@pytest.mark.parametrize(
    ("name", "kind", "parts"),
    [("begles-mairie", "site", ["sw-begles", "portail-citoyen"]), ("Bègles", "commune", ["portail", "reseau-begles"])],
)
def test_a_site_and_a_commune_are_explained_by_their_parts(name: str, kind: str, parts: Sequence[str]) -> None:
    found = explained(name, kind)
    assert [part.object for part in found.parts] == parts
    assert found.figures.unavailable == sum(part.figures.unavailable for part in found.parts)


def test_at_an_instant_only_what_holds_then_is_left() -> None:
    [one] = at(explained(), T0 + DAY + MINUTE).intervals
    assert (one.start, one.name) == (T0 + DAY, "down")
    assert [len(part.intervals) for part in at(explained("Bègles", "commune"), T0 + DAY).parts] == [1, 1]


@settings(max_examples=150, deadline=None)
@given(histories([CHECK]), policies)
def test_the_intervals_add_up_to_the_figures(lines: list[dict[str, object]], answers: dict[str, str]) -> None:
    events, period = parsed(lines), Period("", 0, END * 1000, "Europe/Paris")
    policy = Policy(**answers)  # type: ignore[arg-type]
    assessment = Assessment(metropolis(), Ledger(events), period, period.end, policy)
    found = Explainer(assessment, events).explain(CHECK, "check", None, ALWAYS)
    for name in CLASSES:
        total = sum(one.end - one.start for one in found.intervals if one.name == name)
        assert total == getattr(found.figures.partition, name)
    down = sum(one.end - one.start for one in found.intervals if one.answer is Answer.DOWN)
    assert down == found.figures.unavailable
    assert all(one.end == other.start for one, other in zip(found.intervals, found.intervals[1:], strict=False))
