"""Proxies: used only when asked for, and their failures are not the target's."""

import base64
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from collectors.http.proxy import way_to
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import State
from netmon.settings import AddressChoice, HttpSettings, Proxy, Secret, TlsSettings
from tests.collectors.http.polling import attempt_all, check, poll, value
from tests.collectors.http.servers import OK, Authority, Server, answer, hang, with_body


def relay(connection: socket.socket, server: Server) -> None:
    """A proxy: it connects to what the first line names, and passes on."""
    head = server.hear(connection)
    method, target, _ = head.split(b"\r\n")[0].split(b" ")
    place = target if method == b"CONNECT" else target.split(b"/")[2]
    host, _, port = place.decode().rpartition(":")
    with socket.create_connection((host, int(port))) as behind:
        if method == b"CONNECT":
            connection.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
        else:
            behind.sendall(head)
        back = threading.Thread(target=_pass_on, args=(behind, connection), daemon=True)
        back.start()
        _pass_on(connection, behind)
        back.join(5)


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


def through(server: Server, **more: object) -> Proxy:
    return Proxy(Secret(f"http://jean:s%20cret@127.0.0.1:{server.port}"), **more)  # type: ignore[arg-type]


CREDENTIALS = b"Proxy-Authorization: Basic " + base64.b64encode(b"jean:s cret") + b"\r\n"


def test_a_plain_request_asks_the_proxy_for_the_whole_url() -> None:
    with Server(answer(OK)) as target, Server(relay) as proxy:
        settings = HttpSettings(f"http://localhost:{target.port}/page?a=1", proxy=through(proxy))
        reading = poll(settings)
    assert reading.state is State.UP, reading
    head = proxy.requests[0]
    assert head.startswith(f"GET http://127.0.0.1:{target.port}/page?a=1 HTTP/1.1\r\n".encode())
    assert f"Host: localhost:{target.port}\r\n".encode() in head
    assert CREDENTIALS in head
    assert value(reading, "probe_ip_protocol") == 4
    assert "s cret" not in repr(reading)


def test_tls_goes_through_a_tunnel_and_credentials_stay_with_the_proxy(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Server(answer(OK), authority.server("localhost")) as target, Server(relay) as proxy:
        way = through(proxy, connect_headers=(("X-Site", Secret("talence")),))
        settings = HttpSettings(f"https://localhost:{target.port}/", proxy=way, tls=TlsSettings(ca_file=authority.file))
        reading = poll(settings)
        refused = poll(HttpSettings(f"https://localhost:{target.port}/", proxy=way))
    assert reading.state is State.UP, reading
    assert proxy.requests[0].startswith(f"CONNECT 127.0.0.1:{target.port} HTTP/1.1\r\n".encode())
    assert CREDENTIALS in proxy.requests[0]
    assert b"X-Site: talence\r\n" in proxy.requests[0]
    assert b"Proxy" not in target.requests[0]
    assert refused.reason is Reason.TLS_UNTRUSTED
    assert "certificate for localhost" in refused.detail  # a second tunnel brought its facts


def test_the_name_can_be_left_to_the_proxy() -> None:
    with Server(answer(OK)) as target, Server(relay) as proxy:
        settings = HttpSettings(f"http://localhost:{target.port}/", proxy=through(proxy, skip_resolve=True))
        reading = poll(settings)
    assert reading.state is State.UP, reading
    assert proxy.requests[0].startswith(f"GET http://localhost:{target.port}/ ".encode())
    assert value(reading, "probe_ip_protocol") == 0


class NoBody:
    def allows(self, host: str, address: str) -> bool:
        return False


@pytest.mark.parametrize("skip", [True, False])
def test_what_may_not_be_asked_is_not_asked_through_a_proxy_either(skip: bool) -> None:
    with Server(relay) as proxy:
        settings = HttpSettings(
            "http://localhost:1/", proxy=through(proxy, skip_resolve=skip), addresses=AddressChoice(guard=NoBody())
        )
        (error,) = attempt_all([check(settings)])
    assert isinstance(error, CollectError)
    assert error.reason is Reason.FORBIDDEN
    assert not proxy.requests


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (answer(with_body(b"", status="407 Proxy Authentication Required")), Reason.PROXY),
        (answer(with_body(b"", status="403 Forbidden")), Reason.PROXY),
        (answer(b""), Reason.PROXY),
        (answer(b"noise\r\n\r\n"), Reason.PROXY),
    ],
)
def test_a_proxy_that_fails_us_is_not_an_outage_of_the_target(talk: object, reason: Reason) -> None:
    with Server(talk) as proxy:  # type: ignore[arg-type]
        (error,) = attempt_all([check(HttpSettings("https://127.0.0.1:9/", proxy=through(proxy)), timeout=1000)])
    assert isinstance(error, CollectError), error
    assert error.reason is reason
    (error,) = attempt_all([check(HttpSettings("https://127.0.0.1:9/", proxy=through(proxy)), timeout=1000)])
    assert isinstance(error, CollectError)  # nobody listens there any more
    assert error.reason is Reason.PROXY


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (answer(with_body(b"", status="503 Service Unavailable")), Reason.CONNECT_FAILED),
        (hang, Reason.CONNECT_TIMEOUT),
    ],
)
def test_a_proxy_that_does_not_reach_the_target_tells_of_the_target(talk: object, reason: Reason) -> None:
    with Server(talk) as proxy:  # type: ignore[arg-type]
        reading = poll(HttpSettings("https://127.0.0.1:9/", proxy=through(proxy)), timeout=300)
    assert (reading.state, reading.reason) == (State.DOWN, reason)


def test_a_proxy_that_is_none_we_can_use_is_ours() -> None:
    for url in ("socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://[::1"):
        (error,) = attempt_all([check(HttpSettings("http://127.0.0.1:9/", proxy=Proxy(Secret(url))))])
        assert isinstance(error, CollectError)
        assert error.reason is Reason.PROXY


@pytest.mark.parametrize(
    ("rules", "host", "port", "direct"),
    [
        ("", "a.example", 80, False),
        ("*", "a.example", 80, True),
        ("example", "a.example", 80, True),
        ("a.example", "a.example", 80, True),
        ("a.example", "ba.example", 80, False),
        (".example", "a.example", 80, True),
        (".a.example", "a.example", 80, False),
        ("*.example", "a.example", 80, True),
        ("b, a.example:8080", "a.example", 8080, True),
        ("b, a.example:8080", "a.example", 80, False),
        ("10.0.0.0/8", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "11.1.2.3", 80, False),
        ("10.1.2.3", "10.1.2.3", 80, True),
        ("10.1.2.3:443", "10.1.2.3", 80, False),
        ("fd00::/8", "fd00::1", 80, True),
        ("[fd00::1]:80", "fd00::1", 80, True),
        ("A.EXAMPLE", "a.Example", 80, True),
        ("b", "localhost", 80, True),
        ("b", "127.0.0.9", 80, True),
        ("", "localhost", 80, False),
    ],
)
def test_no_proxy_says_who_is_asked_directly(rules: str, host: str, port: int, direct: bool) -> None:
    way = way_to(Proxy(Secret("http://proxy.example:3128"), no_proxy=rules), "http", host, port)
    assert (way is None) == direct


def test_the_environment_is_asked_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "b.example")
    monkeypatch.delenv("HTTP_PROXY", raising=False)
    monkeypatch.delenv("http_proxy", raising=False)
    asked = Proxy(from_environment=True)
    found = way_to(asked, "https", "a.example", 443)
    assert found is not None
    assert (found.host, found.port) == ("proxy.example", 3128)
    assert way_to(asked, "http", "a.example", 80) is None
    assert way_to(asked, "https", "b.example", 443) is None
    assert way_to(Proxy(), "https", "a.example", 443) is None
    assert way_to(None, "https", "a.example", 443) is None
