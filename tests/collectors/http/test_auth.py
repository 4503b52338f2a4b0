"""Credentials: sent where they belong, shown nowhere; tokens fetched once and kept."""

import base64
import json
import socket

import pytest

from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import State
from netmon.settings import Authorization, BasicAuth, HttpSettings, OAuth2, Secret
from tests.collectors.http.polling import attempt_all, check, poll
from tests.collectors.http.servers import OK, Server, answer, hang, redirect, with_body

PASSWORD = "pass wörd/§"


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (BasicAuth("jean", Secret(PASSWORD)), "Basic " + base64.b64encode(f"jean:{PASSWORD}".encode()).decode()),
        (Authorization("Bearer", Secret("t0k3n")), "Bearer t0k3n"),
    ],
)
def test_credentials_go_to_the_configured_site_alone(auth: BasicAuth | Authorization, header: str) -> None:
    sent = f"Authorization: {header}\r\n".encode()
    with Server(answer(OK)) as other, Server(answer(redirect(other.url))) as server:
        assert poll(HttpSettings(server.url, auth=auth)).state is State.UP
    assert sent in server.requests[0]
    assert b"Authorization" not in other.requests[0]


def test_credentials_a_server_sends_back_are_shown_nowhere() -> None:
    def echo(connection: socket.socket, server: Server) -> None:
        head = server.hear(connection).decode("latin-1")
        told = next(line for line in head.split("\r\n") if line.startswith("Authorization"))
        connection.sendall(redirect(f"gopher://{told}").replace(b" ", b" "))

    auth = BasicAuth("jean", Secret(PASSWORD))
    with Server(echo) as server:
        reading = poll(HttpSettings(server.url, auth=auth))
    assert reading.reason is Reason.HEADER
    shown = repr(reading) + "".join(reading.log)
    assert base64.b64encode(f"jean:{PASSWORD}".encode()).decode() not in shown
    assert PASSWORD not in shown


def test_an_empty_credential_is_ours() -> None:
    for auth in (BasicAuth("jean", Secret("")), Authorization("Bearer", Secret(""))):
        (error,) = attempt_all([check(HttpSettings("http://127.0.0.1:9/", auth=auth))])
        assert isinstance(error, CollectError)
        assert error.reason is Reason.CREDENTIAL


def token(lasts: int = 3600, **more: object) -> bytes:
    return with_body(
        json.dumps({"access_token": "t0k3n", "token_type": "bearer", "expires_in": lasts, **more}).encode()
    )


def oauth(server: Server, **more: object) -> OAuth2:
    return OAuth2("netmon", Secret("s3cret!"), f"{server.url}token", **more)  # type: ignore[arg-type]


def test_a_token_is_fetched_once_and_kept_until_it_expires() -> None:
    with Server(answer(token())) as issuer, Server(answer(OK)) as server:
        auth = oauth(issuer, scopes=("read", "write"), endpoint_params=(("audience", "api"),))
        found = attempt_all([check(HttpSettings(server.url, auth=auth))], threads=1) + attempt_all(
            [check(HttpSettings(server.url, auth=auth), name=f"c{n}") for n in range(3)], threads=1
        )
    assert not any(isinstance(one, CollectError) for one in found)
    assert len(issuer.requests) == 2  # one for each collector
    head, _, form = issuer.requests[0].partition(b"\r\n\r\n")
    assert b"Authorization: Basic " + base64.b64encode(b"netmon:s3cret%21") in head
    assert form == b"grant_type=client_credentials&scope=read+write&audience=api"
    assert all(b"Authorization: Bearer t0k3n\r\n" in request for request in server.requests)


def test_a_token_that_expires_at_once_is_fetched_for_every_poll() -> None:
    with Server(answer(token(lasts=5))) as issuer, Server(answer(OK)) as server:
        attempt_all([check(HttpSettings(server.url, auth=oauth(issuer)), name=f"c{n}") for n in range(3)], threads=1)
    assert len(issuer.requests) == 3


def test_a_token_the_target_does_not_take_is_not_kept() -> None:
    with Server(answer(token())) as issuer, Server(answer(with_body(b"", status="401 No"))) as server:
        found = attempt_all(
            [check(HttpSettings(server.url, auth=oauth(issuer)), name=f"c{n}") for n in range(2)], threads=1
        )
    assert [one.reason for one in found] == [Reason.STATUS] * 2
    assert len(issuer.requests) == 2


def test_an_issuer_that_knows_no_header_gets_fields() -> None:
    def strict(connection: socket.socket, server: Server) -> None:
        asked = server.hear(connection)
        connection.sendall(token() if b"client_secret=s3cret%21" in asked else with_body(b"", status="401 No"))

    with Server(strict) as issuer, Server(answer(OK)) as server:
        assert poll(HttpSettings(server.url, auth=oauth(issuer))).state is State.UP


@pytest.mark.parametrize(
    "issuer",
    [
        answer(with_body(b"{}")),
        answer(with_body(b"[]")),
        answer(with_body(b"no json")),
        answer(with_body(b'{"access_token": "a\\r\\nb"}')),
        answer(with_body(b'{"error": "invalid_client"}', status="401 No")),
        answer(with_body(b"", status="500 Oh")),
        answer(b""),
        hang,
    ],
)
def test_no_token_is_never_an_outage_of_the_target(issuer: object) -> None:
    with Server(issuer) as server, Server(answer(OK)) as target:  # type: ignore[arg-type]
        (error,) = attempt_all([check(HttpSettings(target.url, auth=oauth(server)), timeout=500)])
    assert isinstance(error, CollectError), error
    assert error.reason is Reason.CREDENTIAL
    assert "s3cret" not in error.detail
    assert not target.requests
