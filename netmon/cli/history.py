"""``netmon history``: what the store holds, and what people add to it."""

import typer

from netmon.cli import findings


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
    findings.register(group)
    app.add_typer(group, name="history", help="What was recorded; corrections and attributions, added, never changed.")
