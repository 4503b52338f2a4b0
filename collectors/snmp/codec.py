"""What an answer says: its varbinds (RFC 3416, section 3), by two decoders.

``split_columns`` is the fast one: a GETBULK reply about columns of one table is cut at the table's identifier and every
piece is checked to be exactly one varbind. Whatever it does not recognise it leaves to ``read_varbinds``, which reads
one element after another and says what is wrong.
"""

import struct
from collections.abc import Iterator, Sequence
from operator import itemgetter

from collectors.snmp.contract import IpAddress, Split, Value
from collectors.snmp.messages import expect
from netmon.ber import (
    COUNTER64,
    END_OF_MIB_VIEW,
    INTEGER,
    IP_ADDRESS,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    OPAQUE,
    SEQUENCE,
    UNSIGNED_TAGS,
    BerError,
    decode_integer,
    decode_oid,
    decode_unsigned,
    read_tlv,
)

EXCEPTION_TAGS = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})

_INTEGER_TAGS = UNSIGNED_TAGS | {INTEGER}
_MAX_32 = 2**32 - 1
_MAX_64 = 2**64 - 1
_FLOAT = b"\x9f\x78\x04"
_DOUBLE = b"\x9f\x79\x08"


def read_varbinds(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, Value | None]]:
    """Encoded name, tag and value of each varbind in ``data[start:end]``; the value of an exception or NULL is None.

    Raises:
        BerError: at the first octet that cannot be right.
    """
    at = start
    while at < end:
        _, inner, at = expect(data, at, end, SEQUENCE)
        _, name_start, name_end = expect(data, inner, at, OBJECT_IDENTIFIER)
        tag, value_start, value_end = read_tlv(data, name_end, at)
        if value_end != at:
            raise BerError(f"a varbind with {at - value_end} octets behind its value")
        name = data[name_start:name_end]
        decode_oid(name)
        yield name, tag, decode_value(tag, data[value_start:value_end])


def decode_value(tag: int, content: bytes) -> Value | None:
    """A varbind's value by its tag; None for NULL and the exceptions.

    Raises:
        BerError: unknown tag, or contents that do not fit it.
    """
    if tag in UNSIGNED_TAGS:
        value = decode_unsigned(content)
        # Sign-extended beyond its 32 bits by an agent that takes it for signed: the low ones are the value.
        return value & _MAX_64 if tag == COUNTER64 else value & _MAX_32
    if tag == INTEGER:
        return decode_integer(content)
    if tag in (OCTET_STRING, IP_ADDRESS):
        return content if tag == OCTET_STRING else IpAddress(content)
    if tag == OBJECT_IDENTIFIER:
        return decode_oid(content)
    if tag == OPAQUE:
        return _opaque(content)
    if tag == NULL or tag in EXCEPTION_TAGS:
        return None
    raise BerError(f"a value of unknown type 0x{tag:02x}")


# What ``split_columns`` maps over its pieces, made once: an octet by its place, the octets before a place, those behind
# it but for the two of the next header, and tables that add to every octet (255 where that would pass it).
_OCTET = [itemgetter(place) for place in range(128)]
_BEFORE = [itemgetter(slice(0, place)) for place in range(128)]
_BEHIND = [itemgetter(slice(place, -2)) for place in range(128)]
_WITHIN = [itemgetter(slice(1, place)) for place in range(128)]
_LAST = itemgetter(-1)
_LAST_BUT_ONE = itemgetter(-2)
_PLUS = [bytes(min(octet + more, 255) for octet in range(256)) for more in range(128)]

_LONGEST_NAME = 120
"""Octets of a name while the whole varbind can still have a length of one octet."""


def _is_regular(first: bytes, pieces: list[bytes], sizes: bytes, width: int) -> bool:
    """The lengths of the varbinds tell the truth as those of the values do.

    ``first`` is type and length of the first varbind and the length of its name; each piece ends with type and length
    of the next varbind.
    """
    lengths = first[1:2] + bytes(map(_LAST, pieces))
    return (
        bytes(map(_LAST_BUT_ONE, pieces)) == b"\x30" * len(pieces)
        and lengths.isascii()
        and lengths[:-1] == sizes.translate(_PLUS[first[2] + 4])
        and bytes(map(_OCTET[width - 1], pieces)).isascii()  # no index is cut inside an arc
    )


def _is_of_one_type(pieces: list[bytes], width: int) -> bool:
    tags = bytes(map(_OCTET[width], pieces))
    return tags == tags[:1] * len(pieces)


def split_columns(data: bytes, start: int, end: int, prefixes: Sequence[bytes]) -> list[Split] | None:
    """The rows behind each of ``prefixes``, whose varbinds take turns in ``data[start:end]``, decoded all at once.

    The columns are of one table: the prefixes differ in their last octet. The varbinds are cut where each says: an
    identifier of that length follows, beginning with the table's. What is between two cuts is then column, index, type,
    length, value, and the first two octets of the next varbind. Those behind the last row are where columns end.

    None: something is not as most agents write it (lengths of two octets, index lengths or types that differ,
    exceptions, holes); nothing is said about why.
    """
    length = data[start + 3 : start + 4]
    width = (length[0] if length else 0) - len(prefixes[0]) + 1
    if width < 2 or length[0] > _LONGEST_NAME:
        return None
    first, *pieces = data[start:end].split(b"\x06" + length + prefixes[0][:-1])
    count = _alternating(pieces, b"".join(prefix[-1:] for prefix in prefixes))
    if first[:1] != b"\x30" or len(first) != 2 or not count or len(pieces[count - 1]) < width + 2:
        return None
    del pieces[count:]
    pieces[-1] = pieces[-1][: width + 2 + pieces[-1][width + 1]] + b"\x30\0"
    lengths = list(map(len, pieces))
    if min(lengths) < width + 4:
        return None
    sizes = bytes(map(_OCTET[width + 1], pieces))
    if lengths != list(sizes.translate(_PLUS[width + 4])) or not _is_regular(first + length, pieces, sizes, width):
        return None
    behind = start + sum(sizes) + count * (length[0] + 6)
    ended = _all_foreign(data, behind, end, prefixes)
    return None if ended is None else _columns(pieces, sizes, width, ended, len(prefixes))


def _columns(pieces: list[bytes], sizes: bytes, width: int, ended: int, count: int) -> list[Split] | None:
    splits: list[Split] = []
    for place in range(count):
        own = pieces[place::count]
        values = _values(own, sizes[place::count], width) if _is_of_one_type(own, width) else None
        if values is None:
            return None
        splits.append(Split(tuple(map(_WITHIN[width], own)), values, place < ended))
    return splits


def _alternating(pieces: list[bytes], octets: bytes) -> int:
    """How many pieces, in whole rows, begin with ``octets`` in turn; 0 when there is a hole."""
    try:
        seen = bytes(map(_OCTET[0], pieces))
    except IndexError:
        return 0
    rows = len(seen) // len(octets)
    while rows and seen[: rows * len(octets)] != octets * rows:
        rows -= 1
    return rows * len(octets)


def _all_foreign(data: bytes, at: int, end: int, prefixes: Sequence[bytes]) -> int | None:
    """How many of the columns end with the varbinds at ``at``; None when one goes on, or they cannot be read."""
    try:
        for place, prefix in enumerate(prefixes):
            if at >= end:
                return place
            _, start, at = expect(data, at, end, SEQUENCE)
            _, name, name_end = expect(data, start, at, OBJECT_IDENTIFIER)
            if data.startswith(prefix, name) and name_end - name > len(prefix) and data[name_end] != END_OF_MIB_VIEW:
                return None
    except (BerError, IndexError):
        return None
    return len(prefixes)


def _values(pieces: list[bytes], sizes: bytes, width: int) -> tuple[Value, ...] | None:
    """The values of regular pieces; None when their type or one of their lengths is for the plain decoder."""
    tag = pieces[0][width]
    if tag == OCTET_STRING:
        return tuple(map(_BEHIND[width + 2], pieces))
    low, high = min(sizes), max(sizes)
    if tag not in _INTEGER_TAGS or not low or high > 9:
        return None
    if high == 1 and (octets := bytes(map(_OCTET[width + 2], pieces))).isascii():
        return tuple(octets)
    contents = map(_BEHIND[width + 2], pieces)
    if tag == INTEGER:
        return tuple([int.from_bytes(content, signed=True) for content in contents])
    numbers = tuple(map(int.from_bytes, contents))
    return numbers if max(numbers) <= (_MAX_64 if tag == COUNTER64 else _MAX_32) else None


def _opaque(content: bytes) -> Value:
    """Opaque holds a float or double the way Net-SNMP wraps them; anything else stays octets."""
    if content[:3] == _FLOAT and len(content) == 7:
        return float(struct.unpack(">f", content[3:])[0])
    if content[:3] == _DOUBLE and len(content) == 11:
        return float(struct.unpack(">d", content[3:])[0])
    return content
