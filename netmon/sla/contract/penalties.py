"""A proposal of penalties, line by line with its evidence. Amounts are cents; nothing is ever a binary fraction.

Each line is counted in units and rounded once, to the nearest cent, half a cent up. Then, in this order: the franchise
is taken off; the cap bounds, rounded down to the cent so that it is never passed; what is left is waived if it is not
more than the waiver. The rule ``started_day`` with a share of 0.1 % is the V × R / 1000 of article 14 of the
CCAG-TIC of 2009. Whether anything is due is for people to decide, after hearing the provider.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Literal

from netmon.clock import DAY, HOUR, Millis
from netmon.l10n import ratio_of
from netmon.model import (
    Cents,
    Clock,
    IncidentOutcome,
    ObjectiveOutcome,
    Penalties,
    PenaltyLine,
    PenaltyRule,
    Period,
    Proposal,
    YearlyInterruption,
)
from netmon.sla.intervals import LAST, clip, length, normalise

_TENTH_OF_A_POINT = Fraction(1, 1000)


def propose(
    penalties: Penalties,
    period: Period,
    *,
    final: bool,
    objectives: Sequence[ObjectiveOutcome],
    incidents: Sequence[IncidentOutcome],
    ims: Sequence[YearlyInterruption] = (),
) -> Proposal:
    """The proposal for one settled period, from what belongs to it: incidents that ended in it, objectives over it,
    and the objects whose yearly interruption went over the limit in it."""
    priced = (
        _priced(line, rule, penalties)
        for rule in penalties.rules
        for line in _counted(rule, objectives, incidents, ims)
    )
    lines = [line for line in priced if line.amount]
    lines += _adjusted(penalties, sum(line.amount for line in lines))
    return Proposal(period, final, tuple(lines), sum(line.amount for line in lines))


def rounded(amount: Fraction) -> Cents:
    """To the nearest cent, half a cent up."""
    return int((2 * amount + 1) // 2)


def _counted(
    rule: PenaltyRule,
    objectives: Iterable[ObjectiveOutcome],
    incidents: Iterable[IncidentOutcome],
    ims: Iterable[YearlyInterruption],
) -> Iterator[PenaltyLine]:
    if rule.per in {"started_hour", "started_day", "incident"}:
        for outcome in incidents:
            yield from _delay(rule, outcome)
    elif rule.per in {"tenth", "objective"}:
        for objective in objectives:
            yield from _shortfall(rule, objective)
    else:
        for used in ims:
            if used.remaining < 0:
                yield _line("ims", used.object, 1, (("used", used.used), ("limit", used.limit)))


def _delay(rule: PenaltyRule, outcome: IncidentOutcome) -> Iterator[PenaltyLine]:
    clock = outcome.gti if rule.clock == "gti" else outcome.gtr
    if clock is None or outcome.excluded or clock.ended is None or not clock.late:
        return
    late = _beyond(clock) if rule.elapsed else clock.late
    count = 1
    if rule.per != "incident":
        size = HOUR if rule.per == "started_hour" else DAY
        count = -(-late // size)
    handling = outcome.handling
    evidence: list[tuple[str, int | str]] = [("clock", rule.clock)]
    evidence += [("notified", handling.notified or 0), ("ended", clock.ended), ("limit", clock.limit)]
    evidence += [("paused", _paused(outcome)), ("elapsed", clock.elapsed), ("late", late)]
    yield _line(rule.per, handling.incident, count, tuple(evidence))


def _beyond(clock: Clock) -> Millis:
    """How long after its deadline it ended, on the wall clock."""
    return max(0, (clock.ended or 0) - clock.deadline) if clock.deadline is not None else clock.late


def _paused(outcome: IncidentOutcome) -> Millis:
    """How long the clocks stood still between notification and end, within covered hours or not."""
    notified, ended = outcome.handling.notified or 0, outcome.handling.ended or 0
    pauses = normalise((pause.start, LAST if pause.end is None else pause.end) for pause in outcome.handling.pauses)
    return length(clip(pauses, notified, ended))


def _shortfall(rule: PenaltyRule, outcome: ObjectiveOutcome) -> Iterator[PenaltyLine]:
    share, objective = outcome.figures.availability, ratio_of(outcome.objective)
    if not share.whole or Fraction(share.part, share.whole) >= objective:
        return
    missed = (objective - Fraction(share.part, share.whole)) / _TENTH_OF_A_POINT
    count = 1
    if rule.per == "tenth":
        count = int(missed // 1) if rule.complete else int(-(-missed // 1))
    evidence: tuple[tuple[str, int | str], ...] = (
        ("objective", str(outcome.objective)),
        ("eligible", outcome.figures.eligible),
        ("unavailable", outcome.figures.unavailable),
        ("excluded", outcome.excluded),
    )
    yield _line(rule.per, outcome.family, count, evidence, certain=outcome.certain)


def _line(
    kind: Literal["started_hour", "started_day", "incident", "tenth", "objective", "ims"],
    subject: str,
    count: int,
    evidence: tuple[tuple[str, int | str], ...],
    *,
    certain: bool = True,
) -> PenaltyLine:
    return PenaltyLine(kind, subject, count, Fraction(), 0, evidence, certain)


def _priced(line: PenaltyLine, rule: PenaltyRule, penalties: Penalties) -> PenaltyLine:
    unit = Fraction(rule.amount or 0)
    evidence = line.evidence
    if rule.share is not None:
        unit = (penalties.period_amount or 0) * rule.share
        evidence = (*evidence, ("period_amount", penalties.period_amount or 0), ("share", str(rule.share)))
    amount = rounded(line.count * unit)
    return PenaltyLine(line.kind, line.subject, line.count, unit, amount, evidence, line.certain)


def _adjusted(penalties: Penalties, total: Cents) -> Iterator[PenaltyLine]:
    """What franchise, cap and waiver take off, each as a line of its own."""
    off = min(total, penalties.franchise)
    if off:
        yield _adjustment("franchise", off, (("franchise", penalties.franchise),))
    total -= off
    if penalties.cap is not None:
        cap = int((penalties.period_amount or 0) * penalties.cap)
        if total > cap:
            inputs = (("period_amount", penalties.period_amount or 0), ("share", str(penalties.cap)), ("cap", cap))
            yield _adjustment("cap", total - cap, inputs)
            total = cap
    if 0 < total <= penalties.waiver:
        yield _adjustment("waiver", total, (("waiver", penalties.waiver),))


def _adjustment(
    kind: Literal["franchise", "cap", "waiver"], off: Cents, evidence: tuple[tuple[str, int | str], ...]
) -> PenaltyLine:
    return PenaltyLine(kind, "", 1, None, -off, evidence)
