"""Incidents as exporters see them: what each takes along, who does what about it, which clocks run."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from netmon.clock import Millis
from netmon.contracts import IncidentView, NodeView, ServiceView, Taken
from netmon.engine.paths import Paths
from netmon.inventory import EVERY_COMMUNE
from netmon.model import MONITOR, Handling, IncidentStep, Inventory, State, Step
from netmon.sla.contract.incidents import handlings
from netmon.sla.contract.running import RunningClocks
from netmon.state.book import Book, Case
from netmon.state.machine import Memory

_TROUBLE = (State.DOWN, State.UNREACHABLE, State.DEGRADED)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything as of one moment: the memories of checks, the views of nodes and services, what is worked on."""

    checks: Mapping[str, Memory]
    nodes: Mapping[str, NodeView]
    services: Mapping[str, ServiceView]
    worked_on: Collection[str] = ()

    def of(self, name: str) -> NodeView | Memory | None:
        """The node or check as it is now."""
        return self.nodes.get(name) or self.checks.get(name)


@dataclass(slots=True)
class _Tally:
    nodes: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)


_NOTHING = _Tally()


@dataclass(frozen=True, slots=True)
class _Made:
    """A view, and what it was made of: it holds while that is the same. ``seen`` are the nodes and checks it speaks of,
    as they were. Clocks run: a view that has some is ``timed``."""

    steps: int
    began: Millis
    tally: _Tally
    clocks: RunningClocks
    worked_on: Collection[str]
    seen: tuple[tuple[str, NodeView | Memory | None], ...]
    timed: bool
    view: IncidentView
    gravity: tuple[object, ...]

    def holds(self, case: Case, tally: _Tally, clocks: RunningClocks, present: Seen) -> bool:
        """Whether the view is still what would be made."""
        return (
            not self.timed
            and self.steps == len(case.steps)
            and self.began == case.began
            and self.clocks is clocks
            and self.worked_on is present.worked_on
            and self.tally == tally
            and all(present.of(name) is before for name, before in self.seen)
        )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What of a view follows from the present alone."""

    state: State
    reason: str
    detail: str
    maintenance: bool


class IncidentViews:
    """Makes views of incidents; what was told of each is folded once, and a view of which nothing changed is kept."""

    def __init__(self, inventory: Inventory, paths: Paths) -> None:
        self._inventory = inventory
        self._paths = paths
        self._book = Book()
        self._clocks = RunningClocks(inventory, "UTC")
        self._folded: dict[str, tuple[int, Millis, tuple[IncidentStep, ...], Handling]] = {}
        self._made: dict[str, _Made] = {}

    def make(self, book: Book, clocks: RunningClocks, present: Seen, now: Millis) -> list[IncidentView]:
        """Open incidents, the gravest first, then closed ones, the latest first."""
        self._book, self._clocks = book, clocks
        self._folded = {name: folded for name, folded in self._folded.items() if name in book.cases}
        self._made = {name: made for name, made in self._made.items() if name in book.cases}
        tallies = self._tallies(present) if book.open_roots() else {}
        for case in book.cases.values():
            tally, made = tallies.get(case.id, _NOTHING), self._made.get(case.id)
            if made is None or not made.holds(case, tally, clocks, present):
                self._made[case.id] = self._make(case, tally, present, now)
        return [made.view for made in sorted(self._made.values(), key=attrgetter("gravity"))]

    def _fold(self, case: Case) -> tuple[tuple[IncidentStep, ...], Handling]:
        known = self._folded.get(case.id)
        if known is None or known[:2] != (len(case.steps), case.began):
            told = tuple(case.told())
            handling = next(iter(handlings(told)), Handling(case.id, (), ()))
            known = self._folded[case.id] = len(case.steps), case.began, told, handling
        return known[2:]

    def _make(self, case: Case, tally: _Tally, present: Seen, now: Millis) -> _Made:
        told, handling = self._fold(case)
        view = self._whole(case, told, handling, tally)
        names: tuple[str, ...] = ()
        if case.closed is None:
            view = _standing_as(view, self._standing(view, present))
            names = tuple(dict.fromkeys((view.object, *view.down, *self._around(view.down))))
        timed = handling.notified is not None
        if timed:
            view = replace(view, clocks=tuple(self._clocks.clocks(told, now)))
        return _Made(
            len(case.steps), case.began, tally, self._clocks, present.worked_on,
            tuple((name, present.of(name)) for name in names), timed, view, _gravity(view),
        )  # fmt: skip

    def _around(self, names: Iterable[str]) -> Iterator[str]:
        """The checks of nodes, and the nodes of checks."""
        for name in names:
            check = self._inventory.checks.get(name)
            yield from (each.id for each in self._paths.node_checks.get(name, ()))
            if check is not None and check.node:
                yield check.node

    def _whole(self, case: Case, told: tuple[IncidentStep, ...], handling: Handling, tally: _Tally) -> IncidentView:
        """The view of an incident but for how its objects stand and its clocks."""
        roots = tuple(case.roots) or tuple(dict.fromkeys(step.object for step in told if step.object))
        down = tuple(name for name, root in case.roots.items() if root.down)
        main = _main(roots, down, self._inventory)
        commune, site = self._place(main)
        return IncidentView(
            id=case.id,
            object=main,
            roots=roots,
            down=down,
            state=State.UP,
            since=case.began,
            ended=case.closed,
            reason=_reason(case.steps, main),
            detail="",
            commune=commune,
            site=site,
            flapping=bool(case.flapping),
            maintenance=False,
            takes=self._taken(roots, tally, commune, site),
            handling=handling,
            acknowledged=_last(case.steps, Step.ACKNOWLEDGED),
            party=self._clocks.party(handling),
            steps=tuple(case.steps),
        )

    def _standing(self, view: IncidentView, present: Seen) -> _Standing:
        """How the objects of an open incident stand."""
        down, node, memory = view.down, present.nodes.get(view.object), present.checks.get(view.object)
        reason = view.reason
        if down and (node or memory):
            reason = node.reason if node else memory.reason.value if memory else ""
        worked_on = node.maintenance if node else view.object in present.worked_on
        return _Standing(self._state(down, present), reason, self._detail(down, present), worked_on)

    def _state(self, down: Collection[str], present: Seen) -> State:
        checks = [self._inventory.checks[name].node for name in down if name in present.checks]
        if down and len(checks) == len(down) and all(self._answers(node, present) for node in checks):
            return State.DEGRADED
        return State.DOWN

    @staticmethod
    def _answers(node: str, present: Seen) -> bool:
        return node in present.nodes and present.nodes[node].state in {State.UP, State.DEGRADED}

    def _detail(self, down: Iterable[str], present: Seen) -> str:
        for name in down:
            checks = self._paths.node_checks.get(name)
            for check in [check.id for check in checks] if checks else [name]:
                if check in present.checks and present.checks[check].detail:
                    return present.checks[check].detail
        return ""

    def _tallies(self, present: Seen) -> dict[str, _Tally]:
        """What is cut off or loses something, by the incident that does it."""
        found: dict[str, _Tally] = {}
        causes: dict[str, list[str]] = {}
        for name, node in present.nodes.items():
            if node.state is State.UNREACHABLE:
                causes[name] = self._cutting(name)
                for incident in causes[name]:
                    found.setdefault(incident, _Tally()).nodes.append(name)
        for name, memory in present.checks.items():
            if memory.state is State.UNREACHABLE:
                causes[name] = self._cutting(name)
                for incident in causes[name] if self._inventory.checks[name].node not in causes else ():
                    found.setdefault(incident, _Tally()).checks.append(name)
        for name, service in present.services.items():
            blamed = (each for cause in service.causes for each in self._blamed(cause, causes, present))
            for incident in dict.fromkeys(blamed) if service.state in _TROUBLE else ():
                found.setdefault(incident, _Tally()).services.append(name)
        return found

    def _cutting(self, name: str) -> list[str]:
        cases = (self._book.case_of(node) for node in self._paths.cut_by(name))
        return list(dict.fromkeys(case.id for case in cases if case is not None))

    def _blamed(self, cause: str, causes: Mapping[str, list[str]], present: Seen) -> Iterator[str]:
        """The incidents behind a node or check that a service misses."""
        yield from causes.get(cause, ())
        around = [cause, *(check.id for check in self._paths.node_checks.get(cause, ()))]
        if cause in present.checks:
            around.append(self._inventory.checks[cause].node)
        for name in around:
            case = self._book.case_of(name)
            if case is not None:
                yield case.id

    def _taken(self, roots: Iterable[str], tally: _Tally, commune: str, site: str) -> Taken:
        inventory, communes, sites = self._inventory, {commune: None}, {site: None}
        for name in (*tally.nodes, *tally.checks, *roots):
            where = self._place(name)
            communes[where[0]], sites[where[1]] = None, None
        for name in tally.services:
            told = inventory.services[name].communes
            communes.update(dict.fromkeys(inventory.communes if EVERY_COMMUNE in told else told))
        names = tuple(sorted(name for name in communes if name))
        people = sum(inventory.communes[name].population for name in names if name in inventory.communes)
        return Taken(
            tuple(tally.nodes), tuple(tally.checks), tuple(tally.services), tuple(sorted(filter(None, sites))), names,
            people,
        )  # fmt: skip

    def _place(self, name: str) -> tuple[str, str]:
        """The commune and site of a node or check."""
        node, check = self._inventory.nodes.get(name), self._inventory.checks.get(name)
        if node is not None:
            site = self._inventory.sites.get(node.site)
            return site.commune if site else "", node.site
        return (check.commune, check.site) if check is not None else ("", "")


def _standing_as(view: IncidentView, standing: _Standing) -> IncidentView:
    return replace(
        view, state=standing.state, reason=standing.reason, detail=standing.detail, maintenance=standing.maintenance
    )


def _main(roots: Sequence[str], down: Sequence[str], inventory: Inventory) -> str:
    """What to call the incident by: a node rather than a check of it, what is still down rather than what is not."""
    for names in (down, roots):
        nodes = [name for name in names if name in inventory.nodes]
        if nodes or names:
            return (nodes or list(names))[0]
    return ""


def _reason(steps: Sequence[IncidentStep], name: str) -> str:
    """Why the object failed, as was told when it did."""
    told = (step for step in reversed(steps) if step.step is Step.DETECTED and step.author == MONITOR)
    return next((step.text for step in told if step.object == name), "")


def _last(steps: Sequence[IncidentStep], wanted: Step) -> IncidentStep | None:
    return next((step for step in reversed(steps) if step.step is wanted), None)


def _gravity(view: IncidentView) -> tuple[object, ...]:
    size = len(view.takes.nodes) + len(view.takes.checks) + len(view.takes.services)
    if view.ended is not None:
        return (True, False, False, 0, -view.ended, view.id)
    return (False, view.maintenance, view.state is not State.DOWN, -size, view.since, view.id)
