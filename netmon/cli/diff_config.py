"""``netmon diff-config``: what a reload would do."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from netmon.cli.options import JsonOption

DIFFERENT = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diff-config")(diff_config)


def diff_config(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The main file of the configuration that runs.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The main file of the other one.")],
    as_json: JsonOption = False,
) -> None:
    """Say what a reload would add, remove and change; exit 1 when anything. Values are not shown: some are secret."""
    from netmon.config import load
    from netmon.reloading import differences

    found = list(differences(load(old), load(new)))
    if as_json:
        rows = [{"part": each.part, "id": each.id, "change": each.change, "what": list(each.what)} for each in found]
        sys.stdout.write(json.dumps({"schema_version": 1, "differences": rows}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{each}\n" for each in found)
    if found:
        raise typer.Exit(DIFFERENT)
