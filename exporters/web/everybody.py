"""What everybody may see: how the services of each commune are, and the works planned for them.

No host, address, node, check, reason or text of works ever gets here. Services that rest on anything on a sensitive
site are left out altogether, as in the open data of reports.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exporters.summary import Moment, plain
from exporters.web.communes import STATES
from exporters.web.documents import Document, head, moment
from exporters.web.shown import Tile, Wording
from netmon.clock import DAY, Millis
from netmon.contracts import ServiceView
from netmon.expression import Expression, evaluate, parse, references
from netmon.inventory import EVERY_COMMUNE
from netmon.model import Commune, Inventory, MaintenanceWindow, Service, State

AHEAD = 31 * DAY
MOST_WORKS = 100
_TOLD = {State.UNREACHABLE: "down", State.PENDING: "unknown"}
"""What makes a difference only to those who mend it."""


@dataclass(frozen=True, slots=True)
class PublicService:
    """A service as everybody sees it."""

    service: Service
    state: str
    since: Millis


@dataclass(frozen=True, slots=True)
class PublicWork:
    """Services that planned works take along; ``end`` None: not known."""

    services: tuple[Service, ...]
    communes: tuple[str, ...]
    start: Millis
    end: Millis | None


class PublicFacts:
    """Reads from the present what everybody may see."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        sensitive = {site.id for site in inventory.sites.values() if site.sensitive}
        expressions = {name: parse(service.expression) for name, service in inventory.services.items()}
        self._shown: dict[str, Expression] = {
            name: expression
            for name, expression in expressions.items()
            if sensitive.isdisjoint(_sites(references(expression), inventory))
        }

    def services(self, now: Moment) -> list[PublicService]:
        """Every service that may be shown."""
        views = now.services()
        return [_public(self._inventory.services[name], views[name]) for name in self._shown if name in views]

    def communes(self, now: Moment) -> list[tuple[Commune, str, list[PublicService]]]:
        """Every commune with its state and services, the worst first, then by name."""
        services = self.services(now)
        found = []
        for commune in self._inventory.communes.values():
            mine = [each for each in services if {commune.name, EVERY_COMMUNE} & set(each.service.communes)]
            own = [each.state for each in mine if len(each.service.communes) == 1]
            found.append((commune, _together(own or [each.state for each in mine]), mine))
        return sorted(found, key=lambda each: (STATES.index(each[1]), plain(each[0].name)))

    def works(self, now: Moment) -> list[PublicWork]:
        """Works under way or within a month, on services that may be shown; those of one time as one."""
        groups: dict[tuple[Millis, Millis | None], dict[str, None]] = {}
        for window in now.planned(now.now(), now.now() + AHEAD):
            hit = self._hit(window)
            if hit:
                groups.setdefault((window.start, window.end), {}).update(dict.fromkeys(hit))
        works = (self._work(names, *span) for span, names in groups.items())
        return sorted(works, key=lambda each: each.start)[:MOST_WORKS]

    def _work(self, names: Iterable[str], start: Millis, end: Millis | None) -> PublicWork:
        services = tuple(self._inventory.services[name] for name in names)
        told = {name for service in services for name in service.communes}
        everywhere = EVERY_COMMUNE in told
        communes = tuple(name for name in self._inventory.communes if everywhere or name in told)
        return PublicWork(services, communes, start, end)

    def _hit(self, window: MaintenanceWindow) -> Iterable[str]:
        """The services that may be worse while what is worked on does not work."""
        for name, expression in self._shown.items():
            if (
                window.object in {"*", name}
                or evaluate(expression, lambda part: self._while_worked_on(part, window)) is not State.UP
            ):
                yield name

    def _while_worked_on(self, part: str, window: MaintenanceWindow) -> State:
        return State.DOWN if window.object in _places(part, self._inventory) else State.UP


class PublicView:
    """Values of each section of everybody's page."""

    def __init__(self, facts: PublicFacts) -> None:
        self._facts = facts

    def sections(self, now: Moment, wording: Wording) -> tuple[str, dict[str, dict[str, Any]]]:
        """The page's title, and the values of each section."""
        communes, _ = self._facts.communes(now), wording.gettext
        state = wording.state(_together(state for _commune, state, _mine in communes))
        services = self._facts.services(now)
        counted = ((_("Communes"), _counts(told for _c, told, _m in communes)),
                   (_("Services"), _counts(each.state for each in services)))  # fmt: skip
        listed = [
            (commune.name, wording.state(told), [(each.service.name, wording.state(each.state)) for each in mine])
            for commune, told, mine in communes
        ]
        works = [
            (each.start <= now.now(), [service.name for service in each.services][:12],
             wording.when(each.start), None if each.end is None else wording.when(each.end))
            for each in self._facts.works(now)
        ]  # fmt: skip
        words = _("State of services")
        title = f"{state.glyph} {words} – {state.word}"
        return title, {
            "summary": {"state": state, "totals": wording.totals(counted)},
            "map": {"tiles": [_tile(*each, wording) for each in communes]},
            "services": {"communes": listed},
            "works": {"works": works},
        }


def public_documents(facts: PublicFacts) -> Mapping[str, Any]:
    """What ``/api/v1`` tells everybody: makers of documents, by name."""

    def status(now: Moment, _: object) -> Document:
        communes = facts.communes(now)
        return {
            **head(now),
            "state": _together(state for _commune, state, _mine in communes),
            "communes": [
                {"name": commune.name, "insee": commune.insee, "population": commune.population,
                 "tile": list(commune.tile), "state": state, "services": [_service(each) for each in mine]}
                for commune, state, mine in communes
            ],
            "maintenance": [_work(each) for each in facts.works(now)],
        }  # fmt: skip

    return {
        "status": status,
        "services": lambda now, _: {**head(now), "services": [_service(each) for each in facts.services(now)]},
        "maintenance": lambda now, _: {**head(now), "maintenance": [_work(each) for each in facts.works(now)]},
    }


def _service(each: PublicService) -> Document:
    service = each.service
    return {"name": service.name, "family": service.family, "communes": list(service.communes), "state": each.state,
            "since": moment(each.since)}  # fmt: skip


def _work(each: PublicWork) -> Document:
    return {"services": [service.name for service in each.services], "communes": list(each.communes),
            "from": moment(each.start), "to": moment(each.end)}  # fmt: skip


def _public(service: Service, view: ServiceView) -> PublicService:
    state = "maintenance" if view.maintenance else _TOLD.get(view.state, view.state.value)
    return PublicService(service, state, view.since)


def _together(states: Iterable[str]) -> str:
    """Down where everything is, degraded where something is; what is worked on does not count against it."""
    counts = _counts(states)
    watched = sum(counts.values()) - counts.get("maintenance", 0)
    if watched and counts.get("down", 0) == watched:
        return "down"
    if counts.get("down") or counts.get("degraded"):
        return "degraded"
    return next((state for state in ("unknown", "up", "maintenance") if counts.get(state)), "unknown")


def _counts(states: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    return counts


def _tile(commune: Commune, state: str, mine: list[PublicService], wording: Wording) -> Tile:
    column, row = commune.tile
    hit = sum(each.state in {"down", "degraded"} for each in mine)
    return Tile(commune.name, column, row, wording.state(state), wording.plural("%(n)s service", "%(n)s services", hit))


def _places(part: str, inventory: Inventory) -> set[str]:
    """A node or check, its node, and where they stand."""
    check = inventory.checks.get(part)
    node = inventory.nodes.get(check.node if check else part)
    found = {part, *((check.site, check.commune) if check else ()), *((node.id, node.site) if node else ())}
    site = inventory.sites.get(node.site) if node else None
    return found | ({site.commune} if site else set())


def _sites(parts: Iterable[str], inventory: Inventory) -> Iterator[str]:
    for part in parts:
        yield from _places(part, inventory)
