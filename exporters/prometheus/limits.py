"""How many series each check may show.

Decided by the order of check ids, never by who was polled first: the same checks keep the same series after every
restart, and none comes and goes while others stay as they are.
"""

from collections.abc import Iterator, Mapping

from netmon.model import Check
from netmon.settings import SeriesLimits


class Room:
    """The room that ``limits`` leave, and who has taken how much of it."""

    def __init__(self, limits: SeriesLimits) -> None:
        self._limits = limits
        self._shown: dict[str, int] = {}
        self._nodes: dict[str, dict[str, int]] = {}
        self._node_of: dict[str, str] = {}
        self.total = 0

    def on_node(self, check: Check) -> int:
        """What the checks of its node that come before it leave."""
        return self._limits.per_node - _before(check.id, self._nodes.get(_group(check), {}))

    def has(self, check: Check, wanted: int) -> bool:
        """Whether all the checks that come before it leave ``wanted`` series."""
        if self.total - self._shown.get(check.id, 0) + wanted <= self._limits.total:
            return True
        return _before(check.id, self._shown) + wanted <= self._limits.total

    def take(self, check: Check, count: int) -> list[str]:
        """Note that the check shows ``count`` series. What is returned has to go: checks that come after it."""
        self.leave(check.id)
        if not count:
            return []
        node = self._nodes.setdefault(_group(check), {})
        going = list(_beyond(check.id, node, self._limits.per_node - count))
        if self.total - sum(self._shown[each] for each in going) + count > self._limits.total:
            others = {each: shown for each, shown in self._shown.items() if each not in going}
            going += _beyond(check.id, others, self._limits.total - count)
        node[check.id] = self._shown[check.id] = count
        self._node_of[check.id] = _group(check)
        self.total += count
        return going

    def leave(self, check_id: str) -> None:
        """Note that the check shows nothing."""
        if check_id not in self._shown:
            return
        self.total -= self._shown.pop(check_id)
        group = self._node_of.pop(check_id)
        del self._nodes[group][check_id]
        if not self._nodes[group]:
            del self._nodes[group]


def _group(check: Check) -> str:
    return check.node or f"\0{check.id}"


def _before(check_id: str, shown: Mapping[str, int]) -> int:
    return sum(count for other, count in shown.items() if other < check_id)


def _beyond(check_id: str, shown: Mapping[str, int], room: int) -> Iterator[str]:
    """The last of those after ``check_id``, until the others fit into ``room``."""
    over = sum(shown.values()) - room
    for other in sorted((other for other in shown if other > check_id), reverse=True):
        if over <= 0:
            return
        over -= shown[other]
        yield other
