"""One request and its answer over a connection of its own: the adapter requests sends through."""

import http
import http.client
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, cast
from urllib.parse import urlsplit

import requests
import urllib3.connection
from requests.adapters import HTTPAdapter

from collectors.http.failures import NETWORK_ERRORS, fail
from collectors.http.wire import Wire
from collectors.net.connect import connect, describe
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline, Trace
from collectors.net.matching import Matcher
from collectors.net.resolve import Address, Resolver
from collectors.net.tls import Handshaker, TlsFacts
from netmon.settings import HttpSettings

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Tools:
    """What the polls of a collector share."""

    resolver: Resolver
    contexts: Contexts
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class Watch:
    """What times a poll and notes its steps."""

    deadline: Deadline
    trace: Trace
    say: Callable[[str], None]
    verbose: bool


@dataclass(slots=True)
class Facts:
    """What a poll learned, hop after hop; the last hop stands."""

    status: int = 0
    http_version: float = 0.0
    redirects: int = 0
    tls: bool = False
    handshake: TlsFacts = field(default_factory=TlsFacts)
    address: Address | None = None
    lookup: float = 0.0
    content_length: int = 0
    body_length: int = 0
    failed_by_regex: bool = False


class ProbeAdapter(HTTPAdapter):
    """requests' transport with a new, timed connection for each request, under one deadline.

    It keeps no pool, asks no environment for proxies and takes TLS contexts from ``contexts``.
    """

    def __init__(self, watch: Watch, tools: Tools, settings: HttpSettings) -> None:
        self._deadline, self._trace = watch.deadline, watch.trace
        self._say = watch.say
        self._tools = tools
        self._handshaker = Handshaker(tools.contexts, watch.deadline, watch.say, watch.verbose, ("http/1.1",))
        self._settings = settings
        self._origin: tuple[str, int] | None = None
        self._wire: Wire | None = None
        self.facts = Facts()
        super().__init__()

    def init_poolmanager(self, *_: object, **__: object) -> None:
        """Nothing: every request connects anew."""

    def close(self) -> None:
        """Hang up."""
        if self._wire is not None:
            self._wire.hang_up()
            self._wire = None

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Send and return as soon as the headers are in; the body is to be read from ``Response.raw``.

        Raises:
            TargetError: no answer.
            CollectError: this host could not ask.
        """
        self.close()
        scheme, host, port = _site(str(request.url))
        self._origin = self._origin or (host, port)
        self.facts.tls = scheme == "https"
        try:
            self._wire = self._dial(host, port)
            self._trace.enter("processing")
            raw = self._ask(self._wire, request, host, port)
        except NETWORK_ERRORS as error:
            self._fail(error)
        self._wire.headers_complete()
        self.facts.status = raw.status
        self.facts.http_version = raw.version / 10
        return self.build_response(request, raw)

    def _ask(self, wire: Wire, request: requests.PreparedRequest, host: str, port: int) -> Any:
        kind = _TlsConnection if self.facts.tls else _PlainConnection
        connection = kind(host, port, timeout=None)
        connection.sock = cast("Any", wire)  # http.client asks no more of a socket than a Wire gives
        path = request.path_url
        self._say(f"request: {request.method} {path.partition('?')[0]}")
        headers = cast("Mapping[str, str]", request.headers)
        # A server may answer, and refuse, before it has read everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(
                str(request.method), path, request.body, headers, preload_content=False, decode_content=False
            )
        return connection.getresponse()

    def _dial(self, host: str, port: int) -> Wire:
        settings, deadline, trace = self._settings, self._deadline, self._trace
        target = settings.connect_to if settings.connect_to and (host, port) == self._origin else (host, port)
        trace.enter("resolve")
        addresses = self._tools.resolver.resolve(*target, deadline, settings.addresses)
        trace.enter("connect")
        if not self.facts.redirects:
            self.facts.lookup = trace.seconds["resolve"]
        self._say(f"resolved {target[0]}: " + ", ".join(str(address[0]) for _, address in addresses))
        self.facts.address = addresses[0]
        connection, address = self._connect(addresses)
        self.facts.address = address
        self._say(f"connected to {describe(address[1])}")
        if self.facts.tls:
            trace.enter("tls")
            connection = self._secure(connection, address, self._name_of(host))
        return Wire(connection, deadline, trace)

    def _connect(self, addresses: list[Address]) -> tuple[socket.socket, Address]:
        return connect(addresses, self._deadline, self._say, self._settings.addresses.source)

    def _name_of(self, host: str) -> str:
        """The name a server must prove to have: the configured one is for the configured site."""
        own = self._origin is not None and host == self._origin[0]
        return ((self._settings.tls.server_name if own else None) or host).rstrip(".")

    def _secure(self, connection: socket.socket, address: Address, name: str) -> socket.socket:
        def again() -> socket.socket:
            self._trace.leave()
            return self._connect([address])[0]

        facts = self.facts.handshake = TlsFacts()
        return self._handshaker.secure(connection, name, self._settings.tls, facts, again)

    def _fail(self, error: BaseException) -> NoReturn:
        phase = self._trace.phase
        self._trace.leave()
        fail(error, phase, self._deadline.seconds)


class _Answer(http.client.HTTPResponse):
    """An answer, after all interim ones (RFC 9110, 15.2): the library knows 100 only, and takes 103 for the answer."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]  # not in the stubs
        return version, http.HTTPStatus.CONTINUE if 101 < status < 200 else status, reason


class _PlainConnection(urllib3.connection.HTTPConnection):
    """urllib3's framing of requests and answers, on a wire that is connected already."""

    response_class = _Answer


class _TlsConnection(_PlainConnection):
    default_port: ClassVar[int] = _PORTS["https"]  # type: ignore[misc]  # as in urllib3 itself


def _site(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL that was checked to have them."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]
