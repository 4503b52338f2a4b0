"""Checks of ports, hosts and name servers: what is read, and what is said of what cannot be."""

from pathlib import Path

import pytest

from netmon.model import Check
from netmon.settings import (
    AddressChoice,
    DnsSettings,
    IcmpSettings,
    QueryResponse,
    RecordRules,
    Secret,
    TcpSettings,
    TlsSettings,
)
from tests.config.good import problems, read

MAIN = """\
defaults: {interval: 30s, timeout: 2s}
snmp: {credential: c}
credentials: {c: {version: 2c, community: "${file:secret}"}}
communes: [{name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}]
sites: [{id: mairie, name: Mairie, kind: town_hall, commune: Bègles}]
nodes:
  - {id: sw-1, site: mairie, role: access_switch, address: "192.0.2.1:1161", icmp: true}
  - {id: sw-2, site: mairie, role: access_switch, address: sw-2.example, icmp: {count: 5, loss: 20}, snmp: false}
checks:
  - id: port
    site: mairie
    tcp: {address: "[2001:db8::1]:22"}
  - id: relais
    site: mairie
    tcp:
      address: mail.example:110
      tls: {verify: false}
      starttls: {server_name: mx.example}
      slow: 1s
      source: 192.0.2.9
      query_response:
        - {expect: "^[+]OK (?P<name>.*)", send: "USER ${name}", labels: {banner: "${1}"}}
        - {expect: "^[+]OK", send: "PASS ${file:secret}"}
        - {starttls: true}
  - id: passerelle
    site: mairie
    timeout: 3s
    icmp:
      address: 192.0.2.254
      count: 10
      gap: 250ms
      payload: 1472
      dont_fragment: true
      ttl: 9
      loss: 12.5 %
      slow: 20ms
      ip_protocol: ip4
      ip_protocol_fallback: false
  - id: zone
    site: mairie
    dns:
      address: ns.example
      query: bègles.example.
      type: SOA
      class: IN
      recursion: false
      tls: {min_days: 30}
      rcodes: [NOERROR, NXDOMAIN]
      answer: {all: [SOA], any: [a, b], none: [c]}
      slow: 500ms
  - {id: resolveur, site: mairie, dns: {address: "192.0.2.53:5353", query: example.org}}
services:
  - {id: s, name: S, family: network, communes: [Bègles], expression: "sw-1/icmp and sw-2 and zone"}
"""


@pytest.fixture
def checks(tmp_path: Path) -> dict[str, Check]:
    return dict(read(tmp_path, {"netmon.yml": MAIN, "secret": "hu$h"}).inventory.checks)


def test_a_node_may_be_pinged_too(checks: dict[str, Check]) -> None:
    assert [check for check in checks if "/" in check] == ["sw-1/snmp", "sw-1/icmp", "sw-2/icmp"]
    first = checks["sw-1/icmp"]
    assert (first.collector, first.name, first.node, first.target) == ("icmp", "icmp", "sw-1", "192.0.2.1")
    assert first.settings == IcmpSettings("192.0.2.1", count=3)
    second = checks["sw-2/icmp"].settings
    assert isinstance(second, IcmpSettings)
    assert (second.host, second.count, second.loss) == ("sw-2.example", 5, 0.2)


def test_a_port_needs_no_more_than_its_address(checks: dict[str, Check]) -> None:
    check = checks["port"]
    assert (check.collector, check.target, check.timeout) == ("tcp", "[2001:db8::1]:22", 2000)
    assert check.settings == TcpSettings("2001:db8::1", 22)


def test_a_conversation_is_read_step_by_step(checks: dict[str, Check]) -> None:
    assert checks["relais"].settings == TcpSettings(
        "mail.example",
        110,
        tls=TlsSettings(verify=False),
        starttls=TlsSettings(server_name="mx.example"),
        query_response=(
            QueryResponse("^[+]OK (?P<name>.*)", "USER ${name}", labels=(("banner", "${1}"),)),
            QueryResponse("^[+]OK", Secret("PASS hu$$h")),
            QueryResponse(starttls=True),
        ),
        addresses=AddressChoice(source="192.0.2.9"),
        slow=1000,
    )


def test_pings_are_read(checks: dict[str, Check]) -> None:
    assert checks["passerelle"].settings == IcmpSettings(
        "192.0.2.254", 10, 250, 1472, dont_fragment=True, ttl=9, loss=0.125, slow=20,
        addresses=AddressChoice("ip4", fallback=False),
    )  # fmt: skip


def test_queries_are_read(checks: dict[str, Check]) -> None:
    assert checks["zone"].settings == DnsSettings(
        "ns.example",
        "xn--bgles-4ra.example.",
        query_type="SOA",
        recursion=False,
        transport="tcp",
        tls=TlsSettings(min_days=30),
        rcodes=("NOERROR", "NXDOMAIN"),
        answer=RecordRules(fail_if_matches=("c",), fail_if_not_matches=("SOA",), fail_if_none_matches=("a", "b")),
        slow=500,
    )
    assert checks["resolveur"].settings == DnsSettings("192.0.2.53", "example.org", 5353, "A")


def test_references_of_the_vantage_are_checks(tmp_path: Path) -> None:
    files = {"netmon.yml": f"{MAIN}vantage: {{references: [passerelle, sw-1/icmp, passerelle]}}\n", "secret": "hush"}
    assert read(tmp_path, files).vantage == ("passerelle", "sw-1/icmp")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{references: [passerele]}", "54:24: vantage.references[0]: no check is called 'passerele'; did you mean "),
        ("{references: [sw-2]}", "54:24: vantage.references[0]: no check is called 'sw-2'; did you mean 'sw-2/icmp'?"),
        ("{references: []}", "54:23: vantage.references: expected at least 1 value, found 0"),
        ("{}", "54:10: vantage.references: is required: checks that show it"),
    ],
)
def test_what_cannot_be_a_reference_is_said(tmp_path: Path, section: str, said: str) -> None:
    (problem,) = problems(tmp_path, {"netmon.yml": f"{MAIN}vantage: {section}\n", "secret": "hush"})
    assert problem.startswith(f"netmon.yml:{said}")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('address: "[2001:db8::1]:22"', "address: mail.example",
         "12:20: checks.port.tcp.address: expected host:port ([…]:port for IPv6), found 'mail.example'"),
        ('tcp: {address: "[2001:db8::1]:22"}', 'tcp: {address: "a:1"}\n    icmp: {address: a}',
         "13:11: checks.port.icmp: cannot stand beside 'tcp': make it a check of its own"),
        ("source: 192.0.2.9", "source: mail.example",
         "20:15: checks.relais.tcp.source: expected an IP address, found 'mail.example'"),
        ("- {starttls: true}", "- {}",
         "24:11: checks.relais.tcp.query_response[2].expect: is required: a step waits for a line"),
        ("- {starttls: true}", "- {send: QUIT, labels: {a: b}}",
         "24:32: checks.relais.tcp.query_response[2].labels: needs 'expect': labels quote what it found"),
        ("labels: {banner:", "labels: {__name__:",
         "22:74: checks.relais.tcp.query_response[0].labels.__name__: expected a label's name (letters"),
        ('"^[+]OK (?P<name>.*)"', '"^[+]OK (?P<name>.*"',
         "22:28: checks.relais.tcp.query_response[0].expect: not a regular expression: missing )"),
        ("PASS ${file:secret}", "PASS ${fil:secret}",
         "23:36: checks.relais.tcp.query_response[1].send: expected ${file:…}, ${env:…} or ${credential:…}"),
        ("gap: 250ms", "gap: 350ms",
         "29:7: checks.passerelle.icmp: 10 requests 350ms apart do not fit the timeout (3s)"),
        ("icmp: {count: 5, loss: 20}", "icmp: {count: 99}",
         "8:80: nodes.sw-2.icmp: 99 requests 200ms apart do not fit the timeout (2s)"),
        ("icmp: true", "icmp: yes", "7:84: nodes.sw-1.icmp: expected a mapping or true, found text"),
        ("loss: 12.5 %", "loss: -1",
         "35:13: checks.passerelle.icmp.loss: expected a percentage from 0 to 100, found '-1'"),
        ("payload: 1472", "payload: 70000",
         "32:16: checks.passerelle.icmp.payload: expected a whole number from 0 to 65507, found '70000'"),
        ("ip_protocol: ip4", "ip_protocol: ipv4",
         "37:20: checks.passerelle.icmp.ip_protocol: expected one of ip4, ip6, found 'ipv4'; did you mean 'ip4'?"),
        ("type: SOA", "type: SAO", "44:13: checks.zone.dns.type: "),
        ("query: bègles.example.", "query: a..b",
         "43:14: checks.zone.dns.query: expected a domain name, such as example.org, found 'a..b'"),
        ("rcodes: [NOERROR, NXDOMAIN]", "rcodes: [NXDOMAIM]", "48:16: checks.zone.dns.rcodes[0]: "),
        ("recursion: false", "transport: udp",
         "46:18: checks.zone.dns.transport: cannot stand beside 'tls': DNS over TLS goes over tcp"),
        ("answer: {all: [SOA]", "answer: {al: [SOA]",
         "49:16: checks.zone.dns.answer.al: unknown key; did you mean 'all'?"),
        ("sw-1/icmp and sw-2", "sw-3/icmp and sw-2",
         "53:72: services.s.expression: no check or node is called 'sw-3/icmp'; did you mean 'sw-2/icmp'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert MAIN.count(old) == 1
    found = problems(tmp_path, {"netmon.yml": MAIN.replace(old, new), "secret": "hush"})
    assert len(found) == 1, found
    assert found[0].startswith(f"netmon.yml:{said}")
    assert "hush" not in found[0]
