"""Decompression in pieces, whatever their borders, and never beyond the limit."""

import gzip
import zlib
from http.client import HTTPMessage, HTTPResponse

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.http.body import Body
from collectors.net.failures import TargetError, clean

CODINGS = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": lambda data: zlib.compress(data)[2:-4],
    "br": brotli.compress,
}


class Pieces(HTTPResponse):
    """A stream that gives what it holds in pieces of its own choosing."""

    def __init__(self, data: bytes, coding: str, sizes: list[int]) -> None:
        self._data = data
        self._sizes = sizes
        self.length = None
        self.headers = HTTPMessage()
        self.headers["Content-Encoding"] = coding

    def read(self, amt: int | None = None) -> bytes:
        size = min(self._sizes.pop() if self._sizes else 1 << 20, amt or 1 << 20)
        piece, self._data = self._data[:size], self._data[size:]
        return piece

    def close(self) -> None:
        """Nothing is open."""


@given(
    data=st.binary(max_size=500) | st.binary(max_size=20).map(lambda data: data * 5000),
    coding=st.sampled_from(sorted(CODINGS)),
    sizes=st.lists(st.integers(1, 40), max_size=60),
    limit=st.integers(1, 200_000),
)
def test_a_body_is_whole_or_its_beginning(data: bytes, coding: str, sizes: list[int], limit: int) -> None:
    sent = CODINGS[coding](data)
    body = Body()
    body.read(Pieces(sent, coding, sizes), limit, "br" if coding == "br" else None)
    if len(data) <= limit and len(sent) <= limit:
        assert body.complete
        assert body.data == data
    else:
        assert not body.complete
        assert data.startswith(body.data)
        assert len(body.data) <= limit


@given(
    data=st.binary(max_size=300), coding=st.sampled_from(["gzip", "deflate", "br"]), sizes=st.lists(st.integers(1, 40))
)
def test_noise_is_refused_or_bounded(data: bytes, coding: str, sizes: list[int]) -> None:
    body = Body()
    try:
        body.read(Pieces(data, coding, sizes), 1000, "br" if coding == "br" else None)
    except zlib.error:
        return
    assert len(body.data) <= 1000


def test_a_coding_nobody_asked_for_is_refused() -> None:
    with pytest.raises(TargetError):
        Body().read(Pieces(b"..", "br", []), 10, None)


@given(st.text(max_size=500))
def test_a_line_from_outside_is_one_short_printable_line(text: str) -> None:
    line = clean(text)
    assert len(line) <= 200
    assert len(line.splitlines()) <= 1
    assert line.isprintable()


def test_what_is_used_of_http_client_and_not_public_is_there() -> None:
    assert callable(HTTPResponse._read_status)  # type: ignore[attr-defined]
