"""Cookies of one poll: kept from answer to answer, for the sites that set them, and forgotten at its end."""

from http.client import HTTPResponse
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import cast
from urllib.request import Request

from collectors.http.reply import Headers


class Cookies:
    """A jar as a visitor's browser has one, empty when the poll begins."""

    def __init__(self) -> None:
        self._jar: CookieJar | None = None

    def keep(self, url: str, headers: Headers) -> None:
        """Take what the answer of ``url`` sets."""
        if "Set-Cookie" in headers:
            if self._jar is None:
                self._jar = CookieJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain))
            self._jar.extract_cookies(cast("HTTPResponse", _Answer(headers)), Request(url))  # noqa: S310

    def header(self, url: str) -> str | None:
        """The value of ``Cookie`` for a request of ``url``; None: there is none."""
        if self._jar is None:
            return None
        request = Request(url)  # noqa: S310  # it is never opened
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")


class _Answer:
    """As much of an answer as the jar asks for."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def info(self) -> Headers:
        return self._headers
