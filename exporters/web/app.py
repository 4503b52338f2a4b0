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
from exporters.summary import Moment
from exporters.web import documents
from exporters.web.answers import NEVER_KEPT, Query, as_json, document, look_ahead, others_first, refusal
from exporters.web.everybody import PublicFacts, PublicView, public_documents
from exporters.web.guard import Guard
from exporters.web.incidents import incidents_document
from exporters.web.live import LivePages
from exporters.web.openapi import openapi_document
from exporters.web.operators import OperatorsView
from exporters.web.pages import script, style
from exporters.web.probe import ProbeEndpoint
from exporters.web.reports import Readers, StoredReports
from exporters.web.snmp import SnmpEndpoint
from exporters.web.statuspage import Look, StatusPage
from exporters.web.topology import topology_document
from exporters.web.works import maintenance_document
from netmon.contracts import Snapshot
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
) -> Starlette:
    """Everything the daemon answers over HTTP. ``reports_dir`` None: no reports are kept; ``snmp`` None: no ``/snmp``;
    ``probe`` None: no ``/probe``.

    ``is_ready`` is what ``/-/ready`` asks; times on pages are of ``timezone``. ``readers`` None: whoever asks may read
    every report.
    """
    look = Look(OperatorsView(), "sections", language, timezone)
    live = LivePages(snapshot, look)
    page = StatusPage(snapshot, look, links=_links(reports_dir is not None), public=False)
    routes = [
        *_pages(page, live),
        Route("/metrics", _Metrics(snapshot, exposition).respond),
        Route("/-/healthy", _healthy),
        Route("/-/ready", _ready(is_ready)),
        *_documents(snapshot, language, timezone),
        Route("/api/v1/openapi.json", _openapi(public=False)),
    ]
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


class _Metrics:
    def __init__(self, snapshot: Snapshot, exposition: Exposition) -> None:
        self._snapshot = snapshot
        self._exposition = exposition

    async def respond(self, request: Request) -> Response:
        openmetrics = wants_openmetrics(request.headers.get("accept", ""))
        gzip = accepts_gzip(request.headers.get("accept-encoding", ""))
        query = request.query_params
        selection = Selection(frozenset(query.getlist("commune")), frozenset(query.getlist("node")))
        await look_ahead(self._snapshot)
        for _ in self._exposition.prepare():
            await others_first()
        parts = self._exposition.scrape(selection, openmetrics=openmetrics)
        body = await asyncio.to_thread(join, parts, gzip=gzip)
        headers = {"Content-Type": OPENMETRICS_TYPE if openmetrics else TEXT_TYPE, "Vary": "Accept, Accept-Encoding"}
        if gzip:
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers)


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


def _documents(snapshot: Snapshot, language: str, timezone: str) -> list[Route]:
    made: dict[str, Callable[[Moment, Query], documents.Document]] = {
        "status": lambda moment, _: documents.status_document(moment, language, timezone),
        "nodes": lambda moment, _: documents.nodes_document(moment),
        "services": lambda moment, _: documents.services_document(moment),
        "availability": lambda moment, _: documents.availability_document(moment),
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
