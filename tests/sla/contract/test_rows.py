"""Contracts as rows and as running figures: the same figures, wherever they are shown."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from netmon.clock import DAY, HOUR, SECOND
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.model import Contract, Guarantee, MaintenanceWindow, Penalties, PenaltyRule, ScopeLine, WorksRules
from netmon.sla import build_views
from netmon.sla.contract.account import Facts
from netmon.sla.contract.document import contract_document
from netmon.sla.contract.rows import ContractRow, contract_rows
from netmon.sla.ledger import Ledger
from netmon.sla.policy import parse_policy
from netmon.sla.standing import By, Question, WeightBy, standings
from tests.sla.contract.settling import (
    LATER,
    LENGTH,
    MARKET,
    OCTOBER,
    T0,
    UP,
    ZONE,
    attributed,
    down,
    incident,
    settled,
)
from tests.sla.contract.test_hours import AUTUMN
from tests.sla.metropolis import CONTRACT, metropolis

EVENTS: list[Event] = [*UP, *down("sw-begles/snmp", T0 + DAY, HOUR), *down("portail-citoyen", T0 + 2 * DAY, HOUR)]


def rows(*contracts: Contract, facts: Facts | None = None, **asked: object) -> tuple[ContractRow, ...]:
    question = Question(OCTOBER, LATER, By.CONTRACT, **asked)  # type: ignore[arg-type]
    return contract_rows(metropolis(*contracts), EVENTS, facts or Facts(), question)


def test_a_plain_contract_stands_as_its_services_do() -> None:
    plain = (CONTRACT, replace(CONTRACT, id="web", families=("web",), policy="icinga", hours="Mo-Fr 08:00-18:00"))
    beside = parse_policy("strict")
    for communes in (None, ["Cenon"]):
        question = Question(OCTOBER, LATER, By.CONTRACT, beside, communes)
        expected = standings(metropolis(*plain), Ledger(EVENTS), question)
        assert tuple(row.standing for row in rows(*plain, beside=beside, communes=communes)) == expected


def test_a_row_is_the_contract_as_settled() -> None:
    facts = Facts(attributions=(attributed("sw-begles", T0 + DAY, HOUR),))
    [row] = rows(MARKET, facts=facts)
    assert row.standing.figures == row.report.figures == settled(EVENTS, MARKET, facts).figures
    assert row.standing.figures.unavailable == 2 * HOUR - HOUR + HOUR  # the portal counts for two services
    assert row.standing.budget
    assert row.standing.budget.spent == row.standing.figures.unavailable / 3


def test_a_row_may_be_about_some_communes_only() -> None:
    lines = (ScopeLine(communes=("Bègles",), families=("network",)), ScopeLine(families=("schools",)))
    [row] = rows(replace(MARKET, scope=lines), communes=["Cenon"])
    assert (row.report.objects, row.standing.figures.unavailable) == (1, HOUR)
    assert rows(replace(MARKET, scope=lines[:1]), communes=["Cenon"]) == ()
    assert rows(replace(MARKET, communes=("Bègles",)), communes=["Cenon"]) == ()


def test_only_the_whole_contract_as_agreed_proposes_penalties() -> None:
    market = replace(MARKET, penalties=Penalties((PenaltyRule("objective", amount=1000),)))
    steps = incident("I-1", "sw-begles", "market", notified=T0 + DAY, restored=T0 + DAY + HOUR)
    asked: list[dict[str, object]] = [{}, {"communes": ["Cenon"]}, {"communes": ["Bègles"]}, {"aggregate": "all"}]
    found = [rows(market, facts=Facts(steps), **more)[0].report for more in asked]
    assert [len(report.proposals) for report in found] == [1, 0, 0, 0]
    assert [len(report.incidents) for report in found] == [1, 0, 1, 1]  # Cenon has no part in it


def test_works_still_to_come_leave_the_budget_as_far_as_they_are_admitted() -> None:
    now, later = T0 + 3 * DAY, T0 + 20 * DAY
    announced = MaintenanceWindow("*", later, later + DAY, "", T0)

    def left(rules: WorksRules, *windows: MaintenanceWindow) -> Fraction:
        question = Question(OCTOBER, now, By.CONTRACT)
        inventory = metropolis(replace(MARKET, works=rules))
        [row] = contract_rows(inventory, [*EVENTS, *windows], Facts(), question)
        assert row.standing.budget
        return row.standing.budget.left

    allowance = Fraction(1, 1000) * DAY
    assert left(WorksRules(notice=DAY)) - left(WorksRules(notice=DAY), announced) == allowance
    assert left(WorksRules(cap=6 * HOUR)) - left(WorksRules(cap=6 * HOUR), announced) == allowance / 4
    assert left(WorksRules(notice=30 * DAY)) == left(WorksRules(notice=30 * DAY), announced)


def test_other_weights_are_refused() -> None:
    with pytest.raises(UsageError, match="--weight"):
        rows(MARKET, weight=WeightBy.POPULATION)


def test_another_aggregate_may_be_asked_for() -> None:
    [row] = rows(MARKET, aggregate="any")
    assert (row.standing.figures.unavailable, row.standing.budget) == (0, None)


def test_the_running_figures_are_those_of_the_contract_settled_now() -> None:
    now = T0 + 5 * DAY
    contract = replace(
        MARKET, hours="Mo-Fr 00:00-24:00", scope=(ScopeLine(families=("network",)), ScopeLine(start=T0 + 2 * DAY)),
        excluded=MARKET.excluded,
    )  # fmt: skip
    facts = Facts(attributions=(attributed("portail-citoyen", T0 + 2 * DAY, HOUR // 2),))
    views = build_views(metropolis(contract), EVENTS, now=now, timezone=ZONE, facts=facts)
    for view in views:
        question = Question(OCTOBER, now, By.CONTRACT, communes=[view.commune])
        [row] = contract_rows(metropolis(contract), EVENTS, facts, question)
        figures, budget = row.standing.figures, row.standing.budget
        assert (view.availability, view.low, view.high) == (
            figures.availability.ratio, figures.low.ratio, figures.high.ratio)  # fmt: skip
        assert budget
        assert view.budget_seconds == float(budget.left / SECOND)
    assert [view.commune for view in views] == ["Bègles", "Cenon"]


def test_a_calendar_that_ended_costs_only_its_own_contract_the_running_figures() -> None:
    ended = replace(AUTUMN, days=AUTUMN.days[:0], end=AUTUMN.start)
    schools = replace(CONTRACT, id="schools", hours="Mo-Fr 08:00-18:00; SH off", school=ended)
    views = build_views(metropolis(schools, CONTRACT), EVENTS, now=T0 + DAY, timezone=ZONE)
    assert {view.contract for view in views} == {CONTRACT.id}


def test_contracts_not_in_force_have_no_running_figures() -> None:
    views = build_views(metropolis(replace(CONTRACT, end=T0)), EVENTS, now=T0 + DAY, timezone=ZONE)
    assert views == ()


def test_the_document_says_everything_in_seconds_cents_and_instants() -> None:
    contract = replace(
        MARKET, scope=(ScopeLine(services=("reseau-begles",)),), gtr=Guarantee(4 * HOUR), ims=HOUR // 2,
        penalties=Penalties((PenaltyRule("started_hour", 15_000),), 100_000, waiver=30_000),
    )  # fmt: skip
    facts = Facts(
        incident("INC-7", "sw-begles", notified=T0, paused=T0 + HOUR, resumed=T0 + 2 * HOUR, restored=T0 + 6 * HOUR),
        (attributed("sw-begles", T0 + DAY, HOUR // 2),),
    )
    document = contract_document(settled(EVENTS, contract, facts), str)
    assert document == json.loads(json.dumps(document))
    assert (document["eligible"], document["unavailable"], document["excluded"]) == (
        (LENGTH - HOUR // 2) // 1000,
        1800,
        1800,
    )
    [told] = document["incidents"]  # type: ignore[misc]
    assert (told["gtr"]["elapsed"], told["gtr"]["late"], told["gtr"]["result"]) == (5 * 3600, 3600, "missed")
    [proposal] = document["penalties"]  # type: ignore[misc]
    assert [(line["kind"], line["amount_cents"]) for line in proposal["lines"]] == [
        ("started_hour", 15_000), ("waiver", -15_000),
    ]  # fmt: skip
    assert proposal["lines"][0]["evidence"] == {
        "clock": "gtr", "notified": str(T0), "ended": str(T0 + 6 * HOUR), "limit": 4 * 3600, "paused": 3600,
        "elapsed": 5 * 3600, "late": 3600,
    }  # fmt: skip
    [yearly] = document["ims"]  # type: ignore[misc]
    assert yearly["remaining"] == 0
