"""The one writer: a thread that turns queued events into transactions.

What is queued while a transaction runs goes into the next one together. A future is done once its events are on disk.
A full disk or a locked database is tried again every second and said once; nothing queued is dropped, and of the
heartbeats that wait only the last is kept. What no database would ever take is refused: logged, and its future says so.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection, Engine, bindparam
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from netmon.clock import Millis
from netmon.contracts import Event, Fact
from netmon.errors import StoreError
from netmon.history import schema
from netmon.history.database import explain
from netmon.history.rows import REPLACED, TABLES, Row, to_row

log = logging.getLogger("netmon.history")

BATCH = 5_000
RETRY_SECONDS = 1.0


@dataclass(slots=True)
class _Job:
    events: Sequence[Event | Fact] = ()
    heartbeat: Millis | None = None
    done: "Future[None]" = field(default_factory=Future)


class Writer:
    """Writes to ``engine`` from its own thread; ``observe`` is told the seconds each transaction took."""

    def __init__(self, engine: Engine, observe: Callable[[float], None] = lambda _seconds: None) -> None:
        self._engine = engine
        self.observe = observe
        self._jobs: deque[_Job] = deque()
        self._beat: _Job | None = None
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="netmon-history", daemon=True)
        self._thread.start()

    def record(self, events: Sequence[Event | Fact]) -> "Future[None]":
        """Queue the events as one transaction."""
        with self._changed:
            self._refuse_when_closed()
            job = _Job(events=tuple(events))
            self._jobs.append(job)
            self._changed.notify()
        return job.done

    def heartbeat(self, at: Millis) -> "Future[None]":
        """Queue the daemon's heartbeat: written once everything recorded before it is."""
        with self._changed:
            self._refuse_when_closed()
            if self._beat is None:
                self._beat = _Job(heartbeat=at)
            self._beat.heartbeat = max(at, self._beat.heartbeat or at)
            self._changed.notify()
            return self._beat.done

    def length(self) -> int:
        """How many transactions wait."""
        return len(self._jobs) + (self._beat is not None)

    def close(self) -> None:
        """Write what waits, then end.

        Raises:
            StoreError: what waits could not be written.
        """
        with self._changed:
            if self._closing.is_set():
                return
            self._closing.set()
            self._changed.notify()
        self._thread.join()
        if self.length():
            raise StoreError(f"{self._engine.url.database}: {self.length()} records could not be written")

    def _refuse_when_closed(self) -> None:
        if self._closing.is_set():
            raise StoreError("the history is closed")

    def _run(self) -> None:
        while jobs := self._take():
            if not self._write_until_done(jobs):
                self._jobs.extendleft(job for job in reversed(jobs) if not job.done.done())
                return

    def _take(self) -> list[_Job]:
        """What goes into the next transaction; nothing: we are closed."""
        with self._changed:
            while not self._jobs and self._beat is None and not self._closing.is_set():
                self._changed.wait()
            jobs = [self._jobs.popleft() for _ in range(min(BATCH, len(self._jobs)))]
            if self._beat is not None and not self._jobs:
                jobs.append(self._beat)
                self._beat = None
            return jobs

    def _write_until_done(self, jobs: Sequence[_Job]) -> bool:
        """Whether all is written or refused; not when the disk does not take it and we are closing."""
        said = False
        while True:
            started = time.monotonic()
            try:
                with self._engine.begin() as connection:
                    _insert(connection, jobs)
            except Exception as error:  # noqa: BLE001 - whatever it is, what comes later must still be written
                if _is_for_ever(error):
                    return self._write_one_by_one(jobs, error)
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

    def _write_one_by_one(self, jobs: Sequence[_Job], error: Exception) -> bool:
        """One of the jobs is what cannot be written: the others shall be."""
        if len(jobs) > 1:
            return all(self._write_until_done([job]) for job in jobs)
        log.error("this cannot be written to the history, and is lost: %s (%s)", jobs[0].events, explain(error))
        jobs[0].done.set_exception(StoreError(f"cannot be written to the history: {explain(error)}"))
        return True


def _is_for_ever(error: Exception) -> bool:
    """Whether trying again is of no use: it is the data, not the disk."""
    if isinstance(error, StatementError):
        return isinstance(error, DataError | IntegrityError) or not isinstance(error, DBAPIError)
    return isinstance(error, ValueError | ArithmeticError | TypeError | LookupError | AttributeError)


def _insert(connection: Connection, jobs: Sequence[_Job]) -> None:
    events = [event for job in jobs for event in job.events]
    for kind, group in groupby(events, type):
        rows = [to_row(event) for event in group]
        connection.execute(TABLES[kind].insert(), _replacing(connection, kind, rows) if kind in REPLACED else rows)
    beats = [job.heartbeat for job in jobs if job.heartbeat is not None]
    if beats:
        connection.execute(schema.heartbeat.delete())
        connection.execute(schema.heartbeat.insert(), {"id": 1, "at": max(beats)})


def _replacing(connection: Connection, kind: type[Event | Fact], rows: Sequence[Row]) -> list[Row]:
    """The rows, each key once, whose place is free now."""
    key = list(TABLES[kind].primary_key.columns)
    last = {tuple(row[column.name] for column in key): row for row in rows}
    same = [column == bindparam(f"is_{column.name}") for column in key]
    connection.execute(
        TABLES[kind].delete().where(*same),
        [{f"is_{column.name}": row[column.name] for column in key} for row in last.values()],
    )
    return list(last.values())
