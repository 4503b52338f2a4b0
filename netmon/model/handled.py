"""What people did about incidents and whom they held responsible: append-only facts. Times as everywhere."""

from dataclasses import dataclass
from enum import StrEnum

from netmon.clock import Millis
from netmon.model.agreed import Party

MONITOR = "netmon"
"""The author of the steps that netmon tells itself; no person may be called so."""


class Step(StrEnum):
    """What can be told of an incident. NOTIFIED: the provider was told, which starts the contract's clocks.

    netmon itself tells when an object that is a root cause stopped (DETECTED) and works again (RECOVERED), when it
    goes back and forth (FLAPPING) and no longer does (STEADY), and when nothing of the incident is left (CLOSED, and
    RESTORED where nobody said so). MERGED: ``text`` names the incident it is part of. SPLIT: ``object`` is an incident
    of its own, ``text`` names it. ACKNOWLEDGED and NOTED are people's.
    """

    DETECTED = "detected"
    NOTIFIED = "notified"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    WORKAROUND = "workaround"
    RESTORED = "restored"
    ACKNOWLEDGED = "acknowledged"
    NOTED = "noted"
    MERGED = "merged"
    SPLIT = "split"
    RECOVERED = "recovered"
    FLAPPING = "flapping"
    STEADY = "steady"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class IncidentStep:
    """``step`` of ``incident`` happened at ``at``, as ``author`` said at ``recorded``.

    ``object`` is what the incident is about (any object's id), ``contract`` the one under which the provider was
    notified (empty: every contract that covers the object). Of several tellings of one step the last recorded holds;
    pauses add up.
    """

    incident: str
    step: Step
    at: Millis
    object: str
    contract: str
    author: str
    text: str
    recorded: Millis


@dataclass(frozen=True, slots=True)
class Attribution:
    """``author`` holds ``party`` responsible for outages of ``object`` in the interval (``end`` None: still open).

    ``incident`` empty: no particular one. Of attributions that overlap on one object the last recorded holds.
    """

    object: str
    start: Millis
    end: Millis | None
    party: Party
    incident: str
    author: str
    reason: str
    recorded: Millis


@dataclass(frozen=True, slots=True)
class Pause:
    """The clocks stood still, for ``reason`` (no access to the site, say); ``end`` None: they still do."""

    start: Millis
    end: Millis | None
    reason: str


@dataclass(frozen=True, slots=True)
class Handling:
    """One incident's timeline, folded from its steps. None: it did not happen, or nobody said so."""

    incident: str
    objects: tuple[str, ...]
    contracts: tuple[str, ...]
    detected: Millis | None = None
    notified: Millis | None = None
    started: Millis | None = None
    workaround: Millis | None = None
    restored: Millis | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def ended(self) -> Millis | None:
        """When service was back, for good or by an accepted workaround, whichever came first."""
        return min((at for at in (self.workaround, self.restored) if at is not None), default=None)
