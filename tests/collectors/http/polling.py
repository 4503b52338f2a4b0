"""Polling from a test."""

import asyncio
from collections.abc import Sequence

from collectors.http import HttpCollector
from netmon.contracts import Collector
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import HttpSettings


def check(settings: HttpSettings, timeout: int = 5000, name: str = "portail") -> Check:
    return Check(name, name, "http", settings.url, "Bègles", "", "", (), 30_000, timeout, 2, 1, settings)


def poll(settings: HttpSettings, timeout: int = 5000) -> Reading:
    """One verbose poll with a collector of its own."""
    return poll_all([check(settings, timeout)])[0]


def poll_all(checks: Sequence[Check], **options: int) -> list[Reading]:
    """All at once with one collector; a ``CollectError`` is raised."""
    found = []
    for result in attempt_all(checks, **options):
        if isinstance(result, CollectError):
            raise result
        found.append(result)
    return found


def attempt_all(checks: Sequence[Check], **options: int) -> list[Reading | CollectError]:
    """All at once with one collector."""
    return run_all(HttpCollector(**options), checks)


def run_all(collector: Collector, checks: Sequence[Check]) -> list[Reading | CollectError]:
    """All at once with ``collector``, which is started before and stopped after."""

    async def run() -> list[Reading | CollectError]:
        await collector.start()
        try:
            return await asyncio.gather(*(attempt(collector, one) for one in checks))
        finally:
            await collector.stop()

    return asyncio.run(run())


async def attempt(collector: Collector, one: Check) -> Reading | CollectError:
    try:
        return await collector.collect(one, verbose=True)
    except CollectError as error:
        return error


def value(reading: Reading, name: str, **labels: str) -> float:
    """The value of the one sample with this name and these labels."""
    found = [
        sample.value
        for family in reading.families
        for sample in family.samples()
        if sample.name == name and dict(sample.labels) == labels
    ]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]
