"""SNMPv2c messages (RFC 1901, 3416): requests out, replies in, and varbinds by two decoders.

``split_column`` is the fast one: a GETBULK reply about one column is cut at the column's identifier and every piece is
checked to be exactly one varbind. Whatever it does not recognise it leaves to ``read_varbinds``, which reads one
element after another and says what is wrong.
"""

import struct
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from collectors.snmp.contract import Value
from netmon.ber import (
    COUNTER32,
    COUNTER64,
    END_OF_MIB_VIEW,
    GAUGE32,
    GET_BULK_REQUEST,
    GET_REQUEST,
    INTEGER,
    IP_ADDRESS,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    OPAQUE,
    RESPONSE,
    SEQUENCE,
    TIME_TICKS,
    UNSIGNED_TAGS,
    BerError,
    decode_integer,
    decode_oid,
    decode_unsigned,
    encode_integer,
    encode_length,
    encode_tlv,
    read_tlv,
)

EXCEPTION_TAGS = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})

_VERSION_2C = bytes((INTEGER, 1, 1))
_NO_VALUE = bytes((NULL, 0))
_MAX_32 = 2**32 - 1
_FLOAT = b"\x9f\x78\x04"
_DOUBLE = b"\x9f\x79\x08"


def encode_request(
    pdu: int, community: bytes, request_id: int, fields: tuple[int, int], names: Sequence[bytes]
) -> bytes:
    """A whole message asking for the encoded identifiers ``names``.

    ``fields`` stand behind the request-id: (0, 0) for GET, (non-repeaters, max-repetitions) for GETBULK.
    """
    varbinds = b"".join(encode_tlv(SEQUENCE, encode_tlv(OBJECT_IDENTIFIER, name) + _NO_VALUE) for name in names)
    numbers = b"".join(encode_tlv(INTEGER, encode_integer(number)) for number in (request_id, *fields))
    body = encode_tlv(pdu, numbers + encode_tlv(SEQUENCE, varbinds))
    return encode_tlv(SEQUENCE, _VERSION_2C + encode_tlv(OCTET_STRING, community) + body)


def encode_get(community: bytes, request_id: int, names: Sequence[bytes]) -> bytes:
    """A GET of all ``names``."""
    return encode_request(GET_REQUEST, community, request_id, (0, 0), names)


def encode_bulk(community: bytes, request_id: int, name: bytes, max_repetitions: int) -> bytes:
    """A GETBULK of the ``max_repetitions`` instances behind ``name``; written out flat, for it is asked most."""
    size = encode_length
    varbind = b"\x06" + size(len(name)) + name + _NO_VALUE
    varbind = b"\x30" + size(len(varbind)) + varbind
    repetitions = encode_integer(max_repetitions)
    pdu = b"".join((
        b"\x02\x04", request_id.to_bytes(4, "big"), b"\x02\x01\x00\x02", bytes((len(repetitions),)), repetitions,
        b"\x30", size(len(varbind)), varbind,
    ))  # fmt: skip
    pdu = b"".join(
        (_VERSION_2C, b"\x04", size(len(community)), community, bytes((GET_BULK_REQUEST,)), size(len(pdu)), pdu)
    )
    return b"\x30" + size(len(pdu)) + pdu


class Reply(NamedTuple):
    """A response's frame; the varbinds are ``data[start:end]``."""

    data: bytes
    request_id: int
    error_status: int
    error_index: int
    start: int
    end: int


def decode_reply(data: bytes) -> Reply:
    """Open a v2c response as far as its varbinds.

    Raises:
        BerError: it is not one, or is cut short.
    """
    _, start, end = _expect(data, 0, len(data), SEQUENCE)
    _, version, at = _expect(data, start, end, INTEGER)
    if data[version:at] != b"\x01":
        raise BerError("not an SNMPv2c message")
    _, _, at = _expect(data, at, end, OCTET_STRING)
    _, at, end = _expect(data, at, end, RESPONSE)
    _, start, at = _expect(data, at, end, INTEGER)
    request_id = decode_integer(data[start:at])
    _, start, at = _expect(data, at, end, INTEGER)
    status = decode_integer(data[start:at])
    _, start, at = _expect(data, at, end, INTEGER)
    index = decode_integer(data[start:at])
    _, start, end = _expect(data, at, end, SEQUENCE)
    return Reply(data, request_id, status, index, start, end)


def read_varbinds(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, Value | None]]:
    """Encoded name, tag and value of each varbind in ``data[start:end]``; the value of an exception or NULL is None.

    Raises:
        BerError: at the first octet that cannot be right.
    """
    at = start
    while at < end:
        _, inner, at = _expect(data, at, end, SEQUENCE)
        _, name_start, name_end = _expect(data, inner, at, OBJECT_IDENTIFIER)
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
        return value & (2**64 - 1) if tag == COUNTER64 else value & _MAX_32
    if tag == INTEGER:
        return decode_integer(content)
    if tag in (OCTET_STRING, IP_ADDRESS):
        return content
    if tag == OBJECT_IDENTIFIER:
        return decode_oid(content)
    if tag == OPAQUE:
        return _opaque(content)
    if tag == NULL or tag in EXCEPTION_TAGS:
        return None
    raise BerError(f"a value of unknown type 0x{tag:02x}")


class Split(NamedTuple):
    """Rows of one column from one reply: encoded indexes and their values; ``ended`` when other objects follow."""

    indexes: list[bytes]
    values: Sequence[Value]
    ended: bool


_HEADERS = {
    name: [bytes((SEQUENCE, name + 4 + value, OBJECT_IDENTIFIER, name)) for value in range(124 - name)]
    for name in range(124)
}
"""First four octets of a varbind by the lengths of its name and its value, while all lengths fit one octet."""


def split_column(data: bytes, start: int, end: int, prefix: bytes) -> Split | None:
    """The rows behind ``prefix`` in ``data[start:end]``, decoded all at once.

    None: something is not as most agents write it (lengths of two octets, index lengths or types that differ,
    exceptions); nothing is said about why.
    """
    first, *pieces = data[start:end].split(prefix)
    if len(first) != 4 or not pieces or first[3] > 123:
        return None
    name = first[3]
    width = name - len(prefix)
    last = pieces[-1]
    # Shortest piece: index, tag, length and, for want of a value, the next header.
    if width < 1 or len(last) < width + 2 or min(map(len, pieces[:-1]), default=width + 6) < width + 6:
        return None
    size = width + 2 + last[width + 1]
    ended = len(last) > size
    if ended and not _is_varbind(last, size):
        return None
    pieces[-1] = last[:size] + b"\0\0\0\0"
    return _checked_rows(first, pieces, width, name, ended) if len(pieces[-1]) == size + 4 else None


def _checked_rows(first: bytes, pieces: list[bytes], width: int, name: int, ended: bool) -> Split | None:
    """Each piece is ``index tag length value`` and the next header: equal tags, and each length tells the truth."""
    headers = _HEADERS[name]
    tag = pieces[0][width]
    sizes = list(map(itemgetter(width + 1), pieces))
    if max(sizes) >= len(headers) or {*map(itemgetter(width), pieces)} != {tag}:
        return None
    if max(map(itemgetter(width - 1), pieces)) >= 0x80:  # an index cut inside an arc
        return None
    extra = width + 6
    if [len(piece) - extra for piece in pieces] != sizes:
        return None
    found = [first, *(piece[-4:] for piece in pieces)]
    found.pop()
    if found != [headers[size] for size in sizes]:
        return None
    values = _values(tag, [piece[width + 2 : -4] for piece in pieces], sizes)
    return None if values is None else Split([piece[:width] for piece in pieces], values, ended)


def _values(tag: int, contents: list[bytes], sizes: list[int]) -> Sequence[Value] | None:
    if tag == OCTET_STRING:
        return contents
    if not min(sizes):
        return None
    if tag in (COUNTER32, GAUGE32, TIME_TICKS):
        numbers = list(map(int.from_bytes, contents))
        return numbers if max(numbers) <= _MAX_32 else None
    if tag == COUNTER64:
        numbers = list(map(int.from_bytes, contents))
        return numbers if max(numbers) < 2**64 else None
    if tag == INTEGER and max(sizes) <= 4:
        return [int.from_bytes(content, "big", signed=True) for content in contents]
    return None


def _is_varbind(data: bytes, offset: int) -> bool:
    """A varbind of another object begins at ``offset``: the column has ended, rather than the reply being broken."""
    try:
        _, start, end = read_tlv(data, offset)
        tag, _, name_end = read_tlv(data, start, end)
    except BerError:
        return False
    return data[offset] == SEQUENCE and tag == OBJECT_IDENTIFIER and name_end < end


def _expect(data: bytes, offset: int, limit: int, tag: int) -> tuple[int, int, int]:
    element = read_tlv(data, offset, limit)
    if element[0] != tag:
        raise BerError(f"type 0x{element[0]:02x} at octet {offset} where 0x{tag:02x} belongs")
    return element


def _opaque(content: bytes) -> Value:
    """Opaque holds a float or double the way Net-SNMP wraps them; anything else stays octets."""
    if content[:3] == _FLOAT and len(content) == 7:
        return float(struct.unpack(">f", content[3:])[0])
    if content[:3] == _DOUBLE and len(content) == 11:
        return float(struct.unpack(">d", content[3:])[0])
    return content
