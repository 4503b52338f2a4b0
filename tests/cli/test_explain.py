"""``netmon explain`` as a user calls it."""

import json
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.clock import DAY, HOUR
from netmon.conventions import Reason
from netmon.history import open_history
from netmon.model import MaintenanceWindow, MonitorEvent, State, Transition

OCTOBER = 1_790_805_600_000  # 2026-10-01T00:00:00+02:00
CONFIGURATION = """
data_dir: data
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
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
    (tmp_path / "netmon.yml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "community").write_text("public")
    (tmp_path / "data").mkdir()
    store = open_history(tmp_path / "data" / "netmon.sqlite")
    down, up = OCTOBER + DAY, OCTOBER + DAY + 3 * HOUR
    store.record([
        MonitorEvent(OCTOBER - 2 * DAY, "started"),
        Transition("sw-1/snmp", OCTOBER - DAY, OCTOBER - DAY, State.PENDING, State.UP, Reason.OK, OCTOBER - DAY),
        Transition("sw-1/snmp", down, down - 30_000, State.UP, State.DOWN, Reason.TIMEOUT, down + 30_000, "3 tries"),
        Transition("sw-1/snmp", up, up - 30_000, State.DOWN, State.UP, Reason.OK, up),
        MaintenanceWindow("sw-1", OCTOBER + 5 * DAY, OCTOBER + 5 * DAY + HOUR, "Recâblage", OCTOBER),
    ])  # fmt: skip
    store.heartbeat(OCTOBER + 19 * DAY).result()
    store.close()
    return str(tmp_path / "netmon.yml")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_each_interval_is_told_with_its_rule_and_the_polls_around_it(
    configuration: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, "sw-1", "-c", configuration, "--period", "2026-10", "--lang", "en")
    assert lines[0] == "sw-1 (device) · October 2026 · policy contract · hours 24/7 (Engagement)"
    # Half a minute earlier or later, each time: 3 h of 455 h, from 2 h 59 min 30 s to 3 h 30 s.
    assert lines[1] == "availability 99.3406%, between 99.3388% and 99.3424%: 3\u202fh of 455\u202fh unavailable"
    place = next(index for index, line in enumerate(lines) if "down: counted as unavailable" in line)
    assert lines[place].startswith("2026-10-02 00:00:00 – 2026-10-02 03:00:00  3\u202fh")
    assert lines[place + 1].strip() == "observed (no answer in time)"
    assert (
        "    sw-1/snmp: down first seen 2026-10-02 00:00:00, up last seen 2026-10-01 23:59:30, "
        "recorded 2026-10-02 00:00:30 · 3 tries" in lines
    )
    assert any("works on sw-1 from 2026-10-06 00:00:00 to 2026-10-06 01:00:00: Recâblage" in line for line in lines)
    assert "the monitoring was stopped: nobody looked" in lines[-2]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("sw-1/snmp", "sw-1/snmp (contrôle)"), ("reseau", "reseau (service)"), ("Réseau", "reseau (service)"),
        ("mairie", "mairie (site)"), ("Hôtel de ville", "mairie (site)"), ("Bègles", "Bègles (commune)"),
        ("33039", "Bègles (commune)"),
    ],
)  # fmt: skip
def test_objects_are_found_by_id_and_by_name(
    configuration: str, capsys: pytest.CaptureFixture[str], name: str, head: str
) -> None:
    lines = said(capsys, name, "-c", configuration, "--period", "2026-10")
    assert lines[0].startswith(f"{head} · octobre 2026 · politique contract")
    assert any("02/10/2026 00:00:00 – 02/10/2026 03:00:00" in line for line in lines)


def test_at_an_instant_as_json(configuration: str, capsys: pytest.CaptureFixture[str]) -> None:
    [line] = said(capsys, "sw-1/snmp", "-c", configuration, "--at", "2026-10-02T01:00:00+02:00", "--json")
    document = json.loads(line)
    assert (document["schema_version"], document["kind"], document["contract"]) == (1, "check", "engagement")
    [interval] = document["intervals"]
    assert (interval["class"], interval["answer"], interval["rule"]) == ("down", "down", "observed")
    assert interval["evidence"][0]["recorded"] - interval["evidence"][0]["earliest"] == 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sw-2"], "there is no object 'sw-2'; did you mean 'sw-1'?"),
        (["sw-1", "--commune", "Begles"], "there is no commune 'Begles'; did you mean 'Bègles'?"),
        (["sw-1", "--period", "2026-10", "--at", "2026-11-02T00:00:00Z"], "is not in the period"),
        (["sw-1", "--at", "then"], "--at: 'then' is no instant"),
        (["sw-1", "--policy", "icing"], "did you mean 'icinga'"),
    ],
)
def test_usage_errors_exit_64(
    configuration: str, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["explain", *arguments, "-c", configuration]) == 64
    assert message in capsys.readouterr().err
