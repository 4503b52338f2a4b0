"""What HTTP checks ask for and expect."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.settings.network import AddressChoice
from netmon.settings.secret import Secret
from netmon.settings.tls import TlsSettings

Compression: TypeAlias = Literal["gzip", "deflate", "br", "identity"]


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
class HttpSettings:
    """``Check.settings`` of the collector ``http``.

    ``expected_status`` empty: any 2xx; ``expected_versions`` (``HTTP/1.1``) empty: any. ``connect_to`` sends the
    connection to this (host, port) while URL, Host header and SNI stay. A whole exchange slower than ``slow``
    milliseconds is DEGRADED; ``max_bytes`` bounds the body read after decompression, 0: as much as netmon ever takes.

    All of ``body_regex`` and ``header_matches`` must be found, none of ``body_not_regex`` and ``header_not_matches``.
    Patterns of the configuration are Python's; those of module files were written for Go and are translated when they
    are read. ``json_expression`` and ``json_not_expression`` are CEL over the variable ``body``. ``compression`` is
    what is asked for, and then expected; None: gzip and deflate are asked for and either is understood.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: str | None = None
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
