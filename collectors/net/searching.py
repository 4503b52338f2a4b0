"""Bounded searches for collectors that work on the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from collectors.net.deadline import Deadline
from collectors.net.matching import Match, Matcher, quick, search_now
from netmon.conventions import Reason
from netmon.errors import CollectError


class Searcher:
    """``Matcher`` without keeping the loop waiting: what may take long is asked of helpers from ``threads`` threads."""

    def __init__(self, threads: int = 4) -> None:
        self._count = threads
        self._matcher = Matcher()
        self._threads: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Open the thread pool; threads and helpers begin when they are needed."""
        self._matcher = Matcher()
        self._threads = ThreadPoolExecutor(self._count, "netmon-search")

    def stop(self) -> None:
        """End threads and helpers."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)
        self._matcher.close()

    async def search(self, pattern: str, text: str, deadline: Deadline) -> Match | None:
        """Where ``pattern`` occurs in ``text`` first; None: nowhere.

        Raises:
            CollectError: the pattern is none, or its search does not end within a second.
        """
        if quick(pattern, text):
            return search_now(pattern, text)
        if self._threads is None:
            raise CollectError(Reason.NOT_POLLED, "the collector is not running")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._matcher.search, pattern, text, deadline)
