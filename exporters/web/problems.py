"""What is broken now, root causes told from what they take along."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from netmon.clock import Millis
from netmon.contracts import CheckView, NodeView, ServiceView, Snapshot
from netmon.model import Inventory, State

TROUBLE = (State.DOWN, State.UNREACHABLE, State.DEGRADED, State.UNKNOWN)
"""States that someone should know of, worst first. PENDING is not trouble: it only just began to be watched."""


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """One thing that does not work.

    ``root``: nothing else that is broken explains it; ``causes`` are the roots that explain one that is not. What a
    root takes along: ``nodes`` and ``checks`` cut off behind it, ``services`` that lose something, in ``communes``.
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


@dataclass(slots=True)
class _Taken:
    """What one root takes along."""

    nodes: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    communes: dict[str, None] = field(default_factory=dict)


def open_problems(snapshot: Snapshot) -> list[OpenProblem]:
    """Every problem: roots first, the worst and those that take most along before the others."""
    return _Finder(snapshot).find()


class _Finder:
    def __init__(self, snapshot: Snapshot) -> None:
        self._inventory: Inventory = snapshot.inventory
        self._checks: Mapping[str, CheckView] = snapshot.checks()
        self._nodes: Mapping[str, NodeView] = snapshot.nodes()
        self._services: Mapping[str, ServiceView] = snapshot.services()
        self._by_node: defaultdict[str, list[CheckView]] = defaultdict(list)
        for view in self._checks.values():
            if view.state in TROUBLE:
                self._by_node[view.check.node if view.check.node in self._nodes else ""].append(view)
        self._roots: dict[str, tuple[str, ...]] = {}
        """The roots that explain an object, by its id; a root explains itself."""

    def find(self) -> list[OpenProblem]:
        found = [*self._node_problems(), *self._check_problems(self._by_node[""])]
        found.extend(self._service_problems())
        taken = self._taken()
        told = [self._with_taken(problem, taken) for problem in found]
        return sorted(told, key=_gravity)

    def _node_problems(self) -> Iterator[OpenProblem]:
        for view in self._nodes.values():
            if view.state not in TROUBLE:
                continue
            checks = self._by_node[view.id]
            if view.state is State.UNREACHABLE:
                causes = self._behind(view.id)
                self._roots[view.id] = roots = causes or (view.id,)
                self._roots.update({check.check.id: roots for check in checks})
                yield self._node_problem(view, checks, causes)
            elif all(check.state is view.state for check in checks):
                self._roots[view.id] = (view.id,)
                self._roots.update({check.check.id: (view.id,) for check in checks})
                yield self._node_problem(view, checks, ())
            else:
                self._roots[view.id] = tuple(check.check.id for check in checks)
                yield from self._check_problems(checks)

    def _node_problem(self, view: NodeView, checks: list[CheckView], causes: tuple[str, ...]) -> OpenProblem:
        node = self._inventory.nodes.get(view.id)
        site = self._inventory.sites.get(node.site) if node else None
        detail = next((check.detail for check in checks if check.detail), "")
        return OpenProblem(
            "node", view.id, node.name if node else view.id, view.state, view.since, view.reason, detail,
            site.commune if site else "", node.site if node else "", view.maintenance, not causes, causes,
        )  # fmt: skip

    def _check_problems(self, views: Iterable[CheckView]) -> Iterator[OpenProblem]:
        for view in views:
            check = view.check
            causes = self._through(check.via) if view.state is State.UNREACHABLE else ()
            self._roots[check.id] = causes or (check.id,)
            yield OpenProblem(
                "check", check.id, check.id, view.state, view.since, view.reason, view.detail,
                check.commune, check.site, view.maintenance, not causes, causes,
            )  # fmt: skip

    def _service_problems(self) -> Iterator[OpenProblem]:
        for view in self._services.values():
            if view.state not in TROUBLE:
                continue
            service = self._inventory.services.get(view.id)
            communes = service.communes if service else ()
            roots = dict.fromkeys(root for cause in view.causes for root in self._roots.get(cause, (cause,)))
            yield OpenProblem(
                "service", view.id, service.name if service else view.id, view.state, view.since, view.reason, "",
                communes[0] if len(communes) == 1 and communes[0] != "*" else "", "", view.maintenance, False,
                tuple(roots), communes=tuple(communes),
            )  # fmt: skip

    def _behind(self, node_id: str) -> tuple[str, ...]:
        """The nodes whose failure cuts this one off; none when the topology does not tell."""
        node = self._inventory.nodes.get(node_id)
        return self._through(node.uplinks if node else ())

    def _through(self, uplinks: Iterable[str]) -> tuple[str, ...]:
        """The down nodes met first on every way up from ``uplinks``."""
        down: dict[str, None] = {}
        seen: set[str] = set()
        ahead = list(uplinks)
        while ahead:
            name = ahead.pop()
            if name in seen:
                continue
            seen.add(name)
            view, node = self._nodes.get(name), self._inventory.nodes.get(name)
            if view is not None and view.state is State.DOWN:
                down[name] = None
            elif node is not None:
                ahead.extend(node.uplinks)
        return tuple(sorted(down))

    def _taken(self) -> defaultdict[str, _Taken]:
        taken: defaultdict[str, _Taken] = defaultdict(_Taken)
        for name, view in self._nodes.items():
            for root in self._others(name) if view.state is State.UNREACHABLE else ():
                taken[root].nodes.append(name)
                taken[root].communes[self._commune(name)] = None
        for name, check in self._checks.items():
            for root in self._others(name) if check.state is State.UNREACHABLE else ():
                taken[root].checks.append(name)
                taken[root].communes[check.check.commune] = None
        for name, service in self._services.items():
            causes = service.causes if service.state in TROUBLE else ()
            for root in dict.fromkeys(root for cause in causes for root in self._roots.get(cause, ())):
                taken[root].services.append(name)
        return taken

    def _others(self, name: str) -> list[str]:
        return [root for root in self._roots.get(name, ()) if root != name]

    def _commune(self, node_id: str) -> str:
        node = self._inventory.nodes.get(node_id)
        site = self._inventory.sites.get(node.site) if node else None
        return site.commune if site else ""

    @staticmethod
    def _with_taken(problem: OpenProblem, taken: Mapping[str, _Taken]) -> OpenProblem:
        if not problem.root or problem.id not in taken:
            return problem
        mine = taken[problem.id]
        return OpenProblem(
            problem.kind, problem.id, problem.name, problem.state, problem.since, problem.reason, problem.detail,
            problem.commune, problem.site, problem.maintenance, True, (), tuple(mine.nodes), tuple(mine.checks),
            tuple(mine.services), tuple(sorted(filter(None, mine.communes))),
        )  # fmt: skip


def _gravity(problem: OpenProblem) -> tuple[bool, bool, int, int, Millis, str]:
    return (
        not problem.root,
        problem.maintenance,
        TROUBLE.index(problem.state),
        -len(problem.nodes) - len(problem.checks) - len(problem.services),
        problem.since,
        problem.id,
    )
