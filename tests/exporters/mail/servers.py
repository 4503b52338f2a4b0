"""Mail servers of a test: aiosmtpd, which speaks the protocol for us, and sockets that misbehave."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from exporters.mail import Server
from netmon.reportplan import TlsMode
from netmon.settings import Secret

USER, PASSWORD = "netmon", "un mot de passe"


class Box:
    """What arrived, as (recipient, message); answers by ``refuse`` where it has one for the recipient."""

    def __init__(self) -> None:
        self.got: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.refuse: dict[str, str] = {}
        self.at_data: Callable[[], str | None] = lambda: None
        self.users: list[str | None] = []
        self.tls: list[bool] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        refused = self.at_data()
        if refused:
            return refused
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self.raw.append(content)
        message = message_from_bytes(content, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        self.got += [(address, message) for address in envelope.rcpt_tos]
        self.tls.append(server.transport is not None and server.transport.get_extra_info("ssl_object") is not None)
        self.users.append(session.auth_data.login.decode() if session.auth_data else None)
        return "250 2.0.0 taken"


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=data)


@contextlib.contextmanager
def mail_server(
    box: Box, context: ssl.SSLContext | None = None, *, mode: TlsMode = "none", ca_file: str = ""
) -> Iterator[Server]:
    """A server on a port of its own, and how we would be configured for it. With TLS it wants user and password."""
    options: dict[str, Any] = {}
    if mode == "starttls":
        options = {"tls_context": context, "require_starttls": True}
    elif mode == "tls":
        options = {"ssl_context": context, "auth_require_tls": False}
    if mode != "none":
        options |= {"authenticator": _authenticate}
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    secrets = (Secret(USER), Secret(PASSWORD)) if mode != "none" else (None, None)
    try:
        yield Server("localhost", controller.port, mode, ca_file, *secrets, 10.0)
    finally:
        controller.stop()


@contextlib.contextmanager
def misbehaving(serve: Callable[[socket.socket], None]) -> Iterator[Server]:
    """A server that does what ``serve`` does with each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, serve), daemon=True).start()
        yield Server("127.0.0.1", listener.getsockname()[1], "none", "", None, None, 0.4)


def _accept(listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, serve), daemon=True).start()


def _serve(connection: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with connection, contextlib.suppress(OSError):
        serve(connection)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
