"""The roll-up of how full links are: one row for each interface and civil day, written as polls come in."""

from collections.abc import Collection, Iterable
from concurrent.futures import Future
from zoneinfo import ZoneInfo

from netmon.clock import Millis
from netmon.contracts import Recorder
from netmon.model import LinkDay, Observation
from netmon.state.loads import Look, days_in, is_too_soon, load_between, longest_gap, looks_in, with_load

Link = tuple[str, str]
"""A node and the name of its interface."""


class LinkLoads:
    """Follows the interfaces of ``nodes``; is a ``contracts.ObservationListener``.

    ``threshold``: percent of its speed from which a link counts as loaded. ``known`` are the rows of today that a
    daemon before this one left: they are gone on with where their threshold is the same, else the day begins anew.
    What was not looked at is not measured; a look before a restart of ours is none.
    """

    def __init__(
        self,
        nodes: Collection[str],
        threshold: int,
        timezone: str,
        recorder: Recorder,
        known: Iterable[LinkDay] = (),
    ) -> None:
        self._nodes, self._threshold, self._zone = frozenset(nodes), threshold, ZoneInfo(timezone)
        self._recorder = recorder
        self._looks: dict[str, dict[str, Look]] = {}
        self._days: dict[Link, LinkDay] = {
            (day.node, day.interface): day for day in known if day.threshold == threshold
        }
        self._unwritten: dict[tuple[Link, str], LinkDay] = {}
        self._writing: Future[None] | None = None

    def observed(self, observation: Observation) -> None:
        """Take in what a poll told of interfaces."""
        check, reading = observation.check, observation.reading
        if check.node not in self._nodes or check.collector != "snmp":
            return
        looks = looks_in(reading.families, observation.started, reading.uptime)
        if not looks:
            return
        before, longest = self._looks.get(check.id, {}), longest_gap(check.interval)
        for name, look in looks.items():
            last = before.get(name)
            if last is None:
                continue
            if is_too_soon(last, look):
                looks[name] = last
                continue
            load = load_between(last, look, longest)
            if load is not None:
                self._add((check.node, name), last.at, look, load)
        self._looks[check.id] = looks

    def forget(self, check_id: str) -> None:
        """The check is gone."""
        self._looks.pop(check_id, None)

    def flush(self) -> None:
        """Have written what is new, unless the disk has not taken what came before: it is in the next row then."""
        if self._unwritten and (self._writing is None or self._writing.done()):
            self._writing = self._recorder.record(tuple(self._unwritten.values()))
            self._unwritten.clear()

    def stop(self) -> None:
        """Have the rest written."""
        self._writing = None
        self.flush()

    def _add(self, link: Link, start: Millis, look: Look, load: int) -> None:
        for name, length in days_in(start, look.at, self._zone):
            day = self._days.get(link)
            if day is None or day.day < name:
                day = LinkDay(*link, name, look.speed, self._threshold, 0, 0, 0)
            elif day.day > name:
                continue
            day = with_load(day, length, load, look.speed)
            self._days[link] = self._unwritten[link, name] = day
