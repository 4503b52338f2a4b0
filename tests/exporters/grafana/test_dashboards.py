"""The shipped dashboards: current, the same in every language, understood by Grafana's own models."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.adapting import adapted
from exporters.grafana.dashboards.page import NAMES, uid_of
from exporters.grafana.tilemap import Tile
from netmon.cli.dashboards import files
from netmon.i18n import LANGUAGES
from tests.exporters.grafana.reading import DIRECTORY, FILES, filled, panels_of, shipped, targets_of

plugins.register_default_plugins()
ALL = [pytest.param(dashboard, id=dashboard["uid"]) for dashboard in shipped()]
SAME_IN_FRENCH = {"Description", "Configuration", "Version", "Exposition", "Communes", "Interface", "Interfaces",
                  "Sites", "Modules", "Module", "Alias", "Traps", "Incidents", "Commune", "Site", "TLS", "Job",
                  "Incident", "netmon · Commune", "netmon · Métropole", "netmon · SLA"}  # fmt: skip


def test_the_shipped_dashboards_are_what_the_code_makes() -> None:
    made = {DIRECTORY / "dashboards" / path: text for path, text in files()}
    assert sorted(made) == FILES
    for path, text in made.items():
        assert path.read_text("utf-8") == text, f"{path}: run make docs"


def test_the_identifiers_that_links_rely_on_stay() -> None:
    assert {dashboard["uid"] for dashboard in shipped()} == {
        f"netmon-{name}-{language}"
        for name in ("metropole", "commune", "node", "web", "sla", "netmon")
        for language in ("fr", "en")
    }
    assert {uid_of(name, language) for name in NAMES for language in LANGUAGES} == {d["uid"] for d in shipped()}


@pytest.mark.parametrize("dashboard", ALL)
def test_grafanas_own_models_read_every_key(dashboard: dict[str, Any]) -> None:
    """A key they do not know would be lost on the way, and so would a misspelt one."""
    again = json.loads(json.dumps(model.Dashboard.from_json(json.loads(json.dumps(dashboard))), cls=JSONEncoder))
    assert again == dashboard


def test_a_misspelt_key_would_be_noticed() -> None:
    dashboard = shipped()[0]
    next(panels_of(dashboard))["fieldConfig"]["defaults"]["decimal"] = 2
    again = json.loads(json.dumps(model.Dashboard.from_json(json.loads(json.dumps(dashboard))), cls=JSONEncoder))
    assert again != dashboard


@pytest.mark.parametrize("dashboard", ALL)
def test_nothing_of_a_single_grafana_is_in_them(dashboard: dict[str, Any]) -> None:
    assert "id" not in dashboard
    assert "__inputs" not in dashboard
    assert "DS_PROMETHEUS" not in json.dumps(dashboard)
    assert {panel["datasource"]["uid"] for panel in panels_of(dashboard)} == {"${datasource}"}


@pytest.mark.parametrize("dashboard", ALL)
def test_panels_lie_side_by_side_with_an_identifier_each(dashboard: dict[str, Any]) -> None:
    identifiers = [panel["id"] for panel in (*dashboard["panels"], *panels_of(dashboard)) if panel["type"] != "row"]
    rows = [panel["id"] for panel in dashboard["panels"] if panel["type"] == "row"]
    assert len({*identifiers, *rows}) == len({id(panel) for panel in panels_of(dashboard)}) + len(rows)
    for group in (dashboard["panels"], *(row["panels"] for row in dashboard["panels"] if row["type"] == "row")):
        taken: set[tuple[int, int]] = set()
        for place in (panel["gridPos"] for panel in group):
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}  # fmt: skip
            assert not cells & taken
            assert place["x"] + place["w"] <= 24
            taken |= cells


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Everything people read, with the key it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str) and key in {"title", "description", "noValue", "label", "text", "displayName"}:
        yield key, value


@pytest.mark.parametrize("name", NAMES)
def test_french_and_english_differ_in_their_texts_and_in_nothing_else(name: str) -> None:
    french, english = (read(f"{language}/netmon-{name}-{language}.json") for language in ("fr", "en"))
    pairs = list(zip(texts(french), texts(english), strict=True))
    untranslated = [one[1] for one, other in pairs if one == other and " " in one[1] and one[1] not in SAME_IN_FRENCH
                    and not re.fullmatch(r"[A-ZÀ-Ý][\w’'. ·-]*", one[1])]  # fmt: skip
    assert untranslated == []
    assert [panel["type"] for panel in panels_of(french)] == [panel["type"] for panel in panels_of(english)]
    for one, other in zip(panels_of(french), panels_of(english), strict=True):
        assert one["gridPos"] == other["gridPos"]
        assert [target["expr"] for target in one["targets"]] == [target["expr"] for target in other["targets"]]
        assert one["title"] != other["title"] or one["title"] in SAME_IN_FRENCH, one["title"]
        assert one["description"] != other["description"]


def read(name: str) -> Any:
    return json.loads((DIRECTORY / "dashboards" / name).read_text("utf-8"))


@pytest.mark.parametrize("dashboard", ALL)
def test_every_link_leads_to_a_dashboard_there_is_or_to_netmon(dashboard: dict[str, Any]) -> None:
    language = dashboard["uid"][-2:]
    urls = re.findall(r'"url": "([^"]*)"', json.dumps(dashboard))
    has_communes = any(variable["name"] == "commune" for variable in dashboard["templating"]["list"])
    assert ("${netmon}/?commune=${commune:percentencode}" if has_communes else "${netmon}/") in urls
    assert "${netmon}/reports/" in urls
    for url in urls:
        sister = re.match(r"/d/([\w-]+)\?", url)
        assert url.startswith("${netmon}/") or (sister and sister[1] in {uid_of(name, language) for name in NAMES}), url
        if sister:
            assert "${datasource:queryparam}" in url
            assert "${__url_time_range}" in url
            names = {variable["name"] for variable in read(f"{language}/{sister[1]}.json")["templating"]["list"]}
            assert set(re.findall(r"var-(\w+)=", url)) <= names


@pytest.mark.parametrize("dashboard", ALL)
def test_the_menu_of_dashboards_holds_those_of_the_same_language(dashboard: dict[str, Any]) -> None:
    menu = next(link for link in dashboard["links"] if link["type"] == "dashboards")
    assert set(menu["tags"]) <= set(dashboard["tags"])
    assert menu["tags"] == [f"netmon-{dashboard['uid'][-2:]}"]


def test_variables_of_a_device_are_chained_from_commune_to_interface() -> None:
    variables = {each["name"]: each for each in read("en/netmon-node-en.json")["templating"]["list"]}
    chain = ("job", "commune", "site", "node", "interface")
    assert [name for name in variables if name in chain] == list(chain)
    for place, name in enumerate(chain[1:], 1):
        asked = set(re.findall(r"\$(\w+)", variables[name]["definition"]))
        assert asked == set(chain[:place]), name


def test_a_device_and_a_commune_are_chosen_before_anything_is_asked_of_interfaces() -> None:
    """All of some thousand devices would have Prometheus read every interface, as soon as somebody opens the page."""
    for name, variable in (("commune", "commune"), ("node", "node")):
        listed = read(f"en/netmon-{name}-en.json")["templating"]["list"]
        chosen = next(each for each in listed if each["name"] == variable)
        assert (chosen["multi"], chosen["includeAll"], "current" in chosen) == (True, False, False)


@pytest.mark.parametrize("dashboard", ALL)
def test_large_numbers_are_those_of_now(dashboard: dict[str, Any]) -> None:
    """The last one of a range is still shown hours after netmon is gone."""
    for panel in panels_of(dashboard):
        if panel["type"] == "stat":
            assert [(each["instant"], each["range"]) for each in panel["targets"]] == [(True, False)], panel["title"]


HOSTILE = ("Villenave-d'Ornon", "Prés (nord)", "a|b", "x.y*z+", "1/[2]", "c:\\\\d")


def escaped(names: Sequence[str]) -> str:
    """What Grafana's Prometheus data source makes of chosen values."""
    each = [re.sub(r"[$^*{}\[\]'+?.()|]", r"\\\\\g<0>", name.replace("\\", "\\\\\\\\")) for name in names]
    return each[0] if len(each) == 1 else f"({'|'.join(each)})"


@pytest.mark.parametrize("names", [HOSTILE, *([name] for name in HOSTILE)], ids=str)
def test_names_with_signs_of_regular_expressions_choose_what_is_called_so(names: Sequence[str]) -> None:
    chosen = dict.fromkeys(("commune", "site", "node", "interface", "check", "contract", "job"), escaped(names))
    for dashboard in shipped():
        assert ":regex}" not in json.dumps(dashboard), "it escapes once: no PromQL between double quotes"
        works = [filled(each["target"]["expr"], chosen) for each in dashboard["annotations"]["list"]]
        for expr in (*works, *(target.expr for target in targets_of(dashboard, chosen))):
            promql_parser.parse(expr)
            for matcher in re.findall(r'(?:commune|node|object)=~"((?:[^"\\]|\\.)*)"', expr):
                pattern = re.compile(re.sub(r"\\(.)", r"\1", matcher))
                assert all(pattern.fullmatch(name) for name in names), (expr, matcher)
                assert not pattern.fullmatch("axb"), matcher


@pytest.mark.parametrize("dashboard", ALL)
def test_incidents_and_planned_works_are_annotated(dashboard: dict[str, Any]) -> None:
    asked = [annotation["target"]["expr"] for annotation in dashboard["annotations"]["list"]]
    assert [expr.partition("{")[0] for expr in asked] == ["netmon_incident_open", "netmon_maintenance_active"]


def test_the_map_can_be_that_of_other_communes_and_links_that_of_another_netmon() -> None:
    text = (DIRECTORY / "dashboards/en/netmon-metropole-en.json").read_text("utf-8")
    ours = json.loads(adapted(text, tiles=[Tile("Ici", 0, 0), Tile("Là", 1, 2)], address="https://netmon.example/"))
    canvas = next(panel for panel in panels_of(ours) if panel["type"] == "canvas")
    drawn = canvas["options"]["root"]["elements"]
    assert [element["background"]["color"]["field"] for element in drawn] == ["Ici", "Ici", "Là", "Là"]
    address = next(each for each in ours["templating"]["list"] if each["name"] == "netmon")
    assert address["query"] == address["current"]["value"] == "https://netmon.example"
    assert adapted(text) == text


def test_tiles_of_the_map_do_not_overlap_and_fit_into_their_panel() -> None:
    dashboard = read("fr/netmon-metropole-fr.json")
    canvas = next(panel for panel in panels_of(dashboard) if panel["type"] == "canvas")
    boxes = [e["placement"] for e in canvas["options"]["root"]["elements"] if e["type"] == "rectangle"]
    assert len(boxes) == 28
    assert len({(box["left"], box["top"]) for box in boxes}) == 28
    assert max(box["top"] + box["height"] for box in boxes) <= canvas["gridPos"]["h"] * 38 - 40
    assert max(box["left"] + box["width"] for box in boxes) <= canvas["gridPos"]["w"] * 1280 / 24


def test_provisioning_names_what_is_shipped(tmp_path: Path) -> None:
    text = (DIRECTORY / "provisioning/dashboards/netmon.yml").read_text("utf-8")
    assert "allowUiUpdates: false" in text
    source = (DIRECTORY / "provisioning/datasources/netmon.yml").read_text("utf-8")
    assert "type: prometheus" in source


@pytest.mark.parametrize("dashboard", ALL)
def test_what_is_different_about_some_series_is_about_series_there_are(dashboard: dict[str, Any]) -> None:
    """Grafana takes a pattern between slashes as one that may match anywhere, any other for the whole name."""
    for panel in panels_of(dashboard):
        legends = [re.sub(r"\{\{\w+\}\}", "x", target.get("legendFormat", "")) for target in panel["targets"]]
        for override in panel["fieldConfig"]["overrides"]:
            if override["matcher"]["id"] == "byRegexp":
                between = re.fullmatch("/(.+)/", override["matcher"]["options"])
                assert between, override
                named_by_a_label = any(
                    target["legendFormat"] in {"{{state}}", "{{reason}}", "{{outcome}}"} for target in panel["targets"]
                )
                assert named_by_a_label or any(re.search(between[1], legend) for legend in legends), override


@pytest.mark.parametrize("dashboard", ALL)
def test_an_empty_cell_does_not_say_that_the_table_is_empty(dashboard: dict[str, Any]) -> None:
    """Grafana fills cells without a value with the table's ``noValue`` unless their column has its own."""
    for panel in panels_of(dashboard):
        if panel["type"] == "table":
            arranged = panel["transformations"][1]["options"]["renameByName"].values()
            own = {
                override["matcher"]["options"]: override["properties"] for override in panel["fieldConfig"]["overrides"]
            }
            assert set(own) == set(arranged)
            for properties in own.values():
                assert {"id": "noValue", "value": "–"} in properties


@pytest.mark.parametrize("dashboard", ALL)
def test_every_panel_says_what_it_means_when_there_is_nothing(dashboard: dict[str, Any]) -> None:
    for panel in panels_of(dashboard):
        assert panel["fieldConfig"]["defaults"].get("noValue") or panel["type"] == "canvas", panel["title"]


ELSEWHERE = {
    "netmon_node_starts_total": "about devices",
    "netmon_report_progress_ratio": "in netmon's own log and command line, for as long as one is made",
}
"""Metrics about netmon itself that its dashboard has no panel for, and why."""


def test_every_metric_about_netmon_itself_has_a_panel() -> None:
    dashboard = next(each for each in shipped() if each["uid"] == "netmon-netmon-en")
    asked = " ".join(target.expr for target in targets_of(dashboard))
    reference = (DIRECTORY.parents[1] / "docs" / "metrics.md").read_text("utf-8")
    own = reference.partition("## Of netmon itself")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| `(netmon_\w+)`", own, re.MULTILINE))
    assert len(told) > 30
    assert {name for name in told if not re.search(rf"\b{name}(_bucket)?\b", asked)} == set(ELSEWHERE)
