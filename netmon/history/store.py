"""The history: facts in, facts out."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, and_, func, or_, select

from netmon.clock import Millis
from netmon.contracts import Event, Fact
from netmon.errors import StoreError
from netmon.history import schema
from netmon.history.database import READING, open_database
from netmon.history.news import News
from netmon.history.notices import Notices
from netmon.history.post import Post
from netmon.history.rows import TABLES, announcement_of, attribution_of, edition_of, from_row, run_of, step_of
from netmon.history.writer import Writer
from netmon.model import (
    Announcement,
    Attribution,
    Correction,
    Edition,
    IncidentStep,
    LinkDay,
    MaintenanceWindow,
    Membership,
    MonitorEvent,
    ReportRun,
    Transition,
)
from netmon.state.works import windows_of

_AT_ONCE = 5_000


class Store:
    """A ``contracts.History`` on one database; readers may be many, the writer is one."""

    def __init__(self, engine: Engine, *, read_only: bool) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**{READING: True})
        self._writer = None if read_only else Writer(engine)
        self._lock = threading.Lock()
        self.post = Post(engine)
        self.notices = Notices(engine)

    def record(self, events: Sequence[Event | Fact]) -> "Future[None]":
        """Queue the events as one transaction; the future is done when they are on disk."""
        return self._writing().record(events)

    def heartbeat(self, at: Millis) -> "Future[None]":
        """The daemon watched until ``at``."""
        return self._writing().heartbeat(at)

    def queue_length(self) -> int:
        """How many transactions wait for the disk."""
        return self._writer.length() if self._writer else 0

    def observe_writes(self, observe: Callable[[float], None]) -> None:
        """Have ``observe`` told how many seconds each transaction takes."""
        self._writing().observe = observe

    def last_heartbeat(self) -> Millis | None:
        """Until when a daemon watched, as far as it could say."""
        with self._readers.connect() as connection:
            return cast("Millis | None", connection.execute(select(schema.heartbeat.c.at)).scalar())

    def last_monitor_event(self) -> MonitorEvent | None:
        """Whether the daemon last said that it started or that it stopped."""
        return next(iter(self.monitor_events(1)), None)

    def monitor_events(self, latest: int) -> list[MonitorEvent]:
        """The ``latest`` times that daemons said they started or stopped: by time, then by order."""
        table = schema.monitor
        with self._readers.connect() as connection:
            query = select(table).order_by(table.c.at.desc(), table.c.id.desc()).limit(latest)
            rows = connection.execute(query).mappings().all()
        return [cast("MonitorEvent", from_row(MonitorEvent, dict(row))) for row in reversed(rows)]

    def latest(self) -> Millis:
        """The latest moment any state, stop or heartbeat is dated at: time goes on from there. 0: there is none."""
        columns = (schema.transitions.c.at, schema.monitor.c.at, schema.heartbeat.c.at)
        with self._readers.connect() as connection:
            found = [connection.execute(select(func.max(column))).scalar() for column in columns]
        return max((at for at in found if at is not None), default=0)

    def maintenance(self) -> list[MaintenanceWindow]:
        """Every window that was announced and not called off."""
        return windows_of(self.announcements())

    def announcements(self) -> list[Announcement]:
        """All that was ever announced of planned works, in recorded order."""
        return [announcement_of(row) for row in self._rows(schema.maintenance)]

    def incident_steps(self) -> list[IncidentStep]:
        """All that was ever told about incidents, in recorded order."""
        return [step_of(row) for row in self._rows(schema.incident_steps)]

    def news(self) -> "News":
        """From now on: what others add to the history."""
        return News(self._readers)

    def attributions(self) -> list[Attribution]:
        """All that anybody was ever held responsible for, in recorded order."""
        return [attribution_of(row) for row in self._rows(schema.attributions)]

    def editions(self, period: str | None = None) -> list[Edition]:
        """Every edition ever stored, of this period or all, in the order they were."""
        table = schema.editions
        return [edition_of(row) for row in self._rows(table, None if period is None else table.c.period == period)]

    def report_runs(self) -> list[ReportRun]:
        """What came of every run of a schedule of reports, in recorded order."""
        return [run_of(row) for row in self._rows(schema.report_runs)]

    def link_days(self, first: str, last: str) -> list[LinkDay]:
        """How full links were on the civil days from ``first`` to ``last``, both included, by node, interface, day."""
        table = schema.link_days
        query = select(table).where(table.c.day >= first, table.c.day <= last)
        with self._readers.connect() as connection:
            found = connection.execute(query.order_by(*table.primary_key.columns)).mappings()
            return [LinkDay(**row) for row in found]

    def states(self) -> Mapping[str, Transition]:
        """The last transition of each object: by time, then by order, as reports fold them."""
        table = schema.transitions
        last = select(table.c.object, func.max(table.c.at).label("at")).group_by(table.c.object).subquery()
        newest = (
            select(func.max(table.c.id))
            .join(last, and_(table.c.object == last.c.object, table.c.at == last.c.at))
            .group_by(table.c.object)
        )
        found = self._read(Transition, select(table).where(table.c.id.in_(newest)))
        return {transition.object: transition for transition in cast("list[Transition]", found)}

    def events(
        self,
        start: Millis | None = None,
        end: Millis | None = None,
        objects: Iterable[str] | None = None,
        known: Millis | None = None,
    ) -> Sequence[Event]:
        """Everything needed to fold [start, end): see ``contracts.History.events``. ``known``: of corrections and
        planned works only what had been told by then."""
        return list(self.stream(start, end, objects, known))

    def stream(
        self,
        start: Millis | None = None,
        end: Millis | None = None,
        objects: Iterable[str] | None = None,
        known: Millis | None = None,
    ) -> Iterator[Event]:
        """The same as ``events``, one by one: as of one moment, and however much it is."""
        wanted = None if objects is None else frozenset(objects) | {"*"}
        with self._readers.connect() as connection:
            for event in _stream(connection, start, end, known):
                if wanted is None or isinstance(event, MonitorEvent) or event.object in wanted:
                    yield event

    def revision(self, before: Millis) -> tuple[object, ...]:
        """Something else whenever what happened before the instant may be told differently than it was."""
        dated = (schema.transitions, schema.monitor)
        spans = (schema.corrections, schema.maintenance, schema.members, schema.attributions)
        queries = [select(func.count(), func.max(table.c.id)).where(table.c.at < before) for table in dated]
        queries += [select(func.count(), func.max(table.c.id)) for table in spans]
        with self._readers.connect() as connection:
            return before, *(tuple(connection.execute(query).one()) for query in queries)

    def first(self) -> Millis | None:
        """The earliest moment any state or start is dated at."""
        with self._readers.connect() as connection:
            tables = (schema.transitions, schema.monitor)
            found = [connection.execute(select(func.min(table.c.at))).scalar() for table in tables]
        return min((at for at in found if at is not None), default=None)

    def close(self) -> None:
        """Write what is queued, then close; safe to call twice.

        Raises:
            StoreError: what was queued could not be written.
        """
        with self._lock:
            try:
                if self._writer:
                    self._writer.close()
            finally:
                self._engine.dispose()

    def _writing(self) -> Writer:
        if self._writer is None:
            raise StoreError("the history was opened for reading")
        return self._writer

    def _rows(self, table: Table, which: ColumnElement[bool] | None = None) -> list[dict[str, Any]]:
        query = select(table).order_by(table.c.id)
        with self._readers.connect() as connection:
            found = connection.execute(query if which is None else query.where(which)).mappings()
            return [dict(row) for row in found]

    def _read(self, kind: type[Event], query: Select[Any]) -> list[Event]:
        with self._readers.connect() as connection:
            return [from_row(kind, dict(row)) for row in connection.execute(query).mappings()]


def open_history(location: Path | str, *, read_only: bool = False) -> Store:
    """Open the history at a file path or database URL, migrating it when we may write.

    Raises:
        StoreError: missing (for a reader), broken, unwritable, or of another version; what it holds is untouched.
    """
    return Store(open_database(location, read_only=read_only), read_only=read_only)


def _stream(connection: Connection, start: Millis | None, end: Millis | None, known: Millis | None) -> Iterator[Event]:
    """Kind by kind, each in recorded order; of planned works those that hold."""
    for kind, query in (
        (MonitorEvent, select(schema.monitor)),
        (Membership, select(schema.members)),
        (MaintenanceWindow, select(schema.maintenance).where(_told_by(schema.maintenance.c, known))),
        (Correction, _corrections(start, end, known)),
        (Transition, _transitions(start, end)),
    ):
        found = connection.execution_options(yield_per=_AT_ONCE).execute(query.order_by(TABLES[kind].c.id)).mappings()
        if kind is MaintenanceWindow:
            windows = windows_of(announcement_of(row) for row in found)
            yield from (window for window in windows if _touches(window, start, end))
        else:
            yield from (from_row(kind, row) for row in found)


def _transitions(start: Millis | None, end: Millis | None) -> Select[Any]:
    """Those of the period, and for each object the last one before it (its latest by time, then by order)."""
    table = schema.transitions
    query = select(table)
    if end is not None:
        query = query.where(table.c.at < end)
    if start is None:
        return query
    last = (
        select(table.c.object, func.max(table.c.at).label("at"))
        .where(table.c.at < start)
        .group_by(table.c.object)
        .subquery()
    )
    other = table.alias()
    before = select(other.c.id).join(last, and_(other.c.object == last.c.object, other.c.at == last.c.at))
    return query.where(or_(table.c.at >= start, table.c.id.in_(before)))


def _corrections(start: Millis | None, end: Millis | None, known: Millis | None) -> Select[Any]:
    columns = schema.corrections.c
    return select(schema.corrections).where(_overlaps(columns, start, end), _told_by(columns, known))


def _told_by(columns: Any, known: Millis | None) -> ColumnElement[bool]:
    if known is None:
        return cast("ColumnElement[bool]", columns.id.is_not(None))
    return cast("ColumnElement[bool]", columns.recorded < known)


def _touches(window: MaintenanceWindow, start: Millis | None, end: Millis | None) -> bool:
    return (start is None or window.end is None or window.end > start) and (end is None or window.start < end)


def _overlaps(columns: Any, start: Millis | None, end: Millis | None) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [columns.id.is_not(None)]
    if start is not None:
        conditions.append(or_(columns.end.is_(None), columns.end > start))
    if end is not None:
        conditions.append(columns.start < end)
    return and_(*conditions)
