"""Planned works as a document: those under way, or those of a stretch of time, past ones and those to come."""

import datetime as dt
import re

from exporters.summary import Moment
from exporters.web.answers import BadQueryError, Query
from exporters.web.documents import Document, head, moment, window_document
from netmon.clock import DAY, SECOND, Millis, from_datetime

USUAL: Millis = 31 * DAY
"""Where one end is given alone, the other lies so far from it."""
LONGEST: Millis = 400 * DAY
MOST = 1_000
_SECONDS = re.compile(r"-?[0-9]{1,12}")


def maintenance_document(snapshot: Moment, query: Query) -> Document:
    """Without ``from`` and ``to`` the works under way, else all that touch [from, to), the earliest first.

    Raises:
        BadQueryError: the ends cannot be read, lie the wrong way round, or too far apart.
    """
    now = snapshot.now()
    if "from" not in query and "to" not in query:
        found, start, end = list(snapshot.maintenance()), now, now
    else:
        start, end = _stretch(query)
        found = list(snapshot.planned(start, end))
    return {
        **head(snapshot),
        "from": moment(start),
        "to": moment(end),
        "maintenance": [window_document(window) for window in found[:MOST]],
        "left_out": max(0, len(found) - MOST),
    }


def _stretch(query: Query) -> tuple[Millis, Millis]:
    start = _instant("from", query["from"]) if "from" in query else None
    end = _instant("to", query["to"]) if "to" in query else None
    if start is None:
        start = (end or 0) - USUAL
    if end is None:
        end = start + USUAL
    if start >= end:
        raise BadQueryError("'from' must lie before 'to'")
    if end - start > LONGEST:
        raise BadQueryError(f"'from' and 'to' lie more than {LONGEST // DAY} days apart")
    return start, end


def _instant(name: str, text: str) -> Millis:
    if _SECONDS.fullmatch(text):
        return int(text) * SECOND
    try:
        instant = dt.datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign in a query is a space
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BadQueryError(f"'{name}' must be RFC 3339 with an offset, such as 2026-11-28T08:00:00Z, or Unix seconds")
    return from_datetime(instant)
