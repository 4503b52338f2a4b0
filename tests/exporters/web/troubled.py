"""The example metropolis with everything that can be shown: a node that cuts another off, an incident under contract
with its clocks, one acknowledged, a site that is slow, a device nobody could look at, planned works."""

from dataclasses import replace
from pathlib import Path

from netmon.clock import DAY, HOUR, SECOND, Millis
from netmon.config import load
from netmon.contracts import SlaView
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.model import (
    Attribution,
    IncidentStep,
    Inventory,
    MaintenanceWindow,
    Observation,
    Party,
    Reading,
    State,
    Step,
)
from tests.engine.small import Memo
from tests.exporters.snapshots import NOW

MAIN = Path(__file__).resolve().parents[3] / "config" / "netmon.yml"
CUT = "dist-nord-1"
SLOW = "web-mairie-ambes"


class Troubled:
    """A pipeline on the example's inventory, and its clock."""

    def __init__(self, inventory: Inventory) -> None:
        self.now: Millis = NOW - HOUR
        self.pipeline = Pipeline(inventory, Memo(), lambda: self.now)

    def look(self, states: dict[str, State], reason: Reason = Reason.TIMEOUT, detail: str = "no reply") -> None:
        """Every check is looked at until what it shows is confirmed: UP, but for those named."""
        for _ in range(4):
            self.now += 30 * SECOND
            for check in self.pipeline.inventory.checks.values():
                state = states.get(check.id, states.get(check.node, State.UP))
                good = state is State.UP
                reading = Reading(state, Reason.OK if good else reason, "" if good else detail)
                self.pipeline.observe(Observation(check, self.now, 0.02, reading))


def inventory() -> Inventory:
    """The example's, with a guarantee of restoration in each contract."""
    return load(MAIN).inventory


def troubled() -> Troubled:
    """The example metropolis in trouble."""
    made = Troubled(inventory())
    pipeline = made.pipeline
    made.look({})
    failing = {CUT: State.DOWN, "wlc-nord": State.DOWN, "sw-begles-1": State.DOWN, SLOW: State.DEGRADED}
    made.look(failing)
    made.look({**failing, "sw-cenon-1": State.UNKNOWN}, Reason.CREDENTIAL, "no secret")
    told = {view.object: view.id for view in pipeline.incidents()}
    at = made.now
    pipeline.tell([
        IncidentStep(told[CUT], Step.NOTIFIED, at, CUT, "", "C. Durand", "ticket 4711", at),
        IncidentStep(told["sw-begles-1"], Step.NOTIFIED, at, "sw-begles-1", "", "A. Martin", "", at),
        IncidentStep(told["sw-begles-1"], Step.ACKNOWLEDGED, at, "sw-begles-1", "", "A. Martin", "j'y vais", at),
    ])  # fmt: skip
    pipeline.attribute([Attribution(CUT, at - HOUR, None, Party.OPERATOR, told[CUT], "C. Durand", "fibre", at)])
    pipeline.set_windows([
        MaintenanceWindow("sw-talence-1", at - HOUR, at + HOUR, "firmware of sw-talence-1", at - 3 * DAY),
        MaintenanceWindow("talence-reseau", at + DAY, at + DAY + HOUR, "cabling at 127.33.27.1", at - DAY),
        MaintenanceWindow("*", at - 9 * DAY, at - 9 * DAY + HOUR, "past", at - 20 * DAY),
        MaintenanceWindow("core-lac-1", at + 300 * DAY, None, "far", at),
    ])  # fmt: skip
    unseen = SlaView("engagement-communes", "Cenon", "2026-11", 0.995, None, None, None, None, None)
    pipeline.set_sla([replace(unseen, commune="Bègles", availability=0.99, low=0.98, high=0.999, coverage=1.0), unseen])
    made.now += 20 * SECOND
    return made
