"""The requests of a poll: the first as configured, the next as redirects ask, secrets kept to the configured site."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote, urlencode, urljoin, urlsplit

import requests
from requests.utils import requote_uri

from collectors.net.failures import TargetError, clean
from netmon import __version__
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import Authorization, BasicAuth, HttpSettings, Secret

PORTS = {"http": 80, "https": 443}
_STANDING = {"User-Agent": f"netmon/{__version__}", "Accept": "*/*", "Connection": "close"}
_OF_THE_SITE = frozenset({"authorization", "cookie", "host"})
_OF_THE_BODY = frozenset({"content-length", "content-type", "transfer-encoding"})
_SAME_METHOD = frozenset({307, 308})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_NONE: Mapping[str, str] = MappingProxyType({})

HeaderLines = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request, ready to be sent. ``headers`` are without ``Host``, whose value is ``authority``; those whose names
    (in small letters) are in ``private`` are for the configured site alone."""

    method: str
    url: str
    scheme: str
    host: str
    port: int
    path: str
    authority: str
    headers: HeaderLines
    body: bytes
    private: frozenset[str]

    def authorized(self, header: str) -> "Outgoing":
        """With this value of ``Authorization``, whatever there was."""
        others = tuple((name, value) for name, value in self.headers if name.lower() != "authorization")
        return replace(self, headers=(*others, ("Authorization", header)))

    def encoded(self, target: str, extra: HeaderLines = ()) -> bytes:
        """The bytes that ask ``target`` (RFC 9112, 3.2), with ``extra`` headers, which replace those there are."""
        names = {name.lower() for name, _ in extra}
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {self.authority}"]
        lines += [f"{name}: {value}" for name, value in self.headers if name.lower() not in names]
        lines += [f"{name}: {value}" for name, value in extra]
        return "\r\n".join((*lines, "", "")).encode("latin-1") + self.body


def first_request(settings: HttpSettings, values: Mapping[str, str] = _NONE) -> Outgoing:
    """The request as configured, with the secrets in it, and ``values`` for what stands in ``{{…}}``.

    Raises:
        CollectError: it cannot be made: a secret is empty, the URL or a header is not sendable.
        TargetError: it could not be made with the values: the target gave them.
    """
    if not values:
        return _configured(settings)
    try:
        return _made(_filled(settings, values))
    except CollectError as error:
        if error.reason is Reason.CREDENTIAL:
            raise
        raise TargetError(Reason.BODY, "a value found in an earlier step makes no request that can be sent") from None


@lru_cache(maxsize=4096)
def _configured(settings: HttpSettings) -> Outgoing:
    """Made once for all polls of a check: what settings say does not change."""
    return _made(settings)


def _made(settings: HttpSettings) -> Outgoing:
    """A user in the URL becomes an Authorization header."""
    headers = _headers(settings)
    host = next((value for name, value in headers.items() if name.lower() == "host"), "")
    request = requests.Request(settings.method, settings.url, headers=headers, data=_body(settings))
    try:
        prepared = request.prepare()
        scheme, name, port = site_of(str(prepared.url))
    except (requests.RequestException, ValueError):  # not chained: the messages quote the header's value
        raise CollectError(Reason.INTERNAL, "the URL or a header of this check cannot be sent") from None
    if scheme not in PORTS:
        raise CollectError(Reason.INTERNAL, "the URL of this check is not one of http or https")
    sent = tuple((_text(key), _text(value)) for key, value in prepared.headers.items() if key.lower() != "host")
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    secret = {key.lower() for key, value in settings.headers if isinstance(value, Secret)}
    return Outgoing(
        str(prepared.method), str(prepared.url), scheme, name, port, prepared.path_url,
        host or _authority(scheme, name, port), sent, body or b"", _OF_THE_SITE | secret,
    )  # fmt: skip


def _headers(settings: HttpSettings) -> dict[str, str]:
    headers = dict(_STANDING)
    headers["Accept-Encoding"] = settings.compression or "gzip, deflate"
    auth = settings.auth
    if isinstance(auth, BasicAuth):
        pair = f"{auth.username}:{_revealed(auth.password, 'the password')}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    elif isinstance(auth, Authorization):
        headers["Authorization"] = f"{auth.scheme} {_revealed(auth.credentials, 'the credentials')}"
    for name, value in settings.headers:
        text = _revealed(value, f"the secret for the header {name}") if isinstance(value, Secret) else value
        for known in [known for known in headers if known.lower() == name.lower()]:
            del headers[known]
        headers[name] = text.encode().decode("latin-1")  # what is not ASCII goes out as UTF-8
    return headers


def _revealed(secret: Secret, words: str) -> str:
    if not secret.reveal():
        raise CollectError(Reason.CREDENTIAL, f"{words} is empty")
    return secret.reveal()


def _body(settings: HttpSettings) -> bytes | dict[str, str] | None:
    if settings.form:
        return {name: value.reveal() if isinstance(value, Secret) else value for name, value in settings.form}
    body = settings.body.reveal() if isinstance(settings.body, Secret) else settings.body
    return body.encode() if body is not None else None


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def site_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL.

    Raises:
        ValueError: its port is none.
    """
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)


def _authority(scheme: str, host: str, port: int) -> str:
    name = f"[{host.partition('%')[0]}]" if ":" in host else host
    return name if port == PORTS[scheme] else f"{name}:{port}"


# --- Values of earlier steps ------------------------------------------------------------------------------------------


def _filled(settings: HttpSettings, values: Mapping[str, str]) -> HttpSettings:
    """What a target gave goes into a URL quoted: it fills a place, and adds no path, query or host of its own."""
    quoted = {name: quote(value, safe="") for name, value in values.items()}
    return replace(
        settings,
        url=_fill(settings.url, quoted),
        headers=tuple((name, _fill_any(value, values)) for name, value in settings.headers),
        body=None if settings.body is None else _fill_any(settings.body, values),
        form=tuple((name, _fill_any(value, values)) for name, value in settings.form),
    )


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def _fill_any(value: str | Secret, values: Mapping[str, str]) -> str | Secret:
    if isinstance(value, Secret):
        return Secret(_fill(value.reveal(), values))
    return Secret(_fill(value, values)) if _VARIABLE.search(value) else value


# --- Redirects --------------------------------------------------------------------------------------------------------


def redirect_target(url: str, location: str) -> str:
    """The URL that the answer of ``url`` sends us on to.

    Raises:
        TargetError: it leads nowhere that HTTP can go.
    """
    try:
        target = urljoin(url, requote_uri(location.encode("latin-1").decode("utf-8", "replace")))
        scheme, host, port = site_of(target)
        valid = scheme in PORTS and bool(host) and port != 0
    except (ValueError, requests.RequestException):
        valid = False
    if not valid:
        where = clean(location, 80)
        raise TargetError(Reason.HEADER, f"redirected to {where!r}, which is not a URL of http or https")
    return target


def next_request(request: Outgoing, status: int, target: str) -> Outgoing:
    """The request a redirect asks for. Another origin gets no secret and nothing that was meant for this one.

    Raises:
        TargetError: the target cannot be requested.
    """
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(target, None)
        scheme, host, port = site_of(str(prepared.url))
    except (requests.RequestException, ValueError):
        raise TargetError(Reason.HEADER, "redirected to a URL that cannot be requested") from None
    dropped: frozenset[str] = frozenset()
    authority = request.authority
    if _leaves(request, scheme, host, port):
        dropped, authority = request.private, _authority(scheme, host, port)
    elif authority == _authority(request.scheme, request.host, request.port):
        authority = _authority(scheme, host, port)
    method, body = request.method, request.body
    if status not in _SAME_METHOD:
        dropped, body = dropped | _OF_THE_BODY, b""
        method = method if method in {"GET", "HEAD"} else "GET"
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in dropped)
    return replace(
        request, method=method, url=str(prepared.url), scheme=scheme, host=host, port=port, path=prepared.path_url,
        authority=authority, headers=headers, body=body,
    )  # fmt: skip


def _leaves(request: Outgoing, scheme: str, host: str, port: int) -> bool:
    """Whether it is another origin. From http to https on the usual ports is the same site, better guarded."""
    if request.host != host:
        return True
    if (request.scheme, request.port, scheme, port) == ("http", 80, "https", 443):
        return False
    return (request.scheme, request.port) != (scheme, port)


def shown(url: str) -> str:
    """A URL for people: without user, password, query and fragment."""
    parts = urlsplit(url)
    return clean(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


# --- Secrets ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def secrets_of(settings: HttpSettings) -> tuple[str, ...]:
    """Texts that must appear nowhere, longest first, as they are and as a request spells them."""
    held: list[Secret | str] = [value for _, value in (*settings.headers, *settings.form) if isinstance(value, Secret)]
    held += [settings.body] if isinstance(settings.body, Secret) else []
    held.append(urlsplit(settings.url).password or "")
    auth = settings.auth
    if isinstance(auth, BasicAuth):
        held += [auth.password, base64.b64encode(f"{auth.username}:{auth.password.reveal()}".encode()).decode()]
    elif auth is not None:
        held.append(auth.credentials if isinstance(auth, Authorization) else auth.client_secret)
    texts = [one.reveal() if isinstance(one, Secret) else one for one in held]
    for step in settings.steps:
        texts += secrets_of(step.settings)
    return spelt(texts)


def spelt(texts: list[str]) -> tuple[str, ...]:
    """``texts`` in all the ways a request may spell them, longest first."""
    spellings = {way for text in texts if text for way in (text, quote(text, safe=""), urlencode({"": text})[1:])}
    return tuple(sorted(spellings, key=len, reverse=True))
