"""Parts of a check's `http`: rules on headers and pages, credentials, proxies."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from netmon.config import expressions, kinds, places
from netmon.config.entry import Entry, Flag, SecretText, Text, setting
from netmon.config.kinds import Context, Kind, custom
from netmon.config.secrets import MEND, expand
from netmon.config.source import Scalar, shown
from netmon.config.targets import TlsEntry
from netmon.config.wrong import WrongError
from netmon.settings import HeaderMatch, OAuth2, Proxy, Secret, Selector

_HEADER = "the name of an HTTP header (letters, digits and '-')"
HeaderName: TypeAlias = Annotated[str, kinds.matching(_HEADER, r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")]
Headers: TypeAlias = dict[HeaderName, Annotated[str | Secret, places.header_value()]]
Patterns: TypeAlias = Annotated[tuple[str, ...], kinds.several(places.regex())]

VARIABLE_NAME = "[A-Za-z_][A-Za-z0-9_]{0,49}"
VARIABLE = re.compile(rf"\{{\{{({VARIABLE_NAME})\}}\}}")


def template() -> Kind:
    """Text of any number of lines, in which secrets may be referred to."""
    return Kind("a text", lambda scalar, _: expand(scalar), {"type": "string"})


def step_url() -> Kind:
    """A URL, in which ``{{name}}`` may stand, also alone: then it is a link that an earlier step found."""
    plain = places.url()

    def parse(scalar: Scalar, context: Context) -> object:
        return str(scalar) if VARIABLE.fullmatch(scalar) else plain.parse(scalar, context)

    return Kind(plain.words, parse, {"type": "string", "pattern": r"^(https?://|\{\{)"})


def own_address() -> Kind:
    """An address of this host."""
    words = "an address of this host"

    def parse(scalar: Scalar, _: Context) -> str:
        try:
            return str(ipaddress.ip_address(str(scalar)))
        except ValueError:
            raise WrongError(f"expected {words}, found {shown(scalar)}") from None

    return Kind(words, parse, {"type": "string"})


def proxy_url() -> Kind:
    """The URL of a proxy; a password in it only by reference."""
    words = "a proxy, http://host:port"

    def parse(scalar: Scalar, _: Context) -> Secret:
        value = expand(scalar)
        plain = value.reveal() if isinstance(value, Secret) else value
        try:
            parts = urlsplit(plain)
            good = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good or parts.path.strip("/") or not plain.isprintable():
            raise WrongError(f"expected {words}")
        if parts.password is not None and isinstance(value, str):
            raise WrongError(MEND)
        return Secret(plain)

    return Kind(words, parse, {"type": "string", "pattern": "^http://"})


def refuse_literal_secrets(values: Mapping[str, str | Secret], names: re.Pattern[str]) -> None:
    """Values whose ``names`` say that they are secret have to be references, or values found in earlier steps."""
    for name, value in values.items():
        if isinstance(value, str) and names.search(name) and not VARIABLE.search(value):
            raise custom(WrongError(MEND, below=(name,)))


class HeaderEntry(Entry):
    """A rule on one header of the answer."""

    header: HeaderName = Field(description="The header's name.")
    regex: Annotated[str, places.regex()] = Field(description="Searched in each of its values.")
    allow_missing: Flag = setting(False, "Whether the rule is kept where the header is missing.")

    def match(self) -> HeaderMatch:
        """The rule for the collector."""
        return HeaderMatch(self.header, self.regex, self.allow_missing)


class SelectorEntry(Entry):
    """Where a value stands in a page: `json`, `css` or `regex` says it."""

    json_path: Annotated[str, expressions.json_path()] | None = Field(
        None, alias="json", description="Path into JSON; the first value it leads to."
    )
    css: Annotated[str, expressions.css_selector()] | None = setting(
        None, "The first element of an HTML page that it selects; its text, or an `attribute`."
    )
    regex: Annotated[str, places.regex()] | None = setting(None, "Its first group, or all it matches.")
    attribute: Text | None = setting(None, "The attribute of the element that `css` selects.")

    _KINDS: ClassVar = ("json", "css", "regex")

    @model_validator(mode="after")
    def _one_way(self) -> "SelectorEntry":
        given = [name for name, value in zip(self._KINDS, self._values(), strict=True) if value is not None]
        if not given:
            raise custom(WrongError(f"is required: one of {', '.join(self._KINDS)}", below=("json",)))
        if len(given) > 1:
            raise custom(WrongError(f"cannot stand beside '{given[0]}'", below=(given[1],)))
        if self.attribute is not None and self.css is None:
            raise custom(WrongError("needs 'css'", below=("attribute",)))
        return self

    def _values(self) -> tuple[str | None, str | None, str | None]:
        return self.json_path, self.css, self.regex

    def selector(self) -> Selector:
        """The place for the collector."""
        if self.json_path is not None:
            return Selector("json", self.json_path)
        if self.css is not None:
            return Selector("css", self.css, self.attribute or "")
        return Selector("regex", self.regex or "")


class ContentEntry(SelectorEntry):
    """A value that must be in the page."""

    match: Annotated[str, places.regex()] | None = setting(None, "What the value must contain; none: it must be there.")


class MaintenanceSeenEntry(Entry):
    """How an answer says that its service is being maintained: it is then degraded, and not down."""

    regex: Patterns = setting((), "Texts of the page, one of which says so, whatever the status.")
    status: Flag = setting(False, "Whether a status 503 with `Retry-After` says so.")


class BasicAuthEntry(Entry):
    """User and password (RFC 7617)."""

    username: Text = Field(description="The user.")
    password: SecretText = Field(description="The password; only by reference.")


class AuthorizationEntry(Entry):
    """The header `Authorization`."""

    type: Annotated[str, kinds.matching("a scheme such as Bearer", "[A-Za-z0-9-]{1,50}")] = setting(
        "Bearer", "The scheme."
    )
    credentials: SecretText = Field(description="What stands behind the scheme; only by reference.")


class OAuth2Entry(Entry):
    """Client credentials (RFC 6749, 4.4): a token is fetched when none is held, and kept until it expires."""

    client_id: Text = Field(description="The client.")
    client_secret: SecretText = Field(description="Its secret; only by reference.")
    token_url: Annotated[str, places.url()] = Field(description="Where tokens are given.")
    scopes: tuple[Text, ...] = setting((), "Scopes asked for.")
    endpoint_params: dict[Text, Text] = setting({}, "More fields of the request for a token.")
    tls: TlsEntry = setting(TlsEntry(), "How far that server's certificate is trusted.", written={})

    def auth(self, ca_file: str | None, proxy: Proxy | None) -> OAuth2:
        """The credentials for the collector."""
        return OAuth2(
            self.client_id, self.client_secret, self.token_url, self.scopes, tuple(self.endpoint_params.items()),
            self.tls.settings(ca_file), proxy,
        )  # fmt: skip


class ProxyEntry(Entry):
    """A proxy to go through. Without this nothing is, whatever the environment says."""

    url: Annotated[Secret, proxy_url()] | None = setting(
        None, "The proxy, `http://host:port`; user and password by reference: `http://netmon:${file:…}@host:port`."
    )
    no_proxy: Text | None = setting(
        None, "Who is asked directly all the same: names with all below them, addresses, networks, with commas."
    )
    from_environment: Flag = setting(False, "Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say which.")
    connect_headers: Headers = setting({}, "Headers for the proxy, with CONNECT.")
    skip_resolve: Flag = setting(False, "Whether the proxy looks names up, and netmon does not.")

    @model_validator(mode="after")
    def _which(self) -> "ProxyEntry":
        if self.url is None and not self.from_environment:
            raise custom(WrongError("is required, unless 'from_environment' is true", below=("url",)))
        if self.url is not None and self.from_environment:
            raise custom(WrongError("cannot stand beside 'url'", below=("from_environment",)))
        return self

    def proxy(self) -> Proxy:
        """The proxy for the collector."""
        headers = tuple(self.connect_headers.items())
        return Proxy(self.url, self.no_proxy or "", self.from_environment, headers, self.skip_resolve)
