"""Who belongs to whom."""

from collections.abc import Iterable
from dataclasses import replace

from netmon import inventory as ask
from netmon.model import Check, Commune, Inventory, Node, Role, Service, Site, SiteKind

SNMP = Check("", "snmp", "snmp", "", "", "", "", (), 30_000, 5_000, 2, 1)


def small() -> Inventory:
    communes = [Commune("Ambès", "33004", 3_313, (3, 0)), Commune("Bègles", "33039", 31_831, (4, 5))]
    sites = [
        Site("a-mairie", "Mairie", SiteKind.TOWN_HALL, "Ambès"),
        Site("b-mairie", "Mairie", SiteKind.TOWN_HALL, "Bègles"),
        Site("b-piscine", "Piscine", SiteKind.POOL, "Bègles"),
    ]
    nodes = [
        Node("sw-a", "sw-a", "a-mairie", Role.ACCESS_SWITCH, "192.0.2.1", 161),
        Node("sw-b", "sw-b", "b-mairie", Role.ACCESS_SWITCH, "192.0.2.2", 161),
        Node("ups-b", "ups-b", "b-piscine", Role.UPS, "192.0.2.3", 161),
    ]
    checks = [
        replace(SNMP, id="sw-a/snmp", commune="Ambès", site="a-mairie", node="sw-a"),
        replace(SNMP, id="sw-b/snmp", commune="Bègles", site="b-mairie", node="sw-b"),
        replace(SNMP, id="web-b", commune="Bègles", site="b-mairie"),
        replace(SNMP, id="admin-b", commune="Bègles", site="b-mairie", node="sw-b"),
    ]
    services = [
        Service("portail", "Portail", "web", ("Ambès", "Bègles"), "web-b"),
        Service("wifi-b", "Wi-fi", "wifi", ("Bègles",), "sw-b"),
        Service("billets", "Billettique", "ticketing", ("*",), "sw-a"),
    ]
    return Inventory(
        {commune.name: commune for commune in communes}, {site.id: site for site in sites},
        {node.id: node for node in nodes}, {service.id: service for service in services},
        {check.id: check for check in checks}, {},
    )  # fmt: skip


def ids(items: Iterable[Site | Node | Check | Service]) -> list[str]:
    return [item.id for item in items]


def test_members_of_a_commune() -> None:
    assert ids(ask.sites_of_commune(small(), "Bègles")) == ["b-mairie", "b-piscine"]
    assert ids(ask.nodes_of_commune(small(), "Bègles")) == ["sw-b", "ups-b"]
    assert ids(ask.checks_of_commune(small(), "Bègles")) == ["sw-b/snmp", "web-b", "admin-b"]
    assert ids(ask.services_of_commune(small(), "Bègles")) == ["portail", "wifi-b", "billets"]
    assert ids(ask.services_of_commune(small(), "Ambès")) == ["portail", "billets"]


def test_what_maintenance_can_touch_in_a_commune() -> None:
    assert ask.objects_of_commune(small(), "Ambès") == ("Ambès", "a-mairie", "sw-a", "sw-a/snmp", "portail", "billets")


def test_a_star_stands_for_every_commune() -> None:
    everything = small()
    assert [c.name for c in ask.communes_of_service(everything, everything.services["billets"])] == ["Ambès", "Bègles"]
    assert [c.name for c in ask.communes_of_service(everything, everything.services["wifi-b"])] == ["Bègles"]


def test_members_of_a_site() -> None:
    assert ids(ask.nodes_of_site(small(), "b-mairie")) == ["sw-b"]
    assert ids(ask.checks_of_site(small(), "b-mairie")) == ["sw-b/snmp", "web-b", "admin-b"]


def test_checks_of_a_node() -> None:
    assert ids(ask.checks_of_node(small(), "sw-b")) == ["sw-b/snmp", "admin-b"]
    assert ask.checks_of_node(small(), "ups-b") == ()


def test_the_commune_of_a_node_is_that_of_its_site() -> None:
    everything = small()
    assert ask.commune_of_node(everything, everything.nodes["ups-b"]) == "Bègles"
    assert ask.commune_of_node(everything, replace(everything.nodes["ups-b"], site="elsewhere")) == ""


def test_nobody_is_in_an_unknown_commune() -> None:
    assert ask.nodes_of_commune(small(), "Paris") == ask.sites_of_commune(small(), "Paris") == ()
