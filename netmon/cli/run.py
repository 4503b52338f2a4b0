"""``netmon run``: the daemon."""

import asyncio
import logging
from typing import TYPE_CHECKING, Annotated

import typer

from netmon.cli.logs import set_up_logging
from netmon.cli.options import ConfigOption

if TYPE_CHECKING:
    from netmon.app import Daemon


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    config: ConfigOption = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Log every poll.")] = False,
) -> None:
    """Watch what the configuration names until told to stop."""
    from netmon.app import Daemon
    from netmon.config import load

    configuration = load(config)
    set_up_logging(logging.DEBUG if verbose else logging.INFO)
    inventory = configuration.inventory
    log = logging.getLogger("netmon")
    log.info(
        "watching %d checks of %d nodes and %d services, from %s",
        len(inventory.checks), len(inventory.nodes), len(inventory.services), configuration.source,
    )  # fmt: skip
    for note in configuration.notes:
        log.warning("%s: the module is refused wherever it is asked for", note)
    for note in configuration.web_notes:
        log.warning("%s", note)
    asyncio.run(_watch(Daemon(configuration)))
    log.info("stopped, and recorded so")


async def _watch(daemon: "Daemon") -> None:
    await daemon.run(lambda url: logging.getLogger("netmon").info("ready: %s/", url))
