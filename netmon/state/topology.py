"""Which nodes stand in the way: since when every path to a node is cut. Pure.

A node without uplinks is a root, where we look from. A path is cut by a node that is confirmed not to answer.
Unknown topology hides nothing: no uplinks known, no cut.
"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from netmon.clock import Millis


class Topology:
    """The uplinks of all nodes, ordered once from the roots outwards."""

    def __init__(self, uplinks: Mapping[str, Iterable[str]]) -> None:
        """``uplinks`` maps every node to those any one of which is enough to reach it.

        Raises:
            ValueError: the uplinks run in a circle.
        """
        self._uplinks = {node: tuple(ups) for node, ups in uplinks.items()}
        try:
            self._order = tuple(TopologicalSorter(self._uplinks).static_order())
        except CycleError as error:
            raise ValueError(f"uplinks run in a circle: {' -> '.join(error.args[1])}") from error

    def broken_since(self, failed_since: Mapping[str, Millis]) -> dict[str, Millis]:
        """For every node that lets nothing through: since when. ``failed_since``: nodes that do not answer."""
        broken: dict[str, Millis] = {}
        for node in self._order:
            moments = [failed_since[node]] if node in failed_since else []
            cut = cut_since(self._uplinks.get(node, ()), broken)
            if cut is not None:
                moments.append(cut)
            if moments:
                broken[node] = min(moments)
        return broken


def cut_since(via: Iterable[str], broken: Mapping[str, Millis]) -> Millis | None:
    """When the last of the ways ``via`` broke; None while one is open or none is known."""
    moments = [broken.get(node) for node in via]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None
