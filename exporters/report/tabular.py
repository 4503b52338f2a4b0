"""The office CSV form: one row for each commune and service.

For a spreadsheet set to French: ``;``, decimal comma, UTF-8 with a byte order mark, ``dd/mm/yyyy hh:mm``, durations as
``h:mm:ss``; a cell that a spreadsheet would take for a formula is given an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from exporters.report import outages, parts
from exporters.report.texts import Texts, clean
from exporters.report.verdict import Verdict, judge
from netmon.clock import SECOND, Millis, to_datetime
from netmon.l10n import digits_for, ratio_of, truncated
from netmon.model import CommuneReport, ObjectFigures, Report, Share
from netmon.words import words_of

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def office_csv(report: Report, communes: Sequence[CommuneReport], texts: Texts) -> bytes:
    """The form for a spreadsheet, headed in the language of ``texts``."""
    rows = (_office_row(report, part, item, texts) for part in communes for item in part.services)
    return b"\xef\xbb\xbf" + _csv([_office_head(texts), *rows], ";")


def _csv(rows: Iterable[Sequence[object]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _office_head(texts: Texts) -> list[str]:
    _ = texts.gettext
    return [
        _("Commune"), _("INSEE code"), _("Service"), _("Family"), _("Start"), _("End"), _("Objective (%)"),
        _("Availability (%)"), _("Low bound (%)"), _("High bound (%)"), _("Coverage (%)"),
        _("Verdict"), _("Interruptions counted"), _("Interrupted time"), _("MTRS"), _("MTBF"), _("MTBSI"),
        *(_(name) for name, _meaning in parts.PART_WORDS.values()),
    ]  # fmt: skip


def _office_row(report: Report, part: CommuneReport, item: ObjectFigures, texts: Texts) -> list[str]:
    figures, digits = item.figures, digits_for(part.objective)
    verdict: Verdict = judge(figures, part.objective, texts)
    return [
        harmless(part.commune.name),
        harmless(part.commune.insee),
        harmless(item.name),
        harmless(words_of(item.family, texts.gettext)),
        _office_time(report.period.start, texts),
        _office_time(report.period.end, texts),
        "" if part.objective is None else _comma(int(ratio_of(part.objective) * 100 * 10**digits), digits),
        *(_office_percent(share, digits) for share in (figures.availability, figures.low, figures.high)),
        _office_percent(figures.coverage, 2),
        verdict.word,
        str(len(outages.counted([item]))),
        _clock(figures.interrupted),
        *("" if mean is None else _clock(round(mean)) for mean in (figures.mttr, figures.mtbf, figures.mtbsi)),
        *(_clock(length) for _kind, length in parts.lengths(figures.partition)),
    ]


def harmless(text: str) -> str:
    """``text`` as a spreadsheet keeps it: never a formula (OWASP, CSV injection)."""
    shown = clean(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _office_time(at: Millis, texts: Texts) -> str:
    return f"{to_datetime(at, texts.formats.zone):%d/%m/%Y %H:%M}"


def _office_percent(share: Share, digits: int) -> str:
    units = truncated(share, digits)
    return "" if units is None else _comma(units, digits)


def _comma(units: int, digits: int) -> str:
    whole, rest = divmod(units, 10**digits)
    return f"{whole},{rest:0{digits}d}"


def _clock(length: Millis) -> str:
    minutes, second = divmod((length + SECOND // 2) // SECOND, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}"
