"""How full links are: what two looks at the counters of an interface tell, and nothing where they do not tell it.

Counters are those of IF-MIB (RFC 2863), 64 bits wide: 32 bits come round in half a minute on a gigabit link, and nobody
can tell how often they did.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from netmon.clock import SECOND, Millis, from_datetime, to_datetime
from netmon.model import Family, LinkDay, Number

FULL = 10_000
"""A load is in ten-thousandths of the speed."""
MOST_INTERFACES = 256
"""Of one device no more interfaces are followed."""

_RECEIVED, _SENT, _HIGH_SPEED, _SPEED = "ifHCInOctets", "ifHCOutOctets", "ifHighSpeed", "ifSpeed"
_BROKEN = "ifCounterDiscontinuityTime"
_INDEX = "ifIndex"
_NAMES = ("ifName", "ifDescr", _INDEX)
_STATUS, _UP = "ifOperStatus", 1
_COLUMNS = frozenset({_RECEIVED, _SENT, _HIGH_SPEED, _SPEED, _BROKEN, _STATUS})
_SPEED_UNKNOWN = 0xFFFFFFFF
_MEGABIT = 1_000_000
_SHORTEST = 5 * SECOND
"""Looks closer together tell more of how long polls take than of the link."""
_TOLERANCE = 5 * SECOND
_UPTIME_WRAP = 1 << 32
_UPTIME_UNIT = 10


@dataclass(frozen=True, slots=True)
class Look:
    """What an interface told at ``at``: octets so far, its ``speed`` in bits per second; ``broken`` is when its
    counters last lost their continuity, ``uptime`` the device's, both in hundredths of a second (None: not told)."""

    at: Millis
    index: str
    received: int
    sent: int
    speed: int
    broken: int | None = None
    uptime: int | None = None


def looks_in(families: Iterable[Family], at: Millis, uptime: int | None) -> dict[str, Look]:
    """A look at each interface that is up and of known speed, as samples tell, by its name."""
    columns = {family.name: family for family in families if family.name in _COLUMNS}
    if _RECEIVED not in columns or _SENT not in columns:
        return {}
    rows, label_names = columns[_RECEIVED].series, columns[_RECEIVED].label_names
    places = [label_names.index(name) for name in _NAMES if name in label_names]
    index_at = label_names.index(_INDEX) if _INDEX in label_names else None
    told = (_column(columns.get(name), rows) for name in (_RECEIVED, _SENT, _HIGH_SPEED, _SPEED, _BROKEN, _STATUS))
    found: dict[str, Look] = {}
    for labels, received, sent, high, plain, broken, status in zip(rows, *told, strict=True):
        name, speed = next((labels[place] for place in places if labels[place]), ""), _speed(high, plain)
        if received is None or sent is None or status not in {None, _UP} or not speed or not name:
            continue
        index = "" if index_at is None else labels[index_at]
        look = Look(at, index, int(received), int(sent), speed, None if broken is None else int(broken), uptime)
        found[f"{name} ({index})" if name in found else name] = look
        if len(found) == MOST_INTERFACES:
            break
    return found


def load_between(before: Look, after: Look, longest: Millis) -> int | None:
    """The load of the busier direction between two looks, at most ``FULL``. None where it is not known: too short or
    longer than ``longest``, the device restarted or a clock was set, counters went back or lost continuity, another
    interface or speed, or more than a quarter above the speed, which is no traffic but a counter made anew.

    A restart that no uptime tells of shows less than was carried, never more.
    """
    length = after.at - before.at
    known = (before.index, before.speed, before.broken) == (after.index, after.speed, after.broken)
    if not known or not _SHORTEST <= length <= longest or not _ran_through(before, after):
        return None
    carried = (after.received - before.received, after.sent - before.sent)
    if min(carried) < 0:
        return None
    load = max(carried) * 8 * SECOND * FULL // (length * after.speed)
    return min(load, FULL) if load <= FULL * 5 // 4 else None


def longest_gap(interval: Millis) -> Millis:
    """Two looks that lie no further apart tell of all that is between them: one poll may fail."""
    return max(interval * 5 // 2, 3 * _SHORTEST)


def is_too_soon(before: Look, after: Look) -> bool:
    """Whether to wait for a later look."""
    return after.at - before.at < _SHORTEST


def days_in(start: Millis, end: Millis, zone: ZoneInfo) -> Iterator[tuple[str, Millis]]:
    """The civil days of [start, end), each with how much of it lies there. A day may have 23 or 25 hours."""
    at = start
    while at < end:
        day = to_datetime(at, zone).date()
        follows = day + dt.timedelta(days=1)
        until = min(end, from_datetime(dt.datetime(follows.year, follows.month, follows.day, tzinfo=zone)))
        until = until if until > at else end
        yield day.isoformat(), until - at
        at = until


def with_load(day: LinkDay, length: Millis, load: int, speed: int) -> LinkDay:
    """The day with ``length`` more of it known."""
    over = length if load >= day.threshold * FULL // 100 else 0
    return replace(
        day, speed=speed, measured=day.measured + length, over=day.over + over, peak=max(day.peak, load)
    )  # fmt: skip


def _column(family: Family | None, rows: Sequence[tuple[str, ...]]) -> Sequence[Number | None]:
    """The family's values in the order of ``rows``; None where it has none."""
    if family is None:
        return [None] * len(rows)
    if family.series == rows:  # as a rule: no row needs to be looked for
        return family.values
    values = dict(zip(family.series, family.values, strict=True))
    return [values.get(labels) for labels in rows]


def _speed(high: Number | None, plain: Number | None) -> int:
    """In bits per second; 0: not known."""
    if high:
        return int(high) * _MEGABIT
    return int(plain) if plain and plain < _SPEED_UNKNOWN else 0


def _ran_through(before: Look, after: Look) -> bool:
    """Whether as much time passed on the device as here; where it does not tell, it is believed."""
    if before.uptime is None or after.uptime is None:
        return True
    length = after.at - before.at
    ran = (after.uptime - before.uptime) % _UPTIME_WRAP * _UPTIME_UNIT
    return abs(ran - length) <= max(_TOLERANCE, length // 4)
