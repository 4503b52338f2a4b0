"""The JSON form: the whole report, as programs read it. Field names are those of the event log's figures."""

import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from exporters.report import parts
from netmon.clock import SECOND, Millis
from netmon.l10n import Formats
from netmon.model import CommuneReport, Figures, MaintenanceWindow, ObjectFigures, Outage, Report
from netmon.sla.contract.document import contract_document

SCHEMA_VERSION = 1

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | None"


def document(report: Report, communes: Sequence[CommuneReport], formats: Formats, *, whole: bool) -> bytes:
    """The report of ``communes``; ``whole``: they are all of them, so that the figures of all may be told."""
    content: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "period": {
            "label": report.period.label,
            "from": formats.iso(report.period.start),
            "to": formats.iso(report.period.end),
            "timezone": report.period.timezone,
        },
        "generated": formats.iso(report.generated),
        "version": report.version,
        "policy": {"name": report.policy_name, "answers": dict(report.policy)},
        "resolution": seconds(report.resolution),
        "digest": report.digest,
        "names": dict(_names(report, communes)),
        "figures": _figures(report.figures, formats) if whole else None,
        "communes": [_commune(part, formats) for part in communes],
        "contracts": [contract_document(each, formats.iso) for each in report.contracts] if whole else [],
    }
    return f"{json.dumps(content, ensure_ascii=False, indent=1)}\n".encode("utf-8", "backslashreplace")


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
        )
    }
    return ((name, report.names[name]) for name in sorted(said) if name in report.names)


def _commune(part: CommuneReport, formats: Formats) -> dict[str, object]:
    return {
        "commune": part.commune.name,
        "insee": part.commune.insee,
        "siren": part.commune.siren or None,
        "population": part.commune.population,
        "contract": part.contract or None,
        "objective": part.objective,
        **_figures(part.figures, formats),
        "services": [_object(item, formats) for item in part.services],
        "sites": [_object(item, formats) for item in part.sites],
        "planned": [_window(window, formats) for window in part.planned],
        "contracts": [contract_document(each, formats.iso) for each in part.commitments],
    }


def _object(item: ObjectFigures, formats: Formats) -> Json:
    return {
        "object": item.id,
        "name": item.name,
        "kind": item.kind,
        "family": item.family,
        **_figures(item.figures, formats),
    }


def _figures(figures: Figures, formats: Formats) -> dict[str, Json]:
    lengths: dict[str, Json] = {"period": seconds(figures.partition.period)}
    lengths.update((kind, seconds(length)) for kind, length in parts.lengths(figures.partition))
    return {
        "seconds": lengths,
        "eligible": seconds(figures.eligible),
        "unavailable": seconds(figures.unavailable),
        "availability": figures.availability.ratio,
        "low": figures.low.ratio,
        "high": figures.high.ratio,
        "coverage": figures.coverage.ratio,
        "mttr": None if figures.mttr is None else seconds(figures.mttr),
        "mtbf": None if figures.mtbf is None else seconds(figures.mtbf),
        "outages": [_outage(outage, formats) for outage in figures.outages],
    }


def _outage(outage: Outage, formats: Formats) -> Json:
    return {
        "object": outage.object,
        "from": formats.iso(outage.start),
        "to": formats.iso(outage.end),
        "seconds": seconds(outage.end - outage.start),
        "counted": seconds(outage.counted),
        "reason": outage.reason,
    }


def _window(window: MaintenanceWindow, formats: Formats) -> Json:
    end: Millis | None = window.end
    return {
        "object": window.object,
        "from": formats.iso(window.start),
        "to": None if end is None else formats.iso(end),
        "text": window.text,
        "recorded": formats.iso(window.recorded),
    }
