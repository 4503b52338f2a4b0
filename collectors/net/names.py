"""Name lookups for collectors that work on the event loop."""

import asyncio
import ipaddress
from concurrent.futures import ThreadPoolExecutor

from collectors.net.deadline import Deadline
from collectors.net.resolve import Address, Resolver
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import AddressChoice

_FAIR = 0.9
"""Share of its time a lookup must have had before its silence is the resolver's rather than our queue's."""


class Names:
    """``Resolver`` without keeping the loop waiting: names are looked up in threads, at most ``limit`` at once."""

    def __init__(self, limit: int = 32) -> None:
        self._limit = limit
        self._resolver = Resolver(limit)
        self._threads: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Open the thread pool; its threads begin when they are needed."""
        self._threads = ThreadPoolExecutor(self._limit, "netmon-names")

    def stop(self) -> None:
        """Let the threads go; lookups under way end with their polls."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    async def resolve(self, host: str, port: int, deadline: Deadline, choice: AddressChoice) -> list[Address]:
        """Addresses of ``host`` to be tried in turn.

        Raises:
            socket.gaierror: no such name, or none of the family asked for, or the resolver failed.
            TimeoutError: no answer before the deadline.
            CollectError: too many lookups hang already, or the addresses may not be asked.
        """
        if _is_address(host):
            return self._resolver.resolve(host, port, deadline, choice)
        if self._threads is None:
            raise CollectError(Reason.NOT_POLLED, "the collector is not running")
        allowed, begun = deadline.left, list[float]()

        def look_up() -> list[Address]:
            begun.append(deadline.left)
            return self._resolver.resolve(host, port, deadline, choice)

        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._threads.submit(look_up)), deadline.remaining())
        except BaseException as error:
            deadline.abort()  # the thread, should one still wait
            if isinstance(error, TimeoutError) and (not begun or begun[0] < _FAIR * allowed):
                raise CollectError(Reason.OVERLOAD, f"{self._limit} name lookups still wait for an answer") from None
            raise


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
