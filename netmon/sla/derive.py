"""Timelines of what is never polled itself: a node from its checks, a service from its expression.

Derived, never sampled: they are computed at every instant at which a member changes, so that no outage falls between
two looks. Uncertainty carries through: wherever members may have been in several states, every outcome their
combinations allow is kept.

Planned work on members: a window on a site, node or check is inherited by the checks behind it. The whole is explained
by planned work while it is worse than it would be if the members under work counted as up. So work on one
of two redundant links explains an outage of the pair when the other fails too, and explains nothing while the
service works; and work on one member never hides the independent failure of another that is needed as well. Only
time that is not answered ``up`` leaves the figure by this rule (``netmon.sla.policy``).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from netmon.conventions import Reason
from netmon.expression import BADNESS, Expression, evaluate, is_agent_silent, node_state, references
from netmon.model import State
from netmon.sla.intervals import FIRST
from netmon.sla.timeline import (
    CELL,
    CORRECTED,
    PENDING,
    POSSIBLE,
    RANKED,
    STATE,
    STOPPED,
    WORKS,
    Timeline,
    possible_cells,
)

Rule: TypeAlias = Callable[[Sequence[State]], State]
"""From the members' states to the whole's."""

_MOST_COMBINATIONS = 64
_RANK_PENDING = BADNESS[State.PENDING]


def node_timeline(checks: Sequence[Timeline], agents: Sequence[bool] = ()) -> Timeline:
    """The timeline of a node from those of its checks; without any, nothing is ever known of it. ``agents`` marks the
    checks that ask its SNMP agent: where only these fail, that is the reason."""

    def named(codes: Sequence[int]) -> str:
        told = zip((RANKED[code & STATE] for code in codes), agents, strict=True)
        return Reason.AGENT_SILENT if is_agent_silent(told) else ""

    return _derive(checks, node_state, named if any(agents) else None)


def service_timeline(expression: Expression, members: Callable[[str], Timeline]) -> Timeline:
    """The timeline of a service; ``members`` gives the timeline of each check or node its expression names."""
    names = references(expression)
    place = {name: index for index, name in enumerate(names)}
    return _derive(
        [members(name) for name in names],
        lambda states: evaluate(expression, lambda name: states[place[name]]),
    )


def _derive(members: Sequence[Timeline], rule: Rule, named: Callable[[Sequence[int]], str] | None = None) -> Timeline:
    if not members:
        return Timeline([FIRST], [PENDING], [""])
    if len(members) == 1:
        return members[0]
    verdicts: dict[tuple[int, ...], tuple[int, int]] = {}
    whole = Timeline([], [], [])
    codes = [PENDING] * len(members)
    places = [0] * len(members)
    for at, changed in _breakpoints(members):
        for member, place in changed:
            codes[member], places[member] = members[member].codes[place], place
        key = tuple(codes)
        if key not in verdicts:
            verdicts[key] = _verdict(key, rule)
        code, cause = verdicts[key]
        reason = (named(codes) if named else "") or members[cause].reasons[places[cause]]
        if not whole.codes or whole.codes[-1] != code or whole.reasons[-1] != reason:
            whole.add(at, code, reason)
    return whole


def _breakpoints(members: Sequence[Timeline]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Every instant at which members change, with which member came to which of its pieces."""
    edges = sorted(
        (start, member, place) for member, line in enumerate(members) for place, start in enumerate(line.starts)
    )
    changed: list[tuple[int, int]] = []
    for index, (at, member, place) in enumerate(edges):
        changed.append((member, place))
        if index + 1 == len(edges) or edges[index + 1][0] != at:
            yield at, changed
            changed = []


def _verdict(codes: tuple[int, ...], rule: Rule) -> tuple[int, int]:
    """The whole's code, and the member that caused it.

    While the monitor was stopped for some members only (a correction tells about the others), the stopped ones are
    PENDING; if that leaves nothing known, the whole is stopped.
    """
    stopped = [bool(code & STOPPED) for code in codes]
    if any(stopped) and not all(stopped):
        code, cause = _judged([PENDING if blind else code for code, blind in zip(codes, stopped, strict=True)], rule)
        if code & STATE != _RANK_PENDING:
            return code, cause
    code, cause = _judged(codes, rule)
    return (code | STOPPED if any(stopped) else code), cause


def _judged(codes: Sequence[int], rule: Rule) -> tuple[int, int]:
    cells = [code & CELL for code in codes]
    cell = _outcome(cells, rule)
    cause = _cause([member & STATE for member in cells], cell & STATE)
    possible = 1 << cell
    for outcome in _outcomes([possible_cells(code) for code in codes], rule):
        possible |= 1 << outcome
    return cell | codes[cause] & CORRECTED | possible << POSSIBLE, cause


def _outcome(cells: Sequence[int], rule: Rule) -> int:
    """The whole's cell, given one cell of each member."""
    state = rule([RANKED[cell & STATE] for cell in cells])
    rank = BADNESS[state]
    if not any(cell & WORKS for cell in cells):
        return rank
    without_works = rule([State.UP if cell & WORKS else RANKED[cell & STATE] for cell in cells])
    return rank | WORKS if BADNESS[without_works] < rank else rank


def _outcomes(options: Sequence[Sequence[int]], rule: Rule) -> Iterator[int]:
    """What the members' possible cells allow. Too many combinations: all that is not worse than every member's worst,
    which contains the truth, only less tightly."""
    combinations = 1
    for cells in options:
        combinations *= len(cells)
    if combinations <= _MOST_COMBINATIONS:
        yield from (_outcome(cells, rule) for cells in product(*options))
        return
    worst_rank = max(cell & STATE for cells in options for cell in cells)
    works = any(cell & WORKS for cells in options for cell in cells)
    for rank in range(worst_rank + 1):
        yield rank
        if works:
            yield rank | WORKS


def _cause(ranks: Sequence[int], rank: int) -> int:
    """The first member in the whole's state; for a mixture, the worst member."""
    return ranks.index(rank) if rank in ranks else ranks.index(max(ranks))
