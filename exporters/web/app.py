"""The pages and documents of the daemon's one listener."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from exporters.prometheus import Exposition
from exporters.summary import Moment
from exporters.web import documents
from exporters.web.answers import NEVER_KEPT, Query, as_json, document, refusal
from exporters.web.availability import AvailabilityEndpoint
from exporters.web.discovery import Discovery
from exporters.web.everybody import PublicFacts, PublicView, public_documents
from exporters.web.guard import Guard
from exporters.web.incidents import incidents_document
from exporters.web.live import LivePages
from exporters.web.metrics import MetricsEndpoint
from exporters.web.openapi import openapi_document
from exporters.web.operators import OperatorsView
from exporters.web.pages import script, style
from exporters.web.probe import ProbeEndpoint
from exporters.web.reports import Readers, StoredReports
from exporters.web.snmp import SnmpEndpoint
from exporters.web.statuspage import Look, StatusPage
from exporters.web.topology import topology_document
from exporters.web.works import maintenance_document
from netmon.contracts import Snapshot, Vitals
from netmon.errors import ConfigError
from netmon.i18n import mark


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
    vitals: Callable[[], Vitals | None] = lambda: None,
    reload: Callable[[], Awaitable[None]] | None = None,
    notices: Callable[[], documents.Document] | None = None,
) -> Starlette:
    """Everything the daemon answers over HTTP. ``reports_dir`` None: no reports are kept; ``snmp`` None: no ``/snmp``;
    ``probe`` None: no ``/probe``; ``availability`` None: no figures of past periods;
    ``reload`` None: no reload.

    ``is_ready`` is what ``/-/ready`` asks; times on pages are of ``timezone``. ``readers`` None: whoever asks may read
    every report. ``vitals``: how the daemon itself fares. ``notices`` makes their document, on a thread; None: there is
    none.
    """
    look = Look(OperatorsView(), "sections", language, timezone)
    live = LivePages(snapshot, look)
    page = StatusPage(snapshot, look, links=_links(reports_dir is not None), public=False)
    routes = [
        *_pages(page, live),
        Route("/metrics", MetricsEndpoint(snapshot, exposition).respond),
        Route("/sd/prometheus", Discovery(snapshot).respond),
        Route("/-/healthy", _healthy),
        Route("/-/ready", _ready(is_ready)),
        *_documents(snapshot, language, timezone, vitals),
        Route("/api/v1/openapi.json", _openapi(public=False)),
    ]
    if reload is not None:
        routes.append(Route("/-/reload", _reload(reload), methods=["POST", "PUT"]))
    if availability is not None:
        routes.append(Route("/api/v1/availability", availability.respond))
    if notices is not None:
        routes.append(Route("/api/v1/notices", _read(notices)))
    if snmp is not None:
        routes.append(Route("/snmp", snmp.respond))
    if probe is not None:
        routes.append(Route("/probe", probe.respond))
    if reports_dir is not None:
        routes.extend(StoredReports(reports_dir, language, readers).routes())
    return _guarded(routes, live)


def create_public_app(snapshot: Snapshot, language: str = "fr", *, timezone: str = "Europe/Paris") -> Starlette:
    """What everybody may see (``exporters.web.everybody``); everything else is not there."""
    facts = PublicFacts(snapshot.inventory)
    look = Look(PublicView(facts), "public", language, timezone)
    live = LivePages(snapshot, look)
    page = StatusPage(snapshot, look, links=[("/api/v1/openapi.json", "OpenAPI")], public=True)
    made = public_documents(facts)
    documented = [Route(f"/api/v1/{name}", document(snapshot, make)) for name, make in made.items()]
    return _guarded([*_pages(page, live), *documented, Route("/api/v1/openapi.json", _openapi(public=True))], live)


def _pages(page: StatusPage, live: LivePages) -> list[Route]:
    return [
        Route("/", page.respond),
        Route("/events", live.respond),
        Route("/style.css", _style),
        Route("/live.js", _script),
    ]


def _links(has_reports: bool) -> list[tuple[str, str]]:
    return [
        *([("/reports/", mark("Reports"))] if has_reports else []),
        ("/metrics", mark("Metrics")),
        ("/api/v1/status", mark("State (JSON)")),
        ("/api/v1/incidents", mark("Incidents (JSON)")),
        ("/api/v1/openapi.json", "OpenAPI"),
    ]


def _guarded(routes: list[Route], live: LivePages) -> Starlette:
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refuse})
    app.router.redirect_slashes = False
    app.add_middleware(Guard)
    app.state.live = live
    return app


async def _style(_: Request) -> Response:
    return style()


async def _script(_: Request) -> Response:
    return script()


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


def _read(make: Callable[[], documents.Document]) -> Callable[[Request], Awaitable[Response]]:
    async def respond(_: Request) -> Response:
        body = await asyncio.to_thread(lambda: as_json(make()))
        return Response(body, media_type="application/json", headers=NEVER_KEPT)

    return respond


def _documents(snapshot: Snapshot, language: str, timezone: str, vitals: Callable[[], Vitals | None]) -> list[Route]:
    def status(moment: Moment, query: Query) -> documents.Document:
        return documents.status_document(moment, language, timezone, vitals(), brief=query.get("brief") == "1")

    made: dict[str, Callable[[Moment, Query], documents.Document]] = {
        "status": status,
        "nodes": lambda moment, _: documents.nodes_document(moment),
        "services": lambda moment, _: documents.services_document(moment),
        "maintenance": maintenance_document,
        "incidents": lambda moment, _: incidents_document(moment),
        "topology": lambda moment, _: topology_document(moment),
    }
    return [Route(f"/api/v1/{name}", document(snapshot, make)) for name, make in made.items()]


def _openapi(*, public: bool) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        served = [route.path.replace(":path}", "}") for route in request.app.routes]
        body = as_json(openapi_document(served, public=public))
        return Response(body, media_type="application/json", headers=NEVER_KEPT)

    return respond


async def _refuse(request: Request, error: Exception) -> Response:
    """A line that says what is wrong; a document where documents live."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "Internal error")
    headers = error.headers if isinstance(error, HTTPException) else None
    if request.url.path.startswith("/api/"):
        return JSONResponse(refusal(detail), status, headers)
    return PlainTextResponse(f"{status} {detail}\n", status, headers)
