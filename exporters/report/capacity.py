"""How full links were: what is known of it, and which ones carried more than they should."""

import datetime as dt

from exporters.report import cells
from exporters.report.texts import Texts
from exporters.report.views import Cell, Column, Section, Table
from netmon.clock import Millis, from_datetime
from netmon.model import Capacity, LinkLoad, Report, Share
from netmon.sla.capacity import civil_days

_FULL = 10_000
_THIN = 2
"""Where less than one part in so many was measured, the report says that this is little."""
_MEGABIT, _GIGABIT = 1_000_000, 1_000_000_000


def section(report: Report, capacity: Capacity | None, texts: Texts) -> Section:
    """The section; ``capacity`` None: nothing is known."""
    _ = texts.gettext
    found: list[str] = []
    tables: tuple[Table, ...] = ()
    if capacity is None:
        found.append(_("How full links were was not measured: this report can give no warning about capacity."))
    else:
        found += _known(report, capacity, texts)
        tables = (_loaded(report, capacity, texts),) if capacity.loaded else ()
    return Section("capacity", _("Capacity"), tuple(found), tables)


def speed_words(speed: int, texts: Texts) -> str:
    """Bits per second as people say them."""
    if speed and speed % _GIGABIT == 0:
        return texts.gettext("%(n)s Gbit/s") % {"n": texts.formats.integer(speed // _GIGABIT)}
    return texts.gettext("%(n)s Mbit/s") % {"n": texts.formats.scaled(speed * 1000 // _MEGABIT, 3)}


def first_day(capacity: Capacity, texts: Texts) -> Millis:
    """When the first day of which something is known begins."""
    day = dt.date.fromisoformat(capacity.since)
    return from_datetime(dt.datetime(day.year, day.month, day.day, tzinfo=texts.formats.zone))


def _known(report: Report, capacity: Capacity, texts: Texts) -> list[str]:
    _, show = texts.gettext, texts.formats
    measured = texts.ngettext(
        "%(n)s interface of devices that others are reached through was followed, %(share)s of the period measured.",
        "%(n)s interfaces of devices that others are reached through were followed, %(share)s of the period measured.",
        capacity.links,
    )
    found = [measured % {"n": show.integer(capacity.links), "share": _percent(capacity.coverage, texts)}]
    if capacity.since > civil_days(report.period)[0]:
        when = {"day": show.day(first_day(capacity, texts))}
        found.append(_("How full links were before %(day)s is not known.") % when)
    if capacity.coverage.part * _THIN < capacity.coverage.whole:
        found.append(_("That is little: nothing is said of the rest of the period."))
    if not capacity.loaded:
        words = _("None carried %(threshold)s of its speed or more during over %(limit)s of the time measured.")
        found.append(words % _rule(capacity, texts))
    return found


def _loaded(report: Report, capacity: Capacity, texts: Texts) -> Table:
    _ = texts.gettext
    caption = _("Carried %(threshold)s of their speed or more during over %(limit)s of the time measured")
    columns = (
        Column(_("Device")), Column(_("Interface"), "words"), cells.number(_("Speed")),
        cells.number(_("Time loaded")), cells.number(_("Of the time measured")), cells.number(_("Highest load")),
        cells.number(_("Measured")),
    )  # fmt: skip
    rows = tuple(_row(report, link, texts) for link in capacity.loaded)
    return Table(_("Loaded links"), caption % _rule(capacity, texts), columns, rows)


def _row(report: Report, link: LinkLoad, texts: Texts) -> tuple[Cell, ...]:
    return (
        cells.named(report.names, link.node),
        cells.free(link.interface),
        cells.figure(speed_words(link.speed, texts)),
        cells.length(link.over, texts),
        cells.figure(_percent(Share(link.over, link.measured), texts)),
        cells.figure(_percent(Share(link.peak, _FULL), texts)),
        cells.length(link.measured, texts),
    )


def _rule(capacity: Capacity, texts: Texts) -> dict[str, str]:
    return {
        "threshold": texts.formats.percent_units(capacity.threshold, 0),
        "limit": texts.formats.percent_units(capacity.limit, 0),
    }


def _percent(share: Share, texts: Texts) -> str:
    """With one decimal; little is never shown as nothing."""
    if 0 < share.part * 1000 < share.whole:
        return f"<\u00a0{texts.formats.percent_units(1, 1)}"
    return texts.formats.percent(share, 1) or cells.NONE
