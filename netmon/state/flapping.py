"""Objects that go back and forth: when that begins, and, later than it would begin again, when it ends. Pure.

An object flaps once it changed ``HIGH`` times within ``WINDOW``: it failed three times in half an hour. It is steady
again once hardly anything (``LOW``) happened for as long. Between the two nothing changes, so that flapping itself does
not flap. Seconds are counted as they were all the same; only the incident stays one.
"""

from bisect import bisect_right
from collections.abc import Sequence

from netmon.clock import MINUTE, Millis

WINDOW: Millis = 30 * MINUTE
HIGH = 5
LOW = 1


def flaps(changes: Sequence[Millis], at: Millis, *, before: bool) -> bool:
    """Whether an object that changed at ``changes`` (in order) flaps at ``at``, given whether it did ``before``."""
    recent = recent_changes(changes, at)
    return recent > LOW if before else recent >= HIGH


def steady_since(changes: Sequence[Millis]) -> Millis:
    """When an object that flapped, and changes no more, is steady again."""
    return changes[-LOW - 1] + WINDOW


def recent_changes(changes: Sequence[Millis], at: Millis) -> int:
    """How often it changed in the window that ends at ``at``."""
    return bisect_right(changes, at) - bisect_right(changes, at - WINDOW)
