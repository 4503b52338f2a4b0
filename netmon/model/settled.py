"""What a contract came to over a period: figures, clocks, exclusions, and a proposal of penalties with its evidence."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from netmon.clock import Millis
from netmon.model.agreed import Cents, Contract, Party
from netmon.model.handled import Attribution, Handling
from netmon.model.recorded import Correction, MaintenanceWindow
from netmon.model.reported import Figures, Period, Share


@dataclass(frozen=True, slots=True)
class Pace:
    """Whether time ``counts`` at ``at``, as it does in covered hours only, and when that ``changes``; None: not before
    the limit is reached, or not foreseeable."""

    at: Millis
    counts: bool
    changes: Millis | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A guarantee's clock as far as it ran: ``elapsed`` is covered time since the notification, without pauses.

    ``deadline`` is the instant ``elapsed`` reaches ``limit``; None: not foreseeable, the clock is paused or the hours
    hold no such time. ``ended`` None: still running. ``pace`` is only told of live clocks that run.
    """

    limit: Millis
    elapsed: Millis
    deadline: Millis | None
    ended: Millis | None
    paused: bool = False
    pace: Pace | None = None

    @property
    def remaining(self) -> Millis:
        """Covered time left; never below 0."""
        return max(0, self.limit - self.elapsed)

    @property
    def late(self) -> Millis:
        """Covered time beyond the limit; 0 while there is some left."""
        return max(0, self.elapsed - self.limit)

    @property
    def result(self) -> Literal["met", "missed", "running"]:
        """Missed as soon as it is late; met only once it has ended."""
        if self.late:
            return "missed"
        return "running" if self.ended is None else "met"


@dataclass(frozen=True, slots=True)
class IncidentOutcome:
    """One incident under a contract. ``party``: whom it is attributed to; ``excluded``: the contract leaves it out."""

    handling: Handling
    party: Party | None
    excluded: bool
    gti: Clock | None
    gtr: Clock | None


@dataclass(frozen=True, slots=True)
class Respect:
    """How many incidents kept a guarantee, of those that ended in the period and are not excluded; ``running`` are
    those still open at its end, late or not."""

    met: int = 0
    missed: int = 0
    running: int = 0

    @property
    def share(self) -> Share:
        """Met over ended."""
        return Share(self.met, self.met + self.missed)


@dataclass(frozen=True, slots=True)
class ObjectiveOutcome:
    """What was reached of an objective. ``family`` empty: all objects without an objective of their own.

    The partition of ``figures`` is what was lived through; its eligible and unavailable time is without ``excluded``,
    the unavailable time that is attributed to excluded parties. ``met`` None: nothing was eligible. ``certain``: the
    bounds of the measurement allow no other verdict.
    """

    family: str
    objective: float
    figures: Figures
    excluded: Millis
    met: bool | None
    certain: bool


@dataclass(frozen=True, slots=True)
class Exclusion:
    """``unavailable`` is what this attribution takes off the contract's unavailable time."""

    attribution: Attribution
    unavailable: Millis


@dataclass(frozen=True, slots=True)
class RefusedWork:
    """Announced works, or the part of them from ``start`` to ``end``, that count as an outage all the same.

    ``why``: announced too late (notice), at a time that is not allowed (outside), or more than the cap (cap).
    """

    window: MaintenanceWindow
    start: Millis
    end: Millis
    why: Literal["notice", "outside", "cap"]


@dataclass(frozen=True, slots=True)
class YearlyInterruption:
    """How much of the year's maximum (IMS) an object used from ``start``, in covered time, without exclusions."""

    object: str
    start: Millis
    used: Millis
    limit: Millis

    @property
    def remaining(self) -> Millis:
        """What is left; negative: it is over."""
        return self.limit - self.used


@dataclass(frozen=True, slots=True)
class CorrectionEffect:
    """A correction, with the contract's availability before and after it."""

    correction: Correction
    before: Share
    after: Share


@dataclass(frozen=True, slots=True)
class PenaltyLine:
    """One line of a proposal: ``count`` units of ``kind`` about ``subject``, each ``unit`` cents; fractions of a cent
    are rounded once, in ``amount``.

    Lines that adjust the sum (franchise, cap, waiver) have no unit and a negative amount. ``evidence`` are the inputs
    as (name, milliseconds or text). ``certain`` False: the measurement's resolution would allow that nothing is due.
    """

    kind: Literal["started_hour", "started_day", "incident", "tenth", "objective", "ims", "franchise", "cap", "waiver"]
    subject: str
    count: int
    unit: Fraction | None
    amount: Cents
    evidence: tuple[tuple[str, int | str], ...]
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """A *proposition de pénalités* for one settled period: never a decision. The lines add up to ``total``.

    ``final`` False: the period is still running, and more may come.
    """

    period: Period
    final: bool
    lines: tuple[PenaltyLine, ...]
    total: Cents


@dataclass(frozen=True, slots=True)
class ContractReport:
    """Everything about one contract over one period. ``objects``: how many were in its scope at some time of it.

    ``figures`` are those of all its objects together, as ``ObjectiveOutcome.figures``.
    """

    contract: Contract
    period: Period
    objects: int
    figures: Figures
    excluded: Millis
    objectives: tuple[ObjectiveOutcome, ...]
    exclusions: tuple[Exclusion, ...]
    refused: tuple[RefusedWork, ...]
    incidents: tuple[IncidentOutcome, ...]
    gti: Respect | None
    gtr: Respect | None
    ims: tuple[YearlyInterruption, ...]
    corrections: tuple[CorrectionEffect, ...]
    proposals: tuple[Proposal, ...]
