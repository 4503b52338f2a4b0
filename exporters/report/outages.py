"""Outages as people tell them: services that failed together are one line, planned ones are said to be planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exporters.report.texts import Texts, isolated
from netmon.clock import Millis
from netmon.model import ObjectFigures, Outage, Period

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Event:
    """One interruption, of all the ``services`` (names) that share its times, its reason and what counts of it."""

    start: Millis
    end: Millis
    counted: Millis
    reason: str
    services: tuple[str, ...]


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


def events(objects: Iterable[ObjectFigures]) -> tuple[Event, ...]:
    """The outages of ``objects``, in order of time; those with the same times, count and reason in one."""
    together: dict[tuple[Millis, Millis, Millis, str], list[str]] = {}
    for item in objects:
        for outage in item.figures.outages:
            key = (outage.start, outage.end, outage.counted, outage.reason)
            together.setdefault(key, []).append(isolated(item.name))
    return tuple(Event(*key, tuple(names)) for key, names in sorted(together.items()))


def rows(found: Sequence[Event], period: Period, texts: Texts) -> tuple[OutageRow, ...]:
    """``found`` in words."""
    return tuple(_row(event, period, texts) for event in found)


def counted(objects: Iterable[ObjectFigures]) -> list[Outage]:
    """The outages that count in the figures."""
    return [outage for item in objects for outage in item.figures.outages if outage.counted]


def names_in_words(names: Sequence[str], texts: Texts) -> str:
    """``A, B, C`` and how many more."""
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    if more <= 0:
        return shown
    rest = texts.count("and %(n)s other service", "and %(n)s other services", more)
    return f"{shown} {rest}"


def _row(event: Event, period: Period, texts: Texts) -> OutageRow:
    show = texts.formats
    return OutageRow(
        start=show.instant(event.start),
        start_iso=show.iso(event.start),
        end=show.instant(event.end),
        end_iso=show.iso(event.end),
        duration=show.duration(event.end - event.start),
        counted=show.duration(event.counted),
        planned=event.counted == 0,
        began_before=event.start <= period.start,
        goes_on=event.end >= period.end,
        reason=texts.words(event.reason),
        services=event.services,
    )
