"""``blackbox.yml`` files: all that modules may say, what is refused and with which words, and that no secret shows."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.config import Configuration, load
from netmon.config.blackboxyml import ProbeFiles
from netmon.errors import ConfigError, Problem
from netmon.settings import (
    AddressChoice,
    Authorization,
    BasicAuth,
    DnsSettings,
    HeaderMatch,
    HttpSettings,
    IcmpSettings,
    OAuth2,
    Proxy,
    QueryResponse,
    RecordRules,
    Secret,
    TcpSettings,
    TlsSettings,
)
from tests.config.good import write
from tests.config.test_mutations import SNIPPETS, quick
from tests.config.test_snmpyml import Mistake, mistakes

GOOD = Path(__file__).with_name("blackbox-good.yml").read_text(encoding="utf-8")


def read(directory: Path, text: str | bytes, name: str = "blackbox.yml") -> ProbeFiles:
    (directory / "secret-file").write_text("hidden in a file\n")
    (directory / "body.txt").write_text('{"a": "body"}\n')
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    files = ProbeFiles()
    files.read(path, name)
    return files


def said(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


@pytest.mark.parametrize("made", mistakes("blackbox-mistakes.txt"), ids=lambda made: made.title)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, made: Mistake) -> None:
    assert GOOD.count(made.old) == 1
    problems = said(read(tmp_path, GOOD.replace(made.old, made.new)).problems)
    assert problems == made.said
    assert not any("hidden" in problem for problem in problems)


def test_a_file_of_everything_has_nothing_wrong(tmp_path: Path) -> None:
    files = read(tmp_path, GOOD)
    assert (said(files.problems), len(files.library)) == ([], 13)
    assert files.library["http_everything"].source == "blackbox.yml:3"
    assert files.library["http_everything"].timeout == 61_500


def settings(directory: Path, name: str) -> object:
    return read(directory, GOOD).library[name].settings


def test_every_key_of_http_is_read(tmp_path: Path) -> None:
    assert settings(tmp_path, "http_everything") == HttpSettings(
        "", "POST",
        (
            ("Host", "vhost.example.org"),
            ("X-Api-Key", Secret("hidden in a header")),
            ("Accept-Encoding", "br;q=0.5, gzip"),
            ("X-Long", Secret("one, two, hidden in a list, hidden in a file")),
        ),
        Secret('{"a": 1}'), (200, 204), ("(?a:\\AWelcome\\Z)",), ("(?a:(?i-ms:maintenance))", "(?a:error \\d+)"),
        follow_redirects=False, max_bytes=1_572_864,
        tls=TlsSettings(
            verify=False, ca_file=f"{tmp_path}/certs/ca.pem", cert_file=f"{tmp_path}/certs/us.pem",
            key_file="/etc/us.key", server_name="tls.example.org", min_version="TLS12", max_version="TLS13",
        ),
        expected_versions=("HTTP/1.1", "HTTP/2.0"),
        header_matches=(HeaderMatch("Content-Type", "(?a:\\Atext/html)"),),
        header_not_matches=(HeaderMatch("Set-Cookie", "(?a:.*)", allow_missing=True),),
        fail_if_not_tls=True, compression="gzip", auth=BasicAuth("netmon", Secret("hidden password")),
        addresses=AddressChoice("ip4", fallback=False),
    )  # fmt: skip


def test_what_is_not_said_is_as_in_blackbox_exporter(tmp_path: Path) -> None:
    usual = AddressChoice("ip6")
    assert settings(tmp_path, "http_plain") == HttpSettings(
        "", addresses=usual, http2=True, max_bytes=0, compression="identity"
    )
    assert settings(tmp_path, "tcp_plain") == TcpSettings("", 0, addresses=usual)
    assert settings(tmp_path, "icmp_plain") == IcmpSettings("", payload=28, ttl=64, addresses=usual)
    assert settings(tmp_path, "dns_plain") == DnsSettings("", "example.org", addresses=usual)


def test_expressions_over_json_are_read(tmp_path: Path) -> None:
    read_so = settings(tmp_path, "http_json")
    assert isinstance(read_so, HttpSettings)
    assert read_so.json_not_expression == "body.maintenance == true"
    assert read_so.json_expression == "has(body.version) && body.version > 3.0"


def test_there_are_several_ways_to_prove_oneself_and_to_go_through_a_proxy(tmp_path: Path) -> None:
    bearer, authorization = settings(tmp_path, "http_bearer"), settings(tmp_path, "http_authorization")
    assert isinstance(bearer, HttpSettings)
    assert isinstance(authorization, HttpSettings)
    assert bearer.auth == Authorization("Bearer", Secret("hidden token"))
    assert bearer.proxy == Proxy(from_environment=True, skip_resolve=True)
    assert not bearer.follow_redirects
    assert authorization.auth == Authorization("Token", Secret("hidden in a file"))
    assert authorization.body == Secret('{"a": "body"}\n')
    assert authorization.proxy == Proxy(
        Secret("http://user:hidden-proxy-password@proxy.example.org:3128"), ".example.com",
        connect_headers=(("Proxy-Authorization", Secret("hidden in a connect header")),),
    )  # fmt: skip
    assert settings(tmp_path, "http_oauth2") == HttpSettings(
        "", expected_status=(302,), max_bytes=0, addresses=AddressChoice("ip6"), http2=True, compression="identity",
        auth=OAuth2(
            "netmon", Secret("hidden client secret"), "https://login.example.org/token", ("read", "write"),
            (("audience", "monitoring"),), TlsSettings(verify=False), Proxy(Secret("http://proxy.example.org:3128")),
        ),
    )  # fmt: skip


def test_every_key_of_the_other_probers_is_read(tmp_path: Path) -> None:
    tls = TlsSettings(ca="inline certificates", cert="inline certificate", key=Secret("hidden inline key"))
    steps = (
        QueryResponse("(?a:\\A220 ([^ ]+) ESMTP (.+)\\Z)", labels=(("server", "${1}"),)),
        QueryResponse(send="EHLO prober\r"),
        QueryResponse(starttls=True),
    )
    near = AddressChoice("ip6", source="127.0.0.1")
    assert settings(tmp_path, "tcp_everything") == TcpSettings("", 0, tls, tls, steps, near)
    assert settings(tmp_path, "icmp_everything") == IcmpSettings(
        "", payload=1000, dont_fragment=True, ttl=5, addresses=AddressChoice("ip6", source="::1")
    )
    assert settings(tmp_path, "dns_everything") == DnsSettings(
        "", "www.example.org", 0, "AAAA", "CH", recursion=False, transport="tcp",
        tls=TlsSettings(server_name="dns.example.org"), rcodes=("NOERROR", "NXDOMAIN"),
        answer=RecordRules(
            ("(?a:.*127.0.0.1)",), ("(?a:a)",), ("(?a:www.example.org.\t300\tIN\tA\t127.0.0.1)",), ("(?a:b)",)
        ),
        authority=RecordRules(("(?a:c)",)), additional=RecordRules(("(?a:d)",)), addresses=AddressChoice("ip6"),
    )  # fmt: skip


def test_no_secret_is_shown(tmp_path: Path) -> None:
    modules = read(tmp_path, GOOD).library.values()
    assert not [name for module in modules for name in (repr(module), module.text) if "hidden" in name]


def test_a_module_is_shown_as_its_file_has_it(tmp_path: Path) -> None:
    text = read(tmp_path, GOOD).library["http_authorization"].text
    assert text == (
        "prober: http\nhttp:\n  body_file: body.txt\n  authorization:\n    type: Token\n"
        "    credentials_file: secret-file\n  proxy_url: <secret>\n  no_proxy: .example.com\n"
        "  proxy_connect_header:\n    Proxy-Authorization:\n    - <secret>\n"
    )
    assert "ttl: 5\n" in read(tmp_path, GOOD).library["icmp_everything"].text


@pytest.mark.parametrize(
    ("old", "new", "module", "why"),
    [
        ("", "", "health", "blackbox.yml:139:13: modules.health.prober: gRPC is not supported"),
        (
            "enable_http3: false", "enable_http3: true", "http_everything",
            "blackbox.yml:38:21: modules.http_everything.http.enable_http3: HTTP/3 is not supported",
        ),
        (
            '["HTTP/1.1", "HTTP/2.0"]', '["HTTP/2.0"]', "http_everything",
            "blackbox.yml:8:28: modules.http_everything.http.valid_http_versions: no other version than HTTP/1.1 is",
        ),
        (
            "proxy_url: http://user:hidden-proxy-password@", "proxy_url: socks5://user:hidden-proxy-password@",
            "http_authorization",
            "blackbox.yml:69:18: modules.http_authorization.http.proxy_url: a proxy is http://… here, socks5:// not",
        ),
        (
            "body_file: body.txt", "body_file: none.txt", "http_authorization",
            "blackbox.yml:67:18: modules.http_authorization.http.body_file: the file 'none.txt' cannot be read: ",
        ),
        (
            "credentials_file: secret-file", "credentials_file: none", "http_authorization",
            "blackbox.yml:68:54: modules.http_authorization.http.authorization.credentials_file: the file 'none'",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_refuses_one_module_and_no_other(
    tmp_path: Path, old: str, new: str, module: str, why: str
) -> None:
    files = read(tmp_path, GOOD.replace(old, new) if old else GOOD)
    assert files.problems == []
    assert [note for note in said(files.notes) if note.startswith(why)] == [files.library[module].refused]
    assert files.library[module].settings is None
    assert files.library["http_plain"].settings is not None


STYLES = {
    "of a generator": """\
"modules":
  "http_2xx":
    "http":
      "preferred_ip_protocol": "ip4"
      "valid_status_codes": []
    "prober": "http"
    "timeout": "30s"
""",
    "of JSON": '{"modules": {"http_2xx": {"prober": "http", "http": {"valid_status_codes": [200], "tls_config": {}}}}}',
    "with anchors": """\
---
modules:
  http_2xx: &usual
    prober: http
    timeout: 0s
    http: &http
      fail_if_not_ssl: true
  other:
    <<: *usual
    http: {<<: *http, method: HEAD}
""",
    "with empty sections": "modules:\n  http_2xx:\n    prober: http\n    timeout:\n    http:\n    tcp: {}\n    icmp:\n",
    "with long texts": """\
modules:
  http_2xx:
    prober: http
    http:
      method: POST
      headers: {SOAPAction: '"urn:x#y"', Content-Type: "text/xml; charset=utf-8"}
      body: |
        <?xml version="1.0"?>
        <a b="c">é</a>
      fail_if_body_not_matches_regexp:
        - >-
          <ok>(true|1)</ok>
""",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_file_may_be_written_in_any_style(tmp_path: Path, style: str) -> None:
    files = read(tmp_path, STYLES[style])
    assert (said(files.problems), said(files.notes)) == ([], [])
    assert isinstance(files.library["http_2xx"].settings, HttpSettings)


def test_a_file_without_modules_is_none_the_worse(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "modules:\n", "modules: {}\n"):
        files = read(tmp_path, text)
        assert (said(files.problems), dict(files.library)) == ([], {})


def test_a_secret_may_be_referred_to(tmp_path: Path) -> None:
    text = GOOD.replace("password: hidden password", "password: ${file:secret-file}")
    found = read(tmp_path, text).library["http_everything"].settings
    assert isinstance(found, HttpSettings)
    assert found.auth == BasicAuth("netmon", Secret("hidden in a file"))


def test_what_logs_in_over_tcp_is_a_secret(tmp_path: Path) -> None:
    files = read(tmp_path, GOOD.replace('"EHLO prober\\r"', '"PASS hidden"'))
    module = files.library["tcp_everything"]
    assert isinstance(module.settings, TcpSettings)
    assert module.settings.query_response[1].send == Secret("PASS hidden")
    assert "hidden" not in repr(module)
    assert "- send: <secret>\n" in module.text


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    spoilt = GOOD.replace("ttl: 5", "ttl: 500").replace("query_class: CH", "query_class: XY")
    assert [problem.path for problem in read(tmp_path, spoilt).problems] == [
        "modules.icmp_everything.icmp.ttl",
        "modules.dns_everything.dns.query_class",
    ]


@pytest.mark.parametrize("text", [b"\xff\xfe", b"a\x00b", b"- a\n", b"modules: [a]\n", b"modules:\n  a: &a [*a]\n"])
def test_what_is_no_such_file_is_said(tmp_path: Path, text: bytes) -> None:
    assert len(read(tmp_path, text).problems) == 1


def test_a_module_in_two_files_is_refused(tmp_path: Path) -> None:
    text = "modules:\n  icmp: {prober: icmp}\n"
    files = read(tmp_path, text)
    (tmp_path / "other.yml").write_text(text)
    files.read(tmp_path / "other.yml", "other.yml")
    assert said(files.problems) == ["other.yml:2:3: modules.icmp: 'icmp' is in blackbox.yml:2 already"]


SPOILS = ["[a, b]", "{a: b}", "[[a]]", "{a: [b]}", "9" * 30, "-1", "1e99", "(((", "[{}]", "${file:none}", "'\\n'"]
LINES = GOOD.splitlines(keepends=True)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutations")


@quick
@given(st.integers(0, len(LINES) - 1), st.sampled_from(["drop", "twice", "value"]), SNIPPETS | st.sampled_from(SPOILS))
def test_whatever_is_done_to_a_file_ends_in_modules_or_problems(
    directory: Path, at: int, how: str, snippet: str
) -> None:
    line = LINES[at]
    changed = {"drop": "", "twice": line + line, "value": f"{line.split(':')[0]}: {snippet}\n"}[how]
    files = read(directory, "".join([*LINES[:at], changed, *LINES[at + 1 :]]).encode("utf-8", "surrogatepass"))
    for problem in files.problems:
        assert problem.line >= 1
        assert str(problem).isprintable()
    for module in files.library.values():
        assert (module.settings is None) <= bool(module.refused or files.problems)


# --- In the configuration ---------------------------------------------------------------------------------------------

MAIN = """\
probe:
  module_files: [modules/*.yml]
checks:
  - {id: portail, probe: {module: http_plain, target: www.example.org, hostname: portail.example.org}}
  - {id: relais, interval: 30s, probe: {module: tcp_everything, target: "mail.example.org:25"}}
  - {id: passerelle, timeout: 2s, probe: {module: icmp_everything, target: 192.0.2.1}}
  - {id: noms, probe: {module: dns_plain, target: "[2001:db8::1]:5353"}}
"""


def configuration(directory: Path, main: str = MAIN) -> Configuration:
    return load(write(directory, {"netmon.yml": main, "modules/all.yml": GOOD, **FILES}))


FILES = {"modules/secret-file": "s", "modules/body.txt": "b"}


def told(directory: Path, main: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        configuration(directory, main)
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


def test_module_files_are_part_of_the_configuration(tmp_path: Path) -> None:
    found = configuration(tmp_path)
    assert [path.name for path in found.files] == ["netmon.yml", "all.yml"]
    assert len(found.probe_modules) == 13
    assert [note.path for note in found.notes] == ["modules.health.prober"]


def test_a_check_may_name_a_module(tmp_path: Path) -> None:
    checks = configuration(tmp_path).inventory.checks
    assert [(check.collector, check.target, check.timeout) for check in checks.values()] == [
        ("http", "www.example.org", 5_000),
        ("tcp", "mail.example.org:25", 5_000),
        ("icmp", "192.0.2.1", 2_000),
        ("dns", "[2001:db8::1]:5353", 5_000),
    ]
    portail, relais, passerelle, noms = (check.settings for check in checks.values())
    assert isinstance(portail, HttpSettings)
    assert (portail.url, portail.headers) == ("http://www.example.org", (("Host", "portail.example.org"),))
    assert isinstance(relais, TcpSettings)
    assert (relais.host, relais.port) == ("mail.example.org", 25)
    assert isinstance(passerelle, IcmpSettings)
    assert passerelle.host == "192.0.2.1"
    assert isinstance(noms, DnsSettings)
    assert (noms.host, noms.port) == ("2001:db8::1", 5353)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("module: http_plain", "module: http_plan",
         "4:35: checks.portail.probe.module: no probe module is called 'http_plan'; did you mean 'http_plain'?"),
        ("module: http_plain", "module: health",
         "4:35: checks.portail.probe.module: cannot be used here: modules/all.yml:139:13: modules.health.prober:"),
        ("target: www.example.org", "target: 'http://'",
         "4:55: checks.portail.probe.target: the target is not a URL, http://… or https://…, with a host"),
        ('"mail.example.org:25"', "mail.example.org",
         "5:73: checks.relais.probe.target: target 'mail.example.org' is not host:port or [IPv6]:port"),
        ("target: 192.0.2.1", 'target: "192.0.2.1:7"',
         "6:76: checks.passerelle.probe.target: target '192.0.2.1:7': nothing has a port for icmp"),
        ("[2001:db8::1]:5353", "[2001:db8::1]:99999",
         "7:51: checks.noms.probe.target: target '[2001:db8::1]:99999' is not a host, host:port or [IPv6]:port"),
        ("probe: {module: dns_plain", "http: {url: 'http://x/'}, probe: {module: dns_plain",
         "7:49: checks.noms.probe: cannot stand beside 'http': make it a check of its own"),
        (', probe: {module: dns_plain, target: "[2001:db8::1]:5353"}', "",
         "7:5: checks.noms.http: is required: one of http, tcp, icmp, dns, probe"),
    ],
)  # fmt: skip
def test_what_a_check_cannot_probe_is_said(tmp_path: Path, old: str, new: str, why: str) -> None:
    (problem,) = told(tmp_path, MAIN.replace(old, new))
    assert problem.startswith(f"netmon.yml:{why}")
