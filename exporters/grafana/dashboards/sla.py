"""Contracts: objective, availability with bounds, error budget, how fast it burns, and where that leads."""

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards.commune import commune_variable
from exporters.grafana.dashboards.kit import bars, grid, number, time_series
from exporters.grafana.dashboards.looks import BAD, GOOD, NOTE, PLAIN, WARN, Column, Look, Query, Series, Steps
from exporters.grafana.dashboards.page import Page, Texts, Variable
from exporters.grafana.dashboards.queries import (
    COMMUNE,
    CONTRACT,
    END,
    NONE_IS_GOOD,
    availability_look,
    budget_look,
    of,
    once,
    top,
    truncated,
)
from netmon.conventions import Metric

_BY = "contract, commune"
_COVERED: Steps = ((None, BAD), (0.95, NOTE), (0.99, GOOD))
_PACE: Steps = ((None, GOOD), (1, WARN), (6, BAD))
"""Burn rates: 1 uses the budget up exactly at the end of the month; 6 is the page of the SRE workbook over 6 hours."""
_NEVER = 366 * 86400
_MONTH_END = "((days_in_month() - day_of_month()) * 86400 + (24 - hour()) * 3600)"
"""Seconds until the month ends, to the hour, in UTC."""


def build(language: str) -> model.Dashboard:
    """The dashboard."""
    page = Page("sla", language)
    _ = page.text
    _numbers(page, _)
    _table(page, _)
    page.row(_("Availability"))
    _availability(page, _)
    page.row(_("Error budget"))
    _budget(page, _)
    return page.dashboard(
        _("netmon · SLA"),
        _("What the contracts promise, what the communes live through, and where this month is heading."),
        (
            commune_variable(_),
            Variable("contract", _("Contract"), of(Metric.SLA_OBJECTIVE, COMMUNE)),
        ),
    )


def exhausted_in() -> str:
    """Seconds until each budget is used up at the pace of the last day; a leap year when that is not in sight."""
    left = of(Metric.SLA_BUDGET, CONTRACT)
    pace = f"clamp_min(-deriv({left}[1d]), 1e-9)"
    return f"clamp_max(clamp_min({left}, 0) / {pace}, {_NEVER})"


def at_month_end(at: str = "") -> str:
    """The budget left at the end of the month at the pace of the last day; not that of the month before, on the 1st."""
    left = of(Metric.SLA_BUDGET, CONTRACT)
    return f"min by ({_BY}) (predict_linear({left}[1d]{at}, scalar({_MONTH_END})) and {left}{at})"


def burn(window: str, at: str = "") -> str:
    """How many times faster than the objective allows time was lost in the last ``window``; 1 is just in time."""
    lost, eligible = (_added(name, window, at) for name in (Metric.SLA_UNAVAILABLE, Metric.SLA_ELIGIBLE))
    allowed = f"((1 - max by ({_BY}) ({of(Metric.SLA_OBJECTIVE, CONTRACT)}{at})) > 0)"
    return f"max by ({_BY}) (({lost}) / ({eligible} > 0)) / {allowed}"


def _added(counter: Metric, window: str, at: str = "") -> str:
    """What a counter of contracts has added up in ``window``: a correction may lower it, a restart does not."""
    series = of(counter, CONTRACT)
    return f"{series}{at} - min_over_time({series}[{window}]{at})"


def _margin(figure: Metric, at: str = "") -> str:
    """How far a figure lies above the objective."""
    return once(f"{of(figure, CONTRACT)}{at} - {of(Metric.SLA_OBJECTIVE, CONTRACT)}{at}")


def _lowest(figure: str) -> str:
    """The ten contracts and communes that are lowest at the end of the time shown."""
    return top(10, _BY, once(figure), once(f"{figure}{END}"), least=True)


def _numbers(page: Page, _: Texts) -> None:
    nothing = _("no contract")
    missed = f"{of(Metric.SLA_AVAILABILITY, CONTRACT)} < bool {of(Metric.SLA_OBJECTIVE, CONTRACT)}"
    panels = (
        number(
            _("Worst availability"),
            _("The lowest of the chosen communes and contracts in this month."),
            Query(truncated(f"min({of(Metric.SLA_AVAILABILITY, CONTRACT)})", 3)),
            availability_look(nothing),
        ),
        number(
            _("Highest objective"),
            _("What the strictest of the chosen contracts promises."),
            Query(f"max({of(Metric.SLA_OBJECTIVE, CONTRACT)})"),
            Look("percentunit", decimals=3, nothing=nothing),
        ),
        number(
            _("Below objective now"),
            _("Communes and contracts whose availability of this month lies below the objective so far."),
            Query(f"sum({once(missed)})"),
            Look(decimals=0, steps=NONE_IS_GOOD, nothing=nothing),
        ),
        number(
            _("Shortest budget"),
            _("Unavailable time that the objective still leaves; negative: overdrawn."),
            Query(f"min({of(Metric.SLA_BUDGET, CONTRACT)})"),
            budget_look(nothing),
        ),
        number(
            _("Used up in"),
            _("At the pace of the last day, the first budget of the chosen to be used up."),
            Query(f"min({exhausted_in()})"),
            Look(
                "dtdurations",
                decimals=1,
                words={str(_NEVER): (_("not in sight"), GOOD), "0": (_("used up"), BAD)},
                steps=((None, BAD), (3 * 86400, WARN), (7 * 86400, GOOD)),
                nothing=nothing,
            ),
        ),
        number(
            _("Lowest coverage"),
            _("Share of the time that was seen at all: a figure is only as good as what was looked at."),
            Query(truncated(f"min({of(Metric.SLA_COVERAGE, CONTRACT)})", 1)),
            Look("percentunit", decimals=1, steps=_COVERED, nothing=nothing),
        ),
    )
    for panel in panels:
        page.add(panel, 4, 4)


def _table(page: Page, _: Texts) -> None:
    def each(name: Metric) -> str:
        return f"max by ({_BY}) ({of(name, CONTRACT)})"

    queries = (
        Query(each(Metric.SLA_OBJECTIVE), _("Objective")),
        Query(truncated(each(Metric.SLA_AVAILABILITY), 3), _("Availability")),
        Query(truncated(each(Metric.SLA_LOW), 3), _("Lowest")),
        Query(truncated(each(Metric.SLA_HIGH), 3), _("Highest")),
        Query(f"{each(Metric.SLA_AVAILABILITY)} - {each(Metric.SLA_OBJECTIVE)}", _("Margin")),
        Query(truncated(each(Metric.SLA_COVERAGE), 1), _("Coverage")),
        Query(each(Metric.SLA_BUDGET), _("Budget left")),
        Query(at_month_end(), _("At the month's end")),
        Query(f"min by ({_BY}) ({exhausted_in()})", _("Used up in")),
    )
    shares = availability_look("")
    never = {str(_NEVER): (_("not in sight"), GOOD), "0": (_("used up"), BAD)}
    columns = (
        Column(_("Commune"), Look(nothing=_("no contract")), "commune"),
        Column(_("Contract"), label="contract"),
        Column(_("Objective"), Look("percentunit", decimals=3), width=110),
        Column(_("Availability"), shares, width=120),
        Column(_("Lowest"), Look("percentunit", decimals=3), width=110),
        Column(_("Highest"), Look("percentunit", decimals=3), width=110),
        Column(_("Margin"), Look("percentunit", decimals=3, steps=((None, BAD), (0, GOOD))), fill=True, width=110),
        Column(_("Coverage"), Look("percentunit", decimals=1, steps=_COVERED), fill=True, width=110),
        Column(_("Budget left"), budget_look(""), fill=True, width=120),
        Column(_("At the month's end"), budget_look(""), fill=True, width=150),
        Column(
            _("Used up in"),
            Look("dtdurations", decimals=1, words=never, steps=((None, WARN), (604800, GOOD))),
            fill=True,
        ),
    )
    page.add(
        grid(
            _("Contracts of this month"),
            _(
                "Lowest and highest are the values that agree with what the polls saw. The month's end is foretold "
                "from the last day."
            ),
            queries,
            columns,
            sort=_("Budget left"),
        ),
        24,
        11,
    )


def _availability(page: Page, _: Texts) -> None:
    named = "{{commune}} {{contract}}"
    worst = _margin(Metric.SLA_AVAILABILITY, END)
    page.add(
        time_series(
            _("Availability of this month"),
            _("Bounds and objective are in the table; the ten lowest."),
            [Query(_lowest(of(Metric.SLA_AVAILABILITY, CONTRACT)), named)],
            Look("percentunit", decimals=3, high=1, nothing=_("no contract")),
            legend_values=("lastNotNull", "min"),
        ),
        12,
        9,
    )
    page.add(
        time_series(
            _("Distance to the objective, with bounds"),
            _("Availability less objective: below zero it is missed. Dashed: the lowest and highest value possible."),
            [
                Query(top(3, _BY, _margin(figure), worst, least=True), f"{named} {word}")
                for figure, word in (
                    (Metric.SLA_AVAILABILITY, _("measured")),
                    (Metric.SLA_LOW, _("lowest")),
                    (Metric.SLA_HIGH, _("highest")),
                )
            ],
            Look("percentunit", decimals=3, low=None, steps=((None, BAD), (0, GOOD)), nothing=_("no contract")),
            series=(Series(" (" + _("lowest") + "|" + _("highest") + ")$", dashed=True),),
            legend_values=("lastNotNull", "min"),
        ),
        12,
        9,
    )
    page.add(
        bars(
            _("Time lost in the time shown"),
            _(
                "Unavailable time that counts against the contract, of all services added up, by commune: the most "
                "first."
            ),
            Query(
                f"sort_desc(sum by (commune) ({once(_added(Metric.SLA_UNAVAILABLE, '$__range'))}))",
                "{{commune}}",
            ),
            Look("s", low=0, steps=((None, GOOD), (1, NOTE), (3600, BAD)), nothing=_("no contract")),
        ),
        24,
        12,
    )


def _budget(page: Page, _: Texts) -> None:
    named = "{{commune}} {{contract}}"
    page.add(
        time_series(
            _("Error budget left"),
            _("Unavailable time that the objective still leaves in this month: the ten shortest."),
            [Query(_lowest(of(Metric.SLA_BUDGET, CONTRACT)), named)],
            Look("s", steps=((None, BAD), (0, PLAIN)), nothing=_("no contract")),
            legend_values=("lastNotNull", "min"),
        ),
        12,
        9,
    )
    page.add(
        time_series(
            _("Budget at the end of the month, as foretold"),
            _("If time goes on being lost at the pace of the last day (to the hour, in UTC): the ten lowest."),
            [Query(top(10, _BY, at_month_end(), at_month_end(END), least=True), named)],
            Look("s", steps=((None, BAD), (0, PLAIN)), nothing=_("no contract")),
            legend_values=("lastNotNull", "min"),
        ),
        12,
        9,
    )
    windows = (("1h", _("over an hour")), ("6h", _("over 6 hours")), ("3d", _("over 3 days")))
    page.add(
        time_series(
            _("Burn rate"),
            _(
                "How many times faster than the objective allows time is lost; at 1 the budget lasts the month. "
                "The five fastest of each window."
            ),
            [Query(top(5, _BY, burn(window), burn(window, END)), f"{named} {words}") for window, words in windows],
            Look("short", decimals=2, low=0, steps=_PACE, nothing=_("no contract")),
        ),
        24,
        9,
    )
