"""A login, then a page: what one step finds, the next one uses, and nobody else sees."""

import pytest

from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import Extract, HttpSettings, HttpStep, Secret, Selector
from tests.collectors.http.polling import attempt_all, check, poll, value
from tests.collectors.http.servers import OK, Server, answer, answer_by_path, redirect, with_body

CSRF = "c5rf-t0k3n/é"
FORM = f"<form action='/session?state=a&amp;b=c'><input name=csrf value='{CSRF}'></form>"
PASSWORD = "très secret"


def journey(server: Server, *steps: HttpStep, **more: object) -> HttpSettings:
    return HttpSettings(server.url, steps=steps, **more)  # type: ignore[arg-type]


def step(name: str, url: str, *extract: Extract, **settings: object) -> HttpStep:
    return HttpStep(name, HttpSettings(url, **settings), extract)  # type: ignore[arg-type]


def csrf(name: str = "csrf") -> Extract:
    return Extract(name, Selector("css", "input[name=csrf]", "value"))


def everything(reading: Reading) -> str:
    return repr(reading) + "\n".join(reading.log)


def test_a_login_and_the_page_behind_it() -> None:
    pages = {
        "/login": with_body(FORM.encode(), "Set-Cookie: visit=1; Path=/"),
        "/session?state=a&b=c": redirect("/home", 303, "Set-Cookie: session=s3ss10n; Path=/\r\n"),
        "/home": with_body(b'{"token": "bear3r"}'),
        "/api/c5rf-t0k3n%2F%C3%A9": OK,
    }
    with Server(answer_by_path(pages)) as server:
        base = server.url
        reading = poll(
            journey(
                server,
                step("form", f"{base}login", csrf(), Extract("action", Selector("css", "form", "action"))),
                step(
                    "login",
                    "{{action}}",
                    Extract("token", Selector("json", "$.token")),
                    method="POST",
                    form=(("user", "jean"), ("password", Secret(PASSWORD)), ("csrf", "{{csrf}}")),
                ),
                step(
                    "page",
                    f"{base}api/{{{{csrf}}}}",
                    headers=(("Authorization", "Bearer {{token}}"),),
                    body_regex=("Bienvenue",),
                ),
            )
        )
    assert reading.state is State.UP, reading
    form, login, home, page = server.requests
    assert login.startswith(b"POST /session?state=a&b=c HTTP/1.1\r\n")
    assert login.endswith(b"user=jean&password=tr%C3%A8s+secret&csrf=c5rf-t0k3n%2F%C3%A9")
    assert b"Cookie: visit=1\r\n" in login
    assert b"session=s3ss10n" in home
    assert b"Authorization: Bearer bear3r\r\n" in page
    assert b"Cookie" not in form
    for secret in (CSRF, "c5rf-t0k3n%2F%C3%A9", PASSWORD, "tr%C3%A8s+secret", "bear3r"):
        assert secret not in everything(reading)
    for name in ("form", "login", "page"):
        assert value(reading, "netmon_http_step_duration_seconds", step=name) > 0
        assert value(reading, "netmon_http_step_up", step=name) == 1
    assert value(reading, "probe_http_redirects") == 1


def test_the_step_that_fails_is_named_and_the_rest_is_not_asked() -> None:
    pages = {"/a": OK, "/b": with_body(b"", status="500 Oh"), "/c": OK}
    with Server(answer_by_path(pages)) as server:
        reading = poll(journey(server, *(step(name, f"{server.url}{name}") for name in "abc")))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.STATUS)
    assert reading.detail.startswith("step b: status 500")
    assert value(reading, "netmon_http_step_up", step="a") == 1
    assert value(reading, "netmon_http_step_up", step="b") == 0
    steps = next(family for family in reading.families if family.name == "netmon_http_step_up")
    assert steps.series == (("a",), ("b",))
    assert len(server.requests) == 2


def test_a_value_that_is_not_there_fails_the_step_that_looked_for_it() -> None:
    with Server(answer(OK)) as server:
        reading = poll(journey(server, step("form", server.url, csrf()), step("login", server.url)))
    assert reading.reason is Reason.BODY
    assert reading.detail == "step form: nothing at the selector 'input[name=csrf]' for csrf"


def test_cookies_live_within_one_journey() -> None:
    with Server(answer(with_body(b"", "Set-Cookie: a=1; Path=/"))) as server:
        settings = journey(server, step("one", server.url), step("two", server.url))
        attempt_all([check(settings)])
        attempt_all([check(settings)])
    assert [b"Cookie: a=1\r\n" in request for request in server.requests] == [False, True, False, True]


def test_maintenance_seen_at_a_step_ends_the_journey_without_an_outage() -> None:
    pages = {"/a": with_body(b"Nous sommes en maintenance", status="503 Busy"), "/b": OK}
    with Server(answer_by_path(pages)) as server:
        one = step("a", f"{server.url}a", maintenance_regex=("maintenance",))
        reading = poll(journey(server, one, step("b", f"{server.url}b")))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.MAINTENANCE_SEEN)
    assert reading.detail.startswith("step a: the page says")
    assert value(reading, "netmon_http_step_up", step="a") == 0
    assert len(server.requests) == 1


def test_slow_is_for_the_whole_or_for_a_step() -> None:
    with Server(answer(OK)) as server:
        whole = poll(journey(server, step("one", server.url), slow=0))
        part = poll(journey(server, step("one", server.url, slow=0), step("two", server.url)))
    assert (whole.reason, part.reason) == (Reason.SLOW, Reason.SLOW)
    assert len(server.requests) == 3  # a slow step does not end the journey
    assert value(part, "probe_success") == 1
    assert part.detail.startswith("step one: took ")
    assert whole.detail.startswith("took ")


@pytest.mark.parametrize(
    "link", ["http://elsewhere.example/", "//elsewhere.example", "javascript:void(0)", "http://[::1"]
)
def test_a_link_found_leads_to_no_other_site(link: str) -> None:
    with Server(answer(with_body(f"<a href='{link}'>suite</a>".encode()))) as server:
        found = Extract("next", Selector("css", "a", "href"))
        reading = poll(
            journey(server, step("one", server.url, found), step("two", "{{next}}", form=(("p", Secret(PASSWORD)),)))
        )
    assert reading.reason is Reason.BODY
    assert reading.detail.startswith("step two: the link found before leads to a site")
    assert len(server.requests) == 1


def test_a_value_that_makes_no_header_is_the_targets_fault() -> None:
    with Server(answer(with_body(b'{"a": "x\\r\\nEvil: 1"}'))) as server:
        found = Extract("a", Selector("json", "$.a"))
        reading = poll(
            journey(server, step("one", server.url, found), step("two", server.url, headers=(("X-A", "{{a}}"),)))
        )
    assert (reading.state, reading.reason) == (State.DOWN, Reason.BODY)
    assert len(server.requests) == 1


def test_what_is_ours_stays_ours_within_a_journey() -> None:
    with Server(answer(OK)) as server:
        steps = (step("one", server.url), step("two", server.url, headers=(("X-Key", Secret("")),)))
        (error,) = attempt_all([check(journey(server, *steps))])
    assert isinstance(error, CollectError)
    assert error.reason is Reason.CREDENTIAL


def test_series_of_steps_are_the_same_tuples_poll_after_poll() -> None:
    with Server(answer(OK)) as server:
        settings = journey(server, step("one", server.url), step("two", server.url))
        first, second = (poll(settings) for _ in range(2))
    for one, other in zip(first.families, second.families, strict=True):
        assert one.series is other.series
