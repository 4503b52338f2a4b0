"""The simulation's chance: streams of numbers that depend on nothing but a seed and a name."""

import random
from collections.abc import Sequence
from typing import TypeVar

from netmon.clock import MINUTE, Millis

T = TypeVar("T")


class Chance:
    """One stream. Texts seed it, so that it is the same in every process whatever its hash seed."""

    def __init__(self, *name: object) -> None:
        self._random = random.Random("/".join(map(str, ("netmon", *name))))  # noqa: S311 - a simulation has no secrets

    def pick(self, among: Sequence[T]) -> T:
        """One of them."""
        return self._random.choice(among)

    def shuffled(self, among: Sequence[T]) -> list[T]:
        """All of them in another order."""
        return self._random.sample(among, len(among))

    def happens(self, probability: float) -> bool:
        """True as often as ``probability`` says."""
        return self._random.random() < probability

    def between(self, low: float, high: float) -> float:
        """Any number in [low, high)."""
        return low + (high - low) * self._random.random()

    def instant(self, low: Millis, high: Millis) -> Millis:
        """A whole second in [low, high], as far as there is one."""
        return low + int(self._random.random() * max(0, high - low)) // 1000 * 1000

    def minutes(self, low: float, high: float) -> Millis:
        """A duration between the two numbers of minutes, short ones more often (log-uniform), in whole seconds."""
        return int(low * (high / low) ** self._random.random() * MINUTE) // 1000 * 1000

    def times(self, expected: float) -> int:
        """How often something happens that is expected ``expected`` times."""
        return int(expected) + self.happens(expected % 1)
