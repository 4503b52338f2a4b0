"""The sheets of the workbook: what stands in each column, as values; ``workbook`` gives them their formats."""

from collections.abc import Callable, Iterator, Sequence

from exporters.report import contractsheets, outages, parts, works
from exporters.report.columns import (
    COUNT,
    INSTANT,
    LENGTH,
    MONTH,
    PERCENT,
    TEXT,
    Sheet,
    Value,
    figure_columns,
    figures,
    place,
    sheet,
)
from exporters.report.method import method
from exporters.report.texts import Texts
from exporters.report.verdict import judge_share
from netmon.model import CommuneReport, ObjectFigures, Report, Share
from netmon.words import words_of


def sheets(report: Report, communes: Sequence[CommuneReport], texts: Texts, *, whole: bool) -> list[Sheet]:
    """All sheets; those of contracts as a whole only with all communes."""
    found = [
        make(report, communes, texts) for make in (_summary, _families, _services, _sites, _outages, _works, _trend)
    ]
    found += [_links(report, communes, texts)] if any(part.capacity for part in communes) else []
    if whole:
        found += [make(report, texts) for make in _OF_CONTRACTS]
    return [*found, _method(report, texts)]


def _summary(_report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    _ = texts.gettext
    columns = (
        *place(texts), (_("Population"), COUNT), (_("Objective"), PERCENT), *figure_columns(texts),
        (_("Lived through, nothing left out"), PERCENT), (_("Error budget left"), LENGTH),
        (_("Exceeded by"), LENGTH),
    )  # fmt: skip
    rows = (
        (
            part.commune.name,
            part.commune.insee,
            part.commune.population,
            part.objective,
            *figures(part.counted, part.figures, part.objective, texts),
            part.figures.availability,
            None if part.budget is None else max(0, int(part.budget.left)),
            None if part.budget is None else max(0, -int(part.budget.left)),
        )
        for part in communes
    )
    return sheet(_("Summary"), columns, rows)


def _families(_report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    _ = texts.gettext
    columns = (
        *place(texts), (_("Family"), TEXT), (_("Services"), COUNT), (_("Objective"), PERCENT),
        *figure_columns(texts),
    )  # fmt: skip
    rows = (
        (
            part.commune.name,
            part.commune.insee,
            words_of(each.family, texts.gettext),
            each.services,
            each.objective,
            *figures(each.figures, each.figures, each.objective, texts),
        )
        for part in communes
        for each in part.families
    )
    return sheet(_("Families"), columns, rows)


def _services(_report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    return _objects(texts.gettext("Services"), texts.gettext("Service"), communes, lambda part: part.services, texts)


def _sites(_report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    return _objects(texts.gettext("Sites"), texts.gettext("Site"), communes, lambda part: part.sites, texts)


def _links(report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    _ = texts.gettext
    columns = (
        *place(texts), (_("Device"), TEXT), (_("Interface"), TEXT), (_("Speed in Mbit/s"), COUNT),
        (_("Time loaded"), LENGTH), (_("Of the time measured"), PERCENT), (_("Highest load"), PERCENT),
        (_("Measured"), LENGTH),
    )  # fmt: skip
    rows = (
        (
            part.commune.name,
            part.commune.insee,
            report.names.get(link.node, link.node),
            link.interface,
            link.speed // 1_000_000,
            link.over,
            Share(link.over, link.measured),
            Share(link.peak, 10_000),
            link.measured,
        )
        for part in communes
        for link in (part.capacity.loaded if part.capacity else ())
    )
    return sheet(_("Loaded links"), columns, rows)


def _objects(
    name: str,
    head: str,
    communes: Sequence[CommuneReport],
    items: Callable[[CommuneReport], Sequence[ObjectFigures]],
    texts: Texts,
) -> Sheet:
    _ = texts.gettext
    columns = (
        *place(texts), (head, TEXT), (_("Family"), TEXT), (_("Objective"), PERCENT), *figure_columns(texts),
        *((_(word), LENGTH) for word, _meaning in parts.PART_WORDS.values()),
    )  # fmt: skip
    rows = (
        (
            part.commune.name,
            part.commune.insee,
            item.name,
            words_of(item.family, texts.gettext),
            part.objective,
            *figures(item.figures, item.figures, part.objective, texts),
            *(length for _kind, length in parts.lengths(item.figures.partition)),
        )
        for part in communes
        for item in items(part)
    )
    return sheet(name, columns, rows)


def _outages(_report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    _ = texts.gettext
    columns = (
        *place(texts), (_("Service"), TEXT), (_("Start"), INSTANT), (_("End"), INSTANT),
        (_("Duration"), LENGTH), (_("Counted"), LENGTH),
        (_("Cause"), TEXT), (_("Attribution"), TEXT), (_("Incident"), TEXT),
    )  # fmt: skip
    return sheet(_("Interruptions"), columns, _outage_rows(communes, texts))


def _outage_rows(communes: Sequence[CommuneReport], texts: Texts) -> Iterator[tuple[Value, ...]]:
    for part in communes:
        notes = outages.notes_of(part)
        for item in part.services:
            for outage in item.figures.outages:
                note = notes.get((item.id, outage.start))
                yield (
                    part.commune.name,
                    part.commune.insee,
                    item.name,
                    outage.start,
                    outage.end,
                    outage.end - outage.start,
                    outage.counted,
                    words_of(outage.reason, texts.gettext),
                    ", ".join(texts.party(party) for party in note.parties) if note else "",
                    ", ".join(note.incidents) if note else "",
                )


def _works(report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    _ = texts.gettext
    columns = (
        *place(texts), (_("Concerns"), TEXT), (_("Start"), INSTANT), (_("End"), INSTANT), (_("Subject"), TEXT),
        (_("Announced"), INSTANT),
    )  # fmt: skip
    rows = (
        (
            part.commune.name,
            part.commune.insee,
            works.name_of(each, report.names, texts),
            each.start,
            each.end,
            each.text,
            each.recorded,
        )
        for part in communes
        for each in part.planned
    )
    return sheet(_("Planned works"), columns, rows)


def _trend(_report: Report, communes: Sequence[CommuneReport], texts: Texts) -> Sheet:
    _ = texts.gettext
    columns = (
        *place(texts), (_("Month"), MONTH), (_("Objective"), PERCENT), (_("Availability"), PERCENT),
        (_("Coverage"), PERCENT), (_("Verdict"), TEXT),
    )  # fmt: skip
    rows = (
        (
            part.commune.name,
            part.commune.insee,
            each.period.start,
            each.objective,
            each.availability,
            each.coverage,
            judge_share(each.availability, each.coverage, each.objective, texts).word,
        )
        for part in communes
        for each in part.trend
    )
    return sheet(_("Twelve months"), columns, rows)


def _method(report: Report, texts: Texts) -> Sheet:
    _ = texts.gettext
    told = method(report, report.contracts, texts)
    rows = (
        *told.facts,
        (_("Policy"), told.policy_name),
        *told.policy,
        *told.contracts,
        (_("Digest of the inputs (SHA-256)"), told.digest),
        (_("Digest of the configuration (SHA-256)"), told.configuration),
        *((_("Remark"), remark) for remark in told.remarks),
    )
    return sheet(_("Method"), ((_("Subject"), TEXT), (_("Meaning"), TEXT)), rows)


_OF_CONTRACTS = (contractsheets.objectives, contractsheets.incidents, contractsheets.findings, contractsheets.penalties)
