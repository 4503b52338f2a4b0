"""What sheets of the workbook are made of, and the columns that several share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from exporters.report.texts import Texts
from exporters.report.verdict import judge
from netmon.model import Figures, Share

Kind: TypeAlias = Literal["text", "count", "percent", "length", "instant", "month", "money"]
TEXT: Kind = "text"
COUNT: Kind = "count"
PERCENT: Kind = "percent"
LENGTH: Kind = "length"
INSTANT: Kind = "instant"
MONTH: Kind = "month"
MONEY: Kind = "money"
Value: TypeAlias = str | int | float | Share | None
"""Texts; counts; shares or ratios as percentages; milliseconds as lengths and instants; cents as money. None: empty."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its columns (label, kind), and its rows in the order of the columns."""

    name: str
    columns: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Value, ...], ...]


def sheet(name: str, columns: Iterable[tuple[str, Kind]], rows: Iterable[tuple[Value, ...]]) -> Sheet:
    """A sheet of these."""
    return Sheet(name, tuple(columns), tuple(rows))


def place(texts: Texts) -> tuple[tuple[str, Kind], ...]:
    """The columns that say which commune."""
    return ((texts.gettext("Commune"), TEXT), (texts.gettext("INSEE code"), TEXT))


def figure_columns(texts: Texts) -> tuple[tuple[str, Kind], ...]:
    """The columns of ``figures``."""
    _ = texts.gettext
    return (
        (_("Availability"), PERCENT), (_("Low bound"), PERCENT), (_("High bound"), PERCENT),
        (_("Coverage"), PERCENT), (_("Verdict"), TEXT),
        (_("Interruptions"), COUNT), (_("Interrupted time"), LENGTH), (_("MTRS"), LENGTH),
        (_("MTBF"), LENGTH), (_("MTBSI"), LENGTH),
    )  # fmt: skip


def figures(counted: Figures, lived: Figures, objective: float | None, texts: Texts) -> tuple[Value, ...]:
    """The values under ``figure_columns``; times and interruptions are those lived through."""
    return (
        counted.availability,
        counted.low,
        counted.high,
        counted.coverage,
        judge(counted, objective, texts).word,
        lived.count,
        lived.interrupted,
        lived.mttr,
        lived.mtbf,
        lived.mtbsi,
    )
