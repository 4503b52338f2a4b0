"""The metropolis' web sites: real HTTP and HTTPS servers that misbehave when the world says so."""

import asyncio
import html
import logging
import socket
import ssl
import struct
from collections.abc import Mapping

from netmon.clock import DAY, HOUR, SECOND, Clock, Millis
from netmon.simulation.certificates import Authority
from netmon.simulation.faults import FaultKind
from netmon.simulation.metropolis import Endpoint
from netmon.simulation.placement import bind_again
from netmon.simulation.world import SLOW_WEB_DELAY, World

_log = logging.getLogger("netmon.simulation.web")

_HEAD_LIMIT = 16_384
_PATIENCE = 10.0
"""Seconds a client may take for its request."""
_LONGEST_HANG = 60.0
_LOOK_AGAIN: Millis = 60 * SECOND
"""Listeners are compared with the world at least this often: the wall clock may be set while we wait."""
_VALID: Millis = 90 * DAY
_SOON: Millis = 9 * DAY
_EXPIRED: Millis = -HOUR
_STATUS = {200: "OK", 405: "Method Not Allowed", 500: "Internal Server Error", 503: "Service Unavailable"}
_FORM = "/choix"
"""Where the form of a site leads that has one."""
_CERTIFICATES = {FaultKind.CERTIFICATE_EXPIRED: _EXPIRED, FaultKind.CERTIFICATE_EXPIRES: _SOON}


class WebSite:
    """One web site on one bound socket. It listens while the world lets it, and refuses connections otherwise."""

    def __init__(
        self, world: World, endpoint: Endpoint, bound: socket.socket, authority: Authority, clock: Clock
    ) -> None:
        self._world = world
        self._endpoint = endpoint
        self._bound: socket.socket | None = bound
        self._host, self._port = bound.getsockname()
        self._authority = authority
        self._clock = clock
        self._refused = world.refused(endpoint.id)
        self._contexts: dict[Millis, ssl.SSLContext] = {}
        self._server: asyncio.Server | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen, if the world allows, and keep to the world from now on.

        Raises:
            OSError: the port was taken meanwhile, or a certificate cannot be written.
        """
        await self._follow()
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Refuse connections for good."""
        if self._keeper is not None:
            self._keeper.cancel()
        self._close()
        if self._bound is not None:
            self._bound.close()

    async def _keep(self) -> None:
        while True:
            now = self._clock.now()
            ahead = (edge for edge in self._refused.edges() if edge > now)
            wait = min(next(ahead, now + _LOOK_AGAIN) - now, _LOOK_AGAIN)
            await asyncio.sleep(wait / SECOND)
            try:
                await self._follow()
            except OSError as error:
                _log.warning("web site cannot listen again", extra={"site": self._endpoint.id, "error": str(error)})
                await asyncio.sleep(1)

    async def _follow(self) -> None:
        if self._clock.now() in self._refused:
            self._close()
            return
        if self._server is None:
            bound, self._bound = self._bound or bind_again(self._host, self._port), None
            tls = self._context(_VALID) if self._endpoint.secure else None
            self._server = await asyncio.start_server(self._serve, sock=bound, ssl=tls, limit=_HEAD_LIMIT)

    def _close(self) -> None:
        """A socket cannot stop listening but by being closed; it is bound again when needed."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _context(self, valid: Millis) -> ssl.SSLContext:
        if valid not in self._contexts:
            context = self._authority.context(self._endpoint.name, self._clock.now() + valid)
            if valid == _VALID:
                context.sni_callback = self._choose_certificate
            self._contexts[valid] = context
        return self._contexts[valid]

    def _choose_certificate(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        fault = self._world.web_fault(self._endpoint.id, self._clock.now())
        if fault in _CERTIFICATES:
            connection.context = self._context(_CERTIFICATES[fault])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
            await self._respond(head, reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _respond(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self._world.web_fault(self._endpoint.id, self._clock.now())
        if fault is FaultKind.RESET:
            _reset(writer)
        elif fault is FaultKind.HANG:
            await _hang(reader)
        else:
            method, _, rest = head.partition(b" ")
            behind = bool(self._endpoint.behind) and rest.startswith(_FORM.encode())
            if fault is FaultKind.SLOW_WEB and not behind:  # a journey is slow once
                await asyncio.sleep(SLOW_WEB_DELAY / SECOND)
            writer.write(self._answer(method, fault, behind=behind))
            await writer.drain()

    def _answer(self, method: bytes, fault: FaultKind | None, *, behind: bool) -> bytes:
        status = {FaultKind.HTTP_500: 500, FaultKind.WORKS: 503}.get(fault, 200) if fault else 200
        if method not in {b"GET", b"HEAD"}:
            status = 405
        body = self._page(status, fault, behind=behind)
        head = (
            f"HTTP/1.1 {status} {_STATUS[status]}\r\nServer: netmon-demo\r\n"
            f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode("ascii")
        return head if method == b"HEAD" else head + body

    def _page(self, status: int, fault: FaultKind | None, *, behind: bool) -> bytes:
        if status != 200:
            return page(f"Erreur {status}", "Le service est momentanément indisponible.")
        if fault is FaultKind.WRONG_CONTENT:
            return page("It works!", "This is the default page of this server.")
        if behind:
            return page(self._endpoint.title, self._endpoint.behind)
        return page(self._endpoint.title, self._endpoint.phrase, _FORM if self._endpoint.behind else "")


class WebSites:
    """All web sites of a world."""

    def __init__(self, world: World, sockets: Mapping[str, socket.socket], authority: Authority, clock: Clock) -> None:
        endpoints = world.metropolis.endpoints
        self._sites = [WebSite(world, endpoints[id_], bound, authority, clock) for id_, bound in sockets.items()]

    async def start(self) -> None:
        """Listen everywhere.

        Raises:
            OSError: one of them cannot.
        """
        for site in self._sites:
            await site.start()

    async def stop(self) -> None:
        """Listen nowhere."""
        for site in self._sites:
            await site.stop()


def page(title: str, words: str, form: str = "") -> bytes:
    """A small French page; ``form``: where its form leads."""
    asked = f'<form id="suite" action="{form}"><button>Continuer</button></form>\n' if form else ""
    heading, text = (html.escape(part, quote=False) for part in (title, words))
    return (
        f'<!DOCTYPE html>\n<html lang="fr">\n<head><meta charset="utf-8"><title>{heading}</title></head>\n'
        f"<body>\n<h1>{heading}</h1>\n<p>{text}</p>\n{asked}</body>\n</html>\n"
    ).encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: lingering for zero seconds drops what is unsent and tells the peer so."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _hang(reader: asyncio.StreamReader) -> None:
    """Say nothing until the client gives up."""
    try:
        async with asyncio.timeout(_LONGEST_HANG):
            while await reader.read(_HEAD_LIMIT):
                continue
    except TimeoutError:
        return
