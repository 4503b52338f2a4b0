"""The short way from changes to a measure, for an object that nothing but its changes tells of: no stop of the monitor,
no correction, always in service. Half the time of folding a timeline first and walking it; the same figures, which a
property test holds it to. It is what large event logs mostly consist of.
"""

from bisect import bisect_left, bisect_right
from itertools import islice

from netmon.clock import Millis
from netmon.model import Outages
from netmon.sla.figures import Measure, Tally
from netmon.sla.intervals import LAST
from netmon.sla.meaning import meanings_of
from netmon.sla.partition import Frame
from netmon.sla.timeline import PENDING, POSSIBLE, Changes


def measure_changes(changes: Changes, frame: Frame, object_id: str = "") -> Measure:
    """What ``partition.measure`` makes of ``timeline.observed(changes, ())``; the changes are sorted, the frame has no
    gaps and is not empty."""
    tally = Tally(meanings_of(frame.policy))
    outages = _walk(changes, frame, tally, object_id)
    frame.put_layers(tally)
    return tally.measure(outages)


def _walk(changes: Changes, frame: Frame, tally: Tally, object_id: str) -> Outages:
    held, outage = tally.held, tally.meanings.outage
    edges, before = frame.ruler.edges, frame.ruler.before
    first, after = bisect_right(changes.at, frame.start), bisect_left(changes.at, frame.end)
    code, why = (changes.codes[first - 1], changes.reasons[first - 1]) if first else (PENDING, "")
    previous, covered, edge = frame.start, 0, 0
    run = _Run(object_id)
    if outage[code]:
        run.open(frame.start, 0, why)
    columns = (changes.at, changes.earliest, changes.codes, changes.reasons)
    for at, told, new, why in zip(*(islice(column, first, after) for column in columns), strict=True):
        earliest = told if told > previous else previous  # noqa: FURB136 - max() would take a fifth of all the time
        if earliest >= edges[edge]:
            edge = bisect_right(edges, earliest, edge)
        measured = before[edge] + earliest - edges[edge - 1] if edge & 1 else before[edge]
        held[code] += measured - covered
        if at >= edges[edge]:
            edge = bisect_right(edges, at, edge)
        covered = before[edge] + at - edges[edge - 1] if edge & 1 else before[edge]
        if covered != measured:
            held[code | new >> POSSIBLE << POSSIBLE] += covered - measured
        if outage[new]:
            if run.since is None or run.since == at:
                run.open(at, covered, why)
        elif run.since is not None:
            run.close(at, covered)
        previous, code = at, new
    following = _following(changes, after, code)
    certain = max(covered, frame.ruler.upto(following[0]))
    held[code] += certain - covered
    held[following[1]] += before[-1] - certain
    if run.since is not None:
        run.close(frame.end, before[-1])
    return run.found


def _following(changes: Changes, after: int, code: int) -> tuple[Millis, int]:
    """The change after the end, which may have begun before it: since when, and the code until it was seen."""
    if after == len(changes.at):
        return LAST, code
    return changes.earliest[after], code | changes.codes[after] >> POSSIBLE << POSSIBLE


class _Run:
    """The outages found, and since when one is open. States of no length leave no trace."""

    __slots__ = ("_counted", "_object", "_reason", "found", "since")

    def __init__(self, object_id: str) -> None:
        self.found = Outages()
        self.since: Millis | None = None
        self._object, self._counted, self._reason = object_id, 0, ""

    def open(self, at: Millis, counted: Millis, reason: str) -> None:
        """It begins, ``counted`` into what counts; or began at this very instant, for another reason."""
        if self.since is None and self.found.ended() == at:
            last = self.found.take_back()
            at, counted, reason = last.start, counted - last.counted, last.reason
        self.since, self._counted, self._reason = at, counted, str(reason)

    def close(self, at: Millis, counted: Millis) -> None:
        """It ends."""
        if self.since is not None and self.since < at:
            self.found.tell(self._object, self.since, at, counted - self._counted, self._reason)
        self.since = None
