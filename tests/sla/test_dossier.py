"""A report complete: contracts by commune, families, months, what people found; all from the same events."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, to_datetime
from netmon.contracts import Event
from netmon.model import (
    Attribution,
    CommuneReport,
    Contract,
    Correction,
    DayCalendar,
    Guarantee,
    IncidentStep,
    Inventory,
    OutageNote,
    Party,
    Penalties,
    PenaltyRule,
    Period,
    Report,
    Share,
    State,
    Step,
)
from netmon.sla import build_report, build_views, parse_period
from netmon.sla.contract.account import Facts
from netmon.sla.contract.settle import settle
from netmon.sla.dossier import compile_report, reaches_back
from netmon.sla.period import zone_of
from netmon.sla.stretches import months_of, months_until, period_before
from tests.sla.metropolis import CONTRACT, metropolis, transition

OCTOBER = parse_period("2026-10", "Europe/Paris", 0)
SEPTEMBER = parse_period("2026-09", "Europe/Paris", 0)
T0, S0 = OCTOBER.start, SEPTEMBER.start
UP: list[Event] = [
    transition(name, S0 - HOUR, State.UP) for name in ("sw-begles/snmp", "sw-cenon/snmp", "portail-citoyen")
]


def down(name: str, at: int, length: int) -> list[Event]:
    return [transition(name, at, State.DOWN), transition(name, at + length, State.UP)]


EVENTS: list[Event] = [*UP, *down("sw-begles/snmp", S0 + DAY, 5 * HOUR), *down("sw-begles/snmp", T0 + DAY, HOUR)]
MARKET = Contract(
    "marche", "Marché", "Opérateur", "Métropole", 0.999, kind="market", families=("network",), gtr=Guarantee(HOUR),
    penalties=Penalties((PenaltyRule("tenth", 50_000),), 1_000_000),
)  # fmt: skip


def compiled(
    events: Sequence[Event] = EVENTS,
    facts: Facts = Facts(),  # noqa: B008 - frozen
    inventory: Inventory | None = None,
    period: Period = OCTOBER,
    **more: object,
) -> Report:
    generated = more.pop("generated", period.end + DAY)
    inventory = inventory or metropolis(CONTRACT, MARKET)
    return compile_report(inventory, events, period, facts=facts, generated=generated, version="1", **more)  # type: ignore[arg-type]


def part(report: Report, commune: str = "Bègles") -> CommuneReport:
    [found] = [each for each in report.communes if each.commune.name == commune]
    return found


def ratio(share: Share | None) -> float | None:
    return share.ratio if share else None


def test_what_was_lived_through_is_as_build_report_tells_it() -> None:
    plain = build_report(metropolis(CONTRACT, MARKET), EVENTS, OCTOBER, generated=OCTOBER.end + DAY, version="1")
    full = compiled()
    assert full.figures == plain.figures
    assert [each.figures for each in full.communes] == [each.figures for each in plain.communes]
    assert [[item.figures for item in each.services] for each in full.communes] == [
        [item.figures for item in each.services] for each in plain.communes
    ]


def test_a_commune_has_its_commitments_and_the_whole_has_all_contracts() -> None:
    report = compiled()
    assert [[each.contract.id for each in one.contracts] for one in report.communes] == [["engagement"], ["engagement"]]
    assert [each.contract.id for each in report.contracts] == ["engagement", "marche"]
    assert part(report).counted.unavailable == HOUR
    assert part(report, "Cenon").counted.unavailable == 0


def test_the_contracts_as_a_whole_are_those_settled() -> None:
    inventory = metropolis(CONTRACT, MARKET)
    assert compiled(inventory=inventory).contracts == settle(inventory, EVENTS, OCTOBER, generated=OCTOBER.end + DAY)


def test_what_all_communes_are_promised_together_has_a_price_only_together() -> None:
    shared = replace(CONTRACT, objective=0.9999, penalties=MARKET.penalties)
    report = compiled(inventory=metropolis(shared))
    assert part(report).contracts[0].proposals == ()
    assert report.contracts[0].proposals[0].lines
    alone = replace(shared, communes=("Bègles",))
    assert part(compiled(inventory=metropolis(alone))).contracts[0].proposals[0].lines


def test_the_budget_is_that_of_the_main_contract() -> None:
    budget = part(compiled()).budget
    assert budget is not None
    assert budget.allowed == (OCTOBER.end - OCTOBER.start) / 200
    assert budget.spent == HOUR / 2
    assert part(compiled(inventory=metropolis())).budget is None


def test_communes_that_share_their_main_contract_share_a_budget() -> None:
    budget = compiled().budget
    assert budget is not None
    assert (budget.allowed, budget.spent) == ((OCTOBER.end - OCTOBER.start) / 200, HOUR / 3)
    alone = replace(CONTRACT, id="b", communes=("Bègles",))
    assert compiled(inventory=metropolis(alone, CONTRACT)).budget is None


def test_months_are_those_up_to_the_end_and_unseen_ones_have_no_figure() -> None:
    begles = part(compiled())
    assert [each.period.label for each in begles.trend] == [f"2025-{n}" for n in (11, 12)] + [
        f"2026-{n:02d}" for n in range(1, 11)
    ]
    assert [each.availability.whole > 0 for each in begles.trend] == [False] * 9 + [True] * 3
    september, october = begles.trend[-2:]
    assert september.availability.whole - september.availability.part == 5 * HOUR
    assert october.availability == begles.counted.availability
    assert {each.objective for each in begles.trend} == {0.995}


@pytest.mark.parametrize("hours", ["24/7", "Mo-Fr 08:00-18:00; PH off"])
def test_the_last_month_told_is_the_figure_of_the_report(hours: str) -> None:
    report = compiled(inventory=metropolis(replace(CONTRACT, hours=hours)))
    assert report.trend[-1].availability == report.figures.availability
    assert [each.trend[-1].availability for each in report.communes] == [
        each.counted.availability for each in report.communes
    ]


def test_a_month_counts_by_the_contract_that_held_then() -> None:
    before = replace(CONTRACT, id="ancien", objective=0.9, end=T0)
    now = replace(CONTRACT, start=T0)
    assert [each.objective for each in part(compiled(inventory=metropolis(before, now))).trend[-2:]] == [0.9, 0.995]


def test_the_period_before_is_compared_service_by_service() -> None:
    begles = part(compiled())
    lost = {item.id: item.previous.whole - item.previous.part for item in begles.services if item.previous}
    assert lost == {"portail": 0, "reseau-begles": 5 * HOUR}
    assert begles.previous == begles.trend[-2].availability


def test_families_are_the_services_together() -> None:
    begles, cenon = (part(compiled(), name) for name in ("Bègles", "Cenon"))
    assert [(each.family, each.services, each.figures.unavailable) for each in begles.families] == [
        ("network", 1, HOUR),
        ("web", 1, 0),
    ]
    assert [each.family for each in cenon.families] == ["schools", "web"]
    assert sum(each.figures.eligible for each in begles.families) == begles.figures.eligible


def test_a_family_has_its_own_objective_where_the_contract_says_so() -> None:
    own = replace(CONTRACT, objectives=(("network", 0.9),))
    assert [each.objective for each in part(compiled(inventory=metropolis(own))).families] == [0.9, 0.995]


def test_nothing_that_rests_on_a_sensitive_site_is_public() -> None:
    inventory = metropolis(CONTRACT)
    school = replace(inventory.sites["cenon-ecole"], sensitive=True)
    hidden = replace(inventory, sites={**inventory.sites, "cenon-ecole": school})
    assert [each.family for each in part(compiled(inventory=inventory), "Cenon").public] == ["schools", "web"]
    assert [each.family for each in part(compiled(inventory=hidden), "Cenon").public] == ["web"]
    assert [each.family for each in part(compiled(inventory=hidden), "Cenon").families] == ["schools", "web"]


def test_public_figures_are_month_by_month_within_the_period() -> None:
    autumn = parse_period("2026-09-16..2026-10-15", "Europe/Paris", 0)
    public = [each for each in part(compiled(period=autumn)).public if each.family == "network"]
    assert [each.period.label for each in public] == ["2026-09", "2026-10"]
    assert public[0].period.start == autumn.start
    assert public[1].period.end == autumn.end
    assert sum(each.figures.eligible for each in public) == autumn.end - autumn.start


STEP = IncidentStep("INC-1", Step.NOTIFIED, T0 + DAY, "sw-begles", "", "N", "", T0 + DAY)
BLAMED = Attribution("begles-mairie", T0, T0 + 2 * DAY, Party.COMMUNE, "", "N", "travaux", T0 + 3 * DAY)


def test_outages_are_noted_with_what_people_found_about_what_they_rest_on() -> None:
    report = compiled(facts=Facts((STEP,), (BLAMED,)))
    assert part(report).notes == (OutageNote("reseau-begles", T0 + DAY, (Party.COMMUNE,), ("INC-1",)),)
    assert part(report, "Cenon").notes == ()


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(Facts(), id="nothing was found"),
        pytest.param(Facts((replace(STEP, at=T0 + 9 * DAY),)), id="an incident of later"),
        pytest.param(Facts((), (replace(BLAMED, end=T0 + HOUR),)), id="an attribution of before"),
        pytest.param(Facts((replace(STEP, object="sw-cenon"),)), id="an incident elsewhere"),
    ],
)
def test_what_does_not_touch_an_outage_is_no_note_of_it(facts: Facts) -> None:
    assert part(compiled(facts=facts)).notes == ()


def test_a_commune_reads_of_an_incident_only_what_is_its_own() -> None:
    both = Facts((STEP, replace(STEP, object="sw-cenon", recorded=T0 + DAY + 1)))
    guaranteed = replace(CONTRACT, gtr=Guarantee(HOUR))
    report = compiled(facts=both, inventory=metropolis(guaranteed))
    for commune, node in (("Bègles", "sw-begles"), ("Cenon", "sw-cenon")):
        assert [each.handling.objects for each in part(report, commune).contracts[0].incidents] == [(node,)]
    assert report.contracts[0].incidents[0].handling.objects == ("sw-begles", "sw-cenon")


def test_an_exclusion_leaves_the_figure_that_counts_and_stays_in_the_one_lived_through() -> None:
    excusing = replace(CONTRACT, excluded=(Party.COMMUNE,))
    begles = part(compiled(facts=Facts((), (BLAMED,)), inventory=metropolis(excusing)))
    assert begles.figures.unavailable == HOUR
    assert begles.counted.unavailable == 0
    assert [each.unavailable for each in begles.contracts[0].exclusions] == [HOUR]
    assert begles.trend[-1].availability == begles.counted.availability


def test_a_correction_is_told_with_before_and_after() -> None:
    events = [*EVENTS, Correction("reseau-begles", T0 + DAY, T0 + 2 * DAY, State.UP, "N", "test", T0 + 5 * DAY)]
    [effect] = part(compiled(events)).contracts[0].corrections
    assert (ratio(effect.before), ratio(effect.after)) != (1.0, 1.0)
    assert ratio(effect.after) == 1.0


def test_a_contract_whose_calendar_ends_is_named_and_the_others_are_settled() -> None:
    closed = DayCalendar("zone-a", "Zone A", (), end=dt.date(2026, 9, 30))
    schools = replace(CONTRACT, id="ecoles", name="Écoles", hours="Mo-Fr 08:00-18:00; SH off", school=closed)
    report = compiled(inventory=metropolis(CONTRACT, schools))
    assert set(report.unsettled) == {"Écoles"}
    assert part(report).unsettled == ("Écoles",)
    assert [each.contract.id for each in part(report).contracts] == ["engagement"]


def test_one_commune_alone_is_told_as_among_all() -> None:
    alone = compiled(communes=["Bègles"])
    assert part(alone) == part(compiled())
    assert [each.commune.name for each in alone.communes] == ["Bègles"]


def test_the_digest_changes_with_months_before_findings_and_rules() -> None:
    told = compiled().digest
    assert compiled().digest == told
    assert compiled(generated=OCTOBER.end + 9 * DAY).digest == told
    assert compiled([*UP, *down("sw-begles/snmp", T0 + DAY, HOUR)]).digest != told
    assert compiled(facts=Facts((STEP,))).digest != told
    assert compiled(facts=Facts((), (BLAMED,))).digest != told
    stricter = metropolis(replace(CONTRACT, excluded=(Party.COMMUNE,)), MARKET)
    assert compiled(inventory=stricter).configuration != compiled().configuration


def test_a_running_period_ends_where_it_was_made() -> None:
    begles = part(compiled(generated=T0 + 2 * DAY))
    assert begles.trend[-1].availability.whole == 2 * 2 * DAY
    assert begles.budget is not None
    assert begles.budget.lost_at is not None or begles.budget.left < 0


@pytest.mark.parametrize(
    ("label", "before"),
    [
        ("2026-10", ("2026-09-01T00:00", "2026-10-01T00:00")),
        ("2026-Q1", ("2025-10-01T00:00", "2026-01-01T00:00")),
        ("2026", ("2025-01-01T00:00", "2026-01-01T00:00")),
        ("2026-W44", ("2026-10-19T00:00", "2026-10-26T00:00")),
        ("2026-10-26..2026-10-27", ("2026-10-24T00:00", "2026-10-26T00:00")),
    ],
)
def test_the_period_before_is_of_the_same_kind(label: str, before: tuple[str, str]) -> None:
    found = period_before(parse_period(label, "Europe/Paris", 0))
    zone = zone_of("Europe/Paris")
    assert tuple(to_datetime(at, zone).strftime("%Y-%m-%dT%H:%M") for at in (found.start, found.end)) == before


@given(st.integers(0, 4_000_000_000_000), st.integers(MINUTE, 500 * DAY))
def test_months_tile_a_period_and_a_trend_ends_with_it(start: int, length: int) -> None:
    period = Period("x", start, start + length, "Europe/Paris")
    pieces = months_of(period)
    assert pieces[0].start == period.start
    assert pieces[-1].end == period.end
    assert all(one.end == other.start for one, other in itertools.pairwise(pieces))
    trend = months_until(period.end, period.timezone)
    assert len(trend) == 12
    assert trend[-1].start < period.end <= trend[-1].end
    assert all(one.end == other.start for one, other in itertools.pairwise(trend))


def test_events_are_needed_from_the_first_month_told() -> None:
    assert reaches_back(metropolis(CONTRACT), OCTOBER) == months_until(OCTOBER.end, "Europe/Paris")[0].start
    year = parse_period("2026", "Europe/Paris", 0)
    assert reaches_back(metropolis(CONTRACT), year) == parse_period("2025", "Europe/Paris", 0).start


def test_the_live_gauges_and_the_report_of_the_month_say_the_same() -> None:
    now, facts = T0 + 20 * DAY + HOUR, Facts((), (BLAMED,))
    inventory = metropolis(replace(CONTRACT, excluded=(Party.COMMUNE,), objective=0.999))
    views = build_views(inventory, EVENTS, now=now, timezone="Europe/Paris", facts=facts)
    report = compiled(EVENTS, facts, inventory, generated=now)
    assert len(views) == 2
    for view in views:
        commune = part(report, view.commune)
        counted = commune.counted
        assert view.availability == counted.availability.ratio
        assert (view.low, view.high) == (counted.low.ratio, counted.high.ratio)
        assert commune.budget is not None
        assert view.budget_seconds == pytest.approx(float(commune.budget.left) / 1000)
