"""What HTTP checks ask for and expect."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.settings.network import AddressChoice
from netmon.settings.secret import Secret
from netmon.settings.tls import TlsSettings

Compression: TypeAlias = Literal["gzip", "deflate", "br", "identity"]
SelectorKind: TypeAlias = Literal["regex", "json", "css"]


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """A pattern for the values of one header; ``allow_missing``: without the header there is nothing to judge."""

    header: str
    pattern: str
    allow_missing: bool = False


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """A user's name and password (RFC 7617)."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Authorization:
    """The header ``Authorization``: a scheme such as ``Bearer`` and its credentials."""

    scheme: str
    credentials: Secret


@dataclass(frozen=True, slots=True)
class OAuth2:
    """Client credentials (RFC 6749, 4.4): a token is fetched from ``token_url`` and kept until it expires."""

    client_id: str
    client_secret: Secret
    token_url: str
    scopes: tuple[str, ...] = ()
    endpoint_params: tuple[tuple[str, str], ...] = ()
    tls: TlsSettings = TlsSettings()
    proxy: "Proxy | None" = None


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy requests go through, except to hosts of ``no_proxy`` (comma-separated, as in the environment).

    ``from_environment``: HTTP_PROXY, HTTPS_PROXY and NO_PROXY say which; only when asked for. ``url`` may hold a
    password, hence a secret. ``connect_headers`` go to the proxy with CONNECT.
    """

    url: Secret | None = None
    no_proxy: str = ""
    from_environment: bool = False
    connect_headers: tuple[tuple[str, str | Secret], ...] = ()
    skip_resolve: bool = False


@dataclass(frozen=True, slots=True)
class Selector:
    """Where in a page a value stands: the first group (or all) of a regular expression, a JSONPath (RFC 9535), or a CSS
    selector, whose element's text counts or, where named, its ``attribute``. The first that is found counts."""

    kind: SelectorKind
    expression: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class ContentMatch:
    """A value that must be in the page; with a ``pattern``, one in which that is found."""

    where: Selector
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """A value of an answer that later steps use as ``{{name}}``. It is kept secret like a password."""

    name: str
    where: Selector


@dataclass(frozen=True, slots=True)
class HttpStep:
    """One step of a journey. URL, header values, body and form of ``settings`` may hold ``{{name}}``."""

    name: str
    settings: "HttpSettings"
    extract: tuple[Extract, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """``Check.settings`` of the collector ``http``.

    ``expected_status`` empty: any 2xx; ``expected_versions`` (``HTTP/1.1``) empty: any. ``connect_to`` sends the
    connection to this (host, port) while URL, Host header and SNI stay. A whole exchange slower than ``slow``
    milliseconds is DEGRADED; ``max_bytes`` bounds the body read after decompression, 0: as much as netmon ever takes.

    All of ``body_regex``, ``header_matches`` and ``content`` must be found, none of ``body_not_regex`` and
    ``header_not_matches``; a header that is missing counts against the target unless ``allow_missing``. Patterns of the
    configuration are Python's; those of module files were written for Go and are translated when they are read.
    ``json_expression`` (must be true) and ``json_not_expression`` (must be false) are CEL over the variable ``body``.

    ``compression`` is what is asked for, and the body is then decoded so whatever the answer says of itself;
    ``identity``: nothing is decoded, which is what blackbox_exporter does of itself. None: gzip and deflate are asked
    for, and undone where the answer names them. A header ``Accept-Encoding`` changes only what is asked for.

    An answer that says maintenance is DEGRADED, never DOWN: a page in which one of ``maintenance_regex`` is found, and
    with ``maintenance_status`` a 503 with ``Retry-After``.

    ``form`` is a body of form fields, instead of ``body``. ``steps`` make it a journey: they are taken in their order
    with cookies in common, each with its own settings; ``url``, ``slow`` and the timeout are those of the whole.
    HTTP/1.1 is all that is spoken: ``http2`` allows what is not made use of.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: str | Secret | None = None
    expected_status: tuple[int, ...] = ()
    body_regex: tuple[str, ...] = ()
    body_not_regex: tuple[str, ...] = ()
    follow_redirects: bool = True
    max_redirects: int = 10
    max_bytes: int = 1_048_576
    slow: int | None = None
    connect_to: tuple[str, int] | None = None
    tls: TlsSettings = TlsSettings()
    expected_versions: tuple[str, ...] = ()
    header_matches: tuple[HeaderMatch, ...] = ()
    header_not_matches: tuple[HeaderMatch, ...] = ()
    json_expression: str | None = None
    json_not_expression: str | None = None
    fail_if_tls: bool = False
    fail_if_not_tls: bool = False
    compression: Compression | None = None
    auth: BasicAuth | Authorization | OAuth2 | None = None
    proxy: Proxy | None = None
    addresses: AddressChoice = AddressChoice()
    http2: bool = False
    form: tuple[tuple[str, str | Secret], ...] = ()
    min_bytes: int = 0
    content: tuple[ContentMatch, ...] = ()
    maintenance_regex: tuple[str, ...] = ()
    maintenance_status: bool = False
    steps: tuple[HttpStep, ...] = ()
