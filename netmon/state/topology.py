"""Which nodes stand in the way: since when every path to a node is cut. Pure.

A node without uplinks is a root, where we look from. A path is cut by a node that is confirmed not to answer. Uplinks
may run in rings: a path leads from a root, so nothing is reached through itself. Unknown topology hides nothing: what
has no uplinks, or none that lead to a root, counts as a root.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import heappop, heappush

from netmon.clock import Millis

_NEVER: Millis = 10**30


class Topology:
    """The uplinks of all nodes, and since when what is behind them is cut."""

    def __init__(self, uplinks: Mapping[str, Iterable[str]]) -> None:
        """``uplinks`` maps every node to those any one of which is enough to reach it."""
        self._uplinks = {node: tuple(ups) for node, ups in uplinks.items()}
        self._downlinks: dict[str, list[str]] = {node: [] for node in self._uplinks}
        for node, ups in self._uplinks.items():
            for up in ups:
                self._downlinks.setdefault(up, []).append(node)
        ends = [node for node in self._downlinks if not self.uplinks(node)]
        self._roots = set(ends) | (self._uplinks.keys() - self.behind(ends))

    def uplinks(self, node: str) -> tuple[str, ...]:
        """Nodes any one of which is enough to reach it."""
        return self._uplinks.get(node, ())

    def is_root(self, node: str) -> bool:
        """Whether it is where we look from: nothing that is known stands before it."""
        return node in self._roots or node not in self._uplinks

    def behind(self, nodes: Iterable[str]) -> set[str]:
        """The nodes, and every node that some way through one of them leads to."""
        return _reached(nodes, self._downlinks)

    def above(self, nodes: Iterable[str]) -> set[str]:
        """The nodes, and every node on some way to one of them."""
        return _reached(nodes, self._uplinks)

    def broken_since(self, failed_since: Mapping[str, Millis]) -> dict[str, Millis]:
        """For every node that lets nothing through: since when. ``failed_since``: nodes that do not answer."""
        values = self._settled(self._uplinks.keys(), failed_since, {}, ())
        return {node: at for node, at in values.items() if at != _NEVER}

    def follow(
        self,
        changed: Iterable[str],
        failed_since: Mapping[str, Millis],
        broken: dict[str, Millis],
        reached: Collection[str] = (),
    ) -> set[str]:
        """Bring ``broken`` up to date after the failures of the nodes ``changed``; which nodes of it changed.

        ``reached`` are nodes that answer though all known ways to them are cut: there is one that is not known.
        """
        region = self.behind(changed) & self._uplinks.keys()
        moved = set()
        for node, at in self._settled(region, failed_since, broken, reached).items():
            if broken.get(node, _NEVER) != at:
                moved.add(node)
                broken.pop(node, None)
                if at != _NEVER:
                    broken[node] = at
        return moved

    def standing_in_the_way(self, via: Iterable[str], stops: Callable[[str], bool]) -> tuple[str, ...]:
        """The nodes that stop something, met first on the ways up from ``via``, in alphabetical order."""
        met: set[str] = set()
        seen: set[str] = set()
        ahead = list(via)
        while ahead:
            node = ahead.pop()
            if node in seen:
                continue
            seen.add(node)
            if stops(node):
                met.add(node)
            else:
                ahead.extend(self.uplinks(node))
        return tuple(sorted(met))

    def _settled(
        self,
        region: Collection[str],
        failed_since: Mapping[str, Millis],
        around: Mapping[str, Millis],
        reached: Collection[str],
    ) -> dict[str, Millis]:
        """When each node of ``region`` was cut or failed (``_NEVER``: not); ``around`` is what holds outside of it.

        A path broke when the first of its nodes did, and a node is cut since the last of its paths broke. That is the
        widest path from a root, found as Dijkstra does: those that broke last are settled first.
        """
        found: dict[str, Millis] = {}
        ahead: list[tuple[Millis, str]] = []
        for node in region:
            outside = [around.get(up, _NEVER) for up in self._uplinks[node] if up not in region]
            outside += [_NEVER] if node in self._roots or node in reached else []
            if outside:
                heappush(ahead, (-min(max(outside), failed_since.get(node, _NEVER)), node))
        while ahead:
            negative, node = heappop(ahead)
            if node in found:
                continue
            found[node] = -negative
            for down in self._downlinks[node]:
                if down in region and down not in found:
                    heappush(ahead, (-min(-negative, failed_since.get(down, _NEVER)), down))
        return found


def cut_since(via: Iterable[str], broken: Mapping[str, Millis]) -> Millis | None:
    """When the last of the ways ``via`` broke; None while one is open or none is known."""
    moments = [broken.get(node) for node in via]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


def lost_without(topology: Topology, stopped: Iterable[str]) -> set[str]:
    """The nodes that no path leads to any more once the nodes ``stopped`` stand still, these included."""
    failed = dict.fromkeys(stopped, 0)
    return topology.follow(failed, failed, {})


def _reached(nodes: Iterable[str], neighbours: Mapping[str, Iterable[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = list(nodes)
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead.extend(neighbours.get(node, ()))
    return seen
