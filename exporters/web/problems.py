"""What is broken now. Root causes are those of the open incidents, so that no two views can disagree about them; beside
them stands what is wrong without an incident: degraded by itself, unknown, or cut off by nothing that is known."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from netmon.clock import Millis
from netmon.contracts import CheckView, IncidentView, NodeView, ServiceView, Snapshot
from netmon.model import Inventory, State

TROUBLE = (State.DOWN, State.UNREACHABLE, State.DEGRADED, State.UNKNOWN)
"""States that someone should know of, worst first. PENDING is not trouble: it only just began to be watched."""


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """One thing that does not work.

    ``root``: nothing else that is broken explains it; ``causes`` are the roots that explain one that is not. What a
    root takes along: ``nodes`` and ``checks`` cut off behind it, ``services`` that lose something, in ``communes``.
    ``incident``: the number of the incident whose root cause it is; empty where there is none.
    """

    kind: Literal["node", "check", "service"]
    id: str
    name: str
    state: State
    since: Millis
    reason: str
    detail: str
    commune: str
    site: str
    maintenance: bool
    root: bool
    causes: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    incident: str = ""


def open_problems(snapshot: Snapshot) -> list[OpenProblem]:
    """Every problem: roots first, the worst and those that take most along before the others."""
    return sorted(_Finder(snapshot).find(), key=_gravity)


class _Finder:
    def __init__(self, snapshot: Snapshot) -> None:
        self._inventory: Inventory = snapshot.inventory
        self._checks: Mapping[str, CheckView] = snapshot.checks()
        self._nodes: Mapping[str, NodeView] = snapshot.nodes()
        self._services: Mapping[str, ServiceView] = snapshot.services()
        self._incidents = [view for view in snapshot.incidents() if view.ended is None]
        self._roots: set[str] = {name for view in self._incidents for name in (view.object, *view.down)}
        self._root_nodes = {view.check.node for name, view in self._checks.items() if name in self._roots}
        self._checks_of: defaultdict[str, list[str]] = defaultdict(list)
        for name, check in self._checks.items():
            self._checks_of[check.check.node].append(name)
        self._causes: defaultdict[str, list[str]] = defaultdict(list)
        """The root causes that take an object along, by its id."""
        for view in self._incidents:
            for name in (*view.takes.nodes, *view.takes.checks, *view.takes.services):
                self._causes[name].append(view.object)

        self._losing: defaultdict[str, list[str]] = defaultdict(list)
        """The services that miss an object of which no incident tells, by its id."""
        for service in self._services.values():
            for cause in service.causes if service.state in TROUBLE else ():
                if not self._is_explained(cause):
                    self._losing[cause].append(service.id)

    def find(self) -> Iterator[OpenProblem]:
        yield from (self._of_incident(view) for view in self._incidents)
        by_node = self._broken_checks()
        for view in self._nodes.values():
            if view.state in TROUBLE and view.id not in self._roots:
                yield from self._of_node(view, by_node[view.id])
        yield from self._of_checks(by_node[""])
        yield from self._of_services()

    def _broken_checks(self) -> defaultdict[str, list[CheckView]]:
        found: defaultdict[str, list[CheckView]] = defaultdict(list)
        for view in self._checks.values():
            if view.state in TROUBLE and view.check.id not in self._roots:
                found[view.check.node if view.check.node in self._nodes else ""].append(view)
        return found

    def _of_incident(self, view: IncidentView) -> OpenProblem:
        node = self._inventory.nodes.get(view.object)
        takes = view.takes
        checks = (*(check for name in takes.nodes for check in self._checks_of[name]), *takes.checks)
        return OpenProblem(
            "node" if node else "check", view.object, node.name if node else view.object, view.state, view.since,
            view.reason, view.detail, view.commune, view.site, view.maintenance, True, (), takes.nodes, checks,
            takes.services, takes.communes, view.id,
        )  # fmt: skip

    def _of_node(self, view: NodeView, checks: list[CheckView]) -> Iterator[OpenProblem]:
        """As one problem where all that is broken of it is alike; else each check by itself."""
        alike = bool(checks) and all(check.state is view.state for check in checks)
        if view.state is State.UNREACHABLE or (alike and view.id not in self._root_nodes):
            yield self._node_problem(view, checks)
        else:
            yield from self._of_checks(checks)

    def _node_problem(self, view: NodeView, checks: list[CheckView]) -> OpenProblem:
        node = self._inventory.nodes.get(view.id)
        site = self._inventory.sites.get(node.site) if node else None
        detail = next((check.detail for check in checks if check.detail), "")
        causes = tuple(self._causes.get(view.id, ())) if view.state is State.UNREACHABLE else ()
        return OpenProblem(
            "node", view.id, node.name if node else view.id, view.state, view.since, view.reason, detail,
            site.commune if site else "", node.site if node else "", view.maintenance, not causes, causes,
            services=self._lost_with(view.id, *(check.check.id for check in checks)) if not causes else (),
        )  # fmt: skip

    def _of_checks(self, views: Iterable[CheckView]) -> Iterator[OpenProblem]:
        for view in views:
            check = view.check
            causes = tuple(self._causes.get(check.id, ())) if view.state is State.UNREACHABLE else ()
            yield OpenProblem(
                "check", check.id, check.id, view.state, view.since, view.reason, view.detail,
                check.commune, check.site, view.maintenance, not causes, causes,
                services=self._lost_with(check.id, check.node) if not causes else (),
            )  # fmt: skip

    def _lost_with(self, *names: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(service for name in names for service in self._losing.get(name, ())))

    def _of_services(self) -> Iterator[OpenProblem]:
        for view in self._services.values():
            if view.state not in TROUBLE:
                continue
            service = self._inventory.services.get(view.id)
            communes = service.communes if service else ()
            others = (cause for cause in view.causes if not self._is_explained(cause))
            yield OpenProblem(
                "service", view.id, service.name if service else view.id, view.state, view.since, view.reason, "",
                communes[0] if len(communes) == 1 and communes[0] != "*" else "", "", view.maintenance, False,
                tuple(dict.fromkeys((*self._causes.get(view.id, ()), *others))), communes=tuple(communes),
            )  # fmt: skip

    def _is_explained(self, cause: str) -> bool:
        """Whether an incident tells of it, of what cuts it off, of its node, or of a check of it."""
        check = self._checks.get(cause)
        around = (cause, check.check.node) if check else (cause,)
        return cause in self._root_nodes or any(name in self._roots or name in self._causes for name in around)


def _gravity(problem: OpenProblem) -> tuple[bool, bool, int, int, Millis, str]:
    return (
        not problem.root,
        problem.maintenance,
        TROUBLE.index(problem.state),
        -len(problem.nodes) - len(problem.checks) - len(problem.services),
        problem.since,
        problem.id,
    )
