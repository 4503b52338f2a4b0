"""The document of notices: what waits to be told of incidents, what was given up, and what was told of late."""

from collections.abc import Iterable

from exporters.web.documents import SCHEMA_VERSION, Document, moment
from netmon.clock import Millis
from netmon.model import Notice


def notices_document(notices: Iterable[Notice], now: Millis) -> Document:
    """The notices as they stand. Addresses of people are not in it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "generated": moment(now),
        "notices": [
            {
                "id": notice.id, "key": notice.key, "receiver": notice.receiver, "incident": notice.incident,
                "event": notice.event.value, "severity": notice.severity.value, "state": notice.state,
                "queued": moment(notice.queued), "attempts": notice.attempts,
                "next": moment(notice.next) if notice.state == "waiting" else None, "said": notice.said,
                "settled": moment(notice.settled),
            }
            for notice in notices
        ],
    }  # fmt: skip
