"""How many rows an agent is asked for at once: fewer after it could not answer, more again with care.

Answers that are too long are refused (tooBig) or lost on the way, because a fragment of them is dropped or the agent
gives up. Asking for half as many is the cure for both. One loss may be chance, so it takes two in a row, and the
size grows back; an agent that fails each time it grows is tried less and less often.
"""

from typing import Final

_CALM: Final = 256
"""Answers in a row before the size is doubled, at first: several polls of a switch, for a failure costs seconds."""
_CALMEST: Final = 16_384
"""At most so many: hours."""


class Pace:
    """The size of the requests to one device, kept from poll to poll; ``ceiling`` is what the settings allow.

    ``cuts`` counts how often it shrank, by why: ``too_big`` or ``timeout``; from zero, or nobody saw the first time in
    a rate.
    """

    __slots__ = ("__weakref__", "_calm", "_good", "_grew", "_losses", "_size", "ceiling", "cuts")

    def __init__(self, ceiling: int) -> None:
        self.ceiling = max(1, ceiling)
        self.cuts = {"too_big": 0, "timeout": 0}
        self._size = self.ceiling
        self._calm = _CALM
        self._good = 0
        self._grew = False
        self._losses = 0

    @property
    def size(self) -> int:
        """Rows to ask for by the next request."""
        return self._size

    def limit(self, ceiling: int) -> None:
        """The settings allow ``ceiling`` from now on."""
        ceiling = max(1, ceiling)
        if ceiling != self.ceiling:
            self._size = ceiling if self._size == self.ceiling else min(self._size, ceiling)
            self.ceiling = ceiling

    def refused(self, asked: int) -> None:
        """The answer to a request for ``asked`` rows would have been too big."""
        self._shrink(asked, "too_big")

    def lost(self, asked: int) -> None:
        """No answer came to a request for ``asked`` rows."""
        self._losses += 1
        if self._losses > 1:
            self._shrink(asked, "timeout")

    def answered(self, asked: int) -> None:
        """An answer came to a request for ``asked`` rows; a short one says nothing of longer ones."""
        if 2 * asked > self._size:
            self._losses = 0
        if 2 * asked <= self._size or (self._size == self.ceiling and self._calm == _CALM):
            return
        self._good += 1
        if self._good < self._calm:
            return
        self._good = 0
        if self._size < self.ceiling:
            self._size = min(self.ceiling, 2 * self._size)
            self._grew = True
        else:  # well for a long time: what was is forgotten, step by step
            self._grew = False
            self._calm = max(_CALM, self._calm // 2)

    def _shrink(self, asked: int, why: str) -> None:
        smaller = asked // 2
        if smaller < 1 or smaller >= self._size:
            return  # not the size is at fault; or the request is from before the last cut
        self._size = smaller
        self.cuts[why] += 1
        self._good = 0
        if self._grew:  # too much again as soon as it grew: wait longer next time
            self._grew = False
            self._calm = min(2 * self._calm, _CALMEST)
