"""``netmon sla``: the figures in the terminal; ``netmon sla eval``: the availability engine alone, on an event log."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from netmon import __version__
from netmon.cli.options import ConfigOption, JsonOption, LanguageOption
from netmon.clock import Millis, SystemClock
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.i18n import LANGUAGES, mark, translator
from netmon.l10n import Formats, digits_for, ratio_of
from netmon.model import Figures, Inventory, Period
from netmon.sla import build_report, parse_period, parse_policy
from netmon.sla.aggregate import WEIGHTED
from netmon.sla.calendar import ALL_HOURS, service_hours
from netmon.sla.evaluate import (
    SCHEMA_VERSION,
    Evaluated,
    Question,
    bounds_of,
    evaluate,
    figures_document,
    object_document,
    parse_instant,
)
from netmon.sla.ledger import Ledger
from netmon.sla.reading import read_ledger
from netmon.sla.report import node_figures

_UTC = "UTC"


class By(StrEnum):
    """What the figures are of."""

    COMMUNE = "commune"
    SITE = "site"
    SERVICE = "service"
    NODE = "node"


_HEADINGS = {By.COMMUNE: mark("Commune"), By.SITE: mark("Site"), By.SERVICE: mark("Service"), By.NODE: mark("Devices")}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    id: str
    name: str
    objective: float | None
    figures: Figures


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})
    group.callback(invoke_without_command=True)(show_figures)
    group.command("eval")(evaluate_log)
    app.add_typer(group, name="sla", help="Availability, as contracts count it.")


def show_figures(
    context: typer.Context,
    *,
    period: Annotated[
        str, typer.Option(metavar="P", help="2026-10, 2026-Q3, 2026-W41, 2026, from..to, last-month or 7d.")
    ] = "last-month",
    by: Annotated[By, typer.Option(help="What the figures are of.")] = By.COMMUNE,
    commune: Annotated[list[str] | None, typer.Option(metavar="C", help="Only this commune (repeatable).")] = None,
    policy: Annotated[
        str, typer.Option(metavar="P", help="A preset, answers, or both: icinga,unknown=excluded.")
    ] = "contract",
    config: ConfigOption = None,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Availability over a period, worst first; recomputed from the history each time."""
    if context.invoked_subcommand:
        return
    from netmon.cli.past import events_of
    from netmon.config import load

    parse_policy(policy)
    configuration = load(config)
    formats = Formats(lang or configuration.language, configuration.timezone)
    now = SystemClock().now()
    asked = parse_period(period, configuration.timezone, now)
    events = events_of(configuration, asked, now)
    rows = _rows(configuration.inventory, events, asked, by, commune or None, policy, now)
    if as_json:
        _print_json(
            {
                "schema_version": 1,
                "period": {"label": asked.label, "from": formats.iso(asked.start), "to": formats.iso(asked.end)},
                "by": by,
                "policy": dict(parse_policy(policy).items()),
                "rows": [
                    {"object": row.id, "name": row.name, "objective": row.objective, **figures_document(row.figures)}
                    for row in rows
                ],
            }
        )
    else:
        title = f"{formats.period_title(asked)} ({policy})"
        _print_table(rows, formats, _HEADINGS[by], title)


def evaluate_log(
    events: Annotated[str, typer.Argument(metavar="EVENTS", help="An event log (JSON Lines); - for standard input.")],
    *,
    start: Annotated[
        str | None, typer.Option("--from", metavar="T", help="Unix seconds or RFC 3339 (default: the first event).")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="T", help="Unix seconds or RFC 3339 (default: the last event).")
    ] = None,
    policy: Annotated[
        str, typer.Option(metavar="P", help="A preset, answers, or both: icinga,unknown=excluded.")
    ] = "contract",
    calendar: Annotated[str, typer.Option(metavar="C", help="Service hours: 'Mo-Fr 08:00-18:00; PH off'.")] = ALL_HOURS,
    timezone: Annotated[str, typer.Option(metavar="Z", help="The zone of the calendar.")] = "Europe/Paris",
    objects: Annotated[
        list[str] | None, typer.Option("--object", metavar="O", help="Only this object (repeatable).")
    ] = None,
    aggregate: Annotated[str, typer.Option(metavar="A", help="weighted, all, any or at-least:N.")] = WEIGHTED,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """The availability engine alone, on an event log: neither configuration nor store nor clock takes part."""
    answers = parse_policy(policy)
    sides = [None if side is None else parse_instant(side, name) for side, name in ((start, "--from"), (end, "--to"))]
    formats = Formats(lang or LANGUAGES[0], _UTC)
    told = _read(events)
    first, last = bounds_of(told, *sides)
    hours = service_hours(calendar, timezone, first, last)
    question = Question(first, last, answers, hours, tuple(objects or ()), aggregate)
    evaluated = evaluate(told, question)
    if as_json:
        _print_document(evaluated, question)
        return
    rows = [Row(name or "", name or aggregate, None, figures) for name, figures in evaluated]
    _print_table(rows, formats, "", formats.period_range(Period("", first, last, _UTC)))


def _rows(
    inventory: Inventory,
    events: Sequence[Event],
    period: Period,
    by: By,
    communes: Sequence[str] | None,
    policy: str,
    now: Millis,
) -> list[Row]:
    rows: list[Row] = []
    if by is By.NODE:
        nodes = node_figures(inventory, events, period, policy_name=policy, generated=now, communes=communes)
        rows = [Row(node.id, node.name, None, node.figures) for node in nodes]
    else:
        report = build_report(
            inventory, events, period, policy_name=policy, generated=now, version=__version__, communes=communes
        )
        for part in report.communes:
            if by is By.COMMUNE:
                rows.append(Row(part.commune.insee, part.commune.name, part.objective, part.figures))
            elif by is By.SITE:
                rows += (Row(site.id, f"{part.commune.name} · {site.name}", None, site.figures) for site in part.sites)
            else:
                rows += (Row(each.id, each.name, part.objective, each.figures) for each in part.services)
    return sorted(_distinct(rows), key=_worst_first)


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """One row for a service several communes use, as long as its figures are the same for all of them."""
    return list({(row.id, row.figures.availability, row.figures.coverage): row for row in rows}.values())


def _worst_first(row: Row) -> tuple[bool, Fraction, str]:
    share = row.figures.availability
    return not share.whole, Fraction(share.part, share.whole) if share.whole else Fraction(0), row.name


def _print_table(rows: Sequence[Row], formats: Formats, heading: str, title: str) -> None:
    """As many columns as the terminal is wide for; the bounds go first, then what is of least weight."""
    console = Console(highlight=False, soft_wrap=True)
    cells = [_cells(row, formats) for row in rows]
    shown = [column for column in _COLUMNS if any(line[column] for line in cells)]
    table = _table(rows, cells, shown, formats, heading)
    for column in _DROPPED_FIRST:
        if Measurement.get(console, console.options.update(width=10_000), table).maximum <= console.width:
            break
        shown = [other for other in shown if other != column]
        table = _table(rows, cells, shown, formats, heading)
    console.print(Text(title, style="bold"))
    console.print(table)


def _table(
    rows: Sequence[Row], cells: Sequence[dict[str, str]], shown: Sequence[str], formats: Formats, heading: str
) -> Table:
    _ = translator(formats.language)
    table = Table(box=None, pad_edge=False)
    table.add_column(_(heading) if heading else "", no_wrap=True)
    for column in shown:
        table.add_column(_(column), justify="right", no_wrap=True)
    for row, line in zip(rows, cells, strict=True):
        table.add_row(Text(row.name), *(Text(line[column]) for column in shown))
    return table


_COLUMNS = (
    mark("Availability"),
    mark("Bounds"),
    mark("Objective"),
    mark("Coverage"),
    mark("Interrupted time"),
    mark("Interruptions"),
)
_CLOSER = 2
"""So many decimals more tell bounds apart."""
_DROPPED_FIRST = ("Bounds", "Interruptions", "Coverage", "Interrupted time")


def _cells(row: Row, formats: Formats) -> dict[str, str]:
    _ = translator(formats.language)
    figures, digits = row.figures, digits_for(row.objective)
    availability, coverage = (formats.percent(share, digits) for share in (figures.availability, figures.coverage))
    low, high = (formats.percent(share, digits + _CLOSER) for share in (figures.low, figures.high))
    return {
        "Availability": availability or _("not measured"),
        "Bounds": f"{low} – {high}" if low and high else "",
        "Objective": _verdict(row, formats),
        "Coverage": coverage or "",
        "Interrupted time": formats.duration(figures.unavailable),
        "Interruptions": formats.integer(sum(1 for outage in figures.outages if outage.counted)),
    }


def _verdict(row: Row, formats: Formats) -> str:
    """Compared exactly, not as shown."""
    share, _ = row.figures.availability, translator(formats.language)
    if row.objective is None or not share.whole:
        return ""
    return _("met") if share.part >= ratio_of(row.objective) * share.whole else _("missed")


def _print_json(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")


def _print_document(evaluated: Iterable[Evaluated], question: Question) -> None:
    """The same as ``evaluate.document``, one object at a time: a log of any size needs no more memory than one."""
    write, separator = sys.stdout.write, ""
    write(f'{{"schema_version": {SCHEMA_VERSION}, "objects": [')
    for name, figures in evaluated:
        text = json.dumps(object_document(name, figures, question), ensure_ascii=False)
        write(f'], "aggregate": {text}}}\n' if name is None else f"{separator}{text}")
        separator = ", "


def _read(events: str) -> Ledger:
    name = "standard input" if events == "-" else events
    try:
        if events == "-":
            return read_ledger(sys.stdin.buffer, name)
        with Path(events).open("rb") as lines:
            return read_ledger(lines, name)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror or error})") from error
