"""The listener: uvicorn inside the daemon's own loop, bounded on every side."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from netmon.errors import HostError

HEAD_SECONDS = 10.0
"""How long a client may take to send the head of its request."""

_MAX_HEAD = 16 * 1024
_KEEP_ALIVE = 75  # longer than Prometheus' usual interval: a scraper keeps its connection
_MAX_CONNECTIONS = 200
_GRACE = 2
_BACKLOG = 128


class _Bounded(H11Protocol):
    """A client gets some seconds to say what it wants: one that dawdles cannot hold its place among the connections."""

    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._disarm()

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


class WebServer:
    """Serves ``app`` on ``host`` and ``port`` (0: any free one; ``port`` then tells which).

    ``listener`` is a socket that listens there already, from the server before this one: whoever connects between the
    two waits for a moment instead of being refused.
    """

    listener: socket.socket | None = None

    def __init__(self, host: str, port: int, app: ASGIApp) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._server: _Quiet | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Listen; returns when requests are answered.

        Raises:
            HostError: the address is taken, not ours, or not allowed.
        """
        listener, self.listener = self.listener or _listen(self.host, self.port), None
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app, http=_Bounded, ws="none", lifespan="off", log_config=None, log_level="error", access_log=False,
            server_header=False,
            proxy_headers=False, limit_concurrency=_MAX_CONNECTIONS, timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE, h11_max_incomplete_event_size=_MAX_HEAD,
        )  # fmt: skip
        self._listener = listener
        self._server = _Quiet(config)
        self._serving = asyncio.create_task(self._server.serve([listener]), name="web")
        answering = asyncio.create_task(self._server.answering.wait())
        await asyncio.wait((answering, self._serving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            answering.cancel()
            await self._serving

    def hand_over(self) -> socket.socket:
        """The socket it listens on, for the server that takes its place; to be asked before ``stop``."""
        return self._listener.dup()

    async def stop(self) -> None:
        """Finish what is being answered, for two seconds at most, then close; safe without ``start``."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
            self._serving = None


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
