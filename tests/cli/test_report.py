"""``netmon report``: from a recorded history to files, and one clear line for what is wrong."""

import json
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.errors import EXIT_HOST, EXIT_STORE, EXIT_USAGE
from tests.cli.october import make_october


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    return make_october(tmp_path)


def run(configuration: Path, *words: str) -> int:
    return main(["report", "-c", str(configuration), *words])


def test_the_files_of_a_month_are_written_and_named_on_standard_output(configuration, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(configuration, "--period", "2026-10", "--format", "html,csv,json") == 0
    said = capsys.readouterr()
    written = [Path("reports/2026-10") / name for name in ("index.html", "33039-begles.html", "33200-le-haillan.html")]
    assert [Path(line) for line in said.out.splitlines()][:3] == written
    assert all(Path(line).is_file() for line in said.out.splitlines())
    assert said.err == ""


def test_the_figures_are_those_of_the_history_and_a_dead_daemon_is_no_data(configuration, tmp_path):
    assert run(configuration, "--period", "2026-10", "--format", "json", "-o", str(tmp_path / "out")) == 0
    made = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    seconds = made["communes"][0]["services"][0]["seconds"]
    assert seconds["down"] == 3 * 3600
    assert seconds["up"] == 20 * 86_400 - 3 * 3600
    assert seconds["no_data"] == 11 * 86_400 + 3600  # the end of summer time is in it
    assert made["communes"][0]["objective"] == pytest.approx(0.999)
    assert made["communes"][0]["services"][0]["outages"][0]["from"] == "2026-10-10T00:00:00+02:00"


def test_a_commune_is_found_without_accents_and_stands_alone(configuration, tmp_path, capsys):
    assert run(configuration, "--period", "2026-10", "--commune", "begles", "-o", str(tmp_path / "out")) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["33039-begles.html"]
    assert capsys.readouterr().out == f"{tmp_path}/out/33039-begles.html\n"


def test_english_is_written_on_demand(configuration, tmp_path):
    assert run(configuration, "--period", "2026-10", "--lang", "en", "-o", str(tmp_path / "out")) == 0
    assert "Availability report" in (tmp_path / "out" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--period", "2026-10", "--commune", "Begle"],
            "--commune: there is no commune 'Begle'; did you mean 'Bègles'?",
        ),
        (
            ["--period", "2026-10", "--format", "html,doc"],
            "--format: 'doc' is not known: expected some of html, pdf, csv, xlsx, json",
        ),
        (["--period", "2026-10", "--format", ","], "--format: expected some of html, pdf, csv, xlsx, json"),
        (["--period", "2026-10", "--lang", "de"], "language 'de' is not known: expected one of fr, en"),
        (["--period", "october"], "'october' is not a period: expected "),
        ([], "netmon: Missing option '--period'"),
    ],
)
def test_what_cannot_be_understood_is_one_line_and_64(configuration, capsys, words, message):
    assert run(configuration, *words) == EXIT_USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(message)
    assert said.err.count("\n") == 1


def test_a_missing_history_is_one_line_and_74(configuration, tmp_path, capsys):
    (tmp_path / "data" / "netmon.sqlite").unlink()
    assert run(configuration, "--period", "2026-10", "-o", str(tmp_path / "out")) == EXIT_STORE
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path}/data/netmon.sqlite: no history here yet")
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_one_line_and_71(configuration, tmp_path, capsys):
    (tmp_path / "out").write_text("kept")
    assert run(configuration, "--period", "2026-10", "-o", str(tmp_path / "out")) == EXIT_HOST
    assert capsys.readouterr().err == f"cannot write {tmp_path}/out/index.html: File exists\n"


@pytest.mark.parametrize("period", ["last-month", "7d"])
def test_directories_are_named_by_days_not_by_when_it_was_asked(configuration, tmp_path, monkeypatch, capsys, period):
    monkeypatch.chdir(tmp_path)
    assert run(configuration, "--period", period) == 0
    (directory,) = (tmp_path / "reports").iterdir()
    assert directory.name[:2] == "20"
    capsys.readouterr()
