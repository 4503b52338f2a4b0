"""The schemas of the documents under ``/api/v1``: every field, and no other."""

from typing import Any

Schema = dict[str, Any]

_STATES = ["up", "degraded", "down", "unreachable", "unknown", "pending"]
_SHOWN = [*_STATES, "maintenance"]
_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_MAYBE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_FLAG: Schema = {"type": "boolean"}
_WHOLE: Schema = {"type": "integer"}
_NUMBER: Schema = {"type": "number"}
_MAYBE: Schema = {"type": ["number", "null"]}
_SOME: Schema = {"anyOf": [_TEXTS, _WHOLE]}


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": sorted(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _document(**properties: Schema) -> Schema:
    return _object(schema_version={"const": 1}, generated=_TIME, **properties)


def _ref(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _tile() -> Schema:
    return {"type": "array", "items": _WHOLE, "minItems": 2, "maxItems": 2}


def _list(schema: str) -> Schema:
    return {"type": "array", "items": _ref(schema)}


def schemas() -> dict[str, Schema]:
    """All schemas by name."""
    return {**_present_schemas(), **_incident_schemas(), **_report_schemas(), **_public_schemas()}


def _present_schemas() -> dict[str, Schema]:
    state, shown = {"enum": _STATES}, {"enum": _SHOWN}
    counts = _object(**dict.fromkeys(_SHOWN, _WHOLE))
    known = {"id": _TEXT, "name": _TEXT, "state": state, "since": _TIME, "reason": _TEXT}
    return {
        "Error": _object(schema_version={"const": 1}, error=_TEXT),
        "Status": _document(
            state=shown, monitor=_ref("Monitor"),
            counts=_object(communes=counts, services=counts, nodes=counts, checks=counts),
            communes=_list("Commune"), problems=_list("Problem"), incidents=_list("OpenIncident"),
            maintenance=_list("Window"), sla=_list("Sla"),
        ),
        "Nodes": _document(nodes=_list("Node"), checks=_list("Check")),
        "Services": _document(services=_list("Service")),
        "Availability": _document(
            period=_object(**{"label": _TEXT, "from": _TIME, "to": _TIME, "closed": _FLAG}),
            rows={"type": "array", "items": _object(
                contract=_TEXT, commune=_TEXT, objective=_NUMBER, eligible_seconds=_NUMBER,
                unavailable_seconds=_NUMBER, availability=_MAYBE, low=_MAYBE, high=_MAYBE, coverage=_MAYBE,
                budget_seconds=_NUMBER,
            )},
        ),
        "Maintenance": _document(**{"from": _TIME, "to": _TIME, "maintenance": _list("Window"), "left_out": _WHOLE}),
        "Monitor": _object(version=_TEXT, language=_TEXT, timezone=_TEXT, started=_TIME, last_run=_MAYBE_TIME,
                           checks=_WHOLE, pending=_WHOLE, blind=_WHOLE, stale=_WHOLE, failures=_WHOLE,
                           vitals={"anyOf": [_ref("Vitals"), {"type": "null"}]}),
        "Vitals": _object(window_seconds=_NUMBER, poll_lag_seconds=_MAYBE, loop_blocked_seconds=_MAYBE, beyond=_TEXTS,
                          overruns=_WHOLE, missed=_WHOLE, queue=_WHOLE, heartbeat=_MAYBE_TIME),
        "Commune": _object(name=_TEXT, insee=_TEXT, population=_WHOLE, tile=_tile(), state=shown, since=_MAYBE_TIME,
                           up_ratio=_MAYBE, problems=_WHOLE, services=counts, nodes=counts, checks=counts),
        "Problem": _object(**known, kind={"enum": ["node", "check", "service"]}, maintenance=_FLAG, root=_FLAG,
                           detail=_TEXT, commune=_TEXT, site=_TEXT, site_name=_TEXT, causes=_TEXTS,
                           incident=_MAYBE_TEXT,
                           takes=_object(nodes=_SOME, checks=_SOME, services=_SOME, communes=_TEXTS)),
        "Window": _object(**{"object": _TEXT, "from": _TIME, "to": _MAYBE_TIME, "text": _TEXT, "announced": _TIME}),
        "Sla": _object(contract=_TEXT, commune=_TEXT, period=_TEXT, objective=_NUMBER, availability=_MAYBE, low=_MAYBE,
                       high=_MAYBE, coverage=_MAYBE, budget_seconds=_MAYBE, allowed_seconds=_MAYBE,
                       lost_at=_MAYBE_TIME),
        "Check": _object(**known, collector=_TEXT, detail=_TEXT, last_run=_MAYBE_TIME, last_success=_MAYBE_TIME),
        "Node": _object(**known, role=_TEXT, address=_TEXT, commune=_TEXT, site=_TEXT, site_name=_TEXT,
                        uplinks=_TEXTS, maintenance=_FLAG, checks=_list("Check")),
        "Service": _object(**known, family=_TEXT, communes=_TEXTS, expression=_TEXT, causes=_TEXTS, maintenance=_FLAG),
    }  # fmt: skip


def _report_schemas() -> dict[str, Schema]:
    return {
        "Reports": _object(schema_version={"const": 1}, reports=_list("Report")),
        "Report": _object(**{
            "period": _TEXT, "from": _TIME, "to": _TIME, "edition": _TEXT, "closed": _FLAG, "generated": _TIME,
            "replaces": _MAYBE_TEXT, "documents": _TEXTS,
            "communes": {"type": "array", "items": _object(
                commune=_TEXT, insee=_TEXT, verdict=_TEXT, objective=_MAYBE, availability=_MAYBE, documents=_TEXTS,
            )},
        }),
    }  # fmt: skip


def _public_schemas() -> dict[str, Schema]:
    shown = {"enum": ["up", "degraded", "down", "unknown", "maintenance"]}
    return {
        "PublicStatus": _document(state=shown, communes=_list("PublicCommune"), maintenance=_list("PublicWork")),
        "PublicServices": _document(services=_list("PublicService")),
        "PublicMaintenance": _document(maintenance=_list("PublicWork")),
        "PublicCommune": _object(name=_TEXT, insee=_TEXT, population=_WHOLE, tile=_tile(), state=shown,
                                 services=_list("PublicService")),
        "PublicService": _object(name=_TEXT, family=_TEXT, communes=_TEXTS, state=shown, since=_TIME),
        "PublicWork": _object(**{"services": _TEXTS, "communes": _TEXTS, "from": _TIME, "to": _MAYBE_TIME}),
    }  # fmt: skip


def _incident_schemas() -> Schema:
    branch = _object(id=_TEXT, children=_list("Branch"))
    said = {"anyOf": [_object(at=_TIME, author=_TEXT, text=_TEXT), {"type": "null"}]}
    pause = _object(**{"from": _TIME, "to": _MAYBE_TIME, "reason": _TEXT})
    return {
        "Incidents": _document(incidents=_list("Incident")),
        "Branch": branch,
        "OpenIncident": _object(
            id=_TEXT, object=_TEXT, roots=_TEXTS, state={"enum": ["down", "degraded", "up"]}, since=_TIME, reason=_TEXT,
            commune=_TEXT, site_name=_TEXT, flapping=_FLAG, maintenance=_FLAG, acknowledged_by=_TEXT,
            handled={"enum": ["", "acknowledged", "notified", "started", "paused"]}, clocks=_list("Clock"),
            takes=_object(nodes=_WHOLE, services=_WHOLE, sites=_WHOLE, communes=_TEXTS, population=_WHOLE),
        ),
        "Incident": _object(
            id=_TEXT, object=_TEXT, roots=_TEXTS, down=_TEXTS, state={"enum": ["down", "degraded", "up"]}, since=_TIME,
            ended=_MAYBE_TIME, reason=_TEXT, detail=_TEXT, commune=_TEXT, site=_TEXT, site_name=_TEXT, flapping=_FLAG,
            maintenance=_FLAG, party=_MAYBE_TEXT, acknowledged=said,
            takes=_object(nodes=_TEXTS, checks=_TEXTS, services=_TEXTS, sites=_TEXTS, communes=_TEXTS,
                          population=_WHOLE, tree=_list("Branch")),
            handling=_object(detected=_MAYBE_TIME, notified=_MAYBE_TIME, started=_MAYBE_TIME, workaround=_MAYBE_TIME,
                             restored=_MAYBE_TIME, pauses={"type": "array", "items": pause}),
            clocks=_list("Clock"), trail=_list("Step"),
        ),
        "Notices": _document(notices={"type": "array", "items": _object(
            id=_WHOLE, key=_TEXT, receiver=_TEXT, incident=_TEXT, event=_TEXT, severity=_TEXT,
            state={"enum": ["waiting", "sent", "merged", "dead"]}, queued=_TIME, attempts=_WHOLE,
            next=_MAYBE_TIME, said=_TEXT, settled=_MAYBE_TIME)}),
        "Topology": _document(
            nodes={"type": "array", "items": _object(
                id=_TEXT, name=_TEXT, role=_TEXT, uplinks=_TEXTS, accept_lldp=_FLAG,
                state={"enum": [*_STATES, None]}, tells_neighbours=_FLAG)},
            links={"type": "array", "items": _object(
                lower=_TEXT, upper=_TEXT, told={"enum": ["both", "configured", "seen"]}, disagrees=_FLAG,
                accepted=_FLAG, lower_port=_TEXT, upper_port=_TEXT)},
            strangers={"type": "array", "items": _object(
                node=_TEXT, port=_TEXT, name=_TEXT, remote_port=_TEXT, chassis=_TEXT)},
        ),
        "Clock": _object(contract=_TEXT, kind={"enum": ["gti", "gtr"]}, limit_seconds=_NUMBER, elapsed_seconds=_NUMBER,
                         remaining_seconds=_NUMBER, late_seconds=_NUMBER, deadline=_MAYBE_TIME, ended=_MAYBE_TIME,
                         paused=_FLAG, result={"enum": ["met", "missed", "running"]},
                         counts={"type": ["boolean", "null"]}, changes=_MAYBE_TIME),
        "Step": _object(at=_TIME, recorded=_TIME, step=_TEXT, object=_TEXT, contract=_TEXT, author=_TEXT, text=_TEXT,
                        incident=_TEXT),
    }  # fmt: skip
