"""The shape of the JSON form: what each field is. ``make docs`` writes it as JSON Schema.

Instants are RFC 3339 with the offset of the report's time zone, lengths seconds with up to three decimals, shares
ratios, money integer cents of euro. ``null`` is always "there is none", never zero.
"""

import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeAlias,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

SCHEMA_VERSION: Final = 1

Instant = Annotated[str, ("format", "date-time")]
Length = Annotated[float, ("description", "seconds")]
Ratio = Annotated[float, ("minimum", 0), ("maximum", 1)]
Digest = Annotated[str, ("pattern", "^[0-9a-f]{64}$")]
Cents = Annotated[int, ("description", "hundredths of a euro")]

Stretch = TypedDict("Stretch", {"label": str, "from": Instant, "to": Instant, "timezone": str})
Reached = TypedDict("Reached", {
    "label": str, "from": Instant, "to": Instant, "objective": Ratio | None, "availability": Ratio | None,
    "coverage": Ratio | None,
})  # fmt: skip
Outage = TypedDict("Outage", {
    "object": str, "from": Instant, "to": Instant, "seconds": Length, "counted": Length, "reason": str,
    "parties": list[str], "incidents": list[str],
})  # fmt: skip
Window = TypedDict(
    "Window", {"object": str, "from": Instant, "to": Instant | None, "text": str, "recorded": Instant}
)  # fmt: skip


class Link(TypedDict):
    object: str
    name: str
    speed: int
    measured: Length
    over: Length
    peak: Ratio  # fmt: skip


class Capacity(TypedDict):
    threshold: Ratio
    limit: Ratio
    since: str
    links: int
    coverage: Ratio | None
    loaded: list[Link]  # fmt: skip


class Figures(TypedDict):
    """Figures of one object, or of several taken together by time."""

    seconds: dict[str, Length]
    eligible: Length
    unavailable: Length
    availability: Ratio | None
    low: Ratio | None
    high: Ratio | None
    coverage: Ratio | None
    count: int
    mttr: Length | None
    mtbf: Length | None
    mtbsi: Length | None
    outages: list[Outage]


class Item(Figures):
    """One service or site."""

    object: str
    name: str
    kind: Literal["service", "site", "node"]
    family: str
    previous: Ratio | None


class Family(Figures):
    """The services of one family."""

    family: str
    objective: Ratio | None
    services: int


class Budget(TypedDict):
    """The error budget of the main contract, in seconds of complete interruption."""

    allowed: Length
    spent: Length
    left: Length
    burn: float | None
    lost_at: Instant | None


class Policy(TypedDict):
    """The counting rules."""

    name: str
    answers: dict[str, str]


class Respect(TypedDict):
    """How many incidents kept a guarantee."""

    met: int
    missed: int
    running: int
    rate: Ratio | None


class Clock(TypedDict):
    """A guarantee's clock, in covered time."""

    result: Literal["met", "missed", "running"]
    limit: Length
    elapsed: Length
    remaining: Length
    late: Length
    deadline: Instant | None
    ended: Instant | None
    paused: bool


class Objective(TypedDict):
    """What was reached of one objective; no family: all objects without one of their own."""

    family: str | None
    objective: Ratio
    met: bool | None
    certain: bool
    eligible: Length
    unavailable: Length
    excluded: Length
    availability: Ratio | None
    low: Ratio | None
    high: Ratio | None
    coverage: Ratio | None


Exclusion = TypedDict("Exclusion", {
    "object": str, "from": Instant, "to": Instant | None, "party": str, "incident": str | None, "author": str,
    "reason": str, "recorded": Instant, "unavailable": Length,
})  # fmt: skip
Refused = TypedDict("Refused", {
    "object": str, "text": str, "announced": Instant, "from": Instant, "to": Instant,
    "why": Literal["notice", "outside", "cap"],
})  # fmt: skip
Pause = TypedDict("Pause", {"from": Instant, "to": Instant | None, "reason": str})


class Incident(TypedDict):
    """An incident under a contract."""

    incident: str
    objects: list[str]
    detected: Instant | None
    notified: Instant | None
    started: Instant | None
    workaround: Instant | None
    restored: Instant | None
    pauses: list[Pause]
    party: str | None
    excluded: bool
    gti: Clock | None
    gtr: Clock | None


Yearly = TypedDict("Yearly", {
    "object": str, "from": Instant, "used": Length, "limit": Length, "remaining": Length,
})  # fmt: skip
Correction = TypedDict("Correction", {
    "object": str, "from": Instant, "to": Instant, "state": str, "author": str, "reason": str, "recorded": Instant,
    "before": Ratio | None, "after": Ratio | None,
})  # fmt: skip


class Line(TypedDict):
    """One line of a proposal of penalties, with its evidence."""

    kind: str
    subject: str | None
    count: int
    unit_cents: str | None
    amount_cents: Cents
    certain: bool
    evidence: dict[str, str | float]


Proposal = TypedDict("Proposal", {
    "period": str, "from": Instant, "to": Instant, "final": bool, "currency": str, "total_cents": Cents,
    "lines": list[Line],
})  # fmt: skip
Contract = TypedDict("Contract", {
    "contract": str, "name": str, "kind": Literal["commitment", "market"], "provider": str, "customer": str,
    "from": Instant | None, "to": Instant | None, "hours": str, "objects": int, "eligible": Length,
    "unavailable": Length, "excluded": Length, "objectives": list[Objective], "exclusions": list[Exclusion],
    "refused_works": list[Refused], "incidents": list[Incident], "gti": Respect | None, "gtr": Respect | None,
    "ims": list[Yearly], "corrections": list[Correction], "penalties": list[Proposal],
})  # fmt: skip


class Commune(Figures):
    """One commune's part; its figures are those lived through, ``contracts`` say what counts."""

    commune: str
    insee: str
    siren: str | None
    population: int
    contract: str | None
    objective: Ratio | None
    previous: Ratio | None
    trend: list[Reached]
    budget: Budget | None
    families: list[Family]
    services: list[Item]
    sites: list[Item]
    planned: list[Window]
    contracts: list[Contract]
    capacity: Capacity | None


class Document(TypedDict):
    """A netmon report. ``figures``, ``trend``, ``budget``, ``contracts`` of all communes only where all are in it."""

    schema_version: Literal[1]
    period: Stretch
    before: Stretch | None
    generated: Instant
    version: str
    language: str
    policy: Policy
    resolution: Length
    digest: Digest
    configuration: str
    names: dict[str, str]
    figures: Figures | None
    trend: list[Reached]
    budget: Budget | None
    contracts: list[Contract]
    unsettled: dict[str, str]
    capacity: Capacity | None
    communes: list[Commune]


Schema: TypeAlias = dict[str, Any]

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}


def schema() -> Schema:
    """The shape as JSON Schema (draft 2020-12)."""
    definitions: dict[str, Schema] = {}
    whole = _schema_of(Document, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "netmon report",
        **whole,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema_of(hint: Any, definitions: dict[str, Schema]) -> Schema:
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if is_typeddict(hint):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}
            definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return {**_schema_of(arguments[0], definitions), **dict(arguments[1:])}
    if origin in {list, dict}:
        inner = _schema_of(arguments[-1], definitions)
        return (
            {"type": "array", "items": inner} if origin is list else {"type": "object", "additionalProperties": inner}
        )
    return {"enum": list(arguments)} if origin is Literal else {"anyOf": list(_alternatives(hint, definitions))}


def _alternatives(hint: Any, definitions: dict[str, Schema]) -> Iterator[Schema]:
    if get_origin(hint) not in {Union, types.UnionType}:
        raise TypeError(f"{hint} has no place in a JSON Schema")
    for one in get_args(hint):
        yield _schema_of(one, definitions)


def _object(hint: Any, definitions: dict[str, Schema]) -> Schema:
    fields = get_type_hints(hint, include_extras=True)
    return {
        "type": "object",
        **({"description": hint.__doc__} if hint.__doc__ else {}),
        "properties": {name: _schema_of(kind, definitions) for name, kind in fields.items()},
        "required": list(fields),
        "additionalProperties": False,
    }


def write_schema(path: str) -> None:
    """Write the schema into the documentation."""
    Path(path).write_text(f"{json.dumps(schema(), indent=1)}\n", "utf-8")
