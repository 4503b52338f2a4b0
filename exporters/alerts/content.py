"""The document of a notice: what happened to an incident, for programs and in words, French and English.

It is bounded: of what an incident takes along it names the first, and counts all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from netmon.clock import Millis, to_datetime
from netmon.contracts import IncidentView
from netmon.i18n import plural_translator, translator
from netmon.l10n import Formats
from netmon.model import Inventory, NoticeEvent, Severity, State
from netmon.words import words_of

Document: TypeAlias = dict[str, Any]

SCHEMA_VERSION = 1
MOST_NAMED = 20
_LONGEST = 500
LANGUAGES = ("fr", "en")
ALERT_NAME = "NetmonIncident"


@dataclass(frozen=True, slots=True)
class Happening:
    """What is told: ``event`` of the incident ``view`` at ``at``.

    ``labels`` None: those of now; else those it was told with before, which stay, and ``replaced`` those that it was
    told with until now, where graver ones take their place.
    """

    event: NoticeEvent
    severity: Severity
    view: IncidentView
    at: Millis
    labels: Mapping[str, str] | None = None
    replaced: Mapping[str, str] | None = None


def labels_of(view: IncidentView, severity: Severity, inventory: Inventory) -> dict[str, str]:
    """What the incident is known by at Alertmanagers; nothing that changes while it lasts."""
    check = inventory.checks.get(view.object)
    node = check.node if check else view.object if view.object in inventory.nodes else ""
    labels = {
        "alertname": ALERT_NAME, "incident": view.id, "severity": severity.value, "commune": view.commune,
        "site": view.site, "node": node, "check": check.name if check else "",
    }  # fmt: skip
    return {name: value for name, value in labels.items() if value}


def content(told: Happening, inventory: Inventory, url: str, timezone: str) -> Document:
    """The document. ``url`` is where people reach netmon's pages; empty: there is no link."""
    view = told.view
    labels = told.labels if told.labels is not None else labels_of(view, told.severity, inventory)
    document: Document = {
        "schema_version": SCHEMA_VERSION,
        "event": told.event.value,
        "generated": moment(told.at),
        "severity": told.severity.value,
        "url": f"{url}/#{view.id}" if url else "",
        "incident": _incident(told, inventory),
        "labels": dict(labels),
        "replaced_labels": dict(told.replaced) if told.replaced else None,
        "summary": {language: summary(told, inventory, language) for language in LANGUAGES},
    }
    document["description"] = {
        language: "\n".join(_description(told, inventory, Formats(language, timezone))) for language in LANGUAGES
    }
    return document


def moment(instant: Millis | None) -> str | None:
    """The instant as RFC 3339 in UTC, to the millisecond."""
    return None if instant is None else to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _incident(told: Happening, inventory: Inventory) -> Document:
    view, done, takes = told.view, told.view.acknowledged, told.view.takes
    return {
        "id": view.id, "object": view.object, "name": name_of(view.object, inventory), "state": view.state.value,
        "since": moment(view.since), "ended": moment(view.ended), "reason": view.reason,
        "detail": view.detail[:_LONGEST],
        "roots": list(view.roots[:MOST_NAMED]), "commune": view.commune, "site": view.site,
        "site_name": inventory.sites[view.site].name if view.site in inventory.sites else "",
        "flapping": view.flapping, "maintenance": view.maintenance, "merged_into": None,
        "acknowledged": done and {"at": moment(done.at), "author": done.author[:_LONGEST],
                                  "text": done.text[:_LONGEST]},
        "takes": {
            "nodes": len(takes.nodes), "checks": len(takes.checks), "services": len(takes.services),
            "sites": len(takes.sites), "communes": list(takes.communes[:MOST_NAMED * 2]),
            "population": takes.population,
            "named": {"nodes": list(takes.nodes[:MOST_NAMED]), "checks": list(takes.checks[:MOST_NAMED]),
                      "services": list(takes.services[:MOST_NAMED])},
        },
    }  # fmt: skip


def name_of(name: str, inventory: Inventory) -> str:
    """What people call a node or check: a device's name with its id, where they differ."""
    node = inventory.nodes.get(name)
    return f"{node.name} ({name})" if node is not None and node.name != name else name


def summary(told: Happening, inventory: Inventory, language: str) -> str:
    """One line that says what happened, and where."""
    _ = translator(language)
    title = {
        NoticeEvent.OPENED: _("Degraded: %(name)s") if told.view.state is State.DEGRADED else _("Down: %(name)s"),
        NoticeEvent.RAISED: _("Graver now: %(name)s"),
        NoticeEvent.ACKNOWLEDGED: _("Somebody is on it: %(name)s"),
        NoticeEvent.RESTORED: _("Restored: %(name)s"),
    }[told.event] % {"name": name_of(told.view.object, inventory)}
    return f"{title}, {told.view.commune}" if told.view.commune else title


def farewell(document: Document, at: Millis, into: str) -> Document:
    """The last document of an incident of which ``document`` was told: it is part of ``into`` now; empty: nothing more
    is known of it."""
    incident = document["incident"]
    summaries, descriptions = {}, {}
    for language in LANGUAGES:
        _ = translator(language)
        title = _("Part of another incident: %(name)s") if into else _("No longer watched: %(name)s")
        title %= {"name": incident["name"]}
        summaries[language] = f"{title}, {incident['commune']}" if incident["commune"] else title
        descriptions[language] = _("It is part of %(incident)s.") % {"incident": into} if into else summaries[language]
    event = NoticeEvent.MERGED if into else NoticeEvent.RESTORED
    return {
        **document, "event": event.value, "generated": moment(at), "summary": summaries, "description": descriptions,
        "replaced_labels": None, "incident": {**incident, "ended": moment(at), "merged_into": into or None},
    }  # fmt: skip


def _description(told: Happening, inventory: Inventory, formats: Formats) -> Iterator[str]:
    _, view = translator(formats.language), told.view
    if told.event is NoticeEvent.RESTORED and view.ended is not None:
        yield _("Down from %(start)s to %(end)s (%(length)s).") % {
            "start": formats.instant(view.since), "end": formats.end(view.since, view.ended),
            "length": formats.duration(view.ended - view.since),
        }  # fmt: skip
    else:
        yield _("Since %(start)s.") % {"start": formats.instant(view.since)}
    if view.reason and told.event is not NoticeEvent.RESTORED:
        words = words_of(view.reason, _)
        yield _("Why: %(reason)s.") % {"reason": f"{words} ({view.detail[:_LONGEST]})" if view.detail else words}
    if view.acknowledged is not None and told.event is not NoticeEvent.RESTORED:
        said = view.acknowledged
        text = f"{said.author}, {formats.instant(said.at)}" + (f": {said.text[:_LONGEST]}" if said.text else "")
        yield _("On it: %(who)s.") % {"who": text}
    if told.event is not NoticeEvent.RESTORED:
        yield from _lost(told, inventory, formats)


def _lost(told: Happening, inventory: Inventory, formats: Formats) -> Iterator[str]:
    _, ngettext, takes = translator(formats.language), plural_translator(formats.language), told.view.takes
    counted = (
        (len(takes.nodes), ngettext("%(n)s device", "%(n)s devices", len(takes.nodes))),
        (len(takes.checks), ngettext("%(n)s target", "%(n)s targets", len(takes.checks))),
        (len(takes.services), ngettext("%(n)s service", "%(n)s services", len(takes.services))),
    )
    lost = [text % {"n": formats.integer(number)} for number, text in counted if number]
    if lost:
        yield _("Takes along: %(what)s.") % {"what": ", ".join(lost)}
        services = [inventory.services[name].name for name in takes.services if name in inventory.services]
        for title, names in ((_("Services"), services), (_("Communes"), takes.communes)):
            if names:
                yield _("%(what)s: %(names)s") % {"what": title, "names": _some(names)}
    if takes.population:
        yield ngettext("%(n)s inhabitant concerned.", "%(n)s inhabitants concerned.", takes.population) % {
            "n": formats.integer(takes.population)
        }
    if told.view.flapping:
        yield _("It goes back and forth.")
    if told.view.maintenance:
        yield _("Planned work on it is under way.")


def _some(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:MOST_NAMED]) + (f", … (+{len(every) - MOST_NAMED})" if len(every) > MOST_NAMED else "")
