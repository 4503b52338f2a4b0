"""Polls out of turn: a device that says something happened is looked at now, but not at the pace it says so."""

import asyncio
from collections.abc import Callable, Iterable

from netmon.clock import SECOND, Clock, Millis
from netmon.model import Check


class PromptPolls:
    """Calls ``poll(check)`` at once, and at most once in ``gap`` for each check.

    What asks again within the gap is answered by one poll at its end: nothing that was told goes without a look.
    """

    def __init__(self, poll: Callable[[Check], None], clock: Clock, gap: Millis) -> None:
        self._poll = poll
        self._clock = clock
        self._gap = gap / SECOND
        self._last: dict[str, float] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}

    def ask(self, checks: Iterable[Check]) -> bool:
        """Have ``checks`` polled; whether any of that comes in addition to what was asked before."""
        return sum(self._ask(check) for check in checks) > 0

    def stop(self) -> None:
        """Poll no more out of turn."""
        for waiting in self._waiting.values():
            waiting.cancel()
        self._waiting.clear()

    def _ask(self, check: Check) -> bool:
        if check.id in self._waiting:
            return False
        now = self._clock.monotonic()
        left = self._last.get(check.id, now - self._gap) + self._gap - now
        if left <= 0:
            self._go(check)
        else:
            self._waiting[check.id] = asyncio.get_running_loop().call_later(left, self._go, check)
        return True

    def _go(self, check: Check) -> None:
        self._waiting.pop(check.id, None)
        self._last[check.id] = self._clock.monotonic()
        self._poll(check)
