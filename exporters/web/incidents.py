"""The document of incidents: what the terminal, the API and alerts show of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from exporters.web.values import SCHEMA_VERSION, Document, moment
from netmon.clock import SECOND
from netmon.contracts import IncidentView, Snapshot
from netmon.model import Clock, IncidentStep, Inventory


def incidents_document(snapshot: Snapshot) -> Document:
    """Open incidents, the gravest first, then those that closed within a day."""
    return {
        "schema_version": SCHEMA_VERSION,
        "generated": moment(snapshot.now()),
        "incidents": [incident(view, snapshot.inventory) for view in snapshot.incidents()],
    }


def incident(view: IncidentView, inventory: Inventory) -> Document:
    """One incident with everything that is known of it."""
    site, handling, takes = inventory.sites.get(view.site), view.handling, view.takes
    done = view.acknowledged
    return {
        "id": view.id, "object": view.object, "roots": list(view.roots), "down": list(view.down),
        "state": view.state.value, "since": moment(view.since), "ended": moment(view.ended), "reason": view.reason,
        "detail": view.detail, "commune": view.commune, "site": view.site, "site_name": site.name if site else "",
        "flapping": view.flapping, "maintenance": view.maintenance, "party": view.party and view.party.value,
        "acknowledged": done and {"at": moment(done.at), "author": done.author, "text": done.text},
        "takes": {
            "nodes": list(takes.nodes), "checks": list(takes.checks), "services": list(takes.services),
            "sites": list(takes.sites), "communes": list(takes.communes), "population": takes.population,
            "tree": tree(view.roots, takes.nodes, inventory),
        },
        "handling": {
            "detected": moment(handling.detected), "notified": moment(handling.notified),
            "started": moment(handling.started), "workaround": moment(handling.workaround),
            "restored": moment(handling.restored),
            "pauses": [{"from": moment(pause.start), "to": moment(pause.end), "reason": pause.reason}
                       for pause in handling.pauses],
        },
        "clocks": [clock_document(contract, kind, clock) for contract, kind, clock in clocks_of(view)],
        "trail": [_step(step) for step in view.steps],
    }  # fmt: skip


def tree(roots: Sequence[str], nodes: Iterable[str], inventory: Inventory) -> list[Document]:
    """The nodes cut off, each under one of its uplinks; what hangs on none of them stands beside the roots."""
    tops = [name for name in roots if name in inventory.nodes]
    taken = dict.fromkeys((*tops, *nodes))
    behind: dict[str, list[str]] = {}
    for name in taken:
        for upper in inventory.nodes[name].uplinks:
            behind.setdefault(upper, []).append(name)
    below: dict[str, list[str]] = {}
    placed = dict.fromkeys(tops)
    ahead = deque(placed)
    while ahead:
        upper = ahead.popleft()
        for name in behind.get(upper, ()):
            if name not in placed:
                placed[name] = None
                ahead.append(name)
                below.setdefault(upper, []).append(name)

    def branch(name: str) -> Document:
        return {"id": name, "children": [branch(child) for child in below.get(name, ())]}

    beside = [name for name in taken if name not in placed]
    return [branch(name) for name in (*tops, *beside)]


def clocks_of(view: IncidentView) -> Iterator[tuple[str, str, Clock]]:
    """The clocks that were started: contract, ``gti`` or ``gtr``, and the clock."""
    for clocks in view.clocks:
        for kind, clock in (("gti", clocks.gti), ("gtr", clocks.gtr)):
            if clock is not None:
                yield clocks.contract, kind, clock


def clock_document(contract: str, kind: str, clock: Clock) -> Document:
    """A clock that was started, as of now."""
    return {
        "contract": contract, "kind": kind, "limit_seconds": clock.limit / SECOND,
        "elapsed_seconds": clock.elapsed / SECOND, "remaining_seconds": clock.remaining / SECOND,
        "late_seconds": clock.late / SECOND, "deadline": moment(clock.deadline), "ended": moment(clock.ended),
        "paused": clock.paused, "result": clock.result, "counts": clock.pace.counts if clock.pace else None,
        "changes": moment(clock.pace.changes) if clock.pace else None,
    }  # fmt: skip


def _step(step: IncidentStep) -> Document:
    return {
        "at": moment(step.at), "recorded": moment(step.recorded), "step": step.step.value, "object": step.object,
        "contract": step.contract, "author": step.author, "text": step.text, "incident": step.incident,
    }  # fmt: skip
