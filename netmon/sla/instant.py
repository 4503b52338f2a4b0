"""Instants as text: RFC 3339 and Unix seconds."""

import datetime as dt
import re

from netmon.clock import MINUTE, SECOND, Millis, from_datetime, to_datetime

_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)
_AS_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]\.[0-9]{3}Z")
"""As ``stamp_of`` writes it: most instants of a large log look like this."""
_LEAP_SECOND = 60
_HOURS, _MINUTES = 24, 60

EARLIEST, LATEST = -62_135_596_800, 253_402_300_799
"""The first second of the year 1 and the last of 9999: others are typing errors (milliseconds for seconds)."""


def instant_of(text: str) -> Millis | None:
    """RFC 3339 with offset as an instant, finer than a millisecond cut off; None when it is not that.

    A leap second (``:60``) is the second after it, as in Unix time.
    """
    if _AS_WRITTEN.fullmatch(text):
        try:
            return int(dt.datetime.fromisoformat(f"{text[:19]}+00:00").timestamp()) * SECOND + int(text[20:23])
        except ValueError:
            return None
    found = _RFC3339.fullmatch(text)
    if not found:
        return None
    day, minute, seconds, fraction, _, sign, hours, minutes = found.groups()
    ahead = int(hours or 0) * _MINUTES + int(minutes or 0)
    if int(seconds) > _LEAP_SECOND or int(hours or 0) >= _HOURS or int(minutes or 0) >= _MINUTES:
        return None
    try:
        civil = from_datetime(dt.datetime.fromisoformat(f"{day}T{minute}:00+00:00"))
    except ValueError:
        return None
    millis = int(seconds) * SECOND + int((fraction or "0")[:3].ljust(3, "0"))
    instant = civil + millis - (-ahead if sign == "-" else ahead) * MINUTE
    return instant if EARLIEST * SECOND <= instant < (LATEST + 1) * SECOND else None


def seconds_of(length: Millis) -> int | float:
    """Milliseconds as seconds: an integer where they are whole, else with up to three decimals."""
    return length // SECOND if length % SECOND == 0 else length / SECOND


def stamp_of(instant: Millis) -> int | str:
    """An instant as the event log writes it: integer Unix seconds where it is whole, else RFC 3339."""
    if instant % SECOND == 0:
        return instant // SECOND
    return to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")
