"""Recording rules, named ``level:metric:operations``.

Differences of the counters of contracts are subtractions, never ``increase()``: the counters go on after a restart, so
there is no reset to guess, nothing is extrapolated; and a correction that lowers one is no reset either. Of several
netmon that are scraped each is subtracted from itself: what they have counted since they began may differ by weeks.
"""

from dataclasses import dataclass

from netmon.conventions import Metric

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
"""Those of multi-window burn rates over a budget of thirty days (Site Reliability Workbook, chapter 5)."""

OBJECTIVE = "contract_commune:netmon_sla_objective_ratio:max"
LAG = "instance:netmon_poll_lag_seconds:p99_5m"


@dataclass(frozen=True, slots=True)
class Recording:
    """One series: its name, its query, why it is there."""

    record: str
    expr: str
    why: str


def burn(window: str) -> str:
    """The series of the burn rate over a window: 1 spends the budget in exactly the time it is for."""
    return f"contract_commune:netmon_sla_error_budget_burn:ratio_delta{window}"


def _burn(window: str) -> Recording:
    lost, eligible = (f"{name} - {name} offset {window}" for name in (Metric.SLA_UNAVAILABLE, Metric.SLA_ELIGIBLE))
    return Recording(
        burn(window),
        f"max without (job, instance) (\n  clamp_min({lost}, 0)\n  / ({eligible} > 0)\n)\n/ (1 - {OBJECTIVE} > 0)",
        "confirmed unavailable seconds per eligible second, in budgets; nothing outside service hours",
    )


def _once(metric: Metric) -> str:
    """The metric's series, those that several netmon tell of the same thing as one."""
    return f"max without (job, instance) ({metric})"


RECORDINGS = (
    Recording(
        OBJECTIVE, f"max without (job, instance, period) ({Metric.SLA_OBJECTIVE})", "whichever netmon is scraped"
    ),
    *(_burn(window) for window in WINDOWS),
    Recording(
        "commune:netmon_node_up:avg", f"avg by (commune) ({_once(Metric.NODE_UP)})", "share of its devices that work"
    ),
    Recording(
        "commune_state:netmon_check_state:sum",
        f"sum by (commune, state) ({_once(Metric.CHECK_STATE)})",
        "how many checks are in each state",
    ),
    Recording(
        LAG,
        f"histogram_quantile(0.99, sum without (job) (rate({Metric.POLL_LAG}_bucket[5m])))",
        "how late the latest hundredth of the polls began",
    ),
    Recording(
        "collector_outcome:netmon_polls:rate5m",
        f"sum by (collector, outcome) (rate({Metric.POLLS}[5m]))",
        "polls a second",
    ),
)
