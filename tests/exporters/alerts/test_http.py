"""Posting to real sockets: what counts as taken, what may be tried again, and that nothing takes longer than it may."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exporters.alerts import Destination, PostError, post
from netmon.settings import Secret
from tests.collectors.http.servers import Authority
from tests.exporters.alerts.servers import hooked


@contextlib.contextmanager
def misbehaving(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does what ``serve`` does with each connection; its port."""

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


def dribble(connection: socket.socket) -> None:
    pause = threading.Event()
    while True:
        connection.sendall(b"H")
        pause.wait(0.05)


def endless_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: and more\r\n")


def endless_body(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def garbage(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x01 what\r\n\r\n")


def nothing(connection: socket.socket) -> None:
    connection.recv(65536)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("serve", [dribble, endless_headers, garbage, nothing])
def test_a_receiver_that_misbehaves_costs_no_more_than_its_time(scheme: str, serve: Callable[..., None]) -> None:
    with misbehaving(serve) as port:
        where = Destination(Secret(f"{scheme}://127.0.0.1:{port}/?token=s3cret"), (), "", 0.5)
        with pytest.raises(PostError) as caught:
            post(where, b"{}", {})
        assert caught.value.away
        assert not caught.value.permanent
        assert "s3cret" not in caught.value.said


def test_of_an_answer_without_end_only_the_beginning_is_read() -> None:
    with misbehaving(endless_body) as port:
        said = post(Destination(Secret(f"http://127.0.0.1:{port}/"), (), "", 5.0), b"{}", {})
        assert said.startswith("200 OK x")
        assert len(said) == 300


@pytest.mark.parametrize(
    ("status", "headers", "permanent", "wait"),
    [
        (400, {}, True, 0), (413, {}, True, 0), (422, {}, True, 0),
        (401, {}, False, 0), (403, {}, False, 0), (404, {}, False, 0), (500, {}, False, 0),
        (429, {"Retry-After": "90"}, False, 90), (503, {"Retry-After": "999999"}, False, 3600),
        (503, {"Retry-After": "Fri, 31 Dec 2027 23:59:59 GMT"}, False, 0),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_tried_again_unless_it_never_will_be(
    status: int, headers: dict[str, str], permanent: bool, wait: int
) -> None:
    with hooked() as hook:
        hook.always = (status, headers, b"no")
        with pytest.raises(PostError) as caught:
            post(hook.where(), b"{}", {})
        error = caught.value
        assert (error.permanent, error.away, error.wait) == (permanent, False, wait)
        assert error.said.startswith(str(status))


def test_a_redirect_is_not_followed_and_what_is_sent_does_not_go_there() -> None:
    with hooked() as other, hooked() as hook:
        hook.always = (307, {"Location": other.url}, b"")
        with pytest.raises(PostError, match="redirects are not followed"):
            post(hook.where(), b"{}", {})
        assert len(hook.got) == 1
        assert other.got == []


def test_what_a_receiver_repeats_of_our_secrets_is_not_shown() -> None:
    with hooked() as hook:
        hook.always = (
            500,
            {},
            f"bad token Bearer abcdefgh-1234 or abcdefgh-1234 for {hook.url}/x?token=s3cret".encode(),
        )
        headers = (("Authorization", Secret("Bearer abcdefgh-1234")), ("X-Plain", "seen"))
        with pytest.raises(PostError) as caught:
            post(Destination(Secret(f"{hook.url}/x?token=s3cret"), headers, "", 5.0), b"{}", {})
        assert "abcdefgh" not in caught.value.said
        assert "s3cret" not in caught.value.said
        _, got, _ = hook.got[0]
        assert got["authorization"] == "Bearer abcdefgh-1234"
        assert got["x-plain"] == "seen"


def test_too_much_is_not_sent() -> None:
    with hooked() as hook:
        with pytest.raises(PostError) as caught:
            post(hook.where(), b"x" * (5 << 20), {})
        assert caught.value.permanent
        assert hook.got == []


def test_nobody_there_is_said_without_the_url() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PostError, match="no connection: Connection refused") as caught:
        post(Destination(Secret(f"http://127.0.0.1:{port}/s3cret"), (), "", 5.0), b"{}", {})
    assert caught.value.away


def test_a_certificate_has_to_be_trusted_and_of_the_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with hooked(authority.server("localhost"), "localhost") as hook:
        assert post(hook.where(ca_file=authority.file), b"{}", {}).startswith("200")
        with pytest.raises(PostError, match="certificate is not trusted"):
            post(hook.where(), b"{}", {})
        hook.url = hook.url.replace("localhost", "127.0.0.1")
        with pytest.raises(PostError, match="certificate is not trusted"):
            post(hook.where(ca_file=authority.file), b"{}", {})
        assert len(hook.got) == 1
