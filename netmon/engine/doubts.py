"""Before a target is declared down, what stands before it is looked at again, at once.

Polls of parent and child interleave: a child polled first would be called down for what is its parent's outage. So an
observation that would declare a target down is kept back, and every node on the ways to it is polled out of turn until
it answered since, or is confirmed to fail. Nothing is lost by that: what is kept back is judged with its own time.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from netmon.clock import SECOND, Millis
from netmon.engine.paths import Paths
from netmon.model import Check, Observation, State

PATIENCE: Millis = 30 * SECOND
"""For so long at most; an answer of the target ends it as well."""

Ask = Callable[[Iterable[Check]], object]


class Doubts:
    """Keeps observations back. ``last`` are the latest of all checks; ``ask`` polls checks now (None: nobody can)."""

    def __init__(self, paths: Paths, last: Mapping[str, Observation]) -> None:
        self.ask: Ask | None = None
        self._paths = paths
        self._last = last
        self._kept: dict[str, tuple[list[Observation], Millis]] = {}
        self._waiting: dict[str, set[str]] = {}
        self._free: dict[str, None] = {}

    def keep_back(self, observation: Observation, now: Millis) -> bool:
        """Whether it has to wait; then what it waits for is being asked. What comes after one that waits waits too."""
        kept = self._kept.get(observation.check.id)
        if self.ask is None or observation.reading.state is not State.DOWN:
            return False
        if kept is not None:
            kept[0].append(observation)
            return True
        undecided = self._undecided(observation)
        if not undecided:
            return False
        self._kept[observation.check.id] = [observation], now
        for node in undecided:
            self._waiting.setdefault(node, set()).add(observation.check.id)
        self.ask(check for node in undecided for check in self._paths.node_checks[node])
        return True

    def keeps(self, check_id: str) -> bool:
        """Whether something of the check is kept back."""
        return check_id in self._kept

    def take(self, check_id: str) -> list[Observation]:
        """What is kept back of a check, which no longer is."""
        self._free.pop(check_id, None)
        return self._kept.pop(check_id, ([], 0))[0]

    @property
    def freed(self) -> bool:
        """Whether something need not wait any longer."""
        return bool(self._free)

    def take_freed(self, most: int) -> list[Observation]:
        """What need not wait any longer, of so many checks ``most``, in the order in which it was found."""
        return [observation for name in list(islice(self._free, most)) for observation in self.take(name)]

    def heard(self, check: Check) -> None:
        """Free what need not wait any longer now that ``check`` was looked at. What still tells nothing is asked
        again."""
        if not check.node or check.node not in self._waiting:
            return
        waiting = (self._waiting.pop(check.node) & self._kept.keys()) - self._free.keys()
        asked: set[str] = set()
        for name in sorted(waiting):
            undecided = self._undecided(self._kept[name][0][0])
            if not undecided:
                self._free[name] = None
            elif check.node in undecided:
                asked.add(name)
        if asked:
            self._waiting[check.node] = asked
        if asked and self.ask is not None and check.id not in self._kept:
            self.ask([check])

    def free_overdue(self, now: Millis) -> None:
        """Free what has waited for too long."""
        self._free.update((name, None) for name, (_, since) in self._kept.items() if now - since > PATIENCE)

    def drop(self) -> None:
        """Nobody watched for a while: what was kept back proves nothing any more."""
        self._kept.clear()
        self._waiting.clear()
        self._free.clear()

    def _undecided(self, observation: Observation) -> list[str]:
        """The nodes on the ways to the target of which it is not known whether they answered after it did not; none
        once all ways are cut, or all of some way answered."""
        check, topology = observation.check, self._paths.topology
        via = self._paths.via(check)
        if self._paths.cut_since(check) is not None:
            return []
        undecided, seen, ahead = set(), {check.node}, list(via)
        while ahead:
            node = ahead.pop()
            if node in seen:
                continue
            seen.add(node)
            if node in self._paths.failed or not self._answered(node, observation.started):
                undecided.add(node)
            elif topology.is_root(node):
                return []
            else:
                ahead.extend(topology.uplinks(node))
        above = topology.above(undecided) - self._paths.failed.keys() - {check.node}
        return sorted(node for node in above if not self._answered(node, observation.started))

    def _answered(self, node: str, since: Millis) -> bool:
        """Whether a check of it answered, or could not be done, ``since``; also when there is none that tells."""
        checks = [check for check in self._paths.node_checks.get(node, ()) if node not in check.via]
        looks = [look for check in checks if (look := self._last.get(check.id)) is not None]
        return not checks or any(look.started >= since and look.reading.state is not State.DOWN for look in looks)
