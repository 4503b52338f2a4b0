from dataclasses import replace

import pytest

from netmon.clock import DAY, HOUR, MINUTE, SECOND
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.model import (
    CommuneReport,
    Contract,
    Correction,
    Inventory,
    MaintenanceWindow,
    Membership,
    MonitorEvent,
    Report,
    Share,
    State,
)
from netmon.sla import build_report, build_views, parse_period
from netmon.sla.figures import truncated_percent
from tests.sla.metropolis import CONTRACT, metropolis, transition

OCTOBER = parse_period("2026-10", "Europe/Paris", 0)
T0 = OCTOBER.start
LENGTH = OCTOBER.end - OCTOBER.start

UP: list[Event] = [
    transition(name, T0 - HOUR, State.UP) for name in ("sw-begles/snmp", "sw-cenon/snmp", "portail-citoyen")
]
FAULTS: list[Event] = [
    *UP,
    transition("sw-begles/snmp", T0 + DAY, State.DOWN, T0 + DAY - 30 * SECOND),
    transition("sw-begles/snmp", T0 + DAY + HOUR, State.UP, T0 + DAY + HOUR - 30 * SECOND),
    transition("portail-citoyen", T0 + 2 * DAY, State.DOWN),
    transition("portail-citoyen", T0 + 2 * DAY + 10 * MINUTE, State.UP),
]


def built(events: list[Event], inventory: Inventory | None = None, **more: object) -> Report:
    generated = more.pop("generated", OCTOBER.end + DAY)
    return build_report(inventory or metropolis(CONTRACT), events, OCTOBER, generated=generated, version="1", **more)  # type: ignore[arg-type]


def part(report: Report, commune: str) -> CommuneReport:
    [found] = [part for part in report.communes if part.commune.name == commune]
    return found


def test_services_sites_and_communes_are_folded_from_the_checks() -> None:
    report = built(FAULTS)
    begles = part(report, "Bègles")
    assert {each.id: each.figures.unavailable for each in begles.services} == {
        "portail": 10 * MINUTE, "reseau-begles": HOUR,
    }  # fmt: skip
    assert {each.id: each.figures.unavailable for each in begles.sites} == {"begles-mairie": HOUR + 10 * MINUTE}
    assert begles.figures.unavailable == HOUR + 10 * MINUTE
    assert begles.figures.eligible == 2 * LENGTH
    assert (begles.objective, begles.contract) == (0.995, "engagement")
    assert [(each.kind, each.family) for each in begles.services] == [("service", "web"), ("service", "network")]
    assert part(report, "Cenon").figures.unavailable == 20 * MINUTE
    assert report.figures.unavailable == HOUR + 20 * MINUTE


def test_the_whole_is_the_sum_of_the_services_shown_each_once() -> None:
    report = built(FAULTS)
    each = {item.id: item.figures for commune in report.communes for item in commune.services}
    assert report.figures.eligible == sum(figures.eligible for figures in each.values())
    assert report.figures.unavailable == sum(figures.unavailable for figures in each.values())
    assert len(report.figures.outages) == sum(len(figures.outages) for figures in each.values())
    assert report.figures.partition.period == 3 * LENGTH


def test_every_partition_sums_to_the_period_though_the_clocks_change_in_it() -> None:
    for commune in built(FAULTS).communes:
        assert {each.figures.partition.period for each in commune.services} == {LENGTH}
    assert LENGTH == 31 * DAY + HOUR


def test_a_period_that_is_still_running_is_measured_as_far_as_it_went() -> None:
    report = built(FAULTS, generated=T0 + 3 * DAY)
    assert part(report, "Bègles").services[0].figures.partition.period == 3 * DAY
    before = built(FAULTS, generated=T0 - DAY)
    assert before.figures.availability.ratio is None
    assert before.figures.partition.period == 0


def test_a_window_on_a_site_covers_its_nodes_checks_and_what_fails_for_them() -> None:
    window = MaintenanceWindow("begles-mairie", T0 + DAY, T0 + DAY + HOUR, "coupure", T0)
    begles = part(built([*FAULTS, window]), "Bègles")
    assert begles.services[1].figures.unavailable == 0
    assert begles.services[1].figures.partition.maintenance == HOUR
    assert begles.services[0].figures.partition.maintenance == 0  # the portal worked meanwhile
    assert begles.sites[0].figures.unavailable == 10 * MINUTE
    assert begles.planned == (window,)
    # The portal that Cenon uses is checked from that site: the work touches Cenon too.
    assert part(built([*FAULTS, window]), "Cenon").planned == (window,)


def test_a_window_on_everything_and_one_on_a_service() -> None:
    windows = [
        MaintenanceWindow("*", T0, T0 + HOUR, "tout", T0),
        MaintenanceWindow("reseau-begles", T0 + DAY, T0 + DAY + HOUR, "bascule", T0),
        MaintenanceWindow("sw-begles", T0 - DAY, T0 - HOUR, "before", T0),
    ]
    begles = part(built([*FAULTS, *windows]), "Bègles")
    assert begles.services[1].figures.unavailable == 0
    assert begles.services[1].figures.partition.maintenance == 2 * HOUR
    assert [window.text for window in begles.planned] == ["tout", "bascule"]
    assert [window.text for window in part(built([*FAULTS, *windows]), "Cenon").planned] == ["tout"]


def test_a_service_counts_for_a_commune_only_while_it_is_in_service_for_it() -> None:
    members: list[Event] = [
        Membership("portail", T0 - DAY, None, "Cenon"),
        Membership("portail", T0 + 3 * DAY, None, "Bègles"),
    ]
    report = built([*FAULTS, *members])
    assert part(report, "Bègles").services[0].figures.partition.not_in_service == 3 * DAY
    assert part(report, "Bègles").services[0].figures.unavailable == 0
    assert part(report, "Cenon").services[0].figures.unavailable == 10 * MINUTE


def test_stops_and_corrections_reach_the_services() -> None:
    more: list[Event] = [
        MonitorEvent(T0 + 5 * DAY, "stopped"),
        MonitorEvent(T0 + 6 * DAY, "started"),
        Correction("sw-begles/snmp", T0 + DAY, T0 + DAY + HOUR, State.UP, "A", "switch was fine", T0 + 9 * DAY),
    ]
    begles = part(built([*FAULTS, *more]), "Bègles")
    assert begles.services[1].figures.unavailable == 0
    assert begles.services[1].figures.partition.no_data == DAY
    assert truncated_percent(begles.figures.coverage) is not None


def test_service_hours_are_those_of_the_contract() -> None:
    contract = replace(CONTRACT, hours="Mo-Fr 08:00-18:00; PH off")
    report = built(FAULTS, metropolis(contract))
    assert part(report, "Bègles").services[0].figures.eligible == 22 * 10 * HOUR  # October 2026 has 22 working days
    assert report.figures.eligible == 3 * 22 * 10 * HOUR


def test_a_commune_without_contract_has_no_objective() -> None:
    report = built(FAULTS, metropolis(replace(CONTRACT, communes=("Cenon",))))
    assert (part(report, "Bègles").objective, part(report, "Bègles").contract) == (None, "")
    assert part(report, "Cenon").objective == 0.995


@pytest.mark.parametrize(
    ("amended", "main"),
    [
        pytest.param(T0 + 2 * DAY, "after", id="the amendment holds nearly all the month"),
        pytest.param(T0 + 29 * DAY, "before", id="the amendment holds its last days"),
        pytest.param(OCTOBER.end, "before", id="the amendment is still to come"),
        pytest.param(T0, "after", id="the amendment began with the month"),
    ],
)
def test_the_main_contract_of_an_amended_commitment_is_the_one_that_holds_longest(amended: int, main: str) -> None:
    before = replace(CONTRACT, id="before", end=amended)
    after = replace(CONTRACT, id="after", objective=0.999, start=amended)
    schools = replace(CONTRACT, id="schools", families=("schools",))
    found = part(built(FAULTS, metropolis(before, schools, after)), "Bègles")
    assert (found.contract, found.objective) == (main, 0.999 if main == "after" else 0.995)


def test_only_the_communes_asked_for_are_told() -> None:
    report = built(FAULTS, communes=["Cenon"])
    assert [commune.commune.name for commune in report.communes] == ["Cenon"]
    assert report.figures.eligible == 2 * LENGTH
    with pytest.raises(UsageError, match="did you mean 'Bègles'"):
        built(FAULTS, communes=["Begle"])


def test_the_policy_is_told_with_its_answers() -> None:
    report = built(FAULTS, policy_name="icinga,unknown=excluded")
    assert report.policy_name == "icinga,unknown=excluded"
    assert dict(report.policy)["unknown"] == "excluded"


def test_the_resolution_is_the_longest_interval_behind_the_figures() -> None:
    assert built(FAULTS).resolution == MINUTE
    assert built(FAULTS, communes=["Bègles"]).resolution == 30 * SECOND


def test_the_same_inputs_give_the_same_report_and_other_inputs_another_digest() -> None:
    report = built(FAULTS)
    assert built(list(FAULTS)) == report
    assert len(report.digest) == 64
    unrelated = transition("somewhere-else", T0, State.DOWN)
    long_before = transition("portail-citoyen", T0 - 90 * DAY, State.DOWN)
    assert built([long_before, *FAULTS, unrelated]).digest == report.digest
    others = (
        built(FAULTS[:-1]),
        built(FAULTS, policy_name="strict"),
        built(FAULTS, metropolis(replace(CONTRACT, objective=0.999))),
        built(FAULTS, generated=OCTOBER.start + DAY),
        built(FAULTS, communes=["Cenon"]),
        built([*FAULTS, MaintenanceWindow("*", T0, T0 + 1, "", T0)]),
        built([*FAULTS, MonitorEvent(T0, "stopped"), MonitorEvent(T0 + 1, "started")]),
        built([*FAULTS, transition("portail-citoyen", OCTOBER.end + 5, State.DOWN, OCTOBER.end - 5)]),
    )
    assert len({report.digest, *(other.digest for other in others)}) == len(others) + 1


def test_display_names_are_given_for_every_id() -> None:
    names = built(FAULTS).names
    inventory = metropolis(CONTRACT)
    ids = {*inventory.sites, *inventory.nodes, *inventory.services, *inventory.checks, *inventory.contracts}
    assert ids <= names.keys()
    assert names["sw-begles"].startswith("sw-begles-1 (")


def test_the_running_figures_are_those_of_a_report_made_now() -> None:
    now = T0 + 4 * DAY
    inventory = metropolis(CONTRACT)
    views = build_views(inventory, FAULTS, now=now, timezone="Europe/Paris")
    report = built(FAULTS, inventory, generated=now)
    assert [(view.commune, view.period) for view in views] == [("Bègles", "2026-10"), ("Cenon", "2026-10")]
    for view in views:
        figures = part(report, view.commune).figures
        expected = (figures.availability.ratio, figures.low.ratio, figures.high.ratio, figures.coverage.ratio)
        assert (view.availability, view.low, view.high, view.coverage) == expected


def test_the_error_budget_is_what_is_left_of_the_months_allowance() -> None:
    now = T0 + 4 * DAY
    [begles, _] = build_views(metropolis(CONTRACT), FAULTS, now=now, timezone="Europe/Paris")
    # 0.5 % of the month, less 1 h 10 min over two services.
    assert begles.budget_seconds == pytest.approx((LENGTH * 0.005 - (HOUR + 10 * MINUTE) / 2) / 1000)
    announced = MaintenanceWindow("*", T0 + 10 * DAY, T0 + 20 * DAY, "", T0)
    [begles, _] = build_views(metropolis(CONTRACT), [*FAULTS, announced], now=now, timezone="Europe/Paris")
    assert begles.budget_seconds == pytest.approx(((LENGTH - 10 * DAY) * 0.005 - (HOUR + 10 * MINUTE) / 2) / 1000)


def test_a_contract_is_about_the_services_of_its_families_and_communes() -> None:
    schools = Contract("ecoles", "Écoles", "Métropole", "communes", 0.99, (), ("schools",))
    [view] = build_views(metropolis(schools), FAULTS, now=T0 + 4 * DAY, timezone="Europe/Paris")
    assert (view.contract, view.commune) == ("ecoles", "Cenon")


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "shown"),
    [
        (99_995, 100_000, 2, "99.99"),
        (999_999_999, 1_000_000_000, 2, "99.99"),
        (1, 1, 2, "100.00"),
        (99_500, 100_000, 1, "99.5"),
        (2, 3, 3, "66.666"),
        (0, 7, 2, "0.00"),
        (9, 10, 0, "90"),
    ],
)
def test_percentages_are_truncated_towards_the_breach(part: int, whole: int, decimals: int, shown: str) -> None:
    assert str(truncated_percent(Share(part, whole), decimals)) == shown
    assert truncated_percent(Share(0, 0), decimals) is None
