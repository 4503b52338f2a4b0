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
from netmon.model import Contract, Inventory, LinkDay, Period
from netmon.sla.contract.account import Facts
from netmon.sla.eventlog import format_event
from netmon.sla.ledger import Ledger
from netmon.sla.pertinent import told_of

_TOLD = {
    "commune": ("name", "insee", "population", "tile", "siren"),
    "site": ("id", "name", "kind", "commune", "sensitive"),
    "node": ("id", "name", "site", "role"),
    "service": ("id", "name", "family", "communes", "expression"),
    "check": ("id", "name", "collector", "commune", "site", "node", "interval"),
    "contract": tuple(field.name for field in dataclasses.fields(Contract)),
}
"""What documents are drawn from; how a target is looked at is told by what was seen."""


def input_lines(
    inventory: Inventory, events: Iterable[Event], facts: Facts, period: Period, since: Millis, now: Millis
) -> Iterator[str]:
    """The lines, always in the same order for the same inputs. ``inventory`` and ``facts`` are what is about the period
    (``netmon.sla.pertinent``); ``since``: from when on events take part."""
    end = max(period.start, min(period.end, now))
    yield _line("period", {"from": period.start, "to": period.end, "until": end, "timezone": period.timezone})
    yield from _configured(inventory, period, since)
    objects = {*inventory.checks, *inventory.nodes, *inventory.services, *inventory.sites}
    for event in Ledger(events).relevant(objects, since, end):
        yield format_event(event)
    for step in facts.steps:
        yield _line("incident", dataclasses.asdict(step))
    for attribution in facts.attributions:
        yield _line("attribution", dataclasses.asdict(attribution))


def link_lines(days: Sequence[LinkDay], limit: int) -> Iterator[str]:
    """How full links were, and from when on a report warns of it; nothing where that is not known."""
    if days:
        yield _line("capacity", {"limit": limit})
    for day in days:
        fields = dataclasses.asdict(day)
        yield _line("load", {"object": fields.pop("node"), **fields})


def fingerprint(lines: Sequence[str]) -> str:
    """SHA-256 of the lines, each ended by a line feed, in hexadecimal."""
    return hashlib.sha256(text_of(lines)).hexdigest()


def text_of(lines: Iterable[str]) -> bytes:
    """The lines as a file."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _configured(inventory: Inventory, period: Period, since: Millis) -> Iterator[str]:
    contracts = {name: told_of(each, period, since) for name, each in inventory.contracts.items()}
    for kind, things in (
        ("commune", inventory.communes), ("site", inventory.sites), ("node", inventory.nodes),
        ("service", inventory.services), ("check", inventory.checks), ("contract", contracts),
    ):  # fmt: skip
        for name in sorted(things):
            yield _line(kind, {"configured": {field: getattr(things[name], field) for field in _TOLD[kind]}})


def _line(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"kind": kind, **fields}, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)
