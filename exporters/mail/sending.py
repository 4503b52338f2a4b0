"""One mail to one address over SMTP (RFC 5321), with TLS and everything bounded in time.

The moment that matters is the line with a single dot that ends the message: before it nothing was mailed, after the
server's answer it was. Between the two nobody knows, and ``handing_over`` is called right before, so that this can be
written down first.
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from netmon.reportplan import TlsMode
from netmon.settings import Secret

_LONGEST_SAID = 300
_WHOLE = 10
"""A whole delivery may take this many times what one answer may."""


@dataclass(frozen=True, slots=True)
class Server:
    """Who takes our mails. ``timeout`` is for one answer, in seconds."""

    host: str
    port: int
    tls: TlsMode
    ca_file: str
    user: Secret | None
    password: Secret | None
    timeout: float


class MailError(Exception):
    """It was not mailed. ``permanent``: this one never will be; ``server``: no mail is taken at the moment."""

    def __init__(self, said: str, *, permanent: bool = False, server: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.permanent = permanent
        self.server = server


class UnsureError(Exception):
    """The connection ended between the end of the message and the server's answer."""


def deliver(server: Server, sender: str, address: str, message: bytes, handing_over: Callable[[], None]) -> str:
    """Mail ``message`` to ``address``; what the server said when it took it.

    Raises:
        MailError: it was not mailed.
        UnsureError: it may have been.
    """
    with _connected(server) as smtp:
        _accepted(smtp.mail(parseaddr(sender)[1], _options(smtp, message)))
        _accepted(smtp.rcpt(parseaddr(address)[1]))
        _accepted(_command(smtp, "DATA"), 354)
        with _failing("the connection broke"):
            smtp.send(_stuffed(message))
        handing_over()
        try:
            smtp.send(b".\r\n")
            answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise UnsureError(f"no answer after the message: {_words(error)}") from error
        said = _accepted(answer)
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        return said


class _Timed(smtplib.SMTP):
    """A connection that is cut off when all together takes too long: the library's own limit is for each read."""

    def __init__(self, server: Server, **options: Any) -> None:
        self._cutting = threading.Timer(_WHOLE * server.timeout, self._cut)
        self._cutting.daemon = True
        self._cutting.start()
        name = socket.gethostname() or "localhost"
        try:
            super().__init__(server.host, server.port, name, timeout=server.timeout, **options)
        except BaseException:
            self._cutting.cancel()
            raise

    def close(self) -> None:
        self._cutting.cancel()
        super().close()

    def _cut(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


class _TimedTls(_Timed, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


@contextlib.contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection that takes mails."""
    with _failing("no connection", server=True):
        smtp = _TimedTls(server, context=_context(server)) if server.tls == "tls" else _Timed(server)
    try:
        with _failing("cannot talk to the server", server=True):
            _greet(smtp, server)
        with _failing("the connection broke"):
            yield smtp
    finally:
        smtp.close()


def _greet(smtp: smtplib.SMTP, server: Server) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.tls == "starttls":
        smtp.starttls(context=_context(server))
        smtp.ehlo_or_helo_if_needed()
    if server.user and server.password:
        smtp.login(server.user.reveal(), server.password.reveal())


def _context(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file or None)


@contextlib.contextmanager
def _failing(what: str, *, server: bool = False) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        # What servers say here may repeat what was sent.
        raise MailError(f"{what}: it does not accept our user and password ({error.smtp_code})", server=True) from None
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(f"{what}: {_words(error)}", server=server) from error


def _options(smtp: smtplib.SMTP, message: bytes) -> list[str]:
    return [f"SIZE={len(message)}"] if smtp.has_extn("size") else []


def _command(smtp: smtplib.SMTP, word: str) -> tuple[int, bytes]:
    smtp.putcmd(word)
    return smtp.getreply()


def _accepted(answer: tuple[int, bytes], wanted: int = 250) -> str:
    code, text = answer
    said = _line(f"{code} {text.decode('utf-8', 'replace')}")
    if code != wanted and not (wanted == 250 and 250 <= code < 260):
        raise MailError(said, permanent=500 <= code < 600, server=code == 421)
    return said


def _stuffed(message: bytes) -> bytes:
    """The message as it goes over the wire: lines that begin with a dot get one more (RFC 5321, 4.5.2)."""
    doubled = re.sub(rb"(?m)^\.", b"..", message)
    return doubled if doubled.endswith(b"\r\n") else doubled + b"\r\n"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _line(f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}")
    return _line(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _line(text: str) -> str:
    """What a server said, on one line, printable, and not too long."""
    flat = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "?" for letter in flat)[:_LONGEST_SAID]
