"""The command line: one module a command group. Data goes to standard output, messages to standard error."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence

import typer

from netmon import __version__
from netmon.cli.plainly import tolerate
from netmon.errors import EXIT_USAGE, NetmonError

COMMANDS = {
    "demo": "demo", "run": "run", "status": "status", "incidents": "incidents", "ack": "incidents",
    "maintenance": "maintenance", "topology": "topology", "impact": "topology", "handover": "handover",
    "report": "report", "sla": "sla", "explain": "explain", "history": "history", "probe": "probe", "snmp": "snmp",
    "check-config": "check_config", "diff-config": "diff_config", "doctor": "doctor", "grafana": "grafana",
    "inventory": "inventory", "completion": "completion",
}  # fmt: skip
"""The commands, and the module of this package that adds each."""


def application(command: str = "") -> typer.Typer:
    """All commands, or what is needed for one: whoever asks how things are does not wait for what makes reports."""
    app = typer.Typer(
        name="netmon",
        help="Network monitoring and SLA reporting for a metropolis and its communes.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common)
    for module in dict.fromkeys([COMMANDS[command]] if command in COMMANDS else COMMANDS.values()):
        importlib.import_module(f"netmon.cli.{module}").register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what goes wrong is one clear line, never a traceback."""
    tolerate()
    words = sys.argv[1:] if arguments is None else list(arguments)
    command = typer.main.get_command(application(_asked(words)))
    try:
        result = command.main(args=words, prog_name="netmon", standalone_mode=False)
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


def _asked(words: Sequence[str]) -> str:
    """The command that is called, or whose words the shell asks about at the tab key."""
    typed = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    if "_NETMON_COMPLETE" not in os.environ or words:
        return words[0] if words else ""
    parts = typed.split()
    complete = len(parts) > 2 or (len(parts) == 2 and typed[-1:].isspace())
    return parts[1] if complete else ""


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
