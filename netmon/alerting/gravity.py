"""How grave an incident is: by what is lost now, and by what the topology says will be. Pure.

Behind a node that fails, the rest is only found unreachable poll by poll. What the topology tells is known at once, so
that an incident is told with the gravity it will have, and its labels at Alertmanagers stay.
"""

from collections.abc import Mapping

from netmon.contracts import IncidentView, ServiceView
from netmon.engine.impact import Impact, Impacts
from netmon.model import Inventory, Severity, State

_MOST_REMEMBERED = 20_000


class Gravity:
    """Judges incidents of ``inventory``; what the topology says is remembered by the nodes that failed."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._impacts = Impacts(inventory)
        self._cutting: dict[tuple[str, ...], bool] = {}

    def of(self, view: IncidentView, services: Mapping[str, ServiceView]) -> Severity:
        """The severity of an open incident."""
        takes = view.takes
        if takes.nodes or takes.checks or any(_is_down(services.get(name)) for name in takes.services):
            return Severity.CRITICAL
        nodes = tuple(sorted(name for name in view.down if name in self._inventory.nodes))
        if nodes and self._cuts(nodes):
            return Severity.CRITICAL
        return Severity.MINOR if view.state is State.DEGRADED else Severity.MAJOR

    def _cuts(self, nodes: tuple[str, ...]) -> bool:
        known = self._cutting.get(nodes)
        if known is None:
            if len(self._cutting) >= _MOST_REMEMBERED:
                self._cutting.clear()
            known = self._cutting[nodes] = self._loses(self._impacts.of(nodes), nodes)
        return known

    def _loses(self, impact: Impact, nodes: tuple[str, ...]) -> bool:
        checks = self._inventory.checks
        return bool(impact.lost or impact.down) or any(checks[name].node not in nodes for name in impact.checks)


def _is_down(service: ServiceView | None) -> bool:
    return service is not None and service.state in {State.DOWN, State.UNREACHABLE}
