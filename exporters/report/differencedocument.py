"""What lies between two closed editions, complete, for programs."""

from collections.abc import Mapping
from typing import Any

from exporters.report.differences import Between, moments_of
from exporters.report.jsontext import laid_out
from netmon.l10n import Formats
from netmon.sla.comparison import Difference, InputChange

SCHEMA_VERSION = 1

_TOLD = ("state", "party", "step", "reason", "text", "author")
"""What an event or a finding says. Of what was configured only the name is told: it may be about others as well."""


def difference_document(between: Between, commune: str, formats: Formats) -> bytes:
    """The document about a ``commune`` (empty: all). ``causes`` are inputs that came (``added``) or went; ``figures``
    are paths of keys in ``report.json``."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "period": {
            "label": between.period.label,
            "from": formats.iso(between.period.start),
            "to": formats.iso(between.period.end),
            "timezone": between.period.timezone,
        },
        "commune": commune or None,
        "before": between.before,
        "after": between.after,
        "generated": formats.iso(between.generated),
        "version": between.version,
        "inputs": between.inputs,
        "causes": [_cause(change, between.names, formats) for change in between.changes],
        "figures": [_figure(difference) for difference in between.figures],
    }
    return f"{laid_out(content)}\n".encode("utf-8", "backslashreplace")


def _cause(change: InputChange, names: Mapping[str, str], formats: Formats) -> dict[str, Any]:
    told, name = change.told, change.about
    start, end = (None if at is None else formats.iso(at) for at in moments_of(change))
    return {
        "added": change.added,
        "kind": told.get("kind"),
        "object": name,
        "name": names.get(name, name),
        "from": start,
        "to": end,
        **{key: told[key] for key in _TOLD if key in told},
    }


def _figure(difference: Difference) -> dict[str, Any]:
    return {
        "commune": difference.commune,
        "subject": difference.subject,
        "figure": difference.figure,
        "before": difference.before,
        "after": difference.after,
    }
