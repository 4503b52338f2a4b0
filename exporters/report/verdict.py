"""Whether a commitment was kept, decided on exact numbers, and said by a glyph and a word, never by colour alone."""

from dataclasses import dataclass
from fractions import Fraction

from exporters.report.texts import Texts
from netmon.i18n import mark
from netmon.l10n import ratio_of
from netmon.model import Figures, Share

COVERAGE_ENOUGH = Fraction(95, 100)
"""Below this part of the time seen, figures are called partial wherever they are shown."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``kind`` is the style's name; ``phrase`` can stand alone, ``word`` beside the objective.

    ``partial``: too little was seen. ``open``: the bounds allow the other answer.
    """

    kind: str
    glyph: str
    word: str
    phrase: str
    partial: bool
    open: bool


_KINDS = {
    "met": ("✓", mark("met"), mark("objective met")),
    "missed": ("✗", mark("missed"), mark("objective not met")),
    "unmeasured": ("?", mark("not measured"), mark("not measured")),
    "free": ("–", mark("no objective"), mark("no objective")),
}
_PARTIAL_KINDS = {
    "met": ("✓", mark("met in the time seen"), mark("objective met in the time seen")),
    "missed": ("✗", mark("missed in the time seen"), mark("objective not met in the time seen")),
}
"""What is said where too little was seen to speak of the whole period."""


def judge(figures: Figures, objective: float | None, texts: Texts) -> Verdict:
    """The verdict on ``figures`` against ``objective`` (a ratio; None: no contract covers them)."""
    if not figures.availability.whole:
        kind = "unmeasured"
    elif objective is None:
        kind = "free"
    else:
        kind = "met" if _reaches(figures.availability, objective) else "missed"
    partial = is_partial(figures)
    glyph, word, phrase = (partial and _PARTIAL_KINDS.get(kind)) or _KINDS[kind]
    return Verdict(kind, glyph, texts.gettext(word), texts.gettext(phrase), partial, _is_open(figures, objective))


def is_partial(figures: Figures) -> bool:
    """Whether less than ``COVERAGE_ENOUGH`` of the time to watch was seen."""
    coverage = figures.coverage
    return bool(coverage.whole) and Fraction(coverage.part, coverage.whole) < COVERAGE_ENOUGH


def _reaches(share: Share, objective: float) -> bool:
    return Fraction(share.part, share.whole) >= ratio_of(objective)


def _is_open(figures: Figures, objective: float | None) -> bool:
    if objective is None or not (figures.availability.whole and figures.low.whole and figures.high.whole):
        return False
    return _reaches(figures.low, objective) != _reaches(figures.high, objective)
