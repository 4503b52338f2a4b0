"""What a code of a timeline means to a policy: its class in the partition, and its answers."""

from functools import lru_cache
from typing import NamedTuple

from netmon.expression import BADNESS
from netmon.model import State
from netmon.sla.policy import Answer, Policy
from netmon.sla.timeline import (
    CELL,
    CORRECTED,
    NOT_IN_SERVICE,
    OUT_OF_HOURS,
    PLANNED,
    RANKED,
    STATE,
    STOPPED,
    WORKS,
    possible_cells,
)

CLASSES = (
    "up",
    "degraded",
    "down",
    "unreachable",
    "unknown",
    "maintenance",
    "out_of_hours",
    "no_data",
    "not_in_service",
)
_ANSWERS = {"up": Answer.UP, "down": Answer.DOWN, "excluded": Answer.EXCLUDED}
_UNSEEN = {BADNESS[State.PENDING], BADNESS[State.UNKNOWN]}


class Meaning(NamedTuple):
    """``below`` is the answer of what lies below maintenance and hours; ``low`` and ``high`` the worst and best answer
    the truth may have had; ``seen`` whether anybody looked."""

    name: str
    answer: Answer
    low: Answer
    high: Answer
    below: Answer
    seen: bool


class Meanings(dict[int, Meaning]):
    """The meaning of each code under one policy, worked out when first asked.

    ``outage`` says of each code worked out: 0 no outage, 1 one that counts nothing, 2 one that counts. Codes with a
    flag of ``mute`` have no reason: what begins there began with a stop of the monitor, whatever the state before it.
    """

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.outage = _Outages(self)
        self.mute = 0 if policy.no_data == "carry" else STOPPED
        self._policy = policy
        self._states: dict[State, Answer] = {
            State.UP: Answer.UP,
            State.DOWN: Answer.DOWN,
            State.DEGRADED: _ANSWERS[policy.degraded],
            State.UNREACHABLE: _ANSWERS[policy.unreachable],
            State.UNKNOWN: _ANSWERS[policy.unknown],
            State.PENDING: _ANSWERS.get(policy.no_data, Answer.EXCLUDED),
        }

    def __missing__(self, code: int) -> Meaning:
        meaning = self[code] = self._meaning(code)
        self.outage[code] = (meaning.below is Answer.DOWN) + (meaning.answer is Answer.DOWN)
        return meaning

    def _meaning(self, code: int) -> Meaning:
        if code & NOT_IN_SERVICE:
            return Meaning("not_in_service", Answer.EXCLUDED, Answer.EXCLUDED, Answer.EXCLUDED, Answer.EXCLUDED, False)
        _, below = self._state(code, code & CELL)
        seen = not code & STOPPED and (bool(code & CORRECTED) or code & STATE not in _UNSEEN)
        if code & OUT_OF_HOURS:
            return Meaning("out_of_hours", Answer.EXCLUDED, Answer.EXCLUDED, Answer.EXCLUDED, below, seen)
        name, answer = self._under_works(code, code & CELL)
        answers = [self._under_works(code, cell)[1] for cell in possible_cells(code)]
        return Meaning(name, answer, min(answers), max(answers), below, seen)

    def _under_works(self, code: int, cell: int) -> tuple[str, Answer]:
        """Maintenance above the state: a window of the object's own, or one of its members' that explains the state."""
        name, answer = self._state(code, cell)
        planned = code & PLANNED or (cell & WORKS and answer is not Answer.UP)
        if planned and self._policy.maintenance != "counted":
            return "maintenance", _ANSWERS[self._policy.maintenance]
        return name, answer

    def _state(self, code: int, cell: int) -> tuple[str, Answer]:
        state = RANKED[cell & STATE]
        if code & STOPPED and self._policy.no_data != "carry":
            return "no_data", self._states[State.PENDING]
        return ("no_data" if state is State.PENDING else state.value), self._states[state]


class _Outages(dict[int, int]):
    """Has every code's answer once it is asked for, or its meaning is."""

    def __init__(self, meanings: Meanings) -> None:
        super().__init__()
        self._meanings = meanings

    def __missing__(self, code: int) -> int:
        self._meanings[code]
        return self[code]


@lru_cache(maxsize=64)
def meanings_of(policy: Policy) -> Meanings:
    """The meanings of a policy, shared by everything computed under it."""
    return Meanings(policy)
