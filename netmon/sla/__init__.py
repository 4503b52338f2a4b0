"""Availability: exact, explainable, reproducible. Pure: no I/O, no clock.

From events to figures: ``ledger`` sorts the events by object, ``timeline`` folds a check's, ``derive`` those of nodes
and services, ``partition`` cuts a period into classes that sum to it, ``figures`` and ``aggregate`` measure, ``policy``
says what counts, ``report`` and ``views`` gather. All times are integer milliseconds.
"""

from netmon.sla.eventlog import format_event, parse_events
from netmon.sla.figures import truncated_percent
from netmon.sla.period import month_of, parse_period
from netmon.sla.policy import PRESETS, Policy, parse_policy
from netmon.sla.report import build_report
from netmon.sla.views import build_views

__all__ = [
    "PRESETS",
    "Policy",
    "build_report",
    "build_views",
    "format_event",
    "month_of",
    "parse_events",
    "parse_period",
    "parse_policy",
    "truncated_percent",
]
