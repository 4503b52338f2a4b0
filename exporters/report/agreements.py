"""What contracts say: objectives, guarantees of time (GTI, GTR), the incidents behind them, yearly interruption."""

from collections.abc import Iterable, Iterator, Sequence

from exporters.report import cells, incidents, story
from exporters.report.texts import Texts, isolated
from exporters.report.verdict import judge, of_clock
from exporters.report.views import Cell, Column, Section, Table
from netmon.l10n import digits_for
from netmon.model import (
    CommuneReport,
    ContractReport,
    Guarantee,
    ObjectiveOutcome,
    Report,
    Respect,
    Share,
)
from netmon.words import words_of

_SHOWN_IMS = 10


def sections(
    report: Report, contracts: Sequence[ContractReport], left_out: Iterable[str], texts: Texts
) -> tuple[Section, ...]:
    """The contracts with their objectives, then incidents with their clocks. ``left_out`` could not be settled."""
    _ = texts.gettext
    unsettled = [
        _("%(contract)s could not be settled: one of its calendars says nothing about this period.")
        % {"contract": isolated(name)}
        for name in sorted(left_out)
    ]
    if not contracts:
        return (Section("contracts", _("Commitments"), (_("No contract covers this period."), *unsettled)),)
    return (
        Section("contracts", _("Commitments"), tuple(unsettled), tuple(_tables(report, contracts, texts))),
        incidents.section(report, contracts, texts),
    )


def of_commune(report: Report, part: CommuneReport, texts: Texts) -> tuple[Section, ...]:
    """The commitments to the commune, then its incidents with the clocks of every contract they run under."""
    told = incidents.section(report, incidents.told_for(report, part), texts)
    return (*sections(report, part.contracts, part.unsettled, texts)[:1], told)


def partly(report: Report, part: CommuneReport, texts: Texts) -> Iterator[str]:
    """That the contract whose figure stands at the top was not in force all the time."""
    if part.settled is None:
        return
    contract, end = part.settled.contract, min(report.period.end, report.generated)
    start = report.period.start if contract.start is None else max(contract.start, report.period.start)
    until = end if contract.end is None else min(contract.end, end)
    if (start, until) != (report.period.start, end) and start < until:
        text = texts.gettext(
            "The figure at the top is that of %(contract)s, in force from %(start)s to %(end)s; what else was promised "
            "in the period stands under Commitments."
        )
        yield text % {
            "contract": isolated(contract.name),
            "start": texts.formats.instant(start),
            "end": texts.formats.instant(until),
        }


def respect(contracts: Iterable[ContractReport], texts: Texts) -> str | None:
    """How many incidents kept the guaranteed time of restoration (GTR), all contracts together; None: none ended."""
    kept = [contract.gtr for contract in contracts if contract.gtr]
    met, ended = sum(each.met for each in kept), sum(each.met + each.missed for each in kept)
    rate = texts.formats.percent(Share(met, ended))
    if rate is None:
        return None
    return texts.gettext("%(rate)s, %(met)s of %(all)s") % {
        "rate": rate,
        "met": texts.formats.integer(met),
        "all": texts.formats.integer(ended),
    }


def missed(contracts: Iterable[ContractReport], main: str, texts: Texts) -> Iterator[str]:
    """A sentence for each objective that was not met, but the main one."""
    for contract in contracts:
        for outcome in contract.objectives:
            is_main = contract.contract.id == main and not outcome.family
            if outcome.met is False and not is_main:
                digits = digits_for(outcome.objective)
                yield texts.gettext("%(what)s: %(reached)s for an objective of %(objective)s, not met.") % {
                    "what": _subject(contract, outcome, texts),
                    "reached": texts.formats.percent(outcome.figures.availability, digits),
                    "objective": _objective(outcome.objective, texts),
                }


def _tables(report: Report, contracts: Sequence[ContractReport], texts: Texts) -> Iterator[Table]:
    yield _objectives(contracts, texts)
    guarantees = tuple(_guarantees(contracts, texts))
    if guarantees:
        yield _guarantee_table(guarantees, texts)
    for contract in contracts:
        if contract.ims:
            yield _ims(report, contract, texts)


def _objectives(contracts: Iterable[ContractReport], texts: Texts) -> Table:
    _ = texts.gettext
    columns = (
        Column(_("Contract")), Column(_("Services")), cells.number(_("Objective")), cells.number(_("Reached")),
        cells.number(_("Gap")), cells.number(_("Left out")), Column(_("Verdict")),
    )  # fmt: skip
    rows = tuple(_objective_row(contract, outcome, texts) for contract in contracts for outcome in contract.objectives)
    caption = _("What was promised and what was reached, by the rules of each contract")
    return Table(_("Objectives"), caption, columns, rows)


def _objective_row(contract: ContractReport, outcome: ObjectiveOutcome, texts: Texts) -> tuple[Cell, ...]:
    digits = digits_for(outcome.objective)
    verdict = judge(outcome.figures, outcome.objective, texts)
    unsure = texts.gettext("within the resolution of the measurement") if verdict.open else ""
    return (
        cells.free(contract.contract.name),
        cells.plain(_family(contract, outcome, texts)),
        cells.figure(_objective(outcome.objective, texts)),
        cells.percent(outcome.figures.availability, digits, texts),
        cells.figure(story.gap(outcome.figures, outcome.objective, texts)),
        cells.length(outcome.excluded, texts),
        Cell(verdict.word, verdict=verdict, flag=unsure),
    )


def _family(contract: ContractReport, outcome: ObjectiveOutcome, texts: Texts) -> str:
    if outcome.family:
        return isolated(words_of(outcome.family, texts.gettext))
    if contract.contract.objectives:
        return texts.gettext("all others")
    named = contract.contract.families
    return isolated(", ".join(words_of(name, texts.gettext) for name in named)) if named else texts.gettext("all")


def _subject(contract: ContractReport, outcome: ObjectiveOutcome, texts: Texts) -> str:
    name = isolated(contract.contract.name)
    return f"{name}, {isolated(words_of(outcome.family, texts.gettext))}" if outcome.family else name


def _objective(objective: float, texts: Texts) -> str:
    digits = digits_for(objective)
    return texts.formats.percent_units(story.objective_units(objective, digits), digits)


def _guarantees(contracts: Iterable[ContractReport], texts: Texts) -> Iterator[tuple[Cell, ...]]:
    _ = texts.gettext
    for contract in contracts:
        kinds = ((_("Intervention (GTI)"), contract.contract.gti, contract.gti),
                 (_("Restoration (GTR)"), contract.contract.gtr, contract.gtr))  # fmt: skip
        for name, guarantee, respect in kinds:
            if guarantee and respect:
                yield _guarantee_row(contract, name, guarantee, respect, texts)


def _guarantee_row(
    contract: ContractReport, name: str, guarantee: Guarantee, respect: Respect, texts: Texts
) -> tuple[Cell, ...]:
    rate = texts.formats.percent(respect.share)
    return (
        cells.free(contract.contract.name),
        cells.plain(name),
        cells.length(guarantee.limit, texts),
        cells.count(respect.met, texts),
        cells.count(respect.missed, texts),
        cells.count(respect.running, texts),
        cells.figure(texts.gettext("no incident ended") if rate is None else rate),
    )


def _guarantee_table(rows: tuple[tuple[Cell, ...], ...], texts: Texts) -> Table:
    _ = texts.gettext
    columns = (
        Column(_("Contract")), Column(_("Guarantee")), cells.number(_("Limit")), cells.number(_("Kept")),
        cells.number(_("Missed")), cells.number(_("Still open")), cells.number(_("Rate of respect")),
    )  # fmt: skip
    caption = _(
        "Incidents that ended in the period; the clocks run from the notification of the provider, in covered hours"
    )
    return Table(_("Guaranteed times"), caption, columns, rows)


def _ims(report: Report, contract: ContractReport, texts: Texts) -> Table:
    _ = texts.gettext
    rows = tuple(
        (
            cells.named(report.names, used.object),
            cells.length(used.used, texts),
            cells.length(used.limit, texts),
            cells.length(max(0, used.remaining), texts),
            cells.judged(of_clock("missed", texts)) if used.remaining < 0 else cells.plain(_("within the limit")),
        )
        for used in contract.ims[:_SHOWN_IMS]
    )
    columns = (
        Column(_("Concerns")), cells.number(_("Used")), cells.number(_("Limit")), cells.number(_("Left")),
        Column(_("Verdict")),
    )  # fmt: skip
    caption = _(
        "%(contract)s: interruption since the start of the year against the yearly maximum, the most used first"
    ) % {"contract": isolated(contract.contract.name)}
    return Table(_("Yearly interruption (IMS)"), caption, columns, rows)
