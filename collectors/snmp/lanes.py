"""One lane per device: polls of the same address take turns, and the time they keep it busy is counted.

An agent never has two requests at once unless its settings allow that, whoever asks: the schedule, a trap, a scraper.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Hashable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from netmon.conventions import Reason
from netmon.errors import CollectError

_WINDOW = 0.95
"""Of an interval: the poll one interval ago is not of this one, even if it began a little late."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a check allows itself with a device, in seconds. ``budget`` None: the interval, and only counted."""

    interval: float
    budget: float | None = None
    parallel: int = 1


class Lane:
    """The turns at one device. ``exceeded`` counts the times its budget was used up."""

    def __init__(self) -> None:
        self.exceeded = 0
        self._running = 0
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()
        self._spent: deque[tuple[float, float]] = deque()
        self._busy = 0.0

    @contextlib.asynccontextmanager
    async def turn(self, allowance: Allowance, patience: float) -> AsyncIterator[float]:
        """Have the device to oneself; gives the seconds it may be kept busy.

        Raises:
            CollectError: it did not become free within ``patience`` seconds, or its budget is used up.
        """
        await self._enter(allowance.parallel, patience)
        begun = time.monotonic()
        try:
            yield self._left(allowance)
        finally:
            self._leave(begun)
            self.exceeded += self.used(allowance) >= (allowance.budget or allowance.interval)

    def used(self, allowance: Allowance) -> float:
        """Seconds that polls kept the device busy in the last interval."""
        since = time.monotonic() - _WINDOW * allowance.interval
        while self._spent and self._spent[0][0] < since:
            self._busy -= self._spent.popleft()[1]
        return max(0.0, self._busy) if self._spent else 0.0

    def _left(self, allowance: Allowance) -> float:
        if allowance.budget is None:
            return float("inf")
        left = allowance.budget - self.used(allowance)
        if left <= 0:
            detail = f"its budget of {allowance.budget:g} s in {allowance.interval:g} s is used up by other polls"
            raise CollectError(Reason.OVERLOAD, detail)
        return left

    async def _enter(self, parallel: int, patience: float) -> None:
        if self._running < parallel and not self._waiting:
            self._running += 1
            return
        free: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((free, parallel))
        try:
            async with asyncio.timeout(patience):
                await free
        except (TimeoutError, asyncio.CancelledError) as error:
            self._give_back(free)
            if isinstance(error, asyncio.CancelledError):
                raise
            raise CollectError(
                Reason.OVERLOAD, "another check of the same agent was being polled all the time"
            ) from None

    def _give_back(self, free: "asyncio.Future[None]") -> None:
        """Wait no longer; a turn that was given at the last moment goes to the next."""
        given = free.done() and not free.cancelled()
        self._waiting = deque(entry for entry in self._waiting if entry[0] is not free)
        if given:
            self._running -= 1
            self._wake()

    def _leave(self, begun: float) -> None:
        took = time.monotonic() - begun
        self._spent.append((begun, took))
        self._busy += took
        self._running -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self._running < self._waiting[0][1]:
            free, _ = self._waiting.popleft()
            if not free.done():
                self._running += 1
                free.set_result(None)


class Lanes:
    """The lanes of all devices; each is kept for as long as somebody holds on to it."""

    def __init__(self) -> None:
        self._lanes: WeakValueDictionary[Hashable, Lane] = WeakValueDictionary()

    def of(self, device: Hashable) -> Lane:
        """The lane of ``device``."""
        lane = self._lanes.get(device)
        if lane is None:
            lane = self._lanes[device] = Lane()
        return lane

    def __len__(self) -> int:
        return len(self._lanes)
