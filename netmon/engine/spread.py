"""When a check is due: at a fixed place inside its interval, drawn from its name, so that load is even.

With an interval of 60 s, ``a`` may always be polled 7 s past the minute and ``b`` 31 s past, whatever else is watched
and however often the daemon restarts::

    0s      7s                     31s                          60s
    |-------a-----------------------b----------------------------|-------a----
"""

from collections.abc import Iterator
from zlib import crc32

from netmon.clock import SECOND, Millis
from netmon.model import Check

SLOT: Millis = SECOND
"""Checks of one interval that fall into the same second share one scheduled job."""


def offset(name: str, interval: Millis) -> Millis:
    """The place of ``name`` inside ``interval``, the same on every machine and in every run."""
    return crc32(name.encode()) % interval


def next_due(check: Check, after: Millis) -> Millis:
    """The first moment at or after ``after`` at which the check is due."""
    place = offset(check.id, check.interval)
    return after + (place - after) % check.interval


def due_between(check: Check, start: Millis, end: Millis) -> Iterator[Millis]:
    """Every moment in [start, end) at which the check is due."""
    return iter(range(next_due(check, start), end, check.interval))
