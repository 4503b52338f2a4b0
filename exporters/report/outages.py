"""Outages as people tell them: what failed together is one event, planned ones are said to be planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from exporters.report.texts import Texts, isolated
from netmon.clock import Millis
from netmon.model import CommuneReport, ObjectFigures, Outage, Report

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Event:
    """One interruption, of all ``names`` that share its times, its reason and what counts of it."""

    start: Millis
    end: Millis
    counted: Millis
    reason: str
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


def events(named: Iterable[tuple[str, ObjectFigures]]) -> tuple[Event, ...]:
    """The outages in order of time; those with the same times, count and reason in one, under their names."""
    together: dict[tuple[Millis, Millis, Millis, str], dict[str, None]] = {}
    for name, item in named:
        for outage in item.figures.outages:
            key = (outage.start, outage.end, outage.counted, outage.reason)
            together.setdefault(key, {})[isolated(name)] = None
    return tuple(Event(*key, tuple(names)) for key, names in sorted(together.items(), key=lambda entry: entry[0]))


def rows(found: Iterable[Event], report: Report, texts: Texts) -> tuple[OutageRow, ...]:
    """``found`` in words."""
    end = min(report.period.end, report.generated)
    return tuple(_row(event, report.period.start, end, texts) for event in found)


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


def _row(event: Event, start: Millis, end: Millis, texts: Texts) -> OutageRow:
    show = texts.formats
    return OutageRow(
        start=show.instant(event.start),
        start_iso=show.iso(event.start),
        end=show.instant(event.end),
        end_iso=show.iso(event.end),
        duration=show.duration(event.end - event.start),
        counted=show.duration(event.counted),
        planned=event.counted == 0,
        began_before=event.start <= start,
        goes_on=event.end >= end,
        reason=texts.words(event.reason),
        services=event.names,
    )
