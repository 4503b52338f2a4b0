"""Messages, with pysnmp as the oracle both ways, and the fast decoder against the plain one."""

from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api, rfc1902, rfc1905

from collectors.snmp import codec, messages
from collectors.snmp.contract import Split
from collectors.snmp.sealed import open_message
from netmon import ber
from tests.collectors.snmp.agents import Request, frame, response, varbind

v2c = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]


def get(community: bytes, request_id: int, names: list[bytes], version: int = messages.V2C) -> bytes:
    return messages.encode_message(version, community, messages.encode_pdu(ber.GET_REQUEST, request_id, (0, 0), names))


def bulk(community: bytes, request_id: int, name: bytes, repetitions: int) -> bytes:
    pdu = messages.encode_pdu(ber.GET_BULK_REQUEST, request_id, (0, repetitions), [name])
    return messages.encode_message(messages.V2C, community, pdu)


def decoded(data: bytes) -> messages.Reply:
    answer = open_message(data)
    assert isinstance(answer, messages.Reply)
    return answer


COLUMN = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)
PREFIX = ber.encode_oid(COLUMN)
ASKED = Request(bulk(b"public", 0x41424344, PREFIX, 25))

values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(rfc1902.Integer32),
    st.integers(0, 2**32 - 1).map(rfc1902.Counter32),
    st.integers(0, 2**32 - 1).map(rfc1902.Gauge32),
    st.integers(0, 2**32 - 1).map(rfc1902.TimeTicks),
    st.integers(0, 2**64 - 1).map(rfc1902.Counter64),
    st.binary(max_size=200).map(rfc1902.OctetString),
    st.binary(min_size=4, max_size=4).map(rfc1902.IpAddress),
    st.binary(max_size=20).map(rfc1902.Opaque),
    st.lists(st.integers(0, 2**32 - 1), max_size=8).map(lambda rest: rfc1902.ObjectIdentifier((1, 3, *rest))),
    st.sampled_from([rfc1905.endOfMibView, rfc1905.noSuchObject, rfc1905.noSuchInstance, rfc1905.unSpecified]),
)
names = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=10).map(lambda rest: (1, 3, *rest))


def plain(value: object) -> object:
    """A pysnmp value as we have it."""
    if isinstance(value, rfc1905.EndOfMibView | rfc1905.NoSuchObject | rfc1905.NoSuchInstance | rfc1905.UnSpecified):
        return None
    if isinstance(value, rfc1902.ObjectIdentifier):
        return tuple(value)
    if isinstance(value, rfc1902.OctetString | rfc1902.Opaque):
        return codec.decode_value(ber.OPAQUE, bytes(value)) if isinstance(value, rfc1902.Opaque) else bytes(value)
    return int(value)  # type: ignore[call-overload]


@given(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(0, 18),
    st.integers(0, 2**31 - 1),
    st.binary(max_size=150),
    st.lists(st.tuples(names, values), max_size=12),
)
def test_a_response_encoded_by_pysnmp_is_read_as_it_was_meant(
    request_id: int, status: int, index: int, community: bytes, varbinds: list[tuple[tuple[int, ...], object]]
) -> None:
    pdu = v2c.ResponsePDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, request_id)
    v2c.apiPDU.set_error_status(pdu, status)
    v2c.apiPDU.set_error_index(pdu, index)
    v2c.apiPDU.set_varbinds(pdu, varbinds)
    message = v2c.Message()
    v2c.apiMessage.set_defaults(message)
    v2c.apiMessage.set_community(message, community)
    v2c.apiMessage.set_pdu(message, pdu)

    reply = decoded(encoder.encode(message))

    assert (reply.request_id, reply.error_status, reply.error_index) == (request_id, status, index)
    read = [(ber.decode_oid(name), value) for name, _, value in codec.read_varbinds(reply.data, reply.start, reply.end)]
    assert read == [(name, plain(value)) for name, value in varbinds]


@given(
    st.binary(max_size=150), st.integers(0x40000000, 0x7FFFFFFF), st.lists(names, min_size=1, max_size=30), st.data()
)
def test_requests_are_read_by_pysnmp_as_they_were_meant(
    community: bytes, request_id: int, asked: list[tuple[int, ...]], data: st.DataObject
) -> None:
    repetitions = data.draw(st.integers(1, 2**31 - 1))
    encoded = [ber.encode_oid(name) for name in asked]

    message, rest = decoder.decode(get(community, request_id, encoded), asn1Spec=v2c.Message())
    pdu = v2c.apiMessage.get_pdu(message)
    assert (rest, bytes(v2c.apiMessage.get_community(message)), type(pdu)) == (b"", community, v2c.GetRequestPDU)
    assert int(v2c.apiPDU.get_request_id(pdu)) == request_id
    assert [tuple(name) for name, _ in v2c.apiPDU.get_varbinds(pdu)] == asked

    asked_bulk = bulk(community, request_id, encoded[0], repetitions)
    message, rest = decoder.decode(asked_bulk, asn1Spec=v2c.Message())
    pdu = v2c.apiMessage.get_pdu(message)
    assert (rest, bytes(v2c.apiMessage.get_community(message)), type(pdu)) == (b"", community, v2c.GetBulkRequestPDU)
    assert int(v2c.apiBulkPDU.get_request_id(pdu)) == request_id
    assert int(v2c.apiBulkPDU.get_non_repeaters(pdu)) == 0
    assert int(v2c.apiBulkPDU.get_max_repetitions(pdu)) == repetitions
    assert [tuple(name) for name, _ in v2c.apiBulkPDU.get_varbinds(pdu)] == asked[:1]


contents = st.one_of(
    st.tuples(st.just(ber.INTEGER), st.lists(st.integers(-(2**31), 2**31 - 1).map(ber.encode_integer), min_size=1)),
    st.tuples(st.just(ber.COUNTER32), st.lists(st.binary(min_size=1, max_size=5), min_size=1)),
    st.tuples(st.just(ber.GAUGE32), st.lists(st.integers(0, 127).map(ber.encode_integer), min_size=1)),
    st.tuples(st.just(ber.COUNTER64), st.lists(st.integers(0, 2**64 - 1).map(ber.encode_integer), min_size=1)),
    st.tuples(st.just(ber.OCTET_STRING), st.lists(st.binary(max_size=140), min_size=1)),
    st.tuples(st.just(ber.OCTET_STRING), st.lists(st.sampled_from([PREFIX, b"0" + PREFIX, b""]), min_size=1)),
)


def plainly(data: bytes, start: int, end: int) -> tuple[list[bytes], list[object], bool]:
    """What the plain decoder makes of a reply about the column."""
    rows: list[tuple[bytes, object]] = []
    for name, tag, value in codec.read_varbinds(data, start, end):
        if not name.startswith(PREFIX) or tag in codec.EXCEPTION_TAGS:
            return [index for index, _ in rows], [value for _, value in rows], True
        rows.append((name[len(PREFIX) :], value))
    return [index for index, _ in rows], [value for _, value in rows], False


def split_one(data: bytes, start: int, end: int) -> Split | None:
    splits = codec.split_columns(data, start, end, [PREFIX])
    return splits[0] if splits else None


@given(contents, st.sampled_from([1, 126, 127, 128, 10_101, 16_382, 2**32 - 200]), st.booleans())
def test_the_split_decoder_reads_regular_columns_as_the_plain_one(
    column: tuple[int, list[bytes]], first: int, more: bool
) -> None:
    tag, octets = column
    varbinds = [((*COLUMN, first + place), tag, content) for place, content in enumerate(octets)]
    if more:
        varbinds.append(((*COLUMN[:-1], 11, 1), ber.COUNTER32, b"\x01"))
    reply = decoded(response(ASKED, varbinds))
    split = split_one(reply.data, reply.start, reply.end)
    regular = len({len(ber.encode_oid(name)) for name, _, _ in varbinds[: len(octets)]}) == 1
    if split is None:
        odd = [content for content in octets if len(content) > 100 or (tag == ber.COUNTER32 and len(content) == 5)]
        assert odd or not regular
        return
    assert (list(split.indexes), list(split.values), split.ended) == plainly(reply.data, reply.start, reply.end)


@given(contents, st.data())
def test_whatever_the_split_decoder_accepts_the_plain_one_reads_the_same(
    column: tuple[int, list[bytes]], data: st.DataObject
) -> None:
    """Also when octets were changed, dropped or added on the way."""
    tag, octets = column
    body = bytearray(b"".join(varbind((*COLUMN, 1 + place), tag, content) for place, content in enumerate(octets)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
        assume(body)
    split = split_one(bytes(body), 0, len(body))
    if split is not None:
        try:
            expected = plainly(bytes(body), 0, len(body))
        except ber.BerError:
            assert split.ended  # what is behind the column is not read any further
        else:
            assert (list(split.indexes), list(split.values), split.ended) == expected


@given(st.binary(max_size=80))
@example(b"")
@example(b"\x30\x00")
def test_any_octets_are_a_reply_or_a_ber_error(data: bytes) -> None:
    try:
        reply = decoded(data)
        list(codec.read_varbinds(reply.data, reply.start, reply.end))
    except ber.BerError:
        pass


def test_every_truncation_of_a_reply_is_refused() -> None:
    whole = response(ASKED, [((*COLUMN, port), ber.COUNTER32, b"\x01\x02") for port in range(1, 30)])
    for end in range(len(whole)):
        with pytest.raises(ber.BerError):
            decoded(whole[:end])


@pytest.mark.parametrize(
    ("tag", "content", "value"),
    [
        (ber.COUNTER32, b"\xff\xff\xff\xfe", 4_294_967_294),
        (ber.COUNTER32, b"\xff\xff\xff\xff\xff\xff\xff\xfe", 4_294_967_294),
        (ber.GAUGE32, b"\x80\x00\x00\x00", 2_147_483_648),
        (ber.TIME_TICKS, b"\x00\xff\xff\xff\xff", 4_294_967_295),
        (ber.COUNTER64, b"\xff" * 8, 2**64 - 1),
        (ber.INTEGER, b"\xff", -1),
        (ber.OPAQUE, bytes.fromhex("9f780440490fdb"), pytest.approx(3.14159, abs=1e-5)),
        (ber.OPAQUE, bytes.fromhex("9f7908400921fb54442d18"), 3.141592653589793),
        (ber.IP_ADDRESS, b"\x7f\x00\x00\x01", b"\x7f\x00\x00\x01"),
        (ber.NULL, b"", None),
        (ber.NO_SUCH_INSTANCE, b"", None),
    ],
)
def test_a_value_is_read_by_its_type(tag: int, content: bytes, value: object) -> None:
    assert codec.decode_value(tag, content) == value


def test_a_negative_counter_is_read_unsigned_by_both_decoders() -> None:
    varbinds = [((*COLUMN, port), ber.COUNTER32, b"\xff\xff\xff\xfe") for port in (1, 2)]
    reply = decoded(response(ASKED, varbinds))
    split = split_one(reply.data, reply.start, reply.end)
    assert split is not None
    assert list(split.values) == [4_294_967_294] * 2
    assert plainly(reply.data, reply.start, reply.end)[1] == [4_294_967_294] * 2


def test_a_value_of_unknown_type_is_refused() -> None:
    with pytest.raises(ber.BerError, match="unknown type 0x1e"):
        codec.decode_value(0x1E, b"")


def test_octets_behind_a_value_are_refused() -> None:
    body = ber.encode_tlv(ber.SEQUENCE, b"\x06\x01\x2b\x05\x00\x05\x00")
    reply = decoded(frame(ASKED, body))
    with pytest.raises(ber.BerError, match="behind its value"):
        list(codec.read_varbinds(reply.data, reply.start, reply.end))


def test_a_request_is_no_reply() -> None:
    with pytest.raises(ber.BerError, match="0xa2 belongs"):
        decoded(get(b"public", 0x40000001, [PREFIX]))


def test_a_reply_tells_its_version() -> None:
    v2 = response(ASKED, [])
    assert decoded(v2).version == messages.V2C
    assert decoded(v2.replace(b"\x02\x01\x01", b"\x02\x01\x00", 1)).version == messages.V1


def test_a_version_nobody_has_is_no_reply() -> None:
    with pytest.raises(ber.BerError, match="not an SNMP message of version"):
        decoded(response(ASKED, []).replace(b"\x02\x01\x01", b"\x02\x01\x02", 1))


def test_rows_are_in_the_order_the_agent_sent_them() -> None:
    varbinds = [((*COLUMN, port), ber.COUNTER32, bytes((port,))) for port in (3, 1, 2)]
    reply = decoded(response(ASKED, varbinds))
    split = split_one(reply.data, reply.start, reply.end)
    assert split is not None
    assert list(split.indexes) == [b"\x03", b"\x01", b"\x02"]
    assert all(one != other for one, other in pairwise(split.values))
