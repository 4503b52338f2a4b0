"""Rows of communes, sites, services, devices and contracts, and the whole they make."""

from dataclasses import replace
from itertools import product

import pytest

from netmon.clock import DAY, HOUR, MINUTE
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.model import Contract, Inventory, MaintenanceWindow, Membership, MonitorEvent, State
from netmon.sla import build_report, build_views, parse_period
from netmon.sla.differing import Difference, differences
from netmon.sla.ledger import Ledger
from netmon.sla.policy import PRESETS
from netmon.sla.standing import By, Question, Standing, WeightBy, standings
from netmon.sla.verdict import Verdict
from tests.sla.metropolis import CONTRACT, metropolis, transition

OCTOBER = parse_period("2026-10", "Europe/Paris", 0)
T0, LENGTH = OCTOBER.start, OCTOBER.end - OCTOBER.start
CHECKS = ("sw-begles/snmp", "sw-cenon/snmp", "portail-citoyen")
FAULTS: list[Event] = [
    *(transition(name, T0 - HOUR, State.UP) for name in CHECKS),
    transition("sw-begles/snmp", T0 + DAY, State.DOWN),
    transition("sw-begles/snmp", T0 + DAY + HOUR, State.UP),
    transition("portail-citoyen", T0 + 2 * DAY, State.DOWN),
    transition("portail-citoyen", T0 + 2 * DAY + 10 * MINUTE, State.UP),
]


def rows(
    by: By, events: list[Event] | None = None, inventory: Inventory | None = None, **more: object
) -> dict[str, Standing]:
    question = Question(OCTOBER, more.pop("now", OCTOBER.end + DAY), by, **more)  # type: ignore[arg-type]
    found = standings(inventory or metropolis(CONTRACT), Ledger(FAULTS if events is None else events), question)
    return {row.id: row for row in found}


def test_rows_are_those_of_the_report() -> None:
    report = build_report(metropolis(CONTRACT), FAULTS, OCTOBER, generated=OCTOBER.end + DAY, version="1")
    communes = rows(By.COMMUNE)
    assert [communes[part.commune.insee].figures for part in report.communes] == [p.figures for p in report.communes]
    assert communes[""].figures == report.figures
    sites = rows(By.SITE)
    assert all(sites[site.id].figures == site.figures for part in report.communes for site in part.sites)


def test_a_row_has_its_verdict_and_its_budget() -> None:
    begles = rows(By.COMMUNE)["33039"]
    assert begles.verdict is Verdict.MET
    assert begles.budget is not None
    assert begles.budget.allowed == LENGTH * 5 // 1000
    assert begles.budget.spent == (HOUR + 10 * MINUTE) / 2  # one of two services each time
    strict = replace(CONTRACT, objective=0.9999)
    assert rows(By.COMMUNE, inventory=metropolis(strict))["33039"].verdict is Verdict.MISSED


def test_the_running_months_budget_is_that_of_the_live_view() -> None:
    now = T0 + 10 * DAY
    [view, _] = build_views(metropolis(CONTRACT), FAULTS, now=now, timezone="Europe/Paris")
    budget = rows(By.COMMUNE, now=now)["33039"].budget
    assert budget is not None
    assert float(budget.left / 1000) == view.budget_seconds
    assert budget.lost_at is None  # at this pace 108 minutes of 223 will be gone


def test_at_a_faster_pace_the_day_it_is_lost_is_forecast() -> None:
    budget = rows(By.COMMUNE, now=T0 + 3 * DAY)["33039"].budget
    assert budget is not None
    assert budget.lost_at is not None
    pace = budget.spent / (3 * DAY)
    assert budget.lost_at == T0 + 3 * DAY + int(budget.left / pace) + 1


@pytest.mark.parametrize(
    ("aggregate", "unavailable"), [("weighted", HOUR + 20 * MINUTE), ("all", HOUR + 10 * MINUTE), ("any", 0)]
)
def test_the_whole_is_put_together_on_seconds(aggregate: str, unavailable: int) -> None:
    assert rows(By.SERVICE, aggregate=aggregate)[""].figures.unavailable == unavailable


def test_at_least_two_of_three_services() -> None:
    # The portal's ten minutes take Cenon's Wi-Fi, which needs it, along: one of three is left.
    assert rows(By.SERVICE, aggregate="at-least:2")[""].figures.unavailable == 10 * MINUTE


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        # Each rests on one device at most; both communes use the portal, and Cenon its Wi-Fi.
        (WeightBy.NODES, HOUR + 20 * MINUTE),
        (WeightBy.POPULATION, 31_831 * HOUR + (31_831 + 26_000) * 10 * MINUTE + 26_000 * 10 * MINUTE),
        (WeightBy.USERS, 500 * HOUR + 20 * MINUTE),
    ],
)
def test_weights_are_devices_people_or_users(weight: WeightBy, expected: int) -> None:
    events: list[Event] = [*FAULTS, Membership("reseau-begles", T0 - DAY, None, "", 500)]
    assert rows(By.SERVICE, events, weight=weight)[""].figures.unavailable == expected
    assert rows(By.COMMUNE, events, weight=weight)[""].figures.unavailable == expected


@pytest.mark.parametrize("weight", WeightBy)
def test_interruptions_are_as_long_and_as_far_apart_whatever_they_weigh(weight: WeightBy) -> None:
    events: list[Event] = [*FAULTS, Membership("reseau-begles", T0 - DAY, None, "", 500)]
    found = rows(By.SERVICE, events, weight=weight)[""].figures
    assert (found.count, found.interrupted, found.mttr) == (3, HOUR + 20 * MINUTE, (HOUR + 20 * MINUTE) / 3)
    assert found.mtbf is not None
    assert found.mttr / (found.mttr + found.mtbf) == pytest.approx(found.unavailable / found.eligible)


@pytest.mark.parametrize(("by", "aggregate"), list(product(By, ("weighted", "all", "any"))))
def test_every_whole_equals_its_rows_where_they_share_nothing(by: By, aggregate: str) -> None:
    inventory = metropolis(CONTRACT)
    services = {key: service for key, service in inventory.services.items() if key == "reseau-begles"}
    found = rows(by, inventory=replace(inventory, services=services), aggregate=aggregate)
    if by in {By.SERVICE, By.CONTRACT}:
        assert list(found) == ["reseau-begles" if by is By.SERVICE else "engagement"]
    elif aggregate == "weighted":
        whole = found.pop("").figures
        assert whole.unavailable == sum(row.figures.unavailable for row in found.values())
        assert whole.eligible == sum(row.figures.eligible for row in found.values())


def test_a_contract_is_reckoned_by_its_own_policy_over_what_it_promises() -> None:
    carrier = Contract("opérateur", "Opérateur", "X", "Y", 0.999, families=("network",), policy="no_data=down")
    events: list[Event] = [*FAULTS, MonitorEvent(T0 + 5 * DAY, "stopped"), MonitorEvent(T0 + 6 * DAY, "started")]
    found = rows(By.CONTRACT, events, metropolis(CONTRACT, carrier))
    assert "" not in found  # two policies make no whole
    assert found["opérateur"].figures.unavailable == HOUR + DAY
    assert found["opérateur"].verdict is Verdict.MISSED
    assert found["engagement"].figures.unavailable == HOUR + 20 * MINUTE


def test_another_policy_stands_beside_ours_with_the_time_it_answers_differently() -> None:
    events: list[Event] = [
        *FAULTS,
        MaintenanceWindow("sw-begles", T0 + 4 * DAY, T0 + 4 * DAY + 2 * HOUR, "", 0),
        transition("sw-begles/snmp", T0 + 4 * DAY, State.DOWN),
        transition("sw-begles/snmp", T0 + 4 * DAY + HOUR, State.UP),
        MonitorEvent(T0 + 5 * DAY, "stopped"),
        MonitorEvent(T0 + 5 * DAY + HOUR, "started"),
        transition("sw-begles/snmp", T0 + 6 * DAY, State.UNKNOWN),
        transition("sw-begles/snmp", T0 + 6 * DAY + MINUTE, State.UP),
    ]
    icinga = PRESETS["icinga"]
    row = rows(By.NODE, events, beside=icinga)["sw-begles"]
    assert row.beside is not None
    assert (row.figures.unavailable, row.beside.unavailable) == (HOUR, HOUR + MINUTE)
    assert differences(row.figures, row.policy, icinga, row.beside) == (
        Difference("maintenance", "excluded", "up", 2 * HOUR),
        Difference("unknown", "excluded", "down", MINUTE),
        Difference("no_data", "excluded", "carry", HOUR),
    )
    nagios = rows(By.NODE, events, beside=PRESETS["nagios"])["sw-begles"]
    assert nagios.beside is not None
    assert nagios.beside.unavailable == 2 * HOUR + MINUTE


def test_time_of_a_state_under_works_or_stops_is_told_once() -> None:
    events: list[Event] = [
        transition("sw-begles/snmp", T0 + DAY, State.DEGRADED),
        MaintenanceWindow("sw-begles", T0 + DAY, T0 + DAY + HOUR, "", 0),
        MonitorEvent(T0 + DAY + HOUR, "stopped"),
        MonitorEvent(T0 + DAY + 2 * HOUR, "started"),
        transition("sw-begles/snmp", T0 + DAY + 5 * HOUR, State.UP),
    ]
    nagios = PRESETS["nagios"]
    row = rows(By.NODE, events, beside=nagios)["sw-begles"]
    assert row.beside is not None
    assert [(one.key, one.length) for one in differences(row.figures, row.policy, nagios, row.beside)] == [
        ("maintenance", HOUR),
        ("degraded", 3 * HOUR),
        ("no_data", HOUR),
    ]


def test_an_unknown_aggregate_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no aggregate 'most'"):
        rows(By.COMMUNE, aggregate="most")
