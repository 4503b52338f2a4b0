"""What a closed period rests on: nothing of another time is an input of it, and whatever changes it is one."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.clock import DAY, HOUR
from netmon.config import Configuration, load
from netmon.conventions import Reason
from netmon.history import open_history
from netmon.model import Attribution, Correction, DayCalendar, IncidentStep, LinkDay, Party, State, Step, Transition
from netmon.reporting.making import Gathered, gather
from netmon.sla import parse_period
from netmon.sla.capacity import capacity_of
from tests.cli.october import OCTOBER, make_october

END = OCTOBER + 31 * DAY + HOUR  # the clocks were set back on the 25th
NOW = END + 20 * DAY
LATER = """
credentials: {lecture: {version: 2c, community: "${file:community}"}}
snmp: {credential: lecture}
nodes:
  - {id: commutateur, name: Commutateur, site: mairie, role: access_switch, address: 127.0.0.9}
  - {id: autre, name: Autre, site: gymnase, role: access_switch, address: 127.0.0.10, uplinks: [commutateur]}
"""
SITE = "  - {id: gymnase, name: Gymnase, kind: other, commune: Bègles}\n"
CHECK = '  - {id: nouveau, site: mairie, http: {url: "http://127.0.0.1:10/"}}\n'
SERVICE = "  - {id: reseau, name: Réseau, family: network, communes: [Bègles], expression: commutateur}\n"
CONTRACT = "  - {id: futur, name: Futur, provider: M, customer: V, objective: 99.99, communes: '*', from: 2027-01-01}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_october(tmp_path)


def told(path: Path) -> list[str]:
    return made(path).inputs()


def made(path: Path) -> Gathered:
    configuration: Configuration = load(path)
    return gather(configuration, parse_period("2026-10", configuration.timezone, NOW), NOW)


def add(path: Path, *events: object) -> None:
    store = open_history(path.parent / "data" / "netmon.sqlite")
    store.record(events)  # type: ignore[arg-type]
    store.close()


def after(path: Path, section: str, lines: str) -> None:
    text = path.read_text("utf-8")
    assert section in text
    path.write_text(text.replace(section, f"{section}{lines}"), "utf-8")


def grown(path: Path) -> None:
    (path.parent / "community").write_text("public", "utf-8")
    after(path, "sites:\n", SITE)
    after(path, "checks:\n", CHECK)
    after(path, "services:\n", SERVICE)
    after(path, "contracts:\n", CONTRACT)
    path.write_text(path.read_text("utf-8") + LATER, "utf-8")


def test_what_came_after_a_closed_period_changes_neither_its_inputs_nor_its_figures(path, capsys):
    assert main(["report", "-c", str(path), "--period", "2026-10", "--close"]) == 0
    grown(path)
    up = (State.PENDING, State.UP, Reason.OK, NOW)
    add(path, *(Transition(name, END + DAY, END + DAY, *up) for name in ("nouveau", "commutateur/snmp", "autre/snmp")))
    capsys.readouterr()
    assert main(["report", "-c", str(path), "--period", "2026-10", "--close"]) == 64
    document = path.parent / "data/reports/2026-10/v1/report.json"
    assert main(["report", "verify", "-c", str(path), str(document), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["identical"], found["causes"], found["differences"]) == (True, [], [])


def test_what_was_looked_at_in_the_period_is_told(path):
    grown(path)
    add(path, Transition("commutateur/snmp", END - HOUR, END - HOUR, State.PENDING, State.UP, Reason.OK, NOW))
    lines = "\n".join(told(path))
    assert all(
        f'"id": "{name}"' in lines for name in ("commutateur", "commutateur/snmp", "reseau", "mairie", "portail")
    )
    assert not any(f'"id": "{name}"' in lines for name in ("nouveau", "autre", "gymnase", "futur"))


def test_where_nothing_was_looked_at_yet_the_report_says_of_everything_that_nothing_is_known(path):
    grown(path)
    configuration = load(path)
    gathered = gather(configuration, parse_period("2025-03", configuration.timezone, NOW), NOW)
    assert gathered.inventory.checks.keys() == configuration.inventory.checks.keys()
    assert {item.id for part in gathered.report().communes for item in part.services} == {"portail-citoyens", "reseau"}


@pytest.mark.parametrize(
    ("was", "becomes", "is_input"),
    [
        ("objective: 99.9", "objective: 99.5", True),
        ("expression: portail", "expression: all(portail)", True),
        ("name: Hôtel de ville", "name: Mairie", True),
        ("site: mairie, http:", "site: mairie, interval: 45s, http:", True),
        ("site: mairie, http:", "site: mairie, timeout: 3s, fall: 3, http:", False),
        ("http://127.0.0.1:9/", "http://127.0.0.1:9/autre", False),
    ],
)
def test_what_documents_are_drawn_from_is_an_input_and_how_targets_are_asked_is_not(path, was, becomes, is_input):
    before = told(path)
    text = path.read_text("utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes), "utf-8")
    assert (told(path) != before) is is_input


def step(incident: str, what: Step, at: int) -> IncidentStep:
    return IncidentStep(incident, what, at, "portail", "", "A", "", at)


@pytest.mark.parametrize(
    ("happens", "is_input"),
    [
        (lambda path: add(path, step("i0", Step.RESTORED, END + HOUR)), True),  # of one that was open at the end
        (lambda path: add(path, step("i2", Step.DETECTED, END + HOUR)), False),
        (lambda path: add(path, Attribution("portail", END, None, Party.OPERATOR, "", "A", "R", NOW)), False),
        (lambda path: add(path, Attribution("portail", END, None, Party.OPERATOR, "i0", "A", "R", NOW)), True),
        (lambda path: add(path, Correction("portail", END, END + 1, State.UP, "A", "R", NOW)), False),
        (lambda path: add(path, Correction("portail", END - 1, END + 1, State.UP, "A", "R", NOW)), True),
    ],
)
def test_findings_are_inputs_of_the_periods_they_are_about(path, happens: Callable[[Path], None], is_input):
    add(path, step("i0", Step.DETECTED, END - HOUR))
    before, document = told(path), made(path).report()
    happens(path)
    assert (told(path) != before) is is_input
    if not is_input:
        assert made(path).report() == document  # to the digests in it


def test_days_of_other_years_in_a_calendar_are_no_input(path):
    gathered = made(path)
    contract = gathered.inventory.contracts["engagement"]

    def lines(*days: tuple[dt.date, dt.date], end: dt.date) -> list[str]:
        school = DayCalendar("a", "Zone A", days, dt.date(2020, 1, 1), end)
        contracts = {contract.id: replace(contract, school=school)}
        return replace(gathered, inventory=replace(gathered.inventory, contracts=contracts)).inputs()

    autumn = (dt.date(2026, 10, 17), dt.date(2026, 11, 1))
    spring = (dt.date(2027, 4, 10), dt.date(2027, 4, 25))
    before = lines(autumn, end=dt.date(2027, 1, 31))
    assert lines(autumn, spring, end=dt.date(2027, 7, 31)) == before
    assert lines((dt.date(2026, 10, 18), dt.date(2026, 11, 1)), end=dt.date(2027, 1, 31)) != before


def test_how_full_links_were_is_an_input_and_stands_in_the_report(path):
    grown(path)
    up = Transition("commutateur/snmp", END - HOUR, END - HOUR, State.PENDING, State.UP, Reason.OK, NOW)
    day = LinkDay("commutateur", "Te1/1/1", "2026-10-31", 10**10, 80, 10 * HOUR, HOUR, 9_900)
    add(path, up)
    before, digest = told(path), made(path).report().digest
    add(path, replace(day, day="2026-11-01"), replace(day, node="gone"))
    assert (told(path), made(path).report().digest) == (before, digest)
    add(path, day)
    added = set(told(path)) - set(before)
    assert {json.loads(line)["kind"] for line in added} == {"capacity", "load"}
    report = made(path).report()
    assert report.digest != digest
    begles, haillan = report.communes
    assert begles.capacity
    assert begles.capacity == report.capacity
    assert [(link.node, link.over) for link in begles.capacity.loaded] == [("commutateur", HOUR)]
    assert haillan.capacity is None
    text = path.read_text("utf-8")
    path.write_text(f"{text}reports: {{capacity: {{limit: 10}}}}\n", "utf-8")
    assert told(path) != [*before, *added]
    less = made(path).report().capacity
    assert less
    assert less.loaded == ()  # exactly the limit is not over it


def test_days_of_another_threshold_are_not_known():
    days = [
        LinkDay("n", "i", "2026-10-01", 10**9, 95, 10 * HOUR, 10 * HOUR, 9_900),
        LinkDay("n", "i", "2026-10-02", 10**9, 80, 10 * HOUR, 0, 100),
    ]
    found = capacity_of(days, {"n"}, 31 * DAY, 5)
    assert found
    assert (found.threshold, found.since, found.loaded, found.coverage.part) == (80, "2026-10-02", (), 10 * HOUR)
