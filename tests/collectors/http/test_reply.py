"""Reading status and headers: what stands there is found, and noise is refused in one of the ways we know."""

import io
import string
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.http.failures import NETWORK_ERRORS
from collectors.http.reply import Headers, Reply

TOKEN = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=20)
NAME = TOKEN.filter(lambda name: name.lower() not in {"content-length", "transfer-encoding"})
VALUE = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f\x85\xa0\xad"), max_size=30)


class Wire:
    """As much of a connection as a reply reads from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def reply(data: bytes, method: str = "GET") -> Reply:
    made = Reply(cast("Any", Wire(data)), method=method)
    made.begin()
    return made


@given(st.integers(200, 599), st.lists(st.tuples(NAME, VALUE), max_size=20))
def test_every_header_is_found_whatever_the_case_of_its_name(status: int, sent: list[tuple[str, str]]) -> None:
    lines = [f"HTTP/1.1 {status} Yes", *(f"{name}: {value}" for name, value in sent), "", ""]
    found = reply("\r\n".join(lines).encode("latin-1"))
    assert (found.status, found.version) == (status, 11)
    for name in {name for name, _ in sent}:
        values = [value for other, value in sent if other.lower() == name.lower()]
        assert found.headers.get_all(name.swapcase()) == values
        assert found.headers.get(name.upper()) == values[0]


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda noise: b"HTTP/1.1 200 OK\r\n" + noise))
def test_noise_is_refused_in_a_way_we_know(data: bytes) -> None:
    try:
        found = reply(data)
        while found.read(100):
            pass
    except NETWORK_ERRORS:
        return
    assert 200 <= found.status <= 999 or found.status == 101


@pytest.mark.parametrize(
    ("head", "method", "length"),
    [
        ("200 OK\r\nContent-Length: 3", "GET", 3),
        ("200 OK\r\nContent-Length: 3", "HEAD", 0),
        ("204 No\r\nContent-Length: 3", "GET", 0),
        ("304 No\r\nContent-Length: 3", "GET", 0),
        ("200 OK\r\nX: y", "GET", None),
        ("200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 3", "GET", None),
    ],
)
def test_how_far_the_body_reaches(head: str, method: str, length: int | None) -> None:
    found = reply(f"HTTP/1.1 {head}\r\n\r\n".encode(), method)
    assert found.length == length
    assert found.chunked == ("Chunked" in head)


@pytest.mark.parametrize(
    ("kind", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "iso-8859-1"),
        ('text/html; Charset="utf-8"', "utf-8"),
        ("text/html", None),
        ("", None),
        ("charset", None),
    ],
)
def test_the_charset_is_the_content_types(kind: str, charset: str | None) -> None:
    headers = Headers()
    headers.add("content-type", kind)
    assert headers.charset() == charset
    assert "Content-Type" in headers
    assert Headers().charset() is None
