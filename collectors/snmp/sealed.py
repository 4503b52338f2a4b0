"""SNMPv3 messages of the user-based security model as they stand on the wire (RFC 3412, section 6; RFC 3414, 2.4).

Nothing here trusts or proves anything: ``usm_channel`` does.
"""

from typing import NamedTuple

from collectors.snmp.contract import Stamp
from collectors.snmp.crypto import Keys
from collectors.snmp.messages import V3, VERSION_HEADS, Reply, decode_pdu, decode_reply, expect, read_integer
from netmon.ber import INTEGER, OCTET_STRING, SEQUENCE, BerError, encode_integer, encode_tlv, read_tlv

AUTH, PRIV, REPORTABLE = 1, 2, 4
"""Bits of msgFlags."""

MAX_SIZE = 65_507
"""The most octets a UDP datagram can carry: with less, agents leave out what would not fit."""
MAX_ID = 32
"""Octets of an snmpEngineID (RFC 3411, section 5)."""

_USM = 3
_HEAD = bytes((INTEGER, 1, V3))
_SIZE = encode_tlv(INTEGER, encode_integer(MAX_SIZE))
_MODEL = bytes((INTEGER, 1, _USM))
_MAX_TIME = 2**31 - 1


class Sealed(NamedTuple):
    """A v3 message opened as far as its header; ``request_id`` is its msgID.

    ``data[digest:digest_end]`` is the digest, ``data[start:end]`` the scoped PDU, encrypted where ``flags`` say so.
    """

    data: bytes
    request_id: int
    flags: int
    stamp: Stamp
    user: bytes
    digest: int
    digest_end: int
    salt: bytes
    start: int
    end: int

    @property
    def version(self) -> int:
        """Always that of SNMPv3."""
        return V3


def open_message(data: bytes) -> Reply | Sealed:
    """A datagram of any version: its varbinds' frame, or what is still sealed.

    Raises:
        BerError: it is no answer to anything.
    """
    tag, start, end = read_tlv(data)
    version = VERSION_HEADS.get(data[start : start + 3])
    if version is None or tag != SEQUENCE:
        raise BerError("not an SNMP message of version 1, 2c or 3")
    return decode_sealed(data, start + 3, end) if version == V3 else decode_reply(data, version, start + 3, end)


def decode_sealed(data: bytes, at: int, end: int) -> Sealed:
    """Read the header that begins behind the version, at ``at``.

    Raises:
        BerError: it is not that of a USM message, or is cut short.
    """
    _, at, start = expect(data, at, end, SEQUENCE)
    message_id, at = read_integer(data, at, start)
    _, at = read_integer(data, at, start)
    _, at, flags_end = expect(data, at, start, OCTET_STRING)
    model, _ = read_integer(data, flags_end, start)
    if model != _USM or flags_end != at + 1 or data[at] & (AUTH | PRIV) == PRIV:
        raise BerError(f"an SNMPv3 message of security model {model} with flags {data[at:flags_end].hex()}")
    flags = data[at] & (AUTH | PRIV)
    _, at, start = expect(data, start, end, OCTET_STRING)
    _, at, parameters_end = expect(data, at, start, SEQUENCE)
    _, at, engine_end = expect(data, at, parameters_end, OCTET_STRING)
    boots, time_at = read_integer(data, engine_end, parameters_end)
    time, user_at = read_integer(data, time_at, parameters_end)
    if engine_end - at > MAX_ID or not (0 <= boots <= _MAX_TIME and 0 <= time <= _MAX_TIME):
        raise BerError(f"an engine id of {engine_end - at} octets, boots {boots}, time {time}: no engine is like that")
    _, user, user_end = expect(data, user_at, parameters_end, OCTET_STRING)
    _, digest, digest_end = expect(data, user_end, parameters_end, OCTET_STRING)
    _, salt, salt_end = expect(data, digest_end, parameters_end, OCTET_STRING)
    _, content, content_end = expect(data, start, end, OCTET_STRING if flags & PRIV else SEQUENCE)
    stamp = Stamp(data[at:engine_end], boots, time)
    body = content if flags & PRIV else start
    return Sealed(
        data[:end], message_id, flags, stamp, data[user:user_end], digest, digest_end, data[salt:salt_end], body,
        content_end,
    )  # fmt: skip


def decode_scoped(data: bytes, start: int, end: int, octets: int) -> Reply:
    """Open a scoped PDU in the clear: context engine id, context name and PDU; padding may follow it.

    Raises:
        BerError: it is none, or is cut short.
    """
    _, at, end = expect(data, start, end, SEQUENCE)
    _, _, at = expect(data, at, end, OCTET_STRING)
    _, _, at = expect(data, at, end, OCTET_STRING)
    return decode_pdu(data, at, end, V3, octets)


def encode_sealed(message_id: int, stamp: Stamp, user: bytes, keys: Keys, salt: bytes, scoped: bytes) -> bytes:
    """A whole message, encrypted and signed as ``keys`` can, that wants a REPORT if it is refused.

    ``message_id`` takes four octets.
    """
    flags, blank = REPORTABLE, b""
    if keys.authentication is not None:
        flags |= AUTH
        blank = bytes(keys.authentication.octets)
    if keys.privacy is None:
        salt = b""
    else:
        flags |= PRIV
        scoped = encode_tlv(OCTET_STRING, keys.privacy.encrypt(scoped, clock_of(stamp), salt))
    header = bytes((SEQUENCE, 17, INTEGER, 4)) + message_id.to_bytes(4) + _SIZE
    header += bytes((OCTET_STRING, 1, flags)) + _MODEL
    clock = encode_tlv(INTEGER, encode_integer(stamp.boots)) + encode_tlv(INTEGER, encode_integer(stamp.time))
    whom = encode_tlv(OCTET_STRING, stamp.engine_id) + clock + encode_tlv(OCTET_STRING, user)
    behind = encode_tlv(OCTET_STRING, salt)
    parameters = encode_tlv(SEQUENCE, whom + encode_tlv(OCTET_STRING, blank) + behind)
    message = encode_tlv(SEQUENCE, _HEAD + header + encode_tlv(OCTET_STRING, parameters) + scoped)
    if keys.authentication is None:
        return message
    at = len(message) - len(scoped) - len(behind) - len(blank)
    return message[:at] + keys.authentication.sign(message) + message[at + len(blank) :]


def clock_of(stamp: Stamp) -> bytes:
    """Boots and time as ciphers want them: four octets each."""
    return (stamp.boots << 32 | stamp.time).to_bytes(8)


def encode_scoped(context_engine_id: bytes, context: bytes, pdu: bytes) -> bytes:
    """A scoped PDU."""
    where = encode_tlv(OCTET_STRING, context_engine_id) + encode_tlv(OCTET_STRING, context)
    return encode_tlv(SEQUENCE, where + pdu)


def blanked(sealed: Sealed) -> bytes:
    """The message as it was signed: zeros where the digest stands."""
    digest, end = sealed.digest, sealed.digest_end
    return sealed.data[:digest] + bytes(end - digest) + sealed.data[end:]
