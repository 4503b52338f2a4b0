"""What a service needs, as an expression over checks and nodes.

``all(a, b)`` is as bad as its worst member, ``any(a, b)`` as good as its best, ``at_least(2, a, b, c)`` as good as its
second best; ``a and b`` and ``a or b`` are short for the first two, ``and`` binds tighter. Names are ids of checks
and nodes. Every operator is monotone: a member that gets worse never makes the whole better, so bounds carry through.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from netmon.model import State

BADNESS = {
    state: rank
    for rank, state in enumerate(
        (State.UP, State.DEGRADED, State.PENDING, State.UNKNOWN, State.UNREACHABLE, State.DOWN)
    )
}
"""From best to worst. What was not seen stands between working and broken: it neither proves nor hides an outage."""


@dataclass(frozen=True, slots=True)
class Ref:
    """One check or node, by id."""

    name: str


@dataclass(frozen=True, slots=True)
class AtLeast:
    """``count`` of ``members`` must work. ``all`` is all of them, ``any`` is one."""

    count: int
    members: tuple["Expression", ...]


Expression: TypeAlias = Ref | AtLeast


class ExpressionError(ValueError):
    """The text is not an expression; ``column`` counts from 0."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


def evaluate(expression: Expression, state_of: Callable[[str], State]) -> State:
    """The state of the whole, given that of each name."""
    if isinstance(expression, Ref):
        return state_of(expression.name)
    states = sorted((evaluate(member, state_of) for member in expression.members), key=BADNESS.__getitem__)
    return states[expression.count - 1]


def worst(states: Iterable[State]) -> State:
    """The worst of ``states``; PENDING when there are none."""
    return max(states, key=BADNESS.__getitem__, default=State.PENDING)


def references(expression: Expression) -> tuple[str, ...]:
    """The names it speaks of, each once, in order of appearance."""
    if isinstance(expression, Ref):
        return (expression.name,)
    return tuple(dict.fromkeys(name for member in expression.members for name in references(member)))


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: with the column where reading stopped and what was expected there.
    """
    parser = _Parser(text)
    expression = parser.alternatives()
    parser.expect("", "'and', 'or' or the end")
    return expression


_TOKEN = re.compile(r"\s*([(),]|[^\s(),]+)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:-]*")
WORDS = frozenset({"and", "or", "all", "any", "at_least"})


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [(match[1], match.start(1)) for match in _TOKEN.finditer(text)]
        self._tokens.append(("", len(text)))
        self._at = 0

    def alternatives(self) -> Expression:
        members = [self._conjunction()]
        while self._accept("or"):
            members.append(self._conjunction())
        return members[0] if len(members) == 1 else AtLeast(1, tuple(members))

    def expect(self, token: str, expected: str) -> None:
        if not self._accept(token):
            raise self._error(expected)

    def _conjunction(self) -> Expression:
        members = [self._term()]
        while self._accept("and"):
            members.append(self._term())
        return members[0] if len(members) == 1 else AtLeast(len(members), tuple(members))

    def _term(self) -> Expression:
        token, _ = self._tokens[self._at]
        if self._accept("("):
            inner = self.alternatives()
            self.expect(")", "')'")
            return inner
        if token in {"all", "any", "at_least"}:
            return self._call(token)
        if token in WORDS or not _NAME.fullmatch(token):
            raise self._error("the id of a check or node, 'all(', 'any(', 'at_least(' or '('")
        self._at += 1
        return Ref(token)

    def _call(self, word: str) -> Expression:
        self._at += 1
        self.expect("(", f"'(' after '{word}'")
        count = self._count() if word == "at_least" else 0
        column = self._tokens[self._at][1]
        members = [self.alternatives()]
        while self._accept(","):
            members.append(self.alternatives())
        self.expect(")", "',' or ')'")
        if count > len(members):
            raise ExpressionError(f"at_least({count}, …) names only {len(members)} members", column)
        return AtLeast({"all": len(members), "any": 1}.get(word, count), tuple(members))

    def _count(self) -> int:
        token, _ = self._tokens[self._at]
        if not token.isdecimal() or int(token) < 1:
            raise self._error("a number from 1")
        self._at += 1
        self.expect(",", "','")
        return int(token)

    def _accept(self, token: str) -> bool:
        if self._tokens[self._at][0] != token:
            return False
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return True

    def _error(self, expected: str) -> ExpressionError:
        token, column = self._tokens[self._at]
        found = f"'{token}'" if token else "the end"
        return ExpressionError(f"expected {expected}, found {found}", column)


def node_state(states: Iterable[State]) -> State:
    """A node's state from those of its checks: what they agree on; partly answering is DEGRADED; else the worst."""
    distinct = frozenset(states)
    answering = distinct & {State.UP, State.DEGRADED}
    if answering and distinct & {State.DOWN, State.UNREACHABLE}:
        return State.DEGRADED
    return worst(distinct)


def is_agent_silent(members: Iterable[tuple[State, bool]]) -> bool:
    """Whether a node is DEGRADED because its SNMP agent alone does not answer: each member's state, and whether it is
    the agent that is asked. One rule for the live view and the reports."""
    failing = {State.DOWN, State.UNREACHABLE}
    told = list(members)
    silent = [agent for state, agent in told if state in failing]
    return bool(silent) and all(silent) and any(state in {State.UP, State.DEGRADED} for state, _ in told)
