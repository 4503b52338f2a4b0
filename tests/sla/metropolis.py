"""A small métropole: two communes, three services, nodes and a check without a node."""

from netmon.clock import MINUTE, SECOND, Millis
from netmon.conventions import Reason
from netmon.model import (
    Check,
    Commune,
    Contract,
    Inventory,
    Node,
    Role,
    Service,
    Site,
    SiteKind,
    State,
    Transition,
)


def check(check_id: str, commune: str, site: str, node: str = "", interval: Millis = 30 * SECOND) -> Check:
    name, collector = check_id.rpartition("/")[2], "snmp" if node else "http"
    return Check(check_id, name, collector, "", commune, site, node, (), interval, 5 * SECOND, 2, 1)


def transition(name: str, at: Millis, state: State, earliest: Millis | None = None) -> Transition:
    reason = Reason.OK if state is State.UP else Reason.TIMEOUT
    return Transition(name, at, at if earliest is None else earliest, State.PENDING, state, reason, at)


def metropolis(*contracts: Contract) -> Inventory:
    communes = (Commune("Bègles", "33039", 31831, (4, 5)), Commune("Cenon", "33119", 26000, (5, 4)))
    sites = (
        Site("begles-mairie", "Hôtel de ville de Bègles", SiteKind.TOWN_HALL, "Bègles"),
        Site("cenon-ecole", "École de Cenon", SiteKind.SCHOOL, "Cenon"),
    )
    nodes = (
        Node("sw-begles", "sw-begles-1", "begles-mairie", Role.ACCESS_SWITCH, "127.0.0.1", 161),
        Node("sw-cenon", "sw-cenon-1", "cenon-ecole", Role.ACCESS_SWITCH, "127.0.0.1", 161),
    )
    services = (
        Service("portail", "Portail", "web", ("*",), "portail-citoyen"),
        Service("reseau-begles", "Réseau de Bègles", "network", ("Bègles",), "sw-begles"),
        Service("wifi-cenon", "Wi-Fi des écoles", "schools", ("Cenon",), "all(sw-cenon, portail-citoyen)"),
    )
    checks = (
        check("sw-begles/snmp", "Bègles", "begles-mairie", "sw-begles"),
        check("sw-cenon/snmp", "Cenon", "cenon-ecole", "sw-cenon", MINUTE),
        check("portail-citoyen", "Bègles", "begles-mairie"),
    )
    return Inventory(
        {commune.name: commune for commune in communes},
        {site.id: site for site in sites},
        {node.id: node for node in nodes},
        {service.id: service for service in services},
        {check.id: check for check in checks},
        {contract.id: contract for contract in contracts},
    )


CONTRACT = Contract("engagement", "Contrat d'engagement", "Bordeaux Métropole", "communes", 0.995)
