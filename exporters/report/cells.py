"""Cells of tables, each made from a value in one way."""

from collections.abc import Mapping

from exporters.report.texts import Texts, isolated
from exporters.report.verdict import Verdict
from exporters.report.views import Cell, Column
from netmon.clock import Millis
from netmon.model import Share

NONE = "–"
EVERYTHING = "*"


def number(label: str) -> Column:
    """A column of numbers."""
    return Column(label, "number")


def plain(text: str, flag: str = "") -> Cell:
    """Words of our own."""
    return Cell(text, flag=flag)


def free(text: str) -> Cell:
    """Words of somebody else's: a name, a reason."""
    return Cell(isolated(text) or NONE, "words")


def named(names: Mapping[str, str], *objects: str) -> Cell:
    """Objects by their names."""
    return free(", ".join(names.get(name, name) for name in objects))


def figure(text: str | None) -> Cell:
    """A number already in words; None: there is none."""
    return Cell(NONE if text is None else text, "number")


def length(value: Millis | None, texts: Texts) -> Cell:
    """A duration."""
    return figure(None if value is None else texts.formats.duration(value))


def count(value: int, texts: Texts) -> Cell:
    """A whole number."""
    return figure(texts.formats.integer(value))


def percent(share: Share, digits: int, texts: Texts) -> Cell:
    """A percentage; *not measured* where there is no whole."""
    text = texts.formats.percent(share, digits)
    return Cell(texts.gettext("not measured"), "number none") if text is None else Cell(text, "number")


def instant(at: Millis | None, texts: Texts, flag: str = "") -> Cell:
    """A moment; a dash where there is none."""
    if at is None:
        return Cell(NONE, flag=flag)
    return Cell(texts.formats.instant(at), iso=texts.formats.iso(at), flag=flag)


def end(start: Millis, at: Millis | None, texts: Texts) -> Cell:
    """The end of what began at ``start``."""
    return Cell(NONE) if at is None else Cell(texts.formats.end(start, at), iso=texts.formats.iso(at))


def judged(verdict: Verdict) -> Cell:
    """A verdict, with its glyph."""
    return Cell(verdict.word, verdict=verdict)
