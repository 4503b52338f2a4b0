"""What becomes of a reading: judged, recorded, shown. One object owns all live state; only the loop calls it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from netmon.clock import Millis
from netmon.contracts import ObservationListener, Recorder, SlaCounted, SlaView
from netmon.conventions import Reason
from netmon.engine.doubts import Ask, Doubts
from netmon.engine.present import Present
from netmon.model import IncidentStep, Inventory, MaintenanceWindow, Neighbour, Observation, Reading, State, Transition
from netmon.state.machine import Judgement, Memory, Rule, interrupt, judge, reclassify, restore
from netmon.state.neighbours import accepted_uplinks, neighbours_in

log = logging.getLogger("netmon.state")

STALE_INTERVALS = 3
"""A check not looked at for so many intervals is UNKNOWN: what was true then is not known to be true now."""

_AT_ONCE = 100
_ANSWERS = (State.UP, State.DEGRADED)
Later = Callable[[Callable[[], None]], object]


@dataclass(frozen=True, slots=True)
class Legacy:
    """What a pipeline knows of its checks that no history tells."""

    inventory: Inventory
    started: Millis
    watching_since: Millis
    memories: Mapping[str, Memory]
    last: Mapping[str, Observation]
    last_success: Mapping[str, Millis]
    failures: Mapping[str, Counter[str]]
    neighbours: Mapping[str, tuple[Neighbour, ...]]
    sla: tuple[SlaView, ...]
    sla_counted: SlaCounted | None


class Pipeline(Present):
    """Turns observations into transitions and keeps the present; is the ``contracts.Snapshot`` exporters read."""

    def __init__(
        self,
        inventory: Inventory,
        recorder: Recorder,
        now: Callable[[], Millis],
        windows: Iterable[MaintenanceWindow] = (),
        timezone: str = "Europe/Paris",
    ) -> None:
        super().__init__(inventory, now, windows, timezone)
        self._recorder = recorder
        self._watching_since = self._started
        self._listeners: list[ObservationListener] = []
        self._doubts = Doubts(self._paths, self._last)
        self._later: Later | None = None
        self._goes_on, self._most = False, _AT_ONCE
        self._learns = any(node.accept_lldp for node in inventory.nodes.values())

    # --- What is fed in

    def restore(
        self,
        states: Mapping[str, Transition],
        seen: Millis,
        steps: Iterable[IncidentStep] = (),
        left: "Legacy | None" = None,
    ) -> Sequence[Transition | IncidentStep]:
        """Take up the states and incidents a daemon before this one left in the history, which watched until ``seen``.

        Looks it had not confirmed yet are lost: a state is only known to hold until before the longest such row. What
        another topology makes of it is queued for the history and returned.

        ``left`` is what the pipeline knew whose place this one takes at once, with another inventory.
        """
        for name, last in states.items():
            check = self._inventory.checks.get(name)
            if check is not None:
                self._memories[name] = restore(last, seen - max(check.fall, check.rise) * check.interval)
                self._before[name] = last
                self._recall(last)
        if left is not None:
            self._inherit(left)
        self._paths.look_everywhere()
        changes = self._reclassify(self._inventory.checks)
        news: list[Transition | IncidentStep] = [
            *changes,
            *self._incidents.restore(steps, self._inventory.checks, self._now()),
        ]
        if news:
            self._recorder.record(news)
        self._move(self._inventory.checks)
        return news

    def legacy(self) -> "Legacy":
        """What the pipeline that takes its place is to know."""
        return Legacy(
            self._inventory, self._started, self._watching_since, self._memories, self._last, self._last_success,
            self._failures, self._neighbours, self._sla, self._sla_counted,
        )  # fmt: skip

    def doubt(self, ask: Ask, later: Later | None = None, most: int = _AT_ONCE) -> None:
        """From now on have ``ask`` poll what stands before a target, before that is declared down.

        Thousands may wait for one answer: with ``later``, which calls what it is given after others had their turn,
        ``most`` go on at a time."""
        self._doubts.ask, self._later, self._most = ask, later, most

    def listen(self, listener: ObservationListener, *, replay: bool = False) -> None:
        """Have ``listener`` told of every observation; ``replay``: first of the last one of each check."""
        for observation in self._last.values() if replay else ():
            listener.observed(observation)
        self._listeners.append(listener)

    def observe(self, observation: Observation) -> Sequence[Transition]:
        """Fold one observation; what changed is queued for the history and returned."""
        check = observation.check
        if check.id not in self._memories:
            return ()
        self._remember(observation)
        doubtful = self._doubts.keeps(check.id) or self._would_fall(observation)
        changes: list[Transition] = []
        if self._doubts.freed and observation.reading.state in _ANSWERS and self._memories[check.id].failing:
            changes += self._judge_freed()  # as long as what it cut off is cut off
        if not (doubtful and self._doubts.keep_back(observation, self._now())):
            changes += self._take_in([*self._doubts.take(check.id), observation])
        self._doubts.heard(check)
        changes += self._judge_freed(self._later)
        for listener in self._listeners:
            try:
                listener.observed(observation)
            except Exception:
                log.exception("an exporter failed at an observation of %s", check.id)
        return changes

    def sweep(self) -> None:
        """Whatever should have been looked at long ago is UNKNOWN since the first look it missed."""
        now = self._now()
        self._doubts.free_overdue(now)
        self._judge_freed(self._later)
        steps = self._incidents.tick(now)
        if steps:
            self._version += 1
            self._recorder.record(steps)
        for check in self._inventory.checks.values():
            seen = max(self._memories[check.id].seen or 0, self._watching_since)
            if now - seen > STALE_INTERVALS * check.interval:
                reading = Reading(State.UNKNOWN, Reason.NOT_POLLED, "not looked at for several intervals")
                self.observe(Observation(check, seen + check.interval, 0.0, reading))

    def tell(self, steps: Iterable[IncidentStep]) -> None:
        """What people told of incidents, recorded already."""
        news = self._incidents.tell(steps, self._now())
        self._version += 1
        if news:
            self._recorder.record(news)

    @property
    def watching_since(self) -> Millis:
        """Since when the daemon has been watching without a gap."""
        return self._watching_since

    def resume(self, at: Millis) -> None:
        """The daemon had not been watching until ``at``: rows of failures do not reach across the gap."""
        self._watching_since = at
        self._doubts.drop()
        self._memories.update({name: interrupt(memory) for name, memory in self._memories.items()})
        self._move(self._inventory.checks)
        log.info("watching again since %d", at)

    # --- Inside

    def _inherit(self, left: "Legacy") -> None:
        """What polls told of the checks that both watch; samples of a target that is another now are dropped."""
        self._started, self._watching_since = left.started, left.watching_since
        self._sla, self._sla_counted = left.sla, left.sla_counted
        for name in self._memories.keys() & left.memories.keys():
            check, was = self._inventory.checks[name], left.inventory.checks[name]
            told = self._before.get(name)
            if told is None or told.new is left.memories[name].state:
                self._memories[name] = left.memories[name]
            self._failures[name] = left.failures[name]
            last, success = left.last.get(name), left.last_success.get(name)
            if last is not None and (check.collector, check.target) == (was.collector, was.target):
                self._last[name] = replace(last, check=check)
            if success is not None:
                self._last_success[name] = success
                self._paths.heard(check, success)
        nodes = self._inventory.nodes.keys() & left.neighbours.keys()
        self._neighbours.update({node: left.neighbours[node] for node in nodes})
        self._paths.learn(accepted_uplinks(self._inventory, self._neighbours))

    def _recall(self, last: Transition) -> None:
        """When a check last answered, as far as its last transition tells."""
        check, memory = self._inventory.checks[last.object], self._memories[last.object]
        if last.new in _ANSWERS:
            self._paths.heard(check, memory.seen or last.at)
        elif last.old in _ANSWERS:
            self._paths.heard(check, last.earliest)

    def _remember(self, observation: Observation) -> None:
        name, reading = observation.check.id, observation.reading
        self._last[name] = observation
        self._check_views.spoil((name,))
        if reading.state in _ANSWERS:
            self._last_success[name] = observation.started
            self._paths.heard(observation.check, observation.started)
        if reading.state is not State.UP:
            self._failures[name][reading.reason.value] += 1
        neighbours = neighbours_in(reading.families) if observation.check.node else None
        if neighbours is not None and neighbours != self._neighbours.get(observation.check.node):
            self._neighbours[observation.check.node] = neighbours
            self._learn()

    def _learn(self) -> None:
        """Links that are accepted count from now on: what is behind them may be cut, or no longer be."""
        affected = self._paths.learn(accepted_uplinks(self._inventory, self._neighbours)) if self._learns else ()
        changes = self._reclassify(affected)
        if changes:
            steps = self._incidents.follow([self._inventory.checks[change.object] for change in changes], self._now())
            self._version += 1
            self._recorder.record((*changes, *steps))

    def _keep(self, judgement: Judgement) -> tuple[Transition, ...]:
        memory, changes = judgement
        if memory is not self._memories[memory.object]:
            self._memories[memory.object] = memory
            self._move((memory.object,))
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
        """Judge observations, and record what follows."""
        found: list[Transition] = []
        for observation in observations:
            check, at, reading = observation.check, observation.started, observation.reading
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
            self._version += 1
            found += changes
            self._doubts.heard(check)
        return found

    def _judge_freed(self, later: Later | None = None) -> list[Transition]:
        """Judge what waited and need not any longer; with ``later``, a part of it now."""
        changes: list[Transition] = []
        while self._doubts.freed:
            changes += self._take_in(self._doubts.take_freed(self._most))
            if later is not None:
                break
        if later is not None and self._doubts.freed and not self._goes_on:
            self._goes_on = True
            later(self._go_on)
        return changes

    def _go_on(self) -> None:
        self._goes_on = False
        self._judge_freed(self._later)

    def _reclassify(self, checks: Iterable[str]) -> list[Transition]:
        """Checks already down behind a path that is now cut are unreachable."""
        changes: list[Transition] = []
        for name in sorted(name for name in checks if self._memories[name].state is State.DOWN):
            cut = self._paths.cut_since(self._inventory.checks[name])
            if cut is not None:
                changes += self._keep(reclassify(self._memories[name], cut, self._now()))
        return changes


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
