"""What is lost if nodes stop: everything that no path leads to any more, and the services that miss it. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from netmon.expression import evaluate, parse, references
from netmon.inventory import EVERY_COMMUNE, commune_of_node
from netmon.model import Check, Inventory, State
from netmon.state.topology import Topology, lost_without


@dataclass(frozen=True, slots=True)
class Impact:
    """What stops with ``nodes``: the nodes and checks ``lost``, services that are ``down`` then, and those ``weaker``:
    they work on, with nothing to spare of what was lost. ``population`` is that of ``communes``."""

    nodes: tuple[str, ...]
    lost: tuple[str, ...]
    checks: tuple[str, ...]
    down: tuple[str, ...]
    weaker: tuple[str, ...]
    sites: tuple[str, ...]
    communes: tuple[str, ...]
    population: int


class Impacts:
    """Finds impacts in ``inventory``; what is nowhere near the nodes that stop costs nothing."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._topology = Topology({node.id: node.uplinks for node in inventory.nodes.values()})
        self._expressions = {name: parse(service.expression) for name, service in inventory.services.items()}
        self._checks: dict[str, list[str]] = {}  # by the nodes they stand on or behind
        for check in inventory.checks.values():
            for name in {check.node, *check.via}:
                self._checks.setdefault(name, []).append(check.id)
        self._services: dict[str, list[str]] = {}  # by what they rest on
        for service, expression in self._expressions.items():
            for name in references(expression):
                self._services.setdefault(name, []).append(service)
        self._nodes_first, self._checks_first = _Order(inventory.nodes), _Order(inventory.checks)
        self._services_first = _Order(inventory.services)

    def of(self, nodes: Collection[str], links: Iterable[tuple[str, str]] = ()) -> Impact:
        """What is lost if ``nodes`` stop, and ``links`` (node, uplink) are cut, while everything else works."""
        inventory, cut = self._inventory, set(links)
        gone = self._gone_without(nodes, cut) if cut else lost_without(self._topology, nodes)
        near = {name: inventory.checks[name] for node in gone for name in self._checks.get(node, ())}
        checks = {name: check for name, check in near.items() if _is_lost(check, gone)}
        states = self._states({*gone, *checks})
        communes = {commune_of_node(inventory, inventory.nodes[name]) for name in gone}
        communes |= {check.commune for check in checks.values()}
        for name in states:
            told = inventory.services[name].communes
            communes |= set(inventory.communes if EVERY_COMMUNE in told else told)
        named = tuple(name for name in inventory.communes if name in communes)
        sites = {inventory.nodes[name].site for name in gone} | {check.site for check in checks.values()}
        return Impact(
            nodes=tuple(nodes),
            lost=self._nodes_first(gone - set(nodes)),
            checks=self._checks_first(checks),
            down=self._services_first(name for name, state in states.items() if state is State.DOWN),
            weaker=self._services_first(name for name, state in states.items() if state is not State.DOWN),
            sites=_Order(inventory.sites)(sites & inventory.sites.keys()),
            communes=named,
            population=sum(inventory.communes[name].population for name in named),
        )

    def _gone_without(self, nodes: Iterable[str], cut: Collection[tuple[str, str]]) -> set[str]:
        known = self._inventory.nodes
        uplinks = {node.id: tuple(up for up in node.uplinks if (node.id, up) not in cut) for node in known.values()}
        alone = {name for name, ups in uplinks.items() if not ups and known[name].uplinks}
        return lost_without(Topology(uplinks), {*nodes, *alone})

    def _states(self, lost: Collection[str]) -> dict[str, State]:
        """The services that rest on something lost: DOWN without it, or UP all the same."""
        touched = {service for name in lost for service in self._services.get(name, ())}
        state_of = lambda name: State.DOWN if name in lost else State.UP  # noqa: E731
        return {name: evaluate(self._expressions[name], state_of) for name in touched}


class _Order:
    """Puts names into the order of the configuration."""

    def __init__(self, names: Iterable[str]) -> None:
        self._places = {name: place for place, name in enumerate(names)}

    def __call__(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=self._places.__getitem__))


def _is_lost(check: Check, gone: Collection[str]) -> bool:
    return check.node in gone or (bool(check.via) and all(way in gone for way in check.via))
