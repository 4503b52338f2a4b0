"""``netmon history`` as a user calls it: out of the store, into it, and from other systems."""

import json
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.clock import DAY, HOUR
from netmon.conventions import Reason
from netmon.history import open_history
from netmon.model import Correction, MaintenanceWindow, Membership, MonitorEvent, State, Transition
from netmon.sla.evaluate import Question, document, evaluate
from netmon.sla.eventlog import format_event
from netmon.sla.policy import Policy
from netmon.sla.reading import read_ledger

T0 = 1_790_805_600_000
CONFIGURATION = """
data_dir: {data}
communes:
  - {{name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}}
sites:
  - {{id: mairie, name: Mairie, kind: town_hall, commune: Bègles}}
nodes:
  - {{id: sw-1, site: mairie, role: access_switch, address: 127.0.0.1, snmp: {{credential: lecture}}}}
credentials:
  lecture: {{version: 2c, community: "${{file:community}}"}}
"""
EVENTS = [
    MonitorEvent(T0 - DAY, "started"),
    Transition("sw-1/snmp", T0 - HOUR, T0 - HOUR, State.PENDING, State.UP, Reason.OK, T0),
    Transition("sw-1/snmp", T0 + HOUR + 1, T0 + HOUR - 29_999, State.UP, State.DOWN, Reason.OTHER, T0, "coupure EDF"),
    Transition("sw-1/snmp", T0 + 2 * HOUR, T0 + 2 * HOUR, State.DOWN, State.UP, Reason.OK, T0),
    MaintenanceWindow("*", T0 + 3 * HOUR, None, "travaux", T0),
    Membership("sw-1", T0 - DAY, T0 + DAY, "Bègles", 3),
    Correction("sw-1/snmp", T0, T0 + HOUR, State.UP, "A. Durand", "vu sur place", T0 + HOUR),
    MonitorEvent(T0 + 4 * HOUR, "stopped"),
]


def store(directory: Path, events: list[object]) -> str:
    data = directory / "data"
    data.mkdir(parents=True)
    (directory / "community").write_text("public")
    (directory / "netmon.yml").write_text(CONFIGURATION.format(data=data), "utf-8")
    history = open_history(data / "netmon.sqlite")
    history.record(events).result()  # type: ignore[arg-type]
    history.close()
    return str(directory / "netmon.yml")


@pytest.fixture
def full(tmp_path: Path) -> str:
    return store(tmp_path / "full", list(EVENTS))


def exported(config: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["history", "export", "-c", config, *more]) == 0
    return capsys.readouterr().out


def test_the_log_round_trips_through_another_store(
    full: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(exported(full, capsys), "utf-8")
    assert sorted(log.read_text("utf-8").splitlines()) == sorted(format_event(event) for event in EVENTS)
    empty = store(tmp_path / "empty", [])
    assert main(["history", "import", str(log), "-c", empty]) == 0
    assert "8 events imported, 0 were there already" in capsys.readouterr().err
    assert exported(empty, capsys) == log.read_text("utf-8")
    question = Question(T0, T0 + DAY, Policy(no_data="carry"))
    with log.open("rb") as lines:
        of_log = document(evaluate(read_ledger(lines), question), question)
    assert of_log == document(evaluate(EVENTS, question), question)


def test_the_past_may_be_imported_before_the_daemon_ever_ran(
    full: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, fresh = tmp_path / "log.jsonl", tmp_path / "fresh.yml"
    log.write_text(exported(full, capsys), "utf-8")
    (tmp_path / "community").write_text("public")
    fresh.write_text(CONFIGURATION.format(data=tmp_path / "var" / "netmon"), "utf-8")
    assert main(["history", "import", str(log), "-c", str(fresh)]) == 0
    assert exported(str(fresh), capsys) == log.read_text("utf-8")


def test_importing_twice_changes_nothing(full: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(exported(full, capsys), "utf-8")
    assert main(["history", "import", str(log), "-c", full]) == 0
    assert "0 events imported, 8 were there already" in capsys.readouterr().err
    assert exported(full, capsys) == log.read_text("utf-8")


def test_a_part_begins_with_what_held_then(full: str, capsys: pytest.CaptureFixture[str]) -> None:
    begin = str((T0 + HOUR) // 1000 + 60)
    lines = [json.loads(line) for line in exported(full, capsys, "--from", begin, "--object", "sw-1/snmp").splitlines()]
    assert [line["state"] for line in lines if line["kind"] == "state"] == ["down", "up"]
    assert {line["kind"] for line in lines} == {"state", "maintenance", "monitor"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"kind":"state","object":"a","t":1,"state":"dwon"}', ":1: unknown state"),
        ('{"kind":"state","object":"a","t":"2999-01-01T00:00:00Z","state":"up"}', "which is still to come"),
        (f'{{"kind":"monitor","t":{T0 // 1000},"state":"stopped"}}', "another monitor's stops would blind it"),
    ],
)
def test_all_of_a_log_is_imported_or_nothing(
    full: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    before = exported(full, capsys)
    log = tmp_path / "log.jsonl"
    log.write_text(f'{line}\n{{"kind":"state","object":"old","t":5,"state":"up"}}\n')
    assert main(["history", "import", str(log), "-c", full]) == 64
    assert message in capsys.readouterr().err
    assert exported(full, capsys) == before


def test_another_monitors_past_is_taken_up_to_where_ours_begins(
    full: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nagios = tmp_path / "nagios.log"
    begin = (T0 - 2 * DAY) // 1000
    nagios.write_text(
        f"[{begin}] Nagios 4.4.6 starting... (PID=1)\n"
        f"[{begin + 60}] SERVICE ALERT: sw-1;snmp;CRITICAL;HARD;3;no answer\n"
        f"[{begin + 200_000}] SERVICE ALERT: sw-1;snmp;OK;HARD;1;ok\n"
    )
    assert main(["history", "convert", "nagios", str(nagios)]) == 0
    log = tmp_path / "log.jsonl"
    log.write_text(capsys.readouterr().out, "utf-8")
    assert main(["history", "import", str(log), "-c", full, "--until", str((T0 - DAY) // 1000)]) == 0
    assert "2 events imported" in capsys.readouterr().err
    history = open_history(tmp_path / "full" / "data" / "netmon.sqlite", read_only=True)
    try:
        assert history.last_monitor_event() == MonitorEvent(T0 + 4 * HOUR, "stopped")
    finally:
        history.close()


def test_objects_the_configuration_does_not_know_are_named(
    full: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("object,t,state\nautre,2026-01-01,en panne\n", "utf-8")
    assert main(["history", "convert", "csv", str(table), "--state", "en panne=down"]) == 0
    log = tmp_path / "log.jsonl"
    log.write_text(capsys.readouterr().out, "utf-8")
    assert main(["history", "import", str(log), "-c", full]) == 0
    assert "not in the configuration: autre" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["convert", "nagios", "none.log"], "none.log: cannot be read"),
        (["convert", "nagios", "none.log", "--dates", "soft"], "--dates: 'soft' is not known"),
        (["convert", "csv", "none.csv", "--state", "up"], "--state: 'up' says nothing"),
        (["convert", "prometheus", "ftp://x", "--from", "0", "--to", "9"], "is no address of a Prometheus"),
        (["convert", "prometheus", "http://x", "--from", "9", "--to", "9"], "is empty"),
        (["convert", "prometheus", "http://x", "--from", "soon"], "--from: 'soon' is no instant"),
    ],
)
def test_usage_errors_are_one_line_and_exit_64(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["history", *arguments]) == 64
    assert message in capsys.readouterr().err
