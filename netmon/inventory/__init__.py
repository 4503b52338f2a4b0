"""Questions about what is watched: who belongs to whom. Pure; answers keep the inventory's order."""

from netmon.model import Check, Commune, Inventory, Node, Service, Site

EVERY_COMMUNE = "*"
"""Stands for all communes in ``Service.communes``."""


def commune_of_node(inventory: Inventory, node: Node) -> str:
    """The name of the commune a node stands in; "" when its site is not known."""
    site = inventory.sites.get(node.site)
    return site.commune if site else ""


def sites_of_commune(inventory: Inventory, commune: str) -> tuple[Site, ...]:
    """The sites that stand in a commune."""
    return tuple(site for site in inventory.sites.values() if site.commune == commune)


def nodes_of_commune(inventory: Inventory, commune: str) -> tuple[Node, ...]:
    """The nodes whose site stands in a commune."""
    return tuple(node for node in inventory.nodes.values() if commune_of_node(inventory, node) == commune)


def checks_of_commune(inventory: Inventory, commune: str) -> tuple[Check, ...]:
    """The checks that carry a commune's label."""
    return tuple(check for check in inventory.checks.values() if check.commune == commune)


def services_of_commune(inventory: Inventory, commune: str) -> tuple[Service, ...]:
    """The services that a commune uses."""
    return tuple(service for service in inventory.services.values() if uses(service, commune))


def uses(service: Service, commune: str) -> bool:
    """Whether a commune uses a service."""
    return commune in service.communes or EVERY_COMMUNE in service.communes


def communes_of_service(inventory: Inventory, service: Service) -> tuple[Commune, ...]:
    """The communes that use a service."""
    return tuple(commune for commune in inventory.communes.values() if uses(service, commune.name))


def nodes_of_site(inventory: Inventory, site: str) -> tuple[Node, ...]:
    """The nodes that stand in a site."""
    return tuple(node for node in inventory.nodes.values() if node.site == site)


def checks_of_site(inventory: Inventory, site: str) -> tuple[Check, ...]:
    """The checks of a site: those of its nodes and those of its own."""
    return tuple(check for check in inventory.checks.values() if check.site == site)


def checks_of_node(inventory: Inventory, node: str) -> tuple[Check, ...]:
    """The checks of a node; none when it is not polled and nothing on it is watched."""
    return tuple(check for check in inventory.checks.values() if check.node == node)


def objects_of_commune(inventory: Inventory, commune: str) -> tuple[str, ...]:
    """Ids of everything maintenance can touch that a commune sees: sites, nodes, checks and services, and its name."""
    parts = (sites_of_commune, nodes_of_commune, checks_of_commune, services_of_commune)
    return (commune, *(item.id for part in parts for item in part(inventory, commune)))
