"""The incidents of contracts: those whose clocks ran, contract by contract, then the others, each once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from exporters.report import cells
from exporters.report.texts import Texts, isolated
from exporters.report.verdict import of_clock
from exporters.report.views import Cell, Column, Section, Table
from netmon.model import Clock, CommuneReport, ContractReport, Handling, IncidentOutcome, Report


def section(report: Report, contracts: Sequence[ContractReport], texts: Texts) -> Section:
    """A table for each contract whose guarantees were measured on incidents, and one of all other incidents."""
    _ = texts.gettext
    clocked = {id_of(each) for contract in contracts for each in contract.incidents if _ran(each)}
    tables = [
        _clocked(report, contract, mine, texts)
        for contract in contracts
        if (mine := [each for each in contract.incidents if _ran(each)])
    ]
    others = {id_of(each): each for contract in contracts for each in contract.incidents if id_of(each) not in clocked}
    found = []
    if not tables:
        found.append(
            _("No guaranteed time ran against an incident here: none was notified to a provider who owes one.")
            if others
            else _("No incident was recorded for these contracts: guaranteed times have nothing to be measured on.")
        )
    elif others:
        found.append(
            texts.plural(
                "%(n)s incident more was not notified to a provider who owes a guaranteed time: no clock ran for it.",
                "%(n)s incidents more were not notified to a provider who owes a guaranteed time: no clock ran for "
                "them.",
                len(others),
            )
        )
    if others:
        tables.append(_unclocked(report, list(others.values()), texts))
    return Section("incidents", _("Incidents"), tuple(found), tuple(tables))


def told_for(report: Report, part: CommuneReport) -> list[ContractReport]:
    """All contracts with only the commune's incidents, and only its objects in them."""
    mine = {id_of(each): each.handling.objects for own in part.contracts for each in own.incidents}
    return [
        replace(
            contract,
            incidents=tuple(
                replace(each, handling=replace(each.handling, objects=mine[id_of(each)]))
                for each in contract.incidents
                if id_of(each) in mine
            ),
        )
        for contract in report.contracts or part.contracts
    ]


def id_of(outcome: IncidentOutcome) -> str:
    """What people call the incident."""
    return outcome.handling.incident


def _ran(outcome: IncidentOutcome) -> bool:
    return bool(outcome.gti or outcome.gtr)


def _clocked(report: Report, contract: ContractReport, outcomes: Iterable[IncidentOutcome], texts: Texts) -> Table:
    _ = texts.gettext
    columns = (
        Column(_("Incident")), Column(_("Concerns")), Column(_("Start")), Column(_("Restored")),
        Column(_("Intervention (GTI)")), Column(_("Restoration (GTR)")), Column(_("Attribution")),
    )  # fmt: skip
    caption = _("Incidents with the covered time their clocks ran, and whether the guarantee was kept")
    rows = tuple(
        (*_head(report, each, texts), _clock(each.gti, texts), _clock(each.gtr, texts), _party(each, texts))
        for each in outcomes
    )
    return Table(isolated(contract.contract.name), caption, columns, rows)


def _unclocked(report: Report, outcomes: Sequence[IncidentOutcome], texts: Texts) -> Table:
    _ = texts.gettext
    columns = (
        Column(_("Incident")), Column(_("Concerns")), Column(_("Start")), Column(_("Restored")),
        Column(_("Attribution")),
    )  # fmt: skip
    rows = tuple((*_head(report, each, texts), _party(each, texts)) for each in outcomes)
    caption = texts.plural(
        "%(n)s incident without a guaranteed time", "%(n)s incidents without a guaranteed time", len(outcomes)
    )
    return Table(_("Other incidents"), caption, columns, rows, folded=True)


def _head(report: Report, outcome: IncidentOutcome, texts: Texts) -> tuple[Cell, ...]:
    handling = outcome.handling
    return (
        cells.free(handling.incident),
        cells.named(report.names, *handling.objects),
        _start(handling, texts),
        _restored(handling, texts),
    )


def _start(handling: Handling, texts: Texts) -> Cell:
    """When it was detected, and when the provider was told."""
    detected, notified = handling.detected, handling.notified
    if notified is None:
        return cells.instant(detected, texts)
    show = texts.formats
    told = show.instant(notified) if detected is None else show.end(detected, notified)
    return cells.instant(detected, texts, flag=texts.gettext("notified %(when)s") % {"when": told})


def _restored(handling: Handling, texts: Texts) -> Cell:
    """When it ended, and how long it took from its detection, or else from the notification."""
    start = handling.notified if handling.detected is None else handling.detected
    if start is None or handling.ended is None:
        return cells.instant(handling.ended, texts)
    length = texts.formats.duration(max(0, handling.ended - start))
    return replace(cells.end(start, handling.ended, texts), flag=length)


def _clock(clock: Clock | None, texts: Texts) -> Cell:
    if clock is None:
        return cells.plain(cells.NONE)
    verdict = of_clock(clock.result, texts)
    spent = texts.formats.duration(clock.elapsed)
    of = texts.gettext("%(elapsed)s of %(limit)s") % {"elapsed": spent, "limit": texts.formats.duration(clock.limit)}
    return Cell(verdict.word, verdict=verdict, flag=of)


def _party(outcome: IncidentOutcome, texts: Texts) -> Cell:
    excluded = texts.gettext("left out by the contract") if outcome.excluded else ""
    return cells.plain(texts.party(outcome.party), excluded)
