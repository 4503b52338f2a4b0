"""The open data form: families of services by commune and month, for everybody, with a Table Schema beside it.

RFC 4180, comma, decimal point, ISO 8601, UTF-8. Nothing in it names or describes a host, an address or a site; services
that rest on a sensitive site are left out altogether (``CommuneReport.public``). Column names are English whatever the
language, what they mean is said in it. Communes are told by INSEE code and SIREN.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from exporters.report.document import seconds
from exporters.report.tabular import harmless
from exporters.report.texts import Texts
from netmon.i18n import mark
from netmon.model import CommuneReport, FamilyFigures, Report

_RATIO: dict[str, object] = {"minimum": 0, "maximum": 1}
_REQUIRED: dict[str, object] = {"required": True}

_FIELDS: tuple[tuple[str, str, dict[str, object], str], ...] = (
    ("month", "yearmonth", _REQUIRED, mark("Civil month the figures are of")),
    ("commune", "string", _REQUIRED, mark("Name of the commune")),
    ("insee", "string", {**_REQUIRED, "pattern": "[0-9AB]{5}"}, mark("INSEE code of the commune")),
    ("siren", "string", {"pattern": "[0-9]{9}"}, mark("SIREN of the commune")),
    ("family", "string", _REQUIRED, mark("Family of services")),
    ("from", "datetime", _REQUIRED, mark("First instant the figures are of")),
    ("to", "datetime", _REQUIRED, mark("First instant they are no longer of")),
    ("services", "integer", {**_REQUIRED, "minimum": 1}, mark("How many services are in the family")),
    ("objective", "number", _RATIO, mark("Availability promised, as a ratio; empty: none is")),
    ("availability", "number", _RATIO, mark("Availability measured, as a ratio; empty: nothing was measured")),
    ("low", "number", _RATIO, mark("Lowest availability compatible with what was seen")),
    ("high", "number", _RATIO, mark("Highest availability compatible with what was seen")),
    ("coverage", "number", _RATIO, mark("Part of the time to watch that was seen")),
    (
        "interruptions",
        "integer",
        {**_REQUIRED, "minimum": 0},
        mark("Interruptions counted, all services of the family"),
    ),
    ("eligible_seconds", "number", {**_REQUIRED, "minimum": 0}, mark("Service time that counts, all services")),
    ("unavailable_seconds", "number", {**_REQUIRED, "minimum": 0}, mark("Of that, interrupted")),
)


def open_csv(communes: Sequence[CommuneReport], texts: Texts) -> bytes:
    """One row for each commune, family and month."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([name for name, *_ in _FIELDS])
    writer.writerows(_row(part, each, texts) for part in communes for each in _in_order(part.public))
    return text.getvalue().encode("utf-8", "replace")


def table_schema(report: Report, path: str, texts: Texts) -> bytes:
    """What the columns of the file ``path`` mean (Table Schema, frictionlessdata.io)."""
    _ = texts.gettext
    schema = {
        "$schema": "https://frictionlessdata.io/schemas/table-schema.json",
        "name": "netmon-availability",
        "title": _("Availability of public digital services by commune, family and month"),
        "description": _(
            "Measured by netmon %(version)s over %(period)s. Availability is available over eligible service time, "
            "never an average of percentages. Services that rest on a sensitive site are not part of it."
        )
        % {"version": report.version, "period": texts.formats.period_title(report.period)},
        "path": path,
        "created": texts.formats.iso(report.generated),
        "lang": texts.language,
        "fields": [
            {"name": name, "type": kind, "description": _(meaning), "constraints": constraints}
            for name, kind, constraints, meaning in _FIELDS
        ],
        "missingValues": [""],
        "primaryKey": ["month", "insee", "family", "from"],
    }
    return f"{json.dumps(schema, ensure_ascii=False, indent=1)}\n".encode()


def _in_order(families: Iterable[FamilyFigures]) -> Iterator[FamilyFigures]:
    return iter(sorted(families, key=lambda each: (each.period.start, each.family)))


def _row(part: CommuneReport, each: FamilyFigures, texts: Texts) -> list[object]:
    figures, show = each.figures, texts.formats
    shares = (figures.availability, figures.low, figures.high, figures.coverage)
    return [
        each.period.label,
        harmless(part.commune.name),
        harmless(part.commune.insee),
        harmless(part.commune.siren),
        harmless(each.family),
        show.iso(each.period.start),
        show.iso(each.period.end),
        each.services,
        *("" if ratio is None else ratio for ratio in (each.objective, *(share.ratio for share in shares))),
        figures.count,
        seconds(figures.eligible),
        seconds(figures.unavailable),
    ]
