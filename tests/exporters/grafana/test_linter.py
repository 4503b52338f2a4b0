"""The rules of grafana/dashboard-linter, which is a Go program: checked here as its documentation states them.

What ``config/grafana/dashboards/.lint`` excludes, with its reason, is excluded here too: the linter reads it as well.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import promql_parser
import pytest
import yaml
from grafana_foundation_sdk.models import units

from tests.exporters.grafana.reading import DIRECTORY, filled, panels_of, shipped

Dashboard: TypeAlias = dict[str, Any]
Rule: TypeAlias = Callable[[Dashboard], Iterator[str]]

UNITS = {value for name, value in vars(units).items() if isinstance(value, str) and not name.startswith("_")}
RATE_INTERVAL = "4m13s"
"""Stands for $__rate_interval, so that it can be told from a range somebody wrote."""
LINT = yaml.safe_load((DIRECTORY / "dashboards" / ".lint").read_text("utf-8"))
DASHBOARDS = shipped()


def variables(dashboard: Dashboard, kind: str) -> list[dict[str, Any]]:
    return [variable for variable in dashboard["templating"]["list"] if variable["type"] == kind]


def expressions(dashboard: Dashboard) -> Iterator[tuple[str, Any]]:
    """Every question, parsed, with its panel."""
    for panel in panels_of(dashboard):
        for target in panel["targets"]:
            text = filled(target["expr"].replace("$__rate_interval", RATE_INTERVAL))
            yield panel["title"], promql_parser.parse(text)


def walk(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The node and everything below it, each with what stands above."""
    yield node, above
    inner = [getattr(node, name, None) for name in ("expr", "lhs", "rhs", "param", "vector_selector")]
    for child in (*inner, *getattr(node, "args", ())):
        if child is not None and not isinstance(child, str):
            yield from walk(child, (*above, node))


def called(node: Any) -> str:
    """The function that a node calls; "" where it calls none."""
    return node.func.name if isinstance(node, promql_parser.Call) else ""


def selectors(dashboard: Dashboard) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    for panel, expression in expressions(dashboard):
        for node, above in walk(expression):
            if isinstance(node, promql_parser.VectorSelector):
                yield panel, node, above


def template_datasource_rule(dashboard: Dashboard) -> Iterator[str]:
    """One data source variable, called ``datasource``."""
    found = variables(dashboard, "datasource")
    if [(each["name"], each["query"]) for each in found] != [("datasource", "prometheus")]:
        yield "no templated data source"
    if found[0]["label"] != "Data source":
        yield "the data source is not labelled in English"


def template_of(name: str) -> Rule:
    def rule(dashboard: Dashboard) -> Iterator[str]:
        found = next((each for each in variables(dashboard, "query") if each["name"] == name), None)
        if found is None:
            yield f"no variable {name}"
        elif (found["label"], found["multi"], found["allValue"]) != (name.title(), True, ".+"):
            yield f"the variable {name} has another label, is not multi, or its allValue is not .+"
        elif found["datasource"]["uid"] != "${datasource}":
            yield f"the variable {name} has a data source of its own"

    return rule


def template_label_promql_rule(dashboard: Dashboard) -> Iterator[str]:
    for variable in variables(dashboard, "query"):
        parts = re.fullmatch(r"(label_names|label_values|metrics|query_result)\((.+), (\w+)\)", variable["definition"])
        if not parts or variable["query"]["query"] != variable["definition"]:
            yield variable["definition"]
        else:
            promql_parser.parse(filled(parts[2]))


def template_on_time_change_reload(dashboard: Dashboard) -> Iterator[str]:
    for variable in variables(dashboard, "query"):
        if variable["refresh"] != 2:
            yield variable["name"]


def panel_datasource_rule(dashboard: Dashboard) -> Iterator[str]:
    for panel in panels_of(dashboard):
        used = {panel["datasource"]["uid"], *(target["datasource"]["uid"] for target in panel["targets"])}
        if used != {"${datasource}"}:
            yield panel["title"]


def panel_title_description_rule(dashboard: Dashboard) -> Iterator[str]:
    for panel in panels_of(dashboard):
        if not panel["title"] or not panel["description"].endswith("."):
            yield panel["title"]


def panel_units_rule(dashboard: Dashboard) -> Iterator[str]:
    for panel in panels_of(dashboard):
        overrides = panel["fieldConfig"].get("overrides", ())
        chosen = [each["value"] for one in overrides for each in one["properties"] if each["id"] == "unit"]
        for unit in (*chosen, panel["fieldConfig"]["defaults"].get("unit", "")):
            if unit not in UNITS:
                yield f"{panel['title']}: {unit}"


def panel_no_targets_rule(dashboard: Dashboard) -> Iterator[str]:
    for panel in panels_of(dashboard):
        if not panel["targets"]:
            yield panel["title"]


def target_promql_rule(dashboard: Dashboard) -> Iterator[str]:
    """Parses: an error is raised by the parser."""
    for _panel, expression in expressions(dashboard):
        assert expression is not None
    yield from ()


def target_rate_interval_rule(dashboard: Dashboard) -> Iterator[str]:
    for panel, expression in expressions(dashboard):
        for node, above in walk(expression):
            rated = isinstance(node, promql_parser.MatrixSelector) and called(above[-1]) in {"rate", "irate"}
            if rated and node.range.total_seconds() != 253:
                yield f"{panel}: {node.range}"


def target_matcher_rule(label: str) -> Rule:
    def rule(dashboard: Dashboard) -> Iterator[str]:
        wanted = f'{label}=~"${label}"'
        for panel in panels_of(dashboard):
            for target in panel["targets"]:
                for found in re.findall(r"[a-zA-Z_:][\w:]*\{([^{}]*)\}", target["expr"]):
                    if wanted not in found:
                        yield f"{panel['title']}: {found}"

    return rule


def every_selector_says_what_it_chooses(dashboard: Dashboard) -> Iterator[str]:
    """No metric stands without matchers, where ``target_matcher_rule`` would not see it."""
    for panel, selector, _above in selectors(dashboard):
        if "job" not in {matcher.name for matcher in selector.matchers.matchers}:
            yield f"{panel}: {selector.name}"


def target_counter_agg_rule(dashboard: Dashboard) -> Iterator[str]:
    for panel, selector, above in selectors(dashboard):
        counter = selector.name.endswith("_total") and selector.name not in READ_AS_THEY_ARE
        if counter and (len(above) < 2 or called(above[-2]) not in {"rate", "increase"}):
            yield f"{panel}: {selector.name}"


READ_AS_THEY_ARE = {
    "netmon_node_reboots_total": "how many reboots were seen is the figure itself: a rate of them says nothing",
    "netmon_sla_eligible_seconds_total": "subtracted from itself: rate and increase take a correction for a restart",
    "netmon_sla_unavailable_seconds_total": "subtracted from itself: rate and increase take a correction for a restart",
}
"""Counters whose value is shown, and why."""


def target_histogram_rule(dashboard: Dashboard) -> Iterator[str]:
    for panel, selector, above in selectors(dashboard):
        if selector.name.endswith("_bucket") and "histogram_quantile" not in {called(each) for each in above}:
            yield f"{panel}: {selector.name}"


def uneditable_dashboard_rule(dashboard: Dashboard) -> Iterator[str]:
    if dashboard["editable"]:
        yield "editable"


RULES: dict[str, Rule] = {
    "template-datasource-rule": template_datasource_rule,
    "template-job-rule": template_of("job"),
    "template-instance-rule": template_of("instance"),
    "template-label-promql-rule": template_label_promql_rule,
    "template-on-time-change-reload": template_on_time_change_reload,
    "panel-datasource-rule": panel_datasource_rule,
    "panel-title-description-rule": panel_title_description_rule,
    "panel-units-rule": panel_units_rule,
    "panel-no-targets-rule": panel_no_targets_rule,
    "target-promql-rule": target_promql_rule,
    "target-rate-interval-rule": target_rate_interval_rule,
    "target-job-rule": target_matcher_rule("job"),
    "target-job-rule everywhere": every_selector_says_what_it_chooses,
    "target-instance-rule": target_matcher_rule("instance"),
    "target-counter-agg-rule": target_counter_agg_rule,
    "target-histogram-rule": target_histogram_rule,
    "uneditable-dashboard-rule": uneditable_dashboard_rule,
}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard["uid"])
@pytest.mark.parametrize("rule", sorted(set(RULES) - set(LINT["exclusions"])))
def test_the_linters_rules_hold(rule: str, dashboard: Dashboard) -> None:
    found = list(RULES[rule](dashboard))
    if rule in LINT["warnings"]:
        assert dashboard["uid"].endswith("-fr") or found == []
    else:
        assert found == []


@pytest.mark.parametrize("rule", sorted({**LINT["exclusions"], **LINT["warnings"]}))
def test_what_is_excluded_is_a_rule_that_would_be_broken_and_says_why(rule: str) -> None:
    assert any(list(RULES[rule](dashboard)) for dashboard in DASHBOARDS)
    assert len({**LINT["exclusions"], **LINT["warnings"]}[rule]["reason"]) > 30
