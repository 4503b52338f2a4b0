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


class Frame:
    """The layers above the state over [start, end) under a policy: what is left below them, and how long each is.

    Made once for all objects that share a scope. Where the policy counts the state below maintenance, maintenance is
    no layer.
    """

    def __init__(self, scope: Scope, start: Millis, end: Millis, policy: Policy) -> None:
        self.start, self.end, self.policy = start, end, policy
        self.service = clip(scope.service, start, end)
        self.gaps = clip(complement(self.service), start, end)
        open_time = intersection(self.service, scope.hours)
        planned = EMPTY if policy.maintenance == "counted" else scope.planned
        below = difference(open_time, planned)
        self.ruler = Ruler(below)
        self.maintenance = length(open_time) - length(below)
        self.closed = length(self.service) - length(open_time)
        self.absent = max(0, end - start) - length(self.service)


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
    for code, long in ((PLANNED, frame.maintenance), (OUT_OF_HOURS, frame.closed), (NOT_IN_SERVICE, frame.absent)):
        if long:
            tally.held[code | _ANY_STATE] = long
    return tally.measure(outages)


_COUNTS = 2
_NO_RUN: tuple[Millis, str] = (0, "")
_ANY_STATE = code_of(State.UP)


def _walk(line: Timeline, frame: Frame, tally: Tally, object_id: str) -> tuple[Outage, ...]:
    """Fill the tally with what the frame leaves below its layers; find the outages. (The inner loop of all figures.)"""
    starts, codes, held, meanings, outage = line.starts, line.codes, tally.held, tally.meanings, tally.meanings.outage
    edges, before = frame.ruler.edges, frame.ruler.before
    place, after = bisect_right(starts, frame.start) - 1, bisect_left(starts, frame.end)
    start, covered, counted, run, edge = frame.start, 0, 0, _NO_RUN, 0
    outages: list[Outage] = []
    for code, following in zip(codes[place:after], (*starts[place + 1 : after], frame.end), strict=True):
        edge = bisect_right(edges, following, edge)
        measured = before[edge] + following - edges[edge - 1] if edge & 1 else before[edge]
        if measured != covered:
            held[code] = held.get(code, 0) + measured - covered
        if code not in outage:
            meanings[code]
        if outage[code]:
            if run is _NO_RUN:
                run, counted = (start, "" if code & meanings.mute else line.reasons[place]), 0
            if outage[code] == _COUNTS:
                counted += measured - covered
        elif run is not _NO_RUN:
            outages.append(Outage(object_id, run[0], start, counted, str(run[1])))
            run = _NO_RUN
        covered, start = measured, following
        place += 1
    if run is not _NO_RUN:
        outages.append(Outage(object_id, run[0], frame.end, counted, str(run[1])))
    return tuple(outages)
