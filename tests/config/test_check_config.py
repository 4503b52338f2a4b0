"""``netmon check-config``: what it prints where, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from netmon.cli import main
from netmon.config.reference import json_schema
from tests.config.good import GOOD, OTHER_SECRET, SECRET, write

Run: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command run in ``tmp_path``: its exit code and what it said where."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETMON_TEST_SECRET", OTHER_SECRET)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials.d"))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["check-config", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_valid_configuration_is_counted(tmp_path: Path, run: Run) -> None:
    write(tmp_path, GOOD)
    counts = "2 files, 2 communes, 2 sites, 4 nodes, 5 checks, 2 services, 2 contracts, 1 planned work"
    assert run("-c", "netmon.yml") == (0, f"netmon.yml: valid; {counts}\n", "")


def test_every_mistake_goes_to_standard_error(tmp_path: Path, run: Run) -> None:
    write(tmp_path, {**GOOD, "netmon.yml": GOOD["netmon.yml"].replace("role: ups", "rol: ups")})
    code, out, err = run("-c", "netmon.yml")
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "netmon.yml:35:5: nodes.ups-1.role: is required: what it does in the network",
        "netmon.yml:35:31: nodes.ups-1.rol: unknown key; did you mean 'role'?",
    ]


@pytest.mark.parametrize(("text", "code"), [("", 0), ("language: de\n", 1)])
def test_json_tells_the_same(tmp_path: Path, run: Run, text: str, code: int) -> None:
    write(tmp_path, {"netmon.yml": text})
    ended, out, err = run("-c", "netmon.yml", "--json")
    told = json.loads(out)
    assert (ended, err, told["schema_version"], told["valid"]) == (code, "", 1, not code)
    assert [(problem["path"], problem["line"], problem["column"]) for problem in told["problems"]] == (
        [("language", 1, 11)] * code
    )


def test_the_schema_can_be_printed(run: Run) -> None:
    assert run("--schema") == (0, json_schema(), "")


def test_a_file_that_is_not_there_is_one_clear_line(run: Run) -> None:
    assert run("-c", "nope.yml") == (1, "", "nope.yml:1:1: cannot be read: No such file or directory\n")


@pytest.mark.skipif(Path("/etc/netmon/netmon.yml").exists(), reason="this machine has a configuration of its own")
def test_without_any_configuration_the_places_are_told(run: Run) -> None:
    code, _, err = run()
    assert code == 1
    assert "expected config/netmon.yml or /etc/netmon/netmon.yml, or a file after -c" in err


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_no_secret_is_printed(tmp_path: Path, run: Run, arguments: tuple[str, ...]) -> None:
    write(tmp_path, GOOD)
    code, out, err = run("-c", "netmon.yml", *arguments)
    assert code == 0
    assert SECRET not in out + err
    assert OTHER_SECRET not in out + err
