"""Table indexes: arcs behind a column's identifier to texts, part by part (RFC 2578, section 7.7).

As in snmp_exporter, arcs that are missing are zero (some agents leave out trailing ones), and arcs behind the last part
are not looked at.
"""

from typing import Final, NamedTuple, TypeAlias

from collectors.snmp.texts import SUBTYPES, hexadecimal, utf8
from netmon.snmpmodules import Index

Arcs: TypeAlias = tuple[int, ...]

INTEGERS: Final = frozenset({"gauge", "counter", "Integer", "Integer32"})
"""Index types of one arc that is shown as it is."""

_MAX_LENGTH = 128
"""No identifier has more arcs (RFC 2578, section 3.5): a length beyond is not one to pad to."""


class Part(NamedTuple):
    """One part of an index: its text, its arcs as they stand in identifiers, and the arcs behind it."""

    text: str
    arcs: Arcs
    rest: Arcs


def decode(index: Index, arcs: Arcs) -> Part:
    """The part ``index`` at the beginning of ``arcs``."""
    kind = index.type
    if kind in INTEGERS:
        return Part(str(arcs[0]) if arcs else "0", arcs[:1] or (0,), arcs[1:])
    if kind in SUBTYPES:
        return _combined(kind, arcs)
    if kind == "EnumAsInfo":
        used, rest = _split(arcs, 1)
        return Part(dict(index.enum_values).get(used[0], str(used[0])), used, rest)
    return _simple(kind, arcs, index.fixed_size, implied=index.implied)


def _simple(kind: str, arcs: Arcs, fixed_size: int = 0, *, implied: bool = False) -> Part:
    if kind == "PhysAddress48":
        used, rest = _split(arcs, 6)
        return Part(":".join(f"{arc:02X}" for arc in used), used, rest)
    if kind == "InetAddressIPv4":
        used, rest = _split(arcs, 4)
        return Part(".".join(map(str, used)), used, rest)
    if kind == "InetAddressIPv6":
        used, rest = _split(arcs, 16)
        pairs = zip(used[::2], used[1::2], strict=True)
        return Part(":".join(f"{high:02X}{low:02X}" for high, low in pairs), used, rest)
    return _string(kind, arcs, fixed_size, implied=implied)


def _string(kind: str, arcs: Arcs, fixed_size: int, *, implied: bool) -> Part:
    length = len(arcs) if implied else fixed_size
    head: Arcs = ()
    if not length:
        head, arcs = _split(arcs, 1)
        length = head[0]
    content, rest = _split(arcs, min(length, max(len(arcs), _MAX_LENGTH)))
    octets = bytes(arc & 0xFF for arc in content)
    return Part(utf8(octets) if kind == "DisplayString" else hexadecimal(octets), head + content, rest)


def _combined(kind: str, arcs: Arcs) -> Part:
    """A type whose meaning the first arc tells; one that is not known is shown as octets, that arc included."""
    sized = kind != "InetAddressMissingSize"
    head, rest = _split(arcs, 2 if sized else 1)
    actual = SUBTYPES[kind].get(head[0])
    if actual is None:
        return _string("OctetString", arcs, head[1] + 2 if sized else 0, implied=not sized)
    part = _string(actual, rest, head[1], implied=not head[1]) if actual == "DisplayString" else _simple(actual, rest)
    return Part(part.text, head + part.arcs, part.rest)


def _split(arcs: Arcs, count: int) -> tuple[Arcs, Arcs]:
    head = arcs[:count]
    return head + (0,) * (count - len(head)), arcs[count:]
