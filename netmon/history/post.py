"""The post: mails that wait, were sent or were given up. What is in it survives whatever happens to the process."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.exc import DBAPIError

from netmon.clock import Millis
from netmon.errors import StoreError
from netmon.history import schema
from netmon.history.database import READING, explain
from netmon.model import Letter, Mail

MOST_WAITING = 10_000
"""More mails than this do not wait: something is wrong with what makes them."""

_TABLE = schema.post


class Post:
    """The queue of mails in the database behind ``engine``. Each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**{READING: True})

    def queue(self, mails: Sequence[Mail]) -> int:
        """Add those whose ``message_id`` was never queued before; how many that are. Their ``id`` is given here.

        Raises:
            StoreError: the queue is full, or cannot be written.
        """
        try:
            with self._engine.begin() as connection:
                known = _known(connection, [mail.message_id for mail in mails])
                news = {mail.message_id: mail for mail in mails if mail.message_id not in known}
                if news and _count(connection, "waiting") + len(news) > MOST_WAITING:
                    raise StoreError(f"more than {MOST_WAITING} mails would wait: none is added")
                if news:
                    connection.execute(_TABLE.insert(), [_to_row(mail) for mail in news.values()])
        except DBAPIError as error:
            raise StoreError(f"the post cannot be written: {explain(error)}") from error
        return len(news)

    def due(self, now: Millis, most: int) -> list[Mail]:
        """Those to be tried now, the longest due first."""
        query = select(_TABLE).where(_TABLE.c.state == "waiting", _TABLE.c.next <= now)
        return self._read(query.order_by(_TABLE.c.next, _TABLE.c.id).limit(most))

    def all(self, states: Sequence[str] = ("waiting", "sending", "dead")) -> list[Mail]:
        """Those in these states, in the order they were queued."""
        return self._read(select(_TABLE).where(_TABLE.c.state.in_(states)).order_by(_TABLE.c.id))

    def counts(self) -> Mapping[str, int]:
        """How many there are by state."""
        query = select(_TABLE.c.state, func.count()).group_by(_TABLE.c.state)
        with self._readers.connect() as connection:
            return {str(state): int(number) for state, number in connection.execute(query)}

    def update(self, mail: Mail) -> None:
        """Write the state the mail is in now.

        Raises:
            StoreError: it cannot be written.
        """
        values = {name: getattr(mail, name) for name in ("state", "queued", "attempts", "next", "said", "settled")}
        try:
            with self._engine.begin() as connection:
                connection.execute(update(_TABLE).where(_TABLE.c.id == mail.id).values(**values))
        except DBAPIError as error:
            raise StoreError(f"the post cannot be written: {explain(error)}") from error

    def give_up_unsure(self, now: Millis, said: str) -> list[Mail]:
        """Give up what was being handed over when the process ended: whether it arrived is not known."""
        unsure = [replace(mail, state="dead", said=said, settled=now) for mail in self.all(("sending",))]
        for mail in unsure:
            self.update(mail)
        return unsure

    def _read(self, query: Any) -> list[Mail]:
        with self._readers.connect() as connection:
            return [_from_row(dict(row)) for row in connection.execute(query).mappings()]


def _known(connection: Connection, message_ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(message_ids), 500):
        some = message_ids[start : start + 500]
        found |= set(connection.execute(select(_TABLE.c.message_id).where(_TABLE.c.message_id.in_(some))).scalars())
    return found


def _count(connection: Connection, state: str) -> int:
    return cast("int", connection.execute(select(func.count()).where(_TABLE.c.state == state)).scalar())


def _to_row(mail: Mail) -> dict[str, Any]:
    row = {column.name: getattr(mail, column.name) for column in _TABLE.columns if column.name != "id"}
    return row | {"letter": json.dumps(asdict(mail.letter), ensure_ascii=False)}


def _from_row(row: dict[str, Any]) -> Mail:
    letter: dict[str, Any] = json.loads(row["letter"])
    told: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in letter.items()}
    return Mail(**{**row, "letter": Letter(**told)})
