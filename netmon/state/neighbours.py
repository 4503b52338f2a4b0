"""Links as LLDP tells of them (IEEE 802.1AB), and where they differ from the configured uplinks. Pure.

A neighbour tells its name, which is compared with ids and names of nodes: without capitals, and without a domain.
What LLDP tells is shown; it only counts as an uplink for nodes whose configuration accepts it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from netmon.model import Family, Inventory, Neighbour

FAMILY = "lldpRemChassisIdSubtype"
"""The family whose label values tell of neighbours (module ``lldp_mib``)."""

Told = Literal["both", "configured", "seen"]


@dataclass(frozen=True, slots=True)
class Link:
    """Two nodes, and who tells that they are neighbours. ``configured``: ``upper`` is an uplink of ``lower``.

    ``seen``: LLDP tells so, with the ports of ``lower`` and ``upper`` where they are known. ``expected``: one of the
    two tells neighbours, so that a link that is not seen is worth a look.
    """

    lower: str
    upper: str
    configured: bool
    seen: bool
    expected: bool
    accepted: bool
    lower_port: str = ""
    upper_port: str = ""

    @property
    def told(self) -> Told:
        """By whom it is told."""
        return "both" if self.configured and self.seen else "configured" if self.configured else "seen"

    @property
    def disagrees(self) -> bool:
        """Whether configuration and LLDP contradict each other."""
        return self.seen != self.configured and (self.seen or self.expected)


def neighbours_in(families: Iterable[Family]) -> tuple[Neighbour, ...] | None:
    """The neighbours that samples tell of; None: they are not about neighbours."""
    for family in families:
        if family.name == FAMILY:
            place = {name: index for index, name in enumerate(family.label_names)}
            wanted = ("lldpLocPortId", "lldpRemSysName", "lldpRemPortId", "lldpRemChassisId")
            rows = ([row[place[name]] if name in place else "" for name in wanted] for row in family.series)
            return tuple(Neighbour(*row) for row in rows)
    return None


def links_of(inventory: Inventory, told: Mapping[str, Iterable[Neighbour]]) -> list[Link]:
    """Every link that is configured or seen, in the order of the inventory; ``told`` by node."""
    ports: dict[tuple[str, str], str] = {}
    known = _names(inventory)
    for node, neighbours in told.items():
        for each in neighbours:
            other = known.get(plain_name(each.name))
            if other is not None and other != node:
                ports.setdefault((node, other), each.port)
                ports.setdefault((other, node), each.remote_port)
    pairs = {(node.id, up): True for node in inventory.nodes.values() for up in node.uplinks}
    for lower, upper in ports:
        if (lower, upper) not in pairs and (upper, lower) not in pairs:
            first, second = sorted((lower, upper), key=lambda name: bool(inventory.nodes[name].uplinks), reverse=True)
            pairs[first, second] = False
    return [
        Link(
            lower, upper, configured, (lower, upper) in ports, lower in told or upper in told,
            not configured and any(inventory.nodes[end].accept_lldp for end in (lower, upper)),
            ports.get((lower, upper), ""), ports.get((upper, lower), ""),
        )
        for (lower, upper), configured in pairs.items()
    ]  # fmt: skip


def strangers(inventory: Inventory, told: Mapping[str, Iterable[Neighbour]]) -> list[tuple[str, Neighbour]]:
    """Neighbours that are no nodes of the configuration, each with the node that tells of it."""
    known = _names(inventory)
    return [(node, each) for node, found in told.items() for each in found if plain_name(each.name) not in known]


def accepted_uplinks(inventory: Inventory, told: Mapping[str, Iterable[Neighbour]]) -> dict[str, tuple[str, ...]]:
    """For each node that accepts it: the neighbours that LLDP tells of, which count as uplinks besides its own."""
    found: dict[str, list[str]] = {}
    for link in links_of(inventory, told):
        for node, other in ((link.lower, link.upper), (link.upper, link.lower)):
            its = inventory.nodes[node]
            if link.seen and its.accept_lldp and other not in its.uplinks:
                found.setdefault(node, []).append(other)
    return {node: tuple(sorted(others)) for node, others in found.items()}


def plain_name(name: str) -> str:
    """A name as it is compared: no capitals, no domain."""
    return name.strip().casefold().partition(".")[0]


def _names(inventory: Inventory) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in inventory.nodes.values():
        found.setdefault(plain_name(node.name), node.id)
    for node in inventory.nodes.values():
        found[plain_name(node.id)] = node.id
    found.pop("", None)
    return found
