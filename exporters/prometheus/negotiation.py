"""Which format and encoding a scraper gets."""

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

Encoding: TypeAlias = Literal["zstd", "gzip", "identity"]

_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_LEAST = 0.0001


def wants_openmetrics(accept: str) -> bool:
    """Whether an ``Accept`` header prefers OpenMetrics 1.0 to text 0.0.4 (RFC 9110, section 12.5.1)."""
    best = {"openmetrics": 0.0, "text": 0.0}
    for name, weight in _weighted(accept):
        kind, *parameters = (part.strip() for part in name.split(";"))
        if kind == "application/openmetrics-text" and "version=0.0.1" not in parameters:
            best["openmetrics"] = max(best["openmetrics"], weight)
        elif kind in {"text/plain", "text/*", "*/*"}:
            best["text"] = max(best["text"], weight)
    return best["openmetrics"] > 0 and best["openmetrics"] >= best["text"]


def encoding_for(accept_encoding: str) -> Encoding:
    """What an ``Accept-Encoding`` header prefers (RFC 9110, section 12.5.3); of equals the one that is smallest.

    zstd only by name: who takes anything (``*``) means what everybody has. Plain where nothing said can be had: a
    scrape that is too large is better than none.
    """
    weights = dict(_weighted(accept_encoding))
    rest = weights.get("*", 0.0)
    offers: tuple[tuple[Encoding, float], ...] = (
        ("zstd", weights.get("zstd", 0.0)),
        ("gzip", weights.get("gzip", weights.get("x-gzip", rest))),
        ("identity", weights.get("identity", _LEAST)),
    )
    best, weight = max(offers, key=lambda offer: offer[1])
    return best if weight > 0 else "identity"


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    """The elements of a list header with their weights; one that cannot be read weighs nothing."""
    for element in header.lower().split(","):
        parts = [part.strip() for part in element.split(";")]
        weight = 1.0
        for part in parts:
            if part.startswith("q="):
                weight = float(part[2:]) if _WEIGHT.fullmatch(part[2:]) else 0.0
        yield ";".join(part for part in parts if not part.startswith("q=")), weight
