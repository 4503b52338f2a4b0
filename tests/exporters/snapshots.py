"""Snapshots built by hand: a small metropolis in any state a test asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from netmon.clock import MINUTE, SECOND, Millis
from netmon.contracts import CheckView, IncidentView, NodeView, ServiceView, SlaCounted, SlaView
from netmon.conventions import Reason
from netmon.engine.present import Present
from netmon.model import (
    Check,
    Commune,
    Family,
    Inventory,
    MaintenanceWindow,
    Neighbour,
    Node,
    Observation,
    Reading,
    Role,
    Service,
    Site,
    SiteKind,
    State,
)
from netmon.state.machine import Memory

NOW: Millis = 1_795_453_200_000
"""2026-11-23T17:00:00Z, 18 h in Bordeaux."""


@dataclass
class FakeSnapshot:
    """A snapshot whose parts are plain values."""

    inventory: Inventory
    time: Millis = NOW
    started: Millis = NOW - 3 * 60 * MINUTE
    check_views: dict[str, CheckView] = field(default_factory=dict)
    node_views: dict[str, NodeView] = field(default_factory=dict)
    service_views: dict[str, ServiceView] = field(default_factory=dict)
    windows: list[MaintenanceWindow] = field(default_factory=list)
    sla_views: list[SlaView] = field(default_factory=list)
    counted: SlaCounted | None = None
    incident_views: list[IncidentView] = field(default_factory=list)
    changes: int = 0

    def now(self) -> Millis:
        return self.time

    def checks(self) -> Mapping[str, CheckView]:
        return self.check_views

    def nodes(self) -> Mapping[str, NodeView]:
        return self.node_views

    def services(self) -> Mapping[str, ServiceView]:
        return self.service_views

    def maintenance(self) -> Sequence[MaintenanceWindow]:
        return self.windows

    def sla(self) -> Sequence[SlaView]:
        return self.sla_views

    def sla_counted(self) -> SlaCounted | None:
        return self.counted

    def incidents(self) -> Sequence[IncidentView]:
        """Those given; else what the engine makes of the states."""
        return self.incident_views or incidents_of(self)

    def freshen(self, most: int) -> bool:
        return True

    @property
    def version(self) -> int:
        return self.changes

    def planned(self, start: Millis, end: Millis) -> Sequence[MaintenanceWindow]:
        return [each for each in self.windows if each.start < end and (each.end is None or each.end > start)]

    def neighbours(self) -> Mapping[str, Sequence[Neighbour]]:
        return {}

    def set_check(self, check_id: str, state: State, **changes: object) -> None:
        """Give a check a state; ``changes`` are other fields of its view."""
        defaults = {"since": self.time - 12 * MINUTE, "reason": "timeout" if state is not State.UP else "ok"}
        view = replace(self.check_views[check_id], state=state, **{**defaults, **changes})  # type: ignore[arg-type]
        self.check_views[check_id] = view

    def set_node(self, node_id: str, state: State, **changes: object) -> None:
        """Give a node and its SNMP check a state."""
        self.set_check(f"{node_id}/snmp", state, **changes)
        view = self.check_views[f"{node_id}/snmp"]
        self.node_views[node_id] = NodeView(node_id, state, view.since, view.reason, view.maintenance)

    def set_service(self, service_id: str, state: State, *causes: str) -> None:
        """Give a service a state."""
        self.service_views[service_id] = ServiceView(service_id, state, self.time - 12 * MINUTE, "timeout", causes)


def incidents_of(snapshot: FakeSnapshot) -> Sequence[IncidentView]:
    """The incidents that the engine sees in the states of the checks."""
    present = Present(snapshot.inventory, snapshot.now)
    for name, view in snapshot.check_views.items():
        reason = Reason(view.reason) if view.reason in set(Reason) else Reason.TIMEOUT
        memory = Memory(name, view.state, view.since, reason, view.detail, view.since)
        present._memories[name] = memory
    flagged = [name for name, view in snapshot.node_views.items() if view.maintenance]
    flagged += [name for name, view in snapshot.check_views.items() if view.maintenance]
    present.set_windows([*snapshot.windows, *(MaintenanceWindow(name, 0, None, "", 0) for name in flagged)])
    present._paths.look_everywhere()
    present._incidents.follow(snapshot.inventory.checks.values(), snapshot.time)
    return present.incidents()


def make_check(check_id: str, commune: str = "Bègles", site: str = "begles-mairie", node: str = "") -> Check:
    """A check polled each 30 s; with a node, its SNMP check."""
    name = "snmp" if node else check_id
    collector = "snmp" if node else "http"
    return Check(check_id, name, collector, "127.0.0.1", commune, site, node, (), 30 * SECOND, 5 * SECOND, 2, 1)


def make_observation(check: Check, *families: Family, state: State = State.UP, started: Millis = NOW) -> Observation:
    """A poll that took 12 ms."""
    reason = Reason.OK if state is State.UP else Reason.TIMEOUT
    return Observation(check, started, 0.012, Reading(state, reason, families=families))


def make_snapshot(communes: Sequence[Commune], *, switches: int = 2) -> FakeSnapshot:
    """One core router, and per commune a town hall with ``switches`` behind it; one portal for all, wi-fi in each.

    Everything is up, polled ten seconds ago.
    """
    sites = {"dc": Site("dc", "Centre de données", SiteKind.DATA_CENTRE, communes[0].name)}
    nodes = {"core-1": Node("core-1", "core-1", "dc", Role.CORE_ROUTER, "127.0.0.1", 161)}
    services = {"portail": Service("portail", "Portail des citoyens", "web", ("*",), "portail-web")}
    checks = {"portail-web": make_check("portail-web", communes[0].name, "dc")}
    for commune in communes:
        slug = f"c{commune.insee}"
        sites[slug] = Site(slug, f"Hôtel de ville de {commune.name}", SiteKind.TOWN_HALL, commune.name)
        for number in range(1, switches + 1):
            name = f"sw-{slug}-{number}"
            nodes[name] = Node(name, name, slug, Role.ACCESS_SWITCH, "127.0.0.1", 161, ("core-1",))
        services[f"wifi-{slug}"] = Service(f"wifi-{slug}", f"Wi-Fi de {commune.name}", "wifi", (commune.name,),
                                           f"sw-{slug}-1")  # fmt: skip
    for node in nodes.values():
        commune_name = sites[node.site].commune
        checks[f"{node.id}/snmp"] = make_check(f"{node.id}/snmp", commune_name, node.site, node.id)
    inventory = Inventory({commune.name: commune for commune in communes}, sites, nodes, services, checks, {})
    snapshot = FakeSnapshot(inventory)
    seen = NOW - 10 * SECOND
    for check in checks.values():
        last = make_observation(check, started=seen)
        snapshot.check_views[check.id] = CheckView(check, State.UP, snapshot.started, "ok", "", last, seen)
    snapshot.node_views = {name: NodeView(name, State.UP, snapshot.started, "ok") for name in nodes}
    snapshot.service_views = {name: ServiceView(name, State.UP, snapshot.started, "ok") for name in services}
    return snapshot


BEGLES = Commune("Bègles", "33039", 31_831, (3, 5), "213300395")
AMBES = Commune("Ambès", "33004", 3_313, (4, 0), "213300049")
CENON = Commune("Cenon", "33119", 26_674, (4, 3), "213301195")

METROPOLIS = [
    Commune(name, insee, population, tile)
    for name, insee, population, tile in (
        ("Ambarès-et-Lagrave", "33003", 17644, (4, 1)),
        ("Ambès", "33004", 3313, (3, 0)),
        ("Artigues-près-Bordeaux", "33013", 8687, (5, 3)),
        ("Bassens", "33032", 8435, (3, 2)),
        ("Bègles", "33039", 31831, (4, 5)),
        ("Blanquefort", "33056", 17215, (2, 2)),
        ("Bordeaux", "33063", 267991, (3, 4)),
        ("Bouliac", "33065", 3804, (5, 5)),
        ("Le Bouscat", "33069", 25081, (2, 4)),
        ("Bruges", "33075", 20020, (3, 3)),
        ("Carbon-Blanc", "33096", 8331, (4, 2)),
        ("Cenon", "33119", 26834, (4, 4)),
        ("Eysines", "33162", 24825, (2, 3)),
        ("Floirac", "33167", 18300, (5, 4)),
        ("Gradignan", "33192", 26952, (2, 6)),
        ("Le Haillan", "33200", 11392, (1, 3)),
        ("Lormont", "33249", 25769, (4, 3)),
        ("Martignas-sur-Jalle", "33273", 8056, (0, 4)),
        ("Mérignac", "33281", 78090, (1, 4)),
        ("Parempuyre", "33312", 10672, (2, 1)),
        ("Pessac", "33318", 67339, (2, 5)),
        ("Saint-Aubin-de-Médoc", "33376", 7769, (0, 2)),
        ("Saint-Louis-de-Montferrand", "33434", 2051, (3, 1)),
        ("Saint-Médard-en-Jalles", "33449", 32910, (0, 3)),
        ("Saint-Vincent-de-Paul", "33487", 1067, (4, 0)),
        ("Le Taillan-Médoc", "33519", 11073, (1, 2)),
        ("Talence", "33522", 46338, (3, 5)),
        ("Villenave-d'Ornon", "33550", 42545, (3, 6)),
    )
]
"""The 28 communes."""
