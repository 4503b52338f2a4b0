"""The listener over real sockets."""

import asyncio
import http.client
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from prometheus_client import CollectorRegistry

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from tests.exporters.snapshots import AMBES, BEGLES, CENON, FakeSnapshot, make_snapshot

T = TypeVar("T")


def serving(snapshot: FakeSnapshot, ask: Callable[[WebServer], T], reports: Path | None = None) -> T:
    """What ``ask``, in a thread of its own, learns from a running server."""

    async def run() -> T:
        app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), reports, "fr")
        server = WebServer("127.0.0.1", 0, app)
        await server.start()
        try:
            return await asyncio.to_thread(ask, server)
        finally:
            await server.stop()

    return asyncio.run(run())


def fetch(server: WebServer, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


def test_every_page_answers_and_tells_browsers_to_trust_nothing(tmp_path: Path) -> None:
    paths = ["/", "/metrics", "/-/healthy", "/-/ready", "/reports/", "/style.css", "/api/v1/openapi.json"]
    paths += [f"/api/v1/{name}" for name in ("status", "nodes", "services", "maintenance")]

    def ask(server: WebServer) -> None:
        for path in paths:
            status, headers, body = fetch(server, path)
            assert (path, status) == (path, 200)
            assert body
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers

    serving(make_snapshot([BEGLES, AMBES, CENON]), ask, tmp_path)
