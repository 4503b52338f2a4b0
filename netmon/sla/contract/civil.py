"""The civil months, quarters and years a contract is settled by."""

from netmon.clock import Millis, to_datetime
from netmon.model import CivilUnit, Period
from netmon.sla.period import parse_period, zone_of


def unit_at(at: Millis, unit: CivilUnit, timezone: str) -> Period:
    """The civil month, quarter or year the instant is in."""
    day = to_datetime(at, zone_of(timezone)).date()
    labels = {"month": f"{day:%Y-%m}", "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}", "year": f"{day:%Y}"}
    return parse_period(labels[unit], timezone, at)


def units_between(start: Millis, end: Millis, unit: CivilUnit, timezone: str) -> list[Period]:
    """The civil units that touch [start, end), in order."""
    found: list[Period] = []
    while start < end:
        found.append(unit_at(start, unit, timezone))
        start = found[-1].end
    return found


def whole_units(period: Period, unit: CivilUnit) -> list[Period]:
    """The civil units that lie within the period entirely, in order."""
    units = units_between(period.start, period.end, unit, period.timezone)
    return [each for each in units if period.start <= each.start and each.end <= period.end]
