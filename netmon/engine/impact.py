"""What is lost if nodes stop: everything that no path leads to any more, and the services that miss it. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from netmon.expression import evaluate, parse, references
from netmon.inventory import EVERY_COMMUNE, commune_of_node
from netmon.model import Inventory, Service, State
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


def impact_of(inventory: Inventory, nodes: Collection[str], links: Iterable[tuple[str, str]] = ()) -> Impact:
    """What is lost if ``nodes`` stop, and ``links`` (node, uplink) are cut, while everything else works."""
    cut = set(links)
    uplinks = {
        node.id: tuple(up for up in node.uplinks if (node.id, up) not in cut) for node in inventory.nodes.values()
    }
    alone = {name for name, ups in uplinks.items() if not ups and inventory.nodes[name].uplinks}
    gone = lost_without(Topology(uplinks), {*nodes, *alone})
    checks = [check for check in inventory.checks.values() if _is_lost(check.node, check.via, gone)]
    lost = {*gone, *(check.id for check in checks)}
    touched = {name: state for name, service in inventory.services.items() if (state := _state(service, lost))}
    communes = {commune_of_node(inventory, inventory.nodes[name]) for name in gone}
    communes |= {check.commune for check in checks}
    for name in touched:
        told = inventory.services[name].communes
        communes |= set(inventory.communes if EVERY_COMMUNE in told else told)
    named = tuple(name for name in inventory.communes if name in communes)
    sites = {inventory.nodes[name].site for name in gone} | {check.site for check in checks}
    return Impact(
        nodes=tuple(nodes),
        lost=tuple(name for name in inventory.nodes if name in gone and name not in nodes),
        checks=tuple(check.id for check in checks),
        down=tuple(name for name, state in touched.items() if state is State.DOWN),
        weaker=tuple(name for name, state in touched.items() if state is not State.DOWN),
        sites=tuple(name for name in inventory.sites if name in sites),
        communes=named,
        population=sum(inventory.communes[name].population for name in named),
    )


def _is_lost(node: str, via: Collection[str], gone: Collection[str]) -> bool:
    return node in gone or (bool(via) and all(way in gone for way in via))


def _state(service: Service, lost: Collection[str]) -> State | None:
    """DOWN, or UP though something of it is lost; None: nothing is."""
    expression = parse(service.expression)
    if not any(name in lost for name in references(expression)):
        return None
    return evaluate(expression, lambda name: State.DOWN if name in lost else State.UP)
