"""What incidents take along: what is cut off behind their root causes, and the services that miss it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netmon.contracts import NodeView, ServiceView
from netmon.engine.paths import Paths
from netmon.model import Inventory, State
from netmon.state.book import Book
from netmon.state.machine import Memory

_TROUBLE = (State.DOWN, State.UNREACHABLE, State.DEGRADED)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything as of one moment: the memories of checks, the views of nodes and services, what is worked on."""

    checks: Mapping[str, Memory]
    nodes: Mapping[str, NodeView]
    services: Mapping[str, ServiceView]
    worked_on: Collection[str] = ()


@dataclass(slots=True)
class Tally:
    """What an incident takes along."""

    nodes: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)


NOTHING = Tally()


class Tallies:
    """Tallies incidents of ``inventory``."""

    def __init__(self, inventory: Inventory, paths: Paths) -> None:
        self._inventory = inventory
        self._paths = paths
        self._book = Book()
        self._around_causes: dict[str, tuple[str, ...]] = {}

    def of(self, book: Book, present: Seen) -> dict[str, Tally]:
        """What is cut off or loses something, by the incident that does it."""
        found: dict[str, Tally] = {}
        if not book.open_roots:
            return found
        self._book = book
        causes: dict[str, list[str]] = {}
        ways: dict[tuple[str, ...], list[str]] = {}  # thousands of checks share few
        cut, checks = State.UNREACHABLE, self._inventory.checks
        for name in [name for name, node in present.nodes.items() if node.state is cut]:
            causes[name] = self._cutting(name, ways)
            for incident in causes[name]:
                found.setdefault(incident, Tally()).nodes.append(name)
        for name in [name for name, memory in present.checks.items() if memory.state is cut]:
            causes[name] = self._cutting(name, ways)
            for incident in causes[name] if checks[name].node not in causes else ():
                found.setdefault(incident, Tally()).checks.append(name)
        for name, service in present.services.items():
            if service.state in _TROUBLE:
                for incident in self._blamed(service, causes):
                    found.setdefault(incident, Tally()).services.append(name)
        return found

    def _cutting(self, name: str, ways: dict[tuple[str, ...], list[str]]) -> list[str]:
        nodes = self._paths.cut_by(name)
        known = ways.get(nodes)
        if known is None:
            cases = (self._book.case_of(node) for node in nodes)
            known = ways[nodes] = list(dict.fromkeys(case.id for case in cases if case is not None))
        return known

    def _blamed(self, service: ServiceView, causes: Mapping[str, list[str]]) -> Iterable[str]:
        """The incidents behind the nodes and checks that a service misses."""
        found: dict[str, None] = {}
        for cause in service.causes:
            if cause in causes:
                found.update(dict.fromkeys(causes[cause]))
            around = self._around_causes.get(cause)
            if around is None:
                around = self._around_causes[cause] = (cause, *self.around((cause,)))
            for name in around:
                if name in self._book.open_roots:
                    found[self._book.open_roots[name]] = None
        return found

    def around(self, names: Iterable[str]) -> Iterator[str]:
        """The checks of nodes, and the nodes of checks."""
        for name in names:
            check = self._inventory.checks.get(name)
            yield from (each.id for each in self._paths.node_checks.get(name, ()))
            if check is not None and check.node:
                yield check.node
