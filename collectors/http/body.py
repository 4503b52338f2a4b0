"""Reading an answer's body within bounds, whatever it claims to be."""

import http.client
import zlib
from typing import Any, Protocol

import brotli

from collectors.http.reply import Headers, Reply
from collectors.net.failures import TargetError
from netmon.conventions import Reason
from netmon.settings import Compression

MOST_BYTES = 64 * 1024 * 1024
"""What a body is cut at when no limit is set."""

_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_AUTO = 32 + zlib.MAX_WBITS  # gzip or zlib, by its header
_RAW = -zlib.MAX_WBITS


class _Decoder(Protocol):
    @property
    def finished(self) -> bool:
        """Whether the end of the compressed data was seen."""

    def unfold(self, piece: bytes, most: int) -> bytes:
        """Decompress up to ``most`` bytes; what lies beyond is dropped, since reading ends there."""


class Body:
    """A body as far as it was read: ``size`` bytes, decompressed, and the bytes themselves unless only counted.

    ``complete`` is False where the limit ended the reading.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self.size = 0
        self.complete = False
        self.data = b""
        self._keep = keep

    def read(self, raw: Reply, limit: int, compression: Compression | None) -> None:
        """Read at most ``limit`` bytes after decompression; compressed bytes count too, so that nothing is endless.

        Raises:
            TargetError: the server compressed in a way nobody asked for.
            OSError, http.client.HTTPException, zlib.error: the answer broke off, or does not unfold.
        """
        decoder = _decoder(raw.headers.get("Content-Encoding") or "", compression)
        came, pieces = 0, []
        while piece := raw.read(min(_PIECE, limit + 1)):
            came += len(piece)
            # One byte more than allowed shows that there is more, and a bomb unfolds no further.
            plain = piece if decoder is None else decoder.unfold(piece, limit + 1 - self.size)
            self.size += len(plain)
            if self._keep:
                pieces.append(plain)
            if self.size > limit or came > limit:
                self.size, self.data = min(self.size, limit), b"".join(pieces)[:limit]
                return
        if raw.length:  # http.client is silent about a body cut short
            raise http.client.IncompleteRead(b"", raw.length)
        if decoder is not None and came and not decoder.finished:
            raise zlib.error("the compressed body ends early")
        self.data, self.complete = b"".join(pieces), True


def text_of(data: bytes, headers: Headers) -> str:
    """The body as text, in the charset the server names, else UTF-8; what cannot be decoded is replaced."""
    try:
        return data.decode(headers.charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # a charset that does not exist, or is none
        return data.decode("utf-8", "replace")


def _decoder(coding: str, compression: Compression | None) -> _Decoder | None:
    name = compression or coding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name == "br" and compression:
        return _Brotli()
    if name == "gzip" and compression:
        return _Zlib(_GZIP)
    if name in {"gzip", "x-gzip", "deflate"}:
        return _Zlib()
    raise TargetError(Reason.PROTOCOL, f"the body is encoded as {name[:40]!r}, which was not asked for")


class _Zlib:
    """gzip (with several members, RFC 1952) and deflate, zlib (RFC 1950) or, as some servers do, raw."""

    def __init__(self, form: int | None = None) -> None:
        self._form = form
        self._zlib: Any = None
        self._head = b""

    @property
    def finished(self) -> bool:
        return self._zlib is not None and self._zlib.eof

    def unfold(self, piece: bytes, most: int) -> bytes:
        if self._zlib is None:
            piece = self._head = self._head + piece
            if len(piece) < 2:
                return b""
            self._zlib = zlib.decompressobj(self._form or (_AUTO if _has_header(piece) else _RAW))
        plain = b""
        while piece and len(plain) < most:
            if self._zlib.eof:
                if not piece.strip(b"\0"):
                    break  # padding after the last member
                self._zlib = zlib.decompressobj(_AUTO)
            plain += self._zlib.decompress(piece, most - len(plain))
            piece = self._zlib.unused_data
        return plain


class _Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        return bool(self._brotli.is_finished())

    def unfold(self, piece: bytes, most: int) -> bytes:
        plain = b""
        try:
            while len(plain) < most:
                more = self._brotli.process(piece, output_buffer_limit=most - len(plain))
                plain += more
                piece = b""
                if not more or self._brotli.can_accept_more_data():
                    break
        except brotli.error as error:
            raise zlib.error(str(error)) from None
        return plain


def _has_header(data: bytes) -> bool:
    """Whether ``data`` begins as gzip or zlib do; raw deflate cannot begin as zlib does and make sense."""
    return data[:2] == b"\x1f\x8b" or (data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0)
