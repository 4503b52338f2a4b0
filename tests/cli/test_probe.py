"""How ``netmon probe`` shows what it asked, and what it asks by a module's name."""

import dataclasses
import json
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.cli.probe import settings_shown
from netmon.model import Check
from netmon.settings import (
    AddressChoice,
    BasicAuth,
    Extract,
    HeaderMatch,
    HttpSettings,
    HttpStep,
    Proxy,
    Secret,
    Selector,
    SnmpCredential,
    SnmpSettings,
    TlsSettings,
)
from tests.collectors.dns.servers import Udp, right
from tests.collectors.http.servers import OK, Server, answer, hang
from tests.config.good import write


def check(settings: HttpSettings | SnmpSettings) -> Check:
    return Check(
        id="c", name="c", collector="http", target="t", commune="", site="", node="", via=(), interval=60_000,
        timeout=5_000, fall=1, rise=1, settings=settings,
    )  # fmt: skip


def test_settings_read_as_in_the_configuration() -> None:
    shown = dict(settings_shown(check(SnmpSettings("192.0.2.1", 161, SnmpCredential("ro", "2c", Secret("hush"))))))
    assert shown["timeout"] == "5 s"
    assert shown["credential"] == "ro (version 2c)"
    assert shown["modules"] == "system, if_mib"


def test_what_is_not_set_is_not_shown_and_a_secret_never_is() -> None:
    web = HttpSettings(
        "https://example.org/",
        headers=(("X-A", "b"), ("Authorization", Secret("hush"))),
        slow=1500,
        connect_to=("192.0.2.7", 8443),
        tls=TlsSettings(ca_file="ca.pem"),
    )
    shown = dict(settings_shown(check(web)))
    assert shown["headers"] == "X-A: b, Authorization: …"
    assert shown["expected_status"] == "2xx"
    assert shown["slow"] == "1.5 s"
    assert shown["connect_to"] == "192.0.2.7:8443"
    assert shown["tls"] == "verify: yes, ca_file: ca.pem, min_days: 14"
    assert "body" not in shown
    assert not {"None", "()", "True"} & set(shown.values())
    only = dict(settings_shown(check(dataclasses.replace(web, expected_status=(200, 301)))))
    assert only["expected_status"] == "200, 301"


def test_a_journey_is_shown_step_by_step() -> None:
    login = HttpSettings("https://a.example/in", "POST", form=(("user", "jean"), ("password", Secret("hush"))))
    steps = (
        HttpStep("login", login, (Extract("token", Selector("json", "$.token")),)),
        HttpStep("page", HttpSettings("https://a.example/{{token}}", body_regex=("Bienvenue",))),
    )
    assert dict(settings_shown(check(HttpSettings(login.url, slow=3000, steps=steps)))) == {
        "timeout": "5 s",
        "slow": "3 s",
        "step login": "POST https://a.example/in; form: user: jean, password: …; extract: token",
        "step page": "GET https://a.example/{{token}}; body_regex: Bienvenue",
    }


def test_parts_of_settings_are_shown_as_well_as_their_secrets_are_not() -> None:
    web = HttpSettings(
        "https://example.org/",
        auth=BasicAuth("netmon", Secret("hush")),
        proxy=Proxy(Secret("http://u:hush@proxy")),
        header_matches=(HeaderMatch("Server", "nginx"),),
        addresses=AddressChoice("ip4", fallback=False),
    )
    shown = dict(settings_shown(check(web)))
    assert shown["auth"] == "username: netmon, password: …"
    assert shown["proxy"] == "url: …, from_environment: no, skip_resolve: no"
    assert shown["header_matches"] == "header: Server, pattern: nginx, allow_missing: no"
    assert shown["addresses"] == "preferred: ip4, fallback: no"


MODULES = """\
modules:
  page: {prober: http, timeout: 2s}
  ping: {prober: icmp}
  health: {prober: grpc}
"""


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    write(tmp_path, {"netmon.yml": "probe: {module_files: [blackbox.yml]}\n", "blackbox.yml": MODULES})
    monkeypatch.chdir(tmp_path)
    return "netmon.yml"


def test_a_module_of_a_file_says_how_a_target_is_probed(configuration: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Server(answer(OK)) as server:
        arguments = ["--module", "page", "--target", f"127.0.0.1:{server.port}", "--hostname", "portail.example"]
        code = main(["probe", "-c", configuration, "--json", *arguments])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["state"], told["collector"]) == (0, "up", "http")
    assert told["settings"]["timeout"] == "2 s"
    assert b"\r\nHost: portail.example\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--collector", "http", "--module", "pag"], "no module 'pag'; did you mean 'page'?"),
        (["--collector", "http", "--module", "ping"], "the module 'ping' is for icmp, not http"),
        (["--collector", "http", "--module", "page", "--module", "ping"], "one --module says how a target is probed"),
        (["--module", "health"], "module 'health' cannot be used: blackbox.yml:4:20: modules.health.prober: gRPC"),
        (["--module", "ping"], "target 'a/b' is not a host, host:port or [IPv6]:port"),
        (["--collector", "ftp"], "no collector 'ftp'; there are http, tcp, icmp, dns and snmp"),
    ],
)
def test_what_cannot_be_probed_is_said(
    configuration: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["probe", "-c", configuration, "--target", "a/b", *arguments]) == 64
    assert capsys.readouterr().err.startswith(f"netmon probe: {said}")


def test_ports_and_name_servers_are_probed_without_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    with Udp(lambda query, _: [right(query, "a.example. 60 IN MX 10 b.example.")]) as dns, Server(hang) as port:
        assert (
            main(["probe", "--collector", "dns", "--target", f"127.0.0.1:{dns.port}", "--query", "a.example/mx"]) == 0
        )
        shown = capsys.readouterr().out
        assert "asking for a.example IN MX" in shown
        assert "answer: a.example. 60 IN MX 10 b.example." in shown
        assert "probe_dns_answer_rrs 1" in shown
        assert main(["probe", "--collector", "tcp", "--target", f"127.0.0.1:{port.port}", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["collector"] == "tcp"
        assert any("connected to 127.0.0.1" in step for step in told["steps"])


def test_a_host_is_pinged_without_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["probe", "--collector", "icmp", "--target", "127.0.0.1"])
    shown = capsys.readouterr().out
    assert (code, "answer to 3 in" in shown) == (0, True) or (code, "net.ipv4.ping_group_range" in shown) == (3, True)
    assert "count: 3" in shown
