"""Reading an answer's first line and headers (RFC 9112); the body is ``http.client``'s to read.

The library parses headers as mail, which takes longer than all the rest of a poll of a plain page together.
"""

import http
import http.client
from email.message import Message

_LINE = 65_536
_MOST = 200
_INTERIM = range(100, 200)
_SWITCHING = 101
_BODYLESS = frozenset({204, 304})


class Headers:
    """Headers by name, in any case; values in the order they came. As much of ``email.message.Message`` as is used."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}

    def add(self, name: str, value: str) -> None:
        """One more header."""
        self._values.setdefault(name.lower(), []).append(value)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value; ``default`` without one."""
        found = self._values.get(name.lower())
        return found[0] if found else default

    def get_all(self, name: str, default: list[str] | None = None) -> list[str] | None:
        """All values; ``default`` without one."""
        return self._values.get(name.lower(), default)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._values

    def charset(self) -> str | None:
        """The charset that ``Content-Type`` names."""
        kind = self.get("Content-Type")
        if kind is None or "charset" not in kind.lower():
            return None
        message = Message()
        message["Content-Type"] = kind
        return message.get_content_charset() or None


class Reply(http.client.HTTPResponse):
    """An answer, after all interim ones (RFC 9110, 15.2)."""

    headers: Headers  # type: ignore[assignment]  # of which http.client, past ``begin``, wants nothing but ``get``

    def begin(self) -> None:
        """Read up to the body.

        Raises:
            http.client.HTTPException: this is no HTTP.
            OSError: the connection broke.
        """
        while True:
            version, status, reason = self._read_status()  # type: ignore[attr-defined]  # not in the stubs
            headers = self._read_headers()
            if status not in _INTERIM or status == _SWITCHING:
                break
        self.code = self.status = status
        self.reason = reason.strip()
        self.version = 10 if version in {"HTTP/1.0", "HTTP/0.9"} else 11
        if not version.startswith("HTTP/1.") and version != "HTTP/0.9":
            raise http.client.UnknownProtocol(version)
        self.headers = headers
        self._frame(headers)

    def _read_headers(self) -> Headers:
        headers = Headers()
        name, value = "", ""
        for _ in range(_MOST + 1):
            line = self._line()
            if line[:1] in {" ", "\t"} and name:  # a header that goes on (RFC 9112, 5.2)
                value = f"{value} {line.strip()}"
                continue
            if name:
                headers.add(name, value)
            if not line:
                return headers
            name, colon, value = line.partition(":")
            name, value = name.rstrip(), value.strip()
            if not colon or not name or " " in name:
                raise http.client.HTTPException(f"not a header: {line[:40]!r}")
        raise http.client.HTTPException(f"more than {_MOST} headers")

    def _line(self) -> str:
        """The next line, without its end; empty at the end of the headers."""
        line: bytes = self.fp.readline(_LINE + 1)
        if len(line) > _LINE:
            raise http.client.LineTooLong("header line")
        if not line.endswith(b"\n"):
            raise http.client.HTTPException("the headers end early")
        return line.decode("latin-1").rstrip("\r\n")

    def _frame(self, headers: Headers) -> None:
        """How far the body reaches (RFC 9112, 6.3). The connection is never used again."""
        self.will_close = True
        self.chunk_left = None
        self.chunked = (headers.get("Transfer-Encoding") or "").strip().lower() == "chunked"
        lengths = set(headers.get_all("Content-Length") or ())
        if len(lengths) > 1 or not all(length.isdecimal() and length.isascii() for length in lengths):
            raise http.client.HTTPException("a Content-Length that is none")
        self.length = None if self.chunked or not lengths else int(lengths.pop())
        if self.status in _BODYLESS or self._method == "HEAD" or self.status in _INTERIM:  # type: ignore[attr-defined]
            self.length = 0
