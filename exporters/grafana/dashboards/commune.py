"""One commune, or several: its devices, web sites, incidents and figures."""

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards.common import (
    checks_by_state,
    checks_down,
    devices_that_answer,
    failures_by_reason,
    open_incidents,
)
from exporters.grafana.dashboards.kit import grid, number, time_series, timeline
from exporters.grafana.dashboards.looks import BAD, GOOD, NOTE, Column, Look, Query, Series
from exporters.grafana.dashboards.page import Page, Texts, Variable
from exporters.grafana.dashboards.queries import (
    COMMUNE,
    END,
    SHARE,
    availability_look,
    budget_look,
    in_state,
    of,
    once,
    speed,
    state_number,
    state_words,
    top,
    truncated,
    yes_no,
)
from netmon.conventions import Metric

_OF_A_DEVICE = 'node!=""'


def commune_variable(_: Texts, *, everything: bool = True) -> Variable:
    """The communes there are checks of."""
    return Variable("commune", _("Commune"), of(Metric.CHECK_STATE, 'job=~"$job"'), everything=everything)


def build(language: str) -> model.Dashboard:
    """The dashboard."""
    page = Page("commune", language)
    _ = page.text
    _numbers(page, _)
    page.row(_("States"))
    _states(page, _)
    page.row(_("Devices"))
    _devices(page, _)
    page.row(_("Contract"))
    _contract(page, _)
    return page.dashboard(
        _("netmon · Commune"),
        _("Everything about a commune: devices, web sites, incidents, contract."),
        (commune_variable(_, everything=False),),
    )


def _numbers(page: Page, _: Texts) -> None:
    panels = (
        number(
            _("Services that work"),
            _("Share of the services that work, among those whose state is known; shared services count too."),
            Query(truncated(f"avg({of(Metric.COMMUNE_UP_RATIO, COMMUNE)})", 0)),
            Look("percentunit", decimals=0, steps=SHARE, nothing=_("no service")),
        ),
        devices_that_answer(_, COMMUNE),
        checks_down(_, COMMUNE),
        open_incidents(_, COMMUNE),
        number(
            _("Availability this month"),
            _("As the report will say it if the month ended now, by the worst contract."),
            Query(truncated(f"min({of(Metric.SLA_AVAILABILITY, COMMUNE)})", 3)),
            availability_look(_("no contract")),
        ),
        number(
            _("Error budget left this month"),
            _("Unavailable time that the objective still leaves, by the worst contract; negative: overdrawn."),
            Query(f"min({of(Metric.SLA_BUDGET, COMMUNE)})"),
            budget_look(_("no contract")),
        ),
    )
    for panel in panels:
        page.add(panel, 4, 4)


def _states(page: Page, _: Texts) -> None:
    bands = timeline(
        _("Checks with a problem"),
        _("The state over time of every check that was not simply up in the time shown."),
        [
            Query(
                f"({state_number('node, check', COMMUNE)}) and on (node, check) "
                f"(min_over_time({in_state('up', COMMUNE)}[$__range]{END}) == 0)",
                "{{node}} {{check}}",
            )
        ],
        Look(words=state_words(_), steps=((None, GOOD),), nothing=_("everything was up all the time")),
    )
    page.add(bands, 24, 8)
    page.add(checks_by_state(_, COMMUNE), 12, 8)
    page.add(failures_by_reason(_, COMMUNE), 12, 8)


def _devices(page: Page, _: Texts) -> None:
    by = "commune, site, node"
    to_node = (_("The device"), page.link("node", "node=${__value.raw:percentencode}"))
    table = grid(
        _("Devices"),
        _("Every device with its state, the age of its agent and what its interfaces receive; its name leads to it."),
        [
            Query(f"max by ({by}) ({of(Metric.NODE_REBOOTS, COMMUNE)})", _("Reboots seen")),
            Query(f"max by ({by}) ({of(Metric.NODE_UP, COMMUNE)})", _("State")),
            Query(f"min by ({by}) ({of('sysUpTime', COMMUNE)}) / 100", _("Up for")),
            Query(f"sum by ({by}) ({once(speed('ifHCInOctets', COMMUNE))}) * 8", _("Received")),
            Query(f"max by ({by}) ({of(Metric.CHECK_DURATION, COMMUNE, _OF_A_DEVICE)})", _("Last poll took")),
        ],
        (
            Column(_("Device"), Look(nothing=_("no device is known"), links=(to_node,)), "node"),
            Column(_("Site"), label="site"),
            Column(_("Commune"), label="commune"),
            Column(_("State"), Look(words=yes_no(_)), fill=True),
            Column(_("Up for"), Look("dtdurations", decimals=1, steps=((None, NOTE), (86400, GOOD))), fill=True),
            Column(_("Received"), Look("bps", decimals=1)),
            Column(_("Last poll took"), Look("s", decimals=3)),
            Column(_("Reboots seen"), Look(decimals=0, steps=((None, GOOD), (1, NOTE))), fill=True),
        ),
        sort=_("State"),
    )
    octets = of("ifHCInOctets", COMMUNE)
    received = f"sum by (node) ({once(speed('ifHCInOctets', COMMUNE))}) * 8"
    traffic = time_series(
        _("Traffic by device"),
        _("What the interfaces of each device receive together: the ten busiest."),
        [Query(top(10, "node", received, f"sum by (node) (increase({octets}[$__range]{END}))"), "{{node}}")],
        Look("bps", low=0, nothing=_("no device tells its traffic")),
    )
    page.add(table, 24, 10)
    page.add(traffic, 24, 9)


def _contract(page: Page, _: Texts) -> None:
    bounds = time_series(
        _("Availability this month, with its bounds"),
        _("As measured, and the lowest and highest value that agree with what the polls saw; dashed: the objective."),
        [
            Query(once(of(Metric.SLA_AVAILABILITY, COMMUNE)), "{{commune}} {{contract}}"),
            Query(once(of(Metric.SLA_LOW, COMMUNE)), _("lowest") + " {{commune}} {{contract}}"),
            Query(once(of(Metric.SLA_HIGH, COMMUNE)), _("highest") + " {{commune}} {{contract}}"),
            Query(once(of(Metric.SLA_OBJECTIVE, COMMUNE)), _("objective") + " {{commune}} {{contract}}"),
        ],
        Look("percentunit", decimals=3, high=1, nothing=_("no contract")),
        series=(Series("^" + _("objective") + " ", color=BAD, dashed=True),),
        legend_values=("lastNotNull", "min"),
    )
    left = time_series(
        _("Error budget left"),
        _("Unavailable time that the objective still leaves in this month."),
        [Query(once(of(Metric.SLA_BUDGET, COMMUNE)), "{{commune}} {{contract}}")],
        Look("s", nothing=_("no contract")),
        legend_values=("lastNotNull", "min"),
    )
    page.add(bounds, 12, 9)
    page.add(left, 12, 9)
