"""Reading an answer's body within bounds, whatever it claims to be."""

import zlib
from dataclasses import dataclass
from typing import Any

import requests

from collectors.net.failures import TargetError
from netmon.conventions import Reason

_PIECE = 64 * 1024
_AUTO = 32 + zlib.MAX_WBITS  # gzip or zlib, by its header
_RAW = -zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Body:
    """What was read, decompressed; ``complete`` is False where the limit ended the reading."""

    data: bytes
    complete: bool


def read_body(response: requests.Response, limit: int) -> Body:
    """Read at most ``limit`` bytes after decompression; compressed bytes count too, so that nothing is endless.

    Raises:
        TargetError: the server compressed in a way nobody asked for.
        OSError, http.client.HTTPException, urllib3.exceptions.HTTPError, zlib.error: the answer broke off.
    """
    raw: Any = response.raw
    decoder = _decoder(response.headers.get("Content-Encoding", ""))
    pieces: list[bytes] = []
    came, kept = 0, 0
    while piece := raw.read(min(_PIECE, limit + 1), decode_content=False):
        came += len(piece)
        # One byte more than allowed shows that there is more, and a bomb unfolds no further.
        plain = piece if decoder is None else decoder.unfold(piece, limit + 1 - kept)
        kept += len(plain)
        pieces.append(plain)
        if kept > limit or came > limit:
            return Body(b"".join(pieces)[:limit], complete=False)
    if decoder is not None and came and not decoder.finished:
        raise zlib.error("the compressed body ends early")
    return Body(b"".join(pieces), complete=True)


def text_of(data: bytes, response: requests.Response) -> str:
    """The body as text, in the charset the server names, else UTF-8; what cannot be decoded is replaced."""
    charset = response.encoding if "charset" in response.headers.get("Content-Type", "").lower() else None
    try:
        return data.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # a charset that does not exist, or is none
        return data.decode("utf-8", "replace")


def _decoder(coding: str) -> "_Decoder | None":
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in {"gzip", "x-gzip", "deflate"}:
        return _Decoder()
    raise TargetError(Reason.PROTOCOL, f"the body is encoded as {name[:40]!r}, which was not asked for")


class _Decoder:
    """gzip (with several members, RFC 1952) and deflate, zlib (RFC 1950) or, as some servers do, raw."""

    def __init__(self) -> None:
        self._zlib: Any = None
        self._head = b""

    @property
    def finished(self) -> bool:
        return self._zlib is not None and self._zlib.eof

    def unfold(self, piece: bytes, most: int) -> bytes:
        """Decompress up to ``most`` bytes; what lies beyond is dropped, since reading ends there."""
        if self._zlib is None:
            piece = self._head = self._head + piece
            if len(piece) < 2:
                return b""
            self._zlib = zlib.decompressobj(_AUTO if _has_header(piece) else _RAW)
        plain = b""
        while piece and len(plain) < most:
            if self._zlib.eof:
                if not piece.strip(b"\0"):
                    break  # padding after the last member
                self._zlib = zlib.decompressobj(_AUTO)
            plain += self._zlib.decompress(piece, most - len(plain))
            piece = self._zlib.unused_data
        return plain


def _has_header(data: bytes) -> bool:
    """Whether ``data`` begins as gzip or zlib do; raw deflate cannot begin as zlib does and make sense."""
    return data[:2] == b"\x1f\x8b" or (data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0)
