"""Families of services: a commune's own, and the matrix of all communes."""

from collections.abc import Sequence

from exporters.report import cells, story
from exporters.report.names import page_name
from exporters.report.texts import Texts, isolated
from exporters.report.verdict import judge
from exporters.report.views import Cell, Column, Section, Table
from netmon.l10n import digits_for
from netmon.model import CommuneReport, FamilyFigures
from netmon.words import words_of


def of_commune(part: CommuneReport, texts: Texts) -> Section:
    """One row for each family the commune uses."""
    _ = texts.gettext
    title = _("Families of services")
    if not part.families:
        return Section("families", title, (_("No service is watched for this commune."),))
    columns = (
        Column(_("Family")), cells.number(_("Services")), cells.number(_("Objective")), cells.number(_("Reached")),
        cells.number(_("Gap")), cells.number(_("Interruptions")), cells.number(_("Interrupted time")),
        Column(_("Verdict")),
    )  # fmt: skip
    rows = tuple(_row(each, texts) for each in part.families)
    caption = _("The services of each family taken together, as they were lived through")
    return Section("families", title, (), (Table("", caption, columns, rows),))


def matrix(communes: Sequence[CommuneReport], texts: Texts) -> Section:
    """Communes by families: what each reached, with the glyph of its verdict."""
    _ = texts.gettext
    title = _("Communes and families of services")
    found = sorted({each.family for part in communes for each in part.families})
    if not found:
        return Section("families", title, (_("No service is watched."),))
    columns = (Column(_("Commune")), *(cells.number(isolated(words_of(name, texts.gettext))) for name in found))
    rows = tuple(_matrix_row(part, found, texts) for part in communes)
    caption = _(
        "Availability of each family of services in each commune; ✓ objective met, ✗ not met, – no such service"
    )
    return Section("families", title, (), (Table("", caption, columns, rows),))


def _row(family: FamilyFigures, texts: Texts) -> tuple[Cell, ...]:
    figures, show, digits = family.figures, texts.formats, digits_for(family.objective)
    known = bool(figures.availability.whole)
    return (
        cells.free(words_of(family.family, texts.gettext)),
        cells.count(family.services, texts),
        cells.figure(
            None
            if family.objective is None
            else show.percent_units(story.objective_units(family.objective, digits), digits)
        ),
        cells.percent(figures.availability, digits, texts),
        cells.figure(story.gap(figures, family.objective, texts)),
        cells.figure(show.integer(figures.count) if known else None),
        cells.figure(show.duration(figures.interrupted) if known else None),
        cells.judged(judge(figures, family.objective, texts)),
    )


def _matrix_row(part: CommuneReport, families: Sequence[str], texts: Texts) -> tuple[Cell, ...]:
    mine = {each.family: each for each in part.families}
    name = Cell(isolated(part.commune.name), "words", link=page_name(part.commune))
    return (name, *(_matrix_cell(mine.get(family), texts) for family in families))


def _matrix_cell(family: FamilyFigures | None, texts: Texts) -> Cell:
    if family is None:
        return cells.figure(None)
    verdict = judge(family.figures, family.objective, texts)
    text = texts.formats.percent(family.figures.availability, digits_for(family.objective))
    if text is None:
        return Cell(texts.gettext("not measured"), "number none")
    return Cell(text, f"number mark {verdict.kind}", flag="", verdict=verdict)
