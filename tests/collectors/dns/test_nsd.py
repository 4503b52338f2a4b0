"""A real name server, asked over UDP, TCP and TLS."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.conventions import Reason
from netmon.model import State
from netmon.settings import DnsSettings, RecordRules, TlsSettings
from tests.collectors.dns.polling import poll
from tests.collectors.dns.servers import Nsd, nsd
from tests.collectors.http.polling import value
from tests.collectors.http.servers import Authority

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nsd]:
    with nsd(tmp_path_factory.mktemp("nsd")) as running:
        yield running


@pytest.fixture
def soa(server: Nsd) -> DnsSettings:
    return DnsSettings("127.0.0.1", "example.org", server.port, "SOA")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_the_zone_answers_over_every_transport(server: Nsd, soa: DnsSettings, transport: str) -> None:
    if transport == "tls":
        trust = TlsSettings(ca_file=server.ca_file, server_name="dns.example")
        settings = replace(soa, port=server.tls_port, transport="tcp", tls=trust)
    else:
        settings = replace(soa, transport=transport)  # type: ignore[arg-type]
    reading = poll(settings)
    assert (reading.state, reading.reason, reading.detail) == (State.UP, Reason.OK, "")
    assert value(reading, "probe_success") == 1
    assert value(reading, "probe_dns_query_succeeded") == 1
    assert value(reading, "probe_dns_serial") == 2026112801
    assert value(reading, "probe_dns_answer_rrs") == 1
    assert value(reading, "probe_dns_authority_rrs") == 2
    assert value(reading, "probe_dns_additional_rrs") == 3
    assert value(reading, "probe_dns_duration_seconds", phase="request") > 0
    assert value(reading, "probe_ip_protocol") == 4
    told = {family.name for family in reading.families}
    assert ("probe_ssl_earliest_cert_expiry" in told) == (transport == "tls")


def test_records_are_told_as_a_zone_file_says_them(soa: DnsSettings) -> None:
    lines = "\n".join(poll(soa).log)
    assert "example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 2026112801 3600 600 86400 60" in lines
    assert "authority: example.org. 300 IN NS ns.example.org." in lines
    assert "additional: ns2.example.org. 300 IN AAAA fd00::1:2" in lines


def test_an_answer_that_was_cut_off_is_asked_for_again_over_tcp(soa: DnsSettings) -> None:
    reading = poll(replace(soa, query="big.example.org", query_type="TXT"))
    assert reading.state is State.UP
    assert value(reading, "probe_dns_answer_rrs") == 60
    assert any("asking again over TCP" in line for line in reading.log)


@pytest.mark.parametrize(
    ("query", "rcodes", "reason"),
    [
        ("nx.example.org", (), Reason.RCODE),
        ("nx.example.org", ("NXDOMAIN",), Reason.OK),
        ("example.com", (), Reason.RCODE),
        ("example.com", ("REFUSED", "NXDOMAIN"), Reason.OK),
        ("www.example.org", ("NXDOMAIN",), Reason.RCODE),
    ],
)
def test_codes_other_than_expected_are_down(
    soa: DnsSettings, query: str, rcodes: tuple[str, ...], reason: Reason
) -> None:
    reading = poll(replace(soa, query=query, query_type="A", rcodes=rcodes))
    assert reading.reason is reason, reading.detail
    assert value(reading, "probe_dns_query_succeeded") == 1


MANY = replace(DnsSettings("127.0.0.1", "many.example.org"), query_type="A")


@pytest.mark.parametrize(
    ("section", "rules", "good"),
    [
        ("answer", RecordRules(fail_if_matches=(r"10\.0\.0\.2$",)), False),
        ("answer", RecordRules(fail_if_matches=(r"10\.0\.0\.9$",)), True),
        ("answer", RecordRules(fail_if_not_matches=(r"10\.0\.0",)), True),
        ("answer", RecordRules(fail_if_not_matches=(r"10\.0\.0\.1",)), False),
        ("answer", RecordRules(fail_if_all_match=(r"10\.0\.0",)), True),
        ("answer", RecordRules(fail_if_all_match=(r"10\.0\.0\.1",)), False),
        ("answer", RecordRules(fail_if_none_matches=(r"10\.0\.0\.2", "nothing")), True),
        ("answer", RecordRules(fail_if_none_matches=("nothing", "neither")), False),
        ("answer", RecordRules(fail_if_not_matches=(r"^many\.example\.org\.\t300\tIN\tA\t10\.0\.0\.[12]$",)), True),
        ("authority", RecordRules(fail_if_not_matches=(r"\tNS\tns",)), True),
        ("additional", RecordRules(fail_if_matches=("AAAA",)), False),
    ],
)
def test_sections_are_held_against_their_rules(server: Nsd, section: str, rules: RecordRules, good: bool) -> None:
    settings = replace(MANY, port=server.port, **{section: rules})
    reading = poll(settings)
    assert reading.reason is (Reason.OK if good else Reason.RESPONSE)
    assert good or f"the {section} section has" in reading.detail


@pytest.mark.parametrize(
    ("rules", "good"),
    [
        (RecordRules(fail_if_not_matches=(".*",)), False),
        (RecordRules(fail_if_none_matches=(".*",)), False),
        (RecordRules(fail_if_all_match=(".*",)), True),
        (RecordRules(fail_if_matches=(".*",)), True),
    ],
)
def test_an_empty_section_lacks_what_must_match(server: Nsd, rules: RecordRules, good: bool) -> None:
    settings = DnsSettings("127.0.0.1", "ns.example.org", server.port, "MX", answer=rules)
    assert poll(settings).state is (State.UP if good else State.DOWN)


def test_a_certificate_for_another_name_is_told_with_its_facts(server: Nsd, soa: DnsSettings, tmp_path: Path) -> None:
    wrong = TlsSettings(ca_file=server.ca_file, server_name="other.example")
    reading = poll(replace(soa, port=server.tls_port, transport="tcp", tls=wrong))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TLS_NAME_MISMATCH)
    assert "certificate for dns.example" in reading.detail
    assert value(reading, "probe_ssl_earliest_cert_expiry") > 0
    stranger = TlsSettings(ca_file=Authority(tmp_path, "Another CA").file, server_name="dns.example")
    reading = poll(replace(soa, port=server.tls_port, transport="tcp", tls=stranger))
    assert reading.reason is Reason.TLS_UNTRUSTED


def test_tls_where_there_is_none_is_told(server: Nsd, soa: DnsSettings) -> None:
    reading = poll(replace(soa, transport="tcp", tls=TlsSettings(verify=False)), 1000)
    assert reading.state is State.DOWN
    assert reading.reason in {Reason.TLS_HANDSHAKE, Reason.TIMEOUT}
