"""Contexts by settings, certificates as blackbox_exporter writes them, and our own certificate shown."""

import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from collectors.net.certificates import _go_name
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline
from collectors.net.metrics import _go, tls_families
from collectors.net.tls import Handshaker, TlsFacts
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import Secret, TlsSettings
from tests.collectors.http.servers import Authority, Server


def greet(connection: socket.socket, server: Server) -> None:
    """Say who is there, by certificate, and hang up."""
    names = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    connection.sendall(repr(names).encode() + b"\n")


def handshake(server: Server, settings: TlsSettings, facts: TlsFacts) -> bytes:
    """What the server says over TLS."""
    shaker = Handshaker(Contexts(), Deadline(5), lambda _: None)
    connection = socket.create_connection(("127.0.0.1", server.port))
    with shaker.secure(connection, "127.0.0.1", settings, facts) as secured:
        return secured.recv(65536)


def test_certificate_and_key_are_shown_from_files_or_as_they_stand(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.server("127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    cert, key = authority.files("netmon.example", stem="client")
    files = TlsSettings(ca_file=authority.file, cert_file=cert, key_file=key, max_version="TLS12")
    inline = TlsSettings(
        ca=Path(authority.file).read_text(), cert=Path(cert).read_text(), key=Secret(Path(key).read_text()),
        max_version="TLS12",
    )  # fmt: skip
    with Server(greet, context) as server:
        for settings in (files, inline):
            facts = TlsFacts()
            assert b"netmon.example" in handshake(server, settings, facts)
            assert facts.version == "TLSv1.2"
        with pytest.raises(OSError):  # an alert, or the end
            handshake(server, TlsSettings(ca_file=authority.file, max_version="TLS12"), TlsFacts())


@pytest.mark.parametrize(
    "wrong",
    [
        {"ca": "no certificate"},
        {"cert": "no certificate", "key": Secret("no key")},
        {"cert_file": "/nonexistent/cert.pem", "key_file": "/nonexistent/key.pem"},
        {"ca_file": "/nonexistent/ca.pem"},
    ],
)
def test_what_cannot_be_used_is_ours(wrong: dict[str, object]) -> None:
    with pytest.raises(CollectError) as caught:
        Contexts().get(TlsSettings(**wrong))  # type: ignore[arg-type]
    assert caught.value.reason is Reason.CREDENTIAL
    assert "no key" not in caught.value.detail


def test_contexts_differ_where_settings_do(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    contexts, settings = Contexts(), TlsSettings(ca_file=authority.file)
    made = contexts.get(settings)
    assert contexts.get(replace(settings, server_name="a.example", min_days=3)) is made
    assert contexts.get(replace(settings, max_version="TLS12")) is not made
    assert contexts.get(settings, ("http/1.1",)) is not made
    assert contexts.get(replace(settings, verify=False)).verify_mode is ssl.CERT_NONE


def test_versions_bound_what_is_offered(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.server("127.0.0.1")
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with Server(greet, context) as server:
        facts = TlsFacts()
        handshake(server, TlsSettings(ca_file=authority.file, min_version="TLS13"), facts)
        assert facts.version == "TLSv1.3"
        with pytest.raises(ssl.SSLError):
            handshake(server, TlsSettings(ca_file=authority.file, max_version="TLS12"), TlsFacts())


def test_the_chain_up_to_the_authority_is_told_where_it_was_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Server(greet, authority.server("127.0.0.1")) as server:
        verified, blind = TlsFacts(), TlsFacts()
        handshake(server, TlsSettings(ca_file=authority.file), verified)
        handshake(server, TlsSettings(verify=False), blind)
    assert len(verified.sent) == 1
    assert len(verified.verified) == 2
    assert not blind.verified
    assert blind.sent == verified.sent
    names = {family.name for family in tls_families(blind)}
    assert "probe_ssl_last_chain_info" in names
    assert "probe_ssl_last_chain_expiry_timestamp_seconds" not in names


def test_a_refused_certificate_is_read_on_a_second_connection(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Server(greet, authority.server("127.0.0.1", days=-1)) as server:
        facts = TlsFacts()
        shaker = Handshaker(Contexts(), Deadline(5), lambda _: None)

        def dial() -> socket.socket:
            return socket.create_connection(("127.0.0.1", server.port))

        with pytest.raises(ssl.SSLCertVerificationError):
            shaker.secure(dial(), "127.0.0.1", TlsSettings(ca_file=authority.file), facts, dial)
    assert facts.sent[0].names == ("127.0.0.1",)


def test_a_silent_server_does_not_outlast_the_deadline() -> None:
    def hold(listener: socket.socket) -> None:
        with suppress(OSError), listener.accept()[0] as connection:
            connection.recv(65536)
            connection.recv(65536)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        holder = threading.Thread(target=hold, args=(listener,), daemon=True)
        holder.start()
        shaker = Handshaker(Contexts(), Deadline(0.1), lambda _: None)
        with pytest.raises(TimeoutError):
            shaker.secure(socket.create_connection(listener.getsockname()), "a", TlsSettings(), TlsFacts())
        holder.join(5)


OID = x509.NameOID


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([(OID.COUNTRY_NAME, "FR"), (OID.ORGANIZATION_NAME, "A, B"), (OID.COMMON_NAME, "c")], r"CN=c,O=A\, B,C=FR"),
        ([(OID.COMMON_NAME, "c"), (OID.COUNTRY_NAME, "FR")], "CN=c,C=FR"),  # Go's order, whatever the certificate's
        (
            [(OID.ORGANIZATIONAL_UNIT_NAME, "x"), (OID.ORGANIZATIONAL_UNIT_NAME, "y"), (OID.COMMON_NAME, "#c ")],
            "CN=\\#c\\ ,OU=x+OU=y",
        ),
        ([(OID.LOCALITY_NAME, "Bègles"), (OID.SERIAL_NUMBER, "1")], "SERIALNUMBER=1,L=Bègles"),
    ],
)
def test_names_are_written_as_go_writes_them(parts: list[tuple[x509.ObjectIdentifier, str]], text: str) -> None:
    assert _go_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])) == text


@given(st.lists(st.tuples(st.sampled_from([OID.COMMON_NAME, OID.TITLE]), st.text(min_size=1, max_size=30)), max_size=4))
def test_any_name_is_one_printable_line(parts: list[tuple[x509.ObjectIdentifier, str]]) -> None:
    with suppress(ValueError):  # names the library itself does not make
        name = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
        assert _go_name(name).isprintable()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
        ("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"),
        ("DHE-RSA-AES128-SHA", "DHE-RSA-AES128-SHA"),
    ],
)
def test_cipher_suites_are_named_as_go_names_them(ours: str, theirs: str) -> None:
    assert _go(ours) == theirs
