"""Moments as people type them."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from netmon.clock import Millis, from_datetime
from netmon.errors import UsageError
from netmon.sla.instant import instant_of

_CIVIL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_UNIX = re.compile(r"-?[0-9]{1,12}")


def moment(text: str, option: str, zone: ZoneInfo) -> Millis:
    """Civil time of ``zone`` (``2026-11-24 22:00``), RFC 3339 with offset, or integer Unix seconds.

    Raises:
        UsageError: none of these, or a civil time that clocks skip or show twice.
    """
    word = text.strip()
    if _UNIX.fullmatch(word):
        return int(word) * 1000
    instant = instant_of(word)
    if instant is None:
        instant = _civil(word, option, zone)
    return instant


def _civil(word: str, option: str, zone: ZoneInfo) -> Millis:
    try:
        told = dt.datetime.fromisoformat(word) if _CIVIL.fullmatch(word) else None
    except ValueError:
        told = None
    if told is None:
        raise UsageError(f"{option}: '{word}' is no moment: expected 2026-11-24 22:00, RFC 3339 or Unix seconds")
    first, second = (told.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise UsageError(f"{option}: at '{word}' clocks are changed: add an offset, as in {word}+01:00")
    return from_datetime(first)
