"""Kinds of value that contracts and their calendars have: hours, days, amounts, shares."""

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from netmon.clock import DAY, Millis, from_datetime
from netmon.config import kinds
from netmon.config.kinds import Context, Kind
from netmon.config.source import Scalar, shown
from netmon.config.wrong import WrongError
from netmon.errors import UsageError
from netmon.model import Cents, DayCalendar
from netmon.sla.aggregate import parse_aggregate
from netmon.sla.calendar import service_hours
from netmon.sla.contract.hours import written_out
from netmon.sla.policy import parse_policy

Dates: TypeAlias = tuple[dt.date, dt.date]
"""The first day and the last, both included."""

SOME_DAY = DayCalendar("", "", ((dt.date(2026, 1, 1), dt.date(2026, 1, 1)),))
"""A calendar to try hours with."""


def policy() -> Kind:
    """A policy."""

    def parse(scalar: Scalar, _: Context) -> str:
        try:
            parse_policy(scalar)
        except UsageError as error:
            raise WrongError(str(error).removeprefix("policy: ")) from None
        return str(scalar)

    return Kind("a policy: a preset, answers as key=value, or both", parse, {"type": "string"})


def hours() -> Kind:
    """Opening hours."""
    words = "opening hours, such as 24/7 or Mo-Fr 08:00-18:00; PH off"

    def parse(scalar: Scalar, context: Context) -> str:
        text = kinds.read_text(scalar)
        try:
            dated = written_out(text, SOME_DAY)
        except UsageError as error:
            raise WrongError(str(error)) from None
        try:
            service_hours(dated, context.zone.key, 0, DAY)
        except UsageError:
            raise WrongError(f"expected {words}, found {shown(scalar)}") from None
        return text

    return Kind(words, parse, {"type": "string"})


def aggregate() -> Kind:
    """How objects make one figure."""
    words = "weighted, all, any or at-least:N"

    def parse(scalar: Scalar, _: Context) -> str:
        try:
            parse_aggregate(scalar)
        except UsageError:
            raise WrongError(f"expected {words}, found {shown(scalar)}") from None
        return str(scalar)

    return Kind(words, parse, {"type": "string"})


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def _day(convert: Callable[[dt.date, Context], object], words: str) -> Kind:
    def parse(scalar: Scalar, context: Context) -> object:
        day = _date(scalar)
        if day is None or not 1971 <= day.year <= 9998:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return convert(day, context)

    return Kind(words, parse, {"type": "string", "format": "date"})


def first_day() -> Kind:
    """A day, as the instant it begins."""
    return _day(_midnight, "a day, such as 2026-07-01")


def last_day() -> Kind:
    """A day, as the instant it ends."""
    return _day(lambda day, context: _midnight(day + dt.timedelta(days=1), context), "a day, such as 2026-12-31")


def _midnight(day: dt.date, context: Context) -> Millis:
    return from_datetime(dt.datetime(day.year, day.month, day.day, tzinfo=context.zone))


def civil_day() -> Kind:
    """A day of the calendar."""
    return _day(lambda day, _context: day, "a day, such as 2026-12-31")


def days() -> Kind:
    """A day, or several as first..last; the last is one of them."""
    words = "a day or days, such as 2026-05-15 or 2026-10-17..2026-11-01"

    def parse(scalar: Scalar, _: Context) -> Dates:
        first, dots, last = scalar.partition("..")
        days = (_date(first), _date(last if dots else first))
        if days[0] is None or days[1] is None:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        if days[0] > days[1]:
            raise WrongError(f"expected the earlier day first, found {shown(scalar)}")
        return days[0], days[1]

    return Kind(words, parse, {"type": "string"})


_EUROS = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))? ?(?:€|EUR)?")


def euros() -> Kind:
    """An amount in euros, as cents."""
    words = "an amount in euros, such as 150 or 1250.50"

    def parse(scalar: Scalar, _: Context) -> Cents:
        match = _EUROS.fullmatch(scalar)
        if not match:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))

    return Kind(words, parse, {"type": ["number", "string"], "minimum": 0})


_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?) ?%?")


def share() -> Kind:
    """A percentage, as an exact fraction."""
    words = "a percentage above 0 and up to 100"

    def parse(scalar: Scalar, _: Context) -> Fraction:
        match = _SHARE.fullmatch(scalar)
        share = Fraction(match[1]) / 100 if match else Fraction()
        if not 0 < share <= 1:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return share

    return Kind(words, parse, {"type": ["number", "string"], "exclusiveMinimum": 0, "maximum": 100})
