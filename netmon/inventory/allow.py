"""Who may be asked on a scraper's behalf: devices and checks of the inventory, and what ``web.probe_allow`` names.

Nobody else: without this, ``/snmp`` and ``/probe`` would send packets, and credentials with them, wherever a stranger
says. Pure: names are resolved elsewhere, once, and the address found is the one to be checked and asked.
"""

import ipaddress
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TypeAlias
from urllib.parse import urlsplit

from netmon.model import Inventory, Node
from netmon.settings import DnsSettings, HttpSettings, IcmpSettings, TcpSettings

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def network_of(rule: str) -> Network | None:
    """The network a rule means (``10.0.0.0/8``, or a single address); None: it is a pattern of names.

    Raises:
        ValueError: it looks like a network and is none, such as ``10.0.0.1/8``.
    """
    if "/" in rule or _address(rule) is not None:
        return ipaddress.ip_network(rule)
    return None


class AllowList:
    """The inventory's addresses and ``rules``: networks, addresses, and patterns of host names (``*``, ``?``)."""

    def __init__(self, inventory: Inventory, rules: Iterable[str] = ()) -> None:
        self._nodes: dict[str | tuple[str, int], Node] = {}
        self._addresses: set[Address] = set()
        self._names: set[str] = set()
        for node in inventory.nodes.values():
            self._add(node.address)
            self._nodes.setdefault((_name(node.address), node.port), node)
            for name in (node.id, node.name, node.address):
                self._nodes.setdefault(_name(name), node)
        for check in inventory.checks.values():
            for host in _hosts(check.settings):
                self._add(host)
        networks = {rule: network_of(rule) for rule in rules}
        self._networks = tuple(network for network in networks.values() if network is not None)
        self._patterns = tuple(_name(rule) for rule, network in networks.items() if network is None)

    def _add(self, host: str) -> None:
        address = _address(host)
        if address is not None:
            self._addresses.add(address)
        elif host:
            self._names.add(_name(host))

    def node(self, host: str, port: int = 0) -> Node | None:
        """The node called ``host``: by its address and port, its id, its name, or its address alone (the first one)."""
        return self._nodes.get((_name(host), port)) or self._nodes.get(_name(host))

    def allows_name(self, host: str) -> bool:
        """Whether this name may be asked wherever it leads: it is a node's address or a check's, or matches
        a pattern."""
        name = _name(host)
        if _address(name) is not None:
            return False
        return name in self._names or any(fnmatchcase(name, pattern) for pattern in self._patterns)

    def allows_address(self, address: str) -> bool:
        """Whether an address, as a resolver or a socket gives it, is a node's or a check's, or lies in a network."""
        found = _address(address)
        if found is None:
            return False
        return found in self._addresses or any(found in network for network in self._networks)


def _hosts(settings: object) -> tuple[str, ...]:
    """Where a check's settings lead; a device's own stands in its node."""
    match settings:
        case HttpSettings():
            steps = tuple(host for step in settings.steps for host in _hosts(step.settings))
            return (_host_of(settings.url), settings.connect_to[0] if settings.connect_to else "", *steps)
        case TcpSettings() | IcmpSettings() | DnsSettings():
            return (settings.host,)
        case _:
            return ()


def _host_of(url: str) -> str:
    """The host of a URL; empty where it is only found during the poll (``{{next}}``)."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return "" if "{" in host else host


def _name(host: str) -> str:
    return host.lower().removesuffix(".")


def _address(text: str) -> Address | None:
    """An IPv4 address inside IPv6 (RFC 4291, 2.5.5.2) is the IPv4 address; an IPv6 zone does not count."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
