"""``/metrics``: negotiated, then sent piece by piece, so that a scrape of millions of series keeps no poll waiting."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from exporters.prometheus import Exposition, Selection
from exporters.prometheus.body import encoded
from exporters.prometheus.negotiation import OPENMETRICS_TYPE, TEXT_TYPE, encoding_for, wants_openmetrics
from exporters.summary import freshened, others_first
from netmon.contracts import Snapshot

MOST_AT_ONCE = 10
"""Scrapes under way. Each keeps alive the lines it began with, however slowly it is read."""


class MetricsEndpoint:
    """Answers scrapes of ``exposition``, which reads ``snapshot``."""

    def __init__(self, snapshot: Snapshot, exposition: Exposition) -> None:
        self._snapshot = snapshot
        self._exposition = exposition
        self._under_way = 0

    async def respond(self, request: Request) -> Response:
        """The metrics that the query selects, as the scraper wants them."""
        account = self._exposition.account
        if self._under_way >= MOST_AT_ONCE:
            account.scrapes.labels("busy").inc()
            raise HTTPException(503, f"{MOST_AT_ONCE} scrapes are under way", {"Retry-After": "5"})
        openmetrics = wants_openmetrics(request.headers.get("accept", ""))
        encoding = encoding_for(request.headers.get("accept-encoding", ""))
        headers = {"Content-Type": OPENMETRICS_TYPE if openmetrics else TEXT_TYPE, "Vary": "Accept, Accept-Encoding"}
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        query = request.query_params
        only = query.get("only") == "netmon"
        selection = Selection(frozenset(query.getlist("commune")), frozenset(query.getlist("node")), daemon_only=only)
        await freshened(self._snapshot)
        for _ in self._exposition.prepare():
            await others_first()
        parts = self._exposition.scrape(selection, openmetrics=openmetrics)
        return _Sent(encoded(parts, encoding), headers, self, whole=selection.is_everything)

    @contextmanager
    def noted(self, sent: "_Sent") -> Iterator[None]:
        """Count a scrape while it is sent, and what became of it."""
        account, started = self._exposition.account, time.monotonic()
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            account.scrapes.labels("served" if sent.complete else "gone").inc()
            account.scrape_seconds.observe(time.monotonic() - started)
            if sent.complete and sent.whole:
                account.scrape_bytes.set(sent.size)


class _Sent(Response):
    """A body sent as it is made; one that fits into a piece with its length, as most are."""

    def __init__(
        self, body: Iterator[bytes], headers: dict[str, str], endpoint: MetricsEndpoint, *, whole: bool
    ) -> None:
        super().__init__(None, headers=headers)
        self.size = 0
        self.complete = False
        self.whole = whole
        self._body = body
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, unless whoever asked goes away."""
        with self._endpoint.noted(self):
            await self._send(Request(scope, receive), send)

    async def _send(self, request: Request, send: Send) -> None:
        piece, following = await asyncio.to_thread(self._two)
        if following is None:
            self.headers["Content-Length"] = str(len(piece))
        else:
            del self.headers["Content-Length"]
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        while following is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            self.size += len(piece)
            if await request.is_disconnected():
                return
            piece, following = following, await asyncio.to_thread(next, self._body, None)
        await send({"type": "http.response.body", "body": piece})
        self.size += len(piece)
        self.complete = True

    def _two(self) -> tuple[bytes, bytes | None]:
        return next(self._body, b""), next(self._body, None)
