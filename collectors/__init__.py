"""Collectors look at targets. ``COLLECTORS`` is the table: what configuration calls them, and what makes one."""

from collections.abc import Callable, Mapping
from typing import Final

from collectors.dns import DnsCollector
from collectors.http import HttpCollector
from collectors.icmp import IcmpCollector
from collectors.snmp import SnmpCollector
from collectors.tcp import TcpCollector
from netmon.contracts import Collector

COLLECTORS: Final[Mapping[str, Callable[[], Collector]]] = {
    "dns": DnsCollector,
    "http": HttpCollector,
    "icmp": IcmpCollector,
    "snmp": SnmpCollector,
    "tcp": TcpCollector,
}
