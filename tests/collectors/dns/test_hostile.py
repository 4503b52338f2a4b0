"""Name servers that are silent, lie, or answer what was not asked."""

import os
import struct
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.dns.messages import NotAnAnswerError, Query
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import DnsSettings, RecordRules
from tests.collectors.dns.polling import attempt_all, check, poll
from tests.collectors.dns.servers import Reply, Udp, right
from tests.collectors.http.polling import value
from tests.collectors.http.servers import Server, hang
from tests.peers.programs import free_port

A = "www.example.org. 60 IN A 192.0.2.1"


def ask(port: int, **more: object) -> DnsSettings:
    return DnsSettings("127.0.0.1", "www.example.org", port, "A", **more)  # type: ignore[arg-type]


def other_id(query: bytes) -> bytes:
    return bytes([query[0] ^ 1]) + right(query, A)[1:]


def other_question(query: bytes) -> bytes:
    return query[:2] + right(Query(ask(0)).wire.replace(b"example", b"elpmaxe"), A)[2:]


@pytest.mark.parametrize(
    ("reply", "state", "reason", "words"),
    [
        (lambda query, n: [right(query, A)], State.UP, Reason.OK, ""),
        (lambda query, n: [], State.DOWN, Reason.TIMEOUT, "no answer to the request within 0.6 s"),
        (lambda query, n: [right(query, A)] if n == 2 else [], State.UP, Reason.OK, ""),
        (lambda query, n: [other_id(query)], State.DOWN, Reason.PROTOCOL, "another id than the query"),
        (lambda query, n: [other_id(query), right(query, A)], State.UP, Reason.OK, ""),
        (lambda query, n: [other_question(query)], State.DOWN, Reason.PROTOCOL, "answers another question"),
        (lambda query, n: [query], State.DOWN, Reason.PROTOCOL, "it is a query itself"),
        (lambda query, n: [b"x"], State.DOWN, Reason.GARBAGE, "1 octets are no DNS message"),
        (lambda query, n: [query[:2] + b"\x80" + os.urandom(300)], State.DOWN, None, "something else"),
        (lambda query, n: [right(query, A)[:-3]], State.DOWN, Reason.GARBAGE, "it cannot be read"),
        (lambda query, n: [right(query, A) + b"trailing"], State.UP, Reason.OK, ""),
        (lambda query, n: [right(query, A)] * 3, State.UP, Reason.OK, ""),
        (lambda query, n: [right(query, rcode=2)], State.DOWN, Reason.RCODE, "answers SERVFAIL, expected NOERROR"),
        (lambda query, n: [query[:2] + struct.pack("!5H", 0x8001, 0, 0, 0, 0)], State.DOWN, Reason.RCODE, "FORMERR"),
        (lambda query, n: [query[:2] + struct.pack("!5H", 0x8000, 0, 0, 0, 0)], State.DOWN, Reason.PROTOCOL,
         "another question"),
        (lambda query, n: [b"x"] * 2000, State.DOWN, Reason.GARBAGE, "no DNS message"),
    ],
    ids=["right", "silent", "silent twice", "another id", "another id, then right", "another question", "an echo",
         "one octet", "noise", "cut short", "trailing octets", "thrice", "servfail", "an error without question",
         "no question", "a flood"],
)  # fmt: skip
def test_only_an_answer_to_the_query_counts(reply: Reply, state: State, reason: Reason | None, words: str) -> None:
    with Udp(reply) as server:
        reading = poll(ask(server.port), 600)
    assert reading.state is state, reading.detail
    assert reason is None or reading.reason is reason
    assert words in reading.detail
    assert value(reading, "probe_success") == (state is State.UP)
    assert value(reading, "probe_dns_query_succeeded") == (reading.reason in {Reason.OK, Reason.RCODE})


def test_an_answer_from_another_port_is_none() -> None:
    with Udp(lambda query, n: [right(query, A)], aside=True) as server:
        reading = poll(ask(server.port), 400)
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TIMEOUT)


def test_a_query_that_nobody_answers_is_sent_three_times_the_same() -> None:
    with Udp(lambda query, n: []) as server:
        poll(ask(server.port), 300)
    assert len(server.asked) == 3
    assert len(set(server.asked)) == 1


def test_a_closed_port_is_refused() -> None:
    for transport in ("udp", "tcp"):
        reading = poll(ask(free_port(), transport=transport), 1000)
        assert (reading.state, reading.reason) == (State.DOWN, Reason.CONNECT_REFUSED)
        assert value(reading, "probe_dns_query_succeeded") == 0


def test_what_cannot_be_had_over_tcp_after_a_cut_off_answer_is_down_and_says_so() -> None:
    with Udp(lambda query, n: [right(query, truncated=1)]) as server:
        reading = poll(ask(server.port), 1000)
    assert (reading.state, reading.reason) == (State.DOWN, Reason.CONNECT_REFUSED)
    assert reading.detail == "the answer over UDP was cut off, and over TCP: connection refused"


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (lambda query: framed(right(query, A)), State.UP, Reason.OK),
        (lambda query: framed(right(query, A)) + b"more", State.UP, Reason.OK),
        (lambda query: framed(other_id(query)), State.DOWN, Reason.PROTOCOL),
        (lambda query: framed(right(query, A, truncated=1)), State.DOWN, Reason.PROTOCOL),
        (lambda query: framed(b""), State.DOWN, Reason.GARBAGE),
        (lambda query: b"", State.DOWN, Reason.RESET),
        (lambda query: b"\0", State.DOWN, Reason.RESET),
        (lambda query: framed(right(query, A))[:-1], State.DOWN, Reason.RESET),
        (lambda query: b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 70000, State.DOWN, Reason.PROTOCOL),
    ],
)
def test_answers_over_tcp_are_read_whole_or_not_at_all(answer: object, state: State, reason: Reason) -> None:
    def talk(connection: object, server: object) -> None:
        stream = connection.makefile("rb")  # type: ignore[attr-defined]
        query = stream.read(int.from_bytes(stream.read(2), "big"))
        connection.sendall(answer(query))  # type: ignore[attr-defined,operator]

    with Server(talk) as server:
        reading = poll(ask(server.port, transport="tcp"), 2000)
    assert (reading.state, reading.reason) == (state, reason), reading.detail


def test_a_silent_server_over_tcp_ends_with_the_poll() -> None:
    with Server(hang) as server:
        reading = poll(ask(server.port, transport="tcp"), 300)
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TIMEOUT)


def test_hundreds_of_silent_servers_leave_room_for_those_that_answer() -> None:
    with Udp(lambda query, n: []) as silent, Udp(lambda query, n: [right(query, A)]) as good:
        checks = [check(ask(silent.port), 2500)] * 300 + [check(ask(good.port), 2500)] * 20
        reads = attempt_all(checks)
    assert [read.state for read in reads if isinstance(read, Reading)] == [State.DOWN] * 300 + [State.UP] * 20


def test_a_pattern_that_never_ends_is_our_fault() -> None:
    text = f'www.example.org. 60 IN TXT "{"a" * 40}!"'
    rules = RecordRules(fail_if_matches=('"(a+)+"',))
    with Udp(lambda query, n: [right(query, text)]) as server, pytest.raises(CollectError) as raised:
        poll(ask(server.port, answer=rules))
    assert raised.value.reason is Reason.INTERNAL


@pytest.mark.parametrize("query", ["a" * 64, "x..y", "\u0000é" * 200])
def test_a_query_that_is_none_is_our_fault(query: str) -> None:
    with pytest.raises(CollectError) as raised:
        poll(DnsSettings("127.0.0.1", query, 53))
    assert raised.value.reason is Reason.INTERNAL


@settings(max_examples=300)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_whatever_comes_is_an_answer_or_is_not(noise: bytes, at: int) -> None:
    query = Query(ask(53))
    wire = right(query.wire, A)
    for candidate in (noise, wire[:2] + noise, wire[:at] + noise, wire[:at] + noise + wire[at:]):
        begun = time.monotonic()
        with suppress(NotAnAnswerError):
            query.read(candidate)
        assert time.monotonic() - begun < 5
