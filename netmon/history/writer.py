"""The one writer: a thread that turns queued events into transactions.

What is queued while a transaction runs goes into the next one together. A future is done once its events are on disk.
A full disk or a locked database is tried again every second and said once; nothing queued is dropped.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.errors import StoreError
from netmon.history import schema
from netmon.history.database import explain
from netmon.history.rows import TABLES, to_row

log = logging.getLogger("netmon.history")

BATCH = 5_000
RETRY_SECONDS = 1.0


@dataclass(slots=True)
class _Job:
    events: Sequence[Event] = ()
    heartbeat: Millis | None = None
    done: "Future[None]" = field(default_factory=Future)


class Writer:
    """Writes to ``engine`` from its own thread; ``observe`` is told the seconds each transaction took."""

    def __init__(self, engine: Engine, observe: Callable[[float], None] = lambda _seconds: None) -> None:
        self._engine = engine
        self.observe = observe
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="netmon-history", daemon=True)
        self._thread.start()

    def record(self, events: Sequence[Event]) -> "Future[None]":
        """Queue the events as one transaction."""
        return self._put(_Job(events=tuple(events)))

    def heartbeat(self, at: Millis) -> "Future[None]":
        """Queue the daemon's heartbeat."""
        return self._put(_Job(heartbeat=at))

    def length(self) -> int:
        """How many transactions wait."""
        return self._queue.qsize()

    def close(self) -> None:
        """Write what waits, then end.

        Raises:
            StoreError: what waits could not be written.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._queue.put(None)
        self._thread.join()
        left = self._drain([])
        if left:
            raise StoreError(f"{self._engine.url.database}: {len(left)} records could not be written")

    def _put(self, job: _Job) -> "Future[None]":
        if self._closing.is_set():
            raise StoreError("the history is closed")
        self._queue.put(job)
        return job.done

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            jobs, last = self._take(first)
            if not self._write_until_done(jobs):
                for job in jobs:
                    self._queue.put(job)
                return
            if last:
                return

    def _take(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs = [first]
        while len(jobs) < BATCH:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _drain(self, jobs: list[_Job]) -> list[_Job]:
        while not self._queue.empty():
            job = self._queue.get_nowait()
            if job is not None:
                jobs.append(job)
        return jobs

    def _write_until_done(self, jobs: list[_Job]) -> bool:
        said = False
        while True:
            started = time.monotonic()
            try:
                with self._engine.begin() as connection:
                    _insert(connection, jobs)
            except DBAPIError as error:
                if not said:
                    log.error("history cannot be written, trying on: %s", explain(error))
                said = True
                if self._closing.is_set():
                    return False
                self._closing.wait(RETRY_SECONDS)
                continue
            if said:
                log.warning("history is written again")
            self.observe(time.monotonic() - started)
            for job in jobs:
                job.done.set_result(None)
            return True


def _insert(connection: Connection, jobs: Sequence[_Job]) -> None:
    events = [event for job in jobs for event in job.events]
    for kind, group in groupby(events, type):
        connection.execute(TABLES[kind].insert(), [to_row(event) for event in group])
    beats = [job.heartbeat for job in jobs if job.heartbeat is not None]
    if beats:
        connection.execute(schema.heartbeat.delete())
        connection.execute(schema.heartbeat.insert(), {"id": 1, "at": max(beats)})
