"""The two kinds of pages as values: one commune, and the métropole with a way to each."""

from collections.abc import Iterable
from dataclasses import replace

from exporters.report import (
    agreements,
    annexes,
    capacity,
    charts,
    evolution,
    families,
    outages,
    reliability,
    rows,
    story,
    works,
)
from exporters.report.method import method
from exporters.report.names import page_name
from exporters.report.texts import Texts, isolated
from exporters.report.views import CommunePage, CommuneRow, Lane, MetropolePage, Section, Timeline
from netmon.l10n import digits_for
from netmon.model import CommuneReport, MaintenanceWindow, ObjectFigures, Report

_GRAVEST = 10
"""Interruptions listed for the métropole: each commune's report lists its own."""


def commune_page(
    report: Report, part: CommuneReport, texts: Texts, *, located: bool, most: int | None = None
) -> CommunePage:
    """The page of ``part``; ``located``: with its place among the others, which are named without figures; ``most``
    interruptions are listed (None: all)."""
    show, period = texts.formats, report.period
    summary = rows.summary(part.counted, part.objective, part.services, texts, part.figures, part.budget)
    events = _events(part)
    return CommunePage(
        title=isolated(part.commune.name),
        insee=isolated(part.commune.insee),
        population=show.integer(part.commune.population),
        contract=isolated(report.names.get(part.contract, part.contract)),
        period=show.period_title(period),
        range=show.period_range(period),
        generated=show.instant(report.generated),
        summary=summary,
        sentences=(
            *story.sentences(part.counted, part.objective, summary.verdict, outages.of_services(part.services), texts),
            *agreements.missed(part.contracts, part.contract, texts),
        ),
        notices=(
            *story.notices(report, part.counted, summary.verdict, texts),
            *agreements.partly(report, part, texts),
        ),
        trend=evolution.trend(part.trend, part.objective, texts),
        agreements=agreements.of_commune(report, part, texts),
        timeline=_timeline(report, part, works.in_order(part.planned), texts),
        families=families.of_commune(part, texts),
        services=tuple(rows.object_row(item, part.objective, texts) for item in part.services),
        sites=tuple(rows.object_row(item, part.objective, texts) for item in part.sites),
        outages=outages.section(events, outages.gravest(events, most), "services", report, texts),
        planned=works.of_commune(part, report, texts),
        findings=_commune_findings(report, part, texts),
        division=rows.division(part.figures, digits_for(part.objective), texts),
        method=method(report, part.contracts, texts),
        tiles=tuple(rows.place_tile(other.commune, part.commune) for other in report.communes) if located else (),
    )


def metropole_page(report: Report, texts: Texts) -> MetropolePage:
    """The index: the synthesis of all communes, the map, and a row for each."""
    show, period = texts.formats, report.period
    objective = _common_objective(report)
    services = _each_once(report.communes)
    summary = replace(
        rows.summary(report.figures, objective, services, texts, budget=report.budget),
        kept=agreements.respect(report.contracts, texts),
    )
    missed = agreements.missed(report.contracts, "", texts)
    worst_first = sorted(report.communes, key=_standing)
    communes = tuple(_commune_row(part, texts) for part in worst_first)
    lanes = tuple(rows.commune_lane(part, report, texts) for part in worst_first)
    told = outages.of_communes(report.communes)
    sentences = story.sentences(report.figures, objective, summary.verdict, told, texts)
    return MetropolePage(
        period=show.period_title(period),
        range=show.period_range(period),
        generated=show.instant(report.generated),
        summary=summary,
        sentences=(*_kept(communes, report, texts), *sentences, *missed),
        notices=story.notices(report, report.figures, summary.verdict, texts),
        trend=evolution.trend(report.trend, objective, texts),
        families=families.matrix(worst_first, texts),
        agreements=agreements.sections(report, report.contracts, report.unsettled, texts),
        findings=_all_findings(report, texts),
        tiles=tuple(rows.figure_tile(part, texts) for part in report.communes),
        communes=communes,
        timeline=Timeline(
            charts.ticks(period, texts),
            ((texts.gettext("Communes"), lanes),),
            story.is_unfinished(report),
            any(part.planned for part in report.communes),
        ),
        outages=outages.section(told.events, outages.gravest(told.events, _GRAVEST), told.named, report, texts),
        planned=works.of_all(report, texts),
        division=rows.division(report.figures, digits_for(objective), texts),
        method=method(report, report.contracts, texts),
    )


def _events(part: CommuneReport) -> tuple[outages.Event, ...]:
    return outages.events(((item.name, item) for item in part.services), outages.notes_of(part))


def _commune_findings(report: Report, part: CommuneReport, texts: Texts) -> tuple[Section, ...]:
    moved = (evolution.Moved(item.name, item.figures.availability, item.previous) for item in part.services)
    return (
        evolution.movement(report, moved, part.objective, texts.gettext("Service"), texts),
        reliability.section(part.figures, part.budget, not story.is_unfinished(report), texts),
        capacity.section(report, part.capacity, texts),
        *annexes.sections(report, part.contracts, texts),
    )


def _all_findings(report: Report, texts: Texts) -> tuple[Section, ...]:
    moved = (
        evolution.Moved(part.commune.name, part.counted.availability, part.previous, page_name(part.commune))
        for part in report.communes
    )
    return (
        evolution.movement(report, moved, _common_objective(report), texts.gettext("Commune"), texts),
        reliability.section(report.figures, report.budget, not story.is_unfinished(report), texts),
        capacity.section(report, report.capacity, texts),
        *annexes.sections(report, report.contracts, texts),
    )


def _timeline(report: Report, part: CommuneReport, planned: tuple[MaintenanceWindow, ...], texts: Texts) -> Timeline:
    groups: list[tuple[str, tuple[Lane, ...]]] = []
    if planned:
        groups.append(("", (rows.works_lane(planned, report, texts),)))
    for title, items in ((texts.gettext("Services"), part.services), (texts.gettext("Sites"), part.sites)):
        if items:
            groups.append((title, tuple(rows.object_lane(item, planned, report, texts) for item in items)))
    return Timeline(charts.ticks(report.period, texts), tuple(groups), story.is_unfinished(report), bool(planned))


def _commune_row(part: CommuneReport, texts: Texts) -> CommuneRow:
    return CommuneRow(
        name=isolated(part.commune.name),
        link=page_name(part.commune),
        population=texts.formats.integer(part.commune.population),
        summary=rows.summary(part.counted, part.objective, part.services, texts, part.figures),
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
    said = text % {"met": texts.formats.integer(met), "all": texts.formats.integer(bound)}
    partly = sum(1 for row in communes if row.summary.verdict.kind == "met" and row.summary.verdict.partial)
    if not partly:
        return (said,)
    thin = (
        texts.gettext("Too little was seen to speak of the whole period.")
        if partly == met
        else texts.plural(
            "In %(n)s of them too little was seen to speak of the whole period.",
            "In %(n)s of them too little was seen to speak of the whole period.",
            partly,
        )
    )
    return (f"{said} {thin}",)


def _standing(part: CommuneReport) -> tuple[bool, float, str]:
    """The worst served first, by what was reached beyond the objective; what was not measured last."""
    reached = part.counted.availability.ratio
    return (reached is None, (reached or 0) - (1 if part.objective is None else part.objective), part.commune.name)


def _common_objective(report: Report) -> float | None:
    """The objective all communes share; None where they differ."""
    objectives = {part.objective for part in report.communes}
    return objectives.pop() if len(objectives) == 1 else None


def _each_once(communes: Iterable[CommuneReport]) -> tuple[ObjectFigures, ...]:
    """The services of all communes; one that several share is one."""
    return tuple({item.id: item for part in communes for item in part.services}.values())
