"""What a server can do wrong, and the one word netmon has for each."""

import gzip
import socket
import zlib

import pytest

from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import State
from netmon.settings import HttpSettings
from tests.collectors.http.polling import attempt_all, check, poll, value
from tests.collectors.http.servers import OK, Server, answer, drip, flood, hang, redirect, reset, with_body

HEAD = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(bytes(64 * 1024 * 1024), 9)

FAULTS = {
    "says nothing": (hang, Reason.TIMEOUT),
    "drips its headers": (drip(HEAD, b"X: y\r\n"), Reason.TIMEOUT),
    "drips one endless header": (drip(HEAD + b"X: ", b"y"), Reason.TIMEOUT),
    "drips its body": (drip(HEAD + b"\r\n", b"."), Reason.TIMEOUT),
    "drips an announced body": (drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"."), Reason.TIMEOUT),
    "drips chunks": (drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n.\r\n"), Reason.TIMEOUT),
    "drips trailers": (drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"), Reason.TIMEOUT),
    "says continue for ever": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Reason.TIMEOUT),
    "floods with headers": (flood(HEAD, b"X: y\r\n"), Reason.PROTOCOL),
    "floods with one header": (flood(HEAD + b"X: ", b"y" * 4096), Reason.PROTOCOL),
    "floods with interim answers": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), Reason.PROTOCOL),
    "floods with body": (flood(HEAD + b"\r\n", b"." * 65536), Reason.TOO_LARGE),
    "floods with chunks": (
        flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\nabcd\r\n" * 1000),
        Reason.TOO_LARGE,
    ),
    "announces too much": (answer(with_body(b"." * 70_000)), Reason.TOO_LARGE),
    "sends a gzip bomb": (answer(with_body(BOMB, "Content-Encoding: gzip")), Reason.TOO_LARGE),
    "floods with empty gzip members": (
        flood(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 1000),
        Reason.TOO_LARGE,
    ),
    "breaks the connection": (reset, Reason.RESET),
    "closes without a word": (answer(b""), Reason.RESET),
    "closes within a header": (answer(HEAD + b"Content-Le"), Reason.PROTOCOL),
    "closes within its headers": (answer(HEAD + b"Content-Length: 0\r\n"), Reason.PROTOCOL),
    "sends a line that is no header": (answer(HEAD + b"Content-Length 0\r\n\r\n"), Reason.PROTOCOL),
    "folds a header": (answer(HEAD + b"X: a\r\n  b\r\nContent-Length: 0\r\n\r\n"), Reason.OK),
    "announces two lengths": (answer(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), Reason.PROTOCOL),
    "announces the same length twice": (answer(HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"), Reason.OK),
    "announces a length that is none": (answer(HEAD + b"Content-Length: -2\r\n\r\nab"), Reason.PROTOCOL),
    "sends too many headers": (answer(HEAD + b"X: y\r\n" * 300 + b"\r\n"), Reason.PROTOCOL),
    "speaks another HTTP": (answer(b"HTTP/3.0 200 OK\r\n\r\n"), Reason.PROTOCOL),
    "hints before it answers": (answer(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + HEAD + b"\r\n"), Reason.OK),
    "closes within its body": (answer(HEAD + b"Content-Length: 99\r\n\r\nshort"), Reason.PROTOCOL),
    "closes within a chunk": (answer(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nshort"), Reason.PROTOCOL),
    "counts its chunks wrongly": (
        answer(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"),
        Reason.PROTOCOL,
    ),
    "is not HTTP": (answer(b"220 mail.example ESMTP\r\n"), Reason.PROTOCOL),
    "sends noise": (answer(bytes(range(256)) * 40), Reason.PROTOCOL),
    "has a broken status": (answer(b"HTTP/1.1 abc\r\n\r\n"), Reason.PROTOCOL),
    "sends broken gzip": (answer(with_body(b"not gzip", "Content-Encoding: gzip")), Reason.PROTOCOL),
    "cuts its gzip": (answer(with_body(gzip.compress(b"abc" * 99)[:-9], "Content-Encoding: gzip")), Reason.PROTOCOL),
    "compresses as nobody asked": (answer(with_body(b"..", "Content-Encoding: br")), Reason.PROTOCOL),
    "fails": (answer(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), Reason.STATUS),
    "fails at length": (answer(with_body(b"." * 70_000, status="503 Busy")), Reason.STATUS),
    "redirects to another scheme": (answer(redirect("ftp://127.0.0.1/")), Reason.HEADER),
    "redirects to a file": (answer(redirect("file:///etc/passwd")), Reason.HEADER),
    "redirects to nonsense": (answer(redirect("http://[::1/")), Reason.HEADER),
    "redirects to itself": (answer(redirect("/")), Reason.REDIRECT_LOOP),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that(fault: str) -> None:
    talk, reason = FAULTS[fault]
    with Server(talk) as server:
        reading = poll(HttpSettings(server.url, max_bytes=65_536), timeout=400 if reason is Reason.TIMEOUT else 8000)
    assert reading.reason is reason, reading
    assert reading.state is (State.UP if reason is Reason.OK else State.DOWN)
    assert bool(reading.detail) == (reason is not Reason.OK)
    assert "\n" not in reading.detail
    assert value(reading, "probe_success") == (reason is Reason.OK)


GOOD = {
    "plain": with_body(b"Bienvenue"),
    "gzip": with_body(gzip.compress(b"Bienvenue"), "Content-Encoding: gzip"),
    "gzip in two members": with_body(gzip.compress(b"Bien") + gzip.compress(b"venue"), "Content-Encoding: x-gzip"),
    "deflate": with_body(zlib.compress(b"Bienvenue"), "Content-Encoding: deflate"),
    "raw deflate": with_body(zlib.compress(b"Bienvenue")[2:-4], "Content-Encoding: deflate"),
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nBien\r\n5\r\nvenue\r\n0\r\n\r\n",
    "until the end": b"HTTP/1.0 200 OK\r\n\r\nBienvenue",
    "after continue": b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    "after early hints": b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n" * 2 + OK,
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_body_is_read_however_it_is_sent(kind: str) -> None:
    with Server(answer(GOOD[kind])) as server:
        reading = poll(HttpSettings(server.url, body_regex=("^Bienvenue$",), body_not_regex=("Erreur",)))
    assert reading.state is State.UP, reading
    assert value(reading, "probe_http_uncompressed_body_length") == 9
    assert value(reading, "probe_http_status_code") == 200


def test_every_phase_is_measured_and_kept_when_a_later_one_fails() -> None:
    with Server(drip(HEAD + b"\r\n", b".")) as server:
        reading = poll(HttpSettings(server.url), timeout=400)
    phases = {
        phase: value(reading, "probe_http_duration_seconds", phase=phase)
        for phase in ("resolve", "connect", "tls", "processing", "transfer")
    }
    assert phases["connect"] > 0
    assert phases["processing"] > 0
    assert phases["tls"] == 0
    assert phases["transfer"] >= 0.2
    assert sum(phases.values()) <= value(reading, "probe_duration_seconds")
    assert value(reading, "probe_http_status_code") == 200


def test_a_refused_connection_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    reading = poll(HttpSettings(f"http://127.0.0.1:{port}/"))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.CONNECT_REFUSED)
    assert value(reading, "probe_ip_protocol") == 4
    assert value(reading, "probe_http_status_code") == 0


def test_a_name_that_does_not_exist_is_named() -> None:
    reading = poll(HttpSettings("http://portail.invalid/"), timeout=20_000)
    assert (reading.state, reading.reason) == (State.DOWN, Reason.RESOLVE_FAILED)
    assert value(reading, "probe_ip_protocol") == 0


def test_a_name_with_an_overlong_label_does_not_resolve() -> None:
    assert poll(HttpSettings(f"http://{'a' * 70}.example/")).reason is Reason.RESOLVE_FAILED


def test_a_connection_that_is_never_made_is_a_connect_timeout() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        held = []
        for _ in range(4):  # fill the backlog: from then on the kernel drops what asks
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(address)
            held.append(filler)
        reading = poll(HttpSettings(f"http://127.0.0.1:{address[1]}/"), timeout=500)
        for filler in held:
            filler.close()
    assert reading.reason is Reason.CONNECT_TIMEOUT, reading


def test_an_address_no_route_leads_to_is_ours_not_the_targets() -> None:
    (error,) = attempt_all([check(HttpSettings("http://255.255.255.255/"))])
    assert isinstance(error, CollectError), error
    assert error.reason is Reason.NO_SOCKET


def test_the_next_address_is_tried_when_the_first_refuses() -> None:
    with Server(answer(OK)) as server:
        reading = poll(HttpSettings(f"http://localhost:{server.port}/"))
    assert reading.state is State.UP, reading


def test_a_plain_server_asked_for_tls_is_named() -> None:
    def greet(connection: socket.socket, server: Server) -> None:
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        server.over.wait(5)

    with Server(greet) as server:
        reading = poll(HttpSettings(f"https://127.0.0.1:{server.port}/"))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TLS_HANDSHAKE)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"expected_status": (404,)}, Reason.STATUS),
        ({"expected_status": (200, 404)}, Reason.OK),
        ({"body_regex": ("Bonsoir",)}, Reason.BODY),
        ({"body_regex": (r"Bien\w+",)}, Reason.OK),
        ({"body_not_regex": ("Bienvenue",)}, Reason.BODY),
        ({"body_not_regex": (r"Err\w+",)}, Reason.OK),
        ({"slow": 60_000}, Reason.OK),
        ({"slow": 0}, Reason.SLOW),
        ({"max_bytes": 9}, Reason.OK),
        ({"max_bytes": 8}, Reason.TOO_LARGE),
    ],
)
def test_what_was_expected_is_what_is_judged(settings: dict[str, object], reason: Reason) -> None:
    with Server(answer(OK)) as server:
        reading = poll(HttpSettings(server.url, **settings))  # type: ignore[arg-type]
    assert reading.reason is reason, reading
    assert value(reading, "probe_failed_due_to_regex") == (reason is Reason.BODY)
    assert (reading.state is State.DEGRADED) == (reason is Reason.SLOW)


def test_text_is_read_in_the_charset_the_server_names() -> None:
    page = with_body("Bègles".encode("latin-1"), "Content-Type: text/html; charset=ISO-8859-1")
    with Server(answer(page)) as server:
        assert poll(HttpSettings(server.url, body_regex=("Bègles",))).state is State.UP
    with Server(answer(with_body("Bègles".encode(), "Content-Type: text/html; charset=no-such"))) as server:
        assert poll(HttpSettings(server.url, body_regex=("Bègles",))).state is State.UP


def test_method_headers_and_body_go_out_as_configured() -> None:
    settings = {"method": "POST", "headers": (("X-Ville", "Bègles"), ("user-agent", "essai")), "body": "é=1"}
    with Server(answer(OK)) as server:
        assert poll(HttpSettings(server.url, **settings)).state is State.UP  # type: ignore[arg-type]
    head = server.requests[0]
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert "X-Ville: Bègles\r\n".encode() in head
    assert b"Content-Length: 4\r\n" in head
    assert head.lower().count(b"user-agent:") == 1
    assert b"Connection: close\r\n" in head


def test_head_needs_no_body() -> None:
    with Server(answer(HEAD + b"Content-Length: 123456\r\n\r\n")) as server:
        reading = poll(HttpSettings(server.url, method="HEAD", max_bytes=100))
    assert reading.state is State.UP
    assert value(reading, "probe_http_content_length") == 123456
    assert value(reading, "probe_http_uncompressed_body_length") == 0


def test_an_answer_given_before_the_request_was_read_still_counts() -> None:
    def refuse(connection: socket.socket, server: Server) -> None:
        connection.sendall(b"HTTP/1.1 413 Too much\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        server.over.wait(0.5)

    with Server(refuse) as server:
        reading = poll(HttpSettings(server.url, method="POST", body="x" * 200_000))
    assert reading.reason is Reason.STATUS, reading
