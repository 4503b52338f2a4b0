"""The collector: admits polls to its threads, and never lets one keep the event loop waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from collectors.http.admission import Admission
from collectors.http.exchange import Tools
from collectors.http.probe import Probe
from collectors.http.tokens import Tokens
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline
from collectors.net.matching import Matcher
from collectors.net.resolve import Resolver
from netmon.clock import SECOND
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import HttpSettings

_GRACE = 0.5
"""Seconds a worker has, after the deadline, to say in which phase it was."""
_STARVED = 0.1
"""Share of its timeout a poll may lose in the queue before a timeout is ours rather than the target's."""
_TIMEOUTS = frozenset({Reason.TIMEOUT, Reason.CONNECT_TIMEOUT, Reason.RESOLVE_FAILED})


class HttpCollector:
    """Polls over HTTP and HTTPS in ``threads`` threads of its own, at most ``per_host`` at once for one host.

    A thread starts only when all others are busy: how many there are is how many targets hang at once. A tenth of
    1,000 targets that hang for 5 of every 30 seconds keep 17 busy, half of them 83.
    """

    def __init__(self, threads: int = 128, per_host: int = 4) -> None:
        self._threads = threads
        self._per_host = per_host
        self._tools = Tools(Resolver(), Contexts(), Matcher(), Tokens())
        self._executor: ThreadPoolExecutor | None = None
        self._admission = Admission(threads, per_host)
        self._running: set[_Work] = set()

    async def start(self) -> None:
        """Open the thread pool."""
        self._tools = Tools(Resolver(), Contexts(), Matcher(), Tokens())
        self._admission = Admission(self._threads, self._per_host)
        self._executor = ThreadPoolExecutor(self._threads, "netmon-http")

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        """Poll once, within ``check.timeout`` and the blink a worker needs to report that it is over.

        Raises:
            CollectError: we could not look: no thread in time, no socket, no secret, no CA file.
        """
        settings = check.settings
        if not isinstance(settings, HttpSettings):
            raise CollectError(Reason.INTERNAL, "the check has no settings for the collector http")
        deadline = Deadline(check.timeout / SECOND)
        release = await self._admission.enter(_host(settings), deadline.left)
        waited = deadline.seconds - deadline.left
        tools = self._tools
        work = self._submit(lambda: Probe(settings, deadline, tools, verbose=verbose).run(), deadline, release)
        reading = await self._result(work)
        if reading.reason in _TIMEOUTS and deadline.left <= 0 and waited > _STARVED * deadline.seconds:
            raise CollectError(Reason.OVERLOAD, f"waited {waited:.1f} of {deadline.seconds:g} s for a thread")
        return reading

    async def stop(self) -> None:
        """End what runs at once, then the threads and helpers."""
        executor, self._executor = self._executor, None
        for work in self._running:
            work.deadline.abort()
        if self._running:
            await asyncio.wait([work.ended for work in self._running], timeout=_GRACE)
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
        self._tools.matcher.close()

    def _submit(self, run: Callable[[], Reading], deadline: Deadline, release: Callable[[], None]) -> "_Work":
        if self._executor is None:
            release()
            raise CollectError(Reason.NOT_POLLED, "the collector is not running")
        try:
            future = self._executor.submit(run)
        except RuntimeError as error:  # the thread could not be started
            release()
            raise CollectError(Reason.OVERLOAD, "this host has no thread to give") from error
        loop = asyncio.get_running_loop()
        work = _Work(deadline, loop.create_future())
        self._running.add(work)

        def end(outcome: Reading | BaseException) -> None:
            self._running.discard(work)
            release()
            work.ended.set_result(outcome)

        def ended(done: Future[Reading]) -> None:
            # The place is free when the worker ends, not when somebody stopped waiting for it.
            with suppress(RuntimeError):  # the loop is closed: nobody waits for a place any more
                loop.call_soon_threadsafe(end, _outcome(done))

        future.add_done_callback(ended)
        return work

    @staticmethod
    async def _result(work: "_Work") -> Reading:
        deadline = work.deadline
        try:
            await asyncio.wait([work.ended], timeout=deadline.left + _GRACE)
        except asyncio.CancelledError:
            deadline.abort()
            raise
        if deadline.aborted:
            raise CollectError(Reason.NOT_POLLED, "the poll was broken off because netmon stops")
        if not work.ended.done():
            deadline.abort()
            raise CollectError(Reason.OVERLOAD, "the worker did not come back at the deadline: this host is too busy")
        outcome = work.ended.result()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """A poll in a thread; ``ended`` tells the loop when the thread is done with it, and what came of it.

    It does not hold the thread's own future, which calls back and so holds it.
    """

    deadline: Deadline
    ended: "asyncio.Future[Reading | BaseException]"


def _outcome(done: Future[Reading]) -> Reading | BaseException:
    if done.cancelled():
        return CollectError(Reason.NOT_POLLED, "the collector is not running")
    return done.exception() or done.result()


def _host(settings: HttpSettings) -> str:
    if settings.connect_to is not None:
        return settings.connect_to[0]
    try:
        return urlsplit(settings.url).hostname or ""
    except ValueError:
        return ""
