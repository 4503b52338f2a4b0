"""``netmon history correct|attribute|incident`` on a real store."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from netmon.cli import main
from netmon.cli.moments import moment
from netmon.conventions import Reason
from netmon.errors import UsageError
from netmon.history import open_history
from netmon.model import Attribution, Correction, IncidentStep, Party, State, Step, Transition

CONFIGURATION = """
data_dir: data
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
sites:
  - {id: mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles}
checks:
  - {id: portail, site: mairie, http: {url: "http://192.0.2.1/"}}
services:
  - {id: web, name: Site, family: web, communes: [Bègles], expression: portail}
contracts:
  - {id: market, name: Marché, kind: market, provider: Op, customer: Métropole, objective: 99.9, gtr: {within: 4h},
     excluded: [commune]}
"""
FIRST = 1_793_487_600_000  # 2026-11-01T00:00:00+01:00
HOUR = 3_600_000
WHO = ["--author", "A. Martin", "--reason", "sonde défaillante"]


@pytest.fixture
def config(tmp_path: Path) -> list[str]:
    (tmp_path / "netmon.yml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "data").mkdir()
    open_history(tmp_path / "data" / "netmon.sqlite").close()
    return ["-c", str(tmp_path / "netmon.yml")]


def stored(tmp_path: Path) -> tuple[list[object], list[IncidentStep], list[Attribution]]:
    store = open_history(tmp_path / "data" / "netmon.sqlite", read_only=True)
    found = list(store.events()), store.incident_steps(), store.attributions()
    store.close()
    return found


def test_a_correction_is_added_and_told(config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    span = ["--from", "2026-11-01 00:00", "--to", "2026-11-01T02:00:00+01:00"]
    assert main(["history", "correct", "portail", *span, "--state", "up", *WHO, *config]) == 0
    assert capsys.readouterr().out == (
        "recorded: portail was up from 2026-11-01T00:00:00+01:00 to 2026-11-01T02:00:00+01:00\n"
    )
    [correction] = stored(tmp_path)[0]
    assert isinstance(correction, Correction)
    assert (correction.object, correction.start, correction.end, correction.state) == (
        "portail", FIRST, FIRST + 2 * HOUR, State.UP)  # fmt: skip
    assert (correction.author, correction.reason) == ("A. Martin", "sonde défaillante")
    assert correction.recorded > FIRST


def test_an_attribution_may_stay_open_and_name_an_incident(config: list[str], tmp_path: Path) -> None:
    said = ["history", "attribute", "mairie", "--from", str(FIRST // 1000), "--party", "force_majeure"]
    assert main([*said, "--incident", "INC-7", *WHO, *config]) == 0
    [found] = stored(tmp_path)[2]
    assert (found.object, found.start, found.end, found.party, found.incident) == (
        "mairie", FIRST, None, Party.FORCE_MAJEURE, "INC-7")  # fmt: skip


def test_steps_of_an_incident_are_kept_in_the_order_told(config: list[str], tmp_path: Path) -> None:
    common = ["--author", "A", *config]
    told = ["--at", "2026-11-01 08:00", "--object", "portail", "--contract", "market"]
    assert main(["history", "incident", "INC-7", "notified", *told, *common]) == 0
    assert main(["history", "incident", "INC-7", "paused", "--text", "no access", *common]) == 0
    notified, paused = stored(tmp_path)[1]
    assert (notified.step, notified.at, notified.object, notified.contract) == (
        Step.NOTIFIED, FIRST + 8 * HOUR, "portail", "market")  # fmt: skip
    assert (paused.step, paused.at, paused.text) == (Step.PAUSED, paused.recorded, "no access")


REFUSED = {
    "an object there is not": (
        ["correct", "portal", "--from", "2026-11-01 00:00", "--to", "2026-11-02 00:00", "--state", "up", *WHO],
        "there is no object 'portal'; did you mean 'portail'?"),
    "an end before the start": (
        ["correct", "portail", "--from", "2026-11-02 00:00", "--to", "2026-11-01 00:00", "--state", "up", *WHO],
        "--to: expected a moment later than --from"),
    "no reason": (
        ["correct", "portail", "--from", "0", "--to", "1", "--state", "up", "--author", "A", "--reason", " "],
        "--reason: expected a text"),
    "a state there is not": (
        ["correct", "portail", "--from", "0", "--to", "1", "--state", "well", *WHO], "'well' is not one of"),
    "a party there is not": (
        ["attribute", "portail", "--from", "0", "--party", "nobody", *WHO], "'nobody' is not one of"),
    "two lines of reason": (
        ["attribute", "portail", "--from", "0", "--party", "commune", "--author", "A", "--reason", "a\nb"],
        "--reason: expected one line"),
    "a pause without its reason": (["incident", "I", "paused", "--author", "A"], "--text: a pause needs its reason"),
    "a correction of what is to come": (
        ["correct", "portail", "--from", "2026-11-01 00:00", "--to", "2999-01-01 00:00", "--state", "up", *WHO],
        "--to: is in the future"),
    "a step to come": (
        ["incident", "I", "notified", "--at", "2999-01-01 00:00", "--author", "A"], "--at: is in the future"),
    "a contract there is not": (
        ["incident", "I", "notified", "--contract", "marke", "--author", "A"],
        "there is no contract 'marke'; did you mean 'market'?"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], case: tuple[list[str], str]
) -> None:
    arguments, said = case
    assert main(["history", *arguments, *config]) == 64
    assert said in capsys.readouterr().err
    assert stored(tmp_path) == ([], [], [])


MOMENTS = {
    "2026-07-01 12:00": "2026-07-01T10:00:00Z",
    "2026-07-01T12:00:30": "2026-07-01T10:00:30Z",
    "2026-07-01T12:00:00+05:00": "2026-07-01T07:00:00Z",
    "1782900000": "2026-07-01T10:00:00Z",
}


@pytest.mark.parametrize(("text", "same"), MOMENTS.items())
def test_moments_may_be_civil_time_of_the_zone(text: str, same: str) -> None:
    paris = ZoneInfo("Europe/Paris")
    assert moment(text, "--at", paris) == moment(same, "--at", paris)


@pytest.mark.parametrize("text", ["2026-10-25 02:30", "2026-03-29 02:30", "2026-02-30 12:00", "noon", ""])
def test_moments_that_are_none_or_two_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--at"):
        moment(text, "--at", ZoneInfo("Europe/Paris"))


def test_findings_reach_the_contract(config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_history(tmp_path / "data" / "netmon.sqlite")
    changes = ((-HOUR, State.UP), (8 * HOUR, State.DOWN), (14 * HOUR, State.UP))
    store.record([
        Transition("portail", FIRST + at, FIRST + at, State.PENDING, state, Reason.TIMEOUT, FIRST + at)
        for at, state in changes
    ]).result()  # fmt: skip
    store.close()
    step = ["history", "incident", "INC-7", "--object", "portail", "--author", "A", *config]
    assert main([*step, "notified", "--at", "2026-11-01 08:00"]) == 0
    assert main([*step, "restored", "--at", "2026-11-01 14:00"]) == 0
    span = ["--from", "2026-11-01 08:00", "--to", "2026-11-01 09:00"]
    assert main(["history", "correct", "portail", *span, "--state", "up", *WHO, *config]) == 0
    span = ["--from", "2026-11-01 13:00", "--to", "2026-11-01 15:00"]
    assert main(["history", "attribute", "portail", *span, "--party", "commune", *WHO, *config]) == 0
    capsys.readouterr()
    asked = ["sla", "--by", "contract", "--period", "2026-11-01..2026-11-01", *config]
    assert main([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    [contract] = document["contracts"]
    assert (contract["unavailable"], contract["excluded"], contract["eligible"]) == (4 * 3600, 3600, 23 * 3600)
    assert contract["gtr"] == {"met": 0, "missed": 1, "running": 0, "rate": 0.0}
    assert contract["incidents"][0]["gtr"]["late"] == 2 * 3600
    assert [round(each["after"] - each["before"], 4) for each in contract["corrections"]] == [0.0435]  # an hour of 23
    assert document["rows"][0]["unavailable"] == 4 * 3600
    assert main(asked) == 0
    said = capsys.readouterr().out.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Marché : rétablissement (GTR) : garantie tenue 0 fois sur 1, en cours : 0." in said
    assert "Marché : 1 h d’interruption exclues par imputation." in said
