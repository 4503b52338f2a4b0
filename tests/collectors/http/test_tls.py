"""Certificates: judged, named, and read even when they are refused."""

import datetime as dt
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import HttpSettings, TlsSettings
from tests.collectors.http.polling import attempt_all, check, poll, value
from tests.collectors.http.servers import OK, Authority, Server, answer, hang

NAME = "portail.bordeaux.example"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def settings(server: Server, authority: Authority | None, url: str = f"https://{NAME}/", **tls: object) -> HttpSettings:
    ca_file = authority.file if authority else None
    return HttpSettings(
        url, connect_to=("127.0.0.1", server.port), tls=TlsSettings(ca_file=ca_file, **tls)  # type: ignore[arg-type]
    )  # fmt: skip


def expires_in_days(reading: Reading) -> float:
    return (value(reading, "probe_ssl_earliest_cert_expiry") - dt.datetime.now(dt.UTC).timestamp()) / 86_400


def test_a_good_certificate_is_up_and_its_facts_are_measured(authority: Authority) -> None:
    with Server(answer(OK), authority.server(NAME, "autre.example")) as server:
        reading = poll(settings(server, authority))
    assert reading.state is State.UP, reading
    assert expires_in_days(reading) == pytest.approx(90, abs=0.1)
    assert value(reading, "probe_http_ssl") == 1
    assert value(reading, "probe_tls_version_info", version="TLS 1.3") == 1
    assert value(reading, "probe_http_duration_seconds", phase="tls") > 0
    assert f"Host: {NAME}\r\n".encode() in server.requests[0]
    log = "\n".join(reading.log)
    for fact in ("TLSv1.3", "CN=portail.bordeaux.example", "autre.example", "CN=Test CA", "expires 20"):
        assert fact in log


def test_the_earliest_expiry_of_all_certificates_sent_counts(authority: Authority, tmp_path: Path) -> None:
    cert, key = authority.files(NAME)
    short, _ = authority.files("Intermediate", days=10, stem="short")
    Path(cert).write_bytes(Path(cert).read_bytes() + Path(short).read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with Server(answer(OK), context) as server:
        reading = poll(settings(server, authority))
    assert reading.reason is Reason.TLS_EXPIRES_SOON
    assert "Intermediate" in reading.detail
    assert expires_in_days(reading) == pytest.approx(10, abs=0.1)


REFUSED = {
    "expired": ({"days": -3}, (NAME,), Reason.TLS_EXPIRED, -3),
    "for another name": ({}, ("autre.example",), Reason.TLS_NAME_MISMATCH, 90),
    "signed by itself": ({"self_signed": True}, (NAME,), Reason.TLS_UNTRUSTED, 90),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_certificate_is_named_and_its_facts_are_read_all_the_same(authority: Authority, kind: str) -> None:
    made, names, reason, days = REFUSED[kind]
    with Server(answer(OK), authority.server(*names, **made)) as server:  # type: ignore[arg-type]
        reading = poll(settings(server, authority))
    assert (reading.state, reading.reason) == (State.DOWN, reason), reading
    assert expires_in_days(reading) == pytest.approx(days, abs=0.1)
    assert names[0] in reading.detail
    assert server.requests == [b""] * len(server.requests)  # nothing is asked of a server that is not trusted


def test_a_certificate_of_an_unknown_authority_is_untrusted(authority: Authority) -> None:
    with Server(answer(OK), authority.server(NAME)) as server:
        reading = poll(settings(server, None))
    assert reading.reason is Reason.TLS_UNTRUSTED


def test_without_verification_any_certificate_will_do_and_is_measured(authority: Authority) -> None:
    with Server(answer(OK), authority.server("autre.example", days=-3, self_signed=True)) as server:
        reading = poll(settings(server, None, verify=False))
    assert reading.state is State.UP, reading
    assert expires_in_days(reading) == pytest.approx(-3, abs=0.1)


@pytest.mark.parametrize(("days", "min_days", "state"), [(5, 14, State.DEGRADED), (5, 3, State.UP), (5, 0, State.UP)])
def test_a_certificate_that_ends_soon_is_a_warning(
    authority: Authority, days: int, min_days: int, state: State
) -> None:
    with Server(answer(OK), authority.server(NAME, days=days)) as server:
        reading = poll(settings(server, authority, min_days=min_days))
    assert reading.state is state, reading
    assert reading.reason is (Reason.TLS_EXPIRES_SOON if state is State.DEGRADED else Reason.OK)
    assert value(reading, "probe_success") == 1


def test_the_server_name_can_be_another_than_the_urls(authority: Authority) -> None:
    with Server(answer(OK), authority.server("autre.example")) as server:
        reading = poll(settings(server, authority, server_name="autre.example"))
    assert reading.state is State.UP, reading
    assert f"Host: {NAME}\r\n".encode() in server.requests[0]


def test_an_address_is_verified_against_the_addresses_of_the_certificate(authority: Authority) -> None:
    for name, reason in (("127.0.0.1", Reason.OK), ("127.0.0.2", Reason.TLS_NAME_MISMATCH)):
        with Server(answer(OK), authority.server(name)) as server:
            assert poll(settings(server, authority, server.url)).reason is reason


def test_a_server_that_does_not_finish_the_handshake_times_out(authority: Authority) -> None:
    with Server(hang) as server:
        reading = poll(settings(server, authority), timeout=300)
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TIMEOUT)
    assert "TLS" in reading.detail
    assert value(reading, "probe_http_duration_seconds", phase="tls") > 0


def test_a_server_that_hangs_up_in_the_handshake_is_named(authority: Authority) -> None:
    def hang_up(connection: socket.socket, _: Server) -> None:
        connection.recv(65536)

    with Server(hang_up) as server:
        assert poll(settings(server, authority)).reason is Reason.TLS_HANDSHAKE


def test_a_server_with_old_tls_only_is_a_failed_handshake(authority: Authority) -> None:
    context = authority.server(NAME)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Server(answer(OK), context) as server:
        assert poll(settings(server, authority)).reason is Reason.TLS_HANDSHAKE


def test_a_handshake_is_whole_in_every_poll(authority: Authority) -> None:
    """No session is resumed: an expired certificate must not hide behind a ticket."""
    with Server(answer(OK), authority.server(NAME)) as server:
        first = attempt_all([check(settings(server, authority))] * 3)
    assert all(isinstance(reading, Reading) and reading.state is State.UP for reading in first)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_ca_file_that_cannot_be_used_is_ours_not_the_targets(
    authority: Authority, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with Server(answer(OK), authority.server(NAME)) as server:
        url = HttpSettings(server.url, tls=TlsSettings(ca_file=str(file)))
        (error,) = attempt_all([check(url)])
    assert isinstance(error, CollectError)
    assert error.reason is Reason.CREDENTIAL
    assert str(file) in error.detail


def test_contexts_are_shared_until_their_file_changes(authority: Authority, tmp_path: Path) -> None:
    contexts = Contexts()
    trusting = TlsSettings(ca_file=authority.file)
    first = contexts.get(trusting)
    assert contexts.get(replace(trusting, min_days=3, server_name=NAME)) is first
    other = Authority(tmp_path, "Other CA")
    assert contexts.get(TlsSettings(ca_file=other.file)) is not first
    Path(authority.file).write_bytes(Path(authority.file).read_bytes() + Path(other.file).read_bytes())
    renewed = contexts.get(trusting)
    assert renewed is not first
    assert renewed.cert_store_stats()["x509_ca"] == 2
    assert contexts.blind(trusting) is contexts.blind(trusting)
    assert contexts.blind(trusting).verify_mode is ssl.CERT_NONE
    assert first.verify_mode is ssl.CERT_REQUIRED


def test_a_directory_of_certificates_is_read_as_one(authority: Authority, tmp_path: Path) -> None:
    assert Contexts().get(TlsSettings(ca_file=str(tmp_path))).verify_mode is ssl.CERT_REQUIRED


def test_an_aborted_deadline_has_no_time_left() -> None:
    deadline = Deadline(10)
    woken: list[bool] = []
    deadline.on_abort(lambda: woken.append(True))
    deadline.abort()
    assert deadline.left == 0
    with pytest.raises(TimeoutError):
        deadline.remaining()
    deadline.on_abort(lambda: woken.append(True))
    assert woken == [True, True]
