"""``/snmp`` on a real listener, asking real sockets by the real collector."""

import asyncio
import http.client
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from prometheus_client import CollectorRegistry

from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from exporters.web.snmp import SnmpEndpoint
from netmon.model import Check, Inventory, Node, Role
from netmon.scraping import SnmpScraping
from netmon.settings import InterfaceRule, Secret, SnmpCredential, SnmpSettings
from netmon.snmpmodules import Module
from tests.exporters.snapshots import BEGLES, make_snapshot

T = TypeVar("T")
PUBLIC = SnmpCredential("lecture", "2c", Secret("public"))


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Scraper:
    """Asks one running endpoint; blocking, for use in a thread."""

    def __init__(self, server: WebServer, path: str = "/snmp") -> None:
        self._server = server
        self._path = path

    def get(self, query: Mapping[str, str] | Iterable[tuple[str, str]] | str, **headers: str) -> Answer:
        text = query if isinstance(query, str) else urlencode(query if isinstance(query, Mapping) else list(query))
        connection = http.client.HTTPConnection(self._server.host, self._server.port, timeout=30)
        connection.request("GET", f"{self._path}?{text}", headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, body)


def devices(
    *places: tuple[str, int], credential: SnmpCredential = PUBLIC, interfaces: tuple[InterfaceRule, ...] = ()
) -> Inventory:
    """An inventory of the devices at ``places``: ``sw-0``, ``sw-1`` …"""
    nodes, checks = {}, {}
    for at, (host, port) in enumerate(places):
        name = f"sw-{at}"
        nodes[name] = Node(name, name, "s", Role("access_switch"), host, port)
        settings = SnmpSettings(host, port, credential, retries=1, interfaces=interfaces)
        checks[f"{name}/snmp"] = Check(
            f"{name}/snmp", "snmp", "snmp", host, "Bègles", "s", name, (), 30_000, 2_000, 2, 1, settings
        )
    return Inventory({}, {}, nodes, {}, checks, {})


def scraping(
    inventory: Inventory,
    ask: Callable[[Scraper], T],
    *,
    allowed: Iterable[str] = (),
    auths: Mapping[str, SnmpCredential] | None = None,
    collector: SnmpCollector | None = None,
    modules: Mapping[str, Module] = MODULES,
) -> T:
    """What ``ask``, in a thread of its own, learns from a running endpoint."""

    async def run() -> T:
        snapshot = make_snapshot([BEGLES])
        scraper = SnmpScraping(inventory, tuple(allowed), modules, auths or {}, {"lecture": PUBLIC})
        asked = collector or SnmpCollector()
        await asked.start()
        scraper.open(asked)
        app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None, snmp=SnmpEndpoint(scraper))
        server = WebServer("127.0.0.1", 0, app)
        await server.start()
        try:
            return await asyncio.to_thread(ask, Scraper(server))
        finally:
            await server.stop()
            await asked.stop()

    return asyncio.run(run())
