"""Everything a report is made of, one line each: what changed between two editions is the difference of two texts.

Lines of what happened are those of the event log; what people found, and what was configured, look alike. Neither
secrets nor addresses take part.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from netmon.clock import Millis
from netmon.contracts import Event
from netmon.model import Inventory, Period
from netmon.sla.contract.account import Facts
from netmon.sla.eventlog import format_event
from netmon.sla.ledger import Ledger

_NOT_TOLD = {"settings", "target", "address", "port"}
"""What is no matter of figures, and may be secret."""


def input_lines(
    inventory: Inventory, events: Iterable[Event], facts: Facts, period: Period, since: Millis, now: Millis
) -> Iterator[str]:
    """The lines, always in the same order for the same inputs. ``since``: from when on events take part."""
    end = max(period.start, min(period.end, now))
    yield _line("period", {"from": period.start, "to": period.end, "until": end, "timezone": period.timezone})
    yield from _configured(inventory)
    objects = {*inventory.checks, *inventory.nodes, *inventory.services, *inventory.sites}
    for event in Ledger(events).relevant(objects, since, end):
        yield format_event(event)
    for step in facts.steps:
        if step.at < period.end:
            yield _line("incident", dataclasses.asdict(step))
    for attribution in facts.attributions:
        if attribution.start < period.end and (attribution.end is None or attribution.end > since):
            yield _line("attribution", dataclasses.asdict(attribution))


def fingerprint(lines: Sequence[str]) -> str:
    """SHA-256 of the lines, each ended by a line feed, in hexadecimal."""
    return hashlib.sha256(text_of(lines)).hexdigest()


def text_of(lines: Iterable[str]) -> bytes:
    """The lines as a file."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _configured(inventory: Inventory) -> Iterator[str]:
    for kind, things in (
        ("commune", inventory.communes), ("site", inventory.sites), ("node", inventory.nodes),
        ("service", inventory.services), ("check", inventory.checks), ("contract", inventory.contracts),
    ):  # fmt: skip
        for name in sorted(things):
            fields = {
                field.name: getattr(things[name], field.name)
                for field in dataclasses.fields(things[name])
                if field.name not in _NOT_TOLD
            }
            yield _line(kind, {"configured": fields})


def _line(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"kind": kind, **fields}, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)
