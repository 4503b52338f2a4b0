"""The partition of a period as rows that add up on paper: whole seconds and hundredths of a percent, by largest
remainder, so that the parts shown sum to the whole shown. Available time is never among those rounded up."""

from collections.abc import Sequence
from dataclasses import dataclass

from exporters.report.texts import Texts
from netmon.clock import SECOND, Millis
from netmon.i18n import mark
from netmon.model import Partition

PART_WORDS: dict[str, tuple[str, str]] = {
    "up": (mark("Available"), mark("The service answered as it should.")),
    "degraded": (mark("Degraded"), mark("The service answered, but slowly or in part.")),
    "down": (mark("Down"), mark("The service did not answer, or answered wrongly.")),
    "unreachable": (mark("Cut off"), mark("A failure upstream kept the service from being reached.")),
    "unknown": (mark("Unknown"), mark("The monitoring could not look (its own trouble).")),
    "maintenance": (mark("Planned works"), mark("Works announced beforehand.")),
    "out_of_hours": (mark("Out of hours"), mark("Outside the service hours of the contract.")),
    "no_data": (mark("Not watched"), mark("The monitoring was stopped or had not begun.")),
    "not_in_service": (mark("Not in service"), mark("The object was not yet, or no longer, part of the contract.")),
}
"""Each class of the partition in order: its name and its meaning."""

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class PartRow:
    """One class with its time and its share of the whole, in words."""

    kind: str
    name: str
    meaning: str
    duration: str
    share: str
    present: bool


def lengths(partition: Partition) -> tuple[tuple[str, Millis], ...]:
    """The classes in the order of ``PART_WORDS``."""
    return tuple((kind, getattr(partition, kind)) for kind in PART_WORDS)


def rows(partition: Partition, texts: Texts) -> tuple[PartRow, ...]:
    """The partition's classes; every duration and share as shown sums to the total as shown."""
    named = lengths(partition)
    total = (partition.period + SECOND // 2) // SECOND
    seconds = apportion([length for _, length in named], total)
    shares = apportion([length for _, length in named], _WHOLE)
    return tuple(
        PartRow(
            kind,
            texts.gettext(PART_WORDS[kind][0]),
            texts.gettext(PART_WORDS[kind][1]),
            texts.formats.duration(whole * SECOND or min(length, 1)),
            _share(units, length, partition.period, texts),
            length > 0,
        )
        for (kind, length), whole, units in zip(named, seconds, shares, strict=True)
    )


def total(partition: Partition, texts: Texts) -> str:
    """The length of the period, as its rows add up to."""
    return texts.formats.duration((partition.period + SECOND // 2) // SECOND * SECOND)


def apportion(parts: Sequence[int], whole: int) -> list[int]:
    """``whole`` units divided in proportion to ``parts``: rounded down, the rest to the largest remainders.

    The first part, the available time, gets nothing of the rest: the others' remainders always suffice to take it.
    """
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    shares = [part * whole // total for part in parts]
    by_remainder = sorted(range(1, len(parts)), key=lambda i: (-(parts[i] * whole % total), i))
    for index in by_remainder[: whole - sum(shares)]:
        shares[index] += 1
    return shares


def _share(units: int, length: Millis, period: Millis, texts: Texts) -> str:
    """Never 0 % of what is there, never 100 % of what is not everything."""
    if length and not units:
        return f"<\u00a0{texts.formats.percent_units(1)}"
    return texts.formats.percent_units(units if length == period else min(units, _WHOLE - 1))
