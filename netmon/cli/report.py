"""``netmon report``: the availability of communes over a period, as documents."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from exporters.report import FORMATS, slug, write_report
from netmon.cli import stored
from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption, LanguageOption
from netmon.clock import SystemClock
from netmon.config import load
from netmon.errors import UsageError
from netmon.i18n import translator
from netmon.model import Commune
from netmon.reporting.making import folder_of, gather
from netmon.sla import parse_period


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    group = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})
    group.callback(invoke_without_command=True)(report)
    stored.register(group)
    app.add_typer(group, name="report", help="Availability reports of a period, per commune; those stored, verified.")


def report(
    context: typer.Context,
    *,
    period: Annotated[
        str | None,
        typer.Option(help="2026-10, 2026-Q3, 2026-W41, 2026, 2026-10-01..2026-10-15, last-month or 7d."),
    ] = None,
    commune: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this commune (repeatable; default: all, and an index)."),
    ] = None,
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help=f"Some of {','.join(FORMATS)}.")] = "html",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to (default: reports/<period>).")
    ] = None,
    close: Annotated[
        bool, typer.Option("--close", help="Freeze the period: store figures, inputs and documents as an edition.")
    ] = False,
    mail: Annotated[bool, typer.Option("--mail", help="With --close: mail it to the configured recipients.")] = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Write the availability reports of a period, per commune, from the recorded history."""
    if context.invoked_subcommand:
        return
    if period is None:
        raise UsageError("netmon: Missing option '--period' (try: netmon report --help)")
    if mail and not close:
        raise UsageError("--mail: only what is stored is mailed: add --close")
    wanted = _formats(formats)
    configuration = load(config)
    language = lang or configuration.language
    _ = translator(language)
    now = SystemClock().now()
    span = parse_period(period, configuration.timezone, now)
    communes = None if commune is None else [_commune(name, configuration.inventory.communes) for name in commune]
    with _progress() as step:
        step(_("Reading the history"), 0, 1)
        gathered = gather(configuration, span, now)
        written = []
        if close:
            written.append(stored.close(gathered, wanted, communes, partial(step, _("Writing")), mail=mail))
        if output or not close:
            written += write_report(
                gathered.report(communes),
                output or Path("reports") / folder_of(span),
                wanted,
                language,
                communes,
                lambda done, whole: step(_("Writing"), done, whole),
            )
    for path in written:
        typer.echo(path)


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
