"""What holds for every answer: only reading is allowed, and a reload; browsers are told to trust nothing but the page;
a mistake of ours is a short 500 and one entry in the log."""

import logging
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
log: Final = logging.getLogger("netmon.exporters.web")
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


_ACTS: Final = {("POST", "/-/reload"), ("PUT", "/-/reload")}
"""What may be asked for besides reading; not by a page in somebody's browser (see ``app``)."""


class Guard:
    """Adds security headers to every answer and refuses every method but GET and HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._answer(scope, receive, send_guarded)
        except Exception:
            log.exception("request failed", extra={"path": scope["path"]})
            if not begun:
                await PlainTextResponse("500 Internal error\n", 500)(scope, receive, send_guarded)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in {"GET", "HEAD"} or (scope["method"], scope["path"]) in _ACTS:
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("405 Method not allowed\n", 405, {"Allow": "GET, HEAD"})(scope, receive, send)
