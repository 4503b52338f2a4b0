"""Alerts as Alertmanager takes them: ``POST /api/v2/alerts``, its ``postableAlerts``."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from exporters.alerts.content import LANGUAGES, moment
from netmon.clock import Millis
from netmon.model import NoticeEvent

PATH = "/api/v2/alerts"


def alerts(content: Mapping[str, Any], own: Mapping[str, str], language: str, until: Millis) -> list[dict[str, Any]]:
    """The alerts that a notice's document asks for: one, and the one whose place it takes.

    ``own`` are labels of the configuration; what is firing does so ``until`` then, if nothing more is said.
    """
    incident = content["incident"]
    ends = incident["ended"] if NoticeEvent(content["event"]).is_last else moment(until)
    found = [_alert(content, content["labels"], own, language, str(ends))]
    if content["replaced_labels"]:
        found.append(_alert(content, content["replaced_labels"], own, language, content["generated"]))
    return found


def _alert(
    content: Mapping[str, Any], labels: Mapping[str, str], own: Mapping[str, str], language: str, ends: str
) -> dict[str, Any]:
    annotations = {"summary": content["summary"][language], "description": content["description"][language]}
    for each in LANGUAGES:
        annotations[f"summary_{each}"] = content["summary"][each]
        annotations[f"description_{each}"] = content["description"][each]
    return {
        "labels": {**own, **labels},
        "annotations": annotations,
        "startsAt": min(content["incident"]["since"], ends),
        "endsAt": ends,
        **({"generatorURL": content["url"]} if content["url"] else {}),
    }


def body(found: Iterable[Mapping[str, Any]]) -> bytes:
    """The body of the request."""
    return json.dumps(list(found), ensure_ascii=False).encode()
