"""Parts of the status document about the incidents that are open, and about netmon itself."""

import math

from exporters.web.incidents import clock_document, clocks_of
from exporters.web.values import Document, moment
from netmon.clock import SECOND
from netmon.contracts import IncidentView, Vitals
from netmon.model import Inventory


def open_incident(view: IncidentView, inventory: Inventory) -> Document:
    """An incident as a line of a screen tells it; everything about it is in ``/api/v1/incidents``."""
    site, takes, done = inventory.sites.get(view.site), view.takes, view.acknowledged
    return {
        "id": view.id, "object": view.object, "roots": list(view.roots), "state": view.state.value,
        "since": moment(view.since), "reason": view.reason, "commune": view.commune,
        "site_name": site.name if site else "", "flapping": view.flapping, "maintenance": view.maintenance,
        "handled": _handled(view), "acknowledged_by": done.author if done else "",
        "takes": {"nodes": len(takes.nodes), "services": len(takes.services), "sites": len(takes.sites),
                  "communes": list(takes.communes), "population": takes.population},
        "clocks": [clock_document(*clock) for clock in clocks_of(view)],
    }  # fmt: skip


def _handled(view: IncidentView) -> str:
    """How far people are with it: paused, started, notified, acknowledged, or "" while nobody is on it."""
    handling = view.handling
    if any(pause.end is None for pause in handling.pauses):
        return "paused"
    if handling.started:
        return "started"
    if handling.notified:
        return "notified"
    return "acknowledged" if view.acknowledged else ""


def vitals_document(vitals: Vitals | None) -> Document | None:
    """How netmon itself fares; null where no daemon tells. A length beyond what is measured is null too, and
    ``beyond`` names it."""
    if vitals is None:
        return None
    lengths = {"poll_lag_seconds": vitals.lag, "loop_blocked_seconds": vitals.blocked}
    return {
        "window_seconds": vitals.window / SECOND,
        **{name: None if value is None or math.isinf(value) else value for name, value in lengths.items()},
        "beyond": [name for name, value in lengths.items() if value is not None and math.isinf(value)],
        "overruns": vitals.overruns, "missed": vitals.missed, "queue": vitals.queue,
        "heartbeat": moment(vitals.heartbeat),
    }  # fmt: skip
