"""Times out of texts by patterns of strptime(3), as snmp_exporter's ``datetime_pattern`` has them.

English names whatever the locale; UTC unless the text tells an offset. Every directive has to be found where it stands,
and nothing may be left over.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Final, TypeAlias

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def _names(name: str, words: tuple[str, ...]) -> str:
    return f"(?P<{name}>{'|'.join(words)})"


_SIMPLE: Final = {
    "Y": r"(?P<year>\d{1,4})", "y": r"(?P<short>\d{1,2})", "C": r"(?P<century>\d{1,2})", "m": r"(?P<month>\d{1,2})",
    "B": _names("named", _MONTHS), "b": _names("named", tuple(month[:3] for month in _MONTHS)),
    "A": _names("weekday", _DAYS), "a": _names("weekday", tuple(day[:3] for day in _DAYS)), "w": "(?P<weekday>[0-6])",
    "d": r"(?P<day>\d{1,2})", "e": r" ?(?P<day>\d{1,2})", "j": r"(?P<yearday>\d{1,3})", "H": r"(?P<hour>\d{1,2})",
    "k": r" ?(?P<hour>\d{1,2})", "I": r"(?P<hour>\d{1,2})", "l": r" ?(?P<hour>\d{1,2})", "p": "(?P<half>AM|PM)",
    "M": r"(?P<minute>\d{1,2})", "S": r"(?P<second>\d{1,2})", "f": r"(?P<fraction>\d{1,6})",
    "z": r"(?P<zone>[+-]\d{4})", "Z": "(?P<zonename>[A-Z]*)", "t": r"\t", "n": r"\n", "%": "%",
}  # fmt: skip
_COMPOSED: Final = {
    "h": "%b", "D": "%m/%d/%y", "x": "%m/%d/%y", "F": "%Y-%m-%d", "v": "%e-%b-%Y", "R": "%H:%M", "r": "%I:%M:%S %p",
    "T": "%H:%M:%S", "X": "%H:%M:%S", "c": "%a %b %e %H:%M:%S %Y",
}  # fmt: skip
_GROUP = re.compile(r"\(\?P<(\w+)>")
_UTC_NAMES = frozenset({"UTC", "GMT", "Z", ""})

Parser: TypeAlias = Callable[[str], int | None]
"""A text to seconds since the epoch; None where it does not say a time."""


class PatternError(ValueError):
    """Not a pattern; ``position`` is the character that is wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def compile_pattern(pattern: str) -> Parser:
    """What reads texts of the form ``pattern``.

    Raises:
        PatternError: an unknown directive.
    """
    expression = re.compile(_once(_expression(pattern)), re.ASCII | re.IGNORECASE)

    def parse(text: str) -> int | None:
        match = expression.fullmatch(text)
        return _seconds(match.groupdict()) if match else None

    return parse


def _expression(pattern: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern[at] != "%":
            parts.append(re.escape(pattern[at]))
            at += 1
            continue
        letter = pattern[at + 1 : at + 2]
        if letter in _COMPOSED:
            parts.append(_expression(_COMPOSED[letter]))
        elif letter in _SIMPLE:
            parts.append(_SIMPLE[letter])
        else:
            raise PatternError(f"strptime has no directive '%{letter}'" if letter else "a '%' alone", at)
        at += 2
    return "".join(parts)


def _once(expression: str) -> str:
    """Of a directive that stands twice only the last tells."""
    names = _GROUP.findall(expression)
    for name in {name for name in names if names.count(name) > 1}:
        expression = expression.replace(f"(?P<{name}>", "(?:", names.count(name) - 1)
    return expression


def _seconds(found: dict[str, str | None]) -> int | None:
    number = {name: int(text) for name, text in found.items() if text and text.isdecimal()}
    zone = found.get("zonename") or ""
    if zone.upper() not in _UTC_NAMES:
        return None
    year = number.get("year", 1900)
    if "short" in number:
        year = dt.datetime.now(dt.UTC).year // 100 * 100 + number["short"]
    if "century" in number:
        year = number["century"] * 100 + year % 100
    month = _month(found.get("named")) or number.get("month", 1)
    days = days_before(year, month, number.get("day", 1))
    if "yearday" in number:
        days = days_before(year, 1, number["yearday"])
    hour = _hour(number.get("hour", 0), found.get("half"))
    return days * 86400 + hour * 3600 + number.get("minute", 0) * 60 + number.get("second", 0) - _offset(found)


def _month(name: str | None) -> int:
    return next((at for at, month in enumerate(_MONTHS, 1) if name and month.lower().startswith(name.lower())), 0)


def _hour(hour: int, half: str | None) -> int:
    return hour if half is None else hour % 12 + (12 if half.upper() == "PM" else 0)


def _offset(found: dict[str, str | None]) -> int:
    zone = found.get("zone")
    if not zone:
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[3:5]) * 60
    return -seconds if zone[0] == "-" else seconds


def days_before(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the proleptic Gregorian calendar; months and days beyond their ends run on
    into the next, as in Go's ``time.Date``: the 0th is the day before the first."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    cycles, year = divmod(
        year, 400
    )  # Python's calendar has no year 0, and 400 years are 146 097 days whatever they are
    return cycles * 146_097 + dt.date(year + 400, month, 1).toordinal() - 146_097 + day - 719_164
