"""Outages as people tell them: what failed together is one event, planned ones are said to be planned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from exporters.report.texts import Texts, isolated
from exporters.report.verdict import of_clock
from netmon.clock import Millis
from netmon.model import CommuneReport, ObjectFigures, Outage, OutageNote, Party, Report

_NAMED = 3

Notes: TypeAlias = Mapping[tuple[str, Millis], OutageNote]
"""What people recorded of an outage, by object and start."""

NO_NOTES: Notes = {}


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
    service; ``events`` name services or communes, as ``named`` says."""

    number: int
    length: Millis
    events: tuple[Event, ...]
    named: Literal["services", "communes"]


@dataclass(frozen=True, slots=True)
class OutageRow:
    """An event as the table shows it. ``start_iso`` and ``end_iso`` are exact; ``planned`` when nothing counts.

    ``began_before`` and ``goes_on``: it reaches over the period's edge, where it is cut.
    """

    start: str
    start_iso: str
    end: str
    end_iso: str
    duration: str
    counted: str
    planned: bool
    began_before: bool
    goes_on: bool
    reason: str
    services: tuple[str, ...]
    attribution: str
    incidents: tuple[str, ...]


def of_services(services: Sequence[ObjectFigures]) -> Told:
    """What interrupted the services of one commune."""
    found = counted(services)
    length = sum(outage.counted for outage in found)
    return Told(len(found), length, events((item.name, item) for item in services), "services")


def of_communes(communes: Iterable[CommuneReport]) -> Told:
    """What interrupted the services of all communes; a service that several share counts once."""
    pairs = [(part.commune.name, item) for part in communes for item in part.services]
    found = counted({item.id: item for _, item in pairs}.values())
    return Told(len(found), sum(outage.counted for outage in found), events(pairs), "communes")


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


def rows(found: Iterable[Event], report: Report, texts: Texts) -> tuple[OutageRow, ...]:
    """``found`` in words."""
    end = min(report.period.end, report.generated)
    kept = _guarantees(report, texts)
    return tuple(_row(event, report.period.start, end, kept, texts) for event in found)


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


def names_in_words(event: Event, named: str, texts: Texts) -> str:
    """``A, B, C`` and how many more."""
    shown = ", ".join(event.names[:_NAMED])
    more = len(event.names) - _NAMED
    if more <= 0:
        return shown
    if named == "services":
        rest = texts.plural("and %(n)s other service", "and %(n)s other services", more)
    else:
        rest = texts.plural("and %(n)s other commune", "and %(n)s other communes", more)
    return f"{shown} {rest}"


def _row(event: Event, start: Millis, end: Millis, kept: Mapping[str, str], texts: Texts) -> OutageRow:
    show = texts.formats
    return OutageRow(
        start=show.instant(event.start),
        start_iso=show.iso(event.start),
        end=show.end(event.start, event.end),
        end_iso=show.iso(event.end),
        duration=show.duration(event.end - event.start),
        counted=show.duration(event.counted),
        planned=event.counted == 0,
        began_before=event.start <= start,
        goes_on=event.end >= end,
        reason=texts.words(event.reason),
        services=event.names,
        attribution=", ".join(texts.party(name) for name in event.parties),
        incidents=tuple(_incident(name, kept, texts) for name in event.incidents),
    )


def _incident(name: str, kept: Mapping[str, str], texts: Texts) -> str:
    if name not in kept:
        return isolated(name)
    return texts.gettext("%(name)s: %(value)s") % {"name": isolated(name), "value": kept[name]}
