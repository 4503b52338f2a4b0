"""What becomes of a reading: judged, recorded, shown. One object owns all live state; only the loop calls it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from netmon.clock import Millis
from netmon.contracts import CheckView, NodeView, ObservationListener, Recorder, ServiceView, SlaView
from netmon.conventions import Reason
from netmon.engine.views import Part, node_view, places_of, service_view
from netmon.expression import Expression, parse, references
from netmon.model import Check, Inventory, MaintenanceWindow, Observation, Reading, State, Transition
from netmon.state.machine import Judgement, Memory, Rule, interrupt, judge, reclassify, restore
from netmon.state.topology import Topology, cut_since

log = logging.getLogger("netmon.state")

STALE_INTERVALS = 3
"""A check not looked at for so many intervals is UNKNOWN: what was true then is not known to be true now."""


class Pipeline:
    """Turns observations into transitions and keeps the present; is the ``contracts.Snapshot`` exporters read."""

    def __init__(
        self,
        inventory: Inventory,
        recorder: Recorder,
        now: Callable[[], Millis],
        windows: Iterable[MaintenanceWindow] = (),
    ) -> None:
        self._inventory = inventory
        self._recorder = recorder
        self._now = now
        self._started = self._watching_since = now()
        self._windows = tuple(windows)
        self._listeners: list[ObservationListener] = []
        self._memories = {check: Memory(check, since=self._started) for check in inventory.checks}
        self._last: dict[str, Observation] = {}
        self._last_success: dict[str, Millis] = {}
        self._failures: dict[str, Counter[str]] = {check: Counter() for check in inventory.checks}
        self._topology = Topology({node.id: node.uplinks for node in inventory.nodes.values()})
        self._broken: dict[str, Millis] = {}
        self._places = places_of(inventory)
        self._node_checks = _checks_by_node(inventory)
        self._dependents = _checks_by_way(inventory)
        self._expressions = {service.id: parse(service.expression) for service in inventory.services.values()}
        self._before: dict[str, Transition] = {}
        self._sla: tuple[SlaView, ...] = ()

    # --- What is fed in

    def restore(self, states: Mapping[str, Transition], seen: Millis) -> None:
        """Take up the states a daemon before this one left in the history, which watched until ``seen``.

        Looks it had not confirmed yet are lost: a state is only known to hold until before the longest such row.
        """
        for name, last in states.items():
            check = self._inventory.checks.get(name)
            if check is not None:
                self._memories[name] = restore(last, seen - max(check.fall, check.rise) * check.interval)
                self._before[name] = last
        self._broken = self._topology.broken_since(self._failed())

    def listen(self, listener: ObservationListener) -> None:
        """Have ``listener`` told of every observation."""
        self._listeners.append(listener)

    def observe(self, observation: Observation) -> Sequence[Transition]:
        """Fold one observation; what changed is queued for the history and returned."""
        check, reading = observation.check, observation.reading
        memory = self._memories.get(check.id)
        if memory is None:
            return ()
        self._remember(observation)
        rule = Rule(check.fall, check.rise)
        cut = cut_since(check.via, self._broken)
        changes = self._keep(judge(memory, observation.started, reading, rule, cut, self._now()))
        if changes and check.node:
            changes = (*changes, *self._follow_topology())
        if changes:
            self._recorder.record(changes)
            for change in changes:
                log.info("%s: %s -> %s (%s)", change.object, change.old.value, change.new.value, change.reason.value)
        for listener in self._listeners:
            try:
                listener.observed(observation)
            except Exception:
                log.exception("an exporter failed at an observation of %s", check.id)
        return changes

    def sweep(self) -> None:
        """Whatever should have been looked at long ago is UNKNOWN since the first look it missed."""
        now = self._now()
        for check in self._inventory.checks.values():
            seen = max(self._memories[check.id].seen or 0, self._watching_since)
            if now - seen > STALE_INTERVALS * check.interval:
                reading = Reading(State.UNKNOWN, Reason.NOT_POLLED, "not looked at for several intervals")
                self.observe(Observation(check, seen + check.interval, 0.0, reading))

    def set_sla(self, views: Iterable[SlaView]) -> None:
        """The running figures, computed elsewhere from the history."""
        self._sla = tuple(views)

    def resume(self, at: Millis) -> None:
        """The daemon had not been watching until ``at``: rows of failures do not reach across the gap."""
        self._watching_since = at
        self._memories = {name: interrupt(memory) for name, memory in self._memories.items()}
        log.info("watching again since %d", at)

    # --- What is read

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
        worked_on = self._worked_on()
        return {name: self._check_view(check, name in worked_on) for name, check in self._inventory.checks.items()}

    def nodes(self) -> Mapping[str, NodeView]:
        """Every node that has checks, as of now."""
        return self._node_views(self._worked_on())

    def services(self) -> Mapping[str, ServiceView]:
        """Every service as of now, its expression over the states of checks and nodes."""
        worked_on = self._worked_on()
        if worked_on:
            worked_on |= {view.id for view in self._node_views(worked_on).values() if view.maintenance}
        return {name: self._service_view(name, expression, worked_on) for name, expression in self._expressions.items()}

    def maintenance(self) -> Sequence[MaintenanceWindow]:
        """Planned work going on now."""
        now = self._now()
        return [window for window in self._windows if window.start <= now and (window.end is None or now < window.end)]

    def sla(self) -> Sequence[SlaView]:
        """The running figures as last computed."""
        return self._sla

    # --- Inside

    def _remember(self, observation: Observation) -> None:
        name, reading = observation.check.id, observation.reading
        self._last[name] = observation
        if reading.state in {State.UP, State.DEGRADED}:
            self._last_success[name] = observation.started
        if reading.state is not State.UP:
            self._failures[name][reading.reason.value] += 1

    def _keep(self, judgement: Judgement) -> tuple[Transition, ...]:
        memory, changes = judgement
        self._memories[memory.object] = memory
        if changes:
            self._before[memory.object] = changes[-1]
        return changes

    def _failed(self) -> dict[str, Millis]:
        """Nodes none of whose checks answers, with the moment since which that may be so.

        What is reached through the node is no proof against it alone: two sites that fail are not a server that is cut.
        """
        failed: dict[str, Millis] = {}
        for node, checks in self._node_checks.items():
            if all(node in check.via for check in checks):
                continue
            memories = [self._memories[check.id] for check in checks]
            if all(memory.failing for memory in memories):
                failed[node] = max(memory.failing_since for memory in memories)
        return failed

    def _follow_topology(self) -> list[Transition]:
        """After a node changed: checks already down behind a path that is now cut are unreachable."""
        broken = self._topology.broken_since(self._failed())
        if broken == self._broken:
            return []
        moved = [node for node in broken.keys() | self._broken.keys() if broken.get(node) != self._broken.get(node)]
        self._broken = broken
        affected = {check for node in moved for check in self._dependents.get(node, ())}
        changes: list[Transition] = []
        for check in sorted(affected):
            cut = cut_since(self._inventory.checks[check].via, broken)
            if cut is not None:
                changes += self._keep(reclassify(self._memories[check], cut, self._now()))
        return changes

    def _worked_on(self) -> set[str]:
        """The objects that planned work covers now."""
        objects = {window.object for window in self.maintenance()}
        return {name for name, places in self._places.items() if not places.isdisjoint(objects)} if objects else set()

    def _check_view(self, check: Check, worked_on: bool) -> CheckView:
        memory = self._memories[check.id]
        return CheckView(
            check=check,
            state=memory.state,
            since=memory.since,
            reason=memory.reason.value,
            detail=memory.detail,
            last=self._last.get(check.id),
            last_success=self._last_success.get(check.id),
            failures=self._failures[check.id],
            reboots=memory.reboots,
            maintenance=worked_on,
        )

    def _node_views(self, worked_on: set[str]) -> dict[str, NodeView]:
        return {
            node: node_view(node, [self._part(check.id, worked_on) for check in checks], node in worked_on)
            for node, checks in self._node_checks.items()
        }

    def _service_view(self, name: str, expression: Expression, worked_on: set[str]) -> ServiceView:
        parts = {part: self._part(part, worked_on) for part in references(expression)}
        return service_view(name, expression, parts, self._before, worked_on=name in worked_on)

    def _part(self, name: str, worked_on: set[str]) -> Part:
        checks = self._node_checks.get(name)
        memories = [self._memories[check.id] for check in checks] if checks else [self._memories[name]]
        return Part(memories, name in worked_on)


def no_longer_watched(
    states: Mapping[str, Transition], inventory: Inventory, seen: Millis, now: Millis
) -> list[Transition]:
    """Checks the history knows and the configuration no more: UNKNOWN, or their last state would hold for ever."""
    detail = "no longer in the configuration"
    return [
        Transition(name, now, min(seen, now), last.new, State.UNKNOWN, Reason.NOT_POLLED, now, detail)
        for name, last in states.items()
        if name not in inventory.checks and last.new is not State.UNKNOWN
    ]


def _checks_by_node(inventory: Inventory) -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {}
    for check in inventory.checks.values():
        if check.node:
            found.setdefault(check.node, []).append(check)
    return found


def _checks_by_way(inventory: Inventory) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for check in inventory.checks.values():
        for node in check.via:
            found.setdefault(node, []).append(check.id)
    return found
