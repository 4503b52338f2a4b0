"""``netmon explain``: how a state or a figure came about, interval by interval, rule by rule."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption, JsonOption, LanguageOption
from netmon.clock import SystemClock
from netmon.errors import UsageError
from netmon.i18n import mark, translator
from netmon.l10n import Formats
from netmon.model import Contract, Inventory, MaintenanceWindow, State, Transition
from netmon.sla import month_of, parse_period, parse_policy
from netmon.sla.assess import Assessment
from netmon.sla.evaluate import figures_document, parse_instant
from netmon.sla.explain import Explainer, Explanation, Interval, Kind, Rule
from netmon.sla.explain import at as explanation_at
from netmon.sla.instant import seconds_of
from netmon.sla.ledger import Ledger
from netmon.sla.report import contract_of
from netmon.words import POLICY_ANSWER_WORDS, STATE_WORDS, words_of

_CLASSES = {
    "maintenance": mark("planned works"),
    "out_of_hours": mark("outside service hours"),
    "no_data": mark("no data"),
    "not_in_service": mark("not in service"),
    **{state.value: word for state, word in STATE_WORDS.items()},
}
_RULES = {
    Rule.NOT_IN_SERVICE: mark("no membership covers this time"),
    Rule.OUT_OF_HOURS: mark("the contract's service hours do not cover this time"),
    Rule.MAINTENANCE: mark("planned works on it, or on what it stands in"),
    Rule.WORKS: mark("it would be better without the planned works on what it rests on"),
    Rule.CORRECTED: mark("a correction replaces what was observed"),
    Rule.STOPPED: mark("the monitoring was stopped: nobody looked"),
    Rule.CARRIED: mark("the monitoring was stopped: by this policy the last state holds"),
    Rule.PENDING: mark("nothing was known of it yet"),
    Rule.OBSERVED: mark("observed"),
}
_KINDS: dict[Kind, str] = {
    "check": mark("check"), "node": mark("device"), "service": mark("service"), "site": mark("site"),
    "commune": mark("commune"),
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("explain")(explain)


def explain(
    name: Annotated[str, typer.Argument(metavar="OBJECT", help="A check, device, service, site or commune.")],
    *,
    period: Annotated[
        str | None, typer.Option(metavar="P", help="2026-10, 2026-W41, from..to, last-month, 7d (default: this month).")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="T", help="Only what holds then: Unix seconds, RFC 3339 or now.")
    ] = None,
    commune: Annotated[str | None, typer.Option(metavar="C", help="As used by this commune, by its contract.")] = None,
    policy: Annotated[str, typer.Option(metavar="P", help="A preset, answers, or both.")] = "contract",
    config: ConfigOption = None,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """How a figure came about: each interval with the rule that classed it, down to the polls around each change."""
    from netmon.cli.past import events_of
    from netmon.config import load

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
    contract = _contract(inventory, object_id, kind, commune)
    events = events_of(configuration, span, now)
    end = max(span.start, min(span.end, now + 1 if instant == now else now))
    assessment = Assessment(inventory, Ledger(events), span, end, answers)
    explanation = Explainer(assessment, events).explain(object_id, kind, commune, assessment.hours(contract))
    if instant is not None:
        explanation = explanation_at(explanation, instant)
    if as_json:
        document = {
            "schema_version": 1,
            "period": {"label": span.label, "from": formats.iso(span.start), "to": formats.iso(span.end)},
            "policy": dict(answers.items()),
            "contract": contract.id if contract else None,
            "hours": contract.hours if contract else None,
            **_document(explanation),
        }
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
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


def _contract(inventory: Inventory, object_id: str, kind: Kind, commune: str | None) -> Contract | None:
    """The contract by which the object's hours are reckoned: that of the commune asked for, or it stands in."""
    if commune is not None and commune not in {one.name for one in inventory.communes.values()}:
        names = [one.name for one in inventory.communes.values()]
        raise UsageError(f"--commune: there is no commune '{commune}'{nearest(commune, names)}")
    if commune is None:
        commune = _commune_of(inventory, object_id, kind)
    return contract_of(inventory, commune) if commune else None


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
    console, _ = Console(highlight=False, soft_wrap=True), translator(formats.language)
    title = f"{explanation.object} ({_(_KINDS[explanation.kind])})"
    console.print(Text(" · ".join([title, *context]), style="bold"))
    for line in _lines(explanation, formats):
        console.print(Text(line))


def _lines(explanation: Explanation, formats: Formats) -> Iterator[str]:
    yield from _figures(explanation, formats)
    for interval in explanation.intervals:
        yield from _interval(interval, formats)
    for part in explanation.parts:
        _ = translator(formats.language)
        yield ""
        yield f"{part.object} ({_(_KINDS[part.kind])})"
        yield from _figures(part, formats)
        for interval in part.intervals:
            if not interval.plain:
                yield from _interval(interval, formats)


def _figures(explanation: Explanation, formats: Formats) -> Iterator[str]:
    _, figures = translator(formats.language), explanation.figures
    reached = formats.percent(figures.availability, 4)
    if reached is None:
        yield _("not measured")
        return
    yield _("availability %(reached)s, between %(low)s and %(high)s: %(unavailable)s of %(eligible)s unavailable") % {
        "reached": reached,
        "low": formats.percent(figures.low, 4),
        "high": formats.percent(figures.high, 4),
        "unavailable": formats.duration(figures.unavailable),
        "eligible": formats.duration(figures.eligible),
    }


def _interval(interval: Interval, formats: Formats) -> Iterator[str]:
    _ = translator(formats.language)
    span = f"{formats.precise(interval.start)} – {formats.precise(interval.end)}"
    counted = _(POLICY_ANSWER_WORDS[interval.answer.name.lower()])
    yield f"{span}  {formats.duration(interval.end - interval.start)}  {_(_CLASSES[interval.name])}: {counted}"
    reason = words_of(interval.reason, _) if interval.reason and interval.state is not State.UP else ""
    yield f"    {_(_RULES[interval.rule])}{f' ({reason})' if reason else ''}"
    if interval.uncertain:
        yield "    " + _("%(length)s of it may have been otherwise, between two looks") % {
            "length": formats.duration(interval.uncertain)
        }
    for cause in interval.causes:
        said = f" ({words_of(cause.reason, _)})" if cause.reason else ""
        yield f"    {cause.object}: {_(STATE_WORDS[cause.state])}{said}"
    yield from (_window(window, formats, _) for window in interval.windows)
    if interval.correction:
        told = interval.correction
        yield "    " + _("corrected by %(author)s: %(reason)s (recorded %(recorded)s)") % {
            "author": told.author, "reason": told.reason, "recorded": formats.precise(told.recorded)
        }  # fmt: skip
    yield from (_change(change, formats, _) for change in interval.evidence)


def _window(window: MaintenanceWindow, formats: Formats, _: Callable[[str], str]) -> str:
    return "    " + _("works on %(object)s from %(start)s to %(end)s: %(text)s (announced %(recorded)s)") % {
        "object": window.object,
        "start": formats.precise(window.start),
        "end": _("still open") if window.end is None else formats.precise(window.end),
        "text": window.text,
        "recorded": formats.precise(window.recorded),
    }


def _change(change: Transition, formats: Formats, _: Callable[[str], str]) -> str:
    text = _("%(object)s: %(new)s first seen %(at)s, %(old)s last seen %(earliest)s, recorded %(recorded)s") % {
        "object": change.object,
        "new": _(STATE_WORDS[change.new]),
        "at": formats.precise(change.at),
        "old": _(STATE_WORDS[change.old]),
        "earliest": formats.precise(change.earliest),
        "recorded": formats.precise(change.recorded),
    }
    return f"    {text}{f' · {change.detail}' if change.detail else ''}"


def _document(explanation: Explanation) -> dict[str, object]:
    return {
        "object": explanation.object,
        "kind": explanation.kind,
        **figures_document(explanation.figures),
        "intervals": [_interval_document(interval) for interval in explanation.intervals],
        "parts": [_document(part) for part in explanation.parts],
    }


def _interval_document(interval: Interval) -> dict[str, object]:
    correction = interval.correction
    return {
        "from": seconds_of(interval.start),
        "to": seconds_of(interval.end),
        "seconds": seconds_of(interval.end - interval.start),
        "class": interval.name,
        "answer": interval.answer.name.lower(),
        "rule": interval.rule,
        "state": interval.state,
        "reason": interval.reason or None,
        "uncertain_seconds": seconds_of(interval.uncertain),
        "causes": [{"object": one.object, "state": one.state, "reason": one.reason or None} for one in interval.causes],
        "maintenance": [
            {
                "object": window.object,
                "from": seconds_of(window.start),
                "to": None if window.end is None else seconds_of(window.end),
                "text": window.text,
                "recorded": seconds_of(window.recorded),
            }
            for window in interval.windows
        ],
        "correction": correction
        and {
            "author": correction.author,
            "reason": correction.reason,
            "recorded": seconds_of(correction.recorded),
        },
        "evidence": [
            {
                "object": change.object,
                "old": change.old,
                "new": change.new,
                "at": seconds_of(change.at),
                "earliest": seconds_of(change.earliest),
                "reason": change.reason,
                "detail": change.detail,
                "recorded": seconds_of(change.recorded),
            }
            for change in interval.evidence
        ],
    }
