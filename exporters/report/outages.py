"""Outages as people tell them: what failed together is one event, planned ones are said to be planned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from exporters.report import cells
from exporters.report.texts import Texts, isolated
from exporters.report.verdict import of_clock
from exporters.report.views import Cell, Column, Section, Table
from netmon.clock import Millis
from netmon.model import CommuneReport, ObjectFigures, Outage, OutageNote, Party, Report

_NAMED = 3

Notes: TypeAlias = Mapping[tuple[str, Millis], OutageNote]
"""What people recorded of an outage, by object and start."""

NO_NOTES: Notes = {}

Named: TypeAlias = Literal["services", "communes"]
"""Whose names events are told under."""


@dataclass(frozen=True, slots=True)
class Event:
    """One interruption, of all ``names`` that share its times, its reason, what counts and what was found of it."""

    start: Millis
    end: Millis
    counted: Millis
    reason: str
    parties: tuple[Party, ...]
    incidents: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The interruptions that a synthesis speaks of. ``number`` and ``length`` are of those that count, service by
    service; ``events`` name services or communes, as ``named`` says, of ``everyone`` so many."""

    number: int
    length: Millis
    events: tuple[Event, ...]
    named: Named
    everyone: int


def of_services(services: Sequence[ObjectFigures]) -> Told:
    """What interrupted the services of one commune."""
    found = counted(services)
    length = sum(outage.counted for outage in found)
    return Told(len(found), length, events((item.name, item) for item in services), "services", len(services))


def of_communes(communes: Iterable[CommuneReport]) -> Told:
    """What interrupted the services of all communes; a service that several share counts once."""
    communes = list(communes)
    pairs = [(part.commune.name, item) for part in communes for item in part.services]
    found = counted({item.id: item for _, item in pairs}.values())
    notes = {key: note for part in communes for key, note in notes_of(part).items()}
    return Told(len(found), sum(outage.counted for outage in found), events(pairs, notes), "communes", len(communes))


def notes_of(part: CommuneReport) -> Notes:
    """The commune's notes, as ``events`` looks for them."""
    return {(note.object, note.start): note for note in part.notes}


def events(named: Iterable[tuple[str, ObjectFigures]], notes: Notes = NO_NOTES) -> tuple[Event, ...]:
    """The outages in order of time; those with the same times, count, reason and findings in one, under their names."""
    together: dict[tuple[Millis, Millis, Millis, str, tuple[Party, ...], tuple[str, ...]], dict[str, None]] = {}
    for name, item in named:
        for outage in item.figures.outages:
            note = notes.get((item.id, outage.start))
            found = (note.parties, note.incidents) if note else ((), ())
            key = (outage.start, outage.end, outage.counted, outage.reason, *found)
            together.setdefault(key, {})[isolated(name)] = None
    return tuple(Event(*key, tuple(names)) for key, names in sorted(together.items(), key=lambda entry: entry[0]))


def gravest(found: Sequence[Event], most: int | None) -> tuple[Event, ...]:
    """The ``most`` events of which most counts, in order of time; all of them where there are no more."""
    if most is None or len(found) <= most:
        return tuple(found)
    worst = sorted(found, key=lambda event: (-event.counted * len(event.names), event.start, event.names))[:most]
    return tuple(event for event in found if event in set(worst))


def section(found: Sequence[Event], shown: Sequence[Event], named: Named, report: Report, texts: Texts) -> Section:
    """The interruptions ``shown`` of all ``found``, under the names of services or communes."""
    _ = texts.gettext
    title = _("Interruptions")
    if not found:
        return Section("outages", title, (_("No interruption was observed."),))
    columns = (
        Column(_("Start")), Column(_("End")), cells.number(_("Duration")), cells.number(_("Counted")),
        Column(_("Services") if named == "services" else _("Communes")), Column(_("Cause"), "words"),
        Column(_("Attribution and incident")),
    )  # fmt: skip
    noted = any(event.parties or event.incidents for event in shown)
    kept = _guarantees(report, texts)
    rows = (_row(event, named, report, kept, texts) for event in shown)
    width = len(columns) if noted else -1
    table = Table("", _caption(named, texts), columns[:width], tuple(row[:width] for row in rows))
    unlisted = _unlisted(len(shown), len(found), named, texts)
    return Section("outages", title, (unlisted,) if unlisted else (), (table,))


def _caption(named: Named, texts: Texts) -> str:
    if named == "services":
        return texts.gettext(
            "Interruptions of services in order of time; services that failed together share a row. What falls into "
            "planned works is not counted."
        )
    return texts.gettext(
        "Interruptions of services in order of time; communes where services failed together share a row. What falls "
        "into planned works is not counted."
    )


def _unlisted(shown: int, all_of_them: int, named: Named, texts: Texts) -> str:
    """What is said where not every interruption is listed."""
    if shown == all_of_them:
        return ""
    text = (
        texts.gettext("The %(shown)s gravest of %(all)s interruptions; the web page and the workbook list all of them.")
        if named == "services"
        else texts.gettext(
            "The %(shown)s gravest of %(all)s interruptions; the reports of the communes and the workbook list all of "
            "them."
        )
    )
    return text % {"shown": texts.formats.integer(shown), "all": texts.formats.integer(all_of_them)}


def _guarantees(report: Report, texts: Texts) -> dict[str, str]:
    """How the guaranteed times of each incident stand: ``GTI kept, GTR exceeded``."""
    found: dict[str, dict[str, None]] = {}
    for contract in report.contracts:
        for outcome in contract.incidents:
            for name, clock in (("GTI", outcome.gti), ("GTR", outcome.gtr)):
                if clock:
                    word = f"{name} {of_clock(clock.result, texts).word}"
                    found.setdefault(outcome.handling.incident, {})[word] = None
    return {incident: ", ".join(words) for incident, words in found.items()}


def counted(objects: Iterable[ObjectFigures]) -> list[Outage]:
    """The outages that count in the figures."""
    return [outage for item in objects for outage in item.figures.outages if outage.counted]


def names_in_words(event: Event, named: Named, everyone: int, texts: Texts) -> str:
    """``A, B, C`` and how many more; that it is all, where the report is of ``everyone`` so many."""
    if named == "communes" and len(event.names) == everyone > _NAMED:
        return texts.gettext("all communes")
    shown = ", ".join(event.names[:_NAMED])
    more = len(event.names) - _NAMED
    if more <= 0:
        return shown
    if named == "services":
        rest = texts.plural("and %(n)s other service", "and %(n)s other services", more)
    else:
        rest = texts.plural("and %(n)s other commune", "and %(n)s other communes", more)
    return f"{shown} {rest}"


def _row(event: Event, named: Named, report: Report, kept: Mapping[str, str], texts: Texts) -> tuple[Cell, ...]:
    """One event; one that reaches over the period's edge is cut there, and says so."""
    _, show = texts.gettext, texts.formats
    start, end = report.period.start, min(report.period.end, report.generated)
    length = show.duration(event.end - event.start)
    counted = show.duration(event.counted)
    return (
        cells.instant(event.start, texts, flag=_("had begun before") if event.start <= start else ""),
        replace(cells.end(event.start, event.end, texts), flag=_("not over") if event.end >= end else ""),
        cells.figure(length),
        Cell(counted, "number same" if counted == length else "number") if event.counted
        else Cell(_("not counted"), "number none"),
        Cell(_named(event, named, len(report.communes), texts), "words"),
        cells.free(texts.words(event.reason)),
        _noted(event, kept, texts),
    )  # fmt: skip


def _named(event: Event, named: Named, everyone: int, texts: Texts) -> str:
    """All services, the first of many communes."""
    return ", ".join(event.names) if named == "services" else names_in_words(event, named, everyone, texts)


def _noted(event: Event, kept: Mapping[str, str], texts: Texts) -> Cell:
    """Whose it is, and the incidents with their guarantees."""
    parties = ", ".join(texts.party(name) for name in event.parties)
    incidents = ", ".join(_incident(name, kept, texts) for name in event.incidents)
    return Cell(parties or ("" if incidents else cells.NONE), "words", flag=incidents)


def _incident(name: str, kept: Mapping[str, str], texts: Texts) -> str:
    if name not in kept:
        return isolated(name)
    return texts.gettext("%(name)s: %(value)s") % {"name": isolated(name), "value": kept[name]}
