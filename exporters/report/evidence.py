"""A penalty's line in words: what it is for, and the inputs it was computed from."""

from collections.abc import Mapping
from fractions import Fraction

from exporters.report.texts import Texts, isolated
from netmon.i18n import mark
from netmon.model import PenaltyLine
from netmon.words import words_of

KIND_WORDS = {
    "started_hour": mark("Delay, each hour begun"),
    "started_day": mark("Delay, each day begun"),
    "incident": mark("Incident out of time"),
    "tenth": mark("Each tenth of a point missing"),
    "objective": mark("Objective not met"),
    "ims": mark("Yearly interruption exceeded"),
    "franchise": mark("Franchise"),
    "cap": mark("Cap"),
    "waiver": mark("Waived, below the minimum"),
}

_NAMES = {
    "clock": mark("guarantee"),
    "notified": mark("notified"),
    "ended": mark("ended"),
    "limit": mark("limit"),
    "paused": mark("paused"),
    "elapsed": mark("elapsed"),
    "late": mark("late"),
    "objective": mark("objective"),
    "eligible": mark("eligible time"),
    "unavailable": mark("unavailable time"),
    "excluded": mark("left out"),
    "used": mark("used"),
    "period_amount": mark("amount of the period"),
    "share": mark("share"),
    "franchise": mark("franchise"),
    "cap": mark("cap"),
    "waiver": mark("minimum"),
}
_INSTANTS = frozenset({"notified", "ended"})
_AMOUNTS = frozenset({"period_amount", "franchise", "cap", "waiver"})
_RATIOS = frozenset({"objective", "share"})


def evidence(line: PenaltyLine, texts: Texts) -> str:
    """The line's inputs, by name."""
    colon = texts.gettext("%(name)s: %(value)s")
    said = (
        colon % {"name": texts.gettext(_NAMES[name]) if name in _NAMES else name, "value": _value(name, value, texts)}
        for name, value in line.evidence
    )
    return "; ".join(said) if texts.language == "en" else "\u202f; ".join(said)


def subject(line: PenaltyLine, names: Mapping[str, str], texts: Texts) -> str:
    """What the line is about: an incident, a family, an object."""
    if line.kind in {"tenth", "objective"}:
        return words_of(line.subject, texts.gettext) if line.subject else texts.gettext("the contract as a whole")
    return names.get(line.subject, line.subject)


def _value(name: str, value: int | str, texts: Texts) -> str:
    show = texts.formats
    if name in _RATIOS:
        return _ratio(Fraction(value), texts)
    if isinstance(value, str):
        return isolated(value.upper() if name == "clock" else value)
    if name in _INSTANTS:
        return show.instant(value)
    return show.euros(value) if name in _AMOUNTS else show.duration(value)


def _ratio(share: Fraction, texts: Texts) -> str:
    """A percentage with two decimals, or as many more as it has, up to four."""
    for digits in range(2, 5):
        units = share * 100 * 10**digits
        if units.denominator == 1:
            break
    return texts.formats.percent_units(int(units), digits)
