"""A settled contract as programs read it: lengths in seconds, money in integer cents, instants as the caller says."""

from collections.abc import Callable
from typing import TypeAlias

from netmon.clock import Millis
from netmon.model import (
    Clock,
    ContractReport,
    CorrectionEffect,
    Exclusion,
    IncidentOutcome,
    ObjectiveOutcome,
    PenaltyLine,
    Proposal,
    RefusedWork,
    Respect,
    YearlyInterruption,
)
from netmon.sla.instant import seconds_of

Document: TypeAlias = dict[str, object]
Instant: TypeAlias = Callable[[Millis], str]
"""How an instant is written: RFC 3339 in some zone."""

CURRENCY = "EUR"
_INSTANTS = frozenset({"notified", "ended"})
_LENGTHS = frozenset({"limit", "paused", "elapsed", "late", "eligible", "unavailable", "excluded", "used"})


def contract_document(report: ContractReport, iso: Instant) -> Document:
    """Everything the settlement of one contract says."""
    contract = report.contract
    return {
        "contract": contract.id,
        "name": contract.name,
        "kind": contract.kind,
        "provider": contract.provider,
        "customer": contract.customer,
        "from": _or_none(contract.start, iso),
        "to": _or_none(contract.end, iso),
        "hours": contract.hours,
        "objects": report.objects,
        "eligible": seconds_of(report.figures.eligible),
        "unavailable": seconds_of(report.figures.unavailable),
        "excluded": seconds_of(report.excluded),
        "objectives": [_objective(each) for each in report.objectives],
        "exclusions": [_exclusion(each, iso) for each in report.exclusions],
        "refused_works": [_refused(each, iso) for each in report.refused],
        "incidents": [_incident(each, iso) for each in report.incidents],
        "gti": _respect(report.gti),
        "gtr": _respect(report.gtr),
        "ims": [_yearly(each, iso) for each in report.ims],
        "corrections": [_correction(each, iso) for each in report.corrections],
        "penalties": [_proposal(each, iso) for each in report.proposals],
    }


def _or_none(at: Millis | None, iso: Instant) -> str | None:
    return None if at is None else iso(at)


def _objective(outcome: ObjectiveOutcome) -> Document:
    figures = outcome.figures
    return {
        "family": outcome.family or None,
        "objective": outcome.objective,
        "met": outcome.met,
        "certain": outcome.certain,
        "eligible": seconds_of(figures.eligible),
        "unavailable": seconds_of(figures.unavailable),
        "excluded": seconds_of(outcome.excluded),
        "availability": figures.availability.ratio,
        "low": figures.low.ratio,
        "high": figures.high.ratio,
        "coverage": figures.coverage.ratio,
    }


def _exclusion(exclusion: Exclusion, iso: Instant) -> Document:
    told = exclusion.attribution
    return {
        "object": told.object,
        "from": iso(told.start),
        "to": _or_none(told.end, iso),
        "party": told.party,
        "incident": told.incident or None,
        "author": told.author,
        "reason": told.reason,
        "recorded": iso(told.recorded),
        "unavailable": seconds_of(exclusion.unavailable),
    }


def _refused(work: RefusedWork, iso: Instant) -> Document:
    return {
        "object": work.window.object,
        "text": work.window.text,
        "announced": iso(work.window.recorded),
        "from": iso(work.start),
        "to": iso(work.end),
        "why": work.why,
    }


def _incident(outcome: IncidentOutcome, iso: Instant) -> Document:
    handling = outcome.handling
    return {
        "incident": handling.incident,
        "objects": list(handling.objects),
        **{
            step: _or_none(getattr(handling, step), iso)
            for step in ("detected", "notified", "started", "workaround", "restored")
        },
        "pauses": [
            {"from": iso(pause.start), "to": _or_none(pause.end, iso), "reason": pause.reason}
            for pause in handling.pauses
        ],
        "party": outcome.party,
        "excluded": outcome.excluded,
        "gti": _clock(outcome.gti, iso),
        "gtr": _clock(outcome.gtr, iso),
    }


def _clock(clock: Clock | None, iso: Instant) -> Document | None:
    if clock is None:
        return None
    return {
        "result": clock.result,
        "limit": seconds_of(clock.limit),
        "elapsed": seconds_of(clock.elapsed),
        "remaining": seconds_of(clock.remaining),
        "late": seconds_of(clock.late),
        "deadline": _or_none(clock.deadline, iso),
        "ended": _or_none(clock.ended, iso),
        "paused": clock.paused,
    }


def _respect(respect: Respect | None) -> Document | None:
    if respect is None:
        return None
    return {
        "met": respect.met,
        "missed": respect.missed,
        "running": respect.running,
        "rate": respect.share.ratio,
    }


def _yearly(used: YearlyInterruption, iso: Instant) -> Document:
    return {
        "object": used.object,
        "from": iso(used.start),
        "used": seconds_of(used.used),
        "limit": seconds_of(used.limit),
        "remaining": seconds_of(used.remaining),
    }


def _correction(effect: CorrectionEffect, iso: Instant) -> Document:
    told = effect.correction
    return {
        "object": told.object,
        "from": iso(told.start),
        "to": iso(told.end),
        "state": told.state,
        "author": told.author,
        "reason": told.reason,
        "recorded": iso(told.recorded),
        "before": effect.before.ratio,
        "after": effect.after.ratio,
    }


def _proposal(proposal: Proposal, iso: Instant) -> Document:
    return {
        "period": proposal.period.label,
        "from": iso(proposal.period.start),
        "to": iso(proposal.period.end),
        "final": proposal.final,
        "currency": CURRENCY,
        "total_cents": proposal.total,
        "lines": [_line(line, iso) for line in proposal.lines],
    }


def _line(line: PenaltyLine, iso: Instant) -> Document:
    return {
        "kind": line.kind,
        "subject": line.subject or None,
        "count": line.count,
        "unit_cents": None if line.unit is None else str(line.unit),
        "amount_cents": line.amount,
        "certain": line.certain,
        "evidence": {name: _evidence(name, value, iso) for name, value in line.evidence},
    }


def _evidence(name: str, value: int | str, iso: Instant) -> object:
    if isinstance(value, str):
        return value
    if name in _INSTANTS:
        return iso(value)
    return seconds_of(value) if name in _LENGTHS else value
