"""Panels that several dashboards have, about whatever the matchers choose."""

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards.kit import number, time_series
from exporters.grafana.dashboards.looks import NEUTRAL, Look, Query
from exporters.grafana.dashboards.page import Texts
from exporters.grafana.dashboards.queries import (
    NONE_IS_GOOD,
    SHARE,
    announced,
    failures,
    in_state,
    of,
    once,
    reason_series,
    state_series,
    truncated,
)
from netmon.conventions import Metric


def devices_that_answer(_: Texts, matchers: str) -> model.Panel:
    """The share of nodes that are up."""
    return number(
        _("Devices that answer"),
        _("Share of the devices that are up or degraded, among those whose state is known."),
        Query(truncated(f"avg({once(of(Metric.NODE_UP, matchers))})", 1)),
        Look("percentunit", decimals=1, steps=SHARE, nothing=_("no state is known")),
    )


def checks_down(_: Texts, matchers: str) -> model.Panel:
    """How many checks are down."""
    return number(
        _("Checks down"),
        _("Checks whose target is down, confirmed; what is only cut off or in planned works is not counted."),
        Query(f"sum({once(in_state('down', matchers))})"),
        Look(decimals=0, steps=NONE_IS_GOOD, nothing=_("no check is known")),
    )


def open_incidents(_: Texts, matchers: str) -> model.Panel:
    """How many incidents are open."""
    return number(
        _("Open incidents"),
        _("Root causes that are open now: one for each thing that broke, whatever it takes along."),
        Query(announced(Metric.INCIDENT_OPEN, matchers)),
        Look(decimals=0, steps=NONE_IS_GOOD, nothing=_("netmon is not scraped")),
    )


def checks_by_state(_: Texts, matchers: str) -> model.Panel:
    """How many checks are in each state but the good one."""
    others = of(Metric.CHECK_STATE, matchers, 'state!="up"')
    # ``== 1`` before ``once``: of all checks of a métropole over time Prometheus then holds one copy, not two.
    counted = f"sum by (state) ({once(f'{others} == 1')}) or sum by (state) ({others}) * 0"
    return time_series(
        _("Checks by state"),
        _("How many checks are in each state but the good one."),
        [Query(counted, "{{state}}")],
        Look("short", decimals=0, low=0, steps=NEUTRAL, nothing=_("no check is known")),
        stacked=True,
        series=state_series(_),
    )


def failures_by_reason(_: Texts, matchers: str) -> model.Panel:
    """Polls that failed, by reason."""
    return time_series(
        _("Failures by reason"),
        _("Polls a minute that did not find their target up, confirmed or not, by reason."),
        [failures(matchers)],
        Look("cpm", low=0, nothing=_("no check is known")),
        stacked=True,
        series=reason_series(_),
    )
