"""The rules and examples for Prometheus and Alertmanager, by their own tools."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporters.prometheus.own import HEADS
from exporters.prometheus.rules import ALERTS, RECORDINGS, alerts_file, recordings_file
from netmon.cli.grafana import rule_files
from netmon.conventions import Metric
from netmon.i18n import LANGUAGES
from tests.peers.programs import need

SHIPPED = Path("config/prometheus")


def run(program: str, package: str, *arguments: str | Path) -> str:
    command = [need(program, package), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_shipped_rules_are_those_of_the_code() -> None:
    for name, content in rule_files(LANGUAGES[0]):
        assert Path("config", name).read_bytes() == content, f"{name}: run 'make docs'"


@pytest.mark.peer
def test_promtool_accepts_the_rules_and_the_scrape_configuration() -> None:
    for name in ("netmon-recording.yml", "netmon-alerts.yml"):
        assert "SUCCESS" in run("promtool", "prometheus", "check", "rules", SHIPPED / "rules" / name)
    run("promtool", "prometheus", "check", "config", SHIPPED / "prometheus.yml")


@pytest.mark.peer
def test_every_alert_fires_when_it_must_and_not_when_it_must_not() -> None:
    tests = sorted((SHIPPED / "tests").glob("*_test.yml"))
    assert "SUCCESS" in run("promtool", "prometheus", "test", "rules", *tests)
    texts = "".join(file.read_text() for file in tests)
    fires = set(re.findall(r'\{labels: \'\{alertname="(\w+)"', texts))
    assert fires == {alert.name for alert in ALERTS}


@pytest.mark.peer
@pytest.mark.parametrize(
    ("language", "summary", "other"),
    [
        ("fr", "sw-1/snmp est en panne (Bègles)", "sw-1/snmp is down (Bègles)"),
        ("en", "sw-1/snmp is down (Bègles)", "sw-1/snmp est en panne (Bègles)"),
    ],
)
def test_an_alert_speaks_the_language_asked_for_and_the_other_beside_it(
    language: str, summary: str, other: str, tmp_path: Path
) -> None:
    (tmp_path / "rules.yml").write_text(alerts_file(language))
    rule = yaml.safe_load(alerts_file(language))["groups"][0]["rules"][0]
    beside = "en" if language == "fr" else "fr"
    labels = {"commune": "Bègles", "site": "s", "node": "sw-1", "check": "snmp", "state": "down", "severity": "warning"}
    texts = {name: _filled(text) for name, text in rule["annotations"].items()}
    series = 'netmon_check_state{commune="Bègles",site="s",node="sw-1",check="snmp",state="down"}'
    test = {
        "rule_files": ["rules.yml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": series, "values": "1x10"}],
                "alert_rule_test": [
                    {
                        "alertname": "NetmonTargetDown",
                        "eval_time": "5m",
                        "exp_alerts": [{"exp_labels": labels, "exp_annotations": texts}],
                    }
                ],
            }
        ],
    }
    assert (texts["summary"], texts[f"summary_{beside}"]) == (summary, other)
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test, allow_unicode=True))
    run("promtool", "prometheus", "test", "rules", tmp_path / "test.yml")


def _filled(text: str) -> str:
    """As Prometheus does it with that series."""
    text = text.replace("{{ with $labels.node }}{{ . }}/{{ end }}{{ $labels.check }}", "sw-1/snmp")
    return text.replace("{{ $labels.commune }}", "Bègles")


@pytest.mark.peer
def test_the_texts_of_every_alert_are_whole_when_it_fires(tmp_path: Path) -> None:
    """What is shipped as tests is run again, expecting silence: promtool then prints what fired, texts filled in."""
    (tmp_path / "netmon-alerts.yml").write_text(alerts_file("fr"))
    (tmp_path / "netmon-recording.yml").write_text(recordings_file("fr"))
    told: dict[str, set[str]] = {}
    for number, file in enumerate(sorted((SHIPPED / "tests").glob("*_test.yml"))):
        test = yaml.safe_load(file.read_text())
        test["rule_files"] = ["netmon-alerts.yml", "netmon-recording.yml"]
        for each in test["tests"]:
            each["alert_rule_test"] = [*_silence(each.pop("promql_expr_test"))]
        (tmp_path / f"{number}.yml").write_text(yaml.safe_dump(test, allow_unicode=True))
        command = [need("promtool", "prometheus"), "test", "rules", str(tmp_path / f"{number}.yml")]
        printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stderr
        for name, texts in re.findall(r'Labels:\{alertname="(\w+)".*\n\s+Annotations:\{(.*)\}', printed):
            told.setdefault(name, set()).add(texts)
    assert told.keys() == {alert.name for alert in ALERTS}
    flawed = [text for texts in told.values() for text in texts if re.search(r'%!|<|\{\{|\(\)|\\"\\"|  |/ | ,', text)]
    assert flawed == []
    for site in ('summary="2 mesures de mairie sont injoignables', 'summary_en="2 checks of mairie cannot be reached'):
        assert any(f'{site} (Bègles)"' in text for text in told["NetmonUnreachable"])


def _silence(questions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for question in questions:
        for sample in question.get("exp_samples", ()):
            for name in re.findall(r'alertname="(\w+)"', sample["labels"]):
                yield {"alertname": name, "eval_time": question["eval_time"], "exp_alerts": []}


def test_every_alert_says_how_grave_it_is_and_what_to_do_in_every_language() -> None:
    for language in LANGUAGES:
        for rule in yaml.safe_load(alerts_file(language))["groups"][0]["rules"]:
            assert rule["labels"]["severity"] in {"critical", "warning", "info"}
            texts = rule["annotations"]
            others = [f"_{other}" for other in LANGUAGES if other != language]
            names = {f"{name}{suffix}" for name in ("summary", "description", "runbook") for suffix in ("", *others)}
            assert texts.keys() == names
            assert all(texts.values())
            assert texts["runbook"] != texts[f"runbook{others[0]}"]


def test_rules_only_name_metrics_that_exist() -> None:
    known = {metric.value for metric in Metric} | HEADS.keys() | {rule.record for rule in RECORDINGS}
    for expression in (*(alert.expr for alert in ALERTS), *(rule.expr for rule in RECORDINGS)):
        for name in re.findall(r"[a-z_]+:netmon_\w+:\w+|\bnetmon_\w+", expression):
            assert name.removesuffix("_bucket") in known or name in known, name


ROUTES = [
    ("alertname=NetmonTargetDown severity=warning commune=Bègles", ["noc"]),
    ("alertname=NetmonTargetDown severity=warning commune=Bordeaux", ["bordeaux", "noc"]),
    ("alertname=NetmonTargetDown severity=warning commune=Pessac", ["pessac", "noc"]),
    ("alertname=NetmonCommuneDown severity=critical commune=Pessac", ["pessac", "noc-on-call"]),
    ("alertname=NetmonUnreachable severity=info commune=Pessac", ["nobody"]),
    ("alertname=NetmonRestoreHalf severity=info commune=Bègles contract=c", ["contracts", "nobody"]),
    ("alertname=NetmonRestoreMissed severity=critical commune=Bègles contract=c", ["contracts", "noc-on-call"]),
    ("alertname=NetmonBudgetSpent severity=warning commune=Bordeaux contract=c", ["contracts", "bordeaux", "noc"]),
    ("alertname=NetmonAbsent severity=critical", ["netmon-team"]),
    ("alertname=NetmonNoticesStuck severity=warning receiver=mairies", ["netmon-team"]),
]


@pytest.mark.peer
@pytest.mark.parametrize(("alert", "receivers"), ROUTES)
def test_alertmanager_routes_by_commune(alert: str, receivers: list[str]) -> None:
    file = SHIPPED / "alertmanager.yml"
    found = run("amtool", "prometheus-alertmanager", "config", "routes", "test", "--config.file", file, *alert.split())
    assert found.strip().split(",") == receivers


@pytest.mark.peer
def test_alertmanager_accepts_its_example_with_the_texts() -> None:
    assert "4 inhibit rules" in run("amtool", "prometheus-alertmanager", "check-config", SHIPPED / "alertmanager.yml")
