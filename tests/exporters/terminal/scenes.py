"""What the pictures of the terminal show, and how they are kept: ``NETMON_GOLDEN=write pytest …`` writes them anew."""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

from exporters.terminal import Look, Screen, Status, read_status
from exporters.web.documents import status_document
from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.contracts import ContractClocks, IncidentView, SlaView, Taken, Vitals
from netmon.model import Clock, Handling, IncidentStep, MaintenanceWindow, Pause, State, Step
from tests.exporters.snapshots import METROPOLIS, NOW, FakeSnapshot, make_snapshot

GOLDEN = Path(__file__).parents[2] / "golden" / "terminal"
PARIS = dt.timezone(dt.timedelta(hours=1))


def broken_metropolis() -> FakeSnapshot:
    """One of everything: a cut branch, a limping portal, a device we cannot ask, planned work, a hostile name."""
    snapshot = make_snapshot(METROPOLIS, switches=4)
    nodes = snapshot.inventory.nodes
    for number in (2, 3, 4):
        name = f"sw-c33039-{number}"
        nodes[name] = replace(nodes[name], uplinks=("sw-c33039-1",))  # type: ignore[index]
        snapshot.set_node(name, State.UNREACHABLE, reason="parent_down")
    snapshot.set_node("sw-c33039-1", State.DOWN, detail="no reply to 3 requests")
    snapshot.set_service("wifi-c33039", State.DOWN, "sw-c33039-1")
    snapshot.set_node("sw-c33434-2", State.DOWN, since=NOW - 50 * HOUR, detail="\x1b[2J<b>\u202e")
    snapshot.set_check("portail-web", State.DEGRADED, reason="tls_expires_soon", since=NOW - 26 * HOUR)
    snapshot.set_service("portail", State.DEGRADED, "portail-web", "core-1")
    snapshot.set_node("sw-c33119-2", State.UNKNOWN, reason="credential", detail="lecture", since=NOW - 20_000)
    snapshot.set_node("sw-c33249-2", State.DOWN, maintenance=True)
    snapshot.windows.append(MaintenanceWindow("sw-c33249-2", NOW, NOW + 50 * MINUTE, "micrologiciel", NOW))
    snapshot.incident_views = [cut_branch(), old_switch(), portal()]
    snapshot.sla_views = [
        sla("Saint-Louis-de-Montferrand", 0.99312, -5_000.0, None),
        sla("Bègles", 0.997999, 7_500.0, NOW + 3 * DAY),
        sla("Cenon", 0.996, 1_800.0, None),
        sla("Talence", 1.0, 12_960.0, None),
    ]
    return snapshot


def cut_branch() -> IncidentView:
    """The provider was told; somebody is on the way; nobody had started in time."""
    steps = (
        step("INC-261123-AB12", Step.DETECTED, "sw-c33039-1", "netmon", "timeout", NOW - 12 * MINUTE),
        step("INC-261123-AB12", Step.ACKNOWLEDGED, "sw-c33039-1", "m.durand", "", NOW - 11 * MINUTE),
        step("INC-261123-AB12", Step.NOTIFIED, "sw-c33039-1", "m.durand", "ticket 4711", NOW - 10 * MINUTE),
    )
    return IncidentView(
        "INC-261123-AB12", "sw-c33039-1", ("sw-c33039-1",), ("sw-c33039-1",), State.DOWN, NOW - 12 * MINUTE, None,
        "timeout", "no reply to 3 requests", "Bègles", "c33039", False, False,
        Taken(("sw-c33039-2", "sw-c33039-3", "sw-c33039-4"), (), ("wifi-c33039",), ("c33039",), ("Bègles",), 31_831),
        Handling("INC-261123-AB12", ("sw-c33039-1",), ("acces",), NOW - 12 * MINUTE, NOW - 10 * MINUTE),
        steps[1], None,
        (ContractClocks(
            "acces", Clock(15 * MINUTE, 10 * MINUTE, NOW + 5 * MINUTE, None),
            Clock(4 * HOUR, 10 * MINUTE, NOW + 230 * MINUTE, None),
        ),), steps,
    )  # fmt: skip


def old_switch() -> IncidentView:
    """Late, after two days."""
    steps = (step("INC-261121-9QX7", Step.DETECTED, "sw-c33434-2", "netmon", "timeout", NOW - 50 * HOUR),)
    return IncidentView(
        "INC-261121-9QX7", "sw-c33434-2", ("sw-c33434-2",), ("sw-c33434-2",), State.DOWN, NOW - 50 * HOUR, None,
        "timeout", "\x1b[2J<b>\u202e", "Saint-Louis-de-Montferrand", "c33434", False, False,
        Taken((), (), (), ("c33434",), ("Saint-Louis-de-Montferrand",), 2_051),
        Handling("INC-261121-9QX7", ("sw-c33434-2",), ("acces",), NOW - 50 * HOUR, NOW - 49 * HOUR, NOW - 48 * HOUR,
                 pauses=(Pause(NOW - 30 * HOUR, NOW - 20 * HOUR, "no access to the site"),)),
        None, None, (ContractClocks("acces", None, Clock(4 * HOUR, 39 * HOUR, NOW - 35 * HOUR, None)),), steps,
    )  # fmt: skip


def portal() -> IncidentView:
    """It comes and goes, and nobody is on it."""
    steps = (step("INC-261122-0K3M", Step.DETECTED, "portail-web", "netmon", "status", NOW - 26 * HOUR),)
    return IncidentView(
        "INC-261122-0K3M", "portail-web", ("portail-web",), ("portail-web",), State.DEGRADED, NOW - 26 * HOUR, None,
        "status", "", "Ambarès-et-Lagrave", "dc", True, False,
        Taken((), (), ("portail",), ("dc",), tuple(each.name for each in METROPOLIS),
              sum(each.population for each in METROPOLIS)),
        Handling("INC-261122-0K3M", ("portail-web",), (), NOW - 26 * HOUR), steps=steps,
    )  # fmt: skip


def step(incident: str, kind: Step, name: str, author: str, text: str, at: Millis) -> IncidentStep:
    return IncidentStep(incident, kind, at, name, "", author, text, at + SECOND)


def sla(commune: str, availability: float, left: float, lost_at: Millis | None) -> SlaView:
    ratio = availability
    return SlaView("engagement", commune, "2026-11", 0.995, ratio, ratio, ratio, 1.0, left, 12_960.0, lost_at)


VITALS = Vitals(5 * MINUTE, 0.01, 0.005, 0, 0, 2, NOW - 4 * SECOND)


def status_of(snapshot: FakeSnapshot) -> Status:
    return read_status(status_document(snapshot, vitals=VITALS))


def drawn(
    status: Status, look: Look, width: int, height: int | None = None, view: str = "map", **options: bool
) -> list[str]:
    return [line.plain.rstrip() for line in Screen(look, width, height, view).draw(status, **options)]


def compare(name: str, lines: list[str]) -> None:
    path = GOLDEN / name
    text = "\n".join(lines) + "\n"
    if os.environ.get("NETMON_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
