"""``netmon sla`` and ``netmon sla eval`` as a user calls them."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from netmon.cli import main
from netmon.clock import DAY, HOUR
from netmon.conventions import Reason
from netmon.history import open_history
from netmon.model import MonitorEvent, State, Transition

LOG = """\
{"kind":"state","object":"n1","t":1760000000,"state":"up"}
{"kind":"state","object":"n1","t":1760000300,"state":"down","earliest":1760000240,"reason":"timeout"}
{"kind":"state","object":"n1","t":"2025-10-09T09:03:20Z","state":"up"}
{"kind":"maintenance","object":"n1","from":1760000350,"to":1760000400,"text":"firmware"}
{"kind":"member","object":"n2","from":1760000000,"to":1760001000,"commune":"Bègles","weight":3}
"""


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "events.jsonl"
    path.write_text(LOG)
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["sla", "eval", *arguments, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_document_has_every_field(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, log, "--from", "1760000000", "--to", "2025-10-09T09:10:00+00:00")
    assert document["schema_version"] == 1
    assert document["objects"][0] == {
        "object": "n1",
        "from": 1760000000,
        "to": 1760001000,
        "policy": {
            "maintenance": "excluded", "degraded": "up", "unreachable": "down", "unknown": "excluded",
            "no_data": "excluded",
        },
        "seconds": {
            "period": 1000, "up": 700, "degraded": 0, "down": 250, "unreachable": 0, "unknown": 0, "maintenance": 50,
            "out_of_hours": 0, "no_data": 0, "not_in_service": 0,
        },
        "eligible": 950,
        "unavailable": 250,
        "availability": 700 / 950,
        "low": 640 / 950,
        "high": 700 / 950,
        "coverage": 1.0,
        "outages": [{"from": 1760000300, "to": 1760000600, "seconds": 300, "counted": 250, "reason": "timeout"}],
        "mttr": 250,
        "mtbf": 700,
    }  # fmt: skip
    assert [part["object"] for part in document["objects"]] == ["n1", "n2"]
    assert (document["aggregate"]["object"], document["aggregate"]["seconds"]["no_data"]) == (None, 3000)


def test_without_a_period_it_reaches_from_the_first_to_the_last_instant_told(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    part = told(capsys, log)["objects"][0]
    assert (part["from"], part["to"]) == (1760000000, 1760001000)


def test_what_is_still_open_gives_the_period_no_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.jsonl"
    spans = ('"kind":"correction","state":"up"', '"kind":"maintenance"', '"kind":"member"')
    lines = [f'{{{span},"object":"n1","from":{20 + place},"to":null}}' for place, span in enumerate(spans)]
    path.write_text("\n".join(['{"kind":"monitor","t":10,"state":"started"}', *lines]))
    part = told(capsys, str(path))["objects"][0]
    assert (part["from"], part["to"]) == (10, 22)


def test_policy_calendar_object_and_aggregate_are_taken(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    # 2025-10-09 is a Thursday; 1760000400 is 11:00 in Paris.
    hours = ["--calendar", "Th 11:00-18:00", "--timezone", "Europe/Paris"]
    document = told(capsys, log, "--policy", "icinga,no_data=down", "--object", "n1", "--aggregate", "all", *hours)
    assert [part["object"] for part in document["objects"]] == ["n1"]
    assert document["objects"][0]["policy"]["no_data"] == "down"
    assert (document["aggregate"]["seconds"]["out_of_hours"], document["aggregate"]["unavailable"]) == (400, 200)


def test_the_log_may_come_on_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG.encode())))
    assert len(told(capsys, "-")["objects"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--policy", "icing"], "did you mean 'icinga'"),
        (["--from", "1760000600", "--to", "1760000600"], "is empty"),
        (["--from", "yesterday"], "--from: 'yesterday' is no instant"),
        (["--object", "n3"], "no line names the object 'n3'"),
        (["--aggregate", "most"], "no aggregate 'most'"),
        (["--aggregate", "at-least:0"], "no aggregate 'at-least:0'"),
        (["--calendar", "always"], "is not opening hours"),
        (["--timezone", "Europe/Bordeaux"], "is not a time zone"),
        (["--polcy", "icinga"], "--polcy"),
    ],
)
def test_usage_errors_are_one_line_and_exit_64(
    log: str, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["sla", "eval", log, "--json", *arguments]) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_a_bad_line_is_named_with_its_file_and_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(LOG + '{"kind":"state","object":"n1","t":1,"state":"dwon"}\n')
    assert main(["sla", "eval", str(path), "--json"]) == 64
    assert f"{path}:6: unknown state" in capsys.readouterr().err
    assert main(["sla", "eval", str(tmp_path / "none.jsonl")]) == 64
    assert "cannot be read" in capsys.readouterr().err


def test_an_empty_log_has_no_period_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text("")
    assert main(["sla", "eval", str(path), "--json"]) == 64
    assert "the event log is empty" in capsys.readouterr().err
    document = told(capsys, str(path), "--from", "0", "--to", "10", "--aggregate", "any")
    assert (document["objects"], document["aggregate"]["availability"]) == ([], None)


@pytest.mark.parametrize(("width", "columns"), [(60, 3), (200, 5)])
def test_the_table_shows_as_many_columns_as_fit(
    log: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["sla", "eval", log, "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    headings = ("Availability", "Bounds", "Coverage", "Interrupted time", "Interruptions")
    assert sum(heading in lines[1] for heading in headings) == columns
    assert "73.68%" in lines[2]
    assert all(len(line) <= width for line in lines)


OCTOBER = 1_790_805_600_000  # 2026-10-01T00:00:00+02:00
CONFIGURATION = """
data_dir: data
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
  - {name: Cenon, insee: "33119", population: 26000, tile: [5, 4]}
sites:
  - {id: mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles}
nodes:
  - {id: sw-1, site: mairie, role: access_switch, address: 127.0.0.1, snmp: {credential: lecture}}
credentials:
  lecture: {version: 2c, community: "${file:community}"}
services:
  - {id: reseau, name: Réseau, family: network, communes: [Bègles], expression: sw-1}
contracts:
  - {id: engagement, name: Engagement, provider: Métropole, customer: villes, objective: 99.9, communes: [Bègles]}
"""


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    """October with one outage of three hours, and a daemon killed on the 20th."""
    (tmp_path / "netmon.yml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "community").write_text("public")
    (tmp_path / "data").mkdir()
    store = open_history(tmp_path / "data" / "netmon.sqlite")
    changes = ((-DAY, State.UP), (DAY, State.DOWN), (DAY + 3 * HOUR, State.UP))
    store.record([
        MonitorEvent(OCTOBER - 2 * DAY, "started"),
        *(Transition("sw-1/snmp", OCTOBER + at, OCTOBER + at, State.PENDING, state, Reason.TIMEOUT, OCTOBER + at)
          for at, state in changes),
    ])  # fmt: skip
    store.heartbeat(OCTOBER + 19 * DAY).result()
    store.close()
    return str(tmp_path / "netmon.yml")


@pytest.mark.parametrize(("by", "name"), [("commune", "Bègles"), ("service", "Réseau"), ("node", "sw-1")])
def test_figures_come_from_the_history(
    configuration: str, capsys: pytest.CaptureFixture[str], by: str, name: str
) -> None:
    assert main(["sla", "-c", configuration, "--period", "2026-10", "--by", by, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    row = document["rows"][0]
    assert (row["name"], row["unavailable"], row["eligible"]) == (name, 3 * 3600, 19 * 86_400)
    assert row["seconds"]["no_data"] == 12 * 86_400 + 3600  # the daemon died, and October has an hour more
    assert document["period"]["to"] == "2026-11-01T00:00:00+01:00"


def test_the_table_tells_the_verdict_worst_first(
    configuration: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["sla", "-c", configuration, "--period", "2026-10"]) == 0
    title, headings, begles, cenon, whole = capsys.readouterr().out.splitlines()
    assert title.startswith("octobre 2026")
    assert {"Disponibilité", "Encadrement", "Objectif", "Constat", "Couverture"} <= set(headings.split())
    assert begles.split()[0] == "Bègles"
    assert "99,34" in begles
    assert "non atteint" in begles
    assert "−2\u202fh" in begles  # the budget: 0.1 % of 19 days is 27 min, 3 h are spent
    assert cenon.split()[0] == "Cenon"
    assert whole.startswith("ensemble")


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("by", ["commune", "site", "service", "node", "contract"])
@pytest.mark.parametrize("more", [[], ["--policy", "icinga"]])
def test_no_line_is_wider_than_the_terminal(
    configuration: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    by: str,
    more: list[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["sla", "-c", configuration, "--period", "2026-10", "--by", by, *more]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= width for line in lines)
    assert any("99,34" in line for line in lines)


def test_another_systems_figure_stands_beside_ours_and_the_reasons_below(
    configuration: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert main(["sla", "-c", configuration, "--period", "2026-10", "--policy", "strict", "--lang", "en"]) == 0
    _, headings, begles, _, _, *sentences = capsys.readouterr().out.splitlines()
    assert headings.split()[:3] == ["Commune", "Availability", "strict"]
    assert begles.split()[:3] == ["Bègles", "99.34%", "60.80%"]
    assert any(line.startswith("Monitoring stopped, or not begun, 289\u202fh: left out") for line in sentences)
    assert "not proven good is bad" in sentences[-1]


def test_as_json_the_policy_asked_for_comes_with_ours_and_the_differences(
    configuration: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sla", "-c", configuration, "--period", "2026-10", "--policy", "no_data=down", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["policy"]["no_data"] == "down"
    row = document["rows"][0]
    assert (row["unavailable"], row["ours"]["unavailable"]) == (3 * 3600 + 289 * 3600, 3 * 3600)
    assert row["differences"] == [{"key": "no_data", "ours": "excluded", "theirs": "down", "seconds": 289 * 3600}]
    assert (row["count"], row["longest"], row["mtbsi"]) == (2, 289 * 3600, 745 * 1800)
    assert (row["verdict"], round(row["budget"]["left"])) == ("missed", round(0.001 * 19 * 86_400 - 3 * 3600))
    assert document["rows"][-1]["object"] is None


def test_what_held_before_a_stop_over_the_first_of_the_month_is_carried_into_it(
    tmp_path: Path, configuration: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_history(tmp_path / "data" / "netmon.sqlite")
    store.record([
        MonitorEvent(OCTOBER - 2 * HOUR, "stopped"),
        Transition("sw-1/snmp", OCTOBER - HOUR, OCTOBER - HOUR, State.UP, State.DOWN, Reason.REBOOT, OCTOBER + HOUR),
        MonitorEvent(OCTOBER + HOUR, "started"),
    ]).result()  # fmt: skip
    store.close()
    asked = ["--period", "2026-10", "--by", "node", "--policy", "no_data=carry", "--json"]
    assert main(["sla", "-c", configuration, *asked]) == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]
    assert row["outages"][0]["from"] == OCTOBER // 1000 + 3600
    assert row["seconds"]["no_data"] == 0  # up is carried until the restart


def test_an_unknown_commune_or_period_is_a_usage_error(configuration: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sla", "-c", configuration, "--period", "2026-10", "--commune", "Begles"]) == 64
    assert "did you mean 'Bègles'" in capsys.readouterr().err
    assert main(["sla", "-c", configuration, "--period", "octobre"]) == 64
    assert "expected 2026-10" in capsys.readouterr().err
