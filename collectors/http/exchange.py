"""One request and its answer over a connection of its own: the adapter requests sends through."""

import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, cast
from urllib.parse import urlsplit

import requests
import urllib3.connection
from requests.adapters import HTTPAdapter

from collectors.http.deadline import Deadline, Trace
from collectors.http.failures import NETWORK_ERRORS, TargetError, fail
from collectors.http.resolve import Address, Resolver
from collectors.http.tls import Certificate, Contexts, sent_chain
from collectors.http.wire import Wire, connect, describe, start_tls
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import HttpSettings

_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class Facts:
    """What a poll learned, hop after hop; the last hop stands."""

    status: int = 0
    http_version: float = 0.0
    redirects: int = 0
    tls: bool = False
    tls_version: str = ""
    certificates: tuple[Certificate, ...] = ()
    ip_protocol: int = 0
    lookup: float = 0.0
    content_length: int = 0
    body_length: int = 0
    failed_by_regex: bool = False


class ProbeAdapter(HTTPAdapter):
    """requests' transport with a new, timed connection for each request, under one deadline.

    It keeps no pool, asks no environment for proxies and takes TLS contexts from ``contexts``.
    """

    def __init__(
        self, settings: HttpSettings, deadline: Deadline, resolver: Resolver, contexts: Contexts,
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.trace = Trace()
        self.facts = Facts()
        self._settings = settings
        self._origin = _host_port(settings.url)
        self._deadline = deadline
        self._resolver = resolver
        self._contexts = contexts
        self._say = say
        self._wire: Wire | None = None
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
        url = urlsplit(str(request.url))
        host, port = _host_port(str(request.url))
        self.facts.tls = url.scheme == "https"
        try:
            self._wire = self._dial(host, port)
            self.trace.enter("processing")
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
        settings, deadline, trace = self._settings, self._deadline, self.trace
        own = (host, port) == self._origin
        target = settings.connect_to if own and settings.connect_to is not None else (host, port)
        trace.enter("resolve")
        addresses = self._resolver.resolve(*target, deadline)
        trace.enter("connect")
        if not self.facts.redirects:
            self.facts.lookup = trace.seconds["resolve"]
        self._say(f"resolved {target[0]}: " + ", ".join(str(address[0]) for _, address in addresses))
        self.facts.ip_protocol = _protocol(addresses[0])
        connection, address = connect(addresses, deadline, self._say)
        self.facts.ip_protocol = _protocol(address)
        self._say(f"connected to {describe(address[1])}")
        if self.facts.tls:
            same_host = host == self._origin[0]
            name = settings.tls.server_name if same_host and settings.tls.server_name else host
            connection = self._secure(connection, address, name)
        return Wire(connection, deadline, trace)

    def _secure(self, connection: Any, address: Address, name: str) -> ssl.SSLSocket:
        settings = self._settings.tls
        try:
            context = self._contexts.verifying(settings.ca_file) if settings.verify else self._contexts.blind()
        except CollectError:
            connection.close()
            raise
        self.trace.enter("tls")
        try:
            secured = start_tls(connection, context, name.rstrip("."), self._deadline)
        except ssl.SSLCertVerificationError as error:
            self.trace.leave()
            self._look_again(address, name)
            fail(error, "tls", self._deadline.seconds)
        self._learn(secured)
        return secured

    def _look_again(self, address: Address, name: str) -> None:
        """The certificate could not be verified: fetch it once more, unverified, for its facts alone."""
        try:
            connection, _ = connect([address], self._deadline, self._say)
            with start_tls(connection, self._contexts.blind(), name, self._deadline) as secured:
                self._learn(secured)
        except (OSError, CollectError) as error:
            self._say(f"no second look at the certificate: {type(error).__name__}")

    def _learn(self, secured: ssl.SSLSocket) -> None:
        self.facts.tls_version = secured.version() or ""
        self.facts.certificates = sent_chain(secured)
        cipher = secured.cipher()
        self._say(f"TLS {self.facts.tls_version} {cipher[0] if cipher else ''}")
        for certificate in self.facts.certificates:
            self._say(
                f"certificate {certificate.subject} for {', '.join(certificate.names) or 'no name'}, "
                f"issued by {certificate.issuer}, expires {certificate.expiry}"
            )

    def _fail(self, error: BaseException) -> NoReturn:
        phase = self.trace.phase
        self.trace.leave()
        fail(error, phase, self._deadline.seconds)


class _PlainConnection(urllib3.connection.HTTPConnection):
    """urllib3's framing of requests and answers, on a wire that is connected already."""


class _TlsConnection(_PlainConnection):
    default_port: ClassVar[int] = _PORTS["https"]  # type: ignore[misc]  # as in urllib3 itself


def _host_port(url: str) -> tuple[str, int]:
    """Where a URL leads.

    Raises:
        TargetError: nowhere that HTTP can go.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in _PORTS:
        raise TargetError(Reason.HEADER, "not a URL of http or https")
    return host, port or _PORTS[parts.scheme]


def _protocol(address: Address) -> int:
    return 6 if ":" in str(address[1][0]) else 4
