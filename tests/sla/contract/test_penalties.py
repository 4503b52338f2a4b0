"""Proposals of penalties, with the arithmetic in the names: amounts in cents, October 2026 as the settled month."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, Millis
from netmon.model import (
    Attribution,
    Clock,
    DayCalendar,
    Figures,
    Guarantee,
    Handling,
    HoursException,
    IncidentOutcome,
    ObjectiveOutcome,
    Partition,
    Party,
    Penalties,
    PenaltyLine,
    PenaltyRule,
    Proposal,
    ScopeLine,
    Share,
)
from netmon.sla import parse_period
from netmon.sla.contract.account import Facts
from netmon.sla.contract.penalties import propose, rounded
from tests.sla.contract.settling import MARKET, OCTOBER, T0, ZONE, attributed, down, incident, settled

V = 1_200_000  # 12,000 €


def late_by(late: Millis, name: str = "i1", limit: Millis = 4 * HOUR) -> IncidentOutcome:
    ended = T0 + limit + late
    handling = Handling(name, ("sw-begles",), (), notified=T0, restored=ended)
    return IncidentOutcome(handling, None, False, None, Clock(limit, limit + late, T0 + limit, ended))


def reached(
    unavailable: int, eligible: int = 1_000_000, objective: float = 0.999, *, certain: bool = True
) -> ObjectiveOutcome:
    share = Share(eligible - unavailable, eligible)
    figures = Figures(
        Partition(down=unavailable, up=eligible - unavailable), eligible, unavailable, share, share, share, share, ()
    )
    return ObjectiveOutcome("network", objective, figures, 0, bool(share.part >= eligible * objective), certain)


def proposed(
    *rules: PenaltyRule,
    incidents: list[IncidentOutcome] | None = None,
    objectives: list[ObjectiveOutcome] | None = None,
    **more: object,
) -> Proposal:
    penalties = Penalties(rules, **more)  # type: ignore[arg-type]
    return propose(penalties, OCTOBER, final=True, objectives=objectives or [], incidents=incidents or [])


HOURLY = PenaltyRule("started_hour", 15_000)
DAILY = PenaltyRule("started_day", share=Fraction(1, 1000), elapsed=True)

DELAYS = {
    "in time: nothing": (HOURLY, 0, 0),
    "a millisecond late: 1 started hour x 150 €": (HOURLY, 1, 15_000),
    "1 h late exactly: 1 x 150 €": (HOURLY, HOUR, 15_000),
    "2 h 10 late: 3 started hours x 150 €": (HOURLY, 2 * HOUR + 10 * MINUTE, 45_000),
    "CCAG-TIC 2009, V x R / 1000: 2 days and an hour late, 12,000 € x 3 / 1000 = 36 €": (DAILY, 2 * DAY + HOUR, 3_600),
    "per incident, however late: 80 €": (PenaltyRule("incident", 8_000), 50 * HOUR, 8_000),
}


@pytest.mark.parametrize("case", DELAYS.values(), ids=DELAYS)
def test_delays(case: tuple[PenaltyRule, Millis, int]) -> None:
    rule, late, total = case
    assert proposed(rule, incidents=[late_by(late)], period_amount=V).total == total


SHORTFALLS = {
    "99.95 of 99.9: nothing": (500, False, 0),
    "99.9 of 99.9: nothing": (1_000, False, 0),
    "99.89 of 99.9: a tenth started x 500 €": (1_100, False, 50_000),
    "99.65 of 99.9: 2.5 tenths, 3 started x 500 €": (3_500, False, 150_000),
    "99.65 of 99.9: 2.5 tenths, 2 complete x 500 €": (3_500, True, 100_000),
    "99.89 of 99.9: no complete tenth": (1_100, True, 0),
    "99.8 of 99.9: exactly 1 tenth x 500 €": (2_000, False, 50_000),
}


@pytest.mark.parametrize("case", SHORTFALLS.values(), ids=SHORTFALLS)
def test_tenths_of_a_point(case: tuple[int, bool, int]) -> None:
    unavailable, complete, total = case
    rule = PenaltyRule("tenth", 50_000, complete=complete)
    assert proposed(rule, objectives=[reached(unavailable)]).total == total


def test_an_objective_missed_costs_once_and_a_doubt_of_the_measurement_is_told() -> None:
    rule = PenaltyRule("objective", 20_000)
    [line] = proposed(rule, objectives=[reached(5_000, certain=False), reached(0)]).lines
    assert (line.kind, line.subject, line.amount, line.certain) == ("objective", "network", 20_000, False)


def test_nothing_eligible_costs_nothing() -> None:
    assert proposed(PenaltyRule("tenth", 1), PenaltyRule("objective", 1), objectives=[reached(0, 0)]).lines == ()


def test_half_a_cent_is_rounded_up_once_a_line() -> None:
    # 0.1 % of 1,234.50 € is 1.2345 €: 3 days are 3.7035 €, 370 cents; not three times 123.
    assert proposed(DAILY, incidents=[late_by(3 * DAY)], period_amount=123_450).total == 370
    assert [rounded(Fraction(cents)) for cents in ("1/2", "3/2", "1/3", "5/3", "7")] == [1, 2, 0, 2, 7]


ADJUSTMENTS = {
    "three lines of 150 € and nothing taken off: 450 €": ({}, [], 45_000),
    "a franchise of 100 €: 350 €": ({"franchise": 10_000}, [("franchise", -10_000)], 35_000),
    "a franchise above the sum takes no more than it": ({"franchise": 99_000}, [("franchise", -45_000)], 0),
    "a cap of 3 % of 12,000 € is 360 €": ({"cap": Fraction(3, 100)}, [("cap", -9_000)], 36_000),
    "a cap is rounded down: 2/3 of 1 € is 66 cents": (
        {"cap": Fraction(2, 3), "period_amount": 100}, [("cap", 66 - 45_000)], 66),
    "450 € are not waived at 449.99 €": ({"waiver": 44_999}, [], 45_000),
    "450 € are waived at 450 €": ({"waiver": 45_000}, [("waiver", -45_000)], 0),
    "franchise, then cap, then waiver: 450 - 50 = 400, capped to 360, above 300": (
        {"franchise": 5_000, "cap": Fraction(3, 100), "waiver": 30_000},
        [("franchise", -5_000), ("cap", -4_000)], 36_000),
    "what the cap leaves may be waived: 450, capped to 240, waived at 300": (
        {"cap": Fraction(2, 100), "waiver": 30_000}, [("cap", -21_000), ("waiver", -24_000)], 0),
}  # fmt: skip


@pytest.mark.parametrize("case", ADJUSTMENTS.values(), ids=ADJUSTMENTS)
def test_what_is_taken_off_stands_as_lines(case: tuple[dict[str, object], list[tuple[str, int]], int]) -> None:
    more, lines, total = case
    found = proposed(HOURLY, incidents=[late_by(1, name) for name in "abc"], **{"period_amount": V, **more})
    assert [(line.kind, line.amount) for line in found.lines[3:]] == lines
    assert found.total == total


rules = st.lists(
    st.one_of(
        st.builds(PenaltyRule, st.sampled_from(["started_hour", "started_day", "incident"]), st.integers(0, 10**6),
                  elapsed=st.booleans()),
        st.builds(PenaltyRule, st.just("started_day"), share=st.fractions(0, 1), elapsed=st.booleans()),
        st.builds(PenaltyRule, st.sampled_from(["tenth", "objective"]), st.integers(0, 10**6), complete=st.booleans()),
    ),
    max_size=4,
)  # fmt: skip
more = st.fixed_dictionaries({
    "period_amount": st.integers(0, 10**8),
    "franchise": st.integers(0, 10**6),
    "cap": st.none() | st.fractions(0, 1),
    "waiver": st.integers(0, 10**6),
})  # fmt: skip
delays = st.lists(st.integers(0, 100 * HOUR), max_size=4)


@given(rules, more, delays, st.integers(0, 10_000))
def test_lines_add_up_and_the_cap_is_never_passed(
    drawn: list[PenaltyRule], given: dict[str, object], late: list[int], unavailable: int
) -> None:
    found = proposed(*drawn, incidents=[late_by(one) for one in late], objectives=[reached(unavailable)], **given)
    assert found.total == sum(line.amount for line in found.lines) >= 0
    if given["cap"] is not None:
        assert found.total <= Fraction(str(given["period_amount"])) * Fraction(str(given["cap"]))
    assert found.total == 0 or found.total > int(str(given["waiver"]))


@given(rules, more, delays, st.integers(0, 9_000), st.integers(0, 10 * HOUR), st.integers(0, 1_000))
def test_more_delay_or_less_availability_never_costs_less(
    drawn: list[PenaltyRule], given: dict[str, object], late: list[int], unavailable: int, longer: int, worse: int
) -> None:
    def total(added: int, lost: int) -> int:
        incidents = [late_by(one + added) for one in late]
        return proposed(*drawn, incidents=incidents, objectives=[reached(unavailable + lost)], **given).total

    assert total(0, 0) <= total(longer, worse)


# --- With incidents as people record them -----------------------------------------------------------------------------

CONTRACT = replace(
    MARKET,
    hours="24/7",
    gtr=Guarantee(4 * HOUR, "Mo-Fr 08:00-18:00; PH off"),
    scope=(ScopeLine(services=("reseau-begles",)),),
    penalties=Penalties((HOURLY, PenaltyRule("incident", 5_000, clock="gti")), V),
)
# Thursday 1 October 2026, 16:00: 2 h that day, 2 h on Friday morning: due at 10:00.
NOTIFIED = T0 + 16 * HOUR
DUE = T0 + 34 * HOUR


def lines_of(facts: Facts, contract: object = CONTRACT, **given: object) -> list[tuple[str, str, int, int]]:
    report = settled(down("sw-begles/snmp", T0 + 15 * HOUR, DAY), contract, facts, **given)  # type: ignore[arg-type]
    return [(line.kind, line.subject, line.count, line.amount) for each in report.proposals for line in each.lines]


def test_an_incident_is_followed_from_its_steps_to_a_line_with_its_evidence() -> None:
    steps = incident(
        "INC-7", "sw-begles", notified=NOTIFIED, started=NOTIFIED + 30 * MINUTE, restored=DUE + 61 * MINUTE
    )
    report = settled(down("sw-begles/snmp", T0 + 15 * HOUR, DAY), CONTRACT, Facts(steps))
    [proposal] = report.proposals
    [line] = proposal.lines
    assert (line.subject, line.count, line.unit, line.amount) == ("INC-7", 2, 15_000, 30_000)
    assert dict(line.evidence) == {
        "clock": "gtr", "notified": NOTIFIED, "ended": DUE + 61 * MINUTE, "limit": 4 * HOUR, "paused": 0,
        "elapsed": 4 * HOUR + 61 * MINUTE, "late": 61 * MINUTE,
    }  # fmt: skip
    assert (report.gti and report.gti.share, report.gtr and report.gtr.share) == (Share(1, 1), Share(0, 1))
    assert proposal.final


def test_a_workaround_ends_the_clock_and_a_pause_holds_it() -> None:
    steps = incident("INC-7", "sw-begles", notified=NOTIFIED, workaround=DUE, restored=DUE + 5 * DAY)
    assert lines_of(Facts(steps)) == [("incident", "INC-7", 1, 5_000)]  # nobody started within the hour
    held = incident(
        "INC-7", "sw-begles", notified=NOTIFIED, paused=NOTIFIED, resumed=NOTIFIED + HOUR, restored=DUE + HOUR
    )
    assert lines_of(Facts(held)) == [("incident", "INC-7", 1, 5_000)]


def test_an_incident_nobody_notified_has_no_clock() -> None:
    report = settled([], CONTRACT, Facts(incident("INC-7", "sw-begles", detected=NOTIFIED, restored=DUE + DAY)))
    [outcome] = report.incidents
    assert (outcome.gti, outcome.gtr, report.proposals[0].lines) == (None, None, ())


OTHERS_FAULT = {
    "by the name of the incident": Attribution("", T0, None, Party.COMMUNE, "INC-7", "A", "power", T0),
    "by its object when it began": attributed("sw-begles", NOTIFIED, HOUR),
}


@pytest.mark.parametrize("attribution", OTHERS_FAULT.values(), ids=OTHERS_FAULT)
def test_an_incident_of_an_excluded_party_costs_nothing_and_is_out_of_the_rate(attribution: Attribution) -> None:
    facts = Facts(incident("INC-7", "sw-begles", notified=NOTIFIED, restored=DUE + DAY), (attribution,))
    report = settled([], CONTRACT, facts)
    [outcome] = report.incidents
    assert (outcome.excluded, outcome.party, report.proposals[0].total) == (True, Party.COMMUNE, 0)
    assert report.gtr
    assert report.gtr.share == Share(0, 0)


def test_an_incident_counts_in_the_period_it_ends_in() -> None:
    november = parse_period("2026-11", ZONE, 0)
    notified = OCTOBER.end - 60 * HOUR  # Thursday 29 October, 12:00
    steps = incident("INC-7", "sw-begles", notified=notified, started=notified, restored=november.start + 2 * DAY)
    assert lines_of(Facts(steps)) == []
    [line] = lines_of(Facts(steps), period=november)
    # Thursday from 12:00 is 6 h, Friday 10 h, Monday 2 November 10 h: 22 h beyond 4 h.
    assert line == ("started_hour", "INC-7", 22, 330_000)
    report = settled([], CONTRACT, Facts(steps))
    assert report.gtr
    assert (report.gtr.running, report.gtr.share.whole) == (1, 0)


def test_an_incident_over_before_it_was_notified_counts_where_it_was_notified() -> None:
    november = parse_period("2026-11", ZONE, 0)
    steps = incident("INC-7", "sw-begles", restored=OCTOBER.end - HOUR, notified=november.start + HOUR)
    kept = [settled([], CONTRACT, Facts(steps), period=period).gtr for period in (OCTOBER, november)]
    assert [each and each.met for each in kept] == [0, 1]


def test_the_exceptions_of_a_contract_are_none_of_a_guarantee_with_hours_of_its_own() -> None:
    closed = DayCalendar("closed", "", ((dt.date(2026, 10, 1), dt.date(2026, 10, 2)),))
    contract = replace(CONTRACT, hours="Mo-Fr 08:00-18:00; PH off", exceptions=(HoursException(closed, "off"),))
    steps = Facts(incident("INC-7", "sw-begles", notified=NOTIFIED, restored=DUE))
    [own] = settled([], contract, steps).incidents
    [shared] = settled([], replace(contract, gtr=Guarantee(4 * HOUR)), steps).incidents
    assert own.gtr
    assert shared.gtr
    assert (own.gtr.elapsed, shared.gtr.elapsed) == (4 * HOUR, 0)


def test_a_notification_under_another_contract_starts_no_clock_here() -> None:
    steps = incident("INC-7", "sw-begles", "another", notified=NOTIFIED, restored=DUE + DAY)
    assert settled([], CONTRACT, Facts(steps)).incidents == ()
    elsewhere = incident("INC-8", "sw-cenon", notified=NOTIFIED, restored=DUE + DAY)
    assert settled([], CONTRACT, Facts(elsewhere)).incidents == ()
    named = incident("INC-9", "a fibre we do not watch", "market", notified=NOTIFIED, restored=DUE + DAY)
    assert [each.handling.incident for each in settled([], CONTRACT, Facts(named)).incidents] == ["INC-9"]


def test_a_quarter_is_settled_month_by_month() -> None:
    quarter = parse_period("2026-Q4", ZONE, 0)
    contract = replace(CONTRACT, penalties=Penalties((PenaltyRule("objective", 10_000),), V))
    report = settled(down("sw-begles/snmp", T0 + DAY, DAY), contract, period=quarter, generated=quarter.end)
    assert [(each.period.label, each.total) for each in report.proposals] == [
        ("2026-10", 10_000), ("2026-11", 0), ("2026-12", 0),
    ]  # fmt: skip


def test_a_running_month_is_not_final_and_part_of_a_month_is_not_settled() -> None:
    [proposal] = settled([], CONTRACT, generated=T0 + DAY).proposals
    assert not proposal.final
    assert settled([], CONTRACT, period=parse_period("2026-10-01..2026-10-15", ZONE, 0)).proposals == ()


def test_a_yearly_interruption_costs_in_the_month_it_goes_over() -> None:
    rule = PenaltyRule("ims", 100_000)
    contract = replace(CONTRACT, ims=13 * HOUR, penalties=Penalties((rule,), V))
    quarter = parse_period("2026-Q4", ZONE, 0)
    events = [*down("sw-begles/snmp", T0 + DAY, 12 * HOUR), *down("sw-begles/snmp", OCTOBER.end + DAY, 2 * HOUR)]
    report = settled(events, contract, period=quarter, generated=quarter.end)
    assert [each.total for each in report.proposals] == [0, 100_000, 0]
    lines: tuple[PenaltyLine, ...] = report.proposals[1].lines
    assert dict(lines[0].evidence) == {"used": 14 * HOUR, "limit": 13 * HOUR}
