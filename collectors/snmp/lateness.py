"""Whether we ourselves were too late: an answer that waited in a socket while the loop stood still is no silence."""

import asyncio
import time
from collections import deque
from typing import Final

_LOOK: Final = 0.1
"""Seconds between looks at the loop, while polls are under way."""
_COUNTS: Final = 0.1
"""Seconds late that are worth remembering."""
_KEPT: Final = 600


class Lateness:
    """Watches how late the event loop answers while any poll is between ``begin`` and ``end``."""

    def __init__(self) -> None:
        self._polls = 0
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._late: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    def begin(self) -> None:
        """A poll begins."""
        self._polls += 1
        if self._timer is None:
            self._watch()

    def end(self) -> None:
        """A poll ended."""
        self._polls -= 1

    def stop(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def worst(self, begun: float) -> float:
        """The longest time the loop stood still, as far as it was after ``begun``, in seconds; 0: not noticeably."""
        standing = time.monotonic() - self._due if self._timer is not None else 0.0
        since = [min(late, at - begun) for at, late in self._late if at >= begun]
        return max((late for late in (*since, standing) if late >= _COUNTS), default=0.0)

    def _watch(self) -> None:
        self._due = time.monotonic() + _LOOK
        self._timer = asyncio.get_running_loop().call_later(_LOOK, self._look)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._due >= _COUNTS:
            self._late.append((now, now - self._due))
        if self._polls:
            self._watch()
        else:
            self._timer = None
