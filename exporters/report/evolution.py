"""How figures moved: the months up to the end of the period, what is worst, and what improved most."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from babel.dates import format_date

from exporters.report import cells
from exporters.report.texts import Texts, isolated
from exporters.report.verdict import judge_share
from exporters.report.views import Cell, Column, Month, Section, Table, Trend
from netmon.clock import to_datetime
from netmon.l10n import digits_for, ratio_of, truncated
from netmon.model import Report, Share, Stretch

HEIGHT = 60.0
"""Units a trend's stem can be long, above and below the objective together."""

_SHOWN = 5
_SHORTEST = 1.5


class Moved(NamedTuple):
    """Something that had a figure before, and has one now."""

    name: str
    now: Share
    before: Share | None
    link: str = ""


def trend(months: Sequence[Stretch], objective: float | None, texts: Texts) -> Trend:
    """The months as stems from the objective of each, or else ``objective``, or else 100 %; all to one scale."""
    months = [replace(each, objective=objective) if each.objective is None else each for each in months]
    measured = [each for each in months if each.availability.whole]
    if not measured:
        return Trend((), texts.gettext("Nothing was measured in the last twelve months."))
    scale = max(Fraction(1, 10_000), *(abs(_offset(each)) for each in measured))
    shown = tuple(_month(each, scale, texts) for each in months)
    return Trend(shown, _note(len(measured), scale, objective, texts))


def _note(measured: int, scale: Fraction, objective: float | None, texts: Texts) -> str:
    _ = texts.gettext
    words = {"scale": texts.formats.points(int(scale * 10_000), 2).lstrip("+")}
    text = (
        _("Each stem is the gap to full availability, the longest %(scale)s.")
        if objective is None
        else _(
            "Each stem is the gap to the objective: above the line it is met, below it is missed; the longest is "
            "%(scale)s."
        )
    ) % words
    if measured < 2:
        alone = _("There is only one month with measurements: no trend can be told yet.")
        return f"{text} {alone}"
    return text


def _offset(month: Stretch) -> Fraction:
    """Reached minus objective."""
    base = Fraction(1) if month.objective is None else ratio_of(month.objective)
    return Fraction(month.availability.part, month.availability.whole) - base


def _month(month: Stretch, scale: Fraction, texts: Texts) -> Month:
    digits = digits_for(month.objective)
    zone = texts.formats.zone
    label = str(format_date(to_datetime(month.period.start, zone), "MMM y", locale=texts.language))
    figure = texts.formats.percent(month.availability, digits)
    verdict = judge_share(month.availability, month.coverage, month.objective, texts)
    if figure is None:
        return Month(label, texts.gettext("not measured"), verdict, HEIGHT / 2, 0)
    reach = float(_offset(month) / scale) * HEIGHT / 2
    height = max(abs(reach), _SHORTEST)
    return Month(label, figure, verdict, round(HEIGHT / 2 - (height if reach >= 0 else 0), 1), round(height, 1))


def movement(report: Report, items: Iterable[Moved], objective: float | None, head: str, texts: Texts) -> Section:
    """The worst of the period, and what improved and what worsened most since the period before."""
    _, found = texts.gettext, [item for item in items if item.now.whole]
    title = _("Worst and most improved")
    worst = sorted(
        (item for item in found if item.now.part < item.now.whole), key=lambda item: (_share(item.now), item.name)
    )
    moved = sorted((item for item in found if _change(item)), key=lambda item: (-_change(item), item.name))
    better, worse = (
        [item for item in moved if _change(item) > 0],
        [item for item in reversed(moved) if _change(item) < 0],
    )
    columns = (Column(head), cells.number(_("Reached")), cells.number(_("Period before")), cells.number(_("Change")))
    tables = tuple(
        Table(name, caption, columns, tuple(_row(item, objective, texts) for item in some[:_SHOWN]))
        for name, caption, some in (
            (_("Worst"), _("The lowest availability in the period"), worst),
            (_("Most improved"), _("The greatest gain since the period before"), better),
            (_("Most worsened"), _("The greatest loss since the period before"), worse),
        )
        if some
    )
    return Section("movement", title, tuple(_remarks(report, found, worst, texts)), tables)


def _remarks(report: Report, found: Sequence[Moved], worst: Sequence[Moved], texts: Texts) -> Iterable[str]:
    _ = texts.gettext
    if not found:
        yield _("Nothing was measured: there is nothing to compare.")
    elif not worst:
        yield _("Nothing was interrupted in the period.")
    if report.before and found and not any(item.before and item.before.whole for item in found):
        yield _("The period before, %(period)s, was not measured: no change can be told.") % {
            "period": texts.formats.period_title(report.before)
        }
    elif report.before:
        yield _("Compared with %(period)s.") % {"period": texts.formats.period_title(report.before)}


def _row(item: Moved, objective: float | None, texts: Texts) -> tuple[Cell, ...]:
    digits = digits_for(objective) + 1
    before = Share(0, 0) if item.before is None else item.before
    now, then = truncated(item.now, digits), truncated(before, digits)
    change = None if now is None or then is None else texts.formats.points(now - then, digits)
    return (
        Cell(isolated(item.name), "words", link=item.link),
        cells.percent(item.now, digits, texts),
        cells.percent(before, digits, texts),
        cells.figure(change),
    )


def _share(share: Share) -> Fraction:
    return Fraction(share.part, share.whole)


def _change(item: Moved) -> Fraction:
    return _share(item.now) - _share(item.before) if item.before and item.before.whole else Fraction(0)
