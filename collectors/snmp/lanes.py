"""One lane per device: polls of the same address take turns, so that an agent never has two requests at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Hashable

from netmon.conventions import Reason
from netmon.errors import CollectError


class Lanes:
    """Locks that exist while somebody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def hold(self, device: Hashable, patience: float) -> AsyncIterator[None]:
        """Have the lane of ``device`` to oneself.

        Raises:
            CollectError: it did not become free within ``patience`` seconds.
        """
        lock, users = self._locks.get(device, (asyncio.Lock(), 0))
        self._locks[device] = (lock, users + 1)
        try:
            await self._acquire(lock, patience)
            try:
                yield
            finally:
                lock.release()
        finally:
            lock, users = self._locks.pop(device)
            if users > 1:
                self._locks[device] = (lock, users - 1)

    async def _acquire(self, lock: asyncio.Lock, patience: float) -> None:
        if not lock.locked():
            await lock.acquire()
            return
        try:
            async with asyncio.timeout(patience):
                await lock.acquire()
        except TimeoutError:
            raise CollectError(
                Reason.OVERLOAD, "another check of the same agent was being polled all the time"
            ) from None
