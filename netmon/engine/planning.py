"""Works that the configuration plans, announced in the history when they are first seen, recurring ones well ahead."""

from collections.abc import Iterable, Iterator

from netmon.clock import DAY, Millis
from netmon.model import Announcement, MaintenanceWindow, RecurringWork
from netmon.state.recurrence import Recurrence
from netmon.state.works import occurrences, revised, short_name

PREFIX = "CFG-"
AHEAD: Millis = 62 * DAY
"""So long before they begin recurring works are announced."""

CONFIGURED = "configuration"


def announce(
    windows: Iterable[MaintenanceWindow],
    recurring: Iterable[RecurringWork],
    timezone: str,
    known: Iterable[Announcement],
    now: Millis,
) -> list[Announcement]:
    """What has to be announced: works that are new or moved, and the end of those no longer configured."""
    wanted = [*_once(windows, now), *_again(recurring, timezone, now)]
    return revised(PREFIX, wanted, known, now)


def _once(windows: Iterable[MaintenanceWindow], now: Millis) -> Iterator[Announcement]:
    for each in windows:
        name = short_name(PREFIX, each.object, each.start, each.end)
        yield Announcement(name, each.object, each.start, each.end, each.text, CONFIGURED, now)


def _again(recurring: Iterable[RecurringWork], timezone: str, now: Millis) -> Iterator[Announcement]:
    for each in recurring:
        name = short_name(PREFIX, each.object, each.start, each.end, each.rule)
        told = Announcement(name, each.object, each.start, each.end, each.text, CONFIGURED, now)
        yield from occurrences(name, Recurrence(each.rule, each.start, each.end, timezone), told, now, now + AHEAD)
