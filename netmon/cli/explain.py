"""``netmon explain``: how a state or a figure came about, interval by interval, rule by rule."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from netmon.cli.completing import complete_commune, complete_object
from netmon.cli.explained import document, lines, titled
from netmon.cli.nearest import nearest
from netmon.cli.options import AsciiOption, ConfigOption, JsonOption, LanguageOption
from netmon.clock import SystemClock
from netmon.errors import UsageError
from netmon.i18n import translator
from netmon.l10n import Formats
from netmon.model import Contract, Inventory, Period
from netmon.sla import month_of, parse_period, parse_policy
from netmon.sla.assess import Assessment
from netmon.sla.evaluate import parse_instant
from netmon.sla.explain import Explainer, Explanation, Kind
from netmon.sla.explain import at as explanation_at
from netmon.sla.ledger import Ledger
from netmon.sla.report import contract_of


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("explain")(explain)


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="OBJECT", help="A check, device, service, site or commune.", autocompletion=complete_object
        ),
    ],
    *,
    period: Annotated[
        str | None, typer.Option(metavar="P", help="2026-10, 2026-W41, from..to, last-month, 7d (default: this month).")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="T", help="Only what holds then: Unix seconds, RFC 3339 or now.")
    ] = None,
    commune: Annotated[
        str | None,
        typer.Option(metavar="C", help="As used by this commune, by its contract.", autocompletion=complete_commune),
    ] = None,
    policy: Annotated[str, typer.Option(metavar="P", help="A preset, answers, or both.")] = "contract",
    config: ConfigOption = None,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
    _plain: AsciiOption = False,
) -> None:
    """How a figure came about: each interval with the rule that classed it, down to the polls around each change."""
    from netmon.config import load
    from netmon.past import events_of

    answers = parse_policy(policy)
    configuration = load(config)
    inventory, now = configuration.inventory, SystemClock().now()
    formats = Formats(lang or configuration.language, configuration.timezone)
    instant = None if at is None else now if at == "now" else parse_instant(at, "--at")
    span = month_of(now if instant is None else instant, configuration.timezone)
    if period is not None:
        span = parse_period(period, configuration.timezone, now)
    if instant is not None and not span.start <= instant <= min(span.end, now):
        raise UsageError(f"--at: {at} is not in the period, or still to come")
    object_id, kind = _find(inventory, name)
    contract = _contract(inventory, object_id, kind, commune, span)
    events = events_of(configuration, span, now)
    end = max(span.start, min(span.end, now + 1 if instant == now else now))
    assessment = Assessment(inventory, Ledger(events), span, end, answers)
    explanation = Explainer(assessment, events).explain(object_id, kind, commune, assessment.hours(contract))
    if instant is not None:
        explanation = explanation_at(explanation, instant)
    if as_json:
        answer = {
            "schema_version": 1,
            "period": {"label": span.label, "from": formats.iso(span.start), "to": formats.iso(span.end)},
            "policy": dict(answers.items()),
            "contract": contract.id if contract else None,
            "hours": contract.hours if contract else None,
            **document(explanation),
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        return
    _print(explanation, [formats.period_title(span), *_context(contract, policy, formats)], formats)


def _find(inventory: Inventory, name: str) -> tuple[str, Kind]:
    """The object of this id, else the only one of this name.

    Raises:
        UsageError: none or several, with the nearest.
    """
    named: dict[Kind, Mapping[str, str]] = {
        "commune": {commune.name: commune.insee for commune in inventory.communes.values()},
        "site": {site.id: site.name for site in inventory.sites.values()},
        "service": {service.id: service.name for service in inventory.services.values()},
        "node": {node.id: node.name for node in inventory.nodes.values()},
        "check": {check.id: check.name for check in inventory.checks.values()},
    }
    for kind, known in named.items():
        if name in known:
            return name, kind
    found = [(key, kind) for kind, known in named.items() for key, other in known.items() if other == name]
    if len(found) > 1:
        raise UsageError(f"several objects are called '{name}': say which of {', '.join(key for key, _ in found)}")
    if not found:
        names = [word for known in named.values() for pair in known.items() for word in pair]
        raise UsageError(f"there is no object '{name}'{nearest(name, names)}")
    return found[0]


def _contract(inventory: Inventory, object_id: str, kind: Kind, commune: str | None, period: Period) -> Contract | None:
    """The contract by which the object's hours are reckoned: that of the commune asked for, or it stands in."""
    if commune is not None and commune not in {one.name for one in inventory.communes.values()}:
        names = [one.name for one in inventory.communes.values()]
        raise UsageError(f"--commune: there is no commune '{commune}'{nearest(commune, names)}")
    if commune is None:
        commune = _commune_of(inventory, object_id, kind)
    return contract_of(inventory, commune, period) if commune else None


def _commune_of(inventory: Inventory, object_id: str, kind: Kind) -> str | None:
    if kind == "commune":
        return object_id
    if kind == "service":
        used = inventory.services[object_id].communes
        return next((one.name for one in inventory.communes.values() if {"*", one.name} & set(used)), None)
    if kind == "check":
        return inventory.checks[object_id].commune or None
    site = inventory.sites.get(object_id if kind == "site" else inventory.nodes[object_id].site)
    return site.commune if site else None


def _context(contract: Contract | None, policy: str, formats: Formats) -> Iterator[str]:
    _ = translator(formats.language)
    yield _("policy %(policy)s") % {"policy": policy}
    if contract:
        yield _("hours %(hours)s (%(contract)s)") % {"hours": contract.hours, "contract": contract.name}


def _print(explanation: Explanation, context: Sequence[str], formats: Formats) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(" · ".join([titled(explanation, formats), *context]), style="bold"))
    for line in lines(explanation, formats):
        console.print(Text(line))
