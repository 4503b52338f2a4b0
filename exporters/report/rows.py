"""From the report's values to the rows, lanes and tiles of a page."""

from collections.abc import Iterable, Sequence

from exporters.report import cells, charts, outages, parts, story
from exporters.report.names import page_name
from exporters.report.texts import Texts, isolated
from exporters.report.verdict import Verdict, judge
from exporters.report.views import Division, Lane, ObjectRow, Summary, Tile
from netmon.clock import Millis
from netmon.l10n import digits_for, truncated
from netmon.model import Budget, Commune, CommuneReport, Figures, MaintenanceWindow, ObjectFigures, Period, Report
from netmon.sla.verdict import is_partial


def summary(
    figures: Figures,
    objective: float | None,
    services: Sequence[ObjectFigures],
    texts: Texts,
    lived: Figures | None = None,
    budget: Budget | None = None,
) -> Summary:
    """The figures taken together; interruptions are those of ``services`` that count.

    ``figures`` are those that a contract counts; ``lived``, where they may differ, those lived through.
    """
    times = figures if lived is None else lived
    show, digits = texts.formats, digits_for(objective)
    found = outages.counted(services)
    return Summary(
        verdict=judge(figures, objective, texts),
        reached=show.percent(figures.availability, digits),
        objective=None if objective is None else show.percent_units(story.objective_units(objective, digits), digits),
        gap=story.gap(figures, objective, texts),
        bounds=bounds(figures, digits, texts),
        coverage=show.percent(figures.coverage),
        interruptions=show.integer(len(found)) if figures.availability.whole else None,
        interrupted=show.duration(sum(outage.counted for outage in found)) if figures.availability.whole else None,
        mttr=_mean(times.mttr, texts),
        mtbf=_mean(times.mtbf, texts),
        mtbsi=_mean(times.mtbsi, texts),
        lived=_otherwise(figures, lived, digits, texts),
        budget=None if budget is None else _left(budget, texts),
    )


def _otherwise(figures: Figures, lived: Figures | None, digits: int, texts: Texts) -> str | None:
    """What was lived through, where it reads otherwise than what counts."""
    if lived is None:
        return None
    text = texts.formats.percent(lived.availability, digits)
    return None if text == texts.formats.percent(figures.availability, digits) else text


def _left(budget: Budget, texts: Texts) -> str:
    left = texts.formats.duration(int(abs(budget.left)))
    return left if budget.left >= 0 else texts.gettext("exceeded by %(length)s") % {"length": left}


def object_row(item: ObjectFigures, objective: float | None, texts: Texts) -> ObjectRow:
    """One service or site."""
    show, figures, digits = texts.formats, item.figures, digits_for(objective)
    return ObjectRow(
        name=isolated(item.name),
        family=texts.words(item.family),
        reached=show.percent(figures.availability, digits),
        bounds=bounds(figures, digits, texts),
        coverage=show.percent(figures.coverage),
        partial=is_partial(figures),
        interruptions=show.integer(len(outages.counted([item]))) if figures.availability.whole else None,
        interrupted=show.duration(figures.interrupted) if figures.availability.whole else None,
        mttr=_mean(figures.mttr, texts),
        mtbf=_mean(figures.mtbf, texts),
    )


def bounds(figures: Figures, digits: int, texts: Texts) -> str | None:
    """``99,89 à 99,90 %``, with up to two decimals more where they are needed to tell low from high."""
    for shown in range(digits, digits + 3):
        low, high = truncated(figures.low, shown), truncated(figures.high, shown)
        if low is None or high is None:
            return None
        if low != high:
            words = {"low": texts.formats.scaled(low, shown), "high": texts.formats.percent_units(high, shown)}
            return texts.gettext("%(low)s to %(high)s") % words
    return texts.formats.percent(figures.low, digits)


def division(figures: Figures, digits: int, texts: Texts) -> Division:
    """The partition as table, bar, and the bar in words."""
    rows = parts.rows(figures.partition, texts)
    said = ", ".join(f"{row.name} {row.share}" for row in rows if row.present)
    return Division(
        rows=rows,
        total=parts.total(figures.partition, texts),
        bar=charts.stack(parts.lengths(figures.partition)),
        text=said,
        sum=_sum(figures, digits, texts),
    )


def object_lane(item: ObjectFigures, planned: Iterable[MaintenanceWindow], report: Report, texts: Texts) -> Lane:
    """When one service or site was down; works announced for it, or for everything, behind."""
    works = [window for window in planned if window.object in {cells.EVERYTHING, item.id}]
    marks = _works(works, report.period) + _outages([item], report)
    return Lane(isolated(item.name), marks, lane_text([item], texts))


def works_lane(planned: Sequence[MaintenanceWindow], report: Report, texts: Texts) -> Lane:
    """All planned works on one lane."""
    text = texts.plural("%(n)s window", "%(n)s windows", len(planned))
    return Lane(texts.gettext("Planned works"), _works(planned, report.period), text)


def commune_lane(part: CommuneReport, report: Report, texts: Texts) -> Lane:
    """When at least one service of the commune was down; works announced for what serves it behind."""
    name = isolated(part.commune.name)
    marks = _works(part.planned, report.period) + _outages(part.services, report)
    return Lane(name, marks, lane_text(part.services, texts), page_name(part.commune))


def lane_text(items: Sequence[ObjectFigures], texts: Texts) -> str:
    """What the marks of a lane say."""
    if not any(item.figures.availability.whole for item in items):
        return texts.gettext("not measured")
    found = outages.counted(items)
    if not found:
        observed = any(item.figures.outages for item in items)
        return texts.gettext("no interruption counted") if observed else texts.gettext("no interruption")
    number = texts.plural("%(n)s interruption", "%(n)s interruptions", len(found))
    return f"{number}, {texts.formats.duration(sum(outage.counted for outage in found))}"


def figure_tile(part: CommuneReport, texts: Texts) -> Tile:
    """A commune on the map with its figure and verdict, leading to its page."""
    verdict = judge(part.counted, part.objective, texts)
    figure = texts.formats.percent(part.counted.availability, digits_for(part.objective))
    said = texts.gettext("%(commune)s: %(figure)s %(verdict)s") % {
        "commune": isolated(part.commune.name),
        "figure": figure or "",
        "verdict": verdict_words(verdict, texts),
    }
    return _tile(
        part.commune, verdict.kind, verdict.glyph, figure or "", said, page_name(part.commune), verdict.partial
    )


def place_tile(commune: Commune, here: Commune) -> Tile:
    """A commune on the small map that only shows where ``here`` is."""
    kind = "here" if commune.insee == here.insee else "other"
    return _tile(commune, kind, "", "", isolated(commune.name), "", False)


def verdict_words(verdict: Verdict, texts: Texts) -> str:
    """The verdict's word, and whether it stands on a partial measurement."""
    if verdict.partial:
        return texts.gettext("%(verdict)s, partial measurement") % {"verdict": verdict.word}
    return verdict.word


def _tile(commune: Commune, kind: str, glyph: str, figure: str, text: str, link: str, partial: bool) -> Tile:
    column, row = commune.tile
    return Tile(
        column, row, charts.tile_lines(isolated(commune.name)), kind, glyph, figure, text.strip(), link, partial
    )


def _sum(figures: Figures, digits: int, texts: Texts) -> str:
    """From the partition to the availability, as one can check it."""
    reached = texts.formats.percent(figures.availability, digits)
    if reached is None:
        return texts.gettext("By the counting rules none of this time is eligible.")
    text = texts.gettext(
        "By the counting rules %(eligible)s of this time are eligible and %(unavailable)s of those unavailable: "
        "availability is %(reached)s."
    )
    return text % {
        "eligible": texts.formats.duration(figures.eligible),
        "unavailable": texts.formats.duration(figures.unavailable),
        "reached": reached,
    }


def _works(windows: Iterable[MaintenanceWindow], period: Period) -> tuple[charts.Mark, ...]:
    return charts.place(period, [(window.start, _end(window, period), "works") for window in windows])


def _outages(items: Iterable[ObjectFigures], report: Report) -> tuple[charts.Mark, ...]:
    """Outages, and what of the period was still to come when the report was made."""
    found = [outage for item in items for outage in item.figures.outages]
    future = [(report.generated, report.period.end, "future")]
    planned = [(outage.start, outage.end, "planned") for outage in found if not outage.counted]
    down = [(outage.start, outage.end, "down") for outage in found if outage.counted]
    return tuple(mark for spans in (future, planned, down) for mark in charts.place(report.period, spans))


def _end(window: MaintenanceWindow, period: Period) -> Millis:
    return period.end if window.end is None else window.end


def _mean(length: float | None, texts: Texts) -> str | None:
    return None if length is None else texts.formats.span(round(length))
