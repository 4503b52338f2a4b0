"""Which planned works leave a contract's figure: announced in time, at an allowed time, within the cap.

The cap counts covered time only: works outside the service hours use up nothing. It is kept for each announced object
(``*`` is one) and civil unit, in the order in which works begin; time that two announcements share counts once.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from netmon.clock import Millis
from netmon.model import MaintenanceWindow, RefusedWork, WorksRules
from netmon.sla.contract.civil import units_between
from netmon.sla.intervals import LAST, Interval, Set, clip, difference, intersection, union


class WorksBook:
    """Admits windows inside [start, end) by ``rules``; ``hours`` is covered time, ``allowed`` when works may be."""

    def __init__(self, rules: WorksRules, hours: Set, allowed: Set, start: Millis, end: Millis, timezone: str) -> None:
        self._rules, self._hours, self._allowed = rules, hours, allowed
        self._start, self._end, self._timezone = start, end, timezone
        self._used: dict[tuple[str, str], Millis] = {}
        self._counted: dict[str, Set] = {}
        self._over: dict[str, Set] = {}
        self.admitted: list[MaintenanceWindow] = []
        self.refused: list[RefusedWork] = []

    def announce(self, windows: Iterable[MaintenanceWindow]) -> None:
        """Divide the windows; what is admitted may be shorter or in several pieces."""
        for window in sorted(set(windows), key=lambda each: (each.start, each.recorded, each.object, each.text)):
            whole = clip(((window.start, LAST if window.end is None else window.end),), self._start, self._end)
            if window.start - window.recorded < self._rules.notice:
                self._refuse(window, whole, "notice")
                continue
            self._refuse(window, difference(whole, self._allowed), "outside")
            self._admit(window, intersection(whole, self._allowed))

    def _admit(self, window: MaintenanceWindow, pieces: Set) -> None:
        over = self._over_the_cap(window.object, pieces) if self._rules.cap is not None else ()
        self._refuse(window, over, "cap")
        for start, end in difference(pieces, over):
            self.admitted.append(MaintenanceWindow(window.object, start, end, window.text, window.recorded))

    def _over_the_cap(self, name: str, pieces: Set) -> Set:
        """What was over it once stays so, whoever announces it again."""
        counted = self._counted.get(name, ())
        mine = difference(intersection(pieces, self._hours), counted)
        self._counted[name] = union(counted, mine)
        self._over[name] = union(self._over.get(name, ()), tuple(self._newly_over(name, mine)))
        return intersection(pieces, self._over[name])

    def _newly_over(self, name: str, mine: Set) -> Iterator[Interval]:
        cap = self._rules.cap or 0
        for start, end in mine:
            for unit in units_between(start, end, self._rules.per, self._timezone):
                first, last = max(start, unit.start), min(end, unit.end)
                used = self._used.get((name, unit.label), 0)
                left = max(0, cap - used)
                self._used[name, unit.label] = used + last - first
                if first + left < last:
                    yield first + left, last

    def _refuse(self, window: MaintenanceWindow, pieces: Set, why: Literal["notice", "outside", "cap"]) -> None:
        self.refused += [RefusedWork(window, start, end, why) for start, end in pieces]
