"""What the daemon runs: looks at the incidents every second, queues what has to be told, and sends the couriers.

On the loop the incidents are only read; comparing, documents, the history and the network are for threads.
"""

import asyncio
import hashlib
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from exporters.alerts.content import Happening, content, farewell, labels_of
from exporters.summary import freshened
from netmon.alerting.couriers import Courier
from netmon.alerting.gravity import Gravity
from netmon.alerting.senders import sender_of
from netmon.alerting.wanted import Key, Plan, Standing, Told, Want, note
from netmon.alertplan import AlertmanagerTarget, Receiver
from netmon.background import Background
from netmon.clock import DAY, HOUR, SECOND, Millis
from netmon.config import Configuration
from netmon.contracts import IncidentView, ServiceView
from netmon.engine.pipeline import Pipeline
from netmon.engine.telemetry import Telemetry
from netmon.errors import StoreError
from netmon.history import Store
from netmon.model import Notice, NoticeEvent, Severity
from netmon.sla.contract.running import RunningClocks

log = logging.getLogger("netmon.alerts")

LOOK_SECONDS = 1.0
LOOK_AGAIN: Millis = 5 * SECOND
"""Where no incident changed, they are looked at so often: for delays, planned works, and what they take along."""
KEPT: Millis = 30 * DAY
"""Notices are kept for so long after the end of their incident was told."""
_STOP_SECONDS = 2.5
"""A delivery under way at a stop has this long to be answered and noted; else it is made again after the next start."""
NOT_CONFIGURED = "this receiver is no longer in the configuration"


@dataclass(frozen=True, slots=True)
class _Job:
    """A want, with what its document needs that only the loop knows."""

    want: Want
    at: Millis
    labels: Mapping[str, str]
    replaced: Mapping[str, str] | None
    round: int


class Alerting:
    """Tells the receivers of ``configuration`` about the incidents of ``pipeline``."""

    def __init__(
        self,
        configuration: Configuration,
        store: Store,
        pipeline: Pipeline,
        telemetry: Telemetry,
        now: Callable[[], Millis],
    ) -> None:
        self._settings, self._configuration = configuration.alerts, configuration
        self._store, self._pipeline, self._telemetry, self._now = store, pipeline, telemetry, now
        self._inventory = configuration.inventory
        self._gravity = Gravity(self._inventory)
        self._contracts: dict[str, frozenset[str]] = {}
        receivers = {receiver.id: receiver for receiver in self._settings.receivers}
        self._plan = Plan(receivers, self._settings.routes, lambda name: self._contracts.get(name, frozenset()))
        self._told: dict[Key, Told] = {}
        self._documents: dict[Key, dict[str, Any]] = {}
        self._jobs: deque[_Job] = deque()
        self._seen: tuple[object, Millis] = None, 0
        self._learned: Millis | None = None
        self._stopping, self._said = threading.Event(), False
        self._queueing = Background("netmon-notices", self._queue)
        self._firing: dict[str, list[Happening]] = {}
        self._repeated: dict[tuple[str, str], Millis] = {}
        self._rounds = [
            (courier, Background(f"netmon-notices {receiver.id}", partial(self._round, courier)))
            for receiver in receivers.values()
            for courier in self._couriers(receiver)
        ]
        resends = [each.target.resend for each in receivers.values() if isinstance(each.target, AlertmanagerTarget)]
        self._every, self._asked = min([LOOK_AGAIN, *resends]), -DAY

    async def run(self) -> None:
        """Tell, for ever."""
        taken_up = False
        while True:
            try:
                taken_up = taken_up or await asyncio.to_thread(self._take_up)
                if taken_up and not self._settings.receivers:
                    return
                if taken_up:
                    await self.look()
            except Exception:
                log.exception("incidents could not be looked at for notices")
            await asyncio.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End what is under way; what waits is told after the next start."""
        self._stopping.set()
        until = time.monotonic() + _STOP_SECONDS
        for background in (self._queueing, *(each for _, each in self._rounds)):
            background.join(max(0.0, until - time.monotonic()))

    # --- On the loop --------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Find what has to be told now, and have it queued and delivered."""
        now, book = self._pipeline.now(), self._pipeline.book
        changed = [(case.id, len(case.steps), case.closed) for case in book.cases.values()]
        if self._seen[0] != changed or not 0 <= now - self._seen[1] < LOOK_AGAIN:
            self._seen = changed, now
            await self._compare(now)
        if self._jobs or self._learned is None or now - self._learned >= HOUR:
            self._queueing.ask()
        if not 0 <= now - self._asked < self._every:
            self._asked = now
            self._send()

    def _send(self) -> None:
        for _, background in self._rounds:
            background.ask()

    async def _compare(self, now: Millis) -> None:
        if not self._told and not self._pipeline.book.cases:
            return
        await freshened(self._pipeline)
        pipeline = self._pipeline
        await asyncio.to_thread(self._find_wants, pipeline.incidents(), pipeline.services(), pipeline.book.merged, now)

    # --- On threads ---------------------------------------------------------------------------------------------------

    def _find_wants(
        self,
        incidents: Sequence[IncidentView],
        services: Mapping[str, ServiceView],
        merged: Mapping[str, str],
        now: Millis,
    ) -> None:
        standings = [
            Standing(view, self._gravity.of(view, services) if view.ended is None else Severity.MINOR)
            for view in incidents
        ]
        for want in self._plan.wanted(standings, self._told, merged, now):
            self._want(want, now)
        known = {*(standing.view.id for standing in standings), *merged}  # may be split again
        self._told = {key: told for key, told in self._told.items() if told.is_open or key[1] in known}
        self._firing = {
            receiver.id: [
                Happening(NoticeEvent.OPENED, told.severity, standing.view, now, told.labels)
                for standing in standings
                if standing.view.ended is None
                and (told := self._told.get((receiver.id, standing.view.id))) is not None
                and told.is_open
            ]
            for receiver in self._settings.receivers
            if isinstance(receiver.target, AlertmanagerTarget)
        }

    def _want(self, want: Want, now: Millis) -> None:
        view, key = want.view, (want.receiver, want.incident)
        before = self._told.get(key)
        told = note(
            self._told, key, want.event, want.severity,
            lambda: labels_of(view, want.severity, self._inventory) if view else {},
        )  # fmt: skip
        replaced = before.labels if before and want.event is NoticeEvent.RAISED else None
        self._jobs.append(_Job(want, now, told.labels, replaced, told.round))

    def _take_up(self) -> bool:
        """Read what was told before; whether that could be done."""
        try:
            told = self._store.notices.told()
            for notice in told:
                self._recall(notice)
            self._dismiss(told)
            self._count()
        except Exception as error:  # noqa: BLE001 - whatever the database says, it is asked again
            self._say("what was told cannot be read, trying on: %s", error)
            return False
        self._said = False
        return True

    def _say(self, text: str, error: Exception) -> None:
        """Log it, once until it works again."""
        if not self._said:
            log.error(text, error)
        self._said = True

    def _recall(self, notice: Notice) -> None:
        key = notice.receiver, notice.incident
        labels: Callable[[], Mapping[str, str]] = lambda: dict(json.loads(notice.content)["labels"])  # noqa: E731
        told = note(self._told, key, notice.event, notice.severity, labels)
        if told.is_open and notice.event in {NoticeEvent.OPENED, NoticeEvent.RAISED}:
            self._documents[key] = json.loads(notice.content)
        elif not told.is_open:
            self._documents.pop(key, None)

    def _dismiss(self, told: Sequence[Notice]) -> None:
        """Give up what waits for nobody."""
        known = {(courier.receiver, courier.address) for courier, _ in self._rounds}
        for notice in self._store.notices.all(("waiting",)) if told else ():
            if (notice.receiver, notice.address) not in known:
                gone = replace(notice, state="dead", said=NOT_CONFIGURED, settled=self._now())
                self._store.notices.update(gone)

    def _queue(self) -> None:
        """Make the documents of what is wanted, and queue them; learn what contracts are about."""
        if self._learned is None or self._now() - self._learned >= HOUR:
            self._learn()
        while self._jobs and not self._stopping.is_set():
            jobs = list(self._jobs)[:500]
            notices = [notice for job in jobs for notice in self._written(job)]
            try:
                self._store.notices.queue(notices)
            except StoreError as error:
                self._say("notices cannot be queued, trying on: %s", error)
                return
            self._said = False
            for _ in jobs:
                self._jobs.popleft()
            self._count()
            self._send()

    def _learn(self) -> None:
        self._learned = now = self._now()
        named = {name for route in self._settings.routes for name in route.contracts}
        clocks = RunningClocks(self._inventory, self._configuration.timezone)
        contracts = self._inventory.contracts
        self._contracts = {name: clocks.about(contracts[name], now) for name in named if name in contracts}
        self._store.notices.forget(now - KEPT)

    def _written(self, job: _Job) -> list[Notice]:
        try:
            return self._notices(job)
        except Exception:
            log.exception("%s: %s cannot be written", job.want.incident, job.want.event.value)
            return []

    def _notices(self, job: _Job) -> list[Notice]:
        want, key = job.want, (job.want.receiver, job.want.incident)
        if want.view is None:
            document = farewell(self._documents.get(key, {}), job.at, want.into)
        else:
            happening = Happening(want.event, want.severity, want.view, job.at, job.labels, job.replaced)
            document = self._document(happening)
            self._documents[key] = document
        if want.event.is_last:
            self._documents.pop(key, None)
        text, event = json.dumps(document, ensure_ascii=False), want.event
        return [
            Notice(
                0, _key(want, address, job.round), want.receiver, address, want.incident, event, want.severity, text,
                "waiting", job.at, 0, job.at, "", None,
            )
            for address in self._plan.receivers[want.receiver].addresses
        ]  # fmt: skip

    def _document(self, happening: Happening) -> dict[str, Any]:
        return content(happening, self._inventory, self._settings.url, self._configuration.timezone)

    def _round(self, courier: Courier) -> None:
        target = self._plan.receivers[courier.receiver].target
        if isinstance(target, AlertmanagerTarget):
            now = self._now()
            where = courier.receiver, courier.address
            if not 0 <= now - self._repeated.get(where, -DAY) < target.resend:
                self._repeated[where] = now
                firing = self._firing.get(courier.receiver, [])
                if firing:
                    courier.repeat(lambda: [self._document(each) for each in firing], now)
        if courier.round(self._now):
            self._count()

    # --- Parts --------------------------------------------------------------------------------------------------------

    def _couriers(self, receiver: Receiver) -> list[Courier]:
        for outcome in ("sent", "retry", "dead"):
            self._telemetry.notices.labels(receiver.id, outcome)
        language = self._configuration.language
        return [
            Courier(
                receiver.id, address, sender_of(receiver, address, self._configuration.mail, language), self._store,
                self._settings.give_up, self._settle, self._stopping,
            )
            for address in receiver.addresses
        ]  # fmt: skip

    def _settle(self, receiver: str, outcome: str) -> None:
        self._telemetry.notices.labels(receiver, outcome).inc()

    def _count(self) -> None:
        counts = self._store.notices.counts_by_receiver()
        for receiver in self._plan.receivers:
            self._telemetry.notices_waiting.labels(receiver).set(counts.get((receiver, "waiting"), 0))
            self._telemetry.notices_dead.labels(receiver).set(counts.get((receiver, "dead"), 0))


def _key(want: Want, address: str, again: int) -> str:
    """The same for the same event of the same incident to the same address, whoever asks and however often."""
    said = json.dumps([want.receiver, address, want.incident, want.event.value, *([again] if again else [])])
    return hashlib.sha256(said.encode()).hexdigest()[:40]
