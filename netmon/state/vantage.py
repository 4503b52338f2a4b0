"""Whether netmon sees anything at all, from what its references answered. Pure.

A target that did not answer is down only if something else could have been seen meanwhile. So before such a reading
is believed, the references are asked; when none of them answers, it was netmon that saw nothing: UNKNOWN.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from netmon.clock import Millis
from netmon.conventions import Reason
from netmon.model import Reading, State

UNANSWERED = frozenset({
    Reason.TIMEOUT, Reason.CONNECT_TIMEOUT, Reason.CONNECT_FAILED, Reason.RESOLVE_FAILED, Reason.HOST_UNREACHABLE,
    Reason.TTL_EXCEEDED,
})  # fmt: skip
"""Reasons for which nothing need have come from the target: a refusal, a wrong status or a reset did."""
_NO_WAY_OUT = Reason.NO_SOCKET
"""This host has no route, or no socket left: whatever else it looks at, it will not see either."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of our own sight: when a poll of a reference last began that was answered, and when the last round
    of all of them began that none answered."""

    seen: Millis | None = None
    blind: Millis | None = None

    def since(self, at: Millis) -> bool | None:
        """Whether anything was seen by a poll that began at ``at`` or later; None: it has not been tried since."""
        if self.seen is not None and self.seen >= at:
            return True
        return False if self.blind is not None and self.blind >= at else None


def is_unanswered(reading: Reading) -> bool:
    """Whether the reading may be our own blindness."""
    return reading.state is State.DOWN and reading.reason in UNANSWERED


def vote(reading: Reading) -> bool | None:
    """Whether a reference was seen; None: it could not be asked for another reason, which proves nothing."""
    if reading.state is State.UNKNOWN:
        return False if reading.reason is _NO_WAY_OUT else None
    return not is_unanswered(reading)


def answered(sight: Sight, at: Millis) -> Sight:
    """A poll of a reference that began at ``at`` was answered."""
    return replace(sight, seen=at if sight.seen is None else max(at, sight.seen))


def asked(sight: Sight, at: Millis, votes: Iterable[bool | None]) -> Sight:
    """All references were asked, from ``at`` on.

    When none can be asked, nothing tells that we are blind: an outage is not hidden by references that are of no use.
    """
    cast = [each for each in votes if each is not None]
    if cast and not any(cast):
        return replace(sight, blind=at if sight.blind is None else max(at, sight.blind))
    return answered(sight, at)


def unseen(reading: Reading) -> Reading:
    """The reading of a target while we saw nothing: nothing was measured of it."""
    detail = f"netmon itself was cut off: none of its references answered ({reading.detail})"
    return Reading(State.UNKNOWN, Reason.BLIND, detail, log=reading.log)
