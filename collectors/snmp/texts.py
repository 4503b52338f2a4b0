"""Values as texts, for labels: exactly as snmp_exporter renders each type."""

import math
import re
import struct
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from collectors.snmp.contract import IpAddress, Value
from collectors.snmp.hints import apply_hint
from netmon.ber import format_oid

SUBTYPES: Final[Mapping[str, Mapping[int, str]]] = {
    "InetAddress": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "InetAddressMissingSize": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "LldpPortId": {
        1: "DisplayString", 2: "DisplayString", 3: "PhysAddress48", 5: "DisplayString", 7: "DisplayString",
    },
}  # fmt: skip
"""Types whose meaning an integer before them tells: InetAddressType (RFC 4001), LldpPortIdSubtype (IEEE 802.1AB)."""

_INVALID = re.compile("[\udc80-\udcff]+")
_IPV4_OCTETS = 4
_IPV6_OCTETS = 16
_MAC_OCTETS = 6


def text(value: Value, kind: str = "OctetString", hint: str = "") -> str:
    """A value as a label. Only octets are shown by their ``kind``, an IpAddress never is; ``hint`` is for octets that
    are no text either."""
    if isinstance(value, IpAddress):
        return ipv6(value) if len(value) > _IPV4_OCTETS else ipv4(value)
    if isinstance(value, bytes):
        if hint and kind == "OctetString":
            hinted = apply_hint(hint, value)
            if hinted is not None:
                return utf8(hinted)
        return _OF_OCTETS.get(kind, hexadecimal)(value)
    if isinstance(value, tuple):
        return format_oid(value)
    return _float_text(value) if isinstance(value, float) else str(value)


def utf8(octets: bytes) -> str:
    """The octets as UTF-8; every run of octets that is not becomes one U+FFFD."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return _INVALID.sub("\ufffd", octets.decode("utf-8", "surrogateescape"))


def hexadecimal(octets: bytes) -> str:
    """``0x`` and hexadecimal digits; nothing for nothing."""
    return f"0x{octets.hex().upper()}" if octets else ""


def mac(octets: bytes) -> str:
    """The first six octets as a hardware address; what is missing is zero."""
    return octets[:_MAC_OCTETS].ljust(_MAC_OCTETS, b"\0").hex(":").upper()


def ipv4(octets: bytes) -> str:
    """The first four octets as an IPv4 address; what is missing is zero."""
    return ".".join(map(str, octets[:_IPV4_OCTETS].ljust(_IPV4_OCTETS, b"\0")))


def ipv6(octets: bytes) -> str:
    """The first sixteen octets as an IPv6 address, never shortened; what is missing is zero."""
    return octets[:_IPV6_OCTETS].ljust(_IPV6_OCTETS, b"\0").hex(":", 2).upper()


def _first(octets: bytes) -> str:
    """Octets where an integer was expected: the first one."""
    return str(octets[0]) if octets else "0"


_OF_OCTETS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "DisplayString": utf8,
    "PhysAddress48": mac,
    "InetAddressIPv4": ipv4,
    "InetAddressIPv6": ipv6,
    **dict.fromkeys(("gauge", "counter", "Integer", "Integer32", "EnumAsInfo"), _first),
}


def _float_text(value: float) -> str:
    """The shortest digits that are read back as the same value, without exponent: of 32 bits where it has no more."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    digits = format(Decimal(repr(_shortest(value))), "f")
    return digits.removesuffix(".0") if "." in digits else digits


def _shortest(value: float) -> float:
    if _as_single(value) != value:
        return value
    for precision in range(1, 10):
        shorter = float(f"{value:.{precision}g}")
        if _as_single(shorter) == value:
            return shorter
    return value


def _as_single(value: float) -> float | None:
    try:
        return float(struct.unpack(">f", struct.pack(">f", value))[0])
    except OverflowError:
        return None
