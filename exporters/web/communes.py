"""One line per commune: how it is, from its nodes and the services it has a part in."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from exporters.summary import plain, services_by_commune, shared_services, up_ratio
from netmon.contracts import CheckView, NodeView, ServiceView, Snapshot
from netmon.model import Commune, State

STATES = ("down", "unreachable", "degraded", "unknown", "pending", "maintenance", "up")
"""Everything an object can be shown as, worst first."""

_LOST = {State.DOWN.value, State.UNREACHABLE.value}


@dataclass(frozen=True, slots=True)
class CommuneView:
    """A commune as of now; the counts are of objects by shown state."""

    commune: Commune
    state: str
    up_ratio: float | None
    services: Counter[str]
    nodes: Counter[str]
    checks: Counter[str]


def commune_views(snapshot: Snapshot) -> list[CommuneView]:
    """All communes, worst first, then by name."""
    services = services_by_commune(snapshot)
    nodes = _nodes_by_commune(snapshot)
    checks: defaultdict[str, list[CheckView]] = defaultdict(list)
    for view in snapshot.checks().values():
        checks[view.check.commune].append(view)
    shared = shared_services(snapshot)
    views = [
        _commune_view(commune, services[commune.name], nodes[commune.name], checks[commune.name], shared)
        for commune in snapshot.inventory.communes.values()
    ]
    return sorted(views, key=lambda view: (STATES.index(view.state), plain(view.commune.name)))


def shown(view: CheckView | NodeView | ServiceView) -> str:
    """The state as people see it: planned work hides what lies below it."""
    return "maintenance" if view.maintenance else view.state.value


def count(views: Iterable[CheckView | NodeView | ServiceView]) -> Counter[str]:
    """How many are shown in each state."""
    return Counter(shown(view) for view in views)


def worst(states: Iterable[str]) -> str:
    """The worst of shown states; ``pending`` when there are none."""
    return min(states, key=STATES.index, default="pending")


def _commune_view(
    commune: Commune, services: list[ServiceView], nodes: list[NodeView], checks: list[CheckView], shared: set[str]
) -> CommuneView:
    """DOWN (or UNREACHABLE) when one kind of its objects is lost entirely, DEGRADED when some object is.

    A service that all communes share is not told here: it would paint them all alike and hide where the network is
    broken. It counts in ``services``, and stands among the problems.
    """
    local = [view for view in services if view.id not in shared]
    loose = [view for view in checks if not view.check.node and shown(view) in _LOST]
    state = _state(count(local), count(nodes), count(loose))
    return CommuneView(commune, state, up_ratio(services), count(services), count(nodes), count(checks))


def _state(services: Counter[str], nodes: Counter[str], checks: Counter[str]) -> str:
    for group in (services, nodes):
        watched = group.total() - group["maintenance"] - group["pending"]
        if watched and group["unreachable"] == watched:
            return State.UNREACHABLE.value
        if watched and group["down"] + group["unreachable"] == watched:
            return State.DOWN.value
    whole = services + nodes + checks
    if whole["down"] or whole["unreachable"] or whole["degraded"]:
        return State.DEGRADED.value
    for state in ("unknown", "up", "maintenance"):
        if whole[state]:
            return state
    return State.PENDING.value


def _nodes_by_commune(snapshot: Snapshot) -> defaultdict[str, list[NodeView]]:
    inventory = snapshot.inventory
    found: defaultdict[str, list[NodeView]] = defaultdict(list)
    for view in snapshot.nodes().values():
        node = inventory.nodes.get(view.id)
        site = inventory.sites.get(node.site) if node else None
        if site is not None:
            found[site.commune].append(view)
    return found
