"""The two kinds of pages as values: one commune, and the métropole with a way to each."""

from collections.abc import Iterable

from exporters.report import charts, contracts, outages, rows, story
from exporters.report.method import method
from exporters.report.names import page_name
from exporters.report.texts import Texts, isolated
from exporters.report.views import CommunePage, CommuneRow, Lane, MetropolePage, Timeline
from netmon.l10n import digits_for
from netmon.model import CommuneReport, MaintenanceWindow, ObjectFigures, Report


def commune_page(report: Report, part: CommuneReport, texts: Texts, *, located: bool) -> CommunePage:
    """The page of ``part``; ``located``: with its place among the others, which are named without figures."""
    show, period = texts.formats, report.period
    summary = rows.summary(part.figures, part.objective, part.services, texts)
    planned = _in_order(part.planned)
    return CommunePage(
        title=isolated(part.commune.name),
        insee=isolated(part.commune.insee),
        population=show.integer(part.commune.population),
        contract=isolated(report.names.get(part.contract, part.contract)),
        period=show.period_title(period),
        range=show.period_range(period),
        generated=show.instant(report.generated),
        summary=summary,
        sentences=story.sentences(
            part.figures, part.objective, summary.verdict, outages.of_services(part.services), texts
        ),
        notices=story.notices(report, part.figures, summary.verdict, texts),
        timeline=_timeline(report, part, planned, texts),
        services=tuple(rows.object_row(item, part.objective, texts) for item in part.services),
        sites=tuple(rows.object_row(item, part.objective, texts) for item in part.sites),
        outages=outages.rows(outages.events((item.name, item) for item in part.services), report, texts),
        planned=tuple(rows.planned_row(window, report, texts) for window in planned),
        contracts=contracts.sections(part.commitments, report, texts),
        division=rows.division(part.figures, digits_for(part.objective), texts),
        method=method(report, texts),
        tiles=tuple(rows.place_tile(other.commune, part.commune) for other in report.communes) if located else (),
    )


def metropole_page(report: Report, texts: Texts) -> MetropolePage:
    """The index: the synthesis of all communes, the map, and a row for each."""
    show, period = texts.formats, report.period
    objective = _common_objective(report)
    services = _each_once(report.communes)
    summary = rows.summary(report.figures, objective, services, texts)
    communes = tuple(_commune_row(part, texts) for part in report.communes)
    lanes = tuple(rows.commune_lane(part, report, texts) for part in report.communes)
    sentences = story.sentences(report.figures, objective, summary.verdict, outages.of_communes(report.communes), texts)
    return MetropolePage(
        period=show.period_title(period),
        range=show.period_range(period),
        generated=show.instant(report.generated),
        summary=summary,
        sentences=(*_kept(communes, report, texts), *sentences),
        notices=story.notices(report, report.figures, summary.verdict, texts),
        tiles=tuple(rows.figure_tile(part, texts) for part in report.communes),
        communes=communes,
        contracts=contracts.sections(report.contracts, report, texts),
        timeline=Timeline(
            charts.ticks(period, texts), ((texts.gettext("Communes"), lanes),), story.is_unfinished(report)
        ),
        division=rows.division(report.figures, digits_for(objective), texts),
        method=method(report, texts),
    )


def _timeline(report: Report, part: CommuneReport, planned: tuple[MaintenanceWindow, ...], texts: Texts) -> Timeline:
    groups: list[tuple[str, tuple[Lane, ...]]] = []
    if planned:
        groups.append(("", (rows.works_lane(planned, report, texts),)))
    for title, items in ((texts.gettext("Services"), part.services), (texts.gettext("Sites"), part.sites)):
        if items:
            groups.append((title, tuple(rows.object_lane(item, planned, report, texts) for item in items)))
    return Timeline(charts.ticks(report.period, texts), tuple(groups), story.is_unfinished(report))


def _commune_row(part: CommuneReport, texts: Texts) -> CommuneRow:
    return CommuneRow(
        name=isolated(part.commune.name),
        link=page_name(part.commune),
        population=texts.formats.integer(part.commune.population),
        summary=rows.summary(part.figures, part.objective, part.services, texts),
    )


def _kept(communes: tuple[CommuneRow, ...], report: Report, texts: Texts) -> tuple[str, ...]:
    """In how many communes the objective is met; nothing where there is no objective."""
    bound = sum(1 for part in report.communes if part.objective is not None)
    if not bound:
        return ()
    met = sum(1 for row in communes if row.summary.verdict.kind == "met")
    text = texts.ngettext(
        "The objective is met in %(met)s commune of %(all)s.",
        "The objective is met in %(met)s communes of %(all)s.",
        met,
    )
    return (text % {"met": texts.formats.integer(met), "all": texts.formats.integer(bound)},)


def _common_objective(report: Report) -> float | None:
    """The objective all communes share; None where they differ."""
    objectives = {part.objective for part in report.communes}
    return objectives.pop() if len(objectives) == 1 else None


def _each_once(communes: Iterable[CommuneReport]) -> tuple[ObjectFigures, ...]:
    """The services of all communes; one that several share is one."""
    return tuple({item.id: item for part in communes for item in part.services}.values())


def _in_order(windows: Iterable[MaintenanceWindow]) -> tuple[MaintenanceWindow, ...]:
    return tuple(sorted(windows, key=lambda window: (window.start, window.object, window.recorded)))
