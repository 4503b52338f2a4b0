"""The tab key: what a real bash gets from the script that netmon prints, and that other shells are served."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netmon.cli import COMMANDS, application
from tests.cli.fallen import fallen

ROOT = Path(__file__).parents[2]
_ASK = r"""
cd "$DIRECTORY"
netmon() { "$PYTHON" -m netmon "$@"; }
export -f netmon
source "$SCRIPT"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_netmon_completion "$NETMON"
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A directory with a configuration, a history, and a command called netmon."""
    fallen(tmp_path)
    command = tmp_path / "netmon"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT}:$PYTHONPATH exec {sys.executable} -m netmon "$@"\n')
    command.chmod(0o755)
    return tmp_path


def proposals(here: Path, *words: str) -> list[str]:
    script = here / "completion.bash"
    if not script.exists():
        script.write_bytes(subprocess.check_output([here / "netmon", "completion", "bash"]))
    environment = {**os.environ, "DIRECTORY": str(here), "SCRIPT": str(script), "NETMON": str(here / "netmon")}
    done = subprocess.run(
        ["bash", "-c", _ASK, "ask", "netmon", *words], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_is_given_commands_options_and_names_of_the_configuration(here: Path) -> None:
    named = ("-c", "netmon.yml")
    assert proposals(here, "stat") == ["status"]
    assert proposals(here, "status", *named, "--view", "") == ["map", "list", "table"]
    assert proposals(here, "impact", *named, "d") == ["dist"]
    assert proposals(here, "status", *named, "beg") == ["Bègles"]
    assert set(proposals(here, "ack", *named, "")) >= {"dist", "other"}
    assert proposals(here, "impact", "-c", "nowhere.yml", "") == [""]


@pytest.mark.parametrize(("shell", "words"), [("zsh", "#compdef netmon\n"), ("fish", "complete --command netmon")])
def test_other_shells_have_their_script(shell: str, words: str) -> None:
    command = [sys.executable, "-m", "netmon", "completion", shell]
    assert subprocess.check_output(command, cwd=ROOT, text=True).startswith(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_alone_is_the_command_among_all(name: str) -> None:
    alone = application(name)
    names = {each.name for each in (*alone.registered_commands, *alone.registered_groups)}
    assert name in names
