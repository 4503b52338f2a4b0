"""One deadline for a whole poll, and the phases the time goes to."""

import time
from collections.abc import Callable, Iterable


class Deadline:
    """The end of a poll, on the monotonic clock. ``abort`` brings it forward to now, from any thread."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.aborted = False
        self._end = time.monotonic() + seconds
        self._wake: Callable[[], object] | None = None

    def remaining(self) -> float:
        """Seconds left, more than 0.

        Raises:
            TimeoutError: none are.
        """
        left = self._end - time.monotonic()
        if left <= 0 or self.aborted:
            raise TimeoutError("deadline passed")
        return left

    @property
    def left(self) -> float:
        """Seconds left, 0 when none are."""
        return 0.0 if self.aborted else max(0.0, self._end - time.monotonic())

    def on_abort(self, wake: Callable[[], object]) -> None:
        """What ends the wait that begins now, should the poll be aborted; replaces what was told before."""
        self._wake = wake
        if self.aborted:
            wake()

    def abort(self) -> None:
        """End now; a thread that waits on the network comes back at once."""
        self.aborted = True
        if self._wake is not None:
            self._wake()


class Trace:
    """Seconds per phase, summed over the hops of a poll; the phase that failed keeps what it took."""

    def __init__(self, phases: Iterable[str]) -> None:
        self.seconds = dict.fromkeys(phases, 0.0)
        self.phase = ""
        self.started = self._since = time.monotonic()

    def enter(self, phase: str) -> None:
        """The running phase ends, ``phase`` begins."""
        now = time.monotonic()
        if self.phase:
            self.seconds[self.phase] += now - self._since
        self.phase, self._since = phase, now

    def leave(self) -> None:
        """The running phase ends, none begins."""
        self.enter("")

    @property
    def elapsed(self) -> float:
        """Seconds since the poll began."""
        return time.monotonic() - self.started
