"""The OpenAPI document of what the daemon answers: the paths that are served, and no other."""

from collections.abc import Iterable
from typing import Any

import netmon
from exporters.web.schemas import schemas
from exporters.web.works import LONGEST, MOST, USUAL
from netmon.clock import DAY

Operation = dict[str, Any]

_TEXT: Operation = {"type": "string"}
_HTML, _PLAIN, _JSON = "text/html", "text/plain", "application/json"
_OPENMETRICS = "application/openmetrics-text"

_RELOAD = "/-/reload"
_DOCUMENTS = {
    "/api/v1/nodes": ("Every device with its checks", "Nodes"),
    "/api/v1/services": ("Every service with what keeps it from being up", "Services"),
    "/api/v1/reports": ("Stored reports, the latest period first", "Reports"),
    "/api/v1/incidents": ("Incidents, one for each root cause: open ones, then those of the last day", "Incidents"),
    "/api/v1/topology": ("Configured uplinks, what LLDP tells, and where they disagree", "Topology"),
    "/api/v1/notices": ("What was told of incidents to the outside, what waits, and what was given up", "Notices"),
}
_PUBLIC = {
    "/api/v1/status": ("The services of each commune, worst first, and works planned for them", "PublicStatus"),
    "/api/v1/services": ("Every service that may be shown to everybody", "PublicServices"),
    "/api/v1/maintenance": ("Works on services, under way or within a month", "PublicMaintenance"),
}
_WRONG: Operation = {
    "description": "What is wrong, in a line",
    "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Error"}}, _PLAIN: {"schema": _TEXT}},
}


def openapi_document(served: Iterable[str], *, public: bool = False) -> dict[str, Any]:
    """OpenAPI 3.1 for the paths ``served``; ``public``: as everybody sees them."""
    known = _operations(public=public)
    paths = {path: {"post" if path == _RELOAD else "get": known[path]} for path in served if path in known}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "netmon",
            "version": netmon.__version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": _used(paths)},
    }


def _used(paths: dict[str, Any]) -> dict[str, Any]:
    """The schemas that the paths speak of, and those that these speak of."""
    known, used, ahead = schemas(), dict[str, Any](), list(_references(paths))
    while ahead:
        name = ahead.pop()
        if name not in used:
            used[name] = known[name]
            ahead += _references(known[name])
    return dict(sorted(used.items()))


def _references(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref":
                yield each.rpartition("/")[2]
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _operations(*, public: bool) -> dict[str, Operation]:
    documents = _PUBLIC if public else _DOCUMENTS
    described = {path: _get(words, {_JSON: _schema(name)}) for path, (words, name) in documents.items()}
    return {**({} if public else _operators()), **_everybody(), **described}


def _everybody() -> dict[str, Operation]:
    language = _query("lang", {"enum": ["fr", "en"]}, "The language; none: that of the configuration")
    page = [language, _query("wall", {"const": "1"}, "For a screen on a wall: large, fits on it"),
            _query("refresh", {"type": "integer", "minimum": 1, "maximum": 9999},
                   "The browser comes back by itself after so many seconds")]  # fmt: skip
    events = (
        "Server-sent events: `state` holds what changed of the page, `beat` says that nothing did. With Last-Event-ID "
        "only what changed since; 503: too many listen already"
    )
    return {
        "/": _get("The status page", {_HTML: {"schema": _TEXT}}, page),
        "/events": _get(events, {"text/event-stream": {"schema": _TEXT}}, [language]),
        "/style.css": _get("The style sheet of the pages", {"text/css": {"schema": _TEXT}}),
        "/live.js": _get("What keeps the status page live", {"text/javascript": {"schema": _TEXT}}),
        "/api/v1/openapi.json": _get("This document", {_JSON: {"schema": {"type": "object"}}}),
    }


def _operators() -> dict[str, Operation]:
    text = {_PLAIN: {"schema": _TEXT}}
    instant = "RFC 3339 with an offset, or Unix seconds"
    works = (
        f"Planned works under way; with `from` or `to` all that touch the stretch, the other end {USUAL // DAY} days "
        f"away. At most {LONGEST // DAY} days and {MOST} works"
    )
    ready = _get("Whether it watches", text)
    ready["responses"]["503"] = {"description": "Not yet", "content": text}
    present = "The present: communes worst first, open problems and incidents, the monitor itself"
    brief = "1: without problems that lie behind others, and with counts of what the others take along"
    figures = "The figures of a period by contract and commune"
    period = "2026-10, 2026-Q3, 7d …; none: the current month"
    targets = _get("The checks as targets for Prometheus (http_sd)", {_JSON: {"schema": _targets()}},
                   [_repeatable("collector", "Only checks of these"), _repeatable("commune", "Only these communes"),
                    _repeatable("node", "Only these devices")])  # fmt: skip
    return {
        "/api/v1/status": _get(present, {_JSON: _schema("Status")}, [_query("brief", {"const": "1"}, brief)]),
        "/api/v1/availability": _get(figures, {_JSON: _schema("Availability")}, [_query("period", _TEXT, period)]),
        "/sd/prometheus": targets,
        _RELOAD: _get("Reads the configuration again, and takes it up when it is right", text),
        "/api/v1/maintenance": _get(works, {_JSON: _schema("Maintenance")},
                                    [_query("from", _TEXT, instant), _query("to", _TEXT, instant)]),
        "/metrics": _get("Prometheus metrics", {**text, _OPENMETRICS: {"schema": _TEXT}},
                         [_repeatable("commune", "Only these communes"), _repeatable("node", "Only these devices"),
                          _query("only", {"const": "netmon"}, "Only those about netmon itself")]),
        "/-/healthy": _get("That it answers", text),
        "/-/ready": ready,
        "/snmp": _get("Asks a device now, as snmp_exporter does", text,
                      [_query("target", _TEXT, "The device", required=True), _repeatable("module", "What is asked"),
                       _query("auth", _TEXT, "How to authenticate"), _query("snmp_context", _TEXT, "SNMPv3 context")]),
        "/probe": _get("Probes a target now, as blackbox_exporter does", text,
                       [_query("target", _TEXT, "What is probed", required=True), _query("module", _TEXT, "How"),
                        _query("hostname", _TEXT, "The name to ask for"),
                        _query("debug", _TEXT, "`true`: the steps instead of metrics")]),
        "/reports": {"summary": "To the index of reports",
                     "responses": {"308": {"description": "It is at /reports/"}, "default": _WRONG}},
        "/reports/{path}": _get("The index of reports, and each stored file", {"*/*": {}},
                                [{"name": "path", "in": "path", "required": True, "schema": _TEXT,
                                  "description": "A file or folder; empty: the index"},
                                 _query("commune", _TEXT, "INSEE code: the reports of one commune"),
                                 _query("lang", {"enum": ["fr", "en"]}, "The language of the index")]),
    }  # fmt: skip


def _targets() -> Operation:
    labels = {"type": "object", "additionalProperties": _TEXT}
    group = {"type": "object", "required": ["labels", "targets"],
             "properties": {"targets": {"type": "array", "items": _TEXT}, "labels": labels}}  # fmt: skip
    return {"type": "array", "items": group}


def _get(summary: str, content: Operation, parameters: list[Operation] | None = None) -> Operation:
    responses = {"200": {"description": summary, "content": content}, "default": _WRONG}
    return {"summary": summary, **({"parameters": parameters} if parameters else {}), "responses": responses}


def _schema(name: str) -> Operation:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _query(name: str, schema: Operation, words: str, *, required: bool = False) -> Operation:
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": words}


def _repeatable(name: str, words: str) -> Operation:
    schema = {"type": "array", "items": _TEXT}
    return {"name": name, "in": "query", "schema": schema, "style": "form", "explode": True, "description": words}
