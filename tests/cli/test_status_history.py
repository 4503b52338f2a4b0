"""``netmon status`` while no daemon answers: the history is read, and nothing of it passes for the present."""

import json
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.settings import WebAccess
from tests.cli.fallen import fallen
from tests.cli.terminals import Daemon
from tests.exporters.snapshots import METROPOLIS, make_snapshot


@pytest.fixture
def config(tmp_path: Path) -> list[str]:
    return fallen(tmp_path)


def test_it_says_so_and_how_old_it_is(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--lang", "en", *config]) == 0
    out = capsys.readouterr().out
    assert "no netmon answers at http://127.0.0.1:1: Connection refused" in out
    assert "Read from the history: as it was at" in out
    assert "ago; not" in out
    assert "dist" in out


def test_a_daemon_that_does_not_know_us_is_not_said_to_be_gone(
    config: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Daemon(make_snapshot(METROPOLIS), access=WebAccess(users={"noc": "$2b$04$no.such.hash"})) as daemon:
        monkeypatch.setattr("netmon.cli.asking.url_of", lambda *_, **__: daemon.server.url)
        assert main(["status", "--lang", "en", *config]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "asks for a user it knows" in out
    assert "ago." in out
    assert "not watched since" not in out


def test_json_says_where_it_comes_from(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json", *config]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["source"]["from"] == "history"
    assert document["source"]["watched_until"].endswith("Z")
    assert document["monitor"]["vitals"] is None
    assert {each["object"] for each in document["incidents"]} == {"dist", "other"}


def test_nobody_knows_how_things_are_now(config: list[str]) -> None:
    assert main(["status", "--exit-code", *config]) == 3


def test_a_daemon_that_was_named_is_not_replaced_by_the_history(
    config: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--url", "http://127.0.0.1:1", *config]) == 69
    assert "no netmon answers" in capsys.readouterr().err


def test_without_a_history_either_both_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "netmon.yml"
    file.write_text('data_dir: nowhere\nweb: {listen: "127.0.0.1:1"}\n', "utf-8")
    assert main(["status", "-c", str(file)]) == 69
    told = capsys.readouterr().err
    assert "no netmon answers" in told
    assert "nor can the history be read" in told
    assert told.count("\n") == 1
