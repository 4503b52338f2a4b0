"""The present as exporters see it: nodes combined from their checks, services from their expressions. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from netmon.clock import Millis
from netmon.contracts import NodeView, ServiceView
from netmon.conventions import Reason
from netmon.expression import BADNESS, Expression, evaluate, is_agent_silent, node_state
from netmon.inventory import commune_of_node
from netmon.model import Inventory, State, Transition
from netmon.state.machine import Memory

V = TypeVar("V")


class Kept(Generic[V]):
    """The views of ``names``, each good until it is spoilt: with thousands of targets most are, from one look to the
    next."""

    def __init__(self, names: Iterable[str], make: Callable[[str], V]) -> None:
        self._make = make
        self._spoilt = dict.fromkeys(names)
        self._views: dict[str, V] = {}
        self._shown: Mapping[str, V] = {}

    def spoil(self, names: Iterable[str]) -> None:
        """What these were made of is no longer so."""
        self._spoilt.update(dict.fromkeys(names))

    def mend(self, most: int | None = None) -> bool:
        """Make anew those that are spoilt, so many ``most``; whether all are good then."""
        if not self._spoilt:
            return True
        for name in list(islice(self._spoilt, most)):
            made = self._make(name)
            if self._views.get(name) != made:
                self._views[name] = made
            del self._spoilt[name]
        if not self._spoilt:
            self._shown = self._views.copy()
        return not self._spoilt

    def all(self) -> Mapping[str, V]:
        """All of them as of now; the mapping stays as it is."""
        self.mend()
        return self._shown


def places_of(inventory: Inventory) -> dict[str, frozenset[str]]:
    """For each check, node and service: the objects whose planned work covers it (itself, what it stands in, all)."""
    found: dict[str, frozenset[str]] = {name: frozenset(("*", name)) for name in inventory.services}
    for node in inventory.nodes.values():
        found[node.id] = frozenset(("*", node.id, node.site, commune_of_node(inventory, node)))
    for check in inventory.checks.values():
        found[check.id] = frozenset(("*", check.id, check.site, check.commune)) | found.get(check.node, frozenset())
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a node or service: the checks behind its name, whether planned work is going on on it, and whether
    it is a check that asks an SNMP agent."""

    memories: Sequence[Memory]
    worked_on: bool
    agent: bool = False

    @property
    def state(self) -> State:
        """What its checks tell together."""
        return node_state(memory.state for memory in self.memories)


def node_view(node: str, checks: Sequence[Part], worked_on: bool) -> NodeView:
    """A node from its checks; the reason is that of the worst, or that only the SNMP agent is silent."""
    memories = [memory for check in checks for memory in check.memories]
    state = node_state(memory.state for memory in memories)
    decisive = max(memories, key=lambda memory: (BADNESS[memory.state], -memory.since))
    explained = is_explained(state, checks, node_state)
    silent = is_agent_silent((check.state, check.agent) for check in checks)
    reason = Reason.AGENT_SILENT if silent else decisive.reason
    return NodeView(node, state, decisive.since, reason.value, worked_on or explained)


def is_explained(state: State, parts: Sequence[Part], rule: Callable[[list[State]], State]) -> bool:
    """Whether the whole would be better if the parts under planned work were up (the rule of ``netmon.sla.derive``)."""
    if not any(part.worked_on for part in parts):
        return False
    without = rule([State.UP if part.worked_on else part.state for part in parts])
    return BADNESS[without] < BADNESS[state]


def service_view(
    name: str, expression: Expression, parts: Mapping[str, Part], last: Mapping[str, Transition], *, worked_on: bool
) -> ServiceView:
    """A service from the parts its expression names.

    ``since`` looks back through the last change of each check (``last``), which is as far as the present knows.
    """
    states = {part: its.state for part, its in parts.items()}
    state = evaluate(expression, states.__getitem__)
    causes = tuple(part for part, its in states.items() if its is not State.UP)
    worst = max(
        (memory for part in causes or parts for memory in parts[part].memories),
        key=lambda memory: BADNESS[memory.state],
    )
    reason = worst.reason.value if state is not State.UP else Reason.OK.value
    explained = is_explained(
        state, list(parts.values()), lambda held: evaluate(expression, dict(zip(parts, held, strict=True)).__getitem__)
    )
    memories = {part: its.memories for part, its in parts.items()}
    since = _since(state, expression, memories, last)
    return ServiceView(name, state, since, reason, causes, worked_on or explained)


def _since(
    state: State, expression: Expression, parts: Mapping[str, Sequence[Memory]], last: Mapping[str, Transition]
) -> Millis:
    """The latest change after which the expression has held ``state``."""
    moments = sorted({memory.since for memories in parts.values() for memory in memories}, reverse=True)
    since = moments[0]
    for moment in moments:
        then = {
            part: node_state(_state_at(memory, moment, last) for memory in memories) for part, memories in parts.items()
        }
        if evaluate(expression, then.__getitem__) is not state:
            break
        since = moment
    return since


def _state_at(memory: Memory, moment: Millis, last: Mapping[str, Transition]) -> State:
    if memory.since <= moment:
        return memory.state
    change = last.get(memory.object)
    return change.old if change else State.PENDING
