"""How often services fail and how long they stay down; what the objective still allows."""

from exporters.report import cells
from exporters.report.texts import Texts
from exporters.report.views import Cell, Column, Section, Table
from netmon.model import Budget, Figures


def section(figures: Figures, budget: Budget | None, ended: bool, texts: Texts) -> Section:
    """MTRS, MTBF and MTBSI, and the error budget (None: none is promised); ``ended``: the period is over."""
    _ = texts.gettext
    tables = [_means(figures, texts)] if figures.count else []
    found = [] if figures.count else [_("No interruption was counted: there are no mean times to state.")]
    if budget is None:
        found.append(_("There is no error budget: no single contract covers all of this."))
    else:
        tables.append(_budget(budget, texts))
        found += _forecast(budget, ended, texts)
    return Section("reliability", _("Reliability and error budget"), tuple(found), tuple(tables))


def _means(figures: Figures, texts: Texts) -> Table:
    _ = texts.gettext
    rows = (
        (_("MTRS"), _("Mean time to restore service: interrupted time over the number of interruptions"), figures.mttr),
        (_("MTBF"), _("Mean time between failures: available time over the number of interruptions"), figures.mtbf),
        (
            _("MTBSI"),
            _("Mean time between service incidents, from one beginning to the next: MTBF + MTRS"),
            figures.mtbsi,
        ),
    )
    columns = (Column(_("Mean")), Column(_("Meaning"), "words"), cells.number(_("Time")))
    return Table(
        _("Mean times"),
        _("Over all services together, each counted with its own time"),
        columns,
        tuple((cells.plain(name), Cell(meaning, "words"), _mean(mean, texts)) for name, meaning, mean in rows),
    )


def _mean(mean: float | None, texts: Texts) -> Cell:
    return cells.figure(None if mean is None else texts.formats.span(round(mean)))


def _budget(budget: Budget, texts: Texts) -> Table:
    _, show = texts.gettext, texts.formats
    left = int(budget.left)
    burn = None if budget.burn is None else show.percent_units(int(budget.burn * 10_000))
    rows = (
        (cells.plain(_("Allowed by the objective over the period")), cells.length(int(budget.allowed), texts)),
        (cells.plain(_("Spent")), cells.length(int(budget.spent), texts)),
        (cells.plain(_("Left")), cells.length(left, texts)) if left >= 0
        else (cells.plain(_("Exceeded by")), cells.length(-left, texts)),
        (cells.plain(_("Speed of spending (at one hundred percent it lasts exactly)")), cells.figure(burn)),
    )  # fmt: skip
    columns = (Column(_("Error budget")), cells.number(_("Time")))
    caption = _("Complete interruption of all services; while one of ten is down, a tenth of the time is spent")
    return Table(_("Error budget"), caption, columns, rows)


def _forecast(budget: Budget, ended: bool, texts: Texts) -> list[str]:
    if ended or budget.lost_at is None:
        return []
    return [
        texts.gettext("At this pace the budget will be used up on %(when)s.")
        % {"when": texts.formats.instant(budget.lost_at)}
    ]
