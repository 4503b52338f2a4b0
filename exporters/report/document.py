"""The JSON form: the whole report, as programs read it (``shape``); field names are those of ``netmon sla eval``."""

from collections.abc import Iterable, Sequence
from typing import cast

from exporters.report import outages, parts, shape
from exporters.report.jsontext import laid_out
from exporters.report.outages import NO_NOTES, Notes
from netmon.clock import SECOND
from netmon.l10n import Formats
from netmon.model import (
    Budget,
    Capacity,
    CommuneReport,
    ContractReport,
    FamilyFigures,
    Figures,
    MaintenanceWindow,
    ObjectFigures,
    Outage,
    Period,
    Report,
    Share,
    Stretch,
)
from netmon.sla.contract.document import contract_document


def document(report: Report, communes: Sequence[CommuneReport], formats: Formats, *, whole: bool) -> bytes:
    """The report of ``communes``; ``whole``: they are all of them, so that the figures of all may be told."""
    content: shape.Document = {
        "schema_version": shape.SCHEMA_VERSION,
        "period": _period(report.period, formats),
        "before": None if report.before is None else _period(report.before, formats),
        "generated": formats.iso(report.generated),
        "version": report.version,
        "language": formats.language,
        "policy": {"name": report.policy_name, "answers": dict(report.policy)},
        "resolution": seconds(report.resolution),
        "digest": report.digest,
        "configuration": report.configuration,
        "names": dict(_names(report, communes)),
        "figures": _figures(report.figures, NO_NOTES, formats) if whole else None,
        "trend": [_reached(each, formats) for each in report.trend] if whole else [],
        "budget": None if report.budget is None or not whole else _budget(report.budget, formats),
        "contracts": [_contract(each, formats) for each in report.contracts] if whole else [],
        "unsettled": dict(report.unsettled) if whole else {},
        "capacity": _capacity(report.capacity) if whole else None,
        "communes": [_commune(part, formats) for part in communes],
    }
    return f"{laid_out(content)}\n".encode("utf-8", "backslashreplace")


def seconds(length: float) -> int | float:
    """Milliseconds as seconds: an integer where they are whole, else with up to three decimals."""
    millis = round(length)
    return millis // SECOND if millis % SECOND == 0 else millis / SECOND


def _names(report: Report, communes: Iterable[CommuneReport]) -> Iterable[tuple[str, str]]:
    """The names of what the communes' part speaks of, not of the others'."""
    said = {
        name
        for part in communes
        for name in (
            *(window.object for window in part.planned),
            *(item.id for item in (*part.services, *part.sites)),
            *(outage.object for item in (*part.services, *part.sites) for outage in item.figures.outages),
            *(link.node for link in (part.capacity.loaded if part.capacity else ())),
        )
    }
    return ((name, report.names[name]) for name in sorted(said) if name in report.names)


def _period(period: Period, formats: Formats) -> shape.Stretch:
    return {
        "label": period.label,
        "from": formats.iso(period.start),
        "to": formats.iso(period.end),
        "timezone": period.timezone,
    }


def _reached(stretch: Stretch, formats: Formats) -> shape.Reached:
    return {
        "label": stretch.period.label,
        "from": formats.iso(stretch.period.start),
        "to": formats.iso(stretch.period.end),
        "objective": stretch.objective,
        "availability": stretch.availability.ratio,
        "coverage": stretch.coverage.ratio,
    }


def _contract(report: ContractReport, formats: Formats) -> shape.Contract:
    """As ``netmon sla --by contract --json`` tells it; a test holds it to the shape."""
    return cast("shape.Contract", contract_document(report, formats.iso))


def _commune(part: CommuneReport, formats: Formats) -> shape.Commune:
    notes = outages.notes_of(part)
    return {
        "commune": part.commune.name,
        "insee": part.commune.insee,
        "siren": part.commune.siren or None,
        "population": part.commune.population,
        "contract": part.contract or None,
        "objective": part.objective,
        "previous": _ratio(part.previous),
        "trend": [_reached(each, formats) for each in part.trend],
        "budget": None if part.budget is None else _budget(part.budget, formats),
        **_figures(part.figures, notes, formats),
        "families": [_family(each, formats) for each in part.families],
        "services": [_object(item, notes, formats) for item in part.services],
        "sites": [_object(item, NO_NOTES, formats) for item in part.sites],
        "planned": [_window(window, formats) for window in part.planned],
        "contracts": [_contract(each, formats) for each in part.contracts],
        "capacity": _capacity(part.capacity),
    }


def _capacity(capacity: Capacity | None) -> shape.Capacity | None:
    if capacity is None:
        return None
    return {
        "threshold": capacity.threshold / 100,
        "limit": capacity.limit / 100,
        "since": capacity.since,
        "links": capacity.links,
        "coverage": _ratio(capacity.coverage),
        "loaded": [
            {
                "object": link.node, "name": link.interface, "speed": link.speed, "measured": seconds(link.measured),
                "over": seconds(link.over), "peak": link.peak / 10_000,
            }
            for link in capacity.loaded
        ],
    }  # fmt: skip


def _budget(budget: Budget, formats: Formats) -> shape.Budget:
    return {
        "allowed": seconds(float(budget.allowed)),
        "spent": seconds(float(budget.spent)),
        "left": seconds(float(budget.left)),
        "burn": None if budget.burn is None else float(budget.burn),
        "lost_at": None if budget.lost_at is None else formats.iso(budget.lost_at),
    }


def _family(family: FamilyFigures, formats: Formats) -> shape.Family:
    return {
        "family": family.family,
        "objective": family.objective,
        "services": family.services,
        **_figures(family.figures, NO_NOTES, formats),
    }


def _object(item: ObjectFigures, notes: Notes, formats: Formats) -> shape.Item:
    return {
        "object": item.id,
        "name": item.name,
        "kind": item.kind,
        "family": item.family,
        "previous": _ratio(item.previous),
        **_figures(item.figures, notes, formats),
    }


def _figures(figures: Figures, notes: Notes, formats: Formats) -> shape.Figures:
    lengths: dict[str, float] = {"period": seconds(figures.partition.period)}
    lengths.update((kind, seconds(length)) for kind, length in parts.lengths(figures.partition))
    return {
        "seconds": lengths,
        "eligible": seconds(figures.eligible),
        "unavailable": seconds(figures.unavailable),
        "availability": figures.availability.ratio,
        "low": figures.low.ratio,
        "high": figures.high.ratio,
        "coverage": figures.coverage.ratio,
        "count": figures.count,
        "mttr": _mean(figures.mttr),
        "mtbf": _mean(figures.mtbf),
        "mtbsi": _mean(figures.mtbsi),
        "outages": [_outage(outage, notes, formats) for outage in figures.outages],
    }


def _outage(outage: Outage, notes: Notes, formats: Formats) -> shape.Outage:
    note = notes.get((outage.object, outage.start))
    return {
        "object": outage.object,
        "from": formats.iso(outage.start),
        "to": formats.iso(outage.end),
        "seconds": seconds(outage.end - outage.start),
        "counted": seconds(outage.counted),
        "reason": outage.reason,
        "parties": [str(party) for party in note.parties] if note else [],
        "incidents": list(note.incidents) if note else [],
    }


def _window(window: MaintenanceWindow, formats: Formats) -> shape.Window:
    return {
        "object": window.object,
        "from": formats.iso(window.start),
        "to": None if window.end is None else formats.iso(window.end),
        "text": window.text,
        "recorded": formats.iso(window.recorded),
    }


def _ratio(share: Share | None) -> float | None:
    return None if share is None else share.ratio


def _mean(length: float | None) -> float | None:
    return None if length is None else seconds(length)
