"""Polls for the tests: a check, a collector that runs, one reading."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from collectors.snmp import SnmpCollector
from collectors.snmp.contract import Limits
from netmon.model import Check, Family, Reading
from netmon.settings import Secret, SnmpCredential, SnmpEngineName, SnmpSettings

PUBLIC = SnmpCredential("lecture", "2c", Secret("public"))
T = TypeVar("T")


def check(
    port: int,
    *,
    host: str = "127.0.0.1",
    timeout: int = 2_000,
    credential: SnmpCredential = PUBLIC,
    modules: tuple[str, ...] = ("system", "if_mib"),
    engine: SnmpEngineName = "netmon",
    retries: int = 1,
    max_repetitions: int = 25,
    name: str = "n1",
) -> Check:
    settings = SnmpSettings(host, port, credential, modules, engine, retries, max_repetitions)
    return Check(f"{name}/snmp", "snmp", "snmp", host, "Bègles", "mairie", name, (), 30_000, timeout, 2, 1, settings)


def with_collector(work: Callable[[SnmpCollector], Coroutine[None, None, T]], limits: Limits | None = None) -> T:
    """Run ``work`` with a started collector and stop it after."""

    async def run() -> T:
        collector = SnmpCollector() if limits is None else SnmpCollector(limits=limits)
        await collector.start()
        try:
            return await work(collector)
        finally:
            await collector.stop()

    return asyncio.run(run())


def poll(asked: Check, *, verbose: bool = False, limits: Limits | None = None) -> Reading:
    return with_collector(lambda collector: collector.collect(asked, verbose=verbose), limits)


def family(reading: Reading, name: str) -> Family:
    return next(family for family in reading.families if family.name == name)


def samples(reading: Reading) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Everything a reading says of the agent, without what the poll cost."""
    return {
        (sample.name, sample.labels): sample.value
        for one in reading.families
        if not one.name.startswith(("snmp_scrape_", "netmon_"))
        for sample in one.samples()
    }
