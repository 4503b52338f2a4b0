"""Echo requests and what comes back, as octets."""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.icmp import packets
from netmon.conventions import Reason

FAMILIES = st.sampled_from([socket.AF_INET, socket.AF_INET6])
SHORT = st.integers(0, 0xFFFF)


@given(SHORT, SHORT, st.binary(max_size=300))
def test_the_sum_over_a_whole_request_says_that_it_is_intact(identifier: int, sequence: int, payload: bytes) -> None:
    assert packets.checksum(packets.request(socket.AF_INET, identifier, sequence, payload)) == 0


@given(FAMILIES, SHORT, SHORT, st.binary(max_size=300), st.booleans())
def test_a_request_sent_back_as_a_reply_is_read_as_what_was_sent(
    family: int, identifier: int, sequence: int, payload: bytes, options: bool
) -> None:
    raw = family == socket.AF_INET
    answer = bytes([packets.REPLY[family]]) + packets.request(family, identifier, sequence, payload)[1:]
    header = (b"\x47" + b"\0" * 27 if options else b"\x45" + b"\0" * 19) if raw else b""
    read = packets.reply(family, header + answer, with_header=raw)
    assert read == packets.EchoReply(identifier, sequence, payload)


@given(FAMILIES, st.binary(max_size=80), st.booleans())
def test_whatever_comes_in_is_read_or_left(family: int, data: bytes, with_header: bool) -> None:
    packets.reply(family, data, with_header=with_header)
    packets.quoted(family, data)
    packets.refusal(family, data)


def test_a_request_is_no_reply() -> None:
    assert packets.reply(socket.AF_INET, packets.request(socket.AF_INET, 1, 2, b"x"), with_header=False) is None


def extended(kind: int, code: int, info: int = 0, origin: int = 2) -> bytes:
    """As Linux tells an ICMP error from 192.0.2.1."""
    error = struct.pack("=IBBBBII", 113, origin, kind, code, 0, info, 0)
    return error + struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton("192.0.2.1"))


@pytest.mark.parametrize(
    ("kind", "code", "info", "reason", "detail"),
    [
        (3, 0, 0, Reason.HOST_UNREACHABLE, "192.0.2.1 says: network unreachable"),
        (3, 1, 0, Reason.HOST_UNREACHABLE, "192.0.2.1 says: host unreachable"),
        (3, 3, 0, Reason.HOST_UNREACHABLE, "192.0.2.1 says: port unreachable"),
        (3, 13, 0, Reason.HOST_UNREACHABLE, "192.0.2.1 says: forbidden by a filter"),
        (3, 99, 0, Reason.HOST_UNREACHABLE, "192.0.2.1 says: destination unreachable"),
        (3, 4, 1400, Reason.TOO_LARGE, "192.0.2.1 says: the packet is too large for the way, which takes 1400 octets"),
        (11, 0, 0, Reason.TTL_EXCEEDED, "192.0.2.1 says: time to live exceeded in transit"),
        (11, 1, 0, Reason.TTL_EXCEEDED, "192.0.2.1 says: reassembly took too long"),
    ],
)
def test_what_a_router_says_becomes_a_reason(kind: int, code: int, info: int, reason: Reason, detail: str) -> None:
    said = packets.refusal(socket.AF_INET, extended(kind, code, info))
    assert said is not None
    assert (said.reason, said.detail) == (reason, detail)


@pytest.mark.parametrize(("kind", "code", "origin"), [(4, 0, 2), (5, 1, 2), (12, 0, 2), (3, 1, 1)])
def test_advice_and_errors_that_nobody_sent_end_no_request(kind: int, code: int, origin: int) -> None:
    assert packets.refusal(socket.AF_INET, extended(kind, code, origin=origin)) is None
