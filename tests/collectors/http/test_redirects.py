"""Redirects are followed as browsers do, and no secret follows them away."""

import base64

import pytest

from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import AddressChoice, HttpSettings, Secret
from tests.collectors.http.polling import attempt_all, check, poll, value
from tests.collectors.http.servers import OK, Server, answer, answer_by_path, redirect, with_body

TOKEN = "s3cr3t-t0k3n"
SECRET = (("X-Api-Key", Secret(TOKEN)), ("Authorization", "Bearer plain"), ("X-Plain", "kept"))


def everything(reading: Reading) -> str:
    return repr(reading) + "\n".join(reading.log) + reading.detail


def test_redirects_are_followed_and_counted() -> None:
    pages = {"/": redirect("/a?x=1"), "/a?x=1": redirect("b", 301), "/b": redirect("//{}/c", 308), "/c": OK}
    with Server(answer_by_path(pages)) as server:
        pages["/b"] = redirect(f"//127.0.0.1:{server.port}/c", 308)
        reading = poll(HttpSettings(server.url, body_regex=("Bienvenue",)))
    assert reading.state is State.UP, reading
    assert value(reading, "probe_http_redirects") == 3
    assert [request.split()[1] for request in server.requests] == [b"/", b"/a?x=1", b"/b", b"/c"]


@pytest.mark.parametrize(("most", "reason"), [(2, Reason.REDIRECT_LOOP), (3, Reason.OK)])
def test_more_redirects_than_allowed_are_a_loop(most: int, reason: Reason) -> None:
    pages = {"/": redirect("/1"), "/1": redirect("/2"), "/2": redirect("/3"), "/3": OK}
    with Server(answer_by_path(pages)) as server:
        reading = poll(HttpSettings(server.url, max_redirects=most))
    assert reading.reason is reason
    assert value(reading, "probe_http_redirects") == 3  # the one too many counts too


def test_a_redirect_not_followed_is_the_answer() -> None:
    with Server(answer(redirect("/elsewhere"))) as server:
        assert poll(HttpSettings(server.url, follow_redirects=False)).reason is Reason.STATUS
        assert poll(HttpSettings(server.url, follow_redirects=False, expected_status=(302,))).state is State.UP


@pytest.mark.parametrize(("status", "method"), [(301, b"GET"), (302, b"GET"), (303, b"GET"), (307, b"POST")])
def test_the_method_changes_as_with_browsers(status: int, method: bytes) -> None:
    with Server(answer_by_path({"/": redirect("/next", status), "/next": OK})) as server:
        assert poll(HttpSettings(server.url, method="POST", body="a=1")).state is State.UP
    assert server.requests[1].startswith(method)
    assert (b"Content-Length: 3" in server.requests[1]) == (method == b"POST")


def test_secrets_stay_with_the_site_they_are_for() -> None:
    with Server(answer(OK)) as other:
        pages = {"/": redirect("/same"), "/same": redirect(f"http://localhost:{other.port}/away")}
        with Server(answer_by_path(pages)) as server:
            settings = HttpSettings(server.url, headers=(*SECRET, ("Host", "portail.example"), ("Cookie", "a=b")))
            reading = poll(settings)
    assert reading.state is State.UP, reading
    for request in server.requests:
        assert TOKEN.encode() in request
        assert b"Bearer plain" in request
    (away,) = other.requests
    assert TOKEN.encode() not in away
    assert b"Bearer" not in away
    assert b"a=b" not in away
    assert b"portail.example" not in away
    assert b"X-Plain: kept" in away
    assert TOKEN not in everything(reading)


class OnlyOne:
    """Allows one address."""

    def allows(self, host: str, address: str) -> bool:
        return address == "127.0.0.1"


def test_where_a_redirect_leads_is_checked_like_the_first_address() -> None:
    guarded = AddressChoice(guard=OnlyOne())
    with Server(answer(OK)) as other, Server(answer(redirect(f"http://127.0.0.2:{other.port}/"))) as server:
        (error,) = attempt_all([check(HttpSettings(server.url, addresses=guarded))])
        assert poll(HttpSettings(other.url, addresses=guarded)).state is State.UP
    assert isinstance(error, CollectError)
    assert (error.reason, error.detail) == (Reason.FORBIDDEN, "127.0.0.2, which may not be asked")
    assert len(other.requests) == 1


def test_another_port_is_another_site() -> None:
    with Server(answer(OK)) as other, Server(answer(redirect(other.url))) as server:
        assert poll(HttpSettings(server.url, headers=SECRET)).state is State.UP
    assert TOKEN.encode() not in other.requests[0]


def test_connect_to_is_for_the_configured_site_only() -> None:
    with Server(answer(OK)) as other, Server(answer(redirect(other.url))) as server:
        reading = poll(HttpSettings("http://portail.example/", connect_to=("127.0.0.1", server.port)))
    assert reading.state is State.UP, reading
    assert b"Host: portail.example\r\n" in server.requests[0]
    assert len(other.requests) == 1


def test_cookies_live_for_one_poll() -> None:
    pages = {"/": redirect("/in", more="Set-Cookie: session=abc; Path=/\r\n"), "/in": OK}
    with Server(answer_by_path(pages)) as server:
        attempt_all([check(HttpSettings(server.url))])
        attempt_all([check(HttpSettings(server.url))])
    assert [b"Cookie: session=abc" in request for request in server.requests] == [False, True, False, True]


def test_a_secret_that_a_server_sends_back_is_shown_nowhere() -> None:
    page = b"HTTP/1.1 302 %s\r\nLocation: gopher://%s/\r\n\r\n" % (TOKEN.encode(), TOKEN.encode())
    with Server(answer(page)) as server:
        reading = poll(HttpSettings(server.url, headers=SECRET))
    assert reading.reason is Reason.HEADER
    assert TOKEN not in everything(reading)
    assert TOKEN not in repr(check(HttpSettings(server.url, headers=SECRET)))


def test_user_and_password_of_the_url_are_sent_and_not_shown() -> None:
    with Server(answer(with_body(b"..", status="401 No"))) as server:
        reading = poll(HttpSettings(f"http://jean:{TOKEN}@127.0.0.1:{server.port}/page?key={TOKEN}"))
    sent = base64.b64encode(f"jean:{TOKEN}".encode())
    assert b"Authorization: Basic " + sent in server.requests[0]
    assert reading.reason is Reason.STATUS
    assert TOKEN not in everything(reading)


@pytest.mark.parametrize("bad", ["", "two\r\nlines", " \n"])
def test_a_secret_that_cannot_be_sent_is_ours_and_is_not_shown(bad: str) -> None:
    (error,) = attempt_all([check(HttpSettings("http://127.0.0.1:9/", headers=(("X-Key", Secret(bad)),)))])
    assert isinstance(error, CollectError)
    assert error.reason in {Reason.CREDENTIAL, Reason.INTERNAL}
    assert not bad or bad not in f"{error} {error.detail} {error.__cause__}"


@pytest.mark.parametrize("url", ["ftp://a/", "nonsense", "http://", "http://[::1/"])
def test_a_url_that_is_none_is_ours(url: str) -> None:
    (error,) = attempt_all([check(HttpSettings(url))])
    assert isinstance(error, CollectError)
    assert error.reason is Reason.INTERNAL


def test_netrc_and_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("machine 127.0.0.1 login jean password indiscret\n")
    for name, text in (("NETRC", netrc), ("HTTP_PROXY", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1")):
        monkeypatch.setenv(name, text)
        monkeypatch.setenv(name.lower(), text)
    with Server(answer(OK)) as server:
        assert poll(HttpSettings(server.url)).state is State.UP
    assert b"Authorization" not in server.requests[0]
