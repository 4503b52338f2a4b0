"""The house rules that no tool of its own checks."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from netmon import __version__

ROOT = Path(__file__).parent.parent
PACKAGES = ("netmon", "collectors", "exporters")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PURE = ("netmon/state", "netmon/sla", "netmon/inventory", "netmon/model", "netmon/expression.py")
IMPURE = {"asyncio", "logging", "os", "pathlib", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time"}


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return found | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_imports_only_go_downward() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small_enough_to_have_one_job(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 330


@pytest.mark.parametrize("place", PURE)
def test_judgement_and_arithmetic_touch_nothing_outside(place: str) -> None:
    files = [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))
    for path in files:
        roots = {name.split(".")[0] for name in imports(path)}
        assert not roots & IMPURE, f"{path} imports {roots & IMPURE}"


def test_every_package_is_listed_for_the_wheel() -> None:
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in SOURCES if path.name == "__init__.py"}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


def test_the_version_is_said_once() -> None:
    assert PROJECT["project"]["version"] == __version__
