"""Events as rows and back: one table a kind."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table

from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.history import schema
from netmon.model import Correction, MaintenanceWindow, Membership, MonitorEvent, State, Transition

Row = dict[str, Any]

TABLES: Mapping[type[Event], Table] = {
    Transition: schema.transitions,
    MaintenanceWindow: schema.maintenance,
    MonitorEvent: schema.monitor,
    Membership: schema.members,
    Correction: schema.corrections,
}


def to_row(event: Event) -> Row:
    """The event's fields by column name."""
    table = TABLES[type(event)]
    return {column.name: getattr(event, column.name) for column in table.columns if column.name != "id"}


def from_row(kind: type[Event], row: Mapping[Any, Any]) -> Event:
    """The event a stored row holds. Reasons written by a newer netmon are read as ``internal``."""
    values: Row = {name: value for name, value in row.items() if name != "id"}
    if kind is Transition:
        known = values["reason"] in Reason._value2member_map_
        values |= {
            "old": State(values["old"]),
            "new": State(values["new"]),
            "reason": Reason(values["reason"]) if known else Reason.INTERNAL,
        }
    elif kind is Correction:
        values["state"] = State(values["state"])
    return kind(**values)
