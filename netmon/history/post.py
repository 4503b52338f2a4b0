"""The post: mails of reports that wait, were sent or were given up."""

import json
from dataclasses import asdict, replace
from typing import Any

from netmon.clock import Millis
from netmon.history import schema
from netmon.history.outbox import MOST_WAITING, Outbox
from netmon.model import Letter, Mail

__all__ = ["MOST_WAITING", "Post"]


class Post(Outbox[Mail]):
    """The queue of mails."""

    table, key, what = schema.post, "message_id", "mails"
    unsettled = ("waiting", "sending", "dead")

    def give_up_unsure(self, now: Millis, said: str) -> list[Mail]:
        """Give up what was being handed over when the process ended: whether it arrived is not known."""
        unsure = [replace(mail, state="dead", said=said, settled=now) for mail in self.all(("sending",))]
        for mail in unsure:
            self.update(mail)
        return unsure

    def to_row(self, item: Mail) -> dict[str, Any]:
        """Its columns; the letter as JSON."""
        row = {column.name: getattr(item, column.name) for column in self.table.columns if column.name != "id"}
        return row | {"letter": json.dumps(asdict(item.letter), ensure_ascii=False)}

    def from_row(self, row: dict[str, Any]) -> Mail:
        """The mail that a row holds."""
        letter: dict[str, Any] = json.loads(row["letter"])
        told: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in letter.items()
        }
        return Mail(**{**row, "letter": Letter(**told)})
