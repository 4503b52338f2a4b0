"""What SNMP checks and traps ask for."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.settings.secret import Secret

SNMP_MODULES: tuple[str, ...] = (
    "system", "if_mib", "ups_mib", "host_resources_mib", "entity_mib", "entity_sensor_mib", "power_ethernet_mib",
    "lldp_mib", "bgp4_mib", "q_bridge_mib", "apc_powernet", "cisco_health", "procurve_health", "aoscx_health",
    "comware_health", "arubaos_health", "juniper_health", "huawei_health", "omniswitch6_health", "omniswitch8_health",
    "fortinet_health", "mikrotik_health", "unifi_health", "airos_health", "edgeswitch_health",
)  # fmt: skip
"""What the SNMP collector knows to poll, by the names configuration uses."""

SnmpEngineName: TypeAlias = Literal["netmon", "pysnmp"]
AuthProtocol: TypeAlias = Literal["MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512"]
PrivProtocol: TypeAlias = Literal["DES", "AES", "AES192", "AES256", "AES192C", "AES256C"]


@dataclass(frozen=True, slots=True)
class SnmpCredential:
    """How to authenticate to an agent: a community (v1, v2c) or a user (v3, RFC 3414).

    ``context_engine_id`` empty: the agent's own engine.
    """

    name: str
    version: Literal["1", "2c", "3"]
    community: Secret | None = None
    username: str = ""
    auth_protocol: AuthProtocol | None = None
    auth_password: Secret | None = None
    priv_protocol: PrivProtocol | None = None
    priv_password: Secret | None = None
    context: str = ""
    context_engine_id: bytes = b""


@dataclass(frozen=True, slots=True)
class InterfaceRule:
    """Whether interfaces that match are kept. None or empty: anything matches; all that is given must.

    ``name`` (ifName or ifDescr) and ``alias`` (ifAlias) are regular expressions found anywhere; ``types`` are numbers
    of IANAifType-MIB, ``admin`` values of ifAdminStatus.
    """

    keep: bool
    name: str | None = None
    alias: str | None = None
    types: tuple[int, ...] = ()
    admin: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SnmpSettings:
    """``Check.settings`` of the collector ``snmp``. ``timeout`` of the check bounds the whole poll; ``retries`` of one
    request share it. ``engine`` ``netmon`` is the fast one, ``pysnmp`` the reference.

    ``max_repetitions`` is what GETBULK asks for at most: less while the agent cannot take it. Columns that hardly ever
    change are read anew after ``refresh`` milliseconds at the latest. ``budget`` is how many milliseconds of an
    interval the device may be kept busy, None: they are only counted; ``parallel`` how many polls may ask it at once.
    Of ``interfaces`` the first rule that matches decides; none: kept.
    """

    address: str
    port: int
    credential: SnmpCredential
    modules: tuple[str, ...] = ("system", "if_mib")
    engine: SnmpEngineName = "netmon"
    retries: int = 3
    max_repetitions: int = 25
    refresh: int = 3_600_000
    budget: int | None = None
    parallel: int = 1
    interfaces: tuple[InterfaceRule, ...] = ()


@dataclass(frozen=True, slots=True)
class TrapSettings:
    """Where notifications are awaited and what is made of them.

    ``credentials`` are accepted from every node, besides the node's own. A device may send ``per_second`` of them, and
    is polled because of them at most once in ``poll_gap`` milliseconds.
    """

    host: str = "127.0.0.1"
    port: int = 1162
    credentials: tuple[SnmpCredential, ...] = ()
    per_second: int = 10
    poll_gap: int = 10_000
