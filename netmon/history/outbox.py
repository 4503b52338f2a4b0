"""What waits to be sent: tables whose rows are tried, sent or given up, and survive whatever happens to the process."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Engine, Table, func, select, update
from sqlalchemy.exc import DBAPIError

from netmon.clock import Millis
from netmon.errors import StoreError
from netmon.history.database import READING, explain

MOST_WAITING = 10_000
"""More than this do not wait in a table: something is wrong with what makes them."""


class Sendable(Protocol):
    """What is common to everything that is sent."""

    @property
    def id(self) -> int:
        """Its number, given by the database."""


S = TypeVar("S", bound=Sendable)


class Outbox(ABC, Generic[S]):
    """A queue in a table of the database behind ``engine``. Each call is one transaction.

    The table has ``id``, ``state`` (waiting, and others), ``attempts``, ``next``, ``said``, ``settled``, and a column
    ``key`` that is unique.
    """

    table: ClassVar[Table]
    key: ClassVar[str]
    what: ClassVar[str]
    unsettled: ClassVar[tuple[str, ...]] = ("waiting", "dead")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**{READING: True})

    @abstractmethod
    def to_row(self, item: S) -> dict[str, Any]:
        """Its columns, ``id`` left out."""

    @abstractmethod
    def from_row(self, row: dict[str, Any]) -> S:
        """What a row holds."""

    def queue(self, items: Sequence[S]) -> int:
        """Add those whose key was never queued before; how many that are. Their ``id`` is given here.

        Raises:
            StoreError: the queue is full, or cannot be written.
        """
        rows = {row[self.key]: row for item in items if (row := self.to_row(item))}
        try:
            with self._engine.begin() as connection:
                known = self._known(connection, list(rows))
                news = [row for key, row in rows.items() if key not in known]
                if news:
                    self._add(connection, news)
        except DBAPIError as error:
            raise self._unwritable(error) from error
        return len(news)

    def due(self, now: Millis, most: int, *which: ColumnElement[bool]) -> list[S]:
        """Those to be tried now, the longest due first."""
        columns = self.table.c
        query = select(self.table).where(columns.state == "waiting", columns.next <= now, *which)
        return self._read(query.order_by(columns.next, columns.id).limit(most))

    def all(self, states: Sequence[str] | None = None) -> list[S]:
        """Those in these states (None: all that are not settled well), in the order they were queued."""
        wanted = self.table.c.state.in_(states or self.unsettled)
        return self._read(select(self.table).where(wanted).order_by(self.table.c.id))

    def counts(self) -> Mapping[str, int]:
        """How many there are by state."""
        query = select(self.table.c.state, func.count()).group_by(self.table.c.state)
        with self._readers.connect() as connection:
            return {str(state): int(number) for state, number in connection.execute(query)}

    def update(self, item: S, *, if_waiting: bool = False) -> None:
        """Write the state it is in now; with ``if_waiting`` only where nobody settled it meanwhile.

        Raises:
            StoreError: it cannot be written.
        """
        values = {name: getattr(item, name) for name in ("state", "queued", "attempts", "next", "said", "settled")}
        try:
            with self._engine.begin() as connection:
                same = [self.table.c.id == item.id, *([self.table.c.state == "waiting"] if if_waiting else [])]
                connection.execute(update(self.table).where(*same).values(**values))
        except DBAPIError as error:
            raise self._unwritable(error) from error

    def _add(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows, in a transaction.

        Raises:
            StoreError: too many would wait.
        """
        if self._count(connection, "waiting") + len(rows) > MOST_WAITING:
            raise StoreError(f"more than {MOST_WAITING} {self.what} would wait: none is added")
        connection.execute(self.table.insert(), rows)

    def _unwritable(self, error: DBAPIError) -> StoreError:
        return StoreError(f"the {self.what} cannot be written: {explain(error)}")

    def _read(self, query: Any) -> list[S]:
        with self._readers.connect() as connection:
            return [self.from_row(dict(row)) for row in connection.execute(query).mappings()]

    def _known(self, connection: Connection, keys: Sequence[str]) -> set[str]:
        column, found = self.table.c[self.key], set[str]()
        for start in range(0, len(keys), 500):
            found |= set(connection.execute(select(column).where(column.in_(keys[start : start + 500]))).scalars())
        return found

    def _count(self, connection: Connection, state: str) -> int:
        query = select(func.count()).select_from(self.table).where(self.table.c.state == state)
        return cast("int", connection.execute(query).scalar())
