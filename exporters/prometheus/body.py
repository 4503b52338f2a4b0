"""The body of a scrape, piece by piece: no second copy of everything is made, and nobody waits long for his turn."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from isal import isal_zlib
from zstandard import ZstdCompressor

from exporters.prometheus.negotiation import Encoding

PIECE = 1 << 19

_GZIP_WINDOW = 31  # the largest window, with the header and trailer of gzip
_LEVEL = 1  # of both: the text is so repetitive that higher levels take longer for hardly less


def pieces(parts: Sequence[bytes]) -> Iterator[bytes]:
    """The parts joined, or cut, to pieces of about half a megabyte."""
    start = size = 0
    for index, part in enumerate(parts, 1):
        size += len(part)
        if size >= PIECE:
            joined = b"".join(parts[start:index])
            if size < 2 * PIECE:
                yield joined
            else:
                yield from (joined[at : at + PIECE] for at in range(0, size, PIECE))
            start, size = index, 0
    if size:
        yield b"".join(parts[start:])


def encoded(parts: Sequence[bytes], encoding: Encoding) -> Iterator[bytes]:
    """The pieces as they are sent. Packing takes about a millisecond each: ask for them in a thread."""
    if encoding == "identity":
        yield from pieces(parts)
        return
    packer = _packer(encoding)
    for piece in pieces(parts):
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def _packer(encoding: Encoding) -> _Packer:
    if encoding == "gzip":
        return isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
    return ZstdCompressor(level=_LEVEL).compressobj()
