"""Whether an objective was kept: decided exactly, and only called certain where the bounds allow no other answer."""

from enum import StrEnum
from fractions import Fraction

from netmon.l10n import ratio_of
from netmon.model import Figures, Share

COVERAGE_ENOUGH = Fraction(95, 100)
"""Below this part of the time seen, figures are called partial wherever they are shown."""


class Verdict(StrEnum):
    """What can be said of an objective.

    ``WITHIN_RESOLUTION``: the objective lies between the bounds; polls are too far apart to tell on which side of it
    the truth is. Contracts then go by the figure measured (``reaches``).
    """

    MET = "met"
    MISSED = "missed"
    WITHIN_RESOLUTION = "within_resolution"
    NOT_MEASURED = "not_measured"
    NO_OBJECTIVE = "no_objective"


def judge(figures: Figures, objective: float | None) -> Verdict:
    """The verdict on ``figures`` against ``objective`` (a ratio; None: nothing is promised)."""
    if objective is None:
        return Verdict.NO_OBJECTIVE
    if not figures.availability.whole:
        return Verdict.NOT_MEASURED
    if is_open(figures, objective):
        return Verdict.WITHIN_RESOLUTION
    return Verdict.MET if reaches(figures.availability, objective) else Verdict.MISSED


def reaches(share: Share, objective: float) -> bool:
    """Whether a share that has a whole is at least the objective, compared as exact decimals."""
    return Fraction(share.part, share.whole) >= ratio_of(objective)


def is_open(figures: Figures, objective: float | None) -> bool:
    """Whether the bounds allow both answers."""
    if objective is None or not (figures.availability.whole and figures.low.whole and figures.high.whole):
        return False
    return reaches(figures.low, objective) != reaches(figures.high, objective)


def is_partial(figures: Figures) -> bool:
    """Whether less than ``COVERAGE_ENOUGH`` of the time to watch was seen."""
    return is_little(figures.coverage)


def is_little(coverage: Share) -> bool:
    """Whether a coverage is below ``COVERAGE_ENOUGH``."""
    return bool(coverage.whole) and Fraction(coverage.part, coverage.whole) < COVERAGE_ENOUGH
