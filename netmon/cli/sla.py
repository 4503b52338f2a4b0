"""``netmon sla``: the figures in the terminal; ``netmon sla eval``: the availability engine alone, on an event log."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmon.cli.completing import complete_commune
from netmon.cli.contractwords import contract_sentences
from netmon.cli.options import AsciiOption, ConfigOption, JsonOption, LanguageOption
from netmon.cli.slatable import print_comparison, print_standings, standing_document, worst_first
from netmon.clock import SystemClock
from netmon.errors import UsageError
from netmon.i18n import LANGUAGES
from netmon.l10n import Formats
from netmon.model import Period
from netmon.sla import parse_period, parse_policy, standing
from netmon.sla.aggregate import WEIGHTED
from netmon.sla.calendar import ALL_HOURS, service_hours
from netmon.sla.contract.document import contract_document
from netmon.sla.contract.rows import ContractRow, contract_rows
from netmon.sla.contract.settle import needed_since
from netmon.sla.evaluate import (
    SCHEMA_VERSION,
    Question,
    bounds_of,
    evaluate,
    parse_instant,
    written,
)
from netmon.sla.ledger import Ledger
from netmon.sla.pertinent import inventory_of
from netmon.sla.policy import PRESETS
from netmon.sla.reading import read_ledger
from netmon.sla.standing import By, Standing, WeightBy, standings
from netmon.sla.verdict import Verdict

if TYPE_CHECKING:
    from netmon.config import Configuration

_UTC = "UTC"
_CONTRACT = "contract"


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
    commune: Annotated[
        list[str] | None,
        typer.Option(metavar="C", help="Only this commune (repeatable).", autocompletion=complete_commune),
    ] = None,
    policy: Annotated[
        str,
        typer.Option(
            metavar="P", help="Beside ours, the figures under this policy: a preset (icinga), answers, or both."
        ),
    ] = _CONTRACT,
    aggregate: Annotated[
        str, typer.Option(metavar="A", help="How parts make a whole: weighted, all, any or at-least:N.")
    ] = WEIGHTED,
    weight: Annotated[WeightBy, typer.Option(help="What a part weighs in a weighted whole.")] = WeightBy.USERS,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
    _plain: AsciiOption = False,
) -> None:
    """Availability over a period, worst first; recomputed from the history each time."""
    if context.invoked_subcommand:
        return
    from netmon.config import load
    from netmon.past import events_of

    beside = parse_policy(policy)
    configuration = load(config)
    formats = Formats(lang or configuration.language, configuration.timezone)
    now = SystemClock().now()
    asked = parse_period(period, configuration.timezone, now)
    question = standing.Question(
        asked, now, by, None if policy == _CONTRACT else beside, commune or None, aggregate, weight
    )
    contracts: dict[str, ContractRow] = {}
    if by is By.CONTRACT:
        contracts = {row.standing.id: row for row in _contracts(configuration, question)}
        rows = worst_first([row.standing for row in contracts.values()])
    else:
        events = events_of(configuration, asked, now)
        inventory = inventory_of(configuration.inventory, events, asked.start, asked.end)
        rows = worst_first(standings(inventory, Ledger(events), question))
    if as_json:
        _print_json(_document(rows, question, formats, contracts))
        return
    title = formats.period_title(asked)
    if question.beside:
        print_comparison(rows, by, title, policy, question.beside, formats)
    else:
        print_standings(rows, by, title, formats, contract_sentences([*contracts.values()], formats))


def _contracts(configuration: "Configuration", question: standing.Question) -> Sequence[ContractRow]:
    from netmon.past import events_of, facts_of

    inventory, period = configuration.inventory, question.period
    since = needed_since(inventory.contracts.values(), period)
    events = events_of(configuration, period, question.now, since)
    known = inventory_of(inventory, events, since, period.end)
    return contract_rows(known, events, facts_of(configuration), question)


def _document(
    rows: Sequence[Standing], question: standing.Question, formats: Formats, contracts: Mapping[str, ContractRow]
) -> dict[str, object]:
    period, beside = question.period, question.beside
    settled = {
        "contracts": [contract_document(contracts[row.id].report, formats.iso) for row in rows if row.id in contracts]
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "period": {"label": period.label, "from": formats.iso(period.start), "to": formats.iso(period.end)},
        "by": question.by,
        "aggregate": question.aggregate,
        "weight": question.weight,
        "policy": dict((beside or PRESETS[_CONTRACT]).items()),
        "rows": [standing_document(row, beside) for row in rows],
        **(settled if question.by is By.CONTRACT else {}),
    }


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
    _plain: AsciiOption = False,
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
        sys.stdout.writelines(written(evaluated, question))
        return
    rows = [
        Standing(name or "", name or aggregate, None, answers, figures, Verdict.NO_OBJECTIVE)
        for name, figures in evaluated
    ]
    print_standings(rows, None, formats.period_range(Period("", first, last, _UTC)), formats)


def _print_json(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")


def _read(events: str) -> Ledger:
    name = "standard input" if events == "-" else events
    try:
        if events == "-":
            return read_ledger(sys.stdin.buffer, name)
        with Path(events).open("rb") as lines:
            return read_ledger(lines, name)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror or error})") from error
