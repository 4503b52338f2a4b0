"""What ``netmon sla --by contract`` says in sentences below its table: clocks, exclusions, proposed penalties."""

from collections.abc import Iterator, Sequence

from netmon.i18n import mark, plural_translator, translator
from netmon.l10n import Formats
from netmon.model import Clock, ContractReport, Respect
from netmon.sla.contract.rows import ContractRow

_GUARANTEES = (("gti", mark("intervention (GTI)")), ("gtr", mark("restoration (GTR)")))


def contract_sentences(rows: Sequence[ContractRow], formats: Formats) -> Iterator[str]:
    """The sentences of all contracts, in the order of the rows."""
    _ = translator(formats.language)
    for row in rows:
        for sentence in (*_kept(row.report, formats), *_left_out(row.report, formats), *_due(row.report, formats)):
            yield _("%(name)s: %(sentence)s") % {"name": row.standing.name, "sentence": sentence}


def _kept(report: ContractReport, formats: Formats) -> Iterator[str]:
    _ = translator(formats.language)
    for name, words in _GUARANTEES:
        respect: Respect | None = report.gti if name == "gti" else report.gtr
        if respect and (respect.share.whole or respect.running):
            yield _("%(guarantee)s kept: %(met)s of %(all)s ended, %(running)s still open.") % {
                "guarantee": _(words),
                "met": formats.integer(respect.met),
                "all": formats.integer(respect.share.whole),
                "running": formats.integer(respect.running),
            }
        for outcome in report.incidents:
            clock = outcome.gti if name == "gti" else outcome.gtr
            if clock and clock.ended is None and not outcome.excluded:
                yield _("%(incident)s, %(guarantee)s: %(clock)s") % {
                    "incident": outcome.handling.incident,
                    "guarantee": _(words),
                    "clock": _running(clock, formats),
                }


def _running(clock: Clock, formats: Formats) -> str:
    _ = translator(formats.language)
    if clock.late:
        return _("late by %(length)s.") % {"length": formats.duration(clock.late)}
    if clock.paused:
        return _("paused, %(length)s left.") % {"length": formats.duration(clock.remaining)}
    if clock.deadline is None:
        return _("%(length)s left.") % {"length": formats.duration(clock.remaining)}
    words = {"length": formats.duration(clock.remaining), "instant": formats.instant(clock.deadline)}
    return _("%(length)s left, due %(instant)s.") % words


def _left_out(report: ContractReport, formats: Formats) -> Iterator[str]:
    _, ngettext = translator(formats.language), plural_translator(formats.language)
    if report.excluded:
        yield _("%(length)s of interruption left out by attribution.") % {"length": formats.duration(report.excluded)}
    if report.refused:
        length = formats.duration(sum(work.end - work.start for work in report.refused))
        yield _("%(length)s of announced works count as interruption: not as the contract asks.") % {"length": length}
    count = len(report.corrections)
    if count:
        words = {"count": formats.integer(count)}
        yield ngettext("%(count)s correction.", "%(count)s corrections.", count) % words
    over = sum(1 for used in report.ims if used.remaining < 0)
    if over:
        words = {"count": formats.integer(over)}
        yield (
            ngettext(
                "%(count)s object is over the yearly interruption (IMS).",
                "%(count)s objects are over the yearly interruption (IMS).",
                over,
            )
            % words
        )


def _due(report: ContractReport, formats: Formats) -> Iterator[str]:
    _ = translator(formats.language)
    for proposal in report.proposals:
        if proposal.lines:
            yield _("proposed penalties for %(period)s: %(amount)s, not decided%(so_far)s.") % {
                "period": formats.period_title(proposal.period),
                "amount": formats.euros(proposal.total),
                "so_far": "" if proposal.final else _(", the period is still running"),
            }
