"""BER primitives (ITU-T X.690) as far as SNMP uses them: tags, lengths, integers, object identifiers.

``encode_oid`` and ``encode_integer`` give contents; ``encode_tlv`` puts tag and length before contents. The readers
trust nothing: a length never reaches past the data, an integer is at most nine octets, an identifier at most 128 arcs.
"""

from itertools import chain

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30

# Application types of RFC 2578, section 7.1, and RFC 3416, section 3.
IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
COUNTER64 = 0x46
UINTEGER32 = 0x47
"""Of SNMPv2 drafts (RFC 1442); some devices still send it."""

# Exceptions in place of a value, RFC 3416, section 3.
NO_SUCH_OBJECT = 0x80
NO_SUCH_INSTANCE = 0x81
END_OF_MIB_VIEW = 0x82

# PDUs, RFC 3416, section 3.
GET_REQUEST = 0xA0
GET_NEXT_REQUEST = 0xA1
RESPONSE = 0xA2
SET_REQUEST = 0xA3
GET_BULK_REQUEST = 0xA5
INFORM_REQUEST = 0xA6
TRAP = 0xA7
REPORT = 0xA8

UNSIGNED_TAGS = frozenset({COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UINTEGER32})

MAX_ARCS = 128
"""Sub-identifiers in one object identifier (RFC 2578, section 3.5)."""
MAX_ARC = 2**32 - 1

_MAX_FIRST_ARC = MAX_ARC + 80
"""On the wire the first two arcs are one number, 40 · first + second."""
_MAX_INTEGER_OCTETS = 9
_MAX_LENGTH_OCTETS = 4


class BerError(ValueError):
    """The octets are not what they should be: cut short, too long, or of an impossible form."""


def encode_length(length: int) -> bytes:
    """The length octets, in the shortest form."""
    if length < 0x80:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def encode_tlv(tag: int, content: bytes) -> bytes:
    """Tag, length and ``content``; ``tag`` is a single octet."""
    return bytes((tag,)) + encode_length(len(content)) + content


def read_tlv(data: bytes, offset: int = 0, end: int | None = None) -> tuple[int, int, int]:
    """Tag, start and end of the contents that begin at ``offset``; the next element begins at that end.

    ``end`` bounds the element (that of the surrounding one); None: the end of ``data``.

    Raises:
        BerError: the element is cut short, or its length is indefinite, absurd or beyond ``end``.
    """
    limit = len(data) if end is None else end
    start = offset + 2
    if start > limit:
        raise BerError(f"no room for a tag and a length at octet {offset}")
    length = data[offset + 1]
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= _MAX_LENGTH_OCTETS or start + count > limit:
            raise BerError(f"unreadable length at octet {offset + 1}")
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + length > limit:
        raise BerError(f"element at octet {offset} ends {start + length - limit} octets after its surroundings")
    return data[offset], start, start + length


def encode_integer(value: int) -> bytes:
    """Contents of an INTEGER or of an unsigned type: two's complement in as few octets as it takes."""
    return value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True)


def decode_integer(content: bytes) -> int:
    """The signed value of an INTEGER's contents.

    Raises:
        BerError: no octet at all, or more than an SNMP integer can have.
    """
    if not 0 < len(content) <= _MAX_INTEGER_OCTETS:
        raise BerError(f"an integer of {len(content)} octets")
    return int.from_bytes(content, "big", signed=True)


def decode_unsigned(content: bytes) -> int:
    """The value of a Counter32, Gauge32, TimeTicks or Counter64: never negative.

    Agents that forget the leading zero octet send what reads as a negative number; its bits are the value.

    Raises:
        BerError: no octet at all, or more than an SNMP integer can have.
    """
    if not 0 < len(content) <= _MAX_INTEGER_OCTETS:
        raise BerError(f"an unsigned integer of {len(content)} octets")
    return int.from_bytes(content, "big")


def parse_oid(text: str) -> tuple[int, ...]:
    """The arcs of ``1.3.6.1``; a leading dot is allowed.

    Raises:
        BerError: an arc is missing, is not a number, or exceeds 2^32 - 1.
    """
    arcs = text.removeprefix(".").split(".")
    if not all(arc.isascii() and arc.isdecimal() for arc in arcs):
        raise BerError(f"'{text}' is not an object identifier")
    return _checked(tuple(map(int, arcs)))


def format_oid(oid: tuple[int, ...]) -> str:
    """``1.3.6.1`` of its arcs, without leading dot."""
    return ".".join(map(str, oid))


def encode_oid(oid: tuple[int, ...] | str) -> bytes:
    """Contents of an OBJECT IDENTIFIER; at least two arcs, the first at most 2.

    Raises:
        BerError: no such object identifier can be.
    """
    arcs = parse_oid(oid) if isinstance(oid, str) else _checked(oid)
    if len(arcs) < 2 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39):
        raise BerError(f"'{format_oid(arcs)}' does not begin like an object identifier")
    return encode_arcs((arcs[0] * 40 + arcs[1], *arcs[2:]))


def encode_arcs(arcs: tuple[int, ...]) -> bytes:
    """Arcs one after another in base 128, as they stand behind the first two: the encoding of an index."""
    return bytes(chain.from_iterable(map(_arc, arcs)))


def decode_oid(content: bytes) -> tuple[int, ...]:
    """The arcs of an OBJECT IDENTIFIER's contents.

    No octets at all read as 0.0: some agents send that for the null pointer (zeroDotZero).

    Raises:
        BerError: cut inside an arc, an arc beyond 2^32 - 1, or too many of them.
    """
    arcs = decode_arcs(content)
    if not arcs:
        return (0, 0)
    root = min(arcs[0] // 40, 2)
    return (root, arcs[0] - 40 * root, *arcs[1:])


def decode_arcs(content: bytes) -> tuple[int, ...]:
    """Arcs in base 128, without the first octet's rule of two in one.

    Raises:
        BerError: cut inside an arc, an arc too large, or too many of them.
    """
    if content.isascii() and len(content) < MAX_ARCS:
        return tuple(content)
    arcs: list[int] = []
    value = 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(value)
            value = 0
        elif value > _MAX_FIRST_ARC >> 7:
            raise BerError("an object identifier with an arc beyond 2^32 - 1")
    if content[-1] >= 0x80:
        raise BerError("an object identifier cut inside an arc")
    if len(arcs) >= MAX_ARCS:
        raise BerError(f"an object identifier with more than {MAX_ARCS} arcs")
    if arcs[0] > _MAX_FIRST_ARC or max(arcs[1:], default=0) > MAX_ARC:
        raise BerError("an object identifier with an arc beyond 2^32 - 1")
    return tuple(arcs)


def _arc(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    octets = [value & 0x7F]
    while value := value >> 7:
        octets.append(0x80 | value & 0x7F)
    return bytes(reversed(octets))


def _checked(arcs: tuple[int, ...]) -> tuple[int, ...]:
    if not arcs or len(arcs) > MAX_ARCS or not all(0 <= arc <= MAX_ARC for arc in arcs):
        raise BerError(f"'{format_oid(arcs)}' is not an object identifier")
    return arcs
