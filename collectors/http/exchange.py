"""One request and its answer over a connection of its own, timed, under the deadline of the poll."""

import http.client
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

from collectors.http import proxy
from collectors.http.failures import NETWORK_ERRORS, fail
from collectors.http.reply import Headers, Reply
from collectors.http.request import HeaderLines, Outgoing
from collectors.http.tokens import Tokens
from collectors.http.wire import Wire
from collectors.net.connect import connect, describe
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError, words_of
from collectors.net.matching import Matcher
from collectors.net.resolve import Address, Resolver
from collectors.net.tls import Handshaker, TlsFacts
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import HttpSettings

_BODYLESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Tools:
    """What the polls of a collector share."""

    resolver: Resolver
    contexts: Contexts
    matcher: Matcher
    tokens: Tokens


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
    lookup: float | None = None
    content_length: int = 0
    body_length: int = 0
    last_modified: int | None = None
    failed_by_regex: bool = False
    failed_by_cel: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and headers of an answer; its body is to be read from ``raw``."""

    url: str
    status: int
    version: str
    headers: Headers
    raw: Reply

    @property
    def length(self) -> int:
        """The bytes of body it announces, -1: it does not say."""
        if self.raw.chunked:
            return -1
        announced = self.headers.get("Content-Length")
        if announced is not None:
            return int(announced)
        return 0 if self.status in _BODYLESS else -1


class Exchange:
    """The requests of one poll: each on a new connection, to the address that was looked up for it."""

    def __init__(self, watch: Watch, tools: Tools, settings: HttpSettings) -> None:
        self._watch = watch
        self._tools = tools
        self._settings = settings
        self._handshaker = Handshaker(tools.contexts, watch.deadline, watch.say, watch.verbose, ("http/1.1",))
        self._origin: tuple[str, int] | None = None
        self._wire: Wire | None = None
        self.facts = Facts()

    def take_up(self, settings: HttpSettings) -> None:
        """From here on ask as ``settings`` say: the next step of a journey."""
        self._settings = settings
        self._origin = None

    def close(self) -> None:
        """Hang up."""
        if self._wire is not None:
            self._wire.hang_up()
            self._wire = None

    def send(self, request: Outgoing, more: HeaderLines = ()) -> Answer:
        """Send ``request`` with ``more`` headers, and return as soon as the headers of the answer are in.

        Raises:
            TargetError: no answer.
            CollectError: this host could not ask.
        """
        self.close()
        self._origin = self._origin or (request.host, request.port)
        self.facts.tls = False
        self.facts.status, self.facts.http_version = 0, 0.0
        try:
            self._wire, target, headers = self._reach(request)
            self.facts.tls = request.scheme == "https"
            self._watch.trace.enter("processing")
            raw = self._ask(self._wire, request.method, request.encoded(target, (*more, *headers)))
        except NETWORK_ERRORS as error:
            self._fail(error)
        self._wire.headers_complete()
        self.facts.status = raw.status
        self.facts.http_version = raw.version / 10
        self._watch.say(f"answer: {raw.status} to {request.method} {request.path.partition('?')[0]}")
        version = f"HTTP/{raw.version // 10}.{raw.version % 10}"
        return Answer(request.url, raw.status, version, raw.headers, raw)

    def _ask(self, wire: Wire, method: str, data: bytes) -> Reply:
        # A server may answer, and refuse, before it has read everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(data)
        reply = Reply(cast("Any", wire), method=method)  # it asks no more of a socket than a Wire gives
        reply.begin()
        return reply

    # --- The way there ------------------------------------------------------------------------------------------------

    def _reach(self, request: Outgoing) -> tuple[Wire, str, HeaderLines]:
        """A connection for the request, with what its first line asks for and the headers the way there wants."""
        settings = self._settings
        target = (request.host, request.port)
        if settings.connect_to and target == self._origin:
            target = settings.connect_to
        way = proxy.way_to(settings.proxy, request.scheme, *target)
        if way is None:
            wire, address = self._dial(self._lookup(*target))
            return self._secured(wire, request, lambda: self._dial([address])[0]), request.path, ()
        authority = self._through(way, *target)
        if request.scheme == "https":
            tunnel = self._tunnel(way, authority)
            return self._secured(tunnel, request, lambda: self._tunnel(way, authority)), request.path, ()
        host = authority.removesuffix(":80")
        return self._wired(self._dial_proxy(way)), f"http://{host}{request.path}", way.credentials

    def _lookup(self, host: str, port: int) -> list[Address]:
        trace = self._watch.trace
        trace.enter("resolve")
        before = trace.seconds["resolve"]
        addresses = self._tools.resolver.resolve(host, port, self._watch.deadline, self._settings.addresses)
        trace.enter("connect")
        if self.facts.lookup is None:
            self.facts.lookup = trace.seconds["resolve"] - before
        if self._watch.verbose:
            self._watch.say(f"resolved {host}: " + ", ".join(str(address[0]) for _, address in addresses))
        self.facts.address = addresses[0]
        return addresses

    def _dial(self, addresses: list[Address]) -> tuple[socket.socket, Address]:
        watch = self._watch
        watch.trace.enter("connect")
        connection, address = connect(addresses, watch.deadline, watch.say, self._settings.addresses.source)
        self.facts.address = address
        if watch.verbose:
            watch.say(f"connected to {describe(address[1])}")
        return connection, address

    def _secured(self, connection: socket.socket, request: Outgoing, again: Callable[[], socket.socket]) -> Wire:
        if request.scheme != "https":
            return self._wired(connection)

        def once_more() -> socket.socket:
            trace.leave()  # it is not a part of the poll that is timed
            found = again()
            trace.leave()
            return found

        trace = self._watch.trace
        trace.enter("tls")
        facts = self.facts.handshake = TlsFacts()
        name = self._name_of(request)
        try:
            return self._wired(self._handshaker.secure(connection, name, self._settings.tls, facts, once_more))
        except ssl.SSLCertVerificationError as error:
            fail(error, "tls", self._watch.deadline.seconds)

    def _wired(self, connection: socket.socket) -> Wire:
        return Wire(connection, self._watch.deadline, self._watch.trace)

    def _name_of(self, request: Outgoing) -> str:
        """The name a server must prove to have: the configured one, or that of ``Host``, is for the configured site."""
        name = request.host
        if self._origin is not None and request.host == self._origin[0]:
            host = request.authority.rpartition(":")[0] if request.authority[-1:].isdigit() else request.authority
            name = self._settings.tls.server_name or (host or request.authority).strip("[]")
        return name.rstrip(".")

    # --- Through a proxy ----------------------------------------------------------------------------------------------

    def _through(self, way: proxy.Way, host: str, port: int) -> str:
        """What the proxy is asked to connect to: the address looked up here, or, when that is left to it, the name."""
        self._watch.say(f"through the proxy {way.host}:{way.port}")
        settings = self._settings
        if settings.proxy is None or not settings.proxy.skip_resolve:
            return describe((self._lookup(host, port)[0][1][0], port))
        guard = settings.addresses.guard
        if guard is not None and not guard.allows(host, host):
            raise CollectError(Reason.FORBIDDEN, f"{host} may not be asked")
        return describe((host, port))

    def _dial_proxy(self, way: proxy.Way) -> socket.socket:
        watch, trace = self._watch, self._watch.trace
        trace.enter("connect")
        try:
            addresses = self._tools.resolver.resolve(way.host, way.port, watch.deadline)
            return connect(addresses, watch.deadline, watch.say, self._settings.addresses.source)[0]
        except OSError as error:
            raise CollectError(Reason.PROXY, f"no connection to the proxy: {words_of(error)}") from error

    def _tunnel(self, way: proxy.Way, authority: str) -> socket.socket:
        connection = self._dial_proxy(way)
        wire = Wire(connection, self._watch.deadline, self._watch.trace, ahead=False)
        try:
            reply = self._ask(wire, "CONNECT", proxy.connect_request(way, authority))
            proxy.judge_tunnel(reply.status)
        except TimeoutError as error:
            connection.close()
            words = f"no connection through the proxy within {self._watch.deadline.seconds:g} s"
            raise TargetError(Reason.CONNECT_TIMEOUT, words) from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise CollectError(Reason.PROXY, f"the proxy breaks off: {words_of(error)}") from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _fail(self, error: BaseException) -> NoReturn:
        phase = self._watch.trace.phase
        self._watch.trace.leave()
        fail(error, phase, self._watch.deadline.seconds)
