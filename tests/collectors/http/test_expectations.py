"""What can be expected of an answer besides its status, and what a page must hold."""

import gzip
import json

import brotli
import pytest

from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import State
from netmon.settings import ContentMatch, HeaderMatch, HttpSettings, Selector
from tests.collectors.http.polling import attempt_all, check, poll, value
from tests.collectors.http.servers import OK, Server, answer, with_body

PAGE = with_body(
    b"Bienvenue",
    "Set-Cookie: a=1",
    "Set-Cookie: b=2",
    "X-Powered-By: PHP/5.3",
    "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT",
)
JSON = json.dumps({"ok": True, "lines": [{"name": "A", "delay": 4}, {"name": "B", "delay": 0}], "site": "Bègles"})
HTML = b"<html><title>Portail</title><form action='/in?a=1&amp;b=2'><input name=csrf value='t0k3n'></form>" + b" " * 500


def expects(reason: Reason, page: bytes = PAGE, **settings: object) -> None:
    with Server(answer(page)) as server:
        reading = poll(HttpSettings(server.url, **settings))  # type: ignore[arg-type]
    assert reading.reason is reason, reading


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"header_matches": (HeaderMatch("set-cookie", "^b="),)}, Reason.OK),
        ({"header_matches": (HeaderMatch("Set-Cookie", "^c="),)}, Reason.HEADER),
        ({"header_matches": (HeaderMatch("X-Frame-Options", "DENY"),)}, Reason.HEADER),
        ({"header_matches": (HeaderMatch("X-Frame-Options", "DENY", allow_missing=True),)}, Reason.OK),
        ({"header_not_matches": (HeaderMatch("X-Powered-By", "PHP/[45]"),)}, Reason.HEADER),
        ({"header_not_matches": (HeaderMatch("Set-Cookie", "^b="),)}, Reason.HEADER),
        ({"header_not_matches": (HeaderMatch("X-Powered-By", "ASP"),)}, Reason.OK),
        ({"header_not_matches": (HeaderMatch("X-Other", "ASP"),)}, Reason.HEADER),
        ({"header_not_matches": (HeaderMatch("X-Other", "ASP", allow_missing=True),)}, Reason.OK),
    ],
)
def test_headers_are_judged_value_by_value(settings: dict[str, object], reason: Reason) -> None:
    with Server(answer(PAGE)) as server:
        reading = poll(HttpSettings(server.url, **settings))  # type: ignore[arg-type]
    assert reading.reason is reason, reading
    assert value(reading, "probe_failed_due_to_regex") == (reason is Reason.HEADER)


@pytest.mark.parametrize(
    ("patterns", "not_patterns", "reason"),
    [
        (("Bien", "venue"), ("Erreur", "maintenance"), Reason.OK),
        (("Bien", "Bonsoir"), (), Reason.BODY),
        ((), ("Erreur", "Bien"), Reason.BODY),
    ],
)
def test_every_pattern_counts(patterns: tuple[str, ...], not_patterns: tuple[str, ...], reason: Reason) -> None:
    expects(reason, body_regex=patterns, body_not_regex=not_patterns)


def test_the_version_spoken_can_be_expected() -> None:
    old = OK.replace(b"HTTP/1.1", b"HTTP/1.0")
    expects(Reason.OK, expected_versions=("HTTP/1.1", "HTTP/2.0"))
    expects(Reason.VERSION, old, expected_versions=("HTTP/1.1",))
    expects(Reason.OK, old, expected_versions=("HTTP/1.0",))


def test_a_plain_answer_can_be_too_little_or_just_right() -> None:
    expects(Reason.SCHEME, fail_if_not_tls=True)
    expects(Reason.OK, fail_if_tls=True)


def test_the_time_of_the_last_change_is_measured_where_it_is_told() -> None:
    with Server(answer(PAGE)) as server:
        assert value(poll(HttpSettings(server.url)), "probe_http_last_modified_timestamp_seconds") == 1445412480
    with Server(answer(with_body(b"", "Last-Modified: Sun Nov  6 08:49:37 1994"))) as server:
        assert value(poll(HttpSettings(server.url)), "probe_http_last_modified_timestamp_seconds") == 784111777
    for date in ("yesterday", "Wed, 21 Oct 2015 09:28:00 +0200", "Wed, 99 Oct 2015 09:28:00 GMT"):
        with Server(answer(with_body(b"", f"Last-Modified: {date}"))) as server:
            names = {family.name for family in poll(HttpSettings(server.url)).families}
        assert "probe_http_last_modified_timestamp_seconds" not in names


@pytest.mark.parametrize(
    ("compression", "asked", "body", "told", "reason"),
    [
        (None, b"gzip, deflate", gzip.compress(b"Bienvenue", mtime=0), "gzip", Reason.OK),
        ("gzip", b"gzip", gzip.compress(b"Bienvenue", mtime=0), "gzip", Reason.OK),
        ("gzip", b"gzip", gzip.compress(b"Bienvenue", mtime=0), "", Reason.OK),  # decoded whatever the answer says
        ("gzip", b"gzip", b"Bienvenue", "", Reason.PROTOCOL),
        ("br", b"br", brotli.compress(b"Bienvenue"), "br", Reason.OK),
        ("br", b"br", b"Bienvenue", "br", Reason.PROTOCOL),
        ("br", b"br", brotli.compress(b"Bienvenue" * 99)[:-3], "br", Reason.PROTOCOL),
        ("br", b"br", brotli.compress(bytes(64 << 20)), "br", Reason.TOO_LARGE),
        ("identity", b"identity", b"Bienvenue", "gzip", Reason.OK),
    ],
)
def test_compression_is_asked_for_and_then_expected(
    compression: str | None, asked: bytes, body: bytes, told: str, reason: Reason
) -> None:
    with Server(answer(with_body(body, f"Content-Encoding: {told}"))) as server:
        reading = poll(HttpSettings(server.url, compression=compression, body_regex=("Bienvenue",)))  # type: ignore[arg-type]
    assert reading.reason is reason, reading
    assert b"Accept-Encoding: " + asked + b"\r\n" in server.requests[0]


def test_a_header_says_what_else_is_asked_for() -> None:
    page = with_body(gzip.compress(b"Bienvenue"), "Content-Encoding: gzip")
    with Server(answer(page)) as server:
        settings = HttpSettings(server.url, headers=(("accept-encoding", "br;q=1, gzip;q=0.9"),), compression="gzip")
        assert poll(settings).state is State.UP
    assert server.requests[0].lower().count(b"accept-encoding: ") == 1
    assert b"br;q=1, gzip;q=0.9" in server.requests[0]


@pytest.mark.parametrize(
    ("where", "pattern", "found"),
    [
        (Selector("json", "$.lines[?@.name == 'B'].delay"), "^0$", True),
        (Selector("json", "$.lines[*].delay"), "^0$", False),  # the first counts
        (Selector("json", "$.ok"), "true", True),
        (Selector("json", "$.nothing"), None, False),
        (Selector("regex", r'"site": "([^"]+)"'), "Bègles|B.u00e8gles", True),
        (Selector("regex", "no such"), None, False),
    ],
)
def test_values_in_json_are_found(where: Selector, pattern: str | None, found: bool) -> None:
    page = with_body(JSON.encode())
    expects(Reason.OK if found else Reason.BODY, page, content=(ContentMatch(where, pattern),))


@pytest.mark.parametrize(
    ("where", "pattern", "found"),
    [
        (Selector("css", "title"), "^Portail$", True),
        (Selector("css", "form input[name=csrf]", "value"), "^t0k3n$", True),
        (Selector("css", "form", "action"), r"^/in\?a=1&b=2$", True),
        (Selector("css", "form", "method"), None, False),
        (Selector("css", "h1.missing"), None, False),
        (Selector("css", "title"), "^Erreur$", False),
    ],
)
def test_values_in_pages_are_found(where: Selector, pattern: str | None, found: bool) -> None:
    expects(Reason.OK if found else Reason.BODY, with_body(HTML), content=(ContentMatch(where, pattern),))


@pytest.mark.parametrize(
    ("rules", "reason", "by_cel"),
    [
        ({"json_expression": "body.ok && body.lines.all(l, l.delay < 5)"}, Reason.OK, 0),
        ({"json_expression": "body.lines.exists(l, l.delay > 5.0)"}, Reason.BODY, 1),
        ({"json_not_expression": "size(body.lines) == 0"}, Reason.OK, 0),
        ({"json_not_expression": "body.lines[0].name == 'A'"}, Reason.BODY, 1),
        ({"json_expression": "body.missing == 1"}, Reason.BODY, 1),
        ({"json_expression": "has(body.missing) || body.site.startsWith('B')"}, Reason.OK, 0),
    ],
)
def test_cel_expressions_judge_json(rules: dict[str, object], reason: Reason, by_cel: int) -> None:
    with Server(answer(with_body(JSON.encode()))) as server:
        reading = poll(HttpSettings(server.url, **rules))  # type: ignore[arg-type]
    assert reading.reason is reason, reading
    assert value(reading, "probe_failed_due_to_cel") == by_cel


def test_a_page_that_is_not_json_is_the_targets_fault() -> None:
    expects(Reason.BODY, json_expression="true")
    expects(Reason.BODY, content=(ContentMatch(Selector("json", "$.a")),))
    expects(Reason.BODY, with_body(b"[" * 100_000), json_expression="true")


@pytest.mark.parametrize(
    "rules",
    [
        {"json_expression": "body +"},
        {"json_expression": "unknown(body)"},
        {"json_expression": "1 + 1"},
        {"content": (ContentMatch(Selector("json", "lines.")),)},
        {"content": (ContentMatch(Selector("css", "in[")),)},
        {"content": (ContentMatch(Selector("regex", "(")),)},
    ],
)
def test_an_expression_that_is_none_is_our_fault(rules: dict[str, object]) -> None:
    with Server(answer(with_body(JSON.encode()))) as server:
        (error,) = attempt_all([check(HttpSettings(server.url, **rules))])  # type: ignore[arg-type]
    assert isinstance(error, CollectError)
    assert error.reason is Reason.INTERNAL
    assert "cannot be used" in error.detail


def test_an_expression_that_never_ends_is_our_fault() -> None:
    endless = "[0,1,2,3,4,5,6,7,8,9].map(a, " * 12 + "a" + ")" * 12 + ".size() == 0"
    with Server(answer(with_body(b"{}"))) as server:
        (error,) = attempt_all([check(HttpSettings(server.url, json_expression=endless))])
    assert isinstance(error, CollectError)
    assert "takes too long" in error.detail


def test_a_page_can_be_too_small() -> None:
    expects(Reason.OK, min_bytes=9)
    expects(Reason.BODY, min_bytes=10)


@pytest.mark.parametrize(
    ("page", "maintained"),
    [
        (with_body(b"Site en maintenance"), True),
        (with_body(b"Site en maintenance", status="500 Oh"), True),
        (with_body(b"..", "Retry-After: 120", status="503 Busy"), True),
        (with_body(b"..", status="503 Busy"), False),
        (with_body(b"..", "Retry-After: 120", status="500 Oh"), False),
    ],
)
def test_a_page_that_says_maintenance_is_not_down(page: bytes, maintained: bool) -> None:
    with Server(answer(page)) as server:
        rules = HttpSettings(server.url, maintenance_regex=("en maintenance",), maintenance_status=True)
        reading = poll(rules)
        unasked = poll(HttpSettings(server.url, body_not_regex=("maintenance",)))
    assert (reading.reason is Reason.MAINTENANCE_SEEN) == maintained
    assert (reading.state is State.DEGRADED) == maintained
    assert value(reading, "probe_success") == maintained
    assert unasked.state is State.DOWN


def test_what_was_read_of_a_body_that_breaks_off_is_counted() -> None:
    with Server(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")) as server:
        assert value(poll(HttpSettings(server.url)), "probe_http_uncompressed_body_length") == 5


def test_a_body_nobody_looks_into_is_counted_and_not_kept() -> None:
    with Server(answer(with_body(b"x" * 300_000))) as server:
        reading = poll(HttpSettings(server.url, max_bytes=0))
    assert value(reading, "probe_http_uncompressed_body_length") == 300_000
