"""The sheets about contracts as a whole."""

from collections.abc import Iterator

from exporters.report.columns import (
    COUNT,
    INSTANT,
    LENGTH,
    MONEY,
    PERCENT,
    TEXT,
    Sheet,
    Value,
    figure_columns,
    figures,
    sheet,
)
from exporters.report.evidence import KIND_WORDS, evidence, subject
from exporters.report.texts import Texts
from exporters.report.verdict import of_clock
from netmon.model import Clock, ContractReport, Report
from netmon.words import words_of


def objectives(report: Report, texts: Texts) -> Sheet:
    """What was promised and reached."""
    _ = texts.gettext
    columns = (
        (_("Contract"), TEXT), (_("Provider"), TEXT), (_("Family"), TEXT), (_("Objective"), PERCENT),
        *figure_columns(texts), (_("Left out"), LENGTH),
    )  # fmt: skip
    rows = (
        (
            contract.contract.name,
            contract.contract.provider,
            words_of(each.family, texts.gettext),
            each.objective,
            *figures(each.figures, each.figures, each.objective, texts),
            each.excluded,
        )
        for contract in report.contracts
        for each in contract.objectives
    )
    return sheet(_("Commitments"), columns, rows)


def incidents(report: Report, texts: Texts) -> Sheet:
    """Incidents under contract, with their clocks."""
    _ = texts.gettext
    columns = (
        (_("Contract"), TEXT), (_("Incident"), TEXT), (_("Concerns"), TEXT), (_("Start"), INSTANT),
        (_("Notified"), INSTANT),
        (_("Intervention"), INSTANT), (_("Restored"), INSTANT), (_("GTI elapsed"), LENGTH),
        (_("GTI limit"), LENGTH), (_("GTI"), TEXT),
        (_("GTR elapsed"), LENGTH), (_("GTR limit"), LENGTH), (_("GTR"), TEXT),
        (_("Attribution"), TEXT),
    )  # fmt: skip
    rows = (
        (
            contract.contract.name,
            each.handling.incident,
            ", ".join(report.names.get(name, name) for name in each.handling.objects),
            each.handling.detected,
            each.handling.notified,
            each.handling.started,
            each.handling.ended,
            *_clock(each.gti, texts),
            *_clock(each.gtr, texts),
            texts.party(each.party),
        )
        for contract in report.contracts
        for each in contract.incidents
    )
    return sheet(_("Incidents"), columns, rows)


def _clock(clock: Clock | None, texts: Texts) -> tuple[Value, Value, Value]:
    return (None, None, None) if clock is None else (clock.elapsed, clock.limit, of_clock(clock.result, texts).word)


def findings(report: Report, texts: Texts) -> Sheet:
    """Exclusions and corrections."""
    _ = texts.gettext
    columns = (
        (_("Contract"), TEXT), (_("What"), TEXT), (_("Concerns"), TEXT), (_("Start"), INSTANT),
        (_("End"), INSTANT), (_("Attribution"), TEXT),
        (_("Left out"), LENGTH), (_("Before"), PERCENT), (_("After"), PERCENT),
        (_("Reason"), TEXT), (_("Signed"), TEXT), (_("Recorded"), INSTANT),
    )  # fmt: skip
    rows = (row for contract in report.contracts for row in _finding_rows(report, contract, texts))
    return sheet(_("Exclusions and corrections"), columns, rows)


def _finding_rows(report: Report, contract: ContractReport, texts: Texts) -> Iterator[tuple[Value, ...]]:
    name, _ = contract.contract.name, texts.gettext
    for each in contract.exclusions:
        told = each.attribution
        yield (
            name, _("Exclusion"), report.names.get(told.object, told.object), told.start, told.end,
            texts.party(told.party), each.unavailable, None, None, told.reason, told.author, told.recorded,
        )  # fmt: skip
    for effect in contract.corrections:
        said = effect.correction
        yield (
            name, _("Correction"), report.names.get(said.object, said.object), said.start, said.end, "",
            None, effect.before, effect.after, said.reason, said.author, said.recorded,
        )  # fmt: skip


def penalties(report: Report, texts: Texts) -> Sheet:
    """Proposed penalties, line by line."""
    _ = texts.gettext
    columns = (
        (_("Contract"), TEXT), (_("Period"), TEXT), (_("What for"), TEXT), (_("Subject"), TEXT),
        (_("Number"), COUNT), (_("Amount"), MONEY), (_("Evidence"), TEXT),
    )  # fmt: skip
    rows = (
        (
            contract.contract.name,
            texts.formats.period_title(proposal.period),
            _(KIND_WORDS[line.kind]),
            subject(line, report.names, texts),
            line.count,
            line.amount,
            evidence(line, texts),
        )
        for contract in report.contracts
        for proposal in contract.proposals
        for line in proposal.lines
    )
    return sheet(_("Proposed penalties"), columns, rows)
