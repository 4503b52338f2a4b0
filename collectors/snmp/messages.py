"""PDUs (RFC 3416; RFC 1157 for v1) and the messages of v1 and v2c around them (RFC 1901): requests out, replies in."""

import re
import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

from netmon.ber import (
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    REPORT,
    RESPONSE,
    SEQUENCE,
    BerError,
    decode_integer,
    encode_integer,
    encode_tlv,
    read_tlv,
)

V1, V2C, V3 = 0, 1, 3
"""Versions as they stand in messages."""

VERSIONS: Final = {"1": V1, "2c": V2C, "3": V3}

_NO_VALUE = bytes((NULL, 0))
_VARBINDS = [bytes((SEQUENCE, size + 4, OBJECT_IDENTIFIER, size)) for size in range(124)]
"""What stands before a name, by its size while lengths fit one octet, in a varbind without a value."""
_PACK_NUMBERS = struct.Struct(">BBIBBBBBB").pack
VERSION_HEADS: Final = {bytes((INTEGER, 1, version)): version for version in VERSIONS.values()}
"""How messages begin behind their length, with the version that says so."""


def encode_pdu(kind: int, request_id: int, fields: tuple[int, int], names: Sequence[bytes]) -> bytes:
    """A PDU asking for the encoded identifiers ``names``.

    ``fields`` stand behind the request-id: (0, 0) for GET and GETNEXT, (non-repeaters, max-repetitions) for GETBULK.
    ``request_id`` takes four octets.
    """
    if max(map(len, names), default=0) < len(_VARBINDS):
        varbinds = b"".join([part for name in names for part in (_VARBINDS[len(name)], name, _NO_VALUE)])
    else:
        varbinds = b"".join(encode_tlv(SEQUENCE, encode_tlv(OBJECT_IDENTIFIER, name) + _NO_VALUE) for name in names)
    if max(fields) < 128:
        numbers = _PACK_NUMBERS(INTEGER, 4, request_id, INTEGER, 1, fields[0], INTEGER, 1, fields[1])
    else:
        numbers = b"".join(encode_tlv(INTEGER, encode_integer(number)) for number in (request_id, *fields))
    return encode_tlv(kind, numbers + encode_tlv(SEQUENCE, varbinds))


def encode_message(version: int, community: bytes, pdu: bytes) -> bytes:
    """A message of v1 or v2c around ``pdu``."""
    whole = len(community) + len(pdu) + 5
    if whole < 128:
        return bytes((SEQUENCE, whole, INTEGER, 1, version, OCTET_STRING, len(community))) + community + pdu
    return encode_tlv(SEQUENCE, bytes((INTEGER, 1, version)) + encode_tlv(OCTET_STRING, community) + pdu)


class Reply(NamedTuple):
    """A response's frame; the varbinds are ``data[start:end]``. ``octets`` is what the whole datagram took."""

    data: bytes
    request_id: int
    error_status: int
    error_index: int
    start: int
    end: int
    version: int
    octets: int
    pdu: int


_NUMBERS = re.compile(rb"\x02\x04....\x02\x01.\x02\x01.", re.DOTALL)
_UNPACK_NUMBERS = struct.Struct(">xxixxbxxb").unpack


def decode_reply(data: bytes, version: int, at: int, end: int) -> Reply:
    """Open a response of v1 or v2c, from behind the version, as far as its varbinds.

    Raises:
        BerError: it is not one, or is cut short.
    """
    tag, _, at = read_tlv(data, at, end)
    if tag != OCTET_STRING:
        raise BerError("no community where one belongs")
    return decode_pdu(data, at, end, version, len(data))


def decode_pdu(data: bytes, at: int, end: int, version: int, octets: int) -> Reply:
    """Open the RESPONSE, or in v3 the REPORT, that begins at ``at``.

    Raises:
        BerError: it is something else, or cut short.
    """
    pdu, at, end = read_tlv(data, at, end)
    if pdu != RESPONSE and (pdu != REPORT or version != V3):
        raise BerError(f"a PDU of type 0x{pdu:02x} where 0x{RESPONSE:02x} belongs")
    numbers = data[at : at + 12]
    if _NUMBERS.match(numbers) and at + 12 <= end:
        # As replies to requests of ours look: a request-id of four octets, error-status and error-index of one.
        request_id, status, index = _UNPACK_NUMBERS(numbers)
        at += 12
    else:
        request_id, at = read_integer(data, at, end)
        status, at = read_integer(data, at, end)
        index, at = read_integer(data, at, end)
    tag, start, end = read_tlv(data, at, end)
    if tag != SEQUENCE:
        raise BerError("no varbinds where they belong")
    return Reply(data, request_id, status, index, start, end, version, octets, pdu)


def expect(data: bytes, offset: int, limit: int, tag: int) -> tuple[int, int, int]:
    """``ber.read_tlv`` of an element that must have ``tag``.

    Raises:
        BerError: it has not, or is cut short.
    """
    element = read_tlv(data, offset, limit)
    if element[0] != tag:
        raise BerError(f"type 0x{element[0]:02x} at octet {offset} where 0x{tag:02x} belongs")
    return element


def read_integer(data: bytes, offset: int, limit: int) -> tuple[int, int]:
    """An INTEGER and where it ends.

    Raises:
        BerError: there is none.
    """
    _, start, end = expect(data, offset, limit, INTEGER)
    return decode_integer(data[start:end]), end
