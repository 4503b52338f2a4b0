"""Time: integer milliseconds since the epoch, UTC. Civil time exists only at the edges."""

import datetime as dt
import time
from typing import Protocol, TypeAlias

Millis: TypeAlias = int
"""Milliseconds: an instant since 1970-01-01T00:00:00Z, or a length of time."""

SECOND: Millis = 1_000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR


class Clock(Protocol):
    """Where the time comes from, so that the demo's past and the tests can bring their own."""

    def now(self) -> Millis:
        """The wall clock: for what is recorded and shown."""

    def monotonic(self) -> float:
        """Seconds that never go back: for durations and deadlines."""


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> Millis:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()


class SteadyClock:
    """A clock that never goes back, whatever is done to the wall clock: what is recorded has an order.

    It tells the time of ``wall``, and never less than ``floor``. While the wall clock is behind what was told already
    (it was set back), it goes on at half speed until the wall clock has caught up::

        wall    12:00 13:00 | set back: 12:00 13:00 14:00 15:00
        steady  12:00 13:00 |           13:00 13:30 14:00 15:00
    """

    def __init__(self, wall: Clock, floor: Millis = 0) -> None:
        self._wall = wall
        self._told = float(floor)
        self._looked = wall.monotonic()
        self._behind = False

    def now(self) -> Millis:
        wall, looked = self._wall.now(), self._wall.monotonic()
        if self._behind or wall < self._told:
            self._told += (looked - self._looked) * SECOND / 2
        self._behind = wall < self._told
        self._told = max(self._told, wall)
        self._looked = looked
        return int(self._told)

    def monotonic(self) -> float:
        return self._wall.monotonic()

    def ahead(self) -> Millis:
        """By how much it is ahead of the wall clock; 0 but for the time after that was set back."""
        return max(0, self.now() - self._wall.now())


class ManualClock:
    """A clock that moves when told to."""

    def __init__(self, now: Millis = 0) -> None:
        self._now = now
        self._elapsed: Millis = 0

    def now(self) -> Millis:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed / SECOND

    def set(self, now: Millis) -> None:
        """Let time pass until the instant ``now``."""
        self.advance(now - self._now)

    def advance(self, by: Millis) -> None:
        """Let ``by`` milliseconds pass."""
        self._now += by
        self._elapsed += by

    def step(self, by: Millis) -> None:
        """Set the wall clock, forward or back, while no time passes."""
        self._now += by


def to_datetime(instant: Millis, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    """The instant as an aware datetime of ``zone``, exact to the millisecond."""
    seconds, millis = divmod(instant, SECOND)
    moment = dt.datetime.fromtimestamp(seconds, zone)
    return moment.replace(microsecond=millis * 1000) if millis else moment


def from_datetime(moment: dt.datetime) -> Millis:
    """An aware datetime as an instant, truncated to the millisecond.

    Raises:
        ValueError: ``moment`` has no zone, so it names no instant.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without zone names no instant")
    delta = moment.astimezone(dt.UTC) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return delta.days * DAY + delta.seconds * SECOND + delta.microseconds // 1000
