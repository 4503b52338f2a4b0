"""The JSON Schema of the document that webhooks are posted (``exporters.alerts.content``)."""

import json
from pathlib import Path
from typing import Any

from exporters.alerts.content import LANGUAGES, SCHEMA_VERSION
from netmon.model import NoticeEvent, Severity, State

_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}


def schema() -> dict[str, Any]:
    """The schema (2020-12)."""
    labels = {"type": "object", "additionalProperties": _TEXT}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "netmon notice",
        **_object({
            "schema_version": {"const": SCHEMA_VERSION},
            "key": {**_TEXT, "description": "The same when the same is posted again; also Idempotency-Key."},
            "event": {"enum": [event.value for event in NoticeEvent], "description": "What happened."},
            "generated": {**_TIME, "description": "When; what is told is as of then."},
            "severity": {"enum": [severity.value for severity in Severity], "description": "How grave it is."},
            "url": {**_TEXT, "description": "The incident on netmon's pages; empty: no address is configured."},
            "summary": {**_words(), "description": "One line, by language."},
            "description": {**_words(), "description": "A few lines, by language."},
            "labels": {**labels, "description": "What Alertmanagers know it by; does not change but by 'raised'."},
            "replaced_labels": {"anyOf": [labels, {"type": "null"}],
                                "description": "With 'raised': what they knew it by before."},
            "incident": _incident(),
        }),
    }  # fmt: skip


def write_schema(path: str) -> None:
    """Write it."""
    Path(path).write_text(json.dumps(schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _incident() -> dict[str, Any]:
    names = {"type": "array", "items": _TEXT}
    said = _object({"at": _TIME, "author": _TEXT, "text": _TEXT})
    return _object({
        "id": {**_TEXT, "description": "Its number."},
        "object": {**_TEXT, "description": "The node or check that failed."},
        "name": {**_TEXT, "description": "What people call it."},
        "state": {"enum": [State.DOWN.value, State.DEGRADED.value, State.UP.value]},
        "since": _TIME,
        "ended": {**_maybe(_TIME), "description": "null: not yet."},
        "reason": _TEXT, "detail": _TEXT,
        "roots": {**names, "description": "Everything that failed by itself."},
        "commune": _TEXT, "site": _TEXT, "site_name": _TEXT,
        "flapping": {"type": "boolean"}, "maintenance": {"type": "boolean"},
        "merged_into": {**_maybe(_TEXT), "description": "With 'merged': the incident it is part of."},
        "acknowledged": {**_maybe(said), "description": "Who is on it."},
        "takes": {
            **_object({
                "nodes": _COUNT, "checks": _COUNT, "services": _COUNT, "sites": _COUNT, "communes": names,
                "population": _COUNT, "named": _object({"nodes": names, "checks": names, "services": names}),
            }),
            "description": "What it takes along: counts, and the first names.",
        },
    })  # fmt: skip


def _words() -> dict[str, Any]:
    return _object(dict.fromkeys(LANGUAGES, _TEXT))


def _maybe(inner: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [inner, {"type": "null"}]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object", "properties": properties, "required": sorted(properties), "additionalProperties": False,
    }  # fmt: skip
