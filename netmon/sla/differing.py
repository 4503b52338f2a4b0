"""Why two policies disagree about the same history: the time they answer differently, and how much of it there was."""

from dataclasses import dataclass

from netmon.clock import Millis
from netmon.model import Figures
from netmon.sla.policy import KEYS, Policy


@dataclass(frozen=True, slots=True)
class Difference:
    """``length`` of time that the policies' answers to ``key`` call ``ours`` and ``theirs``."""

    key: str
    ours: str
    theirs: str
    length: Millis


def differences(figures: Figures, ours: Policy, theirs: Policy, beside: Figures) -> tuple[Difference, ...]:
    """Where the answers differ and there was such time, in the order of the keys.

    ``figures`` are those under ``ours``, ``beside`` those under ``theirs``. Where maintenance is ``counted`` it stands
    in the class of the state below, and where stops are ``carry`` in that of the state carried: the other tells how
    long they were, and the shorter of two states how long it was a matter of that state alone.
    """
    mine, yours = dict(ours.items()), dict(theirs.items())
    found = []
    for key in KEYS:
        length = _length(key, getattr(figures.partition, key), getattr(beside.partition, key), mine[key], yours[key])
        if mine[key] != yours[key] and length:
            found.append(Difference(key, mine[key], yours[key], length))
    return tuple(found)


def _length(key: str, here: Millis, there: Millis, *answers: str) -> Millis:
    if key == "maintenance":
        return max(here, there)
    if key == "no_data":
        return abs(here - there) if "carry" in answers else max(here, there)
    return min(here, there)
