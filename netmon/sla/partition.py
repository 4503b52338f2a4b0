"""One class per instant, in fixed priority: not in service, out of hours, maintenance, no data, the state."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from netmon.clock import Millis
from netmon.model import Outage, State
from netmon.sla.figures import Measure, Tally
from netmon.sla.intervals import ALWAYS, EMPTY, Ruler, Set, clip, complement, difference, intersection, length
from netmon.sla.meaning import meanings_of
from netmon.sla.policy import Policy
from netmon.sla.timeline import NOT_IN_SERVICE, OUT_OF_HOURS, PLANNED, Timeline, code_of, flagged, layered, overlay


@dataclass(frozen=True, slots=True)
class Scope:
    """When an object counts: ``service`` (it was in service), ``hours`` (service hours), ``planned`` (works on it)."""

    service: Set = ALWAYS
    hours: Set = ALWAYS
    planned: Set = EMPTY

    def same(self, other: "Scope") -> bool:
        """Whether it is made of the very same sets: quick to tell, where equality compares every interval."""
        return self.service is other.service and self.hours is other.hours and self.planned is other.planned


class Frame:
    """The layers above the state over [start, end) under a policy: what is left below them, and how long each is.

    Made once for all objects that share a scope. Where the policy counts the state below maintenance, maintenance is
    no layer.
    """

    def __init__(self, scope: Scope, start: Millis, end: Millis, policy: Policy) -> None:
        self.scope, self.start, self.end, self.policy = scope, start, end, policy
        self.service = clip(scope.service, start, end)
        self.gaps = clip(complement(self.service), start, end)
        open_time = intersection(self.service, scope.hours)
        planned = EMPTY if policy.maintenance == "counted" else scope.planned
        below = difference(open_time, planned)
        self.ruler = Ruler(below)
        self.maintenance = length(open_time) - length(below)
        self.closed = length(self.service) - length(open_time)
        self.absent = max(0, end - start) - length(self.service)

    def put_layers(self, tally: Tally) -> None:
        """Tell the tally how long the layers are."""
        for code, long in ((PLANNED, self.maintenance), (OUT_OF_HOURS, self.closed), (NOT_IN_SERVICE, self.absent)):
            if long:
                tally.held[code | _ANY_STATE] = long


def in_scope(line: Timeline, scope: Scope, start: Millis, end: Millis) -> Timeline:
    """The timeline under the layers of its scope over [start, end): what a member of a vote is (``aggregate.vote``)."""
    closed = EMPTY if scope.hours == ALWAYS else clip(complement(scope.hours), start, end)
    absent = clip(complement(scope.service), start, end)
    return layered(line, clip(scope.planned, start, end), closed, absent)


def measure(line: Timeline, frame: Frame, object_id: str = "") -> Measure:
    """Partition the frame's period by the timeline, and measure it. Linear in the pieces of the timeline.

    Outages are maximal runs answered ``down`` below maintenance and hours, clipped to the period and to service time.
    """
    tally = Tally(meanings_of(frame.policy))
    if frame.gaps:
        line = overlay(line, [(*gap, NOT_IN_SERVICE) for gap in frame.gaps], flagged)
    outages = _walk(line, frame, tally, object_id) if frame.start < frame.end else ()
    frame.put_layers(tally)
    return tally.measure(outages)


_COUNTS = 2
_ANY_STATE = code_of(State.UP)


def _walk(line: Timeline, frame: Frame, tally: Tally, object_id: str) -> tuple[Outage, ...]:
    """Fill the tally with what the frame leaves below its layers; find the outages. (The inner loop of all figures.)"""
    starts, codes, reasons, held = line.starts, line.codes, line.reasons, tally.held
    outage, mute = tally.meanings.outage, tally.meanings.mute
    edges, before = frame.ruler.edges, frame.ruler.before
    first, after = bisect_right(starts, frame.start) - 1, bisect_left(starts, frame.end)
    ends = starts[first + 1 : after]
    ends.append(frame.end)
    start, covered, counted, edge = frame.start, 0, 0, 0
    open_since: Millis | None = None
    reason = ""
    outages: list[Outage] = []
    for code, end in zip(codes[first:after], ends, strict=True):
        if end >= edges[edge]:  # most pieces are short, and lie between two edges
            edge = bisect_right(edges, end, edge)
        measured = before[edge] + end - edges[edge - 1] if edge & 1 else before[edge]
        held[code] += measured - covered
        counts = outage[code]
        if counts:
            if open_since is None:
                open_since, counted = start, 0
                reason = "" if code & mute else str(reasons[bisect_right(starts, start) - 1])
            if counts == _COUNTS:
                counted += measured - covered
        elif open_since is not None:
            outages.append(Outage(object_id, open_since, start, counted, reason))
            open_since = None
        covered, start = measured, end
    if open_since is not None:
        outages.append(Outage(object_id, open_since, frame.end, counted, reason))
    return tuple(outages)
