"""What happened, in sentences, and what the reader must know before trusting a figure."""

from fractions import Fraction

from exporters.report import outages
from exporters.report.outages import Event, Told
from exporters.report.texts import Texts
from exporters.report.verdict import Verdict
from netmon.l10n import digits_for, ratio_of, truncated
from netmon.model import Figures, Report


def sentences(figures: Figures, objective: float | None, verdict: Verdict, told: Told, texts: Texts) -> tuple[str, ...]:
    """The synthesis: the figure against the objective, then what interrupted the services."""
    return (_figure(figures, objective, verdict, texts), *_interruptions(figures, told, texts))


def is_unfinished(report: Report) -> bool:
    """Whether the period was still running when the report was made."""
    return report.generated < report.period.end


def notices(report: Report, figures: Figures, verdict: Verdict, texts: Texts) -> tuple[str, ...]:
    """Why the figures may say less than they seem to: unfinished period, little seen, an open verdict."""
    _, show, found = texts.gettext, texts.formats, []
    if is_unfinished(report):
        found.append(
            _("Provisional report: the period was not over when it was made, on %(when)s.")
            % {"when": show.instant(report.generated)}
        )
    if figures.coverage.whole and not figures.coverage.part:
        found.append(_("The monitoring saw nothing of this period."))
    elif verdict.partial:
        found.append(
            _("The monitoring saw only %(coverage)s of the time: the figures say nothing of the rest.")
            % {"coverage": show.percent(figures.coverage)}
        )
    if verdict.open:
        found.append(
            _(
                "The polls are not close enough together to settle the verdict: the true availability lies between "
                "%(low)s and %(high)s, on both sides of the objective."
            )
            % {"low": show.percent(figures.low), "high": show.percent(figures.high)}
        )
    return tuple(found)


def gap(figures: Figures, objective: float | None, texts: Texts) -> str | None:
    """Reached minus objective as shown, in points; None where one of them is missing."""
    if objective is None:
        return None
    digits = digits_for(objective)
    reached = truncated(figures.availability, digits)
    if reached is None:
        return None
    return texts.formats.points(reached - objective_units(objective, digits), digits)


def objective_units(objective: float, digits: int) -> int:
    """The objective in units of 10^-``digits`` percent."""
    return round(ratio_of(objective) * 100 * Fraction(10) ** digits)


def _figure(figures: Figures, objective: float | None, verdict: Verdict, texts: Texts) -> str:
    _, digits = texts.gettext, digits_for(objective)
    reached = texts.formats.percent(figures.availability, digits)
    if reached is None:
        return _("Nothing could be measured over this period: no availability can be stated.")
    if objective is None:
        text = (
            _("In the time seen, the services were available %(reached)s of it.")
            if verdict.partial
            else _("The services were available %(reached)s of the time.")
        )
        return text % {"reached": reached}
    return _against(verdict, texts) % {
        "reached": reached,
        "objective": texts.formats.percent_units(objective_units(objective, digits), digits),
    }


def _against(verdict: Verdict, texts: Texts) -> str:
    """The sentence about the objective; where little was seen, it speaks of no more than that."""
    _, met = texts.gettext, verdict.kind == "met"
    if verdict.partial and met:
        return _("In the time seen, the services were available %(reached)s of it: there the objective of "
                 "%(objective)s is met.")  # fmt: skip
    if verdict.partial:
        return _("In the time seen, the services were available %(reached)s of it: there the objective of "
                 "%(objective)s is not met.")  # fmt: skip
    if met:
        return _("The services were available %(reached)s of the time: the objective of %(objective)s is met.")
    return _("The services were available %(reached)s of the time: the objective of %(objective)s is not met.")


def _interruptions(figures: Figures, told: Told, texts: Texts) -> tuple[str, ...]:
    if not figures.availability.whole:
        return ()
    if not told.number:
        return (texts.gettext("No interruption counts against it."),)
    summary = texts.plural(
        "One interruption of service was counted", "%(n)s interruptions of service were counted", told.number
    )
    whole = texts.gettext("%(summary)s, %(total)s in all.") % {
        "summary": summary,
        "total": texts.formats.duration(told.length),
    }
    longest = max((event for event in told.events if event.counted), key=_gravity)
    return whole, _longest(longest, told, texts)


def _gravity(event: Event) -> tuple[int, int, int]:
    return event.end - event.start, len(event.names), -event.start


def _longest(event: Event, told: Told, texts: Texts) -> str:
    _ = texts.gettext
    text = (
        _("It began on %(start)s: %(names)s (%(reason)s).")
        if told.number == 1
        else _("The longest, of %(duration)s, began on %(start)s: %(names)s (%(reason)s).")
    )
    return text % {
        "duration": texts.formats.duration(event.end - event.start),
        "start": texts.formats.instant(event.start),
        "names": outages.names_in_words(event, told.named, told.everyone, texts),
        "reason": texts.words(event.reason),
    }
