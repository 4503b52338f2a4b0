"""``netmon report``: the availability of communes over a period, as documents."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from exporters.report import FORMATS, slug, write_report
from netmon import __version__
from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption, LanguageOption
from netmon.cli.past import events_of, facts_of
from netmon.clock import SystemClock, to_datetime
from netmon.config import load
from netmon.errors import UsageError
from netmon.i18n import translator
from netmon.model import Commune, Period
from netmon.sla import build_report, parse_period
from netmon.sla.contract.reporting import with_contracts
from netmon.sla.contract.settle import needed_since
from netmon.sla.period import zone_of


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report)


def report(
    *,
    period: Annotated[
        str,
        typer.Option(help="2026-10, 2026-Q3, 2026-W41, 2026, 2026-10-01..2026-10-15, last-month or 7d."),
    ],
    commune: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this commune (repeatable; default: all, and an index)."),
    ] = None,
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help=f"Some of {','.join(FORMATS)}.")] = "html",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to (default: reports/<period>).")
    ] = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Write the availability reports of a period, per commune, from the recorded history."""
    wanted = _formats(formats)
    configuration = load(config)
    language = lang or configuration.language
    _ = translator(language)
    now = SystemClock().now()
    span = parse_period(period, configuration.timezone, now)
    communes = None if commune is None else [_commune(name, configuration.inventory.communes) for name in commune]
    with _progress() as step:
        step(_("Reading the history"), 0, 1)
        inventory = configuration.inventory
        events = events_of(configuration, span, now, needed_since(inventory.contracts.values(), span))
        built = build_report(inventory, events, span, generated=now, version=__version__, communes=communes)
        built = with_contracts(built, inventory, events, facts_of(configuration))
        written = write_report(
            built,
            output or Path("reports") / directory_name(span),
            wanted,
            language,
            communes,
            lambda done, whole: step(_("Writing"), done, whole),
        )
    for path in written:
        typer.echo(path)


def directory_name(period: Period) -> str:
    """The period's label, or its days where the label depends on when it was said (``last-month``, ``7d``)."""
    start, last = (to_datetime(at, zone_of(period.timezone)) for at in (period.start, period.end - 1))
    if period.label == "last-month":
        return f"{start:%Y-%m}"
    if re.fullmatch(r"[0-9]+d", period.label):
        return f"{start:%Y-%m-%d}..{last:%Y-%m-%d}"
    return period.label


def _formats(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"--format: {name!r} is not known: expected some of {', '.join(FORMATS)}")
    if not names:
        raise UsageError(f"--format: expected some of {', '.join(FORMATS)}")
    return names


def _commune(name: str, known: Mapping[str, Commune]) -> str:
    """The commune of this name, accents and case aside.

    Raises:
        UsageError: none; names the nearest.
    """
    names = [commune.name for commune in known.values()]
    for candidate in names:
        if name == candidate or (slug(name) and slug(name) == slug(candidate)):
            return candidate
    raise UsageError(f"--commune: there is no commune {name!r}{nearest(name, names)}")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error while it is a terminal; nothing otherwise."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _what, _done, _whole: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1)

        def step(what: str, done: int, whole: int) -> None:
            bar.update(task, description=what, completed=done, total=whole)

        yield step
