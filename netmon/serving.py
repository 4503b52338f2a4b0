"""The daemon's listeners: the one for operators and Prometheus, and the one for everybody."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from exporters.prometheus import Exposition
from exporters.web.app import create_app, create_public_app
from exporters.web.availability import AvailabilityEndpoint
from exporters.web.notices import notices_document
from exporters.web.probe import ProbeEndpoint
from exporters.web.server import WebServer
from exporters.web.snmp import SnmpEndpoint
from netmon.clock import Clock
from netmon.config import Configuration
from netmon.contracts import Vitals
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.history import Store
from netmon.listening import follow
from netmon.probing import Probing
from netmon.reloading import Inheritance
from netmon.reporting.access import report_readers
from netmon.reporting.closing import reports_path
from netmon.running import Availability
from netmon.scraping import SnmpScraping

NOTICES_SHOWN = 200
"""Of the notices that were taken the API shows so many."""


@dataclass(frozen=True, slots=True)
class Served:
    """What is shown, and what may be asked for, over HTTP."""

    pipeline: Pipeline
    exposition: Exposition
    scraping: SnmpScraping
    probing: Probing
    store: Store
    telemetry: Telemetry
    clock: Clock
    is_ready: Callable[[], bool]
    vitals: Callable[[], Vitals | None]
    reload: Callable[[], Awaitable[None]]


class Listeners:
    """The servers that were started, by the addresses that the configuration gives them."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, int], WebServer] = {}

    async def start(self, server: WebServer, before: Inheritance | None) -> None:
        """Have it answer, on the socket that the one before left, if it did.

        Raises:
            HostError: it cannot listen there.
        """
        address = server.host, server.port
        server.listener = before.listener(*address) if before else None
        await server.start()
        self._servers[address] = server

    def hand_over(self) -> dict[tuple[str, int], socket.socket]:
        """The sockets, for the servers that take their place; to be asked before they stop."""
        return {address: server.hand_over() for address, server in self._servers.items()}


def web_server(configuration: Configuration, served: Served) -> WebServer:
    """The listener for operators and Prometheus, not yet started."""
    asked, clock, store = configuration.web, served.clock, served.store
    readers = report_readers(configuration)
    insee = {name: commune.insee for name, commune in configuration.inventory.communes.items()}
    app = create_app(
        served.pipeline,
        served.exposition,
        reports_path(configuration),
        configuration.language,
        timezone=configuration.timezone,
        is_ready=served.is_ready,
        snmp=SnmpEndpoint(served.scraping, asked.timeout_offset, wrap_large_counters=configuration.wrap_large_counters),
        probe=ProbeEndpoint(served.probing, asked.timeout_offset),
        readers=readers,
        availability=AvailabilityEndpoint(Availability(configuration, clock), readers, insee),
        vitals=served.vitals,
        reload=served.reload,
        notices=lambda: notices_document(store.notices.shown(NOTICES_SHOWN), clock.now()),
    )
    apart = ("/reports", "/api/v1/reports", "/api/v1/availability") if readers else ()
    return WebServer(
        asked.host, asked.port, app, asked.access, apart, app.state.live.close, answered=served.telemetry.answered
    )


def public_server(configuration: Configuration, pipeline: Pipeline) -> WebServer | None:
    """The listener for everybody, not yet started; None: nobody wants one."""
    if configuration.web.public is None:
        return None
    app = create_public_app(pipeline, configuration.language, timezone=configuration.timezone)
    return WebServer(*configuration.web.public, app, before_stop=app.state.live.close)


def follow_web_file(
    configuration: Configuration, stack: contextlib.AsyncExitStack, web: WebServer, telemetry: Telemetry
) -> None:
    """Have ``web`` let in whom its configuration file says, also when that changes, as long as ``stack`` lasts."""
    asked = configuration.web
    if asked.config_file is not None:
        following = follow(asked.config_file, asked.access_files, web, telemetry)
        stack.callback(asyncio.create_task(following, name="web configuration file").cancel)
