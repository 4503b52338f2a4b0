"""Formats and encodings by the headers that scrapers send."""

import gzip

import pytest

from exporters.prometheus.negotiation import accepts_gzip, join, wants_openmetrics

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
    ("accept_encoding", "gzip_accepted"),
    [
        ("gzip", True),
        ("", False),
        ("deflate, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("*", True),
        ("*, gzip;q=0", False),
    ],
)
def test_gzip_is_served_to_who_takes_it(accept_encoding: str, gzip_accepted: bool) -> None:
    assert accepts_gzip(accept_encoding) is gzip_accepted


def test_the_body_is_the_parts_joined_whatever_their_size() -> None:
    parts = [b"a" * 700_000, b"", b"b" * 700_000, b"c"]
    whole = b"".join(parts)
    assert join(parts, gzip=False) == whole
    assert gzip.decompress(join(parts, gzip=True)) == whole
    assert gzip.decompress(join([], gzip=True)) == b""
