"""How many polls of a collector run at the same time, on the event loop."""

import asyncio
from collections.abc import Awaitable, Callable

from collectors.net.deadline import Deadline
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading

_STARVED = 0.1
"""Share of its timeout a poll may lose waiting for a place before a timeout is ours rather than the target's."""
_TIMEOUTS = frozenset({Reason.TIMEOUT, Reason.CONNECT_TIMEOUT, Reason.RESOLVE_FAILED, Reason.PACKET_LOSS})


class Places:
    """Places for ``most`` polls; those beyond wait, within their own time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = asyncio.Semaphore(most)

    async def run(self, deadline: Deadline, poll: Callable[[], Awaitable[Reading]]) -> Reading:
        """What ``poll`` reads, once there is a place for it.

        Raises:
            CollectError: there was none in time, or too late to blame the target; or as ``poll`` raises it.
        """
        queued = self._free.locked()
        try:
            async with asyncio.timeout(deadline.left):
                await self._free.acquire()
        except TimeoutError:
            raise self._full() from None
        waited = deadline.seconds - deadline.left if queued else 0.0
        try:
            reading = await poll()
        finally:
            self._free.release()
        if reading.reason in _TIMEOUTS and waited > _STARVED * deadline.seconds:
            raise self._full()
        return reading

    def _full(self) -> CollectError:
        return CollectError(Reason.OVERLOAD, f"{self._most} polls of this kind were under way already")
