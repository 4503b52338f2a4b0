"""The métropole at a glance: the map, what is wrong, what is left of the budgets."""

from collections.abc import Sequence

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards.common import (
    checks_by_state,
    checks_down,
    devices_that_answer,
    failures_by_reason,
    open_incidents,
)
from exporters.grafana.dashboards.kit import bars, drawing, grid, number
from exporters.grafana.dashboards.looks import BAD, GOOD, WARN, Column, Look, Query
from exporters.grafana.dashboards.page import Page, Texts
from exporters.grafana.dashboards.queries import (
    JOB,
    NONE_IS_GOOD,
    SHARE,
    announced,
    availability_look,
    budget_look,
    in_state,
    in_trouble,
    named_states,
    of,
    once,
    truncated,
)
from exporters.grafana.tilemap import Tile, elements
from netmon.conventions import Metric


def build(language: str, tiles: Sequence[Tile]) -> model.Dashboard:
    """The dashboard, its map with these communes."""
    page = Page("metropole", language)
    _ = page.text
    _numbers(page, _)
    page.row(_("Communes"))
    _map(page, _, tiles)
    _budgets(page, _)
    _table(page, _)
    page.row(_("What is wrong"))
    _problems(page, _)
    return page.dashboard(_("netmon · Métropole"), _("The métropole at a glance: map, problems, error budgets."), ())


def _numbers(page: Page, _: Texts) -> None:
    panels = (
        number(
            _("Communes without a problem"),
            _("Share of the communes none of whose checks is down, cut off or degraded."),
            Query(truncated(f"avg(sum by (commune) ({in_trouble(JOB)}) == bool 0)", 0)),
            Look("percentunit", decimals=0, steps=SHARE, nothing=_("no check is known")),
        ),
        devices_that_answer(_, JOB),
        checks_down(_, JOB),
        number(
            _("Checks unreachable"),
            _("Checks that fail because every path to their target is cut by something else that is down."),
            Query(f"sum({once(in_state('unreachable', JOB))})"),
            Look(decimals=0, steps=((None, GOOD), (1, WARN)), nothing=_("no check is known")),
        ),
        open_incidents(_, JOB),
        number(
            _("Time to the next restoration deadline"),
            _("Until the guaranteed time of restoration (GTR) of an open incident ends; negative: it is missed."),
            Query(f"min({of(Metric.INCIDENT_DEADLINE, JOB)}) - time()"),
            Look("s", steps=((None, BAD), (0, WARN), (7200, GOOD)), nothing=_("no clock runs")),
        ),
        number(
            _("Planned works"),
            _("Objects on which announced works are open now."),
            Query(announced(Metric.MAINTENANCE_ACTIVE, JOB)),
            Look(decimals=0, steps=((None, "purple"),), nothing=_("netmon is not scraped")),
        ),
        number(
            _("Budgets overdrawn"),
            _("Communes that have used up the error budget of a contract in this month."),
            Query(f"sum(min by (commune) ({of(Metric.SLA_BUDGET, JOB)}) < bool 0)"),
            Look(decimals=0, steps=NONE_IS_GOOD, nothing=_("no contract")),
        ),
    )
    for panel in panels:
        page.add(panel, 3, 4)


def _map(page: Page, _: Texts, tiles: Sequence[Tile]) -> None:
    to_commune = page.link("commune", "commune=${__field.labels.commune:percentencode}")
    look = Look("percentunit", decimals=0, low=0, high=1, steps=SHARE, links=((_("The commune"), to_commune),))
    well = f"1 - sum by (commune) ({in_trouble(JOB)}) / sum by (commune) ({of(Metric.CHECK_STATE, JOB)})"
    panel = drawing(
        _("Map of the communes"),
        _("Share of each commune's own checks without a problem; grey: nothing is known. A tile leads to its commune."),
        Query(truncated(well, 0), "{{commune}}"),
        look,
        elements(tiles),
    )
    page.add(panel, 13, 15)


def _budgets(page: Page, _: Texts) -> None:
    panel = bars(
        _("Error budget left this month"),
        _(
            "Unavailable time that the objective still leaves each commune, by its worst contract, shortest first; "
            "negative: overdrawn."
        ),
        Query(f"sort(min by (commune) ({of(Metric.SLA_BUDGET, JOB)}))", "{{commune}}"),
        budget_look(_("no contract")),
    )
    page.add(panel, 11, 15)


def _table(page: Page, _: Texts) -> None:
    to_commune = (_("The commune"), page.link("commune", "commune=${__value.raw:percentencode}"))
    queries = (
        Query(f"max by (commune, insee) ({of(Metric.COMMUNE_INFO, JOB)})"),
        Query(truncated(f"avg by (commune) ({of(Metric.COMMUNE_UP_RATIO, JOB)})", 0), _("Services that work")),
        Query(f"sum by (commune) ({once(in_trouble(JOB))})", _("Checks with a problem")),
        Query(f"count by (commune) (count by (commune, object) ({of(Metric.INCIDENT_OPEN, JOB)}))", _("Incidents")),
        Query(truncated(f"min by (commune) ({of(Metric.SLA_AVAILABILITY, JOB)})", 3), _("Availability this month")),
        Query(f"min by (commune) ({of(Metric.SLA_BUDGET, JOB)})", _("Budget left")),
    )
    columns = (
        Column(_("Commune"), Look(nothing=_("no commune"), links=(to_commune,)), "commune", width=240),
        Column(_("INSEE code"), label="insee", width=110),
        Column(_("Services that work"), Look("percentunit", decimals=0, low=0, high=1, steps=SHARE), gauge=True),
        Column(_("Checks with a problem"), Look(decimals=0, steps=NONE_IS_GOOD), fill=True),
        Column(_("Incidents"), Look(decimals=0, steps=NONE_IS_GOOD), fill=True),
        Column(_("Availability this month"), availability_look("")),
        Column(_("Budget left"), budget_look(""), fill=True),
    )
    page.add(
        grid(
            _("All communes"),
            _("Each commune with its problems of now and its worst contract of this month; its name leads to it."),
            queries,
            columns,
            sort=_("Budget left"),
        ),
        24,
        12,
    )


def _problems(page: Page, _: Texts) -> None:
    by = "incident, commune, site, object, state"
    incidents = grid(
        _("Open incidents"),
        _("What broke, where, until when it is to be restored; netmon's own pages say since when, and who is on it."),
        [
            Query(f"max by ({by}) ({of(Metric.INCIDENT_OPEN, JOB)})"),
            Query(f"min by (incident) ({of(Metric.INCIDENT_DEADLINE, JOB)}) * 1000", _("To be restored by")),
        ],
        (
            Column(
                _("Incident"),
                Look(nothing=_("no incident is open"), links=((_("netmon: state now"), "${netmon}/"),)),
                "incident",
            ),
            Column(_("Commune"), label="commune"),
            Column(_("Site"), label="site"),
            Column(_("Object"), label="object"),
            Column(_("State"), Look(words=named_states(_)), "state", fill=True),
            Column(_("To be restored by"), Look("dateTimeAsIso")),
        ),
        sort=_("Commune"),
    )
    page.add(incidents, 24, 8)
    page.add(checks_by_state(_, JOB), 12, 9)
    page.add(failures_by_reason(_, JOB), 12, 9)
