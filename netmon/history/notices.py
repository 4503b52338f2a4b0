"""Notices of incidents that wait, were sent or were given up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update
from sqlalchemy.exc import DBAPIError

from netmon.clock import Millis
from netmon.history import schema
from netmon.history.outbox import Outbox
from netmon.model import Notice, NoticeEvent, Severity

MOST_WAITING_EACH = 2_000
"""More notices than this do not wait for one address."""

_LAST = tuple(event.value for event in NoticeEvent if event.is_last)


class Notices(Outbox[Notice]):
    """The queue of notices."""

    table, key, what = schema.notices, "key", "notices"

    def to_row(self, item: Notice) -> dict[str, Any]:
        """Its columns."""
        return {column.name: getattr(item, column.name) for column in self.table.columns if column.name != "id"}

    def from_row(self, row: dict[str, Any]) -> Notice:
        """The notice that a row holds."""
        return Notice(**{**row, "event": NoticeEvent(row["event"]), "severity": Severity(row["severity"])})

    def due_at(self, receiver: str, address: str, now: Millis, most: int) -> list[Notice]:
        """Those for one address to be tried now, except what must wait for an earlier one of the same incident."""
        columns, earlier = self.table.c, self.table.alias()
        before = select(earlier.c.id).where(
            earlier.c.receiver == receiver,
            earlier.c.address == address,
            earlier.c.incident == columns.incident,
            earlier.c.state == "waiting",
            earlier.c.id < columns.id,
        )
        return self.due(now, most, columns.receiver == receiver, columns.address == address, ~before.exists())

    def told(self) -> list[Notice]:
        """All notices that were not forgotten, in the order they were queued."""
        return self._read(select(self.table).order_by(self.table.c.id))

    def shown(self, most: int) -> list[Notice]:
        """Those that wait or were given up, then the ``most`` that were queued last of the others."""
        columns = self.table.c
        others = select(self.table).where(columns.state.not_in(self.unsettled)).order_by(columns.id.desc()).limit(most)
        return [*self.all(), *self._read(others)]

    def counts_by_receiver(self) -> Mapping[tuple[str, str], int]:
        """How many there are by receiver and state."""
        columns = self.table.c
        query = select(columns.receiver, columns.state, func.count()).group_by(columns.receiver, columns.state)
        with self._readers.connect() as connection:
            return {(str(name), str(state)): int(number) for name, state, number in connection.execute(query)}

    def forget(self, before: Millis) -> int:
        """Delete all notices about incidents whose end was told, or given up, before; how many they were.

        Raises:
            StoreError: it cannot be written.
        """
        columns, other = self.table.c, self.table.alias()
        ended = select(columns.incident).where(columns.event.in_(_LAST), columns.settled < before)
        lively = select(other.c.id).where(
            other.c.incident == columns.incident, (other.c.settled.is_(None)) | (other.c.settled >= before)
        )
        try:
            with self._engine.begin() as connection:
                gone = connection.execute(delete(self.table).where(and_(columns.incident.in_(ended), ~lively.exists())))
        except DBAPIError as error:
            raise self._unwritable(error) from error
        return int(gone.rowcount)

    def hurry(self, receiver: str, address: str, now: Millis) -> None:
        """What waits for this address is due now: it answers again.

        Raises:
            StoreError: it cannot be written.
        """
        columns = self.table.c
        mine = (columns.receiver == receiver, columns.address == address, columns.state == "waiting")
        try:
            with self._engine.begin() as connection:
                connection.execute(update(self.table).where(*mine, columns.next > now).values(next=now))
        except DBAPIError as error:
            raise self._unwritable(error) from error

    def _add(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """One by one: what still waits of an incident that ended is told with its end, and what is too much for one
        address is given up at once, so that it takes no room from the others."""
        columns = self.table.c
        waiting = select(columns.receiver, columns.address, func.count()).where(columns.state == "waiting")
        counted = connection.execute(waiting.group_by(columns.receiver, columns.address))
        counts = Counter({(name, address): number for name, address, number in counted})
        for row in rows:
            where = row["receiver"], row["address"]
            if row["event"] in _LAST:
                counts[where] -= self._merge(connection, row)
            counts[where] += 1
            if counts[where] > MOST_WAITING_EACH:
                row |= {"state": "dead", "said": f"{MOST_WAITING_EACH} wait already", "settled": row["queued"]}
                counts[where] -= 1
            connection.execute(self.table.insert(), row)

    def _merge(self, connection: Connection, row: dict[str, Any]) -> int:
        columns = self.table.c
        same = [columns[name] == row[name] for name in ("receiver", "address", "incident")]
        done = connection.execute(
            update(self.table)
            .where(*same, columns.state == "waiting")
            .values(state="merged", said=f"told with '{row['event'].value}'", settled=row["queued"])
        )
        return int(done.rowcount)
