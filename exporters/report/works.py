"""Planned works: who announced what for when, and the shade they throw on the timeline."""

from collections.abc import Iterable, Mapping, Sequence

from exporters.report import cells
from exporters.report.texts import Texts, isolated
from exporters.report.views import Cell, Column, Section, Table
from netmon.model import CommuneReport, MaintenanceWindow, Report

_NAMED = 3


def of_commune(part: CommuneReport, report: Report, texts: Texts) -> Section:
    """The works announced for what serves the commune."""
    _ = texts.gettext
    if not part.planned:
        return Section("planned", _title(texts), (_("No planned works touched the commune."),))
    columns = (Column(_("Start")), Column(_("End")), Column(_("Concerns")), Column(_("Subject"), "words"))
    rows = tuple(_row(window, report, texts) for window in in_order(part.planned))
    caption = _("Works announced for what serves the commune")
    return Section("planned", _title(texts), (), (Table("", caption, columns, rows),))


def of_all(report: Report, texts: Texts) -> Section:
    """All works announced, each once, with the communes that what they are about serves."""
    _ = texts.gettext
    served: dict[MaintenanceWindow, list[str]] = {}
    for part in report.communes:
        for window in part.planned:
            served.setdefault(window, []).append(isolated(part.commune.name))
    if not served:
        return Section("planned", _title(texts), (_("No planned works touched the communes."),))
    columns = (
        Column(_("Start")), Column(_("End")), Column(_("Concerns")), Column(_("Subject"), "words"),
        Column(_("Communes")),
    )  # fmt: skip
    rows = tuple(
        (*_row(window, report, texts), Cell(_communes(served[window], len(report.communes), texts), "words"))
        for window in in_order(served)
    )
    caption = _("Works announced, with the communes that what they are about serves")
    return Section("planned", _title(texts), (), (Table("", caption, columns, rows),))


def in_order(windows: Iterable[MaintenanceWindow]) -> tuple[MaintenanceWindow, ...]:
    """By time."""
    return tuple(sorted(windows, key=lambda window: (window.start, window.object, window.recorded)))


def name_of(window: MaintenanceWindow, names: Mapping[str, str], texts: Texts) -> str:
    """What the works are about."""
    if window.object == cells.EVERYTHING:
        return texts.gettext("Everything")
    return names.get(window.object, window.object)


def _title(texts: Texts) -> str:
    return texts.gettext("Planned works")


def _row(window: MaintenanceWindow, report: Report, texts: Texts) -> tuple[Cell, ...]:
    """A maintenance window; an open one has no end."""
    end = cells.end(window.start, window.end, texts)
    return (
        cells.instant(window.start, texts),
        cells.plain(texts.gettext("not ended")) if window.end is None else end,
        cells.free(name_of(window, report.names, texts)),
        cells.free(window.text),
    )


def _communes(names: Sequence[str], all_of_them: int, texts: Texts) -> str:
    """Their names, the first of many; or that it is all of them."""
    if len(names) == all_of_them > _NAMED:
        return texts.gettext("all of them")
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED])
    if more <= 0:
        return shown
    return f"{shown} {texts.plural('and %(n)s other commune', 'and %(n)s other communes', more)}"
