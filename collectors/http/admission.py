"""Who may run now: so many polls in all, so many for one host, the rest in order of arrival."""

import asyncio
from collections.abc import Callable

from netmon.conventions import Reason
from netmon.errors import CollectError


class Admission:
    """Places for ``total`` polls, of which one host gets ``per_host``: a host that hangs takes no more."""

    def __init__(self, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._users: dict[str, int] = {}

    async def enter(self, host: str, seconds: float) -> Callable[[], None]:
        """Wait for a place, at most ``seconds``; the result gives it back.

        Raises:
            CollectError: there was none in time.
        """
        own = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        self._users[host] = self._users.get(host, 0) + 1
        try:
            async with asyncio.timeout(seconds if own.locked() or self._total.locked() else None):
                await own.acquire()
                try:
                    await self._total.acquire()
                except BaseException:
                    own.release()
                    raise
        except BaseException as error:
            self._forget(host)
            if isinstance(error, TimeoutError):
                raise CollectError(Reason.OVERLOAD, f"no free thread within {seconds:g} s") from None
            raise

        def leave() -> None:
            self._total.release()
            own.release()
            self._forget(host)

        return leave

    def _forget(self, host: str) -> None:
        self._users[host] -= 1
        if not self._users[host]:
            del self._users[host], self._hosts[host]
