"""``netmon completion``: the script that teaches a shell our words."""

import contextlib
import io
import os
from enum import StrEnum
from typing import Annotated

import typer


class Shell(StrEnum):
    """Shells that can be taught."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


_MORE = {Shell.ZSH: '\n\n[[ $funcstack[1] == _netmon ]] && _netmon_completion "$@"'}
"""zsh reads the file when it is first asked, and wants an answer then."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("completion")(completion)


def completion(
    shell: Annotated[Shell, typer.Argument(help="The shell to be taught.")],
) -> None:
    """Print what a shell needs to complete commands, options and names of the configuration.

    For bash: netmon completion bash > ~/.local/share/bash-completion/completions/netmon. For zsh: netmon completion
    zsh > a file called _netmon in a directory of $fpath. For fish: netmon completion fish >
    ~/.config/fish/completions/netmon.fish.
    """
    from netmon.cli import application

    os.environ["_NETMON_COMPLETE"] = f"source_{shell}"
    script = io.StringIO()
    with contextlib.redirect_stdout(script), contextlib.suppress(SystemExit):
        typer.main.get_command(application())(prog_name="netmon")
    typer.echo(script.getvalue().strip() + _MORE.get(shell, ""))
