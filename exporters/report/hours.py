"""Service hours in words. What the words do not cover stays as it is written in the contract."""

import re

from exporters.report.texts import Texts, isolated
from netmon.i18n import mark
from netmon.model import Contract

ALWAYS = "24/7"

_DAYS = {
    "Mo": mark("Monday"),
    "Tu": mark("Tuesday"),
    "We": mark("Wednesday"),
    "Th": mark("Thursday"),
    "Fr": mark("Friday"),
    "Sa": mark("Saturday"),
    "Su": mark("Sunday"),
    "PH": mark("public holidays"),
    "SH": mark("school holidays"),
}
_DAY = "|".join(_DAYS)
_RULE = re.compile(rf"(?P<days>(?:{_DAY})(?:\s*[-,]\s*(?:{_DAY}))*)?\s*(?P<times>off|closed|24/7|[0-9:,\s-]+)")


def contract_hours(contract: Contract, texts: Texts) -> str:
    """The hours of a contract, its exceptions, and the calendars they come from."""
    said = [hours_in_words(contract.hours, texts)]
    said += [
        texts.gettext("%(days)s: %(hours)s")
        % {"days": isolated(each.calendar.name), "hours": hours_in_words(each.hours, texts)}
        for each in contract.exceptions
    ]
    if contract.school:
        said.append(
            texts.gettext("school holidays by the calendar “%(name)s”") % {"name": isolated(contract.school.name)}
        )
    return (" ; " if texts.language == "fr" else "; ").join(said).replace(" ;", "\u202f;")


def hours_in_words(text: str, texts: Texts) -> str:
    """``Mo-Fr 07:30-18:30; PH off``: Monday to Friday 07:30–18:30; public holidays closed."""
    if text.strip() == ALWAYS:
        return texts.gettext("at all hours")
    rules = [rule.strip() for rule in text.split(";") if rule.strip()]
    found = [_RULE.fullmatch(rule) for rule in rules]
    if not all(found):
        return isolated(text)
    separator = "\u202f; " if texts.language == "fr" else "; "
    return separator.join(_rule(rule["days"] or "", rule["times"], texts) for rule in found if rule)


def _rule(days: str, times: str, texts: Texts) -> str:
    times = _times(times.strip(), texts)
    if not days:
        return times
    named = ", ".join(_range(part, texts) for part in days.split(","))
    return texts.gettext("%(days)s: %(hours)s") % {"days": named, "hours": times}


def _range(days: str, texts: Texts) -> str:
    first, dash, last = (part.strip() for part in days.partition("-"))
    if not dash:
        return texts.gettext(_DAYS[first])
    return texts.gettext("%(first)s to %(last)s") % {
        "first": texts.gettext(_DAYS[first]),
        "last": texts.gettext(_DAYS[last]),
    }


def _times(times: str, texts: Texts) -> str:
    if times in {"off", "closed"}:
        return texts.gettext("closed")
    if times == ALWAYS:
        return texts.gettext("all day")
    hour = "\\1\u202fh\u202f\\2" if texts.language == "fr" else r"\1:\2"
    return re.sub(r"([0-9]{2}):([0-9]{2})", hour, times.replace("-", "–"))
