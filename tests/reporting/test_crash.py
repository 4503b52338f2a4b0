"""Closing a period, killed at every step: what was there stays whole, and closing once more makes it whole."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.history import open_history
from netmon.reporting.archive import Archive
from tests.cli.october import make_october

KILLED = """
import os, signal, sys
from netmon.cli import main
from netmon.history import Store
from netmon.reporting import archive, closing

def die(*_arguments, **_words):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def killed(*arguments, **words):
        function(*arguments, **words)
        die()
    return killed

point = sys.argv[1]
kept = archive.Archive
if point == "staged": closing._Making._write = die
if point == "half written": closing.write_folders = after(closing.write_folders)
if point == "sealed": kept.seal = after(kept.seal)
if point == "flushed": kept.flush = after(kept.flush)
if point == "recorded": kept.publish = die
if point == "published": kept.publish = after(kept.publish)
sys.exit(main(sys.argv[2:]))
"""
POINTS = ("staged", "half written", "sealed", "flushed", "recorded", "published")
IS_RECORDED = ("recorded", "published")


def words(configuration: Path) -> list[str]:
    return ["report", "-c", str(configuration), "--period", "2026-10", "--close"]


def run(configuration: Path) -> int:
    return main(words(configuration))


def kill(configuration: Path, point: str) -> None:
    command = [sys.executable, "-c", KILLED, point, *words(configuration)]
    killed = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL


def whole(folder: Path) -> bool:
    told = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    return found == {name: each["sha256"] for name, each in told.items()}


def names(reports: Path) -> list[str]:
    return sorted(path.name for path in (reports / "2026-10").iterdir() if not path.name.startswith("."))


def recorded(configuration: Path) -> list[str]:
    store = open_history(configuration.parent / "data" / "netmon.sqlite", read_only=True)
    found = [edition.name for edition in store.editions()]
    store.close()
    return found


@pytest.mark.parametrize("point", POINTS)
def test_a_first_closing_that_is_killed_is_there_whole_or_not_at_all(tmp_path, point):
    configuration = make_october(tmp_path)
    reports = tmp_path / "data" / "reports"
    kill(configuration, point)
    assert all(whole(reports / "2026-10" / name) for name in names(reports))
    assert recorded(configuration) == (["v1"] if point in IS_RECORDED else [])
    assert run(configuration) == (64 if point in IS_RECORDED else 0)  # closed already, or closed now
    assert names(reports) == ["v1"] == recorded(configuration)
    assert whole(reports / "2026-10" / "v1")
    assert not list(reports.glob("*/.new"))


@pytest.mark.parametrize("point", ["half written", "recorded"])
def test_a_second_closing_that_is_killed_leaves_the_first_as_it_was(tmp_path, point):
    configuration = make_october(tmp_path)
    reports = tmp_path / "data" / "reports"
    assert run(configuration) == 0
    first = {path: path.read_bytes() for path in (reports / "2026-10" / "v1").rglob("*") if path.is_file()}
    correct = ["history", "correct", "portail", "-c", str(configuration), "--from", "2026-10-10 00:00"]
    rest = ["--to", "2026-10-10 01:00", "--state", "up", "--author", "A", "--reason", "B"]
    assert main([*correct, *rest]) == 0
    kill(configuration, point)
    assert all(path.read_bytes() == content for path, content in first.items())
    assert names(reports) == ["v1"]
    assert run(configuration) == (64 if point in IS_RECORDED else 0)
    assert names(reports) == ["v1", "v2"]
    assert all(path.read_bytes() == content for path, content in first.items())
    assert whole(reports / "2026-10" / "v2")


def test_the_daemon_finishes_what_was_recorded_and_nothing_else(tmp_path):
    configuration = make_october(tmp_path)
    reports = tmp_path / "data" / "reports"
    kill(configuration, "recorded")
    store = open_history(tmp_path / "data" / "netmon.sqlite", read_only=True)
    editions = store.editions()
    store.close()
    staged = reports / "2026-10" / ".new" / "report.json"
    archive = Archive(reports)
    (reports / "2026-11").mkdir()
    (reports / "2026-11" / ".new").mkdir()
    (reports / "2026-11" / ".new" / "manifest.json").write_text(editions[0].manifest, "utf-8")  # of another period
    assert staged.is_file()
    assert archive.finish_alone(editions) == ["2026-10/v1"]
    assert archive.finish_alone(editions) == []
    assert names(reports) == ["v1"]
    assert list((reports / "2026-11").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_closes_belongs_to_the_owner_of_the_data_directory(tmp_path):
    configuration = make_october(tmp_path)
    data = tmp_path / "data"
    for path in (data, *data.rglob("*")):
        os.chown(path, 12345, 12346)
    assert run(configuration) == 0
    assert {(path.stat().st_uid, path.stat().st_gid) for path in data.rglob("*")} == {(12345, 12346)}
    assert (data / "reports" / "2026-10" / "v1" / "manifest.json").is_file()
