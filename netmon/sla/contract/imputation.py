"""Attributions in force: whose fault an outage is, as last said."""

from collections.abc import Collection, Iterable

from netmon.model import Attribution, Handling, MaintenanceWindow, Party
from netmon.sla.intervals import LAST, Set, difference

InForce = tuple[Attribution, Set]
"""An attribution, and when it holds: where no later one about the same object says otherwise."""


def in_force(attributions: Iterable[Attribution]) -> list[InForce]:
    """The attributions in the order recorded, each with when it still holds; those that no longer do are left out."""
    held: list[InForce] = []
    for latest in sorted(attributions, key=lambda each: each.recorded):
        span: Set = ((latest.start, LAST if latest.end is None else latest.end),)
        held = [
            (earlier, difference(when, span) if earlier.object == latest.object else when) for earlier, when in held
        ]
        held.append((latest, span))
    return [(attribution, when) for attribution, when in held if when]


def as_windows(held: Iterable[InForce]) -> list[MaintenanceWindow]:
    """The attributions as if they were planned works: an outage of a whole is explained by them under the same rule,
    only as far as it would be better if what they are about had worked (``netmon.sla.derive``)."""
    return [
        MaintenanceWindow(attribution.object, start, None if end >= LAST else end, attribution.reason, start)
        for attribution, when in held
        for start, end in when
    ]


def responsible(handling: Handling, held: Collection[InForce]) -> Party | None:
    """Whom the incident is attributed to: by name, or else through its object when it began; the last said holds."""
    named = [attribution for attribution, _ in held if attribution.incident == handling.incident]
    if named:
        return named[-1].party
    began = handling.detected if handling.detected is not None else handling.notified
    about = [
        attribution
        for attribution, when in held
        if not attribution.incident
        and attribution.object in handling.objects
        and began is not None
        and any(start <= began < end for start, end in when)
    ]
    return about[-1].party if about else None
