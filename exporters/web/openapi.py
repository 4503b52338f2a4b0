"""The OpenAPI document of what the daemon answers."""

from typing import Any

import netmon

_STATES = ["up", "degraded", "down", "unreachable", "unknown", "pending"]
_TEXT: dict[str, Any] = {"type": "string"}
_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
_MAYBE_TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}


def openapi_document() -> dict[str, Any]:
    """OpenAPI 3.1, for what exists."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "netmon", "version": netmon.__version__, "license": {"name": "Apache-2.0"}},
        "paths": {
            "/api/v1/status": _brief(
                _get("The present: communes worst first, open problems and incidents, the monitor itself", "Status")
            ),
            "/api/v1/nodes": _get("Every device with its checks", "Nodes"),
            "/api/v1/services": _get("Every service with what keeps it from being up", "Services"),
            "/api/v1/maintenance": _get("Planned works under way", "Maintenance"),
            "/api/v1/reports": _get("Stored reports, the latest period first", "Reports"),
            "/api/v1/incidents": _get(
                "Incidents, one for each root cause: open ones, then those of the last day", "Incidents"
            ),
            "/api/v1/availability": _availability(),
            "/api/v1/notices": _get(
                "What was told of incidents to the outside, what waits, and what was given up", "Notices"
            ),
            "/api/v1/topology": _get("Configured uplinks, what LLDP tells, and where they disagree", "Topology"),
            "/metrics": _metrics(),
            "/sd/prometheus": _targets(),
        },
        "components": {"schemas": _schemas()},
    }


def _get(summary: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"get": {"summary": summary, "responses": {"200": {"description": summary, "content": content}}}}


def _availability() -> dict[str, Any]:
    summary = "The figures of a period (2026-10, 2026-Q3, 7d …; the current month) by contract and commune"
    path = _get(summary, "Availability")
    path["get"]["parameters"] = [{"name": "period", "in": "query", "schema": _TEXT}]
    return path


def _brief(operation: dict[str, Any]) -> dict[str, Any]:
    """With the parameter of the status document."""
    told = "1: without problems that lie behind others, and with counts of what the others take along"
    parameter = {"name": "brief", "in": "query", "description": told, "schema": {"enum": ["1"]}}
    return {"get": {**operation["get"], "parameters": [parameter]}}


def _targets() -> dict[str, Any]:
    summary = "The checks as targets for Prometheus (http_sd); collector, commune and node, repeatable, select"
    parameters = [
        {"name": name, "in": "query", "schema": _TEXTS, "style": "form", "explode": True}
        for name in ("collector", "commune", "node")
    ]
    labels = {"type": "object", "additionalProperties": _TEXT}
    schema = {"type": "array", "items": _object(targets=_TEXTS, labels=labels)}
    content = {"application/json": {"schema": schema}}
    return {
        "get": {
            "summary": summary,
            "parameters": parameters,
            "responses": {"200": {"description": summary, "content": content}},
        }
    }


def _metrics() -> dict[str, Any]:
    summary = "Prometheus metrics; commune and node, repeatable, select"
    parameters = [
        {"name": name, "in": "query", "schema": _TEXTS, "style": "form", "explode": True}
        for name in ("commune", "node")
    ]
    content = {"text/plain": {"schema": _TEXT}, "application/openmetrics-text": {"schema": _TEXT}}
    responses = {"200": {"description": summary, "content": content}}
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _document(**properties: dict[str, Any]) -> dict[str, Any]:
    return _object(schema_version={"const": 1}, generated=_TIME, **properties)


def _list(schema: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


def _schemas() -> dict[str, Any]:
    state = {"enum": _STATES}
    shown = {"enum": [*_STATES, "maintenance"]}
    flag, number, whole = {"type": "boolean"}, {"type": "number"}, {"type": "integer"}
    maybe = {"type": ["number", "null"]}
    some = {"anyOf": [_TEXTS, whole]}
    counts = {"type": "object", "additionalProperties": whole}
    known = {"id": _TEXT, "name": _TEXT, "state": state, "since": _TIME, "reason": _TEXT}
    return {
        "Status": _document(
            state=shown, monitor={"$ref": "#/components/schemas/Monitor"}, counts={"type": "object"},
            communes=_list("Commune"), problems=_list("Problem"), incidents=_list("OpenIncident"),
            maintenance=_list("Window"), sla=_list("Sla"),
        ),
        "Nodes": _document(nodes=_list("Node"), checks=_list("Check")),
        "Services": _document(services=_list("Service")),
        "Maintenance": _document(maintenance=_list("Window")),
        "Reports": _object(schema_version={"const": 1}, reports=_list("Report")),
        "Report": _object(**{
            "period": _TEXT, "from": _TIME, "to": _TIME, "edition": _TEXT, "closed": flag, "generated": _TIME,
            "replaces": {"type": ["string", "null"]}, "documents": _TEXTS,
            "communes": {"type": "array", "items": _object(
                commune=_TEXT, insee=_TEXT, verdict=_TEXT, objective=maybe, availability=maybe, documents=_TEXTS,
            )},
        }),
        "Availability": _document(
            period=_object(**{"label": _TEXT, "from": _TIME, "to": _TIME, "closed": flag}),
            rows={"type": "array", "items": _object(
                contract=_TEXT, commune=_TEXT, objective=number, eligible_seconds=number, unavailable_seconds=number,
                availability=maybe, low=maybe, high=maybe, coverage=maybe, budget_seconds=number,
            )},
        ),
        "Incidents": _document(incidents=_list("Incident")),
        **_incident_schemas(),
        "Monitor": _object(version=_TEXT, language=_TEXT, timezone=_TEXT, started=_TIME, last_run=_MAYBE_TIME,
                           checks=whole, pending=whole, blind=whole, stale=whole, failures=whole,
                           vitals={"anyOf": [{"$ref": "#/components/schemas/Vitals"}, {"type": "null"}]}),
        "Vitals": _object(window_seconds=number, poll_lag_seconds=maybe, loop_blocked_seconds=maybe, beyond=_TEXTS,
                          overruns=whole, missed=whole, queue=whole, heartbeat=_MAYBE_TIME),
        "Commune": _object(name=_TEXT, insee=_TEXT, population=whole, tile={"type": "array", "items": whole},
                           state=shown, since=_MAYBE_TIME, up_ratio=maybe, problems=whole, services=counts,
                           nodes=counts, checks=counts),
        "Problem": _object(**known, kind={"enum": ["node", "check", "service"]}, maintenance=flag, root=flag,
                           detail=_TEXT, commune=_TEXT, site=_TEXT, site_name=_TEXT, causes=_TEXTS,
                           takes=_object(nodes=some, checks=some, services=some, communes=_TEXTS)),
        "Window": {**_object(**{"object": _TEXT, "from": _TIME, "to": _MAYBE_TIME, "text": _TEXT,
                                "announced": _TIME})},
        "Sla": _object(contract=_TEXT, commune=_TEXT, period=_TEXT, objective=number, availability=maybe, low=maybe,
                       high=maybe, coverage=maybe, budget_seconds=maybe, allowed_seconds=maybe, lost_at=_MAYBE_TIME),
        "Check": _object(**known, collector=_TEXT, detail=_TEXT, last_run=_MAYBE_TIME, last_success=_MAYBE_TIME),
        "Node": _object(**known, role=_TEXT, address=_TEXT, commune=_TEXT, site=_TEXT, site_name=_TEXT,
                        uplinks=_TEXTS, maintenance=flag, checks=_list("Check")),
        "Service": _object(**known, family=_TEXT, communes=_TEXTS, expression=_TEXT, causes=_TEXTS, maintenance=flag),
    }  # fmt: skip


def _incident_schemas() -> dict[str, Any]:
    flag, number, whole = {"type": "boolean"}, {"type": "number"}, {"type": "integer"}
    branch = _object(id=_TEXT, children=_list("Branch"))
    said = {"anyOf": [_object(at=_TIME, author=_TEXT, text=_TEXT), {"type": "null"}]}
    pause = _object(**{"from": _TIME, "to": _MAYBE_TIME, "reason": _TEXT})
    return {
        "Branch": branch,
        "OpenIncident": _object(
            id=_TEXT, object=_TEXT, roots=_TEXTS, state={"enum": ["down", "degraded", "up"]}, since=_TIME, reason=_TEXT,
            commune=_TEXT, site_name=_TEXT, flapping=flag, maintenance=flag, acknowledged_by=_TEXT,
            handled={"enum": ["", "acknowledged", "notified", "started", "paused"]}, clocks=_list("Clock"),
            takes=_object(nodes=whole, services=whole, sites=whole, communes=_TEXTS, population=whole),
        ),
        "Incident": _object(
            id=_TEXT, object=_TEXT, roots=_TEXTS, down=_TEXTS, state={"enum": ["down", "degraded", "up"]}, since=_TIME,
            ended=_MAYBE_TIME, reason=_TEXT, detail=_TEXT, commune=_TEXT, site=_TEXT, site_name=_TEXT, flapping=flag,
            maintenance=flag, party={"type": ["string", "null"]}, acknowledged=said,
            takes=_object(nodes=_TEXTS, checks=_TEXTS, services=_TEXTS, sites=_TEXTS, communes=_TEXTS,
                          population={"type": "integer"}, tree=_list("Branch")),
            handling=_object(detected=_MAYBE_TIME, notified=_MAYBE_TIME, started=_MAYBE_TIME, workaround=_MAYBE_TIME,
                             restored=_MAYBE_TIME, pauses={"type": "array", "items": pause}),
            clocks=_list("Clock"), trail=_list("Step"),
        ),
        "Notices": _document(notices={"type": "array", "items": _object(
            id={"type": "integer"}, key=_TEXT, receiver=_TEXT, incident=_TEXT, event=_TEXT, severity=_TEXT,
            state={"enum": ["waiting", "sent", "merged", "dead"]}, queued=_TIME, attempts={"type": "integer"},
            next=_MAYBE_TIME, said=_TEXT, settled=_MAYBE_TIME)}),
        "Topology": _document(
            nodes={"type": "array", "items": _object(
                id=_TEXT, name=_TEXT, role=_TEXT, uplinks=_TEXTS, accept_lldp=flag,
                state={"enum": [*_STATES, None]}, tells_neighbours=flag)},
            links={"type": "array", "items": _object(
                lower=_TEXT, upper=_TEXT, told={"enum": ["both", "configured", "seen"]}, disagrees=flag,
                accepted=flag, lower_port=_TEXT, upper_port=_TEXT)},
            strangers={"type": "array", "items": _object(
                node=_TEXT, port=_TEXT, name=_TEXT, remote_port=_TEXT, chassis=_TEXT)},
        ),
        "Clock": _object(contract=_TEXT, kind={"enum": ["gti", "gtr"]}, limit_seconds=number, elapsed_seconds=number,
                         remaining_seconds=number, late_seconds=number, deadline=_MAYBE_TIME, ended=_MAYBE_TIME,
                         paused=flag, result={"enum": ["met", "missed", "running"]}),
        "Step": _object(at=_TIME, recorded=_TIME, step=_TEXT, object=_TEXT, contract=_TEXT, author=_TEXT, text=_TEXT,
                        incident=_TEXT),
    }  # fmt: skip
