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


class ManualClock:
    """A clock that moves when told to."""

    def __init__(self, now: Millis = 0) -> None:
        self._start = now
        self._now = now

    def now(self) -> Millis:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start) / SECOND

    def set(self, now: Millis) -> None:
        """Move to the instant ``now``."""
        self._now = now

    def advance(self, by: Millis) -> None:
        """Move forward by ``by`` milliseconds."""
        self._now += by


def to_datetime(instant: Millis, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    """The instant as an aware datetime of ``zone``, exact to the millisecond."""
    seconds, millis = divmod(instant, SECOND)
    return dt.datetime.fromtimestamp(seconds, dt.UTC).replace(microsecond=millis * 1000).astimezone(zone)


def from_datetime(moment: dt.datetime) -> Millis:
    """An aware datetime as an instant, truncated to the millisecond.

    Raises:
        ValueError: ``moment`` has no zone, so it names no instant.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without zone names no instant")
    delta = moment.astimezone(dt.UTC) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return delta.days * DAY + delta.seconds * SECOND + delta.microseconds // 1000
