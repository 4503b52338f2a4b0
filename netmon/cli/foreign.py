"""Documents from elsewhere, from a file or over HTTP: bounded in size and time, and told in one line when they fail."""

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from exporters.terminal.client import is_here
from netmon.config.secrets import referred
from netmon.config.wrong import WrongError
from netmon.errors import UnavailableError, UsageError

MOST_BYTES = 32 * 1024 * 1024
_SECONDS = 30.0
_SECONDS_IN_ALL = 120.0


class Asking:
    """Gets documents over HTTP. ``token``: a reference to what proves who asks; ``ca_file``: CAs instead of the
    system's; ``follow``: redirects, where there is no token to give away; ``seconds``: for each sign of life.

    Raises:
        UsageError: the token is no reference, or refers to what cannot be used; the CA file cannot be.
    """

    def __init__(
        self,
        token: str | None = None,
        ca_file: Path | None = None,
        *,
        follow: bool = False,
        seconds: float = _SECONDS,
    ) -> None:
        self._seconds = seconds
        self._headers = {"Accept": "application/json", "User-Agent": "netmon"}
        if token is not None:
            self._headers["Authorization"] = _authorization(token)
        try:
            context = ssl.create_default_context(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{ca_file}: no CA certificates in PEM form ({error})") from error
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=context),
            *([] if follow else [_NoRedirects()]),
        )

    def document(self, url: str) -> Any:
        """The JSON document at ``url``, 32 MB at most.

        Raises:
            UnavailableError: there is none.
        """
        return json_of(self.content(url), url)

    def content(self, url: str) -> bytes:
        """What is at ``url``, 32 MB at most.

        Raises:
            UnavailableError: it cannot be read.
        """
        request = urllib.request.Request(url, headers=self._headers)  # noqa: S310 (``http_url`` saw to it)
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                content = _read(answer)
        except urllib.error.HTTPError as error:
            error.close()
            raise UnavailableError(f"{url}: HTTP status {error.code}{_meaning(error.code)}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnavailableError(f"{url}: cannot be read ({_words(error)})") from error
        if len(content) > MOST_BYTES:
            raise UnavailableError(f"{url}: larger than {MOST_BYTES} bytes")
        return content


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What proves who asks goes to nobody else."""

    def redirect_request(self, *_: object) -> None:
        return None


def http_url(url: str) -> str:
    """``url``, if it is one that can be asked.

    Raises:
        UsageError: it is not.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or not url.isprintable() or " " in url:
        raise UsageError("expected a URL, http://… or https://…")
    if parts.username is not None:
        raise UsageError("a password has no place in a URL: give a reference with --token")
    return url


def in_clear(url: str) -> bool:
    """Whether somebody on the way can read what is sent there."""
    return url.startswith("http://") and not is_here(urlsplit(url).hostname or "")


def json_of(content: bytes, source: str) -> Any:
    """What the JSON text says.

    Raises:
        UnavailableError: it is none.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnavailableError(f"{source}: no JSON document ({_words(error)})") from error


def _authorization(token: str) -> str:
    """NetBox's two kinds of token, and any other as it is where it names its scheme."""
    try:
        secret = referred(token, Path())
    except WrongError as error:
        raise UsageError(f"--token: {error}") from error
    if secret is None:
        raise UsageError("--token: expected a reference: ${file:…}, ${env:…} or ${credential:…}")
    if " " in secret:
        return secret
    return f"{'Bearer' if secret.startswith('nbt_') else 'Token'} {secret}"


def _read(answer: http.client.HTTPResponse) -> bytes:
    """Up to one byte more than is taken; whoever drips is left."""
    ends, content = time.monotonic() + _SECONDS_IN_ALL, bytearray()
    while len(content) <= MOST_BYTES and (piece := answer.read1(1 << 16)):
        content += piece
        if time.monotonic() > ends:
            raise TimeoutError(f"not complete after {_SECONDS_IN_ALL:g} s")
    return bytes(content)


def _meaning(status: int) -> str:
    if status in {301, 302, 303, 307, 308}:
        return " (a redirect, which is not followed: give the address it leads to)"
    return " (the token is missing, or not good for this)" if status in {401, 403} else ""


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return " ".join(str(getattr(reason, "strerror", None) or reason).split())[:200] or type(error).__name__
