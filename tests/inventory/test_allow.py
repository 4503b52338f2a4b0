"""Who may be asked on a scraper's behalf."""

import pytest

from netmon.inventory.allow import AllowList, network_of
from netmon.model import Check, Inventory, Node, Role
from netmon.settings import DnsSettings, HttpSettings, HttpStep, IcmpSettings, TcpSettings


def inventory(*addresses: str) -> Inventory:
    nodes = {f"sw-{at}": Node(f"sw-{at}", f"Switch {at}", "s", Role("access_switch"), host, 161 + at) for at, host in
             enumerate(addresses)}  # fmt: skip
    return Inventory({}, {}, nodes, {}, {}, {})


KNOWN = inventory("192.0.2.1", "switch.example.org", "2001:db8::1")
RULES = ("10.0.0.0/8", "198.51.100.7", "fd00::/8", "*.metropole.example", "ups-??")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("192.0.2.1", True),
        ("192.0.2.2", False),
        ("2001:db8::1", True),
        ("2001:DB8:0::1", True),
        ("2001:db8::2", False),
        ("10.255.0.1", True),
        ("11.0.0.1", False),
        ("198.51.100.7", True),
        ("198.51.100.8", False),
        ("fd12::1", True),
        ("fd12::1%eth0", True),
        ("::ffff:10.1.1.1", True),
        ("::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.2", False),
        ("switch.example.org", False),
        ("a.metropole.example", False),
        ("010.0.0.1", False),
        ("", False),
    ],
)
def test_an_address_is_allowed_when_it_is_a_nodes_or_lies_in_a_network(address: str, allowed: bool) -> None:
    assert AllowList(KNOWN, RULES).allows_address(address) is allowed


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("switch.example.org", True),
        ("Switch.Example.ORG.", True),
        ("a.metropole.example", True),
        ("A.b.Metropole.Example", True),
        ("metropole.example", False),
        ("metropole.example.evil", False),
        ("ups-12", True),
        ("ups-123", False),
        ("sw-0", False),
        ("192.0.2.1", False),
    ],
)
def test_a_name_is_trusted_when_it_is_a_nodes_address_or_matches_a_pattern(name: str, allowed: bool) -> None:
    assert AllowList(KNOWN, RULES).allows_name(name) is allowed


def test_a_pattern_of_names_says_nothing_about_addresses() -> None:
    everything = AllowList(inventory(), ("*",))
    assert everything.allows_name("anything.example")
    assert not everything.allows_name("192.0.2.1")
    assert not everything.allows_address("192.0.2.1")


def test_nothing_is_allowed_unless_something_is_said() -> None:
    nobody = AllowList(inventory())
    assert not nobody.allows_address("127.0.0.1")
    assert not nobody.allows_name("localhost")


def test_a_node_is_found_by_its_id_its_name_its_address_and_by_address_and_port_first() -> None:
    allow = AllowList(inventory("192.0.2.1", "192.0.2.1", "2001:db8::1"))
    found = [allow.node("sw-1"), allow.node("switch 1"), allow.node("192.0.2.1"), allow.node("192.0.2.1", 162)]
    assert [node.id for node in found if node] == ["sw-1", "sw-1", "sw-0", "sw-1"]
    assert allow.node("192.0.2.9") is None


def test_a_network_with_host_bits_is_a_mistake() -> None:
    assert str(network_of("10.0.0.0/8")) == "10.0.0.0/8"
    assert str(network_of("10.0.0.1")) == "10.0.0.1/32"
    assert network_of("*.example") is None
    with pytest.raises(ValueError, match="host bits"):
        network_of("10.0.0.1/8")


WATCHED = (
    HttpSettings("https://Portail.example.org:8443/a", connect_to=("192.0.2.80", 443)),
    HttpSettings("http://ticket.example.org/", steps=(HttpStep("in", HttpSettings("http://login.example.org/")),)),
    HttpSettings("http://x.example.org/", steps=(HttpStep("on", HttpSettings("{{next}}")),)),
    TcpSettings("mail.example.org", 25),
    IcmpSettings("2001:db8::7"),
    DnsSettings("192.0.2.53", "example.org"),
)


@pytest.mark.parametrize(
    "host",
    ["portail.example.org", "192.0.2.80", "ticket.example.org", "login.example.org", "mail.example.org", "2001:db8::7",
     "192.0.2.53"],
)  # fmt: skip
def test_what_checks_watch_may_be_asked(host: str) -> None:
    allow = AllowList(Inventory({}, {}, {}, {}, {str(at): check(one) for at, one in enumerate(WATCHED)}, {}))
    assert allow.allows_name(host) or allow.allows_address(host)
    assert not AllowList(Inventory({}, {}, {}, {}, {}, {})).allows_name(host)
    strangers = ("example.org", "{{next}}", "192.0.2.1")
    assert [name for name in strangers if allow.allows_name(name) or allow.allows_address(name)] == []


def check(settings: object) -> Check:
    return Check("c", "c", "http", "t", "", "", "", (), 60_000, 5_000, 1, 1, settings)
