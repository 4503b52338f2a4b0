"""Status pages that stay live: server-sent events (WHATWG HTML, 9.2), each written once for all who listen.

A listener gets the sections of the page that changed since the last event it saw (``Last-Event-ID``), or all of them:
whoever was away, or was slow, catches up with one event. Nothing is looked at while nobody listens, and nothing is sent
while nothing changes but a ``beat``, by which a page knows that it is still connected: comments, which would keep the
connection as well, do not reach its script.
"""

import asyncio
import contextlib
import json
import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from exporters.web.answers import moment_of
from exporters.web.statuspage import Drawn, Look
from netmon.clock import Millis
from netmon.contracts import Snapshot

log = logging.getLogger("netmon.exporters.web")

MOST_LISTENERS = 60
"""Others of the listener's connections are for those who ask: scrapers, the terminal, people."""
LOOK_SECONDS = 1.0
BEAT_SECONDS = 10.0
OFTEN_ENOUGH_SECONDS = 15.0
"""What only time changes (a work begins, a clock runs out) is looked at so often."""
RETRY_MS = 3_000
_NUMBER = re.compile(r"([0-9a-f]{16})-([0-9]{1,12})")


@dataclass(slots=True)
class _Channel:
    """What listeners of one language get. ``changed``: the event with which each section changed last."""

    language: str
    title: str = ""
    sections: dict[str, str] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    number: int = 0
    listeners: int = 0
    beats: int = 0
    beat: bytes = b""
    clock: Mapping[str, Any] = field(default_factory=dict)
    written: dict[int, bytes] = field(default_factory=dict)
    news: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def take(self, drawn: Drawn) -> bool:
        """Whether something is another than before."""
        other = [name for name, html in drawn.sections.items() if self.sections.get(name) != html]
        if not other and drawn.title == self.title:
            return False
        self.number += 1
        self.title, self.sections = drawn.title, drawn.sections
        self.changed.update(dict.fromkeys(other, self.number))
        self.written.clear()
        return True

    def since(self, number: int, boot: str) -> bytes:
        """The event that leads from the state as of event ``number`` to the present one."""
        event = self.written.get(number)
        if event is None:
            sections = {name: html for name, html in self.sections.items() if self.changed[name] > number}
            told = {**self.clock, "title": self.title, "sections": sections}
            event = self.written[number] = _event("state", told, f"{boot}-{self.number}")
        return event

    def call(self) -> None:
        """Wake all who listen."""
        news, self.news = self.news, asyncio.get_running_loop().create_future()
        news.set_result(None)


class LivePages:
    """Tells all who listen what changes on a status page."""

    def __init__(self, snapshot: Snapshot, look: Look) -> None:
        self._snapshot = snapshot
        self._look = look
        self._boot = secrets.token_hex(8)
        self._channels: dict[str, _Channel] = {}
        self._watching: asyncio.Task[None] | None = None
        self._drawing = asyncio.Lock()
        self._drawn: tuple[int, float] = -1, 0.0
        self._closed = False

    @property
    def listeners(self) -> int:
        """How many listen."""
        return sum(channel.listeners for channel in self._channels.values())

    def close(self) -> None:
        """End all streams: the server stops."""
        self._closed = True
        for channel in self._channels.values():
            channel.call()

    async def respond(self, request: Request) -> Response:
        """A stream of events; 503 when too many listen already."""
        if self._closed or self.listeners >= MOST_LISTENERS:
            raise HTTPException(503, "Too many listen already", {"Retry-After": "30"})
        language = self._look.asked_language(request)
        return _Stream(self, language, self._seen(request.headers.get("last-event-id", "")), request.method == "HEAD")

    def _seen(self, event_id: str) -> int:
        """The last event that a listener saw of those of this server; 0: none."""
        found = _NUMBER.fullmatch(event_id)
        return int(found[2]) if found and found[1] == self._boot else 0

    async def events(self, language: str, seen: int) -> "_Listening":
        """Begin to listen; what there is is up to date then."""
        channel = self._channels.setdefault(language, _Channel(language))
        channel.listeners += 1
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="live pages")
        if channel.listeners == 1 or not channel.number:
            try:
                await self._draw([channel])
            except BaseException:
                self.leave(channel)
                raise
        return _Listening(self, channel, seen if seen <= channel.number else 0)

    def leave(self, channel: _Channel) -> None:
        """One listener less; without any, nothing is looked at."""
        channel.listeners -= 1
        if not self.listeners and self._watching is not None:
            self._watching.cancel()
            self._watching = None

    @property
    def boot(self) -> str:
        """What events of this server are known by."""
        return self._boot

    @property
    def closed(self) -> bool:
        """Whether all streams end."""
        return self._closed

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        beat, failing = loop.time(), False
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            listened = [channel for channel in self._channels.values() if channel.listeners]
            try:
                version, at = self._drawn
                if self._snapshot.version != version or loop.time() - at >= OFTEN_ENOUGH_SECONDS:
                    await self._draw(listened)
                elif loop.time() - beat >= BEAT_SECONDS:
                    self._beat(listened)
                    beat = loop.time()
                failing = False
            except Exception:  # those who listen hear no beat and say so; it is told once
                if not failing:
                    log.exception("the status page cannot be drawn")
                failing = True

    async def _draw(self, channels: list[_Channel]) -> None:
        async with self._drawing:
            moment = await moment_of(self._snapshot)
            self._drawn = moment.version, asyncio.get_running_loop().time()
            for channel in channels:
                drawn = await asyncio.to_thread(self._look.sections, moment, channel.language, live=True)
                channel.clock = self._clock(moment.now(), channel.language)
                if channel.take(drawn):
                    channel.call()

    def _beat(self, channels: list[_Channel]) -> None:
        now = self._snapshot.now()
        for channel in channels:
            channel.clock = self._clock(now, channel.language)
            channel.written.clear()
            channel.beat, channel.beats = _event("beat", channel.clock), channel.beats + 1
            channel.call()

    def _clock(self, now: Millis, language: str) -> Mapping[str, Any]:
        return {"now": now, "clock": self._look.clock(now, language)}


class _Listening:
    """One listener's place in a channel."""

    def __init__(self, pages: LivePages, channel: _Channel, seen: int) -> None:
        self._pages = pages
        self._channel = channel
        self._seen = seen
        self._beats = channel.beats
        self._begun = False

    def take(self) -> Iterator[bytes]:
        """What it has not got yet; at the beginning something in any case, or it would not know that it is heard."""
        channel = self._channel
        if channel.number > self._seen or not self._begun:
            self._begun = True
            yield channel.since(self._seen, self._pages.boot)
            self._seen = channel.number
        elif channel.beats > self._beats:
            yield channel.beat
        self._beats = channel.beats

    @property
    def ended(self) -> bool:
        return self._pages.closed

    @property
    def news(self) -> "asyncio.Future[None]":
        return self._channel.news

    def leave(self) -> None:
        self._pages.leave(self._channel)


class _Stream(Response):
    """The answer that does not end until the client goes, or the server."""

    media_type = "text/event-stream"

    def __init__(self, pages: LivePages, language: str, seen: int, only_head: bool) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._pages = pages
        self._language = language
        self._seen = seen
        self._only_head = only_head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if not self._only_head:
            listening = await self._pages.events(self._language, self._seen)
            gone = asyncio.ensure_future(_until_gone(receive))
            try:
                await self._tell(listening, gone, send)
            finally:
                listening.leave()
                gone.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await gone
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    @staticmethod
    async def _tell(listening: _Listening, gone: "asyncio.Future[None]", send: Send) -> None:
        chunk = f"retry: {RETRY_MS}\n: netmon\n\n".encode()
        while not gone.done() and not listening.ended:
            news = listening.news
            for event in listening.take():
                chunk += event
            if chunk:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = b""
            await asyncio.wait((gone, news), return_when=asyncio.FIRST_COMPLETED)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(kind: str, told: Mapping[str, Any], number: str = "") -> bytes:
    """JSON holds no line break: one data line is enough."""
    name = f"id: {number}\n" if number else ""
    return f"{name}event: {kind}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n".encode()
