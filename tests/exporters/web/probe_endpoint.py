"""``/probe`` on a real listener, asking real sockets by the real collectors."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from prometheus_client import CollectorRegistry

from collectors import COLLECTORS
from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from exporters.web.probe import ProbeEndpoint
from netmon.config.blackboxyml import ProbeFiles
from netmon.contracts import Collector
from netmon.model import Check, Inventory
from netmon.probemodules import ProbeLibrary
from netmon.probing import Probing
from netmon.settings import HttpSettings
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.exporters.web.snmp_endpoint import Scraper

T = TypeVar("T")
NOBODY = Inventory({}, {}, {}, {}, {}, {})


def library(text: str) -> ProbeLibrary:
    """The modules of a file."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "blackbox.yml")
        path.write_text(text, encoding="utf-8")
        files = ProbeFiles()
        files.read(path, "blackbox.yml")
    assert files.problems == []
    return files.library


def watching(*urls: str) -> Inventory:
    """An inventory of web checks."""
    checks = {url: Check(url, url, "http", url, "", "", "", (), 60_000, 5_000, 1, 1, HttpSettings(url)) for url in urls}
    return Inventory({}, {}, {}, {}, checks, {})


def probing(
    modules: str | ProbeLibrary,
    ask: Callable[[Scraper], T],
    *,
    inventory: Inventory = NOBODY,
    allowed: Iterable[str] = ("127.0.0.0/8",),
    collectors: Mapping[str, Collector] | None = None,
) -> T:
    """What ``ask``, in a thread of its own, learns from a running endpoint."""

    async def run() -> T:
        snapshot = make_snapshot([BEGLES])
        read = library(modules) if isinstance(modules, str) else modules
        prober = Probing(inventory, tuple(allowed), read)
        app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None, probe=ProbeEndpoint(prober))
        async with contextlib.AsyncExitStack() as stack:
            own = {name: make() for name, make in COLLECTORS.items()} if collectors is None else collectors
            for collector in own.values():
                await collector.start()
                stack.push_async_callback(collector.stop)
            if own:
                prober.open(own)
            server = WebServer("127.0.0.1", 0, app)
            await server.start()
            stack.push_async_callback(server.stop)
            return await asyncio.to_thread(ask, Scraper(server, "/probe"))

    return asyncio.run(run())
