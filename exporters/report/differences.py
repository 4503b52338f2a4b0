"""The page that leads from one closed edition to the next: what was corrected, and each figure before and after."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporters.report.charts import FILLS, STROKES
from exporters.report.html import make_environment
from exporters.report.texts import Texts, isolated
from netmon.clock import SECOND, Millis
from netmon.i18n import mark
from netmon.l10n import ratio_of, truncated
from netmon.model import Period, Share
from netmon.sla.comparison import Difference, InputChange, Json
from netmon.sla.instant import instant_of
from netmon.words import STATE_WORDS, words_of

MOST_ROWS = 5_000
"""A page with more rows than this is read by nobody: programs read the document."""
MOST_ON_PAPER = 300

FIGURE_WORDS: dict[str, str] = {
    "availability": mark("Availability"),
    "low": mark("Low bound"),
    "high": mark("High bound"),
    "coverage": mark("Coverage"),
    "eligible": mark("Time that counts"),
    "unavailable": mark("Interrupted time"),
    "outages": mark("Interruption"),
    "count": mark("Interruptions counted"),
    "mttr": mark("Mean time to restore (MTRS)"),
    "mtbf": mark("Mean time between failures (MTBF)"),
    "mtbsi": mark("Mean time between incidents (MTBSI)"),
    "objective": mark("Objective"),
    "planned": mark("Planned works"),
    "corrections": mark("Correction"),
    "services": mark("Service"),
    "sites": mark("Site"),
    "spent": mark("Spent"),
    "left": mark("Left"),
    "burn": mark("Pace, in times what is allowed"),
    "used": mark("Used"),
    "remaining": mark("Left"),
    "previous": mark("Period before"),
}
_WITHIN_WORDS = {"trend": mark("By month"), "budget": mark("Error budget"), "ims": mark("IMS")}
"""What a figure is part of, where its name alone does not tell."""
_PART_WORDS = {
    "up": mark("Available"), "degraded": mark("Degraded"), "down": mark("Down"), "unreachable": mark("Cut off"),
    "unknown": mark("Unknown"), "maintenance": mark("Planned works"), "out_of_hours": mark("Out of hours"),
    "no_data": mark("Not watched"), "not_in_service": mark("Not in service"), "period": mark("Period"),
}  # fmt: skip
_KIND_WORDS: dict[str, str] = {
    "state": mark("change of state"),
    "maintenance": mark("planned works"),
    "monitor": mark("stop or start of the monitoring"),
    "member": mark("membership"),
    "correction": mark("correction"),
    "incident": mark("step of an incident"),
    "attribution": mark("attribution"),
    "commune": mark("commune, in the configuration"),
    "site": mark("site, in the configuration"),
    "node": mark("device, in the configuration"),
    "service": mark("service, in the configuration"),
    "check": mark("check, in the configuration"),
    "contract": mark("contract, in the configuration"),
    "period": mark("period"),
    "capacity": mark("limit of capacity warnings, in the configuration"),
    "load": mark("load of a link on one day"),
}
_RATIOS = {"availability", "low", "high", "coverage", "objective", "previous"}
_LENGTHS = {
    "eligible", "unavailable", "mttr", "mtbf", "mtbsi", "counted", "spent", "left", "allowed", "used", "remaining",
}  # fmt: skip
_IN_MILLISECONDS = {"incident", "attribution", "period"}
_WORDY = (str, dict, list)
_LONGEST = 200
_RATIO_SCALE = 10**12
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two editions: ``before`` and ``after`` are their names, ``names`` those of objects by id,
    ``inputs`` is the fingerprint of what ``after`` is made of."""

    before: str
    after: str
    period: Period
    generated: Millis
    version: str
    inputs: str
    changes: Sequence[InputChange]
    figures: Sequence[Difference]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CauseRow:
    """An input that came or went, in words. ``object`` may be empty."""

    sign: str
    kind: str
    object: str
    start: str
    end: str
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure before and after, in words; ``kind`` is the style's name: a number, or words."""

    subject: str
    figure: str
    before: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    before: str
    after: str
    period: str
    generated: str
    causes: tuple[CauseRow, ...]
    rows: tuple[FigureRow, ...]
    left_out: int


def difference_page(between: Between, title: str, language: str, *, paper: bool = False) -> bytes:
    """The page, about ``title`` (a commune's name; empty: all communes); ``paper``: as the PDF form prints it."""
    timezone, most = between.period.timezone, MOST_ON_PAPER if paper else MOST_ROWS
    texts = Texts(language, timezone)
    figures, changes = between.figures[:most], between.changes[:most]
    page = _Page(
        isolated(title) or texts.gettext("All communes"),
        between.before,
        between.after,
        texts.formats.period_title(between.period),
        texts.formats.instant(between.generated),
        tuple(cause_row(change, between.names, texts) for change in changes),
        tuple(_figure_rows(figures, between.names, texts)),
        len(between.figures) - len(figures) + len(between.changes) - len(changes),
    )
    environment = make_environment(language)
    environment.globals.update(
        language=language, version=between.version, zone=timezone, paper=paper, fills=FILLS, strokes=STROKES,
        fingerprint=between.inputs[:16], created=texts.formats.iso(between.generated // SECOND * SECOND),
    )  # fmt: skip
    text = environment.get_template("differences.html").render(page=page)
    return text.encode("utf-8", "xmlcharrefreplace")


def cause_row(change: InputChange, names: Mapping[str, str], texts: Texts) -> CauseRow:
    """An input that came or went, as people read it."""
    told, _ = change.told, texts.gettext
    kind = str(told.get("kind", ""))
    name = change.about
    start, end = ("" if at is None else texts.formats.instant(at) for at in moments_of(change))
    return CauseRow(
        _("new") if change.added else _("no longer"),
        _(_KIND_WORDS.get(kind, kind)),
        isolated(names.get(name, name)),
        start,
        end,
        isolated(" – ".join(_said(told, texts))),
        isolated(str(told.get("author", ""))),
    )


def _said(told: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    for key in ("state", "party", "step", "reason", "text"):
        value = str(told.get(key) or "")
        if value:
            states = {state.value: texts.gettext(word) for state, word in STATE_WORDS.items()}
            yield states.get(value) or words_of(value, texts.gettext)


def moments_of(change: InputChange) -> tuple[Millis | None, Millis | None]:
    """When what the line tells of began, and when it ended. Stamps of the event log are seconds or RFC 3339; lines
    beside it carry milliseconds."""
    told = change.told
    unit = 1 if told.get("kind") in _IN_MILLISECONDS else SECOND
    began = told.get("from", told.get("t", told.get("at", told.get("start"))))
    return _instant(began, unit), _instant(told.get("to", told.get("end")), unit)


def _instant(stamp: object, unit: Millis) -> Millis | None:
    if isinstance(stamp, str):
        return instant_of(stamp)
    return round(stamp * unit) if isinstance(stamp, int | float) else None


def _figure_rows(figures: Iterable[Difference], names: Mapping[str, str], texts: Texts) -> Iterator[FigureRow]:
    for difference in figures:
        name = difference.figure.rpartition(".")[2]
        yield FigureRow(
            subject_words(difference, names, texts),
            figure_words(difference.figure, texts),
            value_words(name, difference, difference.before, texts),
            value_words(name, difference, difference.after, texts),
            "words" if isinstance(difference.before, _WORDY) or isinstance(difference.after, _WORDY) else "number",
        )


def subject_words(difference: Difference, names: Mapping[str, str], texts: Texts) -> str:
    """What the figure is of, within its commune."""
    places = dict.fromkeys(names.get(name, name) for name in (difference.commune, difference.subject) if name)
    return " – ".join(isolated(texts.words(name)) for name in places) or texts.gettext("All communes")


def figure_words(path: str, texts: Texts) -> str:
    """The figure's name; what has no words of its own is named by its key."""
    *above, name = path.split(".")
    words = _PART_WORDS if "seconds" in above else FIGURE_WORDS
    within = [texts.gettext(word) for key, word in _WITHIN_WORDS.items() if key in above]
    return " – ".join((*within, texts.gettext(words[name]) if name in words else isolated(path)))


def value_words(name: str, difference: Difference, value: Json, texts: Texts) -> str:
    """The value as this figure is written."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        return _thing_words(value, texts)
    if isinstance(value, bool | str | list):
        return _cut(isolated(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    if name in _RATIOS:
        return _ratio_words(value, difference, texts)
    if name in _LENGTHS or "seconds" in difference.figure:
        return texts.formats.duration(round(value * SECOND))
    return texts.formats.integer(value) if isinstance(value, int) else texts.formats.scaled(round(value * 1000), 3)


def _ratio_words(value: float, difference: Difference, texts: Texts) -> str:
    """With as many decimals as it takes to tell before from after."""
    shares = [
        Share(int(ratio_of(float(side)) * _RATIO_SCALE), _RATIO_SCALE)
        for side in (difference.before, difference.after)
        if isinstance(side, int | float)
    ]
    digits = next((n for n in range(_DIGITS, 10) if len({truncated(share, n) for share in shares}) > 1), _DIGITS)
    return texts.formats.percent(Share(int(ratio_of(float(value)) * _RATIO_SCALE), _RATIO_SCALE), digits) or "–"


def _thing_words(thing: Mapping[str, Json], texts: Texts) -> str:
    """An outage, a correction, planned work: when, how long, and what was said of it; anything else by its fields."""
    if not isinstance(thing.get("from"), str):
        return _cut(isolated(json.dumps(thing, ensure_ascii=False)))
    stamps = (_instant(thing.get(key), SECOND) for key in ("from", "to"))
    when = [texts.formats.instant(at) for at in stamps if at is not None]
    length = thing.get("counted", thing.get("seconds"))
    lasted = [texts.formats.duration(round(length * SECOND))] if isinstance(length, int | float) else []
    said = [isolated(words) for words in _said(thing, texts)]
    return _cut(", ".join((" – ".join(when), *lasted, *said)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
