"""The pages and documents of the daemon's one listener."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from exporters.prometheus import Exposition, Selection
from exporters.prometheus.negotiation import OPENMETRICS_TYPE, TEXT_TYPE, accepts_gzip, join, wants_openmetrics
from exporters.web import documents
from exporters.web.availability import AvailabilityEndpoint
from exporters.web.guard import Guard
from exporters.web.incidents import incidents_document
from exporters.web.landing import LandingPage
from exporters.web.openapi import openapi_document
from exporters.web.pages import style
from exporters.web.probe import ProbeEndpoint
from exporters.web.reports import Readers, StoredReports
from exporters.web.snmp import SnmpEndpoint
from exporters.web.topology import topology_document
from netmon.contracts import Snapshot
from netmon.errors import ConfigError


def create_app(
    snapshot: Snapshot,
    exposition: Exposition,
    reports_dir: Path | None,
    language: str = "fr",
    *,
    timezone: str = "Europe/Paris",
    is_ready: Callable[[], bool] = lambda: True,
    snmp: SnmpEndpoint | None = None,
    probe: ProbeEndpoint | None = None,
    readers: Readers | None = None,
    availability: AvailabilityEndpoint | None = None,
    reload: Callable[[], Awaitable[None]] | None = None,
) -> Starlette:
    """Everything the daemon answers over HTTP. ``reports_dir`` None: no reports are kept; ``snmp`` None: no ``/snmp``;
    ``probe`` None: no ``/probe``; ``availability`` None: no figures of past periods;
    ``reload`` None: no reload.

    ``is_ready`` is what ``/-/ready`` asks; times on pages are of ``timezone``. ``readers`` None: whoever asks may read
    every report.
    """
    modules = probe.modules() if probe is not None else ()
    page = LandingPage(snapshot, language, timezone, has_reports=reports_dir is not None, probe_modules=modules)
    routes = [
        Route("/", page.respond),
        Route("/style.css", _style),
        Route("/metrics", _Metrics(exposition).respond),
        Route("/-/healthy", _healthy),
        Route("/-/ready", _ready(is_ready)),
        Route("/api/v1/status", _document(lambda: documents.status_document(snapshot, language, timezone))),
        Route("/api/v1/nodes", _document(lambda: documents.nodes_document(snapshot))),
        Route("/api/v1/services", _document(lambda: documents.services_document(snapshot))),
        Route("/api/v1/maintenance", _document(lambda: documents.maintenance_document(snapshot))),
        Route("/api/v1/incidents", _document(lambda: incidents_document(snapshot))),
        Route("/api/v1/topology", _document(lambda: topology_document(snapshot))),
        Route("/api/v1/openapi.json", _document(openapi_document)),
    ]
    if reload is not None:
        routes.append(Route("/-/reload", _reload(reload), methods=["POST", "PUT"]))
    if availability is not None:
        routes.append(Route("/api/v1/availability", availability.respond))
    if snmp is not None:
        routes.append(Route("/snmp", snmp.respond))
    if probe is not None:
        routes.append(Route("/probe", probe.respond))
    if reports_dir is not None:
        routes.extend(StoredReports(reports_dir, language, readers).routes())
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refuse})
    app.router.redirect_slashes = False
    app.add_middleware(Guard)
    return app


class _Metrics:
    def __init__(self, exposition: Exposition) -> None:
        self._exposition = exposition

    async def respond(self, request: Request) -> Response:
        openmetrics = wants_openmetrics(request.headers.get("accept", ""))
        gzip = accepts_gzip(request.headers.get("accept-encoding", ""))
        query = request.query_params
        selection = Selection(frozenset(query.getlist("commune")), frozenset(query.getlist("node")))
        parts = self._exposition.scrape(selection, openmetrics=openmetrics)
        body = await asyncio.to_thread(join, parts, gzip=gzip)
        headers = {"Content-Type": OPENMETRICS_TYPE if openmetrics else TEXT_TYPE, "Vary": "Accept, Accept-Encoding"}
        if gzip:
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers)


async def _style(_: Request) -> Response:
    return style()


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("netmon is healthy.\n")


def _ready(is_ready: Callable[[], bool]) -> Callable[[Request], Awaitable[Response]]:
    async def respond(_: Request) -> Response:
        if is_ready():
            return PlainTextResponse("netmon is ready.\n")
        return PlainTextResponse("netmon is not ready yet.\n", 503)

    return respond


def _reload(reload: Callable[[], Awaitable[None]]) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        if "origin" in request.headers or "sec-fetch-site" in request.headers:
            raise HTTPException(403, "not from a page in a browser")
        try:
            await reload()
        except ConfigError as error:
            return PlainTextResponse(f"failed to reload: the configuration before goes on\n{error}\n", 500)
        return PlainTextResponse("the configuration is right, and taken up now\n")

    return respond


def _document(make: Callable[[], documents.Document]) -> Callable[[Request], Awaitable[Response]]:
    async def respond(_: Request) -> Response:
        return JSONResponse(make(), headers={"Cache-Control": "no-store"})

    return respond


async def _refuse(request: Request, error: Exception) -> Response:
    """A line that says what is wrong; a document where documents live."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "Internal error")
    headers = error.headers if isinstance(error, HTTPException) else None
    if request.url.path.startswith("/api/"):
        return JSONResponse({"schema_version": documents.SCHEMA_VERSION, "error": detail}, status, headers)
    return PlainTextResponse(f"{status} {detail}\n", status, headers)
