"""SNMPv3 and v1 messages both ways, pysnmp's ASN.1 being the oracle."""

import contextlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api, rfc1905
from pysnmp.proto.mpmod.rfc3412 import ScopedPDU, SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from collectors.snmp import codec, messages
from collectors.snmp.contract import Stamp
from collectors.snmp.crypto import Keys, keys_for
from collectors.snmp.sealed import (
    AUTH,
    MAX_SIZE,
    PRIV,
    REPORTABLE,
    Sealed,
    blanked,
    clock_of,
    decode_scoped,
    encode_scoped,
    encode_sealed,
    open_message,
)
from netmon import ber
from netmon.settings import Secret, SnmpCredential
from tests.collectors.snmp.test_codec import names, plain, values

v1 = api.PROTOCOL_MODULES[api.SNMP_VERSION_1]
v2c = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]

PASSWORD = Secret("password-of-both")
CREDENTIALS = (
    SnmpCredential("none", "3", None, "u"),
    SnmpCredential("auth", "3", None, "u", "SHA256", PASSWORD),
    SnmpCredential("priv", "3", None, "u", "SHA", PASSWORD, "AES", PASSWORD),
    SnmpCredential("des", "3", None, "u", "MD5", PASSWORD, "DES", PASSWORD),
    SnmpCredential("most", "3", None, "u", "SHA512", PASSWORD, "AES256C", PASSWORD),
)

ids = st.integers(0x40000000, 0x7FFFFFFF)
stamps = st.builds(Stamp, st.binary(min_size=5, max_size=32), st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
users = st.binary(max_size=32)
contexts = st.binary(max_size=40)


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda one: one.name)
@given(
    message_id=ids, stamp=stamps, user=users, context_id=st.binary(max_size=32), context=contexts,
    asked=st.lists(names, max_size=20), kind=st.sampled_from(["get", "next", "bulk"]), repetitions=st.integers(1, 999),
)  # fmt: skip
def test_pysnmp_reads_our_requests_as_they_were_meant(
    credential: SnmpCredential, message_id: int, stamp: Stamp, user: bytes, context_id: bytes, context: bytes,
    asked: list[tuple[int, ...]], kind: str, repetitions: int,
) -> None:  # fmt: skip
    tag, theirs = {
        "get": (ber.GET_REQUEST, v2c.GetRequestPDU),
        "next": (ber.GET_NEXT_REQUEST, v2c.GetNextRequestPDU),
        "bulk": (ber.GET_BULK_REQUEST, v2c.GetBulkRequestPDU),
    }[kind]
    fields = (0, repetitions) if kind == "bulk" else (0, 0)
    keys = keys_for(credential, stamp.engine_id)
    pdu = messages.encode_pdu(tag, message_id, fields, [ber.encode_oid(name) for name in asked])
    data = encode_sealed(message_id, stamp, user, keys, b"8 octets", encode_scoped(context_id, context, pdu))

    message, rest = decoder.decode(data, asn1Spec=SNMPv3Message())
    assert (rest, int(message["msgVersion"])) == (b"", 3)
    header = message["msgGlobalData"]
    assert (int(header["msgID"]), int(header["msgMaxSize"])) == (message_id, MAX_SIZE)
    level = (AUTH if keys.authentication else 0) | (PRIV if keys.privacy else 0)
    assert (bytes(header["msgFlags"]), int(header["msgSecurityModel"])) == (bytes((level | REPORTABLE,)), 3)
    parameters, rest = decoder.decode(bytes(message["msgSecurityParameters"]), asn1Spec=UsmSecurityParameters())
    assert (rest, _stamp(parameters)) == (b"", stamp)
    assert bytes(parameters["msgUserName"]) == user
    digest = bytes(parameters["msgAuthenticationParameters"])
    assert len(digest) == (keys.authentication.octets if keys.authentication else 0)
    if keys.authentication:
        assert keys.authentication.verify(data.replace(digest, bytes(len(digest)), 1), digest)
    scoped = _their_scoped(message, keys, stamp, bytes(parameters["msgPrivacyParameters"]))
    assert (bytes(scoped["contextEngineId"]), bytes(scoped["contextName"])) == (context_id, context)
    read = scoped["data"].getComponent()
    assert type(read) is theirs
    assert int(v2c.apiPDU.get_request_id(read)) == message_id
    assert [tuple(name) for name, _ in v2c.apiPDU.get_varbinds(read)] == asked
    if kind == "bulk":
        assert int(v2c.apiBulkPDU.get_max_repetitions(read)) == repetitions


def _stamp(parameters: Any) -> Stamp:
    return Stamp(
        bytes(parameters["msgAuthoritativeEngineId"]),
        int(parameters["msgAuthoritativeEngineBoots"]),
        int(parameters["msgAuthoritativeEngineTime"]),
    )


def _their_scoped(message: Any, keys: Keys, stamp: Stamp, salt: bytes) -> Any:
    if keys.privacy is None:
        assert salt == b""
        return message["msgData"]["plaintext"]
    opened = keys.privacy.decrypt(bytes(message["msgData"]["encryptedPDU"]), clock_of(stamp), salt)
    return decoder.decode(opened, asn1Spec=ScopedPDU())[0]


def their_message(
    credential: SnmpCredential, message_id: int, stamp: Stamp, user: bytes, context: bytes, pdu: Any
) -> bytes:
    """A message that pysnmp's ASN.1 encodes; sealed by our keys, which other tests compare with pysnmp's."""
    keys = keys_for(credential, stamp.engine_id)
    scoped = ScopedPDU()
    scoped["contextEngineId"], scoped["contextName"] = stamp.engine_id, context
    scoped["data"].setComponentByType(pdu.tagSet, pdu)
    parameters = UsmSecurityParameters()
    parameters["msgAuthoritativeEngineId"], parameters["msgUserName"] = stamp.engine_id, user
    parameters["msgAuthoritativeEngineBoots"], parameters["msgAuthoritativeEngineTime"] = stamp.boots, stamp.time
    blank = bytes(keys.authentication.octets) if keys.authentication else b""
    parameters["msgAuthenticationParameters"] = blank
    parameters["msgPrivacyParameters"] = b"saltsalt" if keys.privacy else b""
    message = SNMPv3Message()
    message["msgVersion"] = 3
    header = message["msgGlobalData"]
    level = (AUTH if keys.authentication else 0) | (PRIV if keys.privacy else 0)
    header["msgID"], header["msgMaxSize"], header["msgSecurityModel"] = message_id, 1_472, 3
    header["msgFlags"] = bytes((level,))
    if keys.privacy:
        sealed = keys.privacy.encrypt(encoder.encode(scoped), clock_of(stamp), b"saltsalt")
        message["msgData"]["encryptedPDU"] = sealed
    else:
        message["msgData"]["plaintext"] = scoped
    marked = encoder.encode(parameters)
    message["msgSecurityParameters"] = marked
    data = encoder.encode(message)
    if keys.authentication is None:
        return bytes(data)
    at = data.index(marked) + _digest_place(marked)
    return bytes(data[:at] + keys.authentication.sign(data) + data[at + len(blank) :])


def _digest_place(parameters: bytes) -> int:
    _, at, end = ber.read_tlv(parameters)
    for _ in range(4):
        _, _, at = ber.read_tlv(parameters, at, end)
    return ber.read_tlv(parameters, at, end)[1]


def their_pdu(kind: Any, request_id: int, status: int, index: int, varbinds: Any) -> Any:
    pdu = kind()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, request_id)
    v2c.apiPDU.set_error_status(pdu, status)
    v2c.apiPDU.set_error_index(pdu, index)
    v2c.apiPDU.set_varbinds(pdu, varbinds)
    return pdu


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda one: one.name)
@given(
    message_id=st.integers(0, 2**31 - 1), stamp=stamps, user=users, context=contexts,
    kind=st.sampled_from([v2c.ResponsePDU, rfc1905.ReportPDU]), request_id=st.integers(-(2**31), 2**31 - 1),
    status=st.integers(0, 18), index=st.integers(0, 2**31 - 1), varbinds=st.lists(st.tuples(names, values), max_size=8),
)  # fmt: skip
def test_what_pysnmp_encodes_is_read_as_it_was_meant(
    credential: SnmpCredential, message_id: int, stamp: Stamp, user: bytes, context: bytes, kind: Any, request_id: int,
    status: int, index: int, varbinds: list[tuple[tuple[int, ...], object]],
) -> None:  # fmt: skip
    pdu = their_pdu(kind, request_id, status, index, varbinds)
    data = their_message(credential, message_id, stamp, user, context, pdu)
    sealed = open_message(data)
    assert isinstance(sealed, Sealed)
    keys = keys_for(credential, stamp.engine_id)
    assert (sealed.request_id, sealed.stamp, sealed.user) == (message_id, stamp, user)
    assert sealed.flags == (AUTH if keys.authentication else 0) | (PRIV if keys.privacy else 0)
    if keys.authentication:
        assert keys.authentication.verify(blanked(sealed), sealed.data[sealed.digest : sealed.digest_end])
    scoped = sealed.data[sealed.start : sealed.end]
    if keys.privacy:
        scoped = keys.privacy.decrypt(scoped, clock_of(stamp), sealed.salt)
    reply = decode_scoped(scoped, 0, len(scoped), len(data))
    assert (reply.request_id, reply.error_status, reply.error_index) == (request_id, status, index)
    assert reply.pdu == (ber.REPORT if kind is rfc1905.ReportPDU else ber.RESPONSE)
    read = [(ber.decode_oid(name), value) for name, _, value in codec.read_varbinds(reply.data, reply.start, reply.end)]
    assert read == [(name, plain(value)) for name, value in varbinds]


@given(
    st.binary(max_size=150), ids, st.lists(names, min_size=1, max_size=30), st.sampled_from(["get", "next"])
)  # fmt: skip
def test_pysnmp_reads_our_v1_requests(
    community: bytes, request_id: int, asked: list[tuple[int, ...]], kind: str
) -> None:
    tag = ber.GET_REQUEST if kind == "get" else ber.GET_NEXT_REQUEST
    encoded = messages.encode_pdu(tag, request_id, (0, 0), [ber.encode_oid(name) for name in asked])
    message, rest = decoder.decode(messages.encode_message(messages.V1, community, encoded), asn1Spec=v1.Message())
    pdu = v1.apiMessage.get_pdu(message)
    assert (rest, bytes(v1.apiMessage.get_community(message))) == (b"", community)
    assert type(pdu) is (v1.GetRequestPDU if kind == "get" else v1.GetNextRequestPDU)
    assert int(v1.apiPDU.get_request_id(pdu)) == request_id
    assert [tuple(name) for name, _ in v1.apiPDU.get_varbinds(pdu)] == asked


v1_values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(v1.Integer),
    st.integers(0, 2**32 - 1).map(v1.Counter),
    st.integers(0, 2**32 - 1).map(v1.Gauge),
    st.integers(0, 2**32 - 1).map(v1.TimeTicks),
    st.binary(max_size=200).map(v1.OctetString),
    st.binary(min_size=4, max_size=4).map(lambda octets: v1.IpAddress(".".join(map(str, octets)))),
    st.binary(max_size=20).map(v1.Opaque),
    st.just(v1.Null("")),
)


def plain_v1(value: object) -> object:
    if isinstance(value, v1.Null):
        return None
    if isinstance(value, v1.IpAddress):
        return bytes(value[0]) if hasattr(value, "getComponentByPosition") else bytes(value)
    if isinstance(value, v1.Opaque):
        return codec.decode_value(ber.OPAQUE, bytes(value))
    return bytes(value) if isinstance(value, v1.OctetString) else int(value)  # type: ignore[call-overload]


@given(
    st.integers(-(2**31), 2**31 - 1), st.integers(0, 5), st.integers(0, 99), st.binary(max_size=150),
    st.lists(st.tuples(names, v1_values), max_size=12),
)  # fmt: skip
def test_a_v1_response_encoded_by_pysnmp_is_read_as_it_was_meant(
    request_id: int, status: int, index: int, community: bytes, varbinds: list[tuple[tuple[int, ...], object]]
) -> None:
    pdu = v1.GetResponsePDU()
    v1.apiPDU.set_defaults(pdu)
    v1.apiPDU.set_request_id(pdu, request_id)
    v1.apiPDU.set_error_status(pdu, status)
    v1.apiPDU.set_error_index(pdu, index)
    v1.apiPDU.set_varbinds(pdu, varbinds)
    message = v1.Message()
    v1.apiMessage.set_defaults(message)
    v1.apiMessage.set_community(message, community)
    v1.apiMessage.set_pdu(message, pdu)
    reply = open_message(encoder.encode(message))
    assert isinstance(reply, messages.Reply)
    assert (reply.version, reply.request_id, reply.error_status, reply.error_index) == (0, request_id, status, index)
    read = [(ber.decode_oid(name), value) for name, _, value in codec.read_varbinds(reply.data, reply.start, reply.end)]
    assert read == [(name, plain_v1(value)) for name, value in varbinds]


KEYS = keys_for(CREDENTIALS[2], b"\x80\0\0\0\x05test")
STAMP = Stamp(b"\x80\0\0\0\x05test", 3, 5_000)


def whole() -> bytes:
    scoped = encode_scoped(STAMP.engine_id, b"", messages.encode_pdu(ber.RESPONSE, 0x40000001, (0, 0), [b"\x2b\x06"]))
    return encode_sealed(0x40000001, STAMP, b"u", KEYS, b"8 octets", scoped)


def test_every_truncation_of_a_sealed_message_is_refused() -> None:
    for end in range(len(whole())):
        with pytest.raises(ber.BerError):
            open_message(whole()[:end])


@given(st.binary(max_size=120))
@example(b"\x30\x03\x02\x01\x03")
def test_any_octets_behind_the_version_are_a_message_or_a_ber_error(data: bytes) -> None:
    try:
        sealed = open_message(ber.encode_tlv(ber.SEQUENCE, b"\x02\x01\x03" + data))
    except ber.BerError:
        return
    assert isinstance(sealed, Sealed)


@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_an_altered_message_is_a_message_or_a_ber_error(place: int, octets: bytes) -> None:
    data = bytearray(whole())
    data[place % len(data) : place % len(data) + len(octets)] = octets
    try:
        sealed = open_message(bytes(data))
        if isinstance(sealed, Sealed) and sealed.flags & PRIV and KEYS.privacy and len(sealed.salt) == 8:
            opened = KEYS.privacy.decrypt(sealed.data[sealed.start : sealed.end], clock_of(sealed.stamp), sealed.salt)
            decode_scoped(opened, 0, len(opened), len(data))
    except ber.BerError:
        pass


@given(st.binary(max_size=80))
def test_garbage_after_decryption_is_a_reply_or_a_ber_error(data: bytes) -> None:
    with contextlib.suppress(ber.BerError):
        decode_scoped(data, 0, len(data), len(data))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ((b"\x04\x01\x07\x02\x01\x03", b"\x04\x01\x06\x02\x01\x03"), "model 3 with flags 06"),
        ((b"\x04\x01\x07\x02\x01\x03", b"\x04\x01\x07\x02\x01\x02"), "model 2 with flags 07"),
    ],
    ids=["privacy without authentication", "another security model"],
)
def test_a_message_of_an_impossible_kind_is_refused(change: tuple[bytes, bytes], problem: str) -> None:
    with pytest.raises(ber.BerError, match=problem):
        open_message(whole().replace(*change, 1))


def test_an_engine_id_beyond_32_octets_is_refused() -> None:
    data = encode_sealed(0x40000001, Stamp(b"\x80" * 33, 0, 0), b"", Keys(), b"", encode_scoped(b"", b"", b"\xa2\x00"))
    with pytest.raises(ber.BerError, match="no engine is like that"):
        open_message(data)
