"""Name lookups that keep neither the event loop nor a poll waiting."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from collectors.net.deadline import Deadline
from collectors.net.names import Names
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import AddressChoice


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A resolver that answers for names only once the event is set."""
    answer, resolve = threading.Event(), socket.getaddrinfo

    def slow(host: str, *more: Any, flags: int = 0, **options: Any) -> Any:
        if flags & socket.AI_NUMERICHOST:
            return resolve(host, *more, flags=flags, **options)
        answer.wait(10)
        return resolve("127.0.0.1", *more, flags=flags, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    yield answer
    answer.set()


def look_up(hosts: list[str], seconds: float, limit: int = 32) -> list[Any]:
    """What becomes of the lookups, all at once."""

    async def run() -> list[Any]:
        names = Names(limit)
        names.start()
        try:
            asked = [names.resolve(host, 53, Deadline(seconds), AddressChoice()) for host in hosts]
            return await asyncio.gather(*asked, return_exceptions=True)
        finally:
            names.stop()

    return asyncio.run(run())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "fe80::1%lo"])
def test_addresses_need_no_thread(host: str, hanging: threading.Event) -> None:
    before = threading.active_count()
    ((found,),) = look_up([host], 1)
    assert found[1][:2] == (host, 53) or found[1][0].startswith("fe80::1")
    assert threading.active_count() == before


def test_a_name_is_looked_up_while_the_loop_goes_on(hanging: threading.Event) -> None:
    async def run() -> list[Any]:
        names = Names()
        names.start()
        asked = asyncio.create_task(names.resolve("slow.example", 53, Deadline(5), AddressChoice()))
        await asyncio.sleep(0.02)
        assert not asked.done()
        hanging.set()
        found = await asked
        names.stop()
        return found

    assert asyncio.run(run()) == [(socket.AF_INET, ("127.0.0.1", 53))]


def test_a_resolver_that_hangs_ends_with_the_poll(hanging: threading.Event) -> None:
    begun = time.monotonic()
    (error,) = look_up(["slow.example"], 0.2)
    assert isinstance(error, TimeoutError)
    assert time.monotonic() - begun < 5


def test_lookups_that_never_began_are_our_overload(hanging: threading.Event) -> None:
    errors = look_up(["one.example", "two.example", "three.example"], 0.3, limit=1)
    assert isinstance(errors[0], TimeoutError)
    assert [each.reason for each in errors[1:] if isinstance(each, CollectError)] == [Reason.OVERLOAD] * 2


def test_before_the_start_nothing_is_looked_up() -> None:
    async def run() -> None:
        with pytest.raises(CollectError):
            await Names().resolve("a.example", 53, Deadline(1), AddressChoice())

    asyncio.run(run())
