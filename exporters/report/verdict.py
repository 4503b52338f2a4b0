"""Whether a commitment was kept (``netmon.sla.verdict``), said by a glyph and a word, never by colour alone."""

from dataclasses import dataclass, replace

from exporters.report.texts import Texts
from netmon.i18n import mark
from netmon.model import Figures, Share
from netmon.sla.verdict import is_little, is_open, reaches


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
    verdict = judge_share(figures.availability, figures.coverage, objective, texts)
    return replace(verdict, open=is_open(figures, objective))


def judge_share(availability: Share, coverage: Share, objective: float | None, texts: Texts) -> Verdict:
    """The verdict on what was reached, where the bounds are not known."""
    if not availability.whole:
        kind = "unmeasured"
    elif objective is None:
        kind = "free"
    else:
        kind = "met" if reaches(availability, objective) else "missed"
    partial = is_little(coverage)
    glyph, word, phrase = (partial and _PARTIAL_KINDS.get(kind)) or _KINDS[kind]
    return Verdict(kind, glyph, texts.gettext(word), texts.gettext(phrase), partial, False)


_CLOCKS = {
    "met": ("met", "✓", mark("kept")),
    "missed": ("missed", "✗", mark("exceeded")),
    "running": ("free", "…", mark("running")),
}


def of_clock(result: str, texts: Texts) -> Verdict:
    """How a guaranteed time stands: ``met``, ``missed`` or ``running``."""
    kind, glyph, word = _CLOCKS[result]
    return Verdict(kind, glyph, texts.gettext(word), texts.gettext(word), False, False)
