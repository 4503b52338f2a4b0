"""Events as rows and back: one table a kind."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table

from netmon.contracts import Event, Fact
from netmon.conventions import Reason
from netmon.history import schema
from netmon.model import (
    Announcement,
    Attribution,
    Correction,
    Edition,
    IncidentStep,
    LinkDay,
    MaintenanceWindow,
    Membership,
    MonitorEvent,
    Party,
    ReportRun,
    State,
    Step,
    Transition,
)

Row = dict[str, Any]

TABLES: Mapping[type[Event | Fact], Table] = {
    Transition: schema.transitions,
    MaintenanceWindow: schema.maintenance,
    Announcement: schema.maintenance,
    MonitorEvent: schema.monitor,
    Membership: schema.members,
    Correction: schema.corrections,
    IncidentStep: schema.incident_steps,
    Attribution: schema.attributions,
    Edition: schema.editions,
    ReportRun: schema.report_runs,
    LinkDay: schema.link_days,
}
REPLACED: frozenset[type[Event | Fact]] = frozenset({LinkDay})
"""Kinds of which a row takes the place of the one with the same key."""


_OPTIONAL = ("window", "author")
"""Columns that windows without a name leave empty."""


def to_row(event: Event | Fact) -> Row:
    """The event's fields by column name."""
    table = TABLES[type(event)]
    named = (column.name for column in table.columns if column.name != "id")
    return {name: getattr(event, name, "") if name in _OPTIONAL else getattr(event, name) for name in named}


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


def step_of(row: Mapping[str, Any]) -> IncidentStep:
    """The step of an incident a stored row holds."""
    values: Row = {name: value for name, value in row.items() if name != "id"}
    return IncidentStep(**{**values, "step": Step(values["step"])})


def attribution_of(row: Mapping[str, Any]) -> Attribution:
    """The attribution a stored row holds."""
    values: Row = {name: value for name, value in row.items() if name != "id"}
    return Attribution(**{**values, "party": Party(values["party"])})


def edition_of(row: Mapping[str, Any]) -> Edition:
    """The stored report a row holds."""
    return Edition(**{name: value for name, value in row.items() if name != "id"})


def run_of(row: Mapping[str, Any]) -> ReportRun:
    """The run of a schedule a row holds."""
    return ReportRun(**{name: value for name, value in row.items() if name != "id"})


def announcement_of(row: Mapping[Any, Any]) -> Announcement:
    """The announcement of planned works a stored row holds."""
    return Announcement(**{name: value for name, value in row.items() if name != "id"})
