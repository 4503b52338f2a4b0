"""netmon's ``/probe`` beside Debian's blackbox_exporter: the same modules on the same servers say the same.

Whatever differs on purpose is in the table of ``collectors/http/README.md``; ``EXPLAINED`` has the same rows.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from socket import socket
from typing import NamedTuple

import pytest

from tests.collectors.dns.servers import Nsd, nsd
from tests.collectors.http.servers import Authority, Server, answer, drip, hang, reset, with_body
from tests.collectors.http.test_peer_nginx import free_ports, wait_for
from tests.peers.blackbox_exporter import Answer, Pair, both, differences
from tests.peers.programs import free_port, need, running

pytestmark = pytest.mark.peer
NAME = "portail.invalid"

HTTP = {
    "http": "",
    "stay": "follow_redirects: false",
    "moved": "follow_redirects: false, valid_status_codes: [301]",
    "trusted": "tls_config: {ca_file: ca.pem}",
    "blind": "tls_config: {insecure_skip_verify: true}",
    "named": "tls_config: {ca_file: ca.pem, server_name: portail.invalid}",
    "misnamed": "tls_config: {ca_file: ca.pem, server_name: other.invalid}",
    "old_tls": "tls_config: {ca_file: ca.pem, max_version: TLS12}",
    "shown": "tls_config: {ca_file: ca.pem, cert_file: us.pem, key_file: us.key}",
    "no_tls": "fail_if_ssl: true, tls_config: {insecure_skip_verify: true}",
    "only_tls": "fail_if_not_ssl: true",
    "wants": "fail_if_body_not_matches_regexp: [Bienvenue]",
    "wants_other": "fail_if_body_not_matches_regexp: [Welcome]",
    "shuns": "fail_if_body_matches_regexp: ['(?i)bienvenue']",
    "server": "fail_if_header_not_matches: [{header: Server, regexp: nginx}]",
    "no_server": "fail_if_header_matches: [{header: Server, regexp: nginx}]",
    "missing": "fail_if_header_not_matches: [{header: X-None, regexp: x}]",
    "missing_ok": "fail_if_header_not_matches: [{header: X-None, regexp: x, allow_missing: true}]",
    "gzip": "compression: gzip, headers: {Accept-Encoding: gzip}",
    "small": "body_size_limit: 100B",
    "version": "valid_http_versions: [HTTP/1.1]",
    "old_version": "valid_http_versions: [HTTP/1.0]",
    "statuses": "valid_status_codes: [404, 503]",
    "post": "method: POST, headers: {X-A: b}, body: 'a=1&b=é'",
    "basic": "basic_auth: {username: netmon, password: hush}",
    "bearer": "bearer_token: hush",
    "scheme": "authorization: {type: Token, credentials: hush}",
    "proxied": "proxy_url: 'PROXY'",
    "proxied_name": "proxy_url: 'PROXY', skip_resolve_phase_with_proxy: true",
    "ip6": "preferred_ip_protocol: ip6, ip_protocol_fallback: false",
}
TCP = {
    "tcp": "",
    "tls": "tls: true, tls_config: {ca_file: ca.pem, server_name: portail.invalid}",
    "tls_blind": "tls: true, tls_config: {insecure_skip_verify: true}",
    "tls_untrusted": "tls: true",
    "banner": "query_response: [{expect: '^SSH-2.0-'}, {send: 'SSH-2.0-netmon'}]",
    "smtp": "query_response: [{expect: '^220 ([^ ]+) ESMTP', send: 'EHLO ${1}'}, {expect: '^250 STARTTLS'},"
    " {send: STARTTLS}, {expect: ^220}, {starttls: true}, {send: EHLO again}, {expect: ^250}],"
    " tls_config: {ca_file: ca.pem, server_name: portail.invalid}",
}
_ASKED = "query_name: example.org, query_type"
DNS = {
    "soa": f"{_ASKED}: SOA",
    "any": "query_name: example.org, transport_protocol: tcp",
    "mx": f"{_ASKED}: MX",
    "tcp_ns": f"{_ASKED}: NS, transport_protocol: tcp, recursion_desired: false",
    "big": "query_name: big.example.org, query_type: TXT, transport_protocol: tcp",
    "over_tls": f"{_ASKED}: SOA, transport_protocol: tcp, dns_over_tls: true,"
    " tls_config: {ca_file: NSD_CA, server_name: dns.example}",
    "over_tls_misnamed": f"{_ASKED}: SOA, transport_protocol: tcp, dns_over_tls: true,"
    " tls_config: {ca_file: NSD_CA, server_name: other.example}",
    "nothing": "query_name: nothing.example.org, query_type: A",
    "nothing_is_right": "query_name: nothing.example.org, query_type: A, valid_rcodes: [NXDOMAIN]",
    "refused": "query_name: example.com, query_type: A",
    "chaos": "query_name: example.org, query_type: TXT, query_class: CH",
    "answer": f"{_ASKED}: NS, validate_answer_rrs: {{fail_if_none_matches_regexp: ['ns2[.]example']}}",
    "answer_not": f"{_ASKED}: NS, validate_answer_rrs: {{fail_if_not_matches_regexp: ['ns2[.]example']}}",
    "answer_all": f"{_ASKED}: NS, validate_answer_rrs: {{fail_if_all_match_regexp: ['IN\\tNS']}}",
    "answer_any": f"{_ASKED}: NS, validate_answer_rrs: {{fail_if_matches_regexp: ['300\\tIN\\tNS\\tns2']}}",
    "authority": f"{_ASKED}: SOA, validate_authority_rrs: {{fail_if_matches_regexp: ['NS\\tns[.]']}}",
    "additional": f"{_ASKED}: NS, validate_additional_rrs: {{fail_if_none_matches_regexp: ['AAAA']}}",
}
OTHER = """\
  short: {prober: http, timeout: 1s, http: {preferred_ip_protocol: ip4}}
  icmp: {prober: icmp, timeout: 2s, icmp: {preferred_ip_protocol: ip4}}
  icmp6: {prober: icmp, timeout: 2s}
  icmp_big: {prober: icmp, timeout: 2s, icmp: {preferred_ip_protocol: ip4, payload_size: 1000, dont_fragment: true}}
  icmp_ttl: {prober: icmp, timeout: 2s, icmp: {preferred_ip_protocol: ip4, ttl: 1}}
"""


def module(name: str, prober: str, keys: str) -> str:
    said = keys if "preferred_ip_protocol" in keys else f"preferred_ip_protocol: ip4, {keys}".rstrip(", ")
    return f"  {name}: {{prober: {prober}, timeout: 2s, {prober}: {{{said}}}}}\n"


MODULES = "modules:\n" + OTHER
MODULES += "".join(module(name, "http", keys) for name, keys in HTTP.items())
MODULES += "".join(module(name, "tcp", keys) for name, keys in TCP.items())
MODULES += "".join(module(f"dns_{name}", "dns", keys) for name, keys in DNS.items())

NGINX = """
daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/error.log;
events {{}}
http {{
  access_log off; gzip on; gzip_types text/html; gzip_min_length 1; root {root}/www;
  client_body_temp_path {root}/tmp; proxy_temp_path {root}/tmp; fastcgi_temp_path {root}/tmp;
  uwsgi_temp_path {root}/tmp; scgi_temp_path {root}/tmp; server_tokens off;
  server {{
    listen 127.0.0.1:{plain}; listen [::1]:{plain}; server_name {name};
    location = /old {{ return 301 /; }} location = /busy {{ return 503; }}
    location = /round {{ return 302 /round; }} location = /empty {{ return 204; }}
    location = /to-tls {{ return 302 https://127.0.0.1:{tls}/; }}
    location = /plain.txt {{ gzip off; }}
  }}
  server {{ listen 127.0.0.1:{tls} ssl; ssl_certificate {cert}; ssl_certificate_key {key}; }}
  server {{ listen 127.0.0.1:{h2} ssl http2; ssl_certificate {cert}; ssl_certificate_key {key}; }}
  server {{ listen 127.0.0.1:{old} ssl; ssl_certificate {old_cert}; ssl_certificate_key {old_key}; }}
}}
"""


class Site(NamedTuple):
    """Ports of nginx: plain, TLS, TLS with HTTP/2, TLS with a certificate that has expired."""

    plain: int
    tls: int
    h2: int
    old: int


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blackbox_exporter")


@pytest.fixture(scope="module")
def authority(root: Path) -> Authority:
    made = Authority(root)
    (root / "ca.pem").write_bytes(Path(made.file).read_bytes())
    made.files("us.invalid", stem="us")
    return made


@pytest.fixture(scope="module")
def site(root: Path, authority: Authority) -> Iterator[Site]:
    (root / "www").mkdir()
    (root / "www" / "index.html").write_text("<h1>Bienvenue à Bègles</h1>" * 200, encoding="utf-8")
    (root / "www" / "plain.txt").write_text("Bienvenue\n", encoding="utf-8")
    cert, key = authority.files(NAME, "127.0.0.1")
    old_cert, old_key = authority.files(NAME, "127.0.0.1", days=-3, stem="old")
    ports = Site(*free_ports(4))
    files = {"cert": cert, "key": key, "old_cert": old_cert, "old_key": old_key}
    (root / "nginx.conf").write_text(NGINX.format(root=root, name=NAME, **files, **ports._asdict()))
    program = need("nginx", "nginx-light")
    with running([program, "-p", str(root), "-c", str(root / "nginx.conf")], root) as process:
        wait_for(ports.plain, process, root)
        yield ports


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nsd]:
    with nsd(tmp_path_factory.mktemp("nsd")) as server:
        yield server


@pytest.fixture(scope="module")
def proxy() -> Iterator[Server]:
    with Server(answer(with_body(b"Bienvenue", "Server: proxy"))) as server:
        yield server


@pytest.fixture(scope="module")
def pair(root: Path, site: Site, names: Nsd, proxy: Server) -> Iterator[Pair]:
    modules = MODULES.replace("NSD_CA", names.ca_file).replace("PROXY", proxy.url)
    with both(root, modules) as running_pair:
        yield running_pair


# --- What may differ --------------------------------------------------------------------------------------------------

Explanation = Callable[[Answer, Answer], bool]


def _was_refused(ours: Answer, theirs: Answer) -> bool:
    """The certificate was refused: only netmon tells of it."""
    return theirs.value("probe_success") == 0 and not any(name.startswith("probe_ssl") for name, _ in theirs.values)


def _is_dns(ours: Answer, theirs: Answer) -> bool:
    """Nothing of TLS is told of name servers there."""
    return ("probe_dns_query_succeeded", ()) in theirs.values


def _was_not_verified(ours: Answer, theirs: Answer) -> bool:
    return (
        not _is_dns(ours, theirs) and theirs.value("probe_ssl_last_chain_expiry_timestamp_seconds") == -62_135_596_800
    )


def _failed(ours: Answer, theirs: Answer) -> bool:
    return ours.value("probe_success") == theirs.value("probe_success") == 0


def _speaks_http2(ours: Answer, theirs: Answer) -> bool:
    return (ours.value("probe_http_version"), theirs.value("probe_http_version")) == (1.1, 2.0)


def _has_no_address(ours: Answer, theirs: Answer) -> bool:
    """Phases not reached: 0 with us, absent there."""
    return ours.value("probe_ip_protocol") == 0 and not theirs.values.get(("probe_ip_protocol", ()))


def _looks_nothing_up(ours: Answer, theirs: Answer) -> bool:
    return ours.value("probe_ip_protocol") == 0 and ("probe_ip_protocol", ()) not in theirs.values


def _always(ours: Answer, theirs: Answer) -> bool:
    return True


EXPLAINED: Mapping[str, Explanation] = {
    r"probe_tls_cipher_info.*": _always,  # of releases since 0.25
    r"probe_ssl_last_chain_info.*": _always,  # with serialnumber since 0.25; compared without below
    r"probe_ssl_earliest_cert_expiry": _was_refused,
    r"probe_tls_version_info.*": _was_refused,
    r"probe_ssl_last_chain_expiry_timestamp_seconds": _was_not_verified,
    r"probe_(ssl|tls)_.*": _is_dns,
    r"probe_http_version": _speaks_http2,
    r"probe_http_duration_seconds\{.*": _has_no_address,
}
"""Metrics, and when they may differ."""


def unexplained(ours: Answer, theirs: Answer, more: Mapping[str, Explanation] | None = None) -> dict[str, object]:
    """What differs without being told in the table."""
    known = {**EXPLAINED, **(more or {})}
    return {
        name: values
        for name, values in differences(ours, theirs).items()
        if not any(re.fullmatch(pattern, name) and why(ours, theirs) for pattern, why in known.items())
    }


def chain_info(told: Answer) -> list[dict[str, str]]:
    """The labels of the server's certificate that release 0.23 has."""
    found = [dict(labels) for name, labels in told.values if name == "probe_ssl_last_chain_info"]
    return [{key: value for key, value in labels.items() if key != "serialnumber"} for labels in found]


def agree(pair: Pair, module_name: str, target: str, success: int, **query: str) -> None:
    """Both say the same, and that it is a success or not."""
    ours, theirs = pair.probe(module_name, target, **query)
    assert theirs.value("probe_success") == success, theirs.text
    assert unexplained(ours, theirs) == {}
    if chain_info(theirs):
        assert chain_info(ours) == chain_info(theirs)


# --- HTTP -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "path", "success"),
    [
        ("http", "", 1), ("http", "plain.txt", 1), ("http", "old", 1), ("http", "empty", 1), ("http", "busy", 0),
        ("http", "nothing", 0), ("statuses", "busy", 1), ("statuses", "nothing", 1), ("statuses", "", 0),
        ("wants", "", 1), ("wants_other", "", 0), ("shuns", "", 0), ("server", "", 1), ("no_server", "", 0),
        ("missing", "", 0), ("missing_ok", "", 1), ("gzip", "", 1), ("gzip", "plain.txt", 0), ("small", "", 0),
        ("small", "plain.txt", 1), ("version", "", 1), ("old_version", "", 0), ("only_tls", "", 0), ("no_tls", "", 1),
        ("trusted", "to-tls", 1), ("http", "to-tls", 0), ("post", "empty", 1),
    ],
)  # fmt: skip
def test_nginx_is_told_alike(pair: Pair, site: Site, name: str, path: str, success: int) -> None:
    agree(pair, name, f"127.0.0.1:{site.plain}/{path}", success)


@pytest.mark.parametrize(
    ("name", "port", "success"),
    [
        ("trusted", "tls", 1), ("trusted", "h2", 1), ("trusted", "old", 0), ("http", "tls", 0), ("blind", "tls", 1),
        ("blind", "old", 1), ("named", "tls", 1), ("misnamed", "tls", 0), ("old_tls", "tls", 1), ("no_tls", "tls", 0),
        ("shown", "tls", 1), ("http", "plain", 0),
    ],
)  # fmt: skip
def test_nginx_over_tls_is_told_alike(pair: Pair, site: Site, name: str, port: str, success: int) -> None:
    agree(pair, name, f"https://127.0.0.1:{getattr(site, port)}/", success)


@pytest.mark.parametrize(("hostname", "success"), [("portail.invalid", 1), ("other.invalid", 0)])
def test_the_parameter_hostname_means_the_same(pair: Pair, site: Site, hostname: str, success: int) -> None:
    agree(pair, "trusted", f"https://127.0.0.1:{site.tls}/", success, hostname=hostname)


def test_ipv6_is_told_alike(pair: Pair, site: Site) -> None:
    agree(pair, "ip6", f"http://[::1]:{site.plain}/", 1)
    agree(pair, "ip6", f"http://127.0.0.1:{site.plain}/", 0)


@pytest.mark.parametrize("name", ["stay", "moved"])
def test_a_redirect_that_is_not_followed_is_told_alike(pair: Pair, site: Site, name: str) -> None:
    ours, theirs = pair.probe(name, f"127.0.0.1:{site.plain}/old")
    assert theirs.value("probe_success") == (name == "moved")
    assert unexplained(ours, theirs, {"probe_http_uncompressed_body_length": _always}) == {}  # we read it


def test_redirects_without_end_fail_both(pair: Pair, site: Site) -> None:
    ours, theirs = pair.probe("http", f"127.0.0.1:{site.plain}/round")
    assert unexplained(ours, theirs, {"probe_http_content_length": _failed}) == {}  # of the last redirect, there


FAULTS: Mapping[str, Callable[[socket, Server], None]] = {
    "nothing is said": hang,
    "the connection is reset": reset,
    "garbage": answer(b"garbage\r\n\r\n"),
    "the connection is closed": answer(b""),
    "the body is cut short": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"),
    "headers without end": drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "a body without end": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
    "an unknown status": answer(with_body(b"x", status="299 Odd")),
    "an old version": answer(b"HTTP/1.0 200 OK\r\n\r\nBienvenue"),
    "a date": answer(with_body(b"x", "Last-Modified: Mon, 23 Nov 2026 17:00:00 GMT")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_is_at_fault_is_told_alike(pair: Pair, fault: str) -> None:
    with Server(FAULTS[fault]) as server:
        ours, theirs = pair.probe("short", server.url)
    # What came before the fault is counted there, to the byte; how much that was is a matter of time.
    assert unexplained(ours, theirs, {"probe_http_uncompressed_body_length": _failed}) == {}


def test_a_port_that_is_closed_is_told_alike(pair: Pair) -> None:
    agree(pair, "http", f"http://127.0.0.1:{free_port()}/", 0)


def test_a_name_that_leads_nowhere_is_told_alike(pair: Pair) -> None:
    agree(pair, "http", "http://nobody.invalid/", 0)


@pytest.mark.parametrize("name", ["http", "post", "basic", "bearer", "scheme", "gzip"])
def test_the_same_is_asked(pair: Pair, name: str) -> None:
    with Server(answer(with_body(b"x"))) as server:
        pair.probe(name, server.url)
        mine, other = (sorted(head.partition(b"\r\n\r\n")[0].split(b"\r\n")) for head in server.requests)
    assert_same_request(mine, other)


def test_a_password_in_a_url_is_sent_alike(pair: Pair) -> None:
    with Server(answer(with_body(b"x"))) as server:
        pair.probe("http", server.url.replace("//", "//user:p%40ss@"))
        mine, other = (sorted(head.partition(b"\r\n\r\n")[0].split(b"\r\n")) for head in server.requests)
    assert_same_request(mine, other)
    assert b"Authorization: Basic dXNlcjpwQHNz" in other


def assert_same_request(mine: list[bytes], other: list[bytes]) -> None:
    """All lines but those that say who asks, and what goes without saying."""
    own = re.compile(rb"(?i:user-agent: .*|connection: .*|accept: [*]/[*]|accept-encoding: (identity|gzip))")
    assert [line for line in mine if not own.fullmatch(line)] == [line for line in other if not own.fullmatch(line)]


@pytest.mark.parametrize(
    ("name", "target"), [("proxied", "http://127.0.0.1:7/a"), ("proxied_name", "http://portail.invalid:7/a")]
)
def test_a_proxy_is_asked_alike(pair: Pair, proxy: Server, name: str, target: str) -> None:
    proxy.requests.clear()
    ours, theirs = pair.probe(name, target)
    assert theirs.value("probe_success") == 1
    # Where the proxy looks the name up, there is no address to tell of: 0 with us, absent there.
    assert unexplained(ours, theirs, {"probe_(ip_.*|dns_lookup.*)": _looks_nothing_up}) == {}
    assert [head.split(b"\r\n")[0] for head in proxy.requests] == [f"GET {target} HTTP/1.1".encode()] * 2


# --- DNS --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "success"),
    [
        ("soa", 1), ("any", 1), ("mx", 1), ("tcp_ns", 1), ("big", 1), ("nothing", 0), ("nothing_is_right", 1),
        ("refused", 0), ("chaos", 0), ("answer", 1), ("answer_not", 0), ("answer_all", 1), ("answer_any", 0),
        ("authority", 0), ("additional", 1),
    ],
)  # fmt: skip
def test_a_name_server_is_told_alike(pair: Pair, names: Nsd, name: str, success: int) -> None:
    agree(pair, f"dns_{name}", f"127.0.0.1:{names.port}", success)


@pytest.mark.parametrize(("name", "success"), [("over_tls", 1), ("over_tls_misnamed", 0)])
def test_a_name_server_over_tls_is_told_alike(pair: Pair, names: Nsd, name: str, success: int) -> None:
    agree(pair, f"dns_{name}", f"127.0.0.1:{names.tls_port}", success)


def test_a_name_server_that_is_not_there_is_told_alike(pair: Pair) -> None:
    agree(pair, "dns_soa", f"127.0.0.1:{free_port()}", 0)
    agree(pair, "dns_tcp_ns", f"127.0.0.1:{free_port()}", 0)
    agree(pair, "dns_soa", "nobody.invalid", 0)


# --- TCP and ICMP -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "port", "success"),
    [
        ("tcp", "plain", 1), ("tls", "tls", 1), ("tls", "old", 0), ("tls_blind", "tls", 1), ("tls_blind", "old", 1),
        ("tls_untrusted", "tls", 0), ("tls_blind", "plain", 0), ("banner", "plain", 0),
    ],
)  # fmt: skip
def test_ports_are_told_alike(pair: Pair, site: Site, name: str, port: str, success: int) -> None:
    agree(pair, name, f"127.0.0.1:{getattr(site, port)}", success)


def test_ports_that_nobody_listens_on_are_told_alike(pair: Pair) -> None:
    agree(pair, "tcp", f"127.0.0.1:{free_port()}", 0)
    agree(pair, "tcp", "nobody.invalid:25", 0)


@pytest.mark.parametrize(("greeting", "success"), [(b"SSH-2.0-OpenSSH_9\r\n", 1), (b"220 ESMTP\r\n", 0)])
def test_banners_are_told_alike(pair: Pair, greeting: bytes, success: int) -> None:
    def talk(connection: socket, _: Server) -> None:
        connection.sendall(greeting)
        connection.recv(100)

    with Server(talk) as server:
        agree(pair, "banner", f"127.0.0.1:{server.port}", success)


def test_starttls_is_told_alike(pair: Pair, authority: Authority) -> None:
    context = authority.server(NAME, stem="smtp")
    heard: list[bytes] = []

    def talk(connection: socket, _: Server) -> None:
        connection.sendall(b"220 mail.invalid ESMTP ready\r\n")
        heard.append(connection.recv(100))
        connection.sendall(b"250-mail.invalid\r\n250 STARTTLS\r\n")
        heard.append(connection.recv(100))
        connection.sendall(b"220 go ahead\r\n")
        with context.wrap_socket(connection, server_side=True) as secured:
            heard.append(secured.recv(100))
            secured.sendall(b"250 fine\r\n")
            secured.recv(100)

    with Server(talk) as server:
        agree(pair, "smtp", f"127.0.0.1:{server.port}", 1)
    assert heard == [b"EHLO mail.invalid\n", b"STARTTLS\n", b"EHLO again\n"] * 2


def test_openssl_is_told_alike(pair: Pair, authority: Authority, tmp_path: Path) -> None:
    cert, key = authority.files(NAME, stem="s_server")
    port = free_port()
    command = [need("openssl", "openssl"), "s_server", "-accept", f"127.0.0.1:{port}", "-cert", cert, "-key", key]
    (tmp_path / "page").write_text("HTTP/1.0 200 OK\r\n\r\nBienvenue\n")
    with running([*command, "-tls1_2", "-HTTP", "-naccept", "20"], tmp_path, cwd=tmp_path) as process:
        wait_for(port, process, tmp_path)
        agree(pair, "tls", f"127.0.0.1:{port}", 1)
        agree(pair, "tls_untrusted", f"127.0.0.1:{port}", 0)
        agree(pair, "named", f"https://127.0.0.1:{port}/page", 1)


@pytest.mark.parametrize(
    ("name", "target", "success"),
    [("icmp", "127.0.0.1", 1), ("icmp_big", "127.0.0.1", 1), ("icmp_ttl", "127.0.0.1", 1), ("icmp6", "::1", 1),
     ("icmp", "nobody.invalid", 0)],
)  # fmt: skip
def test_pings_are_told_alike(pair: Pair, name: str, target: str, success: int) -> None:
    agree(pair, name, target, success)


# --- The endpoint -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [{"module": "nope", "target": "x"}, {"module": "http"}, {"module": "tcp", "target": ""}]
)
def test_a_request_that_makes_no_sense_is_refused_in_the_same_words(pair: Pair, query: dict[str, str]) -> None:
    ours, theirs = pair.ours.get(query), pair.theirs.get(query)
    assert (ours.status, ours.text) == (theirs.status, theirs.text)
    assert theirs.status == 400


def test_a_header_that_is_no_number_is_refused_in_the_same_words(pair: Pair) -> None:
    query, header = {"module": "http", "target": "127.0.0.1"}, {"X_Prometheus_Scrape_Timeout_Seconds": "soon"}
    ours, theirs = pair.ours.get(query, **header), pair.theirs.get(query, **header)
    assert (ours.status, ours.text) == (theirs.status, theirs.text)


def test_debug_has_the_same_parts(pair: Pair, site: Site) -> None:
    ours, theirs = pair.probe("http", f"127.0.0.1:{site.plain}/", debug="true")
    parts = [re.findall(r"^[A-Z][a-z ]+:$", told.text, re.MULTILINE) for told in (ours, theirs)]
    assert parts[0] == parts[1]
    assert parts[1] == ["Logs for the probe:", "Metrics that would have been returned:", "Module configuration:"]


def test_strangers_are_asked_by_the_peer_only(pair: Pair) -> None:
    ours, theirs = pair.probe("icmp", "192.0.2.1")
    assert (ours.status, theirs.status) == (403, 200)
