"""The XLSX form: every sheet with real numbers, dates and durations, its head frozen and a filter on it.

A percentage is cut, never rounded, after the last decimal its cell shows. Texts are written as texts: nothing that
stands in a name is ever a formula or a link. Dates are local civil time, which is all a spreadsheet knows.
"""

import datetime as dt
import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from xlsxwriter import Workbook

from exporters.report.columns import Kind, Sheet, Value
from exporters.report.sheets import sheets
from exporters.report.texts import Texts, clean
from netmon.clock import DAY, SECOND, to_datetime
from netmon.l10n import ratio_of
from netmon.model import CommuneReport, Report, Share

_DECIMALS = 4
_LONGEST_TEXT = 32_000
_LONGEST_NAME = 31
_WIDTHS: dict[Kind, int] = {
    "text": 28, "count": 13, "percent": 14, "length": 15, "instant": 17, "month": 12, "money": 13,
}  # fmt: skip
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def workbook(report: Report, communes: Sequence[CommuneReport], texts: Texts, *, whole: bool) -> bytes:
    """The report of ``communes`` as a workbook; the same bytes for the same report."""
    content = io.BytesIO()
    with Workbook(content, _OPTIONS) as book:
        made = to_datetime(report.generated // SECOND * SECOND, dt.UTC).replace(tzinfo=None)
        title = f"{texts.gettext('Availability report')} – {texts.formats.period_title(report.period)}"
        book.set_properties({"title": title, "comments": f"netmon {report.version}, {report.digest}", "created": made})
        formats = _formats(book, texts)
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2})
        for sheet in sheets(report, communes, texts, whole=whole):
            _write(book.add_worksheet(sheet.name[:_LONGEST_NAME]), sheet, formats, head, texts)
    return content.getvalue()


def _formats(book: Workbook, texts: Texts) -> dict[Kind, Any]:
    french = texts.language == "fr"
    patterns: dict[Kind, str] = {
        "text": "@",
        "count": "#,##0",
        "percent": f"0.{'0' * _DECIMALS}%",
        "length": "[h]:mm:ss",
        "instant": "dd/mm/yyyy hh:mm" if french else "yyyy-mm-dd hh:mm",
        "month": "mm/yyyy" if french else "yyyy-mm",
        "money": "#,##0.00 €" if french else "€#,##0.00",
    }
    return {kind: book.add_format({"num_format": pattern, "valign": "top"}) for kind, pattern in patterns.items()}


def _write(target: Any, sheet: Sheet, formats: dict[Kind, Any], head: Any, texts: Texts) -> None:
    for index, (label, kind) in enumerate(sheet.columns):
        target.set_column(index, index, _WIDTHS[kind])
        target.write_string(0, index, label, head)
    for line, row in enumerate(sheet.rows, start=1):
        for index, ((_label, kind), value) in enumerate(zip(sheet.columns, row, strict=True)):
            _cell(target, line, index, kind, value, formats[kind], texts)
    target.freeze_panes(1, 1)
    target.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(1, 0)
    target.repeat_rows(0)


def _cell(target: Any, line: int, index: int, kind: Kind, value: Value, look: Any, texts: Texts) -> None:
    if isinstance(value, str):
        target.write_string(line, index, clean(value)[:_LONGEST_TEXT], look)
        return
    if kind in {"instant", "month"} and isinstance(value, int):
        target.write_datetime(line, index, to_datetime(value, texts.formats.zone).replace(tzinfo=None), look)
        return
    number = _number(kind, value)
    if number is not None:
        target.write_number(line, index, number, look)


def _number(kind: Kind, value: Value) -> float | None:
    """What a cell of the kind holds; None: it stays empty."""
    if value is None or isinstance(value, str):
        return None
    if kind == "percent":
        return _percent(value)
    if isinstance(value, Share):
        return value.ratio
    if kind == "length":
        return value / DAY
    return value / 100 if kind == "money" else value


def _percent(value: int | float | Share) -> float | None:
    """Cut after the decimals that the cell shows."""
    steps: int = 100 * 10**_DECIMALS
    if isinstance(value, Share):
        return float(Fraction(value.part * steps // value.whole, steps)) if value.whole else None
    return int(ratio_of(value) * steps) / steps
