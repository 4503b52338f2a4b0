"""Contracts as sections of the métropole's page: objectives, guarantees, what is left out, proposed penalties."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from exporters.report.texts import Texts, isolated
from exporters.report.verdict import Verdict, judge
from netmon.l10n import digits_for, ratio_of
from netmon.model import Clock, ContractReport, ObjectiveOutcome, PenaltyLine, Report
from netmon.words import CLOCK_WORDS, CONTRACT_KIND_WORDS, PARTY_WORDS, PENALTY_WORDS, REFUSED_WORDS, STATE_WORDS

_USED_UP = Fraction(1, 2)
"""Objects that used this part of their yearly interruption are listed."""


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """An objective and what was reached of it; ``doubt``: the bounds allow the other verdict."""

    subject: str
    objective: str
    reached: str | None
    unavailable: str
    excluded: str
    verdict: Verdict
    doubt: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its first column as row headings."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContractSection:
    """One contract; ``facts`` are (term, words)."""

    anchor: str
    title: str
    facts: tuple[tuple[str, str], ...]
    objectives: tuple[ObjectiveRow, ...]
    tables: tuple[Table, ...]


def sections(contracts: Iterable[ContractReport], report: Report, texts: Texts) -> tuple[ContractSection, ...]:
    """A section for each contract settled, in the order of the configuration."""
    return tuple(
        _Section(each, report, texts).section(f"contract-{number}") for number, each in enumerate(contracts, 1)
    )


class _Section:
    def __init__(self, settled: ContractReport, report: Report, texts: Texts) -> None:
        self.settled, self.contract, self.report, self.texts = settled, settled.contract, report, texts
        self.show, self._ = texts.formats, texts.gettext

    def section(self, anchor: str) -> ContractSection:
        tables = (
            *self._incidents(), *self._exclusions(), *self._refused(), *self._yearly(), *self._penalties(),
            *self._corrections(),
        )  # fmt: skip
        objectives = tuple(self._objective(each) for each in self.settled.objectives)
        return ContractSection(anchor, isolated(self.contract.name), tuple(self._facts()), objectives, tables)

    def _facts(self) -> Iterator[tuple[str, str]]:
        _, contract = self._, self.contract
        yield _("Kind"), _(CONTRACT_KIND_WORDS[contract.kind])
        yield _("Between"), f"{isolated(contract.provider)} → {isolated(contract.customer)}"
        yield _("Service hours"), isolated(contract.hours)
        yield _("Objects covered"), self.show.integer(self.settled.objects)
        for term, respect in ((_("GTI kept"), self.settled.gti), (_("GTR kept"), self.settled.gtr)):
            if respect:
                yield term, self._kept(respect.met, respect.share.whole, respect.running)
        if self.contract.penalties:
            yield _("Proposed penalties"), self.show.euros(sum(each.total for each in self.settled.proposals))

    def _kept(self, met: int, ended: int, running: int) -> str:
        words = {name: self.show.integer(value) for name, value in (("met", met), ("all", ended), ("open", running))}
        if not ended and not running:
            return self._("no incident")
        return self._("%(met)s of %(all)s incidents ended, %(open)s still open") % words

    def _objective(self, outcome: ObjectiveOutcome) -> ObjectiveRow:
        digits = digits_for(outcome.objective)
        figures = outcome.figures
        subject = self.texts.words(outcome.family) if outcome.family else self._("All other objects")
        if not outcome.family and len(self.settled.objectives) == 1:
            subject = self._("All objects")
        return ObjectiveRow(
            subject=subject,
            objective=self.show.percent_units(int(ratio_of(outcome.objective) * 100 * 10**digits), digits),
            reached=self.show.percent(figures.availability, digits),
            unavailable=self.show.duration(figures.unavailable),
            excluded=self.show.duration(outcome.excluded),
            verdict=judge(figures, outcome.objective, self.texts),
            doubt=outcome.met is not None and not outcome.certain,
        )

    def _incidents(self) -> Iterator[Table]:
        _ = self._
        rows = tuple(
            (
                isolated(outcome.handling.incident),
                ", ".join(self._name(name) for name in outcome.handling.objects) or "–",
                self._instant(outcome.handling.notified),
                self._instant(outcome.handling.ended),
                _(PARTY_WORDS[outcome.party]) if outcome.party else "–",
                self._clock(outcome.gti),
                _("left out") if outcome.excluded else self._clock(outcome.gtr),
            )
            for outcome in self.settled.incidents
        )
        if rows and (self.contract.gti or self.contract.gtr):
            head = (_("Incident"), _("Objects"), _("Notified"), _("Restored"), _("Attributed to"), "GTI", "GTR")
            yield Table(_("Incidents and guarantees"), head, rows, _(
                "GTI and GTR run from the notification, in covered hours, without pauses."
            ))  # fmt: skip

    def _clock(self, clock: Clock | None) -> str:
        if clock is None:
            return "–"
        words = {"result": self._(CLOCK_WORDS[clock.result]), "elapsed": self.show.duration(clock.elapsed)}
        return self._("%(result)s (%(elapsed)s)") % words

    def _exclusions(self) -> Iterator[Table]:
        _ = self._
        rows = tuple(
            (
                self._name(each.attribution.object),
                self._span(each.attribution.start, each.attribution.end),
                _(PARTY_WORDS[each.attribution.party]),
                f"{isolated(each.attribution.reason)} ({isolated(each.attribution.author)})",
                self.show.duration(each.unavailable),
            )
            for each in self.settled.exclusions
        )
        if rows:
            head = (_("Object"), _("When"), _("Attributed to"), _("Why"), _("Left out"))
            note = _("The times of all objects are added up.")
            yield Table(_("Left out of the calculation by attribution"), head, rows, note)

    def _refused(self) -> Iterator[Table]:
        _ = self._
        rows = tuple(
            (
                self._name(work.window.object),
                self._span(work.start, work.end),
                isolated(work.window.text) or "–",
                self.show.instant(work.window.recorded),
                _(REFUSED_WORDS[work.why]),
            )
            for work in self.settled.refused
        )
        if rows:
            head = (_("Object"), _("When"), _("Works"), _("Announced"), _("Why they count as interruption"))
            yield Table(_("Announced works that are not planned works for this contract"), head, rows)

    def _yearly(self) -> Iterator[Table]:
        _ = self._
        rows = tuple(
            (
                self._name(used.object),
                self.show.duration(used.used),
                self.show.duration(used.limit),
                self.show.duration(used.remaining) if used.remaining >= 0 else _("exceeded"),
            )
            for used in self.settled.ims
            if used.used >= used.limit * _USED_UP
        )
        if rows:
            head = (_("Object"), _("Interrupted since 1 January"), _("Maximum (IMS)"), _("Remaining"))
            note = _("Only objects that have used half of it or more are listed.")
            yield Table(_("Yearly interruption"), head, rows, note)

    def _penalties(self) -> Iterator[Table]:
        _ = self._
        for proposal in self.settled.proposals:
            if proposal.lines:
                rows = [self._line(line) for line in proposal.lines]
                rows.append((_("Total"), "", "", "", self.show.euros(proposal.total)))
                head = (_("Rule"), _("About"), _("Count"), _("Evidence"), _("Amount"))
                note = _("A proposal, not a decision: the provider is to be heard first.")
                title = _("Proposed penalties, %(period)s") % {"period": self.show.period_title(proposal.period)}
                yield Table(title, head, tuple(rows), note)

    def _line(self, line: PenaltyLine) -> tuple[str, ...]:
        _ = self._
        adjustment = line.unit is None
        words = _(PENALTY_WORDS[line.kind])
        return (
            words if line.certain else _("%(rule)s (within the resolution)") % {"rule": words},
            self._subject(line),
            "" if adjustment else self.show.integer(line.count),
            "; ".join(self._evidence(line)),
            self.show.euros(line.amount),
        )

    def _subject(self, line: PenaltyLine) -> str:
        if line.kind in {"tenth", "objective"}:
            return self.texts.words(line.subject) if line.subject else self._("All objects")
        return self._name(line.subject) if line.subject else "–"

    def _evidence(self, line: PenaltyLine) -> Iterator[str]:
        given = dict(line.evidence)
        _ = self._
        begun = given.get("clock") == "gti"
        for name, words in (
            ("notified", _("notified %(value)s")),
            ("ended", _("intervention %(value)s") if begun else _("restored %(value)s")),
        ):
            if name in given:
                yield words % {"value": self.show.instant(int(given[name]))}
        for name, words in (
            ("late", _("late %(value)s")),
            ("unavailable", _("interrupted %(value)s")),
            ("eligible", _("of %(value)s")),
            ("used", _("used %(value)s")),
        ):
            if name in given:
                yield words % {"value": self.show.duration(int(given[name]))}

    def _corrections(self) -> Iterator[Table]:
        _ = self._
        digits = digits_for(self.contract.objective) + 1
        rows = tuple(
            (
                self._name(each.correction.object),
                self._span(each.correction.start, each.correction.end),
                _(STATE_WORDS[each.correction.state]),
                f"{isolated(each.correction.reason)} ({isolated(each.correction.author)})",
                self.show.percent(each.before, digits) or "–",
                self.show.percent(each.after, digits) or "–",
            )
            for each in self.settled.corrections
        )
        if rows:
            head = (_("Object"), _("When"), _("Corrected to"), _("Why"), _("Before"), _("After"))
            yield Table(_("Corrections, in the order made"), head, rows)

    def _name(self, name: str) -> str:
        return isolated(self.report.names.get(name, name))

    def _instant(self, at: int | None) -> str:
        return "–" if at is None else self.show.instant(at)

    def _span(self, start: int, end: int | None) -> str:
        words = {"start": self.show.instant(start), "end": self._instant(end)}
        return self._("from %(start)s to %(end)s") % words
