"""One POST (RFC 9110), everything bounded: one deadline for all together, little read of the answer, no redirects.

On ``http.client`` rather than requests: what has to be cut off at the deadline is the socket.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import netmon
from netmon.settings import Secret

MOST_BYTES = 4 << 20
"""A body larger than this is not sent."""
_READ = 2048
_LONGEST_SAID = 300
_LONGEST_WAIT = 3600
_FOR_GOOD = frozenset({400, 405, 410, 411, 413, 414, 415, 422})
"""Answers that will be the same for the same body. Others may be mended at the receiver, or in the configuration."""


class PostError(Exception):
    """It was not taken, as far as we know. ``permanent``: this one never will be; ``away``: nothing is taken at the
    moment; ``wait``: for so many seconds, as it asked."""

    def __init__(self, said: str, *, permanent: bool = False, away: bool = False, wait: int = 0) -> None:
        super().__init__(said)
        self.said, self.permanent, self.away, self.wait = said, permanent, away, wait


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to post. ``timeout`` is for everything together, in seconds; ``headers`` may hold secrets."""

    url: Secret
    headers: tuple[tuple[str, str | Secret], ...]
    ca_file: str
    timeout: float

    @property
    def secrets(self) -> Iterator[str]:
        """What is never shown."""
        yield self.url.reveal()
        for _, value in self.headers:
            if isinstance(value, Secret):
                yield value.reveal()
                yield from (word for word in value.reveal().split() if len(word) > 6)


def post(where: Destination, body: bytes, headers: Mapping[str, str]) -> str:
    """Post ``body``; what was answered, in one line.

    Raises:
        PostError: it was not taken.
    """
    if len(body) > MOST_BYTES:
        raise PostError(f"{len(body)} bytes are more than is sent ({MOST_BYTES})", permanent=True)
    parts = urlsplit(where.url.reveal())
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {name: value.reveal() if isinstance(value, Secret) else value for name, value in where.headers}
    said = {"User-Agent": f"netmon/{netmon.__version__}", **own, **headers, "Connection": "close"}
    with _connected(parts.scheme, parts.hostname or "", parts.port, where) as connection:
        try:
            connection.request("POST", target, body, said)
            with connection.getresponse() as answer:
                text = answer.read(_READ)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise PostError(f"no answer: {_words(error)}", away=True) from None
        return _judge(answer, _line(f"{answer.status} {answer.reason} {text.decode('utf-8', 'replace')}", where))


@contextlib.contextmanager
def _connected(scheme: str, host: str, port: int | None, where: Destination) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut off at the deadline, the handshake of TLS included."""
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(host if host.isascii() else host.encode("idna").decode("ascii"), port, timeout=where.timeout)
    cutting = threading.Timer(where.timeout, _cut, (connection,))
    cutting.daemon = True
    cutting.start()
    try:
        try:
            _connect(connection, where)
        except OSError as error:
            raise PostError(f"no connection: {_words(error)}", away=True) from None
        yield connection
    finally:
        cutting.cancel()
        connection.close()


def _connect(connection: http.client.HTTPConnection, where: Destination) -> None:
    connection.sock = socket.create_connection((connection.host, connection.port), where.timeout)
    if isinstance(connection, http.client.HTTPSConnection):
        context = ssl.create_default_context(cafile=where.ca_file or None)
        wrapped = context.wrap_socket(
            connection.sock, server_hostname=connection.host, do_handshake_on_connect=False
        )  # the timer must know it before the handshake
        connection.sock = wrapped
        wrapped.do_handshake()


def _cut(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _judge(answer: http.client.HTTPResponse, said: str) -> str:
    if 200 <= answer.status < 300:
        return said
    if 300 <= answer.status < 400:
        raise PostError(f"{said} (redirects are not followed)")
    wait = answer.getheader("Retry-After", "")
    seconds = min(_LONGEST_WAIT, int(wait)) if wait.isascii() and wait.isdigit() and len(wait) < 10 else 0
    raise PostError(said, permanent=answer.status in _FOR_GOOD, wait=seconds)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "it took too long"
    text = getattr(error, "strerror", None) or (str(error) if isinstance(error, http.client.HTTPException) else "")
    return " ".join(str(text).split())[:_LONGEST_SAID] or type(error).__name__


def _line(text: str, where: Destination) -> str:
    """What was answered, on one line, printable, not too long, and without what we sent in secret."""
    flat = _without(" ".join(text.split()), where.secrets)
    return "".join(letter if letter.isprintable() else "?" for letter in flat)[:_LONGEST_SAID]


def _without(text: str, secrets: Iterable[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text
