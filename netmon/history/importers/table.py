"""Tables as people keep them: CSV whose header names the keys of the event log, one event a row.

``object,t,state`` is enough; a column ``kind`` tells other kinds than states, and every other key of the event log may
be a column (``earliest``, ``reason``, ``from``, ``to``, ``text``, ``commune``, ``weight``, ``author``, ``recorded``).
Empty cells are left out, an empty ``to`` is still open. Times may also be civil, ``2026-10-25 02:30``, in a given zone;
an hour that comes twice means the first, one that is skipped is refused.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from netmon.clock import from_datetime, to_datetime
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.sla.eventlog import Fields, RefusedError, event_from
from netmon.sla.instant import stamp_of
from netmon.sla.period import zone_of

STATES: Mapping[str, str] = {
    "ok": "up", "1": "up", "true": "up", "warning": "degraded", "critical": "down", "ko": "down", "0": "down",
    "false": "down", "unreach": "unreachable",
}  # fmt: skip
"""Words for states that are understood besides the event log's own, in any case."""

_TIMES = ("t", "earliest", "from", "to", "recorded")
_CIVIL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_SPANS = ("maintenance", "member", "correction")


def read_table(lines: Iterable[str], name: str, timezone: str, states: Mapping[str, str]) -> Iterator[Event]:
    """The events of a table; commas, semicolons or tabs between cells. ``states`` are more words for states.

    Raises:
        UsageError: the first row that is no event, with its line, or no such zone.
    """
    zone, known = zone_of(timezone), {word.casefold(): state for word, state in {**STATES, **states}.items()}
    told = iter(lines)
    header = next(told, "")
    separator = max(";,\t", key=header.count)
    try:
        [keys] = csv.reader([header], delimiter=separator, strict=True)
        reader = csv.reader(told, delimiter=separator, strict=True)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                yield event_from(_fields([key.strip() for key in keys], cells, zone, known))
            except RefusedError as refused:
                raise UsageError(f"{name}:{reader.line_num + 1}: {refused}") from refused
    except (csv.Error, UnicodeDecodeError, ValueError) as error:
        raise UsageError(f"{name}: not a table in UTF-8: {error}") from error


def _fields(keys: Sequence[str], cells: Sequence[str], zone: dt.tzinfo, states: Mapping[str, str]) -> Fields:
    if len(cells) > len(keys):
        raise RefusedError(f"{len(cells)} cells, but the header names {len(keys)}")
    fields: Fields = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if cell.strip()}
    fields.setdefault("kind", "state")
    if fields["kind"] in _SPANS:
        fields.setdefault("to", None)
    for key in _TIMES:
        if isinstance(fields.get(key), str):
            fields[key] = _time(fields[key], key, zone)
    if "weight" in fields and fields["weight"].isdecimal():
        fields["weight"] = int(fields["weight"])
    if "state" in fields:
        fields["state"] = states.get(fields["state"].casefold(), fields["state"].casefold())
    return fields


def _time(text: str, key: str, zone: dt.tzinfo) -> int | str:
    """Unix seconds as a number; civil time as an instant; anything else as it is, for the event log to judge."""
    if re.fullmatch(r"-?[0-9]{1,12}", text):
        return int(text)
    if not _CIVIL.fullmatch(text):
        return text
    try:
        civil = dt.datetime.fromisoformat(text).replace(tzinfo=zone)
        instant = from_datetime(civil)
    except (ValueError, OverflowError) as error:
        raise RefusedError(f"'{key}' is {text}: {error}") from error
    if to_datetime(instant, zone).replace(tzinfo=None) != civil.replace(tzinfo=None):
        raise RefusedError(f"'{key}' is {text}: the clocks skip that time")
    return stamp_of(instant)
