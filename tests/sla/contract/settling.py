"""A small market over October 2026 in the small métropole: helpers for tests."""

from netmon.clock import DAY, HOUR, Millis
from netmon.contracts import Event
from netmon.model import (
    Attribution,
    Contract,
    ContractReport,
    Guarantee,
    IncidentStep,
    Inventory,
    Party,
    State,
    Step,
)
from netmon.sla import parse_period
from netmon.sla.contract.account import Facts
from netmon.sla.contract.settle import settle
from tests.sla.metropolis import metropolis, transition

ZONE = "Europe/Paris"
OCTOBER = parse_period("2026-10", ZONE, 0)
T0 = OCTOBER.start
LENGTH = OCTOBER.end - OCTOBER.start
LATER = OCTOBER.end + 60 * DAY

MARKET = Contract(
    "market", "Marché", "Opérateur", "Bordeaux Métropole", 0.999, kind="market", gtr=Guarantee(4 * HOUR),
    gti=Guarantee(HOUR), excluded=(Party.COMMUNE, Party.FORCE_MAJEURE),
)  # fmt: skip

UP: list[Event] = [
    transition(name, T0 - HOUR, State.UP) for name in ("sw-begles/snmp", "sw-cenon/snmp", "portail-citoyen")
]


def down(name: str, start: Millis, long: Millis, late: Millis = 0) -> list[Event]:
    """The check was down from ``start``; ``late``: how long before, at most, it may have been so already."""
    return [
        transition(name, start, State.DOWN, start - late),
        transition(name, start + long, State.UP, start + long - late),
    ]


def settled(
    events: list[Event], contract: Contract = MARKET, facts: Facts | None = None, **more: object
) -> ContractReport:
    period = more.pop("period", OCTOBER)
    generated = more.pop("generated", LATER)
    inventory: Inventory = metropolis(contract)
    [report] = settle(inventory, [*UP, *events], period, generated=generated, facts=facts or Facts())  # type: ignore[arg-type]
    return report


def attributed(
    name: str, start: Millis, long: Millis, party: Party = Party.COMMUNE, recorded: Millis = LATER
) -> Attribution:
    return Attribution(name, start, start + long, party, "", "A. Martin", "coupure électrique", recorded)


def incident(name: str, about: str, contract: str = "", **at: Millis) -> tuple[IncidentStep, ...]:
    """Steps by name: ``notified=T0, restored=T0 + HOUR``."""
    return tuple(
        IncidentStep(name, Step(step), instant, about, contract, "A. Martin", "", instant)
        for step, instant in at.items()
    )
