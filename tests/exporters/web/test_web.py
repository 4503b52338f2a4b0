"""The listener over real sockets."""

import asyncio
import contextlib
import gzip
import http.client
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from prometheus_client import CollectorRegistry
from zstandard import ZstdDecompressor

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from netmon.errors import HostError
from netmon.model import Family, State
from tests.exporters.snapshots import AMBES, BEGLES, CENON, FakeSnapshot, make_observation, make_snapshot

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


def test_metrics_are_negotiated_selected_and_packed() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])

    def ask(server: WebServer) -> None:
        status, headers, body = fetch(server, "/metrics", accept="application/openmetrics-text;version=1.0.0")
        assert (status, headers["content-type"]) == (200, "application/openmetrics-text; version=1.0.0; charset=utf-8")
        assert body.endswith(b"# EOF\n")
        assert headers["vary"] == "Accept, Accept-Encoding"
        _, headers, packed = fetch(server, "/metrics?commune=Amb%C3%A8s", accept_encoding="gzip")
        assert headers["content-encoding"] == "gzip"
        assert headers["content-type"].startswith("text/plain; version=0.0.4")
        text = gzip.decompress(packed).decode()
        assert 'commune="Ambès"' in text
        assert "Bègles" not in text
        _, _, both = fetch(server, "/metrics?node=core-1&node=sw-c33004-1")
        assert b'node="core-1"' in both
        assert b'node="sw-c33004-1"' in both
        assert b'node="sw-c33039-1"' not in both
        assert fetch(server, "/metrics?node=core-1&node=gone")[0] == 200
        assert fetch(server, "/metrics?commune=ambes")[::2] == (404, b"404 No commune is called 'ambes'\n")
        assert fetch(server, "/metrics?commune=Amb%C3%A8s&node=gone")[::2] == (404, b"404 No node is called 'gone'\n")
        assert b"netmon_check_state{" not in fetch(server, "/metrics?only=netmon")[2]
        assert fetch(server, "/metrics?only=else")[0] == 400
        assert fetch(server, "/sd/prometheus?node=core-1&node=gone")[0] == 200
        assert fetch(server, "/sd/prometheus?commune=ambes")[0] == 404  # where Prometheus keeps the targets it has

    serving(snapshot, ask)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_nothing_but_reading_is_allowed(method: str) -> None:
    def ask(server: WebServer) -> None:
        for path in ("/", "/metrics", "/nowhere"):
            status, headers, _ = fetch(server, path, method)
            assert (status, headers["allow"]) == (405, "GET, HEAD")

    serving(make_snapshot([BEGLES]), ask)


def test_head_answers_as_get_does_without_the_body(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n")

    def ask(server: WebServer) -> None:
        for path in ("/", "/metrics", "/-/healthy", "/api/v1/status", "/reports/a.csv"):
            status, headers, body = fetch(server, path, "HEAD")
            assert (status, body) == (200, b"")
            assert headers["content-length"] != "0"

    serving(make_snapshot([BEGLES]), ask, tmp_path)


def test_an_unknown_path_is_a_short_404() -> None:
    def ask(server: WebServer) -> None:
        assert fetch(server, "/nowhere")[::2] == (404, b"404 Not Found\n")
        status, _, body = fetch(server, "/api/v1/nowhere")
        assert (status, json.loads(body)) == (404, {"schema_version": 1, "error": "Not Found"})
        assert fetch(server, "/reports/")[0] == 404

    serving(make_snapshot([BEGLES]), ask)


@pytest.mark.parametrize(
    "path",
    [
        "/reports/../secret.json",
        "/reports/%2e%2e/secret.json",
        "/reports/..%2fsecret.json",
        "/reports/2026-10/..%2f..%2fsecret.json",
        "/reports/link.json",
        "/reports/outside/secret.json",
        "/reports/.hidden.json",
        "/reports/notes.txt",
        "/reports//etc/passwd",
        "/reports/a%00.html",
        "/reports/" + "a" * 300 + ".html",
        "/reports/2026-10/missing.html",
    ],
)
def test_what_is_not_a_report_is_not_there(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.json").write_text("{}")
    root = tmp_path / "reports"
    (root / "2026-10").mkdir(parents=True)
    (root / ".hidden.json").write_text("{}")
    (root / "notes.txt").write_text("")
    (root / "link.json").symlink_to(tmp_path / "secret.json")
    (root / "outside").symlink_to(tmp_path)
    serving(make_snapshot([BEGLES]), lambda server: check_missing(server, path), root)


def check_missing(server: WebServer, path: str) -> None:
    assert fetch(server, path)[0] == 404


def test_reports_are_listed_and_served_with_their_types(tmp_path: Path) -> None:
    folder = tmp_path / "2026-10"
    folder.mkdir()
    (folder / "Bègles & co.html").write_text("<p>é</p>", encoding="utf-8")
    (folder / "data.csv").write_text("a;b\n")

    def ask(server: WebServer) -> None:
        assert b'href="2026-10/"' in fetch(server, "/reports/")[2]
        status, headers, _ = fetch(server, "/reports/2026-10")
        assert (status, headers["location"]) == (308, "/reports/2026-10/")
        index = fetch(server, "/reports/2026-10/")[2].decode()
        assert 'href="B%C3%A8gles%20%26%20co.html"' in index
        assert "Bègles &amp; co.html" in index
        status, headers, body = fetch(server, "/reports/2026-10/B%C3%A8gles%20%26%20co.html")
        assert (status, headers["content-type"], body) == (200, "text/html; charset=utf-8", "<p>é</p>".encode())
        assert fetch(server, "/reports/2026-10/data.csv")[1]["content-type"] == "text/csv; charset=utf-8"

    serving(make_snapshot([BEGLES]), ask, tmp_path)


def test_an_index_of_reports_that_are_not_written_yet_says_so(tmp_path: Path) -> None:
    serving(
        make_snapshot([BEGLES]),
        lambda server: check_answer(server, "/reports/", 200),
        tmp_path / "not-yet",
    )


def check_answer(server: WebServer, path: str, expected: int) -> None:
    assert fetch(server, path)[0] == expected


def test_names_and_details_from_devices_are_escaped_on_the_page() -> None:
    snapshot = make_snapshot([BEGLES])
    hostile = "<script>alert(1)</script>\x1b[31m\u202e"
    snapshot.set_node("sw-c33039-1", State.DOWN, detail=hostile, reason="<b>")

    def ask(server: WebServer) -> None:
        page = fetch(server, "/")[2].decode()
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
        assert "\x1b" not in page
        assert "\u202e" not in page

    serving(snapshot, ask)


@pytest.mark.parametrize(
    ("query", "refreshes"),
    [("?refresh=15", True), ("", False), ("?refresh=0", False), ("?refresh=x", False), ("?refresh=%C2%B2", False)],
)
def test_the_page_comes_back_by_itself_only_when_asked(query: str, refreshes: bool) -> None:
    def ask(server: WebServer) -> None:
        status, _, body = fetch(server, f"/{query}")
        assert status == 200
        assert (b'http-equiv="refresh"' in body) is refreshes

    serving(make_snapshot([BEGLES]), ask)


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        snapshot = make_snapshot([BEGLES])
        app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None)
        with pytest.raises(HostError, match=f"^cannot listen on 127.0.0.1:{port}: Address already in use$"):
            asyncio.run(WebServer("127.0.0.1", port, app).start())


def test_an_address_that_is_not_ours_is_one_clear_line() -> None:
    snapshot = make_snapshot([BEGLES])
    app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None)
    with pytest.raises(HostError, match=r"^cannot listen on 192\.0\.2\.1:0: "):
        asyncio.run(WebServer("192.0.2.1", 0, app).start())


def test_stopping_closes_connections_that_say_nothing() -> None:
    snapshot = make_snapshot([BEGLES])

    async def run() -> bytes:
        server = WebServer("127.0.0.1", 0, create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None))
        await server.stop()
        await server.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        await server.stop()
        left = await reader.read()
        writer.close()
        return left

    assert asyncio.run(run()) == b""


def test_a_scrape_of_many_pieces_arrives_whole_and_counted() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = Exposition(snapshot, CollectorRegistry())
    series = tuple((f"{row}", "x" * 100) for row in range(20_000))
    family = Family("ifHCInOctets", "counter", "Octets in.", ("ifIndex", "ifAlias"), series, tuple(range(20_000)))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))

    async def run() -> dict[str, bytes]:
        server = WebServer("127.0.0.1", 0, create_app(snapshot, exposition, None))
        await server.start()
        answers = {}
        for encoding in ("identity", "gzip", "zstd"):
            _, headers, body = await asyncio.to_thread(fetch, server, "/metrics", accept_encoding=encoding)
            assert headers.get("content-encoding", "identity") == encoding
            answers[encoding] = body
        await server.stop()
        return answers

    answers = asyncio.run(run())
    plain = answers["identity"]
    assert plain.count(b"\nifHCInOctets{") == 20_000
    lines = plain.splitlines()
    for again in (gzip.decompress(answers["gzip"]), ZstdDecompressor().decompressobj().decompress(answers["zstd"])):
        assert [line for line in again.splitlines() if b"netmon_scrape" not in line] == [
            line for line in lines if b"netmon_scrape" not in line
        ]
    assert count(exposition, "served") == 3


def count(exposition: Exposition, outcome: str) -> float:
    samples = next(iter(exposition.account.scrapes.collect())).samples
    return next(sample.value for sample in samples if sample.labels == {"outcome": outcome})


def wait_until(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(0.05)


def test_more_scrapes_than_are_taken_at_once_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.web.metrics.MOST_AT_ONCE", 0)

    def ask(server: WebServer) -> None:
        status, headers, body = fetch(server, "/metrics")
        assert (status, headers["retry-after"], body) == (503, "5", b"503 0 scrapes are under way\n")

    serving(make_snapshot([BEGLES]), ask)


def test_a_scraper_that_does_not_read_loses_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.web.server.STALL_SECONDS", 0.5)
    snapshot = make_snapshot([BEGLES])
    exposition = Exposition(snapshot, CollectorRegistry())
    series = tuple((f"{row}", "x" * 900) for row in range(40_000))
    family = Family("ifHCInOctets", "counter", "Octets in.", ("ifIndex", "ifAlias"), series, tuple(range(40_000)))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))

    async def run() -> None:
        server = WebServer("127.0.0.1", 0, create_app(snapshot, exposition, None))
        await server.start()
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect((server.host, server.port))
            deaf.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.to_thread(wait_until, lambda: count(exposition, "gone") == 1)
        await server.stop()

    asyncio.run(run())


def test_an_endless_head_is_refused() -> None:
    def ask(server: WebServer) -> None:
        with socket.create_connection((server.host, server.port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000)
            assert connection.recv(64).startswith(b"HTTP/1.1 4")

    serving(make_snapshot([BEGLES]), ask)


def test_a_client_that_dawdles_over_its_request_loses_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.web.server.HEAD_SECONDS", 1.0)

    def ask(server: WebServer) -> None:
        with socket.create_connection((server.host, server.port), timeout=5) as silent:
            assert silent.recv(1) == b""
        with socket.create_connection((server.host, server.port), timeout=5) as slow:
            slow.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"healthy.\n"):
                answer += slow.recv(4096)
            slow.sendall(b"GET / HT")
            with contextlib.suppress(ConnectionResetError):
                assert slow.recv(4096) == b""

    serving(make_snapshot([BEGLES]), ask)


def test_readiness_is_what_the_daemon_says() -> None:
    snapshot = make_snapshot([BEGLES])
    app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None, is_ready=lambda: False)

    async def run() -> int:
        server = WebServer("127.0.0.1", 0, app)
        await server.start()
        status = (await asyncio.to_thread(fetch, server, "/-/ready"))[0]
        await server.stop()
        return status

    assert asyncio.run(run()) == 503


def test_a_mistake_of_ours_is_a_short_500_and_one_entry_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    snapshot = make_snapshot([BEGLES])
    snapshot.sla_views = None  # type: ignore[assignment]

    def ask(server: WebServer) -> None:
        status, headers, body = fetch(server, "/api/v1/status")
        assert (status, body) == (500, b"500 Internal error\n")
        assert "content-security-policy" in headers

    serving(snapshot, ask)
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("netmon.exporters.web", "request failed")
    ]


def test_the_landing_page_tells_that_netmon_itself_is_cut_off() -> None:
    snapshot = make_snapshot([BEGLES])
    snapshot.set_check("core-1/snmp", State.UNKNOWN, reason="blind")
    page = serving(snapshot, lambda server: fetch(server, "/")[2]).decode()
    assert "netmon est lui-même coupé du réseau" in page
