"""Incidents of the running daemon: the book of ``netmon.state.incidents``, kept with the present."""

import logging
from collections.abc import Iterable, Mapping, Sequence

from netmon.clock import DAY, Millis
from netmon.engine.paths import Paths
from netmon.expression import BADNESS, node_state
from netmon.model import Check, IncidentStep, State
from netmon.state.book import Book
from netmon.state.incidents import Keeper, Standing, Unit
from netmon.state.machine import Memory

log = logging.getLogger("netmon.incidents")

KEPT: Millis = DAY
"""Incidents are shown for so long after they closed."""


class Incidents:
    """Opens and closes incidents as states change. ``memories`` are those of all checks, as they are now."""

    def __init__(self, paths: Paths, memories: Mapping[str, Memory]) -> None:
        self._paths = paths
        self._memories = memories
        self._keeper = Keeper(Book(), paths.cut_by)

    @property
    def book(self) -> Book:
        """The incidents."""
        return self._keeper.book

    def restore(self, steps: Iterable[IncidentStep], checks: Mapping[str, Check], now: Millis) -> list[IncidentStep]:
        """Take up what was told, and compare it with the present: the steps that this asks for."""
        self._keeper = Keeper(Book(steps), self._paths.cut_by)
        known = checks.keys() | self._paths.node_checks.keys()
        found = self._keeper.drop(self.book.open_roots.keys() - known, now)
        return found + self.follow(checks.values(), now) + self._keeper.settle(now)

    def follow(self, checks: Iterable[Check], now: Millis) -> list[IncidentStep]:
        """The steps that changes of ``checks`` ask for."""
        names = dict.fromkeys(check.node or check.id for check in checks)
        units = [self._unit(name) for name in sorted(names)]
        steps = self._keeper.tick(now) + self._keeper.follow(units, now)
        for step in steps:
            log.info("%s: %s %s", step.incident, step.step.value, step.object)
        return steps

    def tell(self, steps: Iterable[IncidentStep], now: Millis) -> list[IncidentStep]:
        """Take in what people told since: the steps that this asks for."""
        for step in steps:
            case = self.book.cases.get(self.book.resolve(step.incident))
            if case is None or step not in case.steps:
                self.book.tell(step)
        return self._keeper.settle(now)

    def tick(self, now: Millis) -> list[IncidentStep]:
        """The steps that the passing of time asks for."""
        self.book.forget(now - KEPT)
        return self._keeper.tick(now)

    def _unit(self, name: str) -> Unit:
        checks = self._paths.node_checks.get(name)
        if not checks:
            return Unit(None, (_standing(self._memories[name]),))
        memories = [self._memories[check.id] for check in checks]
        return Unit(node_standing(name, memories), tuple(_standing(memory) for memory in memories))


def _standing(memory: Memory) -> Standing:
    return Standing(memory.object, memory.state, memory.since, memory.reason.value)


def node_standing(node: str, memories: Sequence[Memory]) -> Standing:
    """A node from its checks: it answers since the first of them does, and fails since the last of them does."""
    state = node_state(memory.state for memory in memories)
    worst = max(memories, key=lambda memory: (BADNESS[memory.state], -memory.since))
    answering = [memory.since for memory in memories if memory.state in {State.UP, State.DEGRADED}]
    failing = [memory.since for memory in memories if memory.failing]
    since = min(answering) if answering else max(failing, default=worst.since)
    return Standing(node, state, since, worst.reason.value)
