"""``netmon history correct``, ``attribute`` and ``incident``: what people found out, added to the history.

Nothing is ever changed or taken away: what was wrong is followed by what is right.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from netmon.cli.moments import moment
from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption
from netmon.clock import Millis, SystemClock
from netmon.contracts import Event, Fact
from netmon.errors import UsageError
from netmon.l10n import Formats
from netmon.model import MONITOR, Attribution, Correction, IncidentStep, Inventory, Party, State, Step

if TYPE_CHECKING:
    from netmon.config import Configuration

_MOST_LETTERS = 1000
_NOT_TOLD_HERE = (Step.MERGED, Step.SPLIT, Step.RECOVERED, Step.FLAPPING, Step.STEADY, Step.CLOSED)
_WRITE_SECONDS = 30

FromOption = Annotated[str, typer.Option("--from", metavar="T", help="2026-11-24 22:00, RFC 3339 or Unix seconds.")]
ToOption = Annotated[str, typer.Option("--to", metavar="T", help="As --from; later.")]
AuthorOption = Annotated[str, typer.Option(metavar="NAME", help="Who says so.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``history``."""
    group.command("correct")(correct)
    group.command("attribute")(attribute)
    group.command("incident")(incident)


def correct(
    name: Annotated[str, typer.Argument(metavar="OBJECT", help="A check, node or service.")],
    *,
    start: FromOption,
    end: ToOption,
    state: Annotated[State, typer.Option(help="What it was in truth.")],
    author: AuthorOption,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="How it is known.")],
    config: ConfigOption = None,
) -> None:
    """Add a correction: the object was in another state than was observed. Reports show it in an annex."""
    configuration = _load(config)
    inventory = configuration.inventory
    _refuse_unknown(name, [*inventory.checks, *inventory.nodes, *inventory.services])
    since, until = _span(start, end, configuration)
    now = SystemClock().now()
    if until > now:
        raise UsageError("--to: is in the future")
    _add(
        configuration, Correction(name, since, until, state, _said(author, "--author"), _said(reason, "--reason"), now)
    )
    _tell(configuration, f"{name} was {state}", since, until)


def attribute(
    name: Annotated[str, typer.Argument(metavar="OBJECT", help="A check, node, service or site.")],
    *,
    start: FromOption,
    end: Annotated[
        str | None, typer.Option("--to", metavar="T", help="As --from; later (default: still open).")
    ] = None,
    party: Annotated[Party, typer.Option(help="Whose outage it is.")],
    author: AuthorOption,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="How it is known.")],
    number: Annotated[str, typer.Option("--incident", metavar="ID", help="The incident it is about.")] = "",
    config: ConfigOption = None,
) -> None:
    """Say whose outage it is. Contracts leave out what is attributed to the parties they exclude."""
    configuration = _load(config)
    _refuse_unknown(name, _objects(configuration.inventory))
    since, until = _span(start, end, configuration) if end else (_start(start, configuration), None)
    said = (_said(author, "--author"), _said(reason, "--reason"))
    _add(configuration, Attribution(name, since, until, party, _short(number), *said, SystemClock().now()))
    _tell(configuration, f"outages of {name} are attributed to {party}", since, until)


def incident(
    number: Annotated[str, typer.Argument(metavar="ID", help="The incident's number, such as INC-7.")],
    step: Annotated[Step, typer.Argument(help="What happened; notified starts the clocks of the contract.")],
    *,
    author: AuthorOption,
    at: Annotated[str | None, typer.Option(metavar="T", help="When (default: now).")] = None,
    name: Annotated[str, typer.Option("--object", metavar="OBJECT", help="What it is about.")] = "",
    contract: Annotated[str, typer.Option(metavar="ID", help="The contract (default: all that cover it).")] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="Why; for a pause, its reason.")] = "",
    config: ConfigOption = None,
) -> None:
    """Add a step of an incident: when the provider was notified, started, paused, restored."""
    configuration = _load(config)
    if name:
        _refuse_unknown(name, _objects(configuration.inventory))
    if contract:
        _refuse_unknown(contract, list(configuration.inventory.contracts), "contract")
    if step in _NOT_TOLD_HERE:
        raise UsageError(f"{step} is told with 'netmon incidents', or by netmon itself")
    if step is Step.PAUSED and not text:
        raise UsageError("--text: a pause needs its reason")
    now = SystemClock().now()
    when = now if at is None else moment(at, "--at", ZoneInfo(configuration.timezone))
    if when > now:
        raise UsageError("--at: is in the future")
    told = IncidentStep(
        _short(number), step, when, name, contract, _said(author, "--author"), _line(text, "--text"), now
    )
    _add(configuration, told)
    formats = Formats("en", configuration.timezone)
    typer.echo(f"recorded: {number} {step} at {formats.iso(when)}")


def _load(config: Path | None) -> "Configuration":
    from netmon.config import load

    return load(config)


def _objects(inventory: Inventory) -> list[str]:
    return [*inventory.checks, *inventory.nodes, *inventory.services, *inventory.sites]


def _refuse_unknown(name: str, known: list[str], kind: str = "object") -> None:
    if name not in known:
        raise UsageError(f"there is no {kind} {name!r}{nearest(name, known)}")


def _start(start: str, configuration: "Configuration") -> Millis:
    return moment(start, "--from", ZoneInfo(configuration.timezone))


def _span(start: str, end: str, configuration: "Configuration") -> tuple[Millis, Millis]:
    since, until = _start(start, configuration), moment(end, "--to", ZoneInfo(configuration.timezone))
    if since >= until:
        raise UsageError("--to: expected a moment later than --from")
    return since, until


def _said(text: str, option: str) -> str:
    if not text.strip():
        raise UsageError(f"{option}: expected a text: it stands in the reports")
    if option == "--author" and text.strip().casefold() == MONITOR:
        raise UsageError(f"{option}: {MONITOR!r} is netmon itself")
    return _line(text, option)


def _line(text: str, option: str) -> str:
    if len(text) > _MOST_LETTERS or not text.isprintable():
        raise UsageError(f"{option}: expected one line of at most {_MOST_LETTERS} characters")
    return text.strip()


def _short(number: str) -> str:
    if len(number) > 255 or not number.isprintable():
        raise UsageError("the number of an incident has at most 255 characters, on one line")
    return number.strip()


def _add(configuration: "Configuration", finding: Event | Fact) -> None:
    from netmon.history import open_history

    store = open_history(configuration.history)
    try:
        store.record([finding]).result(_WRITE_SECONDS)
    finally:
        store.close()


def _tell(configuration: "Configuration", what: str, since: Millis, until: Millis | None) -> None:
    formats = Formats("en", configuration.timezone)
    to = "still open" if until is None else f"to {formats.iso(until)}"
    typer.echo(f"recorded: {what} from {formats.iso(since)} {to}")
