"""Incidents of a small network, alerts of them to receivers of the test, and a clock that the test moves."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netmon.alerting import Alerting
from netmon.alerting.service import LOOK_AGAIN
from netmon.clock import MINUTE, ManualClock, Millis, SystemClock
from netmon.config import load
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.history import open_history
from netmon.model import IncidentStep, Notice, Observation, Reading, State, Step
from tests.cli.fallen import CONFIGURATION


class Scene:
    """``core`` - ``dist`` - ``acc`` with a web page behind it, and ``other``, as a daemon would watch them.

    A second scene in the same directory is the daemon after a restart.
    """

    def __init__(self, directory: Path, alerts: str, *, now: Millis | None = None, more: str = "") -> None:
        self.file = directory / "netmon.yml"
        pinged = CONFIGURATION.replace("address: 192.0.2.4,", "address: 192.0.2.4, icmp: true,")
        self.file.write_text(pinged + more + "alerts:\n" + alerts, "utf-8")
        (directory / "community").write_text("secret")
        (directory / "signing").write_text("0123456789abcdef0123\n")
        (directory / "data").mkdir(exist_ok=True)
        self.configuration = load(self.file)
        self.store = open_history(self.configuration.history)
        self.clock = ManualClock(now or SystemClock().now() // MINUTE * MINUTE)
        self.pipeline = Pipeline(self.configuration.inventory, self.store, self.clock.now)
        self.pipeline.restore(self.store.states(), self.clock.now(), self.store.incident_steps())
        self.telemetry = Telemetry()
        self.alerting = Alerting(self.configuration, self.store, self.pipeline, self.telemetry, self.clock.now)
        assert self.alerting._take_up()

    def poll(self, down: Sequence[str] = (), times: int = 3) -> None:
        """Poll everything so often, a minute apart; nodes of ``down`` are silent, checks of it fail."""
        for _ in range(times):
            for name, check in self.configuration.inventory.checks.items():
                fails = name in down or check.node in down
                reading = Reading(State.DOWN, Reason.TIMEOUT, "no answer") if fails else Reading(State.UP)
                self.pipeline.observe(Observation(check, self.clock.now(), 0.0, reading))
            self.clock.advance(MINUTE)
        self.pipeline.sweep()

    def tell(self, later: Millis = LOOK_AGAIN) -> None:
        """Look, queue and deliver, ``later`` than before."""
        self.clock.advance(later)
        asyncio.run(self.alerting.look())
        self.alerting._queueing.join(30)
        for _, background in self.alerting._rounds:
            background.join(30)
        self.alerting._asked = -(10**15)
        asyncio.run(self.alerting.look())
        for _, background in self.alerting._rounds:
            background.join(30)

    def say(self, step: Step, name: str, author: str = "Zoé", text: str = "") -> None:
        """A person tells something of the incident of ``name``."""
        case = self.pipeline.book.case_of(name)
        assert case is not None
        now = self.clock.now()
        told = IncidentStep(case.id, step, now, name, "", author, text, now)
        self.store.record([told]).result()
        self.pipeline.tell([told])

    def incident(self, name: str) -> str:
        case = self.pipeline.book.case_of(name)
        assert case is not None
        return case.id

    def notices(self) -> list[Notice]:
        return self.store.notices.told()

    def states(self) -> list[tuple[str, str]]:
        return [(notice.event.value, notice.state) for notice in self.notices()]

    def metric(self, outcome: str, receiver: str = "hook") -> float:
        value: Any = self.telemetry.registry.get_sample_value(
            "netmon_notices_total", {"receiver": receiver, "outcome": outcome}
        )
        return float(value)

    def close(self) -> None:
        self.alerting.stop()
        self.store.close()
