"""Access tokens by client credentials (RFC 6749, 4.4), each kept until it expires."""

import threading
import time
from dataclasses import dataclass

from netmon.settings import OAuth2

_EARLY = 10.0
"""Seconds before its end from which a token is not used any more, as in Go's library."""
_MOST = 1024


@dataclass(frozen=True, slots=True)
class Token:
    """A token, as the header ``Authorization`` carries it, and its end on the monotonic clock, None: it has none."""

    header: str
    ends: float | None


class Tokens:
    """Tokens by what they were asked with, shared by all polls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[OAuth2, Token] = {}

    def get(self, auth: OAuth2) -> str | None:
        """The header of a token that is still good; None: one has to be fetched."""
        with self._lock:
            token = self._held.get(auth)
        if token is None or (token.ends is not None and time.monotonic() > token.ends - _EARLY):
            return None
        return token.header

    def keep(self, auth: OAuth2, header: str, seconds: float | None) -> None:
        """Keep a token that is good for so many seconds."""
        with self._lock:
            if len(self._held) >= _MOST:
                self._held.clear()
            self._held[auth] = Token(header, None if seconds is None else time.monotonic() + seconds)

    def drop(self, auth: OAuth2) -> None:
        """The target does not take it: fetch another next time."""
        with self._lock:
            self._held.pop(auth, None)
