"""Modules aimed at targets: what each prober takes for one, and that nothing else gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probemodules import ProbeModule, ProbeSettings, aim, host_of, split_host
from netmon.settings import DnsSettings, HttpSettings, IcmpSettings, TcpSettings, TlsSettings

MODULES = {
    "http": ProbeModule("http", "http", HttpSettings("")),
    "tcp": ProbeModule("tcp", "tcp", TcpSettings("", 0, TlsSettings())),
    "icmp": ProbeModule("icmp", "icmp", IcmpSettings("")),
    "dns": ProbeModule("dns", "dns", DnsSettings("", "example.org")),
}


@pytest.mark.parametrize(
    ("prober", "target", "where"),
    [
        ("http", "www.example.org", "http://www.example.org"),
        ("http", "www.example.org:8080/a?b=c", "http://www.example.org:8080/a?b=c"),
        ("http", "https://www.example.org/", "https://www.example.org/"),
        ("http", "[2001:db8::1]:8080", "http://[2001:db8::1]:8080"),
        ("tcp", "mail.example.org:25", ("mail.example.org", 25)),
        ("tcp", "[2001:db8::1]:25", ("2001:db8::1", 25)),
        ("tcp", "fe80::1%eth0", None),
        ("tcp", "mail.example.org", None),
        ("tcp", "mail.example.org:0", None),
        ("tcp", "mail.example.org:smtp", None),
        ("icmp", "192.0.2.1", ("192.0.2.1", None)),
        ("icmp", "2001:db8::1", ("2001:db8::1", None)),
        ("icmp", "fe80::1%eth0", ("fe80::1%eth0", None)),
        ("icmp", "192.0.2.1:7", None),
        ("dns", "192.0.2.53", ("192.0.2.53", 0)),
        ("dns", "192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("dns", "2001:db8::53", ("2001:db8::53", 0)),
        ("dns", "[2001:db8::53]", ("2001:db8::53", 0)),
        ("dns", "https://dns.example.org/", None),
        ("http", "http://:80/", None),
        ("http", "http://a:99999/", None),
        ("http", "http://[::1/", None),
    ],
)
def test_a_target_is_what_its_prober_takes_for_one(prober: str, target: str, where: object) -> None:
    if where is None:
        with pytest.raises(ValueError, match="target"):
            aim(MODULES[prober], target)
        return
    settings = aim(MODULES[prober], target)
    found = settings.url if isinstance(settings, HttpSettings) else (settings.host, getattr(settings, "port", None))
    assert found == where


def test_hostname_names_who_is_meant() -> None:
    web, port = aim(MODULES["http"], "192.0.2.1", "a.example"), aim(MODULES["tcp"], "192.0.2.1:25", "a.example")
    assert isinstance(web, HttpSettings)
    assert web.headers == (("Host", "a.example"),)
    assert isinstance(port, TcpSettings)
    assert port.tls is not None
    assert (port.tls.server_name, port.starttls.server_name) == ("a.example", "a.example")
    named = ProbeModule("tcp", "tcp", TcpSettings("", 0, TlsSettings(server_name="b.example")))
    settings = aim(named, "192.0.2.1:25", "a.example")
    assert isinstance(settings, TcpSettings)
    assert settings.tls == TlsSettings(server_name="b.example")  # what the module says counts


@given(st.sampled_from(sorted(MODULES)), st.text(max_size=30) | st.from_regex(r"[\[\]:/@.a0%?#]{1,12}", fullmatch=True))
def test_whatever_a_stranger_writes_has_a_host_or_is_refused(prober: str, target: str) -> None:
    try:
        settings: ProbeSettings = aim(MODULES[prober], target)
    except ValueError:
        return
    assert host_of(settings)
    assert not set(host_of(settings)) & set(" /@?#")


@pytest.mark.parametrize("target", ["", ":80", "a b", "[::1", "[a]:1", "::1::", "a/b", "x" * 300, "a:", "a:٣"])
def test_what_is_no_host_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="is not a host"):
        split_host(target)
