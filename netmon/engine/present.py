"""The present: what the pipeline knows, as exporters read it (``contracts.Snapshot``). Reading changes nothing."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from netmon.clock import Millis
from netmon.contracts import CheckView, IncidentView, NodeView, ServiceView, SlaCounted, SlaView
from netmon.engine.incidents import Incidents
from netmon.engine.incidentviews import REFRESH, IncidentViews
from netmon.engine.paths import Paths
from netmon.engine.tallies import Seen
from netmon.engine.views import Kept, Part, node_view, places_of, service_view
from netmon.expression import parse, references
from netmon.model import Attribution, Inventory, MaintenanceWindow, Neighbour, Observation, Transition
from netmon.sla.contract.running import RunningClocks
from netmon.state.book import Book
from netmon.state.machine import Memory


class Present:
    """All live state of the engine. What feeds it is ``pipeline.Pipeline``."""

    def __init__(
        self,
        inventory: Inventory,
        now: Callable[[], Millis],
        windows: Iterable[MaintenanceWindow] = (),
        timezone: str = "Europe/Paris",
    ) -> None:
        self._inventory = inventory
        self._now = now
        self._started = now()
        self._windows = tuple(windows)
        self._memories = {check: Memory(check, since=self._started) for check in inventory.checks}
        self._last: dict[str, Observation] = {}
        self._last_success: dict[str, Millis] = {}
        self._failures: dict[str, Counter[str]] = {check: Counter() for check in inventory.checks}
        self._paths = Paths(inventory, self._memories)
        self._incidents = Incidents(self._paths, self._memories)
        self._attributions: tuple[Attribution, ...] = ()
        self._clocks: tuple[object, RunningClocks] = None, RunningClocks(inventory, timezone)
        self._timezone = timezone
        self._views = IncidentViews(inventory, self._paths)
        self._shown: tuple[object, Sequence[IncidentView]] = None, ()
        self._version = 0
        self._places = places_of(inventory)
        self._expressions = {service.id: parse(service.expression) for service in inventory.services.values()}
        self._before: dict[str, Transition] = {}
        self._neighbours: dict[str, tuple[Neighbour, ...]] = {}
        self._sla: tuple[SlaView, ...] = ()
        self._sla_counted: SlaCounted | None = None
        self._covered: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()
        self._wider: tuple[object, object, frozenset[str]] = None, None, frozenset()
        self._check_views = Kept(inventory.checks, self._check_view)
        self._node_views = Kept(self._paths.node_checks, self._node_view)
        self._service_views = Kept(self._expressions, self._service_view)
        self._resting: dict[str, list[str]] = {}  # services, by the nodes and checks of their expression
        for name, expression in self._expressions.items():
            for part in references(expression):
                self._resting.setdefault(part, []).append(name)

    @property
    def version(self) -> int:
        """Grows with every change of a state, an incident or planned work."""
        return self._version

    def set_sla(self, views: Iterable[SlaView]) -> None:
        """The running figures, computed elsewhere from the history."""
        self._sla = tuple(views)

    def set_sla_counted(self, counted: SlaCounted) -> None:
        """The counters of the contracts, added up elsewhere from the history."""
        self._sla_counted = counted

    def set_windows(self, windows: Iterable[MaintenanceWindow]) -> None:
        """All planned work that is known."""
        self._windows = tuple(windows)
        self._version += 1

    def attribute(self, attributions: Iterable[Attribution]) -> None:
        """All that anybody is held responsible for."""
        self._attributions = tuple(attributions)
        self._version += 1

    @property
    def inventory(self) -> Inventory:
        """What is watched."""
        return self._inventory

    @property
    def started(self) -> Millis:
        """When this daemon began to watch."""
        return self._started

    def now(self) -> Millis:
        """The time everything shown is relative to."""
        return self._now()

    def checks(self) -> Mapping[str, CheckView]:
        """Every check as of now."""
        self._worked_on()
        return self._check_views.all()

    def nodes(self) -> Mapping[str, NodeView]:
        """Every node that has checks, as of now."""
        self._worked_on()
        return self._node_views.all()

    def services(self) -> Mapping[str, ServiceView]:
        """Every service as of now, its expression over the states of checks and nodes."""
        self._find_explained()
        return self._service_views.all()

    def freshen(self, most: int) -> bool:
        """Make ``most`` of the views that are no longer good; whether all are good then."""
        self._worked_on()
        if not (self._check_views.mend(most) and self._node_views.mend(most)):
            return False
        self._find_explained()
        return self._service_views.mend(most) and self._freshen_incidents(most)

    def maintenance(self) -> Sequence[MaintenanceWindow]:
        """Planned work going on now."""
        now = self._now()
        return [window for window in self._windows if window.start <= now and (window.end is None or now < window.end)]

    def planned(self, start: Millis, end: Millis) -> Sequence[MaintenanceWindow]:
        """Planned work that touches [start, end), the earliest first."""
        found = [each for each in self._windows if each.start < end and (each.end is None or start < each.end)]
        return sorted(found, key=lambda each: (each.start, each.object))

    @property
    def learned_ways(self) -> Collection[str]:
        """Nodes, and checks without one, that are reached though all known ways to them are cut."""
        return self._paths.reached

    def incidents(self) -> Sequence[IncidentView]:
        """The incidents; made anew when something changed, and each few seconds for their clocks."""
        self._freshen_incidents(None)
        return self._shown[1]

    def _freshen_incidents(self, most: int | None) -> bool:
        now = self._now()
        key = self._version, now // REFRESH
        if self._shown[0] != key:
            seen = Seen(self._memories, self.nodes(), self.services(), self._worked_on())
            if not self._views.freshen(self.book, self._running_clocks(), seen, now, most):
                return False
            self._shown = key, self._views.all()
        return True

    @property
    def book(self) -> Book:
        """The incidents."""
        return self._incidents.book

    def neighbours(self) -> Mapping[str, Sequence[Neighbour]]:
        """What each node last told of its neighbours (LLDP)."""
        return self._neighbours

    def sla(self) -> Sequence[SlaView]:
        """The running figures as last computed."""
        return self._sla

    def sla_counted(self) -> SlaCounted | None:
        """The counters of the contracts as last added up."""
        return self._sla_counted

    def _running_clocks(self) -> RunningClocks:
        """Made anew when attributions change, or the incidents they were told of become part of others."""
        key = self._attributions, len(self.book.merged)
        if self._clocks[0] != key:
            told = [replace(each, incident=self.book.resolve(each.incident)) for each in self._attributions]
            self._clocks = key, RunningClocks(self._inventory, self._timezone, told)
        return self._clocks[1]

    def _worked_on(self) -> frozenset[str]:
        """The objects that planned work covers now; the same set while the same works go on."""
        objects = frozenset(window.object for window in self.maintenance())
        if objects != self._covered[0]:
            before, places = self._covered[1], self._places.items() if objects else ()
            self._covered = objects, frozenset(name for name, where in places if not where.isdisjoint(objects))
            self._move(before ^ self._covered[1])
        return self._covered[1]

    def _find_explained(self) -> None:
        """Find the nodes that would be better without planned work: they explain services as what is worked on does."""
        made_of = self._worked_on(), self._node_views.all()
        if self._wider[0] is not made_of[0] or self._wider[1] is not made_of[1]:
            explained = {name for name, view in made_of[1].items() if view.maintenance} if made_of[0] else ()
            self._wider = *made_of, made_of[0].union(explained)

    def _move(self, names: Collection[str]) -> None:
        """These objects, and what is made of them, are no longer what they were."""
        checks = self._inventory.checks
        moved = {*names, *(checks[name].node for name in names if name in checks)}
        self._views.move(moved)
        self._check_views.spoil(checks.keys() & names)
        self._node_views.spoil(self._paths.node_checks.keys() & moved)
        self._service_views.spoil(self._expressions.keys() & names)
        self._service_views.spoil(service for name in moved for service in self._resting.get(name, ()))

    def _check_view(self, name: str) -> CheckView:
        memory = self._memories[name]
        return CheckView(
            check=self._inventory.checks[name],
            state=memory.state,
            since=memory.since,
            reason=memory.reason.value,
            detail=memory.detail,
            last=self._last.get(name),
            last_success=self._last_success.get(name),
            failures=self._failures[name],
            reboots=memory.reboots,
            maintenance=name in self._covered[1],
        )

    def _node_view(self, name: str) -> NodeView:
        worked_on = self._covered[1]
        parts = [self._part(check.id, worked_on) for check in self._paths.node_checks[name]]
        return node_view(name, parts, name in worked_on)

    def _service_view(self, name: str) -> ServiceView:
        expression, worked_on = self._expressions[name], self._wider[2]
        parts = {part: self._part(part, worked_on) for part in references(expression)}
        return service_view(name, expression, parts, self._before, worked_on=name in worked_on)

    def _part(self, name: str, worked_on: frozenset[str]) -> Part:
        check = self._inventory.checks.get(name)
        memories = [self._memories[each] for each in self._checks_of(name)]
        return Part(memories, name in worked_on, check is not None and check.collector == "snmp")

    def _checks_of(self, name: str) -> list[str]:
        """The checks behind the name of a node or check."""
        return [check.id for check in self._paths.node_checks.get(name, ())] or [name]
