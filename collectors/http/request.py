"""The requests of a poll: the first as configured, the next as redirects ask, secrets kept to the configured site."""

from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.cookies import RequestsCookieJar
from requests.sessions import SessionRedirectMixin
from requests.utils import requote_uri

from collectors.net.failures import TargetError, clean
from netmon import __version__
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import HttpSettings, Secret

_STANDING = {
    "User-Agent": f"netmon/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
}
_OF_THE_SITE = frozenset({"authorization", "cookie", "host", "proxy-authorization"})
_OF_THE_BODY = ("Content-Length", "Content-Type", "Transfer-Encoding")
_SAME_METHOD = frozenset({307, 308})
_RULES = SessionRedirectMixin()


def first_request(settings: HttpSettings) -> requests.PreparedRequest:
    """The request as configured, with the secrets in it. A user in the URL becomes an Authorization header.

    Raises:
        CollectError: it cannot be made: a secret is empty, the URL or a header is not sendable.
    """
    headers: dict[str, str | bytes] = dict(_STANDING)
    for name, value in settings.headers:
        text = value.reveal() if isinstance(value, Secret) else value
        if isinstance(value, Secret) and not text:
            raise CollectError(Reason.CREDENTIAL, f"the secret for the header {name} is empty")
        for known in [known for known in headers if known.lower() == name.lower()]:
            del headers[known]
        headers[name] = text if text.isascii() else text.encode()
    body = settings.body.encode() if settings.body is not None else None
    request = requests.Request(settings.method, settings.url, headers=headers, data=body)
    try:
        prepared = request.prepare()
    except (requests.RequestException, ValueError):  # not chained: the messages quote the header's value
        raise CollectError(Reason.INTERNAL, "the URL or a header of this check cannot be sent") from None
    if urlsplit(str(prepared.url)).scheme not in {"http", "https"}:
        raise CollectError(Reason.INTERNAL, "the URL of this check is not one of http or https")
    return prepared


def redirect_target(response: requests.Response) -> str | None:
    """The URL the answer sends us on to; None when it is an answer to stay with.

    Raises:
        TargetError: it leads nowhere that HTTP can go.
    """
    if not response.is_redirect:
        return None
    try:
        location = _RULES.get_redirect_target(response) or ""
        target = urljoin(str(response.url), requote_uri(location))
        parts = urlsplit(target)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except (ValueError, requests.RequestException):
        valid = False
    if not valid:
        shown = clean(response.headers.get("location", ""), 80)
        raise TargetError(Reason.HEADER, f"redirected to {shown!r}, which is not a URL of http or https")
    return target


def next_request(
    request: requests.PreparedRequest, response: requests.Response, target: str, settings: HttpSettings,
    cookies: RequestsCookieJar,
) -> requests.PreparedRequest:  # fmt: skip
    """The request a redirect asks for. Another origin gets no secret and nothing that was meant for this one.

    Raises:
        TargetError: the target cannot be requested.
    """
    following = request.copy()
    try:
        following.prepare_url(target, None)
    except (requests.RequestException, ValueError):
        raise TargetError(Reason.HEADER, "redirected to a URL that cannot be requested") from None
    _RULES.rebuild_method(following, response)
    headers = following.headers
    if response.status_code not in _SAME_METHOD:
        following.body = None
        for name in _OF_THE_BODY:
            headers.pop(name, None)
    if _leaves(str(request.url), str(following.url)):
        secret = {name.lower() for name, value in settings.headers if isinstance(value, Secret)}
        for name in [name for name in headers if name.lower() in _OF_THE_SITE | secret]:
            del headers[name]
    if not any(name.lower() == "cookie" for name, _ in settings.headers):
        headers.pop("Cookie", None)
        following.prepare_cookies(cookies)
    return following


def _leaves(old: str, new: str) -> bool:
    """Whether ``new`` is another origin. From http to https on the usual ports is the same site, better guarded."""
    before, after = urlsplit(old), urlsplit(new)
    if before.hostname != after.hostname:
        return True
    if (before.scheme, _port(before), after.scheme, _port(after)) == ("http", 80, "https", 443):
        return False
    return (before.scheme, _port(before)) != (after.scheme, _port(after))


def _port(parts: SplitResult) -> int:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)


def shown(url: str) -> str:
    """A URL for people: without user, password, query and fragment."""
    parts = urlsplit(url)
    return clean(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def secrets_of(settings: HttpSettings) -> tuple[str, ...]:
    """Texts that must appear nowhere, longest first."""
    secrets = {value.reveal() for _, value in settings.headers if isinstance(value, Secret)}
    secrets.add(urlsplit(settings.url).password or "")
    return tuple(sorted(secrets - {""}, key=len, reverse=True))
