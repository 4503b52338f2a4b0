"""What people decided and found: exclusions, corrections, works that were refused, penalties proposed."""

from collections.abc import Iterator, Sequence

from exporters.report import cells, works
from exporters.report.evidence import KIND_WORDS, evidence, subject
from exporters.report.texts import Texts, isolated
from exporters.report.views import Cell, Column, Section, Table
from netmon.i18n import mark
from netmon.l10n import digits_for
from netmon.model import ContractReport, CorrectionEffect, Exclusion, PenaltyLine, Proposal, RefusedWork, Report, Share
from netmon.words import STATE_WORDS

_WHY = {
    "notice": mark("announced too late"),
    "outside": mark("at a time that is not allowed"),
    "cap": mark("beyond what is allowed"),
}


def sections(report: Report, contracts: Sequence[ContractReport], texts: Texts) -> tuple[Section, ...]:
    """Exclusions and corrections, then penalties."""
    return _findings(report, contracts, texts), _penalties(report, contracts, texts)


def _findings(report: Report, contracts: Sequence[ContractReport], texts: Texts) -> Section:
    _ = texts.gettext
    tables = tuple(
        table
        for tables_of in (_exclusions, _corrections, _refused)
        for contract in contracts
        for table in tables_of(report, contract, texts)
    )
    title = _("Exclusions and corrections")
    if not tables:
        return Section("findings", title, (_("Nothing was left out of the calculation and nothing was corrected."),))
    text = _(
        "Observations are never changed: what people found afterwards is added, signed, and shown here with its effect."
    )
    return Section("findings", title, (text,), tables)


def _exclusions(report: Report, contract: ContractReport, texts: Texts) -> Iterator[Table]:
    _ = texts.gettext
    rows = tuple(_exclusion_row(report, each, texts) for each in contract.exclusions)
    if rows:
        columns = (
            Column(_("Concerns")), Column(_("Start")), Column(_("End")), Column(_("Attribution")),
            cells.number(_("Left out")), Column(_("Reason"), "words"), Column(_("Signed")),
        )  # fmt: skip
        caption = _titled(_("interruptions left out because of whom they are attributed to"), contract, texts)
        yield Table(_("Exclusions"), caption, columns, rows)


def _exclusion_row(report: Report, exclusion: Exclusion, texts: Texts) -> tuple[Cell, ...]:
    told = exclusion.attribution
    return (
        cells.named(report.names, told.object),
        cells.instant(told.start, texts),
        cells.end(told.start, told.end, texts),
        cells.plain(texts.party(told.party)),
        cells.length(exclusion.unavailable, texts),
        cells.free(told.reason),
        _signed(told.author, told.recorded, texts),
    )


def _corrections(report: Report, contract: ContractReport, texts: Texts) -> Iterator[Table]:
    _ = texts.gettext
    rows = tuple(_correction_row(report, contract, each, texts) for each in contract.corrections)
    if rows:
        columns = (
            Column(_("Concerns")), Column(_("Start")), Column(_("End")), Column(_("In truth")),
            cells.number(_("Before")), cells.number(_("After")), Column(_("Reason"), "words"), Column(_("Signed")),
        )  # fmt: skip
        caption = _titled(
            _("what was observed and corrected, with the availability before and after each"), contract, texts
        )
        yield Table(_("Corrections"), caption, columns, rows)


def _correction_row(
    report: Report, contract: ContractReport, effect: CorrectionEffect, texts: Texts
) -> tuple[Cell, ...]:
    told = effect.correction
    before, after = _apart(effect.before, effect.after, digits_for(contract.contract.objective), texts)
    return (
        cells.named(report.names, told.object),
        cells.instant(told.start, texts),
        cells.end(told.start, told.end, texts),
        cells.plain(texts.gettext(STATE_WORDS[told.state])),
        cells.figure(before),
        cells.figure(after),
        cells.free(told.reason),
        _signed(told.author, told.recorded, texts),
    )


def _apart(one: Share, other: Share, digits: int, texts: Texts) -> tuple[str | None, str | None]:
    """Both with as many decimals, up to three more, as tell them apart."""
    for shown in range(digits, digits + 4):
        pair = texts.formats.percent(one, shown), texts.formats.percent(other, shown)
        if pair[0] != pair[1]:
            return pair
    return texts.formats.percent(one, digits), texts.formats.percent(other, digits)


def _refused(report: Report, contract: ContractReport, texts: Texts) -> Iterator[Table]:
    _ = texts.gettext
    rows = tuple(_refused_row(report, each, texts) for each in contract.refused)
    if rows:
        columns = (
            Column(_("Concerns")), Column(_("Start")), Column(_("End")), Column(_("Announced")),
            Column(_("Subject"), "words"), Column(_("Why")),
        )  # fmt: skip
        caption = _titled(
            _("works that count as interruption, because they were not announced as the contract asks"), contract, texts
        )
        yield Table(_("Works not admitted"), caption, columns, rows)


def _refused_row(report: Report, work: RefusedWork, texts: Texts) -> tuple[Cell, ...]:
    return (
        cells.free(works.name_of(work.window, report.names, texts)),
        cells.instant(work.start, texts),
        cells.end(work.start, work.end, texts),
        cells.instant(work.window.recorded, texts),
        cells.free(work.window.text),
        cells.plain(texts.gettext(_WHY[work.why])),
    )


def _titled(what: str, contract: ContractReport, texts: Texts) -> str:
    return texts.gettext("%(name)s: %(value)s") % {"name": isolated(contract.contract.name), "value": what}


def _signed(author: str, at: int, texts: Texts) -> Cell:
    return Cell(isolated(author), "words", flag=texts.formats.instant(at))


def _penalties(report: Report, contracts: Sequence[ContractReport], texts: Texts) -> Section:
    _ = texts.gettext
    title = _("Proposed penalties")
    if not any(contract.proposals for contract in contracts):
        return Section(
            "penalties", title, (_("No penalty can be proposed: no contract here settles penalties in this period."),)
        )
    tables = tuple(
        _proposal(report, contract, proposal, texts)
        for contract in contracts
        for proposal in contract.proposals
        if proposal.lines
    )
    texts_shown = [_("A proposal with its evidence, never a decision: the provider is heard before anything is due.")]
    texts_shown += [
        _("%(contract)s, %(period)s: nothing is due by the rules of the contract.")
        % {"contract": isolated(contract.contract.name), "period": texts.formats.period_title(proposal.period)}
        for contract in contracts
        for proposal in contract.proposals
        if not proposal.lines
    ]
    return Section("penalties", title, tuple(texts_shown), tables)


def _proposal(report: Report, contract: ContractReport, proposal: Proposal, texts: Texts) -> Table:
    _ = texts.gettext
    columns = (
        Column(_("What for")), Column(_("Subject")), cells.number(_("Number")), cells.number(_("Unit")),
        cells.number(_("Amount")), Column(_("Evidence"), "words"),
    )  # fmt: skip
    rows = tuple(_line(report, line, texts) for line in proposal.lines)
    caption = (
        _("Proposal for %(period)s, not decided")
        if proposal.final
        else _("Provisional proposal for %(period)s, which is still running")
    )
    blank = Cell("")
    total = (cells.plain(_("Total")), blank, blank, blank, cells.figure(texts.formats.euros(proposal.total)), blank)
    return Table(
        isolated(contract.contract.name),
        caption % {"period": texts.formats.period_title(proposal.period)},
        columns,
        rows,
        total,
    )


def _line(report: Report, line: PenaltyLine, texts: Texts) -> tuple[Cell, ...]:
    unsure = "" if line.certain else texts.gettext("the resolution of the measurement would allow that nothing is due")
    unit = None if line.unit is None else texts.formats.euros(round(line.unit))
    return (
        cells.plain(texts.gettext(KIND_WORDS[line.kind]), unsure),
        cells.free(subject(line, report.names, texts)),
        cells.figure(None if line.unit is None else texts.formats.integer(line.count)),
        cells.figure(unit),
        cells.figure(texts.formats.euros(line.amount)),
        Cell(evidence(line, texts), "words"),
    )
