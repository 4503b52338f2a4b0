"""The document of the topology: configured uplinks and what LLDP tells, and where they disagree."""

from exporters.web.values import SCHEMA_VERSION, Document, moment
from netmon.contracts import Snapshot
from netmon.state.neighbours import Link, links_of, strangers


def topology_document(snapshot: Snapshot) -> Document:
    """Every node with its state, every link and who tells of it, and neighbours that are no nodes of ours."""
    inventory, told, views = snapshot.inventory, snapshot.neighbours(), snapshot.nodes()
    return {
        "schema_version": SCHEMA_VERSION,
        "generated": moment(snapshot.now()),
        "nodes": [
            {"id": node.id, "name": node.name, "role": node.role.value, "uplinks": list(node.uplinks),
             "accept_lldp": node.accept_lldp, "state": views[node.id].state.value if node.id in views else None,
             "tells_neighbours": node.id in told}
            for node in inventory.nodes.values()
        ],
        "links": [_link(link) for link in links_of(inventory, told)],
        "strangers": [
            {"node": node, "port": each.port, "name": each.name, "remote_port": each.remote_port,
             "chassis": each.chassis}
            for node, each in strangers(inventory, told)
        ],
    }  # fmt: skip


def _link(link: Link) -> Document:
    return {
        "lower": link.lower, "upper": link.upper, "told": link.told, "disagrees": link.disagrees,
        "accepted": link.accepted, "lower_port": link.lower_port, "upper_port": link.upper_port,
    }  # fmt: skip
