"""Incidents under a contract: their steps folded, their clocks run, and how many kept each guarantee."""

from collections.abc import Callable, Collection, Iterable
from typing import Literal, TypeAlias

from netmon.clock import Millis
from netmon.model import Clock, Guarantee, Handling, IncidentOutcome, IncidentStep, Party, Pause, Respect, Step
from netmon.sla.contract.clocks import Hours, run_clock
from netmon.sla.contract.imputation import InForce, responsible

GuaranteeHours: TypeAlias = Callable[[Guarantee, Millis], tuple[Hours, Millis]]
"""The covered hours of a guarantee, and until when they can be told for a clock that starts at the instant."""


def handlings(steps: Iterable[IncidentStep]) -> list[Handling]:
    """The incidents in the order first told. Of several tellings of a step the last recorded holds; pauses add up."""
    told: dict[str, list[IncidentStep]] = {}
    for step in sorted(steps, key=lambda each: each.recorded):
        told.setdefault(step.incident, []).append(step)
    return [_handling(name, mine) for name, mine in told.items()]


def _handling(name: str, steps: list[IncidentStep]) -> Handling:
    at = {step.step: step.at for step in steps}
    return Handling(
        incident=name,
        objects=tuple(dict.fromkeys(step.object for step in steps if step.object)),
        contracts=tuple(dict.fromkeys(step.contract for step in steps if step.contract)),
        detected=at.get(Step.DETECTED),
        notified=at.get(Step.NOTIFIED),
        started=at.get(Step.STARTED),
        workaround=at.get(Step.WORKAROUND),
        restored=at.get(Step.RESTORED),
        pauses=_pauses(steps),
    )


def _pauses(steps: Iterable[IncidentStep]) -> tuple[Pause, ...]:
    """Each from a pause to the next resumption; a second pause before that changes nothing."""
    found: list[Pause] = []
    open_one: IncidentStep | None = None
    for step in sorted(steps, key=lambda each: each.at):
        if step.step is Step.PAUSED:
            open_one = open_one or step
        elif step.step is Step.RESUMED and open_one:
            found.append(Pause(open_one.at, step.at, open_one.text))
            open_one = None
    if open_one:
        found.append(Pause(open_one.at, None, open_one.text))
    return tuple(found)


class IncidentJudge:
    """Runs the clocks of one contract. ``hours`` gives the covered hours of a guarantee; ``excluded`` are the parties
    whose incidents the contract leaves out."""

    def __init__(
        self,
        guarantees: tuple[Guarantee | None, Guarantee | None],
        hours: GuaranteeHours,
        attributions: Collection[InForce],
        excluded: Collection[Party],
    ) -> None:
        self._gti, self._gtr = guarantees
        self._hours, self._attributions, self._excluded = hours, attributions, excluded

    def outcome(self, handling: Handling, now: Millis) -> IncidentOutcome:
        """The incident as of ``now``. The intervention counts as started when service was back, if nobody said so."""
        party = responsible(handling, self._attributions)
        ended = handling.ended
        began = min((at for at in (handling.started, ended) if at is not None), default=None)
        return IncidentOutcome(
            handling=handling,
            party=party,
            excluded=party in self._excluded,
            gti=self._clock(self._gti, handling, began, now),
            gtr=self._clock(self._gtr, handling, ended, now),
        )

    def _clock(
        self, guarantee: Guarantee | None, handling: Handling, ended: Millis | None, now: Millis
    ) -> Clock | None:
        """None: nothing is guaranteed, or the provider was not notified (yet)."""
        if guarantee is None or handling.notified is None or handling.notified > now:
            return None
        hours, farthest = self._hours(guarantee, handling.notified)
        return run_clock(handling.notified, ended, handling.pauses, guarantee.limit, hours, now, farthest)


def touches(handling: Handling, start: Millis, end: Millis) -> bool:
    """Whether the incident was open at some time of [start, end), or ended in it."""
    began = min((at for at in (handling.detected, handling.notified) if at is not None), default=None)
    closed = settled_at(handling)
    return began is not None and began < end and (closed is None or closed >= start)


def settled_at(handling: Handling) -> Millis | None:
    """When nothing is left to wait for: service is back, and the provider was told. An incident belongs to the period
    this lies in, so that each is counted once."""
    if handling.ended is None:
        return None
    return handling.ended if handling.notified is None else max(handling.ended, handling.notified)


def settled_within(outcome: IncidentOutcome, start: Millis, end: Millis) -> bool:
    """Whether the incident counts for [start, end)."""
    at = settled_at(outcome.handling)
    return at is not None and start <= at < end


def respect(outcomes: Iterable[IncidentOutcome], start: Millis, end: Millis, which: Literal["gti", "gtr"]) -> Respect:
    """How many of the incidents kept the guarantee ``which``."""
    met = missed = running = 0
    for outcome in outcomes:
        clock = outcome.gti if which == "gti" else outcome.gtr
        if clock is None or outcome.excluded:
            continue
        if not settled_within(outcome, start, end):
            running += 1
        elif clock.late:
            missed += 1
        else:
            met += 1
    return Respect(met, missed, running)
