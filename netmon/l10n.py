"""Numbers, percentages, durations and times as French and English readers write them.

A percentage is truncated, never rounded: 99.999 is not 100, and 99.4999 does not reach 99.5. In French, a narrow
no-break space (U+202F) stands before % and unit; times read ``12/03/2026 14 h 05``, in English ``2026-03-12 14:05``.
"""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis, to_datetime
from netmon.i18n import plural_translator, translator
from netmon.model import Period, Share

NARROW = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
_MIDNIGHT = dt.time()


def ratio_of(objective: float) -> Fraction:
    """An objective read from a file (0.995) as the exact decimal it was written as, not as its binary neighbour."""
    return Fraction(Decimal(repr(round(objective, 12))))


def digits_for(objective: float | None) -> int:
    """How many decimals a percentage compared with ``objective`` needs: two, or as many as the objective has."""
    if objective is None:
        return 2
    exponent = Decimal(repr(round(objective * 100, 10))).normalize().as_tuple().exponent
    return max(2, -exponent) if isinstance(exponent, int) else 2


def truncated(share: Share, digits: int = 2) -> int | None:
    """``share`` in units of 10^-``digits`` percent, rounded down; None when there is no whole."""
    return share.part * 100 * 10**digits // share.whole if share.whole else None


class Formats:
    """How one language writes in one time zone.

    Raises:
        UsageError: no such language.
        zoneinfo.ZoneInfoNotFoundError: no such zone.
    """

    def __init__(self, language: str, timezone: str) -> None:
        self.language = language
        self.zone = ZoneInfo(timezone)
        self._gettext = translator(language)
        self._ngettext = plural_translator(language)
        self._before_percent = NARROW if language == "fr" else ""

    def integer(self, number: int) -> str:
        """A whole number with its thousands set apart."""
        if 0 <= number < 1000:
            return str(number)  # nothing to set apart, and most numbers are
        return str(format_decimal(number, format="#,##0", locale=self.language))

    def scaled(self, units: int, digits: int) -> str:
        """``units`` x 10^-``digits`` with exactly ``digits`` decimals."""
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        text = str(format_decimal(Decimal(units).scaleb(-digits), format=pattern, locale=self.language))
        return text.replace("-", MINUS)

    def percent(self, share: Share, digits: int = 2) -> str | None:
        """``99,95 %``, truncated; None when there is no whole."""
        units = truncated(share, digits)
        return None if units is None else self.percent_units(units, digits)

    def percent_units(self, units: int, digits: int = 2) -> str:
        """A percentage given in units of 10^-``digits``."""
        return f"{self.scaled(units, digits)}{self._before_percent}%"

    def euros(self, cents: int) -> str:
        """An amount of money: ``1 234,50 €``, ``€1,234.50``."""
        amount = self.scaled(cents, 2)
        return f"{amount}{NO_BREAK}€" if self.language == "fr" else f"€{amount}".replace(f"€{MINUS}", f"{MINUS}€")

    def points(self, units: int, digits: int = 2) -> str:
        """A difference of percentages, signed: ``−0,12 point``."""
        sign = "+" if units > 0 else ""
        plural = 2 if abs(units) >= 2 * 10**digits or (self.language == "en" and abs(units) != 10**digits) else 1
        return f"{sign}{self.scaled(units, digits)}{NO_BREAK}{self._ngettext('point', 'points', plural)}"

    def duration(self, length: Millis) -> str:
        """``3 h 36 min``, to the nearest second; what is shorter than half a second is ``< 1 s``, never nothing."""
        seconds = (length + SECOND // 2) // SECOND
        if not seconds:
            return f"<{NO_BREAK}1{NARROW}s" if length else f"0{NARROW}s"
        hours, rest = divmod(seconds, HOUR // SECOND)
        minutes, seconds = divmod(rest, MINUTE // SECOND)
        parts = [
            f"{self.integer(n)}{NARROW}{unit}" for n, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if n
        ]
        return NO_BREAK.join(parts)

    def span(self, length: Millis) -> str:
        """A long duration by days and hours: ``12 j 7 h``; below two days as ``duration``."""
        days, rest = divmod((length + HOUR // 2) // HOUR * HOUR, DAY)
        if days < 2:
            return self.duration(length)
        text = f"{self.integer(days)}{NARROW}{self._gettext('d')}"
        return f"{text}{NO_BREAK}{self.duration(rest)}" if rest else text

    def instant(self, at: Millis) -> str:
        """Date and time to the minute; at the end of summer time, when an hour comes twice, with its offset."""
        moment = to_datetime(at, self.zone)
        text = f"{self._day(moment)} {self._time(moment)}"
        return f"{text} ({self._offset(moment)})" if self._is_ambiguous(moment) else text

    def end(self, start: Millis, at: Millis) -> str:
        """The end of what began at ``start``: without the date where it is the same day."""
        first, last = to_datetime(start, self.zone), to_datetime(at, self.zone)
        if first.date() != last.date() or self._is_ambiguous(last):
            return self.instant(at)
        return self._time(last)

    def precise(self, at: Millis) -> str:
        """Date and time to the second, milliseconds only where there are some: ``12/03/2026 14:05:10``."""
        moment = to_datetime(at, self.zone)
        fraction = f"{',' if self.language == 'fr' else '.'}{at % SECOND:03d}" if at % SECOND else ""
        text = f"{self._day(moment)} {moment:%H:%M:%S}{fraction}"
        return f"{text} ({self._offset(moment)})" if self._is_ambiguous(moment) else text

    def day(self, at: Millis) -> str:
        """``1er novembre 2026``, ``1 November 2026``."""
        return self._long(to_datetime(at, self.zone))

    def iso(self, at: Millis) -> str:
        """RFC 3339 with the zone's offset; milliseconds only where there are some."""
        precision = "milliseconds" if at % SECOND else "seconds"
        return to_datetime(at, self.zone).isoformat(timespec=precision)

    def period_title(self, period: Period) -> str:
        """The period by its civil name: ``novembre 2026``, ``3e trimestre 2026``; otherwise from when to when."""
        _ = self._gettext
        start, end = (to_datetime(at, self.zone) for at in (period.start, period.end))
        if start.time() != _MIDNIGHT or end.time() != _MIDNIGHT:
            return self.period_range(period)
        if start.day == end.day == 1:
            months = (end.year - start.year) * 12 + end.month - start.month
            if months == 1:
                return str(format_date(start, "MMMM y", locale=self.language))
            if months == 3 and start.month % 3 == 1:
                return _("quarter %(quarter)s of %(year)s") % {
                    "quarter": self._rank(start.month // 3 + 1),
                    "year": start.year,
                }
            if months == 12 and start.month == 1:
                return str(start.year)
        if start.weekday() == 0 and end.date() - start.date() == dt.timedelta(days=7):
            year, week, _day = start.isocalendar()
            return _("week %(week)s of %(year)s") % {"week": week, "year": year}
        return self.period_range(period)

    def period_range(self, period: Period) -> str:
        """``du 1er au 30 novembre 2026``, the last day included; with times where it is not made of whole days."""
        _ = self._gettext
        start, end = (to_datetime(at, self.zone) for at in (period.start, period.end))
        if start.time() != _MIDNIGHT or end.time() != _MIDNIGHT:
            words = {"start": self.instant(period.start), "end": self.instant(period.end)}
        else:
            last = to_datetime(period.end - 1, self.zone)
            if start.date() == last.date():
                return self._long(start)
            words = {"start": self._first_day(start, last), "end": self._long(last)}
        return _("from %(start)s to %(end)s") % words

    def _day(self, moment: dt.datetime) -> str:
        return moment.strftime("%d/%m/%Y" if self.language == "fr" else "%Y-%m-%d")

    def _time(self, moment: dt.datetime) -> str:
        separator = f"{NARROW}h{NARROW}" if self.language == "fr" else ":"
        return f"{moment:%H}{separator}{moment:%M}"

    def _first_day(self, first: dt.datetime, last: dt.datetime) -> str:
        """The first day of a range, without the month and year that the last one says as well."""
        if first.year != last.year:
            return self._long(first)
        return self._ordinal(
            str(format_date(first, "d" if first.month == last.month else "d MMMM", locale=self.language))
        )

    def _rank(self, number: int) -> str:
        """A number in a row, where the language has a way to write it short."""
        return {"en": str(number), "fr": "1er" if number == 1 else f"{number}e"}[self.language]

    def _ordinal(self, text: str) -> str:
        return re.sub(r"^1\b", "1er", text) if self.language == "fr" else text

    def _long(self, moment: dt.datetime) -> str:
        return self._ordinal(str(format_date(moment, "d MMMM y", locale=self.language)))

    def _is_ambiguous(self, moment: dt.datetime) -> bool:
        """Whether this wall-clock time comes twice. In the gap of spring the two offsets differ as well, but no
        instant reads as such a time."""
        return moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()

    def _offset(self, moment: dt.datetime) -> str:
        offset = moment.utcoffset() or dt.timedelta()
        sign = MINUS if offset < dt.timedelta() else "+"
        hours, minutes = divmod(abs(offset) // dt.timedelta(minutes=1), 60)
        return f"UTC{sign}{hours}:{minutes:02d}" if minutes else f"UTC{sign}{hours}"
