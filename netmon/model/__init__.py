"""The nouns of netmon: frozen values, no I/O. Times are integer milliseconds, UTC, intervals half-open."""

from netmon.model.observed import Family, MetricKind, Number, Observation, Origin, Reading, Sample
from netmon.model.recorded import Correction, MaintenanceWindow, Membership, MonitorEvent, Transition
from netmon.model.reported import CommuneReport, Figures, ObjectFigures, Outage, Partition, Period, Report, Share
from netmon.model.watched import Check, Commune, Contract, Inventory, Node, Role, Service, Site, SiteKind, State

__all__ = [
    "Check",
    "Commune",
    "CommuneReport",
    "Contract",
    "Correction",
    "Family",
    "Figures",
    "Inventory",
    "MaintenanceWindow",
    "Membership",
    "MetricKind",
    "MonitorEvent",
    "Node",
    "Number",
    "ObjectFigures",
    "Observation",
    "Origin",
    "Outage",
    "Partition",
    "Period",
    "Reading",
    "Report",
    "Role",
    "Sample",
    "Service",
    "Share",
    "Site",
    "SiteKind",
    "State",
    "Transition",
]
