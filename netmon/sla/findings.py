"""What people found out about outages: who is held responsible, and the incidents they belong to."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from netmon.model import Handling, ObjectFigures, Outage, OutageNote, Party
from netmon.sla.assess import Assessment
from netmon.sla.contract.account import Facts
from netmon.sla.contract.imputation import InForce, in_force
from netmon.sla.contract.incidents import handlings
from netmon.sla.contract.scope import closure
from netmon.sla.intervals import LAST, clip


def notes(items: Iterable[ObjectFigures], facts: Facts, assessment: Assessment) -> Iterator[OutageNote]:
    """A note for each outage of ``items`` that an attribution or incident is about: it touches the outage in time, and
    the object or something that it rests on."""
    held, handled = in_force(facts.attributions), handlings(facts.steps)
    if not held and not handled:
        return
    for item in items:
        about = frozenset(closure(item.id, assessment))
        for outage in item.figures.outages:
            incidents = [each.incident for each in handled if _touches(each, outage, about)]
            parties = _parties(held, outage, about, incidents)
            if parties or incidents:
                yield OutageNote(item.id, outage.start, tuple(parties), tuple(incidents))


def _parties(held: Sequence[InForce], outage: Outage, about: frozenset[str], incidents: Collection[str]) -> list[Party]:
    found = [
        attribution.party
        for attribution, when in held
        if (attribution.incident in incidents if attribution.incident else attribution.object in about)
        and clip(when, outage.start, outage.end)
    ]
    return list(dict.fromkeys(found))


def _touches(handling: Handling, outage: Outage, about: frozenset[str]) -> bool:
    told = [at for at in (handling.detected, handling.notified, handling.started) if at is not None]
    if about.isdisjoint(handling.objects) or not told:
        return False
    ended = LAST if handling.ended is None else handling.ended
    return min(told) < outage.end and ended >= outage.start
