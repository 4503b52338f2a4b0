"""A small network to try the engine on: core - dist - two access switches, and a web page behind one of them."""

from collections.abc import Sequence
from concurrent.futures import Future

from netmon.clock import SECOND
from netmon.contracts import Event, Fact
from netmon.model import Attribution, Check, Commune, IncidentStep, Inventory, Node, Role, Service, Site, SiteKind

UPLINKS = {"core": (), "dist": ("core",), "acc1": ("dist",), "acc2": ("dist", "core")}


def check(name: str, via: tuple[str, ...], *, node: str = "", fall: int = 2, rise: int = 1) -> Check:
    return Check(
        id=f"{node}/snmp" if node else name,
        name="snmp" if node else name,
        collector="snmp" if node else "http",
        target=name,
        commune="Bègles",
        site="mairie",
        node=node,
        via=via,
        interval=60 * SECOND,
        timeout=2 * SECOND,
        fall=fall,
        rise=rise,
    )


def inventory() -> Inventory:
    checks = [check(node, uplinks, node=node) for node, uplinks in UPLINKS.items()]
    checks.append(check("portail", ("acc1",), fall=3, rise=2))
    return Inventory(
        communes={"Bègles": Commune("Bègles", "33039", 31_831, (4, 5))},
        sites={"mairie": Site("mairie", "Mairie", SiteKind.TOWN_HALL, "Bègles")},
        nodes={
            node: Node(node, node, "mairie", Role.OTHER, "127.0.0.1", 161, uplinks) for node, uplinks in UPLINKS.items()
        },
        services={
            "web": Service("web", "Portail", "web", ("Bègles",), "all(portail, acc1)"),
            "either": Service("either", "Secours", "network", ("Bègles",), "any(acc1, acc2)"),
        },
        checks={each.id: each for each in checks},
        contracts={},
    )


class Memo:
    """A recorder that only remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.steps: list[IncidentStep] = []

    def record(self, events: Sequence[Event | Fact]) -> "Future[None]":
        for event in events:
            if isinstance(event, IncidentStep):
                self.steps.append(event)
            elif not isinstance(event, Attribution):
                self.events.append(event)
        done: Future[None] = Future()
        done.set_result(None)
        return done
