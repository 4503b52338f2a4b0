"""The command line: one module a command group. Data goes to standard output, messages to standard error."""

import contextlib
import os
import sys
from collections.abc import Sequence

import typer

from netmon import __version__
from netmon.cli import (
    check_config,
    demo,
    diff_config,
    explain,
    grafana,
    handover,
    history,
    incidents,
    maintenance,
    probe,
    report,
    run,
    sla,
    snmp,
    status,
    topology,
)
from netmon.errors import EXIT_USAGE, NetmonError

COMMANDS = (
    demo, run, status, incidents, maintenance, topology, handover, report, sla, explain, history, probe, snmp,
    check_config, diff_config, grafana,
)  # fmt: skip


def application() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        name="netmon",
        help="Network monitoring and SLA reporting for a metropolis and its communes.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common)
    for module in COMMANDS:
        module.register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what goes wrong is one clear line, never a traceback."""
    command = typer.main.get_command(application())
    try:
        result = command.main(
            args=None if arguments is None else list(arguments), prog_name="netmon", standalone_mode=False
        )
    except NetmonError as error:
        return _say(str(error), error.exit_code)
    except typer.Exit as error:
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        return _quiet_pipe()
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is None:
            raise
        return _say(f"netmon: {usage()} (try: netmon --help)", EXIT_USAGE)
    return result if isinstance(result, int) else 0


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"netmon {__version__}")
        raise typer.Exit


def _common(
    _version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_print_version
    ),
) -> None:
    """What stands before any command."""


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code


def _quiet_pipe() -> int:
    """Whoever read our output went away (``| head``): say nothing, now or when Python closes the pipe."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
