"""The listener: uvicorn inside the daemon's own loop, bounded on every side."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from exporters.web.admission import Admission
from netmon.errors import HostError
from netmon.settings import WebAccess

HEAD_SECONDS = 10.0
"""How long a client may take to send the head of its request."""

STALL_SECONDS = 30.0
"""How long a client may read nothing of an answer it asked for."""

PARTING_SECONDS = 30.0
"""How long an answer may still go on after it was changed who is let in."""

_MAX_HEAD = 16 * 1024
_KEEP_ALIVE = 75  # longer than Prometheus' usual interval: a scraper keeps its connection
_MAX_CONNECTIONS = 200
_GRACE = 2
_BACKLOG = 128


class _Bounded(H11Protocol):
    """A client gets some seconds to say what it wants, and some to take what it gets: one that dawdles, or is gone
    without a word, cannot hold its place among the connections, nor in memory what it does not read."""

    allowed_sans: frozenset[str] = frozenset()
    _overdue: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _forget_when_gone(transport)
        if self.allowed_sans and not self.allowed_sans & names_of(transport.get_extra_info("peercert")):
            transport.abort()
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._disarm()
        self._unstall()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unstall()

    def _unstall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _wait_for_head(self) -> None:
        """Start the clock when a head is awaited, and stop it when one is complete; more bytes do not buy more time."""
        if self.conn.their_state is not h11.IDLE:
            self._disarm()
        elif self._overdue is None:
            self._overdue = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _disarm(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None


def _forget_when_gone(transport: asyncio.Transport) -> None:
    """Have the system give up a client that confirms nothing any more: a phone out of reach says no goodbye."""
    connection = transport.get_extra_info("socket")
    if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(STALL_SECONDS * 1000))


class _Quiet(uvicorn.Server):
    """Signals belong to the daemon, not to one of its parts."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def listen(self, listener: socket.socket, access: WebAccess) -> None:
        """Meet those who connect from now on as ``access`` says. The socket stays open meanwhile: nobody is refused."""

        def meet() -> asyncio.Protocol:
            protocol = _Bounded(self.config, self.server_state, self.lifespan.state)
            protocol.allowed_sans = access.allowed_sans
            return protocol

        before, loop = self.servers, asyncio.get_running_loop()
        patience = HEAD_SECONDS if access.tls is not None else None
        server = await loop.create_server(
            meet, sock=listener.dup(), ssl=access.tls, ssl_handshake_timeout=patience, backlog=_BACKLOG
        )
        self.servers = [server]
        for each in before:
            each.close()

    def part(self) -> None:
        """End the connections there are: idle ones now, others with their answer, soon if that has no end."""
        loop = asyncio.get_running_loop()
        for each in list(self.server_state.connections):
            each.shutdown()
            loop.call_later(PARTING_SECONDS, each.transport.abort)


class WebServer:
    """Serves ``app`` on ``host`` and ``port`` (0: any free one; ``port`` then tells which), to whom ``access`` lets in.

    ``apart`` are paths that ask for users of their own; ``before_stop`` ends the answers that have no end of their own;
    ``answered`` is told the status of every answer.
    ``listener`` is a socket that listens there already, from the server before this one: whoever connects between the
    two waits for a moment instead of being refused.
    """

    listener: socket.socket | None = None

    def __init__(
        self,
        host: str,
        port: int,
        app: ASGIApp,
        access: WebAccess | None = None,
        apart: tuple[str, ...] = (),
        before_stop: Callable[[], None] = lambda: None,
        answered: Callable[[int], None] = lambda _status: None,
    ) -> None:
        self.host = host
        self.port = port
        self._access = access or WebAccess()
        self._admission = Admission(app, self._access, apart, answered)
        self._before_stop = before_stop
        self._listener: socket.socket | None = None
        self._server: _Quiet | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self._access.tls else ''}://{host}:{self.port}"

    async def start(self) -> None:
        """Listen; returns when requests are answered.

        Raises:
            HostError: the address is taken, not ours, or not allowed.
        """
        listener, self.listener = self.listener or _listen(self.host, self.port), None
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._admission, http=_Bounded, ws="none", lifespan="off", log_config=None, log_level="error",
            access_log=False, server_header=False,
            proxy_headers=False, limit_concurrency=_MAX_CONNECTIONS, timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE, h11_max_incomplete_event_size=_MAX_HEAD,
        )  # fmt: skip
        self._listener = listener
        self._server = _Quiet(config)
        self._serving = asyncio.create_task(self._server.serve([]), name="web")
        answering = asyncio.create_task(self._server.answering.wait())
        await asyncio.wait((answering, self._serving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            answering.cancel()
            await self._serving
        await self._server.listen(listener, self._access)

    async def renew(self, access: WebAccess) -> None:
        """Let in whom ``access`` lets in. If that is somebody else than before, connections made before come to an end:
        who may not come in any more is not to stay."""
        self._admission.renew(access)
        before, self._access = self._access, access
        if self._server is None or self._listener is None:
            return
        if (access.tls, access.allowed_sans) != (before.tls, before.allowed_sans):
            await self._server.listen(self._listener, access)
        if _who(access) != _who(before):
            self._server.part()

    def hand_over(self) -> socket.socket:
        """The socket it listens on, for the server that takes its place; to be asked between ``start`` and ``stop``."""
        if self._listener is None:
            raise RuntimeError("the server does not listen")
        return self._listener.dup()

    async def stop(self) -> None:
        """Finish what is being answered, for two seconds at most, then close; safe without ``start``."""
        self._before_stop()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
            self._serving = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None


def _who(access: WebAccess) -> tuple[object, ...]:
    return access.tls, access.allowed_sans, dict(access.users)


def names_of(certificate: Mapping[str, Any] | None) -> set[str]:
    """The names a certificate (as Python's ssl tells of it) is made out to: hosts, addresses, mailboxes, URIs."""
    names: set[str] = set()
    for kind, name in (certificate or {}).get("subjectAltName", ()):
        with contextlib.suppress(ValueError):
            names.add(str(ipaddress.ip_address(name)) if kind == "IP Address" else str(name))
    return names


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise HostError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise HostError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listener
