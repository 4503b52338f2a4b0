"""``web.config_file``: what Prometheus' exporters read is read alike, what is wrong has its line."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from netmon.config import ConfigError, load
from netmon.config.webyml import read_web_file
from tests.collectors.http.servers import Authority

HASH = "$2y$05$" + "a" * 53


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("web")
    authority = Authority(made, "ca")
    authority.files("localhost")
    authority.files("other", stem="other")
    return made


def read(folder: Path, text: str) -> list[str]:
    file = folder / "web.yml"
    file.write_text(text, encoding="utf-8")
    return [str(problem) for problem in read_web_file(file, "web.yml").problems]


def test_a_whole_file_is_understood(folder: Path) -> None:
    file = folder / "whole.yml"
    file.write_text(
        f"""tls_server_config:
  cert_file: server.pem
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.pem
  client_allowed_sans: [prometheus.example]
  min_version: TLS12
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP384]
http_server_config:
  http2: true
  headers: {{Strict-Transport-Security: max-age=31536000, X-Frame-Options: SAMEORIGIN, X-XSS-Protection: ""}}
basic_auth_users: {{prométhée: {HASH}}}
rate_limit: {{interval: 1s, burst: 20}}
"""
    )
    found = read_web_file(file, "whole.yml")
    assert found.problems == ()
    access = found.access
    assert access.tls is not None
    assert access.tls.verify_mode is ssl.CERT_REQUIRED
    assert [each["name"] for each in access.tls.get_ciphers() if each["protocol"] != "TLSv1.3"] == [
        "ECDHE-ECDSA-AES256-GCM-SHA384"
    ]
    assert access.headers == {"Strict-Transport-Security": "max-age=31536000", "X-Frame-Options": "SAMEORIGIN"}
    assert (access.users, access.allowed_sans) == ({"prométhée": HASH}, {"prometheus.example"})
    assert (access.interval, access.burst) == (1000, 20)
    assert [path.name for path in found.files] == ["whole.yml", "server.pem", "server.key", "ca.pem"]
    assert [str(note) for note in found.notes] == [
        "whole.yml:13:10: http_server_config.http2: netmon speaks HTTP/1.1 only; clients need not care"
    ]
    assert HASH not in repr(access)


def test_certificate_and_key_may_stand_in_the_file(folder: Path) -> None:
    pem = {name: (folder / name).read_text().replace("\n", "\n    ") for name in ("server.pem", "server.key")}
    text = f"tls_server_config:\n  cert: |\n    {pem['server.pem']}\n  key: |\n    {pem['server.key']}\n"
    assert read(folder, text) == []


@pytest.mark.parametrize("text", ["", "tls_server_config:\nbasic_auth_users:\n", "rate_limit: {interval: 0}\n"])
def test_a_file_that_asks_for_nothing_changes_nothing(folder: Path, text: str) -> None:
    assert read(folder, text) == []


TLS = "tls_server_config: {cert_file: server.pem, key_file: server.key, "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tls_config: {}\n", "web.yml:1:1: tls_config: unknown key; did you mean 'tls_server_config'?"),
        (
            "tls_server_config: {cert_file: server.pem}\n",
            "web.yml:1:20: tls_server_config: is required beside the certificate: key_file",
        ),
        (
            "tls_server_config: {key_file: server.key}\n",
            "web.yml:1:20: tls_server_config: is required beside the key: cert_file",
        ),
        (
            "tls_server_config: {cert_file: nowhere.pem, key_file: server.key}\n",
            "web.yml:1:32: tls_server_config.cert_file: the file cannot be read: No such file or directory",
        ),
        (
            "tls_server_config: {cert_file: server.pem, key_file: other.key}\n",
            "web.yml:1:54: tls_server_config.key_file: is not the key of the certificate",
        ),
        (
            "tls_server_config: {cert_file: web.yml, key_file: server.key}\n",
            "web.yml:1:51: tls_server_config.key_file: the certificate or the key is not in PEM form",
        ),
        (
            TLS + "min_version: TLS10}\n",
            (
                "web.yml:1:79: tls_server_config.min_version: expected one of TLS12, TLS13, found 'TLS10'; "
                "did you mean 'TLS13'?"
            ),
        ),
        (
            TLS + "min_version: TLS13, max_version: TLS12}\n",
            "web.yml:1:79: tls_server_config.min_version: cannot be newer than max_version (TLS12)",
        ),
        (
            TLS + "client_auth_type: RequireAndVerifyClientCert}\n",
            (
                "web.yml:1:84: tls_server_config.client_auth_type: needs client_ca_file: nobody vouches for clients "
                "otherwise"
            ),
        ),
        (
            TLS + "client_auth_type: RequireAnyClientCert}\n",
            (
                "tls_server_config.client_auth_type: expected one of NoClientCert, VerifyClientCertIfGiven, "
                "RequireAndVerifyClientCert, found 'RequireAnyClientCert'; did you mean 'RequireAndVerifyClientCert'?"
            ),
        ),
        (
            TLS + "client_ca_file: ca.pem}\n",
            (
                "web.yml:1:82: tls_server_config.client_ca_file: has no effect without client_auth_type: "
                "RequireAndVerifyClientCert"
            ),
        ),
        (
            TLS + "client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem, client_allowed_sans: [a]}\n",
            "web.yml:1:154: tls_server_config.client_allowed_sans: needs client_auth_type: RequireAndVerifyClientCert",
        ),
        (
            TLS + "client_auth_type: VerifyClientCertIfGiven, client_ca_file: server.key}\n",
            "web.yml:1:125: tls_server_config.client_ca_file: holds no certificate in PEM form",
        ),
        ("basic_auth_users: {alice: secret}\n", "web.yml:1:27: basic_auth_users.alice: expected a bcrypt hash"),
        ("basic_auth_users: {'a:b': x}\n", "web.yml:1:20: basic_auth_users.a:b: expected a user name without colon"),
        ("http_server_config: {headers: {X-Frame-Options: no}}\n", "expected deny or sameorigin, found 'no'"),
        ("http_server_config: {headers: {X-Whatever: a}}\n", "headers.X-Whatever: unknown key"),
        ("rate_limit: {interval: 1s}\n", "web.yml:1:13: rate_limit.burst: is required beside an interval"),
        ("a: [\n", "web.yml:2:1: not valid YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder: Path, text: str, message: str) -> None:
    first = read(folder, text)[0]
    assert message in first
    assert "secret" not in first


def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password(folder: Path) -> None:
    key = serialization.load_pem_private_key((folder / "server.key").read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"x")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    (folder / "locked.key").write_bytes(pem)
    assert read(folder, "tls_server_config: {cert_file: server.pem, key_file: locked.key}\n") == [
        "web.yml:1:54: tls_server_config.key_file: is encrypted: netmon cannot ask for its password"
    ]


def test_check_config_tells_what_is_wrong_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text("basic_auth: {}\n")
    (tmp_path / "netmon.yml").write_text("web: {config_file: web.yml}\n")
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "netmon.yml")
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.path) == (str(tmp_path / "web.yml"), 1, "basic_auth")
