"""Which format and encoding a scraper gets."""

from collections.abc import Iterator, Sequence
from zlib import DEFLATED, MAX_WBITS, compressobj

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_GZIP_LEVEL = 1  # 3 times the speed of the default, for a tenth more bytes
_PIECE = 1 << 20


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


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an ``Accept-Encoding`` header takes gzip (RFC 9110, section 12.5.3)."""
    weights = dict(_weighted(accept_encoding))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def join(parts: Sequence[bytes], *, gzip: bool) -> bytes:
    """The body. Long work on much data: call it in a thread (zlib leaves the other threads their turn)."""
    if not gzip:
        return b"".join(parts)
    packer = compressobj(_GZIP_LEVEL, DEFLATED, MAX_WBITS | 16)
    packed = [packer.compress(piece) for piece in _pieces(parts)]
    return b"".join((*packed, packer.flush()))


def _pieces(parts: Sequence[bytes]) -> Iterator[bytes]:
    """The parts joined to pieces of about a megabyte, so that no second copy of everything is made."""
    start = size = 0
    for index, part in enumerate(parts, 1):
        size += len(part)
        if size >= _PIECE:
            yield b"".join(parts[start:index])
            start, size = index, 0
    yield b"".join(parts[start:])


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    """The elements of a list header with their weights; one that cannot be read weighs nothing."""
    for element in header.lower().split(","):
        parts = [part.strip() for part in element.split(";")]
        weight = 1.0
        for part in parts:
            if part.startswith("q="):
                try:
                    weight = float(part[2:])
                except ValueError:
                    weight = 0.0
        yield ";".join(part for part in parts if not part.startswith("q=")), weight
