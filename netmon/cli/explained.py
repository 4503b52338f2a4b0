"""An explanation in words, and as JSON: what ``netmon explain`` prints."""

from collections.abc import Callable, Iterator

from netmon.i18n import mark, translator
from netmon.l10n import Formats
from netmon.model import Correction, MaintenanceWindow, State, Transition
from netmon.sla.evaluate import figures_document
from netmon.sla.explain import Explanation, Interval, Kind, Rule
from netmon.sla.instant import seconds_of
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


def titled(explanation: Explanation, formats: Formats) -> str:
    """What is explained, with its kind."""
    kind = translator(formats.language)(_KINDS[explanation.kind])
    return f"{explanation.object} ({kind})"


def lines(explanation: Explanation, formats: Formats) -> Iterator[str]:
    """The explanation as text, line by line; of parts only what is not plainly up."""
    yield from _figures(explanation, formats)
    for interval in explanation.intervals:
        yield from _interval(interval, formats)
    for part in explanation.parts:
        yield ""
        yield titled(part, formats)
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
    counted = _("%(what)s: %(counted)s") % {
        "what": _(_CLASSES[interval.name]),
        "counted": _(POLICY_ANSWER_WORDS[interval.answer.name.lower()]),
    }
    yield f"{span}  {formats.duration(interval.end - interval.start)}  {counted}"
    reason = interval.reason if interval.state is not State.UP else ""
    yield _with_reason(_(_RULES[interval.rule]), reason, _)
    if interval.uncertain:
        yield "    " + _("%(length)s of it may have been otherwise, between two looks") % {
            "length": formats.duration(interval.uncertain)
        }
    for cause in interval.causes:
        state = _("%(object)s: %(state)s") % {"object": cause.object, "state": _(STATE_WORDS[cause.state])}
        yield _with_reason(state, cause.reason, _)
    yield from (_window(window, formats, _) for window in interval.windows)
    yield from (_correction(told, formats, _) for told in interval.corrections)
    yield from (_change(change, formats, _) for change in interval.evidence)


def _with_reason(text: str, reason: str, _: Callable[[str], str]) -> str:
    return f"    {text} ({words_of(reason, _)})" if reason else f"    {text}"


def _window(window: MaintenanceWindow, formats: Formats, _: Callable[[str], str]) -> str:
    return "    " + _("works on %(object)s from %(start)s to %(end)s: %(text)s (announced %(recorded)s)") % {
        "object": window.object,
        "start": formats.precise(window.start),
        "end": _("still open") if window.end is None else formats.precise(window.end),
        "text": window.text,
        "recorded": formats.precise(window.recorded),
    }


def _correction(told: Correction, formats: Formats, _: Callable[[str], str]) -> str:
    return "    " + _("%(object)s: corrected to %(state)s by %(author)s: %(reason)s (recorded %(recorded)s)") % {
        "object": told.object,
        "state": _(STATE_WORDS[told.state]),
        "author": told.author,
        "reason": told.reason,
        "recorded": formats.precise(told.recorded),
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


def document(explanation: Explanation) -> dict[str, object]:
    """The explanation as programs read it; all lengths in seconds."""
    return {
        "object": explanation.object,
        "kind": explanation.kind,
        **figures_document(explanation.figures),
        "intervals": [_interval_document(interval) for interval in explanation.intervals],
        "parts": [document(part) for part in explanation.parts],
    }


def _interval_document(interval: Interval) -> dict[str, object]:
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
        "corrections": [
            {
                "object": told.object,
                "state": told.state,
                "author": told.author,
                "reason": told.reason,
                "recorded": seconds_of(told.recorded),
            }
            for told in interval.corrections
        ],
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
