"""The command line as a whole: help, versions, usage errors, the reference page."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import netmon.__main__ as entry_point
from netmon import __version__
from netmon.cli import main
from netmon.cli.durations import parse_duration
from netmon.cli.reference import PATH, markdown
from netmon.errors import UsageError

ROOT = Path(__file__).parent.parent.parent


def test_the_reference_of_commands_is_current() -> None:
    assert (ROOT / PATH).read_text() == markdown(), "run make docs"


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"netmon {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["statsu"], id="a command that is not there"),
        pytest.param(["status", "--no-such"], id="an option that is not there"),
        pytest.param(["report"], id="an option that is required"),
        pytest.param(["demo", "--history", "soon"], id="a length that is none"),
        pytest.param(["demo", "--listen", "here"], id="an address that is none"),
        pytest.param(["probe"], id="nothing to probe"),
        pytest.param(["probe", "--target", "127.0.0.1", "--module", "if_mob"], id="a module that is not there"),
        pytest.param(["probe", "--collector", "ftp", "--target", "x"], id="a collector that is not there"),
    ],
)
def test_usage_errors_are_one_line_and_exit_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1


def test_help_exits_0_and_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name in ("demo", "run", "status", "report", "probe", "check-config", "sla"):
        assert name in out


def test_ctrl_c_while_the_command_is_being_loaded_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "netmon.cli", Interrupted("netmon.cli"))
    assert entry_point.main() == 130


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m netmon check-config --schema | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""


def test_lengths_of_time_are_whole_numbers_with_a_unit() -> None:
    assert parse_duration("--for", "90d") == 90 * 86_400_000
    for wrong in ("", "90", "d", "1.5h", "-1s", "1y"):
        with pytest.raises(UsageError, match="--for"):
            parse_duration("--for", wrong)
