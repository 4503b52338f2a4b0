"""Formats and encodings by the headers that scrapers send."""

import gzip

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.prometheus.body import PIECE, encoded
from exporters.prometheus.negotiation import Encoding, encoding_for, wants_openmetrics

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "openmetrics"),
    [
        (PROMETHEUS_2, True),
        (PROMETHEUS_3, True),
        ("", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/plain;version=0.0.4", False),
        ("application/openmetrics-text; version=1.0.0; q=0.2, text/plain; q=0.5", False),
        ("application/openmetrics-text;version=0.0.1", False),
        ("application/openmetrics-text", True),
        ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text;q=oops", False),
    ],
)
def test_openmetrics_is_served_to_who_prefers_it(accept: str, openmetrics: bool) -> None:
    assert wants_openmetrics(accept) is openmetrics


@pytest.mark.parametrize(
    ("accept_encoding", "encoding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip;q=0.8", "gzip"),
        ("deflate, x-gzip;q=0.5", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;q=7", "identity"),
        ("*", "gzip"),
        ("*;q=0.1, identity", "identity"),
        ("*, gzip;q=0", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0.2, gzip;q=0.5", "gzip"),
        ("identity;q=0, br", "identity"),
    ],
)
def test_the_encoding_is_the_one_that_is_preferred(accept_encoding: str, encoding: Encoding) -> None:
    assert encoding_for(accept_encoding) == encoding


@given(st.text(max_size=40) | st.text("gzipstdq=;,.*01 ", max_size=40))
@settings(max_examples=200)
def test_no_header_is_too_odd_to_be_answered(header: str) -> None:
    assert encoding_for(header) in {"zstd", "gzip", "identity"}
    assert wants_openmetrics(header) in {True, False}


@pytest.mark.parametrize("parts", [[], [b""], [b"a" * PIECE, b"", b"b" * (PIECE // 2), b"c"], [b"x" * 3 * PIECE] * 2])
def test_the_body_is_the_parts_joined_whatever_their_size(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    assert b"".join(encoded(parts, "identity")) == whole
    assert gzip.decompress(b"".join(encoded(parts, "gzip"))) == whole
    assert zstandard.ZstdDecompressor().decompressobj().decompress(b"".join(encoded(parts, "zstd"))) == whole
