"""Live pages over real sockets: one event for all, only what changed, nothing while nothing does, and bounds."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from exporters.web import WebServer
from exporters.web.live import LivePages
from netmon.conventions import Reason
from netmon.model import Observation, Reading, State
from tests.exporters.web.serving import app_of
from tests.exporters.web.troubled import Troubled, troubled

OPEN: list["Listener"] = []


class Listener:
    """A client of ``/events``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        OPEN.append(self)
        self.last = ""
        self.raw = b""

    @classmethod
    async def of(cls, server: WebServer, last: str = "", query: str = "") -> "Listener":
        reader, writer = await asyncio.open_connection(server.host, server.port)
        resume = f"Last-Event-ID: {last}\r\n" if last else ""
        writer.write(f"GET /events{query} HTTP/1.1\r\nHost: x\r\n{resume}\r\n".encode())
        listener = cls(reader, writer)
        listener.head = await reader.readuntil(b"\r\n\r\n")
        return listener

    head = b""

    async def event(self) -> tuple[str, dict[str, Any]]:
        """The next event: its name and data."""
        while True:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            chunk = (await self._reader.readexactly(size + 2))[:-2]
            fields = dict(line.split(": ", 1) for line in chunk.decode().split("\n") if ": " in line)
            if "event" in fields:
                self.raw, self.last = chunk, fields.get("id", self.last)
                return fields["event"], json.loads(fields["data"])

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


def live(test: Callable[[Troubled, WebServer, LivePages], Awaitable[None]]) -> None:
    """Run ``test`` against a server whose pages look for changes often."""

    async def run() -> None:
        made = troubled()
        app = app_of(made.pipeline)
        server = WebServer("127.0.0.1", 0, app, before_stop=app.state.live.close)
        await server.start()
        try:
            await asyncio.wait_for(test(made, server, app.state.live), 30)
        finally:
            while OPEN:
                await OPEN.pop().close()
            await server.stop()

    asyncio.run(run())


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.web.live.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("exporters.web.live.BEAT_SECONDS", 0.3)


def recover(made: Troubled, node: str = "sw-begles-1") -> None:
    made.now += 1_000
    for check in made.pipeline.inventory.checks.values():
        if check.node == node:
            made.pipeline.observe(Observation(check, made.now, 0.01, Reading(State.UP, Reason.OK)))


def test_at_first_everything_comes_then_only_what_changed() -> None:
    async def test(made: Troubled, server: WebServer, _: LivePages) -> None:
        listener = await Listener.of(server)
        assert b"text/event-stream" in listener.head
        name, told = await listener.event()
        assert (name, set(told["sections"])) == (
            "state", {"summary", "incidents", "map", "services", "works", "monitor"},
        )  # fmt: skip
        assert "sw-begles-1" in told["sections"]["incidents"]
        recover(made)
        name, told = await listener.event()
        while name == "beat":
            name, told = await listener.event()
        assert "sw-begles-1" not in told["sections"]["incidents"]
        assert set(told["sections"]) == {"summary", "incidents", "map", "services"}
        await listener.close()

    live(test)


def test_one_event_is_the_same_bytes_for_all_and_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(made: Troubled, server: WebServer, pages: LivePages) -> None:
        listeners = [await Listener.of(server) for _ in range(5)]
        for each in listeners:
            await each.event()
        drawn: list[str] = []
        look = pages._look.sections
        monkeypatch.setattr(type(pages._look), "sections", lambda _, *a, **k: (drawn.append("x"), look(*a, **k))[1])
        recover(made)
        told = set()
        for each in listeners:
            while (await each.event())[0] == "beat":
                pass
            told.add(each.raw)
        assert len(told) == 1
        assert len(drawn) == 1

    live(test)


def test_while_nothing_changes_only_beats_come_and_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(made: Troubled, server: WebServer, pages: LivePages) -> None:
        listener = await Listener.of(server)
        await listener.event()
        monkeypatch.setattr(type(pages._look), "sections", lambda *_a, **_k: pytest.fail("drawn without need"))
        for _ in range(3):
            name, told = await listener.event()
            assert (name, set(told)) == ("beat", {"now", "clock"})
        await listener.close()

    live(test)


def test_who_comes_back_gets_what_changed_meanwhile_and_a_stranger_everything() -> None:
    async def test(made: Troubled, server: WebServer, _: LivePages) -> None:
        stays, leaves = await Listener.of(server), await Listener.of(server)
        await stays.event()
        await leaves.event()
        await leaves.close()
        recover(made)
        while (await stays.event())[0] == "beat":
            pass
        back = await Listener.of(server, leaves.last)
        _, told = await back.event()
        assert set(told["sections"]) == {"summary", "incidents", "map", "services"}
        current = await Listener.of(server, stays.last)
        assert (await current.event())[1]["sections"] == {}
        for last in ("0123456789abcdef-1", "nonsense", "0123456789abcdef-99999999999"):
            stranger = await Listener.of(server, last)
            assert len((await stranger.event())[1]["sections"]) == 6

    live(test)


def test_when_the_last_leaves_nothing_is_looked_at_any_more() -> None:
    async def test(made: Troubled, server: WebServer, pages: LivePages) -> None:
        listener = await Listener.of(server)
        await listener.event()
        assert pages.listeners == 1
        await listener.close()
        await until(lambda: not pages.listeners)
        assert pages._watching is None

    live(test)


def test_too_many_are_refused_and_a_place_that_gets_free_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.web.live.MOST_LISTENERS", 3)

    async def test(made: Troubled, server: WebServer, pages: LivePages) -> None:
        listeners = [await Listener.of(server) for _ in range(3)]
        for each in listeners:
            await each.event()
        assert b" 503 " in (await Listener.of(server)).head
        await listeners[0].close()
        await until(lambda: pages.listeners <= 2)
        assert b" 200 " in (await Listener.of(server)).head

    live(test)


def test_who_does_not_read_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.web.server.STALL_SECONDS", 0.2)

    async def test(made: Troubled, server: WebServer, pages: LivePages) -> None:
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, (server.host, server.port))
        await loop.sock_sendall(deaf, b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: pages.listeners > 0)
        flood = asyncio.create_task(_flood(made))
        hears = await Listener.of(server)
        while pages.listeners > 1 or not hears.last:
            await hears.event()
        flood.cancel()
        deaf.close()

    live(test)


async def _flood(made: Troubled) -> None:
    """Change what is shown again and again, with details that fill the pipes."""
    node = "sw-cenon-1"
    state = State.DOWN
    while True:
        made.now += 40_000
        for check in made.pipeline.inventory.checks.values():
            if check.node == node:
                made.pipeline.observe(Observation(check, made.now, 0.01, Reading(state, Reason.TIMEOUT, "x" * 200_000)))
        state = State.UP if state is State.DOWN and made.now % 3 == 0 else State.DOWN
        made.pipeline.set_windows(())
        await asyncio.sleep(0.05)


def test_streams_end_when_the_server_stops() -> None:
    async def test(made: Troubled, server: WebServer, pages: LivePages) -> None:
        listener = await Listener.of(server)
        await listener.event()
        begun = time.monotonic()
        await server.stop()
        assert time.monotonic() - begun < 1.5  # uvicorn would wait for two seconds
        assert pages.closed

    live(test)


def test_each_language_has_its_own_events() -> None:
    async def test(made: Troubled, server: WebServer, _: LivePages) -> None:
        french, english = await Listener.of(server), await Listener.of(server, query="?lang=en")
        assert "Incidents ouverts" in (await french.event())[1]["sections"]["incidents"]
        assert "Open incidents" in (await english.event())[1]["sections"]["incidents"]

    live(test)
