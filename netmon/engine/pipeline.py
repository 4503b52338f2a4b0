"""What becomes of a reading: judged, recorded, shown. One object owns all live state; only the loop calls it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from netmon.clock import Millis
from netmon.contracts import CheckView, NodeView, ObservationListener, Recorder, ServiceView, SlaView
from netmon.conventions import Reason
from netmon.engine.doubts import Ask, Doubts
from netmon.engine.incidents import Incidents
from netmon.engine.paths import Paths
from netmon.engine.views import Part, node_view, places_of, service_view
from netmon.expression import Expression, parse, references
from netmon.model import Check, IncidentStep, Inventory, MaintenanceWindow, Observation, Reading, State, Transition
from netmon.state.book import Book
from netmon.state.machine import Judgement, Memory, Rule, interrupt, judge, reclassify, restore

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
        self._paths = Paths(inventory, self._memories)
        self._doubts = Doubts(self._paths, self._last)
        self._incidents = Incidents(self._paths, self._memories)
        self._places = places_of(inventory)
        self._node_checks = self._paths.node_checks
        self._expressions = {service.id: parse(service.expression) for service in inventory.services.values()}
        self._before: dict[str, Transition] = {}
        self._sla: tuple[SlaView, ...] = ()

    # --- What is fed in

    def restore(
        self, states: Mapping[str, Transition], seen: Millis, steps: Iterable[IncidentStep] = ()
    ) -> Sequence[Transition | IncidentStep]:
        """Take up the states and incidents a daemon before this one left in the history, which watched until ``seen``.

        Looks it had not confirmed yet are lost: a state is only known to hold until before the longest such row. What
        another topology makes of it is queued for the history and returned.
        """
        for name, last in states.items():
            check = self._inventory.checks.get(name)
            if check is not None:
                self._memories[name] = restore(last, seen - max(check.fall, check.rise) * check.interval)
                self._before[name] = last
        self._paths.look_everywhere()
        changes = self._reclassify(self._inventory.checks)
        news: list[Transition | IncidentStep] = [
            *changes,
            *self._incidents.restore(steps, self._inventory.checks, self._now()),
        ]
        if news:
            self._recorder.record(news)
        return news

    def doubt(self, ask: Ask) -> None:
        """From now on have ``ask`` poll what stands before a target, before that is declared down."""
        self._doubts.ask = ask

    def listen(self, listener: ObservationListener) -> None:
        """Have ``listener`` told of every observation."""
        self._listeners.append(listener)

    def observe(self, observation: Observation) -> Sequence[Transition]:
        """Fold one observation; what changed is queued for the history and returned."""
        check = observation.check
        if check.id not in self._memories:
            return ()
        self._remember(observation)
        doubtful = self._doubts.keeps(check.id) or self._would_fall(observation)
        changes: list[Transition] = []
        if not (doubtful and self._doubts.keep_back(observation, self._now())):
            changes += self._take_in([*self._doubts.take(check.id), observation])
        changes += self._take_in(self._doubts.heard(check))
        for listener in self._listeners:
            try:
                listener.observed(observation)
            except Exception:
                log.exception("an exporter failed at an observation of %s", check.id)
        return changes

    def sweep(self) -> None:
        """Whatever should have been looked at long ago is UNKNOWN since the first look it missed."""
        now = self._now()
        self._take_in(self._doubts.overdue(now))
        steps = self._incidents.tick(now)
        if steps:
            self._recorder.record(steps)
        for check in self._inventory.checks.values():
            seen = max(self._memories[check.id].seen or 0, self._watching_since)
            if now - seen > STALE_INTERVALS * check.interval:
                reading = Reading(State.UNKNOWN, Reason.NOT_POLLED, "not looked at for several intervals")
                self.observe(Observation(check, seen + check.interval, 0.0, reading))

    def tell(self, steps: Iterable[IncidentStep]) -> None:
        """What people told of incidents, recorded already."""
        news = self._incidents.tell(steps, self._now())
        if news:
            self._recorder.record(news)

    def set_sla(self, views: Iterable[SlaView]) -> None:
        """The running figures, computed elsewhere from the history."""
        self._sla = tuple(views)

    def resume(self, at: Millis) -> None:
        """The daemon had not been watching until ``at``: rows of failures do not reach across the gap."""
        self._watching_since = at
        self._doubts.drop()
        self._memories.update({name: interrupt(memory) for name, memory in self._memories.items()})
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

    @property
    def book(self) -> Book:
        """The incidents."""
        return self._incidents.book

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

    def _would_fall(self, observation: Observation) -> bool:
        """Whether it would declare the target down, by itself and not by what cuts it off."""
        check, memory = observation.check, self._memories[observation.check.id]
        if observation.reading.state is not State.DOWN or memory.state is State.DOWN or self._paths.cut_since(check):
            return False
        rule = Rule(check.fall, check.rise)
        _, changes = judge(memory, observation.started, observation.reading, rule, None, self._now())
        return any(change.new is State.DOWN and change.reason is not Reason.REBOOT for change in changes)

    def _take_in(self, observations: Iterable[Observation]) -> list[Transition]:
        """Judge observations and those that waited for them, and record what follows."""
        found: list[Transition] = []
        ahead = list(observations)
        while ahead:
            check, at, reading = ahead[0].check, ahead[0].started, ahead.pop(0).reading
            rule = Rule(check.fall, check.rise)
            cut = self._paths.cut_since(check)
            changes = list(self._keep(judge(self._memories[check.id], at, reading, rule, cut, self._now())))
            if not changes:
                continue
            if check.node:
                changes += self._reclassify(self._paths.follow([check.node]))
            steps = self._incidents.follow([self._inventory.checks[change.object] for change in changes], self._now())
            self._recorder.record((*changes, *steps))
            for change in changes:
                log.info("%s: %s -> %s (%s)", change.object, change.old.value, change.new.value, change.reason.value)
            found += changes
            ahead += self._doubts.heard(check)
        return found

    def _reclassify(self, checks: Iterable[str]) -> list[Transition]:
        """Checks already down behind a path that is now cut are unreachable."""
        changes: list[Transition] = []
        for name in sorted(checks):
            cut = self._paths.cut_since(self._inventory.checks[name])
            if cut is not None:
                changes += self._keep(reclassify(self._memories[name], cut, self._now()))
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
