"""The ways to everything watched as they are now: which nodes fail, and what is cut off behind them."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from netmon.clock import Millis
from netmon.model import Check, Inventory
from netmon.state.machine import Memory
from netmon.state.topology import Topology, cut_since


class Paths:
    """Follows the failures of nodes through the topology. ``memories`` are those of all checks, as they are now.

    What answers after all known ways to it were cut is reached by a way that nobody told of, until a known way is open
    again: what is not known of the topology hides no outage.
    """

    def __init__(self, inventory: Inventory, memories: Mapping[str, Memory]) -> None:
        self._inventory = inventory
        self._memories = memories
        self._node_checks = checks_by_node(inventory)
        self._learned: dict[str, tuple[str, ...]] = {}
        self._answered: dict[str, Millis] = {}
        self._reached: set[str] = set()
        self._failed: dict[str, Millis] = {}
        self._broken: dict[str, Millis] = {}
        self._met: dict[tuple[str, ...], tuple[str, ...]] = {}  # thousands of checks share few ways
        self._set_out()

    @property
    def node_checks(self) -> Mapping[str, Sequence[Check]]:
        """The checks of each node that has some."""
        return self._node_checks

    @property
    def failed(self) -> Mapping[str, Millis]:
        """Nodes none of whose checks answers, with the moment since which that may be so."""
        return self._failed

    @property
    def reached(self) -> Collection[str]:
        """What answers though all known ways to it are cut: nodes, and checks without one."""
        return frozenset(self._reached)

    @property
    def topology(self) -> Topology:
        """The uplinks that count."""
        return self._topology

    def via(self, check: Check) -> tuple[str, ...]:
        """The nodes one of which must work for the check's target to be reached."""
        learned = self._learned.get(check.node)
        return check.via if not learned else (*check.via, *(way for way in learned if way not in check.via))

    def cut_since(self, check: Check) -> Millis | None:
        """Since when every path to the check's target is cut; None while there is one."""
        return None if (check.node or check.id) in self._reached else cut_since(self.via(check), self._broken)

    def cut_by(self, name: str) -> tuple[str, ...]:
        """The nodes that failed by themselves and stand in the way to a node or check."""
        check = self._inventory.checks.get(name)
        via = self.via(check) if check else self._topology.uplinks(name)
        known = self._met.get(via)
        if known is None:
            known = self._met[via] = self._topology.standing_in_the_way(via, self._failed_itself)
        return known

    def learn(self, uplinks: Mapping[str, tuple[str, ...]]) -> list[str]:
        """Take up uplinks besides those configured; the checks whose paths may have changed."""
        if uplinks == self._learned:
            return []
        self._learned = dict(uplinks)
        self._set_out()
        self.look_everywhere()
        return list(self._inventory.checks)

    def look_everywhere(self) -> None:
        """Find all failures anew."""
        self._reached.clear()
        self._met.clear()
        self._failed = {node: at for node in self._node_checks if (at := self._failed_since(node)) is not None}
        self._broken = self._topology.broken_since(self._failed)
        self._judge_reaches(self._inventory.checks.values())

    def follow(self, nodes: Iterable[str]) -> set[str]:
        """After states of checks of ``nodes`` changed: the checks whose paths broke or opened, or broke earlier."""
        changed = []
        for node in nodes:
            since = self._failed_since(node)
            if since != self._failed.get(node):
                changed.append(node)
                self._failed.pop(node, None)
                if since is not None:
                    self._failed[node] = since
        moved = self._follow(changed) if changed else set()
        affected = {check for node in moved for check in self._dependents.get(node, ())}
        self._judge_reaches(self._inventory.checks[name] for name in affected)
        self._reached = {name for name in self._reached if self._cut_as_known(name)}
        return affected

    def heard(self, check: Check, at: Millis) -> None:
        """A check answered at ``at``."""
        self._answered[check.id] = at
        self._judge_reaches((check,))

    def _judge_reaches(self, checks: Iterable[Check]) -> None:
        began: dict[tuple[str, ...], Millis | None] = {}  # thousands of checks share few ways
        for check in checks:
            via = self.via(check)
            if via not in began:
                began[via] = self._cut_began(via)
            if self._judge_reach(check, began[via]):
                began.clear()

    def _judge_reach(self, check: Check, began: Millis | None) -> bool:
        """If it answered after all known ways to it were cut, there is another one; whether that is news."""
        name = check.node or check.id
        if began is None or self._answered.get(check.id, 0) <= began or name in self._reached or name in self._failed:
            return False
        self._reached.add(name)
        if check.node:
            self._follow([check.node])
        return True

    def _cut_began(self, via: tuple[str, ...]) -> Millis | None:
        """When what cuts all of the ways was confirmed to fail; None: they are not cut."""
        if cut_since(via, self._broken) is None:
            return None
        cutting = self._topology.standing_in_the_way(via, self._failed_itself)
        return max(
            (self._memories[each.id].since for node in cutting for each in self._node_checks[node]), default=None
        )

    def _follow(self, changed: Iterable[str]) -> set[str]:
        self._met.clear()
        return self._topology.follow(changed, self._failed, self._broken, self._reached)

    def _cut_as_known(self, name: str) -> bool:
        check = self._inventory.checks.get(name)
        via = self.via(check) if check else self._topology.uplinks(name)
        return cut_since(via, self._broken) is not None

    def _failed_itself(self, node: str) -> bool:
        return node in self._failed and cut_since(self._topology.uplinks(node), self._broken) is None

    def _failed_since(self, node: str) -> Millis | None:
        """What is reached through the node is no proof against it alone: two sites that fail are not a server that is
        cut."""
        checks = self._node_checks.get(node, ())
        if all(node in check.via for check in checks):
            return None
        memories = [self._memories[check.id] for check in checks]
        return max(memory.failing_since for memory in memories) if all(each.failing for each in memories) else None

    def _set_out(self) -> None:
        self._topology = Topology(
            {name: (*node.uplinks, *self._learned.get(name, ())) for name, node in self._inventory.nodes.items()}
        )
        self._dependents: dict[str, list[str]] = {}
        for check in self._inventory.checks.values():
            for node in self.via(check):
                self._dependents.setdefault(node, []).append(check.id)


def checks_by_node(inventory: Inventory) -> dict[str, list[Check]]:
    """The checks of each node that has some."""
    found: dict[str, list[Check]] = {}
    for check in inventory.checks.values():
        if check.node:
            found.setdefault(check.node, []).append(check)
    return found
