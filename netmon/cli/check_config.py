"""``netmon check-config``: every mistake in the configuration, or what it says."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmon.cli.options import ConfigOption
from netmon.errors import EXIT_CONFIG, ConfigError

if TYPE_CHECKING:
    from netmon.config import Configuration


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check-config")(check_config)


def check_config(
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a file, and check nothing.")
    ] = False,
) -> None:
    """Check all files of the configuration; exit 1 when anything is wrong.

    Each mistake is told with its file, line and column, where in the configuration that is, what was expected, and
    the name that was probably meant.
    """
    if schema:
        from netmon.config.reference import json_schema

        sys.stdout.write(json_schema())
    elif as_json:
        _json(config)
    else:
        _text(config)


def _text(path: Path | None) -> None:
    from netmon.config import load

    configuration = load(path)
    for note in configuration.notes:
        sys.stderr.write(f"{note} (the module is refused wherever it is asked for)\n")
    for note in configuration.web_notes:
        sys.stderr.write(f"{note}\n")
    found = _counts(configuration).items()
    counts = ", ".join(f"{count} {name.removesuffix('s') if count == 1 else name}" for name, count in found)
    sys.stdout.write(f"{configuration.source}: valid; {counts}\n")


def _json(path: Path | None) -> None:
    from netmon.config import load

    try:
        configuration = load(path)
    except ConfigError as error:
        _write({"valid": False, "problems": [asdict(problem) for problem in error.problems]})
        raise typer.Exit(EXIT_CONFIG) from None
    notes = [asdict(note) for note in (*configuration.notes, *configuration.web_notes)]
    counts = _counts(configuration)
    _write({"valid": True, "problems": [], "notes": notes, "source": str(configuration.source), "counts": counts})


def _write(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"schema_version": 1, **document}, ensure_ascii=False, indent=2) + "\n")


def _counts(configuration: "Configuration") -> dict[str, int]:
    inventory = configuration.inventory
    parts = ("communes", "sites", "nodes", "checks", "services", "contracts")
    counts = {"files": len(configuration.files), **{part: len(getattr(inventory, part)) for part in parts}}
    return {**counts, "planned works": len(configuration.maintenance)}
