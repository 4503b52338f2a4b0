"""BER primitives, with pyasn1 as the oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ

from netmon import ber

arcs = st.integers(0, ber.MAX_ARC)
oids = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39)),
    st.tuples(st.just(2), arcs),
).flatmap(lambda root: st.lists(arcs, max_size=20).map(lambda rest: (*root, *rest)))


@given(oids)
def test_object_identifiers_are_encoded_as_pyasn1_encodes_them_and_read_back(oid: tuple[int, ...]) -> None:
    content = ber.encode_oid(oid)
    assert ber.encode_tlv(ber.OBJECT_IDENTIFIER, content) == encoder.encode(univ.ObjectIdentifier(oid))
    assert ber.decode_oid(content) == oid
    assert ber.parse_oid(ber.format_oid(oid)) == oid


@given(st.integers(-(2**63), 2**64 - 1))
def test_integers_are_read_by_pyasn1_as_they_were_meant_and_read_back(value: int) -> None:
    content = ber.encode_integer(value)
    # Its own encoding of -128 and the like is an octet longer than X.690, section 8.3.2, allows.
    assert int(decoder.decode(ber.encode_tlv(ber.INTEGER, content))[0]) == value
    assert (
        len(content) == 1
        or content[:2] not in {b"\0" + content[1:2], b"\xff" + content[1:2]}
        or ((content[0] == 0) == (content[1] >= 0x80))
    )
    assert ber.decode_integer(content) == value
    if value >= 0:
        assert ber.decode_unsigned(content) == value


@given(st.binary(max_size=70_000))
def test_lengths_are_encoded_as_pyasn1_encodes_them_and_read_back(content: bytes) -> None:
    element = ber.encode_tlv(ber.OCTET_STRING, content)
    assert element == encoder.encode(univ.OctetString(content))
    tag, start, end = ber.read_tlv(b"before" + element + b"after", 6)
    assert (tag, (b"before" + element + b"after")[start:end]) == (ber.OCTET_STRING, content)


@given(st.binary(max_size=40))
def test_any_octets_give_an_object_identifier_pyasn1_gives_too_or_a_ber_error(content: bytes) -> None:
    try:
        oid = ber.decode_oid(content)
    except ber.BerError:
        return
    if content and 0x80 not in content:  # pyasn1 refuses padded arcs, which some agents send
        assert tuple(decoder.decode(ber.encode_tlv(6, content), asn1Spec=univ.ObjectIdentifier())[0]) == oid


@given(st.binary(max_size=12), st.integers(0, 14))
def test_no_element_reaches_past_the_data(data: bytes, offset: int) -> None:
    try:
        _, start, end = ber.read_tlv(data, offset)
    except ber.BerError:
        return
    assert offset < start <= end <= len(data)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not an object identifier"),
        ("1..3", "is not an object identifier"),
        ("1.3.x", "is not an object identifier"),
        ("1.3.-1", "is not an object identifier"),
        ("1.3.4294967296", "is not an object identifier"),
        ("1", "does not begin like"),
        ("3.1", "does not begin like"),
        ("1.40", "does not begin like"),
        (".".join(["1"] * 129), "is not an object identifier"),
    ],
)
def test_what_is_no_object_identifier_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ber.BerError, match=problem):
        ber.encode_oid(text)


@pytest.mark.parametrize(
    "content",
    [b"\x2b\x86", b"\x2b\x90\x80\x80\x80\x00", b"\x2b" + b"\x01" * 128, b"\x2b" + b"\x81\x01" * 128],
    ids=["cut inside an arc", "arc beyond 32 bits", "too many arcs", "too many long arcs"],
)
def test_an_impossible_object_identifier_is_refused(content: bytes) -> None:
    with pytest.raises(ber.BerError):
        ber.decode_oid(content)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x02", b"\x02\x01", b"\x02\x80", b"\x02\x85\0\0\0\0\x01\0", b"\x02\x82\x01", b"\x04\x03ab"],
    ids=["nothing", "no length", "no content", "indefinite", "five length octets", "cut length", "cut content"],
)
def test_a_broken_element_is_refused(data: bytes) -> None:
    with pytest.raises(ber.BerError):
        ber.read_tlv(data)


@pytest.mark.parametrize("content", [b"", b"\0" * 10], ids=["empty", "ten octets"])
def test_an_integer_of_impossible_size_is_refused(content: bytes) -> None:
    with pytest.raises(ber.BerError):
        ber.decode_integer(content)
    with pytest.raises(ber.BerError):
        ber.decode_unsigned(content)


def test_a_leading_dot_is_allowed() -> None:
    assert ber.parse_oid(".1.3.6") == (1, 3, 6)


def test_an_empty_object_identifier_reads_as_the_null_pointer() -> None:
    assert ber.decode_oid(b"") == (0, 0)


def test_a_counter_sent_without_its_leading_zero_is_not_negative() -> None:
    assert ber.decode_unsigned(b"\xff\xff\xff\xfe") == 4_294_967_294
