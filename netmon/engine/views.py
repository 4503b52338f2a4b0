"""The present as exporters see it: nodes combined from their checks, services from their expressions. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from netmon.clock import Millis
from netmon.contracts import NodeView, ServiceView
from netmon.conventions import Reason
from netmon.expression import BADNESS, Expression, evaluate, node_state
from netmon.model import Check, MaintenanceWindow, State, Transition
from netmon.state.machine import Memory


def covering(windows: Iterable[MaintenanceWindow], check: Check) -> bool:
    """Whether planned work on the check, its node, its site or everything is among ``windows``."""
    places = {"*", check.id, check.node, check.site} - {""}
    return any(window.object in places for window in windows)


def node_view(node: str, memories: Sequence[Memory], maintenance: bool) -> NodeView:
    """A node from the memories of its checks; the reason is that of the worst."""
    state = node_state(memory.state for memory in memories)
    decisive = max(memories, key=lambda memory: (BADNESS[memory.state], -memory.since))
    return NodeView(node, state, decisive.since, decisive.reason.value, maintenance)


def service_view(
    name: str,
    expression: Expression,
    parts: Mapping[str, Sequence[Memory]],
    last: Mapping[str, Transition],
    *,
    maintenance: bool,
) -> ServiceView:
    """A service from the memories behind each name of its expression.

    ``since`` looks back through the last change of each check (``last``), which is as far as the present knows.
    """
    states = {part: node_state(memory.state for memory in memories) for part, memories in parts.items()}
    state = evaluate(expression, states.__getitem__)
    causes = tuple(part for part, its in states.items() if its is not State.UP)
    worst = max(
        (memory for part in causes or parts for memory in parts[part]), key=lambda memory: BADNESS[memory.state]
    )
    reason = worst.reason.value if state is not State.UP else Reason.OK.value
    return ServiceView(name, state, _since(state, expression, parts, last), reason, causes, maintenance)


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
