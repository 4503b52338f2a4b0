"""Who is let in: what a web configuration file says of headers, users and the rate of requests, for every answer."""

import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exporters.web.basicauth import BasicAuth, TooBusyError
from netmon.clock import SECOND
from netmon.settings import WebAccess

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="netmon", charset="UTF-8"'}


class Admission:
    """Stands before ``app``. ``apart`` are paths that ask for users of their own: theirs are not asked twice.

    ``answered`` is told the status of every answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: WebAccess,
        apart: tuple[str, ...] = (),
        answered: Callable[[int], None] = lambda _status: None,
    ) -> None:
        self._app = app
        self._apart = apart
        self._answered = answered
        self._auth: BasicAuth | None = None
        self.renew(access)

    def renew(self, access: WebAccess) -> None:
        """From now on ``access`` holds. Who proved who he is has to do it again only if the users changed."""
        before = self._auth
        if before is None or dict(before.hashes) != dict(access.users):
            self._auth = BasicAuth(access.users) if access.users else None
            if before is not None:
                before.close()
        self._headers = dict(access.headers)
        self._bucket = _Bucket(access.interval / SECOND, access.burst) if access.interval else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                self._answered(message["status"])
            await send(message)

        refusal = await self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    async def _refusal(self, scope: Scope) -> Response | None:
        if self._bucket is not None and not self._bucket.take():
            return PlainTextResponse("429 Too many requests\n", 429, {"Retry-After": "1"})
        if self._auth is None or self._is_apart(scope["path"]):
            return None
        try:
            user = await self._auth.user_of(Headers(scope=scope).get("authorization"))
        except TooBusyError:
            return PlainTextResponse("503 Too many logins at once\n", 503, {"Retry-After": "5"})
        return None if user is not None else PlainTextResponse("401 Who asks?\n", 401, _CHALLENGE)

    def _is_apart(self, path: str) -> bool:
        return any(path == each or path.startswith(f"{each}/") for each in self._apart)


class _Bucket:
    """Takes ``burst`` requests at once, then one in each ``interval`` (seconds)."""

    def __init__(self, interval: float, burst: int) -> None:
        self._interval = interval
        self._burst = burst
        self._left = float(burst)
        self._at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) / self._interval)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
