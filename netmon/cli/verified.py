"""What ``netmon report verify`` prints."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import typer

from exporters.report import cause_row, figure_words, subject_words, value_words
from exporters.report.texts import Texts
from netmon import __version__
from netmon.reporting.verifying import Verified
from netmon.sla.comparison import Difference, InputChange

T = TypeVar("T")

_SCHEMA_VERSION = 1
_MOST_LINES = 200


def print_verified(found: Verified, file: Path, language: str, timezone: str) -> None:
    """The findings in words: what the file is, whether it is as it was, what differs, and why."""
    texts = Texts(language, timezone)
    for line in _lines(found, file, texts):
        typer.echo(line)


def print_document(found: Verified) -> None:
    """The findings as JSON."""
    content = {
        "schema_version": _SCHEMA_VERSION,
        "identical": found.is_good,
        "edition": f"{found.edition.period}/{found.edition.name}" if found.edition else None,
        "altered": found.altered,
        "signature": "missing" if found.unsigned else {True: "good", False: "bad", None: None}[found.signed],
        "figures": found.figures,
        "differences": [
            {name: getattr(each, name) for name in ("commune", "subject", "figure", "before", "after")}
            for each in found.differences
        ],
        "causes": [{"added": change.added, "event": change.told} for change in found.changes],
    }
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")


def _lines(found: Verified, file: Path, texts: Texts) -> Iterator[str]:
    _ = texts.gettext
    if found.edition:
        names = {"file": file, "edition": found.edition.name, "period": found.edition.period}
        yield _("%(file)s: part of edition %(edition)s of %(period)s") % names
    for name in found.altered:
        yield _("ALTERED: %(file)s is not what was stored") % {"file": name}
    if found.signed is not None:
        yield _("signature: good") if found.signed else _("SIGNATURE: not of this file, or not of this key")
    if found.unsigned:
        yield _("SIGNATURE: there is none beside it")
    if found.made_by != __version__:
        yield _("made by netmon %(then)s; this is %(now)s") % {"then": found.made_by, "now": __version__}
    number = {"n": texts.formats.integer(found.figures)}
    if not found.differences:
        yield _("made again: %(n)s figures, all identical") % number
    else:
        yield _("made again: of %(n)s figures, %(differing)s differ") % {
            **number, "differing": texts.formats.integer(len(found.differences))
        }  # fmt: skip
        yield from _cut(found.differences, lambda each: _difference(each, found, texts), texts)
    if found.changes:
        yield ""
        yield _("recorded or configured otherwise since:")
        yield from _cut(found.changes, lambda each: _cause(each, found, texts), texts)


def _cut(items: Sequence[T], line: Callable[[T], str], texts: Texts) -> Iterator[str]:
    for item in items[:_MOST_LINES]:
        yield f"  {line(item)}"
    if len(items) > _MOST_LINES:
        yield "  " + texts.plural("and %(n)s more", "and %(n)s more", len(items) - _MOST_LINES)


def _difference(each: Difference, found: Verified, texts: Texts) -> str:
    name = each.figure.rpartition(".")[2]
    before, after = (value_words(name, each, value, texts) for value in (each.before, each.after))
    return f"{subject_words(each, found.names, texts)}: {figure_words(each.figure, texts)}: {before} → {after}"


def _cause(change: InputChange, found: Verified, texts: Texts) -> str:
    row = cause_row(change, found.names, texts)
    when = " – ".join(moment for moment in (row.start, row.end) if moment)
    told = ", ".join(text for text in (row.object, when, row.text, row.author) if text)
    return f"{row.kind} ({row.sign}): {told}"
