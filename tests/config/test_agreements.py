"""Contracts and calendars as written, as read, and what is said when they are wrong."""

import contextlib
import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, from_datetime
from netmon.config import Configuration
from netmon.errors import UsageError
from netmon.model import (
    Contract,
    DayCalendar,
    Guarantee,
    HoursException,
    Party,
    Penalties,
    PenaltyRule,
    ScopeLine,
    WorksRules,
)
from netmon.sla import parse_period
from netmon.sla.contract.settle import settle
from tests.config.good import problems, read
from tests.config.test_errors import Mistake, mistake
from tests.config.test_mutations import VALUES, outcome, places, put, quick

FILE = """\
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
sites:
  - {id: mairie, name: Mairie, kind: town_hall, commune: Bègles}
nodes:
  - {id: sw-1, site: mairie, role: access_switch, address: 192.0.2.1, snmp: false}
checks:
  - {id: web, node: sw-1, http: {url: "http://192.0.2.1/"}}
services:
  - {id: site-web, name: Site, family: web, communes: [Bègles], expression: web}
calendars:
  - id: zone-a
    name: Vacances scolaires
    from: 2026-09-01
    to: 2027-08-31
    days: [2026-10-17..2026-11-01, 2027-05-07]
    source: education.gouv.fr
  - {id: closures, name: Fermetures, days: [2026-12-24]}
contracts:
  - id: market
    name: Marché
    kind: market
    provider: Opérateur
    customer: Bordeaux Métropole
    from: 2026-01-01
    to: 2026-12-31
    objective: 99.9
    objectives: {web: 99.5}
    hours: Mo-Fr 08:00-18:00; PH,SH off
    school_holidays: zone-a
    exceptions:
      - {calendar: closures, hours: off}
    scope:
      - {families: [web], communes: [Bègles]}
      - {from: 2026-07-01, roles: [access_switch], text: Avenant 1}
    aggregate: at-least:2
    policy: strict
    maintenance: {notice: 10d, allowed: "Mo-Su 22:00-06:00", cap: 4h, per: year}
    excluded: [commune, force_majeure]
    gti: {within: 1h}
    gtr: {within: 4h, hours: 24/7}
    ims: 13h
    penalties:
      settled: quarter
      period_amount: 12000 €
      franchise: 100
      cap: 10 %
      waiver: 300.50
      rules:
        - {per: started_hour, amount: 150}
        - {per: started_day, share: 0.1, elapsed: true}
        - {per: tenth, amount: 500, complete: true}
        - {per: incident, clock: gti, amount: 50}
        - {per: ims, amount: 1000}
"""


def midnight(year: int, month: int, day: int, offset: int = 1) -> int:
    return from_datetime(dt.datetime(year, month, day, tzinfo=dt.timezone(dt.timedelta(hours=offset))))


def test_everything_a_contract_says_is_read(tmp_path: Path) -> None:
    zone_a = DayCalendar(
        "zone-a", "Vacances scolaires",
        ((dt.date(2026, 10, 17), dt.date(2026, 11, 1)), (dt.date(2027, 5, 7), dt.date(2027, 5, 7))),
        dt.date(2026, 9, 1), dt.date(2027, 8, 31), "education.gouv.fr",
    )  # fmt: skip
    closures = DayCalendar("closures", "Fermetures", ((dt.date(2026, 12, 24), dt.date(2026, 12, 24)),))
    assert read(tmp_path, {"netmon.yml": FILE}).inventory.contracts == {
        "market": Contract(
            "market", "Marché", "Opérateur", "Bordeaux Métropole", 0.999,
            hours="Mo-Fr 08:00-18:00; PH,SH off", policy="strict", kind="market",
            start=midnight(2026, 1, 1), end=midnight(2027, 1, 1),  # the last day belongs to it
            scope=(
                ScopeLine(communes=("Bègles",), families=("web",)),
                ScopeLine(start=midnight(2026, 7, 1, 2), roles=("access_switch",), text="Avenant 1"),
            ),
            objectives=(("web", 0.995),), aggregate="at-least:2", school=zone_a,
            exceptions=(HoursException(closures, "off"),),
            works=WorksRules(10 * DAY, "Mo-Su 22:00-06:00", 4 * HOUR, "year"),
            excluded=(Party.COMMUNE, Party.FORCE_MAJEURE),
            gti=Guarantee(HOUR), gtr=Guarantee(4 * HOUR, "24/7"), ims=13 * HOUR,
            penalties=Penalties(
                (
                    PenaltyRule("started_hour", 15_000),
                    PenaltyRule("started_day", share=Fraction(1, 1000), elapsed=True),
                    PenaltyRule("tenth", 50_000, complete=True),
                    PenaltyRule("incident", 5_000, clock="gti"),
                    PenaltyRule("ims", 100_000),
                ),
                1_200_000, 10_000, Fraction(1, 10), 30_050,
            ),
            settled="quarter",
        )
    }  # fmt: skip


def test_the_contracts_of_before_read_as_before(tmp_path: Path) -> None:
    head = FILE.partition("calendars:")[0]
    short = "contracts:\n  - {id: c, name: C, provider: P, customer: Q, objective: 99.5}\n"
    contract = read(tmp_path, {"netmon.yml": head + short}).inventory.contracts["c"]
    assert contract == Contract("c", "C", "P", "Q", 0.995)


def mistakes() -> list[Mistake]:
    blocks = Path(__file__).with_name("mistakes_of_contracts.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return [mistake(block.split("\n")) for block in blocks]


@pytest.mark.parametrize("made", mistakes(), ids=lambda made: made.title)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, made: Mistake) -> None:
    assert FILE.count(made.old) == 1
    assert problems(tmp_path, {"netmon.yml": FILE.replace(made.old, made.new)}) == made.expected


def test_a_minute_is_the_shortest_guarantee(tmp_path: Path) -> None:
    [said] = problems(tmp_path, {"netmon.yml": FILE.replace("within: 1h", "within: 59s")})
    assert "expected a duration from 1m" in said
    contract = read(tmp_path, {"netmon.yml": FILE.replace("within: 1h", "within: 1m")}).inventory.contracts["market"]
    assert contract.gti == Guarantee(MINUTE)


def test_the_example_of_the_documentation_is_valid_and_can_be_settled(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "contracts.md").read_text("utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    inventory = read(tmp_path, {"netmon.yml": FILE.partition("calendars:")[0] + example}).inventory
    december = parse_period("2026-12", "Europe/Paris", 0)
    [report] = settle(inventory, [], december, generated=december.end)
    assert len(report.contract.scope) == 2
    assert [proposal.total for proposal in report.proposals] == [0]


TREE = yaml.load(FILE, yaml.BaseLoader)
PLACES = [place for place in places(TREE) if place[:1] in {("contracts",), ("calendars",)}]
WRITTEN = ["off", "SH off", "24/7", "Mo-Fr 08:00-10:00, Sa 09:00-10:00", "2026-01-01", "2026-13-01..", "9999-12-31",
           "0 %", "100 %", "1e3", "0.001", "at-least:9", "gti", "365d", "zone-a", "999999999999.99"]  # fmt: skip


@quick
@given(st.data())
def test_whatever_is_put_in_any_place_ends_in_a_configuration_or_in_problems(
    tmp_path: Path, data: st.DataObject
) -> None:
    tree = put(TREE, data.draw(st.sampled_from(PLACES)), data.draw(st.one_of(VALUES, st.sampled_from(WRITTEN))))
    found = outcome(tmp_path, {"netmon.yml": yaml.safe_dump(tree, allow_unicode=True)})
    if isinstance(found, Configuration):
        october = parse_period("2026-10", "Europe/Paris", 0)
        with contextlib.suppress(UsageError):  # a calendar that says nothing about October, say
            settle(found.inventory, [], october, generated=october.end)
