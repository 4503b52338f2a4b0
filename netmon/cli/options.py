"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from netmon.cli.plainly import speak_plainly

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "-c",
        "--config",
        metavar="FILE",
        readable=False,  # whether it can be read is the loader's to say, with the exit code of a bad configuration
        help="The configuration (default: config/netmon.yml, then /etc/netmon/netmon.yml).",
    ),
]
LanguageOption = Annotated[
    str | None, typer.Option("--lang", metavar="fr|en", help="Language (default: the configuration's, else fr).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
AsciiOption = Annotated[
    bool,
    typer.Option("--ascii", help="Nothing but ASCII.", callback=lambda asked: asked and speak_plainly() and asked),
]
