"""Incidents as exporters see them: what each takes along, who does what about it, which clocks run."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from netmon.clock import Millis
from netmon.contracts import IncidentView, Taken
from netmon.engine.paths import Paths
from netmon.engine.tallies import NOTHING, Seen, Tallies, Tally
from netmon.inventory import EVERY_COMMUNE
from netmon.model import MONITOR, Handling, IncidentStep, Inventory, State, Step
from netmon.sla.contract.incidents import handlings
from netmon.sla.contract.running import RunningClocks
from netmon.state.book import Book, Case

Gravity: TypeAlias = tuple[bool, bool, bool, int, Millis, str]
"""The smaller, the graver; the last is the incident's number."""
_NOBODY: frozenset[str] = frozenset()
_ALWAYS: Millis = 10**30
REFRESH: Millis = 5_000
"""For so long the views of incidents are good, if nothing changes: their clocks run."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A view, and what it was made of. It speaks of ``names``; ``until``: how long its clocks are good."""

    steps: int
    began: Millis
    tally: Tally
    names: tuple[str, ...]
    until: Millis
    view: IncidentView
    gravity: Gravity


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
        self._ranks: list[Gravity] = []  # the gravities of all that are made, sorted
        self._speaking: dict[str, set[str]] = {}  # by what they speak of
        self._timed: set[str] = set()
        self._taking: set[str] = set()
        self._spoilt: set[str] = set()
        self._tallies = Tallies(inventory, paths)

    def move(self, names: Iterable[str]) -> None:
        """These nodes and checks are no longer as they were."""
        for name in names:
            self._spoilt |= self._speaking.get(name, _NOBODY)

    def all(self) -> list[IncidentView]:
        """Open incidents, the gravest first, then closed ones, the latest first."""
        return [self._made[rank[-1]].view for rank in self._ranks]

    def freshen(self, book: Book, clocks: RunningClocks, present: Seen, now: Millis, most: int | None = None) -> bool:
        """Make the views that are no longer good, so many ``most``; whether all are good then."""
        self._book = book
        if clocks is not self._clocks:
            self._clocks, self._spoilt = clocks, set(self._made)
        for name in self._made.keys() - book.cases.keys():
            self._drop(name)
            self._folded.pop(name, None)
        tallies = self._tallies.of(book, present)
        stale = self._stale(book.cases, tallies, now)
        for name in stale[:most]:
            self._drop(name)
            self._take_up(self._make(book.cases[name], tallies.get(name, NOTHING), present, now))
        return most is None or len(stale) <= most

    def _stale(self, cases: Mapping[str, Case], tallies: Mapping[str, Tally], now: Millis) -> list[str]:
        made = self._made
        found = {
            name: None
            for name, case in cases.items()
            if (known := made.get(name)) is None or known.steps != len(case.steps) or known.began != case.began
        }
        found.update((name, None) for name in self._timed if made[name].until <= now)
        taking = self._taking | (tallies.keys() & made.keys())
        found.update((name, None) for name in taking if made[name].tally != tallies.get(name, NOTHING))
        found.update(dict.fromkeys(self._spoilt))
        return list(found)

    def _take_up(self, made: _Made) -> None:
        name = made.view.id
        self._made[name] = made
        insort(self._ranks, made.gravity)
        for each in made.names:
            self._speaking.setdefault(each, set()).add(name)
        if made.until != _ALWAYS:
            self._timed.add(name)
        if made.tally is not NOTHING:
            self._taking.add(name)

    def _drop(self, name: str) -> None:
        made = self._made.pop(name, None)
        if made is None:
            return
        del self._ranks[bisect_left(self._ranks, made.gravity)]
        for each in made.names:
            self._speaking[each].discard(name)
        for names in (self._timed, self._taking, self._spoilt):
            names.discard(name)

    def _fold(self, case: Case) -> tuple[tuple[IncidentStep, ...], Handling]:
        known = self._folded.get(case.id)
        if known is None or known[:2] != (len(case.steps), case.began):
            told = tuple(case.told())
            handling = next(iter(handlings(told)), Handling(case.id, (), ()))
            known = self._folded[case.id] = len(case.steps), case.began, told, handling
        return known[2:]

    def _make(self, case: Case, tally: Tally, present: Seen, now: Millis) -> _Made:
        told, handling = self._fold(case)
        view = self._whole(case, told, handling, tally)
        names: tuple[str, ...] = ()
        if case.closed is None:
            view = _standing_as(view, self._standing(view, present))
            names = tuple(dict.fromkeys((view.object, *view.down, *self._tallies.around(view.down))))
        until = _ALWAYS
        if handling.notified is not None:
            view, until = replace(view, clocks=tuple(self._clocks.clocks(told, now))), (now // REFRESH + 1) * REFRESH
        return _Made(len(case.steps), case.began, tally, names, until, view, _gravity(view))

    def _whole(self, case: Case, told: tuple[IncidentStep, ...], handling: Handling, tally: Tally) -> IncidentView:
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

    def _taken(self, roots: Iterable[str], tally: Tally, commune: str, site: str) -> Taken:
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


def _gravity(view: IncidentView) -> Gravity:
    size = len(view.takes.nodes) + len(view.takes.checks) + len(view.takes.services)
    if view.ended is not None:
        return (True, False, False, 0, -view.ended, view.id)
    return (False, view.maintenance, view.state is not State.DOWN, -size, view.since, view.id)
