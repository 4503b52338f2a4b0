"""A listener on a real socket, and questions to it."""

import asyncio
import http.client
from collections.abc import Callable
from typing import TypeVar

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from netmon.contracts import Snapshot

T = TypeVar("T")


def app_of(snapshot: Snapshot, **settings: object) -> Starlette:
    return create_app(snapshot, Exposition(snapshot, CollectorRegistry()), **{"reports_dir": None, **settings})  # type: ignore[arg-type]


def serving(app: Starlette, ask: Callable[[WebServer], T]) -> T:
    """What ``ask``, in a thread of its own, learns from a running server."""

    async def run() -> T:
        server = WebServer("127.0.0.1", 0, app)
        await server.start()
        try:
            return await asyncio.to_thread(ask, server)
        finally:
            await server.stop()

    return asyncio.run(run())


def fetch(server: WebServer, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body
