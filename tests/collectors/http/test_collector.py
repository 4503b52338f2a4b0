"""The collector as the poller meets it: bounded, patient with nobody, and leaving nothing behind."""

import asyncio
import gc
import os
import re
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.http import HttpCollector
from collectors.net import matching
from collectors.net.deadline import Deadline
from collectors.net.resolve import Resolver
from netmon.contracts import Collector
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading, State
from netmon.settings import HttpSettings, TlsSettings
from tests.collectors.http.polling import attempt, attempt_all, check, poll, poll_all, value
from tests.collectors.http.servers import OK, Authority, Server, answer, drip, hang, with_body

CATASTROPHE = r"(a+)+$"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def own_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("netmon-")]


@pytest.fixture
def nothing_left() -> Iterator[None]:
    gc.collect()
    before = open_files()
    yield
    gc.collect()
    limit = time.monotonic() + 5
    while (own_threads() or open_files() > before) and time.monotonic() < limit:
        time.sleep(0.01)
    assert own_threads() == []
    assert open_files() <= before


def test_it_is_a_collector() -> None:
    assert isinstance(HttpCollector(), Collector)


def test_a_hanging_server_does_not_delay_the_others() -> None:
    with Server(hang) as stuck, Server(answer(OK)) as good:
        slow = [check(HttpSettings(stuck.url), 1500) for _ in range(6)]
        quick = [check(HttpSettings(f"http://localhost:{good.port}/"), 1500) for _ in range(20)]
        order: list[bool] = []

        async def one(collector: HttpCollector, what: Check) -> None:
            await attempt(collector, what)
            order.append(what in quick)

        async def run() -> None:
            collector = HttpCollector(threads=6, per_host=2)
            await collector.start()
            await asyncio.gather(*(one(collector, what) for what in slow + quick))
            await collector.stop()

        asyncio.run(run())
    assert order == [True] * 20 + [False] * 6


def test_a_poll_that_finds_no_thread_in_time_is_overload_and_not_an_outage() -> None:
    with Server(hang) as stuck:
        results = attempt_all([check(HttpSettings(stuck.url), 400) for _ in range(3)], threads=4, per_host=1)
    assert isinstance(results[0], Reading)
    assert results[0].reason is Reason.TIMEOUT
    assert [result.reason for result in results[1:]] == [Reason.OVERLOAD] * 2
    assert all(isinstance(result, CollectError) for result in results[1:])


def test_a_timeout_after_time_lost_in_the_queue_is_ours() -> None:
    with Server(hang) as stuck:
        checks = [check(HttpSettings(stuck.url), 300), check(HttpSettings(stuck.url), 900)]
        first, second = attempt_all(checks, threads=1)
    assert isinstance(first, Reading)
    assert isinstance(second, CollectError)
    assert second.reason is Reason.OVERLOAD


@pytest.mark.usefixtures("nothing_left")
def test_nothing_is_left_after_failures_of_every_kind(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with (
        Server(hang) as stuck,
        Server(drip(b"HTTP/1.1 200 OK\r\n\r\n", b".")) as dripping,
        Server(answer(OK), authority.server("other.example")) as unsafe,
        Server(answer(b"noise")) as noisy,
        Server(answer(OK)) as good,
    ):
        urls = [stuck.url, dripping.url, unsafe.url, noisy.url, good.url, "http://127.0.0.1:1/", "ftp://x/"]
        results = attempt_all([check(HttpSettings(url, body_regex=(r"B\w+",)), 300) for url in urls * 3])
    assert len(results) == 21


@pytest.mark.usefixtures("nothing_left")
def test_stopping_breaks_off_what_runs_and_blames_nobody(tmp_path: Path) -> None:
    tls = TlsSettings(verify=False)

    async def run(urls: list[str]) -> list[Reading | CollectError]:
        collector = HttpCollector()
        await collector.start()
        tasks = [asyncio.create_task(attempt(collector, check(HttpSettings(url, tls=tls), 60_000))) for url in urls]
        await asyncio.sleep(0.3)
        await collector.stop()
        return await asyncio.gather(*tasks)

    with Server(hang) as stuck, Server(drip(b"HTTP/1.1 200 OK\r\n\r\n", b".")) as dripping:
        results = asyncio.run(run([stuck.url, dripping.url, stuck.url.replace("http:", "https:")]))
    assert [result.reason for result in results] == [Reason.NOT_POLLED] * 3


@pytest.mark.usefixtures("nothing_left")
def test_a_cancelled_poll_gives_its_place_back() -> None:
    async def run(stuck: str, good: str) -> Reading | CollectError:
        collector = HttpCollector(threads=1)
        await collector.start()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await collector.collect(check(HttpSettings(stuck), 60_000))
        result = await attempt(collector, check(HttpSettings(good)))
        await collector.stop()
        return result

    with Server(hang) as stuck, Server(answer(OK)) as good:
        result = asyncio.run(run(stuck.url, good.url))
    assert isinstance(result, Reading)
    assert result.state is State.UP


def test_a_collector_that_does_not_run_says_so() -> None:
    async def run() -> list[Reading | CollectError]:
        collector = HttpCollector()
        await collector.stop()
        found = [await attempt(collector, check(HttpSettings("http://127.0.0.1:1/")))]
        await collector.start()
        await collector.stop()
        return [*found, await attempt(collector, check(HttpSettings("http://127.0.0.1:1/")))]

    assert [result.reason for result in asyncio.run(run())] == [Reason.NOT_POLLED] * 2


def test_settings_of_another_collector_are_refused() -> None:
    wrong = Check("a", "a", "http", "", "", "", "", (), 1000, 1000, 1, 1, settings=None)
    (error,) = attempt_all([wrong])
    assert error.reason is Reason.INTERNAL


def test_no_file_descriptor_left_is_ours() -> None:
    async def run(url: str) -> Reading | CollectError:
        collector = HttpCollector()
        await collector.start()
        await attempt(collector, check(HttpSettings(url), 300))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        held = [os.dup(0) for _ in range(3)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (held[-1] + 1, hard))
        try:
            return await attempt(collector, check(HttpSettings(url)))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for one in held:
                os.close(one)
            await collector.stop()

    with socket.create_server(("127.0.0.1", 0)) as listener:  # never accepts: no descriptor comes free on the way
        result = asyncio.run(run(f"http://127.0.0.1:{listener.getsockname()[1]}/")) if listener else None
    assert isinstance(result, CollectError)
    assert result.reason is Reason.NO_SOCKET


def test_a_pattern_that_never_ends_is_ours_and_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "SECONDS", 0.3)
    with Server(answer(with_body(b"a" * 40 + b"!"))) as server:
        results = attempt_all(
            [
                check(HttpSettings(server.url, body_regex=(CATASTROPHE,))),
                check(HttpSettings(server.url, body_regex=(r"a+!",))),
                check(HttpSettings(server.url, body_regex=("(",))),
            ]
        )
    assert [result.reason for result in results] == [Reason.INTERNAL, Reason.OK, Reason.INTERNAL]
    assert isinstance(results[0], CollectError)


def test_the_loop_runs_on_while_a_pattern_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "SECONDS", 0.5)

    async def run(url: str) -> int:
        collector = HttpCollector()
        await collector.start()
        task = asyncio.create_task(attempt(collector, check(HttpSettings(url, body_regex=(CATASTROPHE,)))))
        ticks = 0
        while not task.done():
            await asyncio.sleep(0.01)
            ticks += 1
        await collector.stop()
        return ticks

    with Server(answer(with_body(b"a" * 40 + b"!"))) as server:
        assert asyncio.run(run(server.url)) > 10


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("é", "bégles"), ("b.g", "bégles"), ("(?i)BÉG", "bégles"), (r"\w+s$", "bégles"), ("^$", ""), ("x*", "\udcff"),
        ("a|b", "xb"), (r"(\w)\1{1}", "aa"), ("z", "bégles"), ("(?s)a.+b", "a\n\0b"), ("a", "b" * 300_000 + "a"),
    ],
)  # fmt: skip
def test_matching_agrees_with_re(pattern: str, text: str) -> None:
    matcher = matching.Matcher()
    try:
        assert matcher.found(pattern, text, Deadline(5)) is (re.search(pattern, text) is not None)
    finally:
        matcher.close()


def test_lookups_left_behind_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    real = socket.getaddrinfo

    def stuck(*arguments: object, **options: object) -> object:
        if not options.get("flags"):
            release.wait(10)
        return real(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    resolver = Resolver(limit=2)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            resolver.resolve("localhost", 80, Deadline(0.05))
    with pytest.raises(CollectError) as caught:
        resolver.resolve("localhost", 80, Deadline(0.05))
    assert caught.value.reason is Reason.OVERLOAD
    release.set()


def test_a_resolver_that_does_not_answer_ends_with_the_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    real = socket.getaddrinfo

    def stuck(*arguments: object, **options: object) -> object:
        if not options.get("flags"):
            release.wait(10)
        return real(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    reading = poll(HttpSettings("http://localhost:1/"), timeout=200)
    release.set()
    assert reading.reason is Reason.RESOLVE_FAILED
    assert value(reading, "probe_http_duration_seconds", phase="resolve") > 0


def test_series_are_the_same_tuples_poll_after_poll() -> None:
    with Server(answer(OK)) as server:
        first, second = poll_all([check(HttpSettings(server.url))] * 2)
    for one, other in zip(first.families, second.families, strict=True):
        assert one.series is other.series
        assert (one.name, one.kind, one.help) == (other.name, "gauge", other.help)


def test_names_and_types_are_blackbox_exporters() -> None:
    with Server(answer(OK)) as server:
        reading = poll(HttpSettings(server.url))
    assert {family.name for family in reading.families} == {
        "probe_success",
        "probe_duration_seconds",
        "probe_dns_lookup_time_seconds",
        "probe_ip_protocol",
        "probe_ip_addr_hash",
        "probe_http_status_code",
        "probe_http_redirects",
        "probe_http_ssl",
        "probe_http_version",
        "probe_http_content_length",
        "probe_http_uncompressed_body_length",
        "probe_failed_due_to_regex",
        "probe_http_duration_seconds",
    }
    assert value(reading, "probe_http_version") == 1.1
    assert value(reading, "probe_http_content_length") == 9


def test_a_quiet_poll_keeps_no_log() -> None:
    async def run(url: str) -> Reading:
        collector = HttpCollector()
        await collector.start()
        try:
            return await collector.collect(check(HttpSettings(url)))
        finally:
            await collector.stop()

    with Server(answer(OK)) as server:
        assert asyncio.run(run(server.url)).log == ()
