"""Polling from a test."""

import asyncio
from collections.abc import Sequence

from collectors.dns import DnsCollector
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import DnsSettings


def check(settings: DnsSettings, timeout: int = 3000, name: str = "zone") -> Check:
    return Check(name, name, "dns", settings.host, "Bègles", "", "", (), 30_000, timeout, 2, 1, settings)


def poll(settings: DnsSettings, timeout: int = 3000) -> Reading:
    """One verbose poll; a ``CollectError`` is raised."""
    (read,) = attempt_all([check(settings, timeout)])
    if isinstance(read, CollectError):
        raise read
    return read


def attempt_all(checks: Sequence[Check], **options: int) -> list[Reading | CollectError]:
    """All at once with one collector."""

    async def run() -> list[Reading | CollectError]:
        collector = DnsCollector(**options)
        await collector.start()
        try:
            return await asyncio.gather(*(attempt(collector, one) for one in checks))
        finally:
            await collector.stop()

    return asyncio.run(run())


async def attempt(collector: DnsCollector, one: Check) -> Reading | CollectError:
    try:
        return await collector.collect(one, verbose=True)
    except CollectError as error:
        return error
