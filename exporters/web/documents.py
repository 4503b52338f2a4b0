"""The documents of ``/api/v1``: plain values for JSON, read from the snapshot. The landing page shows the same."""

from collections import Counter, defaultdict

import netmon
from exporters.summary import is_blind, is_stale
from exporters.web.communes import STATES, CommuneView, commune_views, count, worst
from exporters.web.own import open_incident, vitals_document
from exporters.web.problems import OpenProblem, open_problems
from exporters.web.values import SCHEMA_VERSION, Document, moment
from netmon.contracts import Snapshot, Vitals
from netmon.model import MaintenanceWindow, State

__all__ = ["SCHEMA_VERSION", "Document", "moment"]


def status_document(
    snapshot: Snapshot,
    language: str = "fr",
    timezone: str = "Europe/Paris",
    vitals: Vitals | None = None,
    *,
    brief: bool = False,
) -> Document:
    """The whole present in one document: communes worst first, open problems and incidents, the monitor itself.

    ``brief``: what a screen shows of it. Problems behind others are left out, and what a root takes along is counted.
    """
    communes = commune_views(snapshot)
    problems = open_problems(snapshot)
    by_commune: defaultdict[str, list[OpenProblem]] = defaultdict(list)
    for problem in problems:
        if problem.root and not problem.maintenance:
            by_commune[problem.commune].append(problem)
    return {
        **head(snapshot),
        "state": overall(communes, problems),
        "monitor": {**_monitor(snapshot, language, timezone), "vitals": vitals_document(vitals)},
        "counts": {
            "communes": _counts(Counter(view.state for view in communes)),
            "services": _counts(count(snapshot.services().values())),
            "nodes": _counts(count(snapshot.nodes().values())),
            "checks": _counts(count(snapshot.checks().values())),
        },
        "communes": [_commune(view, by_commune[view.commune.name]) for view in communes],
        "problems": [
            _problem(snapshot, problem, counted=brief)
            for problem in problems
            if not brief or problem.root or problem.kind == "service"
        ],
        "incidents": [open_incident(view, snapshot.inventory) for view in snapshot.incidents() if view.ended is None],
        "maintenance": [window_document(window) for window in snapshot.maintenance()],
        "sla": _sla(snapshot),
    }


def nodes_document(snapshot: Snapshot) -> Document:
    """Every node with its checks."""
    inventory = snapshot.inventory
    checks: defaultdict[str, list[Document]] = defaultdict(list)
    for view in snapshot.checks().values():
        last = view.last.started if view.last else None
        checks[view.check.node].append({
            "id": view.check.id, "name": view.check.name, "collector": view.check.collector, "state": view.state.value,
            "since": moment(view.since), "reason": view.reason, "detail": view.detail, "last_run": moment(last),
            "last_success": moment(view.last_success),
        })  # fmt: skip
    nodes = []
    for node_view in snapshot.nodes().values():
        node = inventory.nodes.get(node_view.id)
        if node is None:
            continue
        site = inventory.sites.get(node.site)
        nodes.append({
            "id": node.id, "name": node.name, "role": node.role.value, "address": node.address,
            "commune": site.commune if site else "", "site": node.site, "site_name": site.name if site else "",
            "uplinks": list(node.uplinks), "state": node_view.state.value, "since": moment(node_view.since),
            "reason": node_view.reason, "maintenance": node_view.maintenance, "checks": checks[node.id],
        })  # fmt: skip
    return {**head(snapshot), "nodes": nodes, "checks": checks[""]}


def services_document(snapshot: Snapshot) -> Document:
    """Every service with its expression and what keeps it from being up."""
    services = []
    for view in snapshot.services().values():
        service = snapshot.inventory.services.get(view.id)
        if service is not None:
            services.append({
                "id": service.id, "name": service.name, "family": service.family, "communes": list(service.communes),
                "expression": service.expression, "state": view.state.value, "since": moment(view.since),
                "reason": view.reason, "causes": list(view.causes), "maintenance": view.maintenance,
            })  # fmt: skip
    return {**head(snapshot), "services": services}


def head(snapshot: Snapshot) -> Document:
    """What every document begins with."""
    return {"schema_version": SCHEMA_VERSION, "generated": moment(snapshot.now())}


def overall(communes: list[CommuneView], problems: list[OpenProblem]) -> str:
    """The worst commune; a problem that no commune shows makes the whole degraded, or unknown, all the same."""
    open_roots = (problem for problem in problems if problem.root and not problem.maintenance)
    causes = ["unknown" if problem.state is State.UNKNOWN else "degraded" for problem in open_roots]
    return worst([*(view.state for view in communes), *causes])


def _monitor(snapshot: Snapshot, language: str, timezone: str) -> Document:
    now = snapshot.now()
    views = snapshot.checks().values()
    runs = [view.last.started for view in views if view.last]
    return {
        "version": netmon.__version__,
        "language": language,
        "timezone": timezone,
        "started": moment(snapshot.started),
        "last_run": moment(max(runs, default=None)),
        "checks": len(views),
        "pending": sum(view.last is None for view in views),
        "blind": sum(is_blind(view) for view in views),
        "stale": sum(is_stale(view.last, now) for view in views),
        "failures": sum(sum(view.failures.values()) for view in views),
    }


def _counts(counts: Counter[str]) -> dict[str, int]:
    return {state: counts[state] for state in STATES}


def _commune(view: CommuneView, mine: list[OpenProblem]) -> Document:
    commune = view.commune
    since = min((problem.since for problem in mine), default=None)
    return {
        "name": commune.name, "insee": commune.insee, "population": commune.population, "tile": list(commune.tile),
        "state": view.state, "since": moment(since), "up_ratio": view.up_ratio, "problems": len(mine),
        "services": _counts(view.services), "nodes": _counts(view.nodes), "checks": _counts(view.checks),
    }  # fmt: skip


def _problem(snapshot: Snapshot, problem: OpenProblem, *, counted: bool) -> Document:
    takes: dict[str, tuple[str, ...]] = {
        "nodes": problem.nodes, "checks": problem.checks, "services": problem.services,
    }  # fmt: skip
    site = snapshot.inventory.sites.get(problem.site)
    return {
        "kind": problem.kind, "id": problem.id, "name": problem.name, "state": problem.state.value,
        "maintenance": problem.maintenance, "root": problem.root, "since": moment(problem.since),
        "reason": problem.reason, "detail": problem.detail, "commune": problem.commune, "site": problem.site,
        "site_name": site.name if site else "", "causes": list(problem.causes), "incident": problem.incident or None,
        "takes": {**{kind: len(names) if counted else list(names) for kind, names in takes.items()},
                  "communes": list(problem.communes)},
    }  # fmt: skip


def window_document(window: MaintenanceWindow) -> Document:
    """One planned work."""
    return {
        "object": window.object, "from": moment(window.start), "to": moment(window.end), "text": window.text,
        "announced": moment(window.recorded),
    }  # fmt: skip


def _sla(snapshot: Snapshot) -> list[Document]:
    return [
        {"contract": view.contract, "commune": view.commune, "period": view.period, "objective": view.objective,
         "availability": view.availability, "low": view.low, "high": view.high, "coverage": view.coverage,
         "budget_seconds": view.budget_seconds, "allowed_seconds": view.allowed_seconds,
         "lost_at": moment(view.lost_at)}
        for view in snapshot.sla()
    ]  # fmt: skip
