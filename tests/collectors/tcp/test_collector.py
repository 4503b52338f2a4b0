"""Ports that answer, that say what they should, and that misbehave."""

import dataclasses
import errno
import socket
import ssl
from pathlib import Path

import pytest

from collectors.net.failures import failure
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import AddressChoice, QueryResponse, Secret, TcpSettings, TlsSettings
from tests.collectors.http.polling import value
from tests.collectors.http.servers import Authority, Server, hang
from tests.collectors.tcp.talking import Talk, attempt_all, check, drip, flood, poll, reset, script
from tests.peers.programs import free_port

SMTP = (
    QueryResponse("^220 ([^ ]+) ESMTP", "EHLO ${1}", labels=(("server", "${1}"), ("kind", "smtp"))),
    QueryResponse("^250 STARTTLS", "STARTTLS"),
    QueryResponse("^220", starttls=True),
    QueryResponse("", "EHLO again"),
    QueryResponse("^250 AUTH", "QUIT"),
)


def names(reading: Reading) -> set[str]:
    return {family.name for family in reading.families}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def smtp(tls: ssl.SSLContext, heard: list[str] | None = None, extra: bytes = b"") -> Server:
    """What a mail server says until after STARTTLS; ``extra`` comes before TLS begins, when nothing may."""
    return Server(
        script(
            "> 220 mail.example ESMTP ready", "< EHLO mail.example", "> 250-mail.example", "> 250 STARTTLS",
            "< STARTTLS", b"220 go ahead\r\n" + extra, tls, "< EHLO again", "> 250-mail.example", "> 250 AUTH PLAIN",
            "< QUIT", heard=heard,
        )
    )  # fmt: skip


# --- Answers ----------------------------------------------------------------------------------------------------------


def test_a_port_that_takes_a_connection_is_up() -> None:
    with Server(hang) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port))
    assert (reading.state, reading.reason) == (State.UP, Reason.OK)
    assert value(reading, "probe_success") == 1
    assert value(reading, "probe_ip_protocol") == 4
    assert value(reading, "probe_ip_addr_hash") > 0
    assert value(reading, "probe_failed_due_to_regex") == 0
    assert value(reading, "netmon_tcp_duration_seconds", phase="connect") > 0
    assert value(reading, "probe_duration_seconds") > 0
    assert "probe_ssl_earliest_cert_expiry" not in names(reading)


def test_lines_are_read_until_one_matches_and_what_it_held_is_told() -> None:
    steps = (QueryResponse("^SSH-(2[.]0)-(.+)", labels=(("protocol", "v${1}"), ("software", "$2"))),)
    with Server(script("> hello", "> SSH-2.0-OpenSSH_9.2")) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port, query_response=steps))
    assert reading.state is State.UP
    assert value(reading, "probe_expect_info", protocol="v2.0", software="OpenSSH_9.2") == 1


def test_a_last_line_without_its_end_counts() -> None:
    with Server(lambda connection, _: connection.sendall(b"+OK")) as server:
        assert poll(TcpSettings("127.0.0.1", server.port, query_response=(QueryResponse("^[+]OK$"),))).state is State.UP


def test_octets_that_are_no_text_are_quoted_back_as_they_came() -> None:
    heard: list[str] = []
    steps = (QueryResponse("^token (.*)$", "got ${1}"),)

    def talk(connection: socket.socket, server: Server) -> None:
        connection.sendall(b"token \xff\x00\xfe\n")
        heard.append(repr(connection.makefile("rb").readline()))

    with Server(talk) as server:
        poll(TcpSettings("127.0.0.1", server.port, query_response=steps))
    assert heard == [r"b'got \xff\x00\xfe\n'"]


def test_starttls_in_the_middle_of_a_conversation(authority: Authority) -> None:
    heard: list[str] = []
    with smtp(authority.server("mail.example", days=90), heard) as server:
        trust = TlsSettings(ca_file=authority.file, server_name="mail.example")
        reading = poll(TcpSettings("127.0.0.1", server.port, starttls=trust, query_response=SMTP))
    assert (reading.state, reading.detail) == (State.UP, "")
    assert heard == ["EHLO mail.example", "STARTTLS", "EHLO again", "QUIT"]
    assert value(reading, "probe_expect_info", server="mail.example", kind="smtp") == 1
    assert value(reading, "probe_tls_version_info", version="TLS 1.3") == 1
    assert {"probe_ssl_earliest_cert_expiry", "probe_ssl_last_chain_expiry_timestamp_seconds"} <= names(reading)


def test_what_comes_in_the_clear_before_tls_is_not_taken_for_what_comes_over_it(authority: Authority) -> None:
    with smtp(authority.server("mail.example"), extra=b"250 AUTH forged\r\n") as server:
        trust = TlsSettings(ca_file=authority.file, server_name="mail.example")
        steps = (*SMTP[:3], QueryResponse("forged"))
        reading = poll(TcpSettings("127.0.0.1", server.port, starttls=trust, query_response=steps), 700)
    assert reading.state is State.DOWN
    assert reading.reason in {Reason.TIMEOUT, Reason.TLS_HANDSHAKE}


def test_a_secret_that_is_sent_is_not_shown_even_when_it_comes_back() -> None:
    steps = (QueryResponse("^[+]OK", Secret("PASS hush")), QueryResponse("nothing of the kind"))
    with Server(script("> +OK", "< PASS hush", "> you said PASS hush", b"")) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port, query_response=steps), 400)
    assert "hush" not in repr(reading)
    assert any("you said …" in line for line in reading.log)


# --- Certificates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("starttls", [False, True], ids=["from the start", "after starttls"])
@pytest.mark.parametrize(
    ("names_of", "days", "trusted", "reason", "words"),
    [
        (("mail.example",), 90, True, Reason.OK, ""),
        (("mail.example",), 5, True, Reason.TLS_EXPIRES_SOON, "certificate CN=mail.example expires"),
        (("mail.example",), -3, True, Reason.TLS_EXPIRED, "certificate for mail.example"),
        (("other.example",), 90, True, Reason.TLS_NAME_MISMATCH, "certificate for other.example"),
        (("mail.example",), 90, False, Reason.TLS_UNTRUSTED, "certificate for mail.example"),
    ],
)
def test_certificates_are_judged_and_their_facts_read_also_when_refused(
    authority: Authority,
    tmp_path: Path,
    starttls: bool,
    names_of: tuple[str, ...],
    days: int,
    trusted: bool,
    reason: Reason,
    words: str,
) -> None:
    ca_file = authority.file if trusted else Authority(tmp_path, "Another CA").file
    trust = TlsSettings(ca_file=ca_file, server_name="mail.example")
    context = authority.server(*names_of, days=days)
    if starttls:
        settings = TcpSettings("127.0.0.1", 0, starttls=trust, query_response=SMTP)
        server = smtp(context)
    else:
        settings, server = TcpSettings("127.0.0.1", 0, tls=trust), Server(hang, context)
    with server:
        reading = poll(dataclasses.replace(settings, port=server.port))
    assert reading.reason is reason, reading.detail
    assert words in reading.detail
    assert {"probe_ssl_earliest_cert_expiry", "probe_tls_version_info", "probe_ssl_last_chain_info"} <= names(reading)
    verified = "probe_ssl_last_chain_expiry_timestamp_seconds" in names(reading)
    assert verified == (reason in {Reason.OK, Reason.TLS_EXPIRES_SOON})


def test_an_unverified_certificate_is_no_reason_to_fail(authority: Authority) -> None:
    with Server(hang, authority.server("other.example", days=-3)) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port, tls=TlsSettings(verify=False)))
    assert reading.state is State.UP


def test_a_ca_file_that_cannot_be_read_is_our_fault() -> None:
    with Server(hang) as server, pytest.raises(CollectError) as raised:
        poll(TcpSettings("127.0.0.1", server.port, tls=TlsSettings(ca_file="/nowhere/ca.pem")))
    assert raised.value.reason is Reason.CREDENTIAL


@pytest.mark.parametrize("name", [".", ".example", "a..b", "x" * 300])
def test_a_name_that_no_server_can_have_is_our_fault(name: str) -> None:
    with Server(hang) as server, pytest.raises(CollectError) as raised:
        poll(TcpSettings("127.0.0.1", server.port, tls=TlsSettings(server_name=name)))
    assert raised.value.reason is Reason.INTERNAL


# --- Faults -----------------------------------------------------------------------------------------------------------


def test_a_closed_port_is_refused() -> None:
    reading = poll(TcpSettings("127.0.0.1", free_port()))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.CONNECT_REFUSED)


def test_a_name_that_does_not_exist_is_not_resolved() -> None:
    reading = poll(TcpSettings("no-such-host.invalid", 25))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.RESOLVE_FAILED)
    assert value(reading, "probe_ip_protocol") == 0


def test_no_address_of_the_family_wanted_is_told() -> None:
    choice = AddressChoice(preferred="ip6", fallback=False)
    reading = poll(TcpSettings("127.0.0.1", 25, addresses=choice))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.RESOLVE_FAILED)


@pytest.mark.parametrize(
    ("number", "reason", "words"),
    [
        (errno.ECONNRESET, Reason.RESET, "connection reset by peer during connect"),
        (errno.ECONNREFUSED, Reason.CONNECT_REFUSED, "connection refused"),
        (errno.EHOSTUNREACH, Reason.CONNECT_FAILED, "no route to host"),
    ],
)
def test_what_asyncio_says_is_told_in_the_systems_words(number: int, reason: Reason, words: str) -> None:
    told = failure(OSError(number, "Connect call failed ('127.0.0.1', 25)"), "connect", 2.0)
    assert (told.reason, told.detail) == (reason, words)


EXPECT = (QueryResponse("^220 "),)


@pytest.mark.parametrize(
    ("talk", "reason", "words"),
    [
        (hang, Reason.TIMEOUT, "no line with '^220' within 0.6 s"),
        (script("> 500 go away"), Reason.TIMEOUT, "no line with '^220'"),
        (lambda connection, server: connection.sendall(b"500 go away\r\n"), Reason.RESPONSE, "closed without a line"),
        (lambda connection, server: None, Reason.RESPONSE, "connection closed without a line"),
        (reset, Reason.RESET, "reset"),
        (drip(b"2"), Reason.TIMEOUT, "no line"),
        (drip(b"x\n"), Reason.TIMEOUT, "no line"),
        (flood(b"a" * 4096), Reason.TOO_LARGE, "a line longer than 64 KiB"),
        (flood(b"x" * 200 + b"\n"), Reason.TOO_LARGE, "the line expected not in it"),
        (flood(b"\n" * 4096), Reason.TOO_LARGE, "more than 10000 lines"),
        (lambda connection, server: connection.sendall(bytes(range(256)) * 100), Reason.RESPONSE, "closed"),
    ],
    ids=["silent", "another line", "another line, then closed", "closed", "reset", "dripping octets", "dripping lines",
         "an endless line", "endless lines", "endless empty lines", "garbage"],
)  # fmt: skip
def test_a_peer_that_does_not_say_what_it_should_is_down(talk: Talk, reason: Reason, words: str) -> None:
    with Server(talk) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port, query_response=EXPECT), 600)
    assert (reading.state, reading.reason) == (State.DOWN, reason), reading.detail
    assert words in reading.detail
    assert value(reading, "probe_failed_due_to_regex") == (reason is Reason.RESPONSE)


@pytest.mark.parametrize("talk", [hang, drip(b"x")], ids=["silent", "dripping"])
def test_a_handshake_that_never_ends_ends_with_the_poll(talk: Talk) -> None:
    with Server(talk) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port, tls=TlsSettings(verify=False)), 400)
    assert reading.state is State.DOWN
    assert reading.reason in {Reason.TIMEOUT, Reason.TLS_HANDSHAKE}
    assert value(reading, "netmon_tcp_duration_seconds", phase="tls") > 0


def test_a_peer_without_tls_is_told() -> None:
    with Server(script("> 220 hello, who are you?")) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port, tls=TlsSettings(verify=False)))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TLS_HANDSHAKE)


def test_a_pattern_that_never_ends_is_our_fault_and_stops_nobody_else() -> None:
    steps = (QueryResponse("^(a+)+$"),)
    with Server(script("> " + "a" * 40 + "!")) as evil, Server(hang) as good:
        first, second = attempt_all(
            [
                check(TcpSettings("127.0.0.1", evil.port, query_response=steps)),
                check(TcpSettings("127.0.0.1", good.port)),
            ]
        )
    assert isinstance(first, CollectError)
    assert first.reason is Reason.INTERNAL
    assert isinstance(second, Reading)
    assert second.state is State.UP


def test_hundreds_of_peers_that_hang_leave_room_for_those_that_answer() -> None:
    with Server(hang) as silent, Server(script("> 220 ready")) as ready:
        hanging = check(TcpSettings("127.0.0.1", silent.port, query_response=EXPECT), 2500)
        good = check(TcpSettings("127.0.0.1", ready.port, query_response=EXPECT), 2500)
        reads = attempt_all([hanging] * 200 + [good] * 10)
    states = [read.state for read in reads if isinstance(read, Reading)]
    assert states == [State.DOWN] * 200 + [State.UP] * 10


def test_polls_beyond_what_may_run_are_overload_not_outages() -> None:
    with Server(hang) as silent:
        hanging = check(TcpSettings("127.0.0.1", silent.port, query_response=EXPECT), 300)
        first, second = attempt_all([hanging, hanging], most=1)
    assert isinstance(first, Reading)
    assert isinstance(second, CollectError)
    assert second.reason is Reason.OVERLOAD


def test_a_right_answer_that_is_too_slow_is_degraded() -> None:
    with Server(hang) as server:
        reading = poll(TcpSettings("127.0.0.1", server.port, slow=0))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.SLOW)
