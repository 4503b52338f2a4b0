"""The geometry of the charts: where marks stand, in numbers. Templates draw them, and say the same in words."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.dates import format_datetime

from exporters.report.texts import Texts
from netmon.clock import DAY, HOUR, Millis, from_datetime, to_datetime
from netmon.model import Period

WIDTH = 1000
"""Units across a timeline or bar; the page stretches them."""
NARROWEST = 3.0
"""What is shorter on a timeline is drawn this wide, so that no outage is invisible."""

FILLS = {
    "down": "#a61c1f", "planned": "#e9b4ae", "works": "#9db9d8", "future": "#ffffff", "ground": "#edeae4",
    "up": "#4a9a70", "degraded": "#d8a23a", "unreachable": "#c4572e", "unknown": "#b9b2a6", "maintenance": "#9db9d8",
    "out_of_hours": "#c9c2b6", "no_data": "#f7f4ef", "not_in_service": "#ffffff",
    "met": "#e3f0e8", "missed": "#fae4e1", "unmeasured": "#edeae4", "free": "#edeae4",
    "here": "#7b1e3a", "other": "#edeae4", "t-met": "#4a9a70", "t-missed": "#a61c1f", "t-free": "#c4572e",
}  # fmt: skip
STROKES = {"met": "#1c6340", "missed": "#96191c"}
"""Colours of marks on paper, for renderers that know no style inside a chart; browsers follow the style sheet."""

_MONTH = 31 * DAY + HOUR  # an hour more: October
_TILE_LINE = 13
_TILE_LINES = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a timeline or bar: from ``x``, ``width`` wide, of the look ``kind``."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A civil moment on the axis, at ``x``."""

    x: float
    label: str


def place(period: Period, spans: Iterable[tuple[Millis, Millis, str]]) -> tuple[Mark, ...]:
    """``spans`` (start, end, kind), clipped to the period; those of one kind that touch become one mark."""
    marks: list[Mark] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[2], span[0], span[1])):
        first, last = max(start, period.start), min(end, period.end)
        if first >= last:
            continue
        x, width = _scaled(period, first), (last - first) * WIDTH / (period.end - period.start)
        mark = Mark(min(x, WIDTH - NARROWEST), _round(max(width, NARROWEST)), kind)
        if marks and marks[-1].kind == kind and mark.x <= marks[-1].x + marks[-1].width:
            before = marks.pop()
            mark = Mark(before.x, _round(max(before.width, mark.x + mark.width - before.x)), kind)
        marks.append(mark)
    return tuple(marks)


def stack(parts: Sequence[tuple[str, Millis]]) -> tuple[Mark, ...]:
    """``parts`` (kind, length) side by side; what is there at all is visible."""
    present = [(kind, length) for kind, length in parts if length]
    whole = sum(length for _, length in present)
    widths = [max(length * WIDTH / whole, NARROWEST) for _, length in present]
    excess = WIDTH / sum(widths) if widths else 1
    marks, x = [], 0.0
    for (kind, _), width in zip(present, widths, strict=True):
        marks.append(Mark(_round(x), _round(width * excess), kind))
        x += width * excess
    return tuple(marks)


def ticks(period: Period, texts: Texts) -> tuple[Tick, ...]:
    """Civil days, weeks or months across the period, few enough to be read on a phone."""
    pattern = "HH:mm" if _is_short(period) else "MMM" if _is_long(period) else "d MMM"
    zone = texts.formats.zone
    return tuple(
        Tick(_scaled(period, at), str(format_datetime(to_datetime(at, zone), pattern, zone, locale=texts.language)))
        for at in _moments(period, to_datetime(period.start, zone))
    )


def _is_short(period: Period) -> bool:
    return period.end - period.start <= DAY + HOUR


def _is_long(period: Period) -> bool:
    return period.end - period.start > 92 * DAY + HOUR


def _moments(period: Period, start: dt.datetime) -> list[Millis]:
    moment = start.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if period.end - period.start > _MONTH:
        moment = moment.replace(day=1)
    moments = []
    while (at := from_datetime(moment)) < period.end:
        if at >= period.start:
            moments.append(at)
        moment = _next(moment, period)
    return moments


def _next(moment: dt.datetime, period: Period) -> dt.datetime:
    """The following tick: six hours, a day, a week, a month or three, in wall-clock time."""
    length = period.end - period.start
    if _is_short(period):
        return moment + dt.timedelta(hours=6)
    if length <= _MONTH:
        return moment + dt.timedelta(days=1 if length <= 8 * DAY else 7)
    months = moment.month - 1 + (1 if length <= 200 * DAY else 3)
    return moment.replace(year=moment.year + months // 12, month=months % 12 + 1)


def _scaled(period: Period, at: Millis) -> float:
    return _round((at - period.start) * WIDTH / (period.end - period.start))


def _round(value: float) -> float:
    return round(value, 1)


def tile_lines(name: str) -> tuple[str, ...]:
    """A commune's name cut at its hyphens and spaces into at most three short lines; the rest is an ellipsis."""
    lines: list[str] = [""]
    for piece in re.findall(r"[^\s-]+-?|-", name):
        space = " " if lines[-1] and not lines[-1].endswith("-") else ""
        if lines[-1] and len(lines[-1] + space + piece) > _TILE_LINE:
            lines.append(piece)
        else:
            lines[-1] += space + piece
    shown = [line if len(line) <= _TILE_LINE else f"{line[: _TILE_LINE - 1]}…" for line in lines[:_TILE_LINES]]
    if len(lines) > _TILE_LINES and not shown[-1].endswith("…"):
        shown[-1] = f"{shown[-1][: _TILE_LINE - 1]}…"
    return tuple(shown)
