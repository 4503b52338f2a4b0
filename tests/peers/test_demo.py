"""The demonstration as a newcomer runs it, with a real Prometheus scraping it meanwhile."""

import contextlib
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from netmon.simulation import Demo
from tests.daemon.daemon import netmon
from tests.peers.programs import fetch, fetch_json, free_port, need, prometheus, wait_for
from tests.peers.test_alertmanager_alerts import alertmanager, alerts, hook

pytestmark = [pytest.mark.peer, pytest.mark.timeout(300)]


class Running(NamedTuple):
    """A demo that is up."""

    url: str
    directory: Path
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def address(self) -> str:
        return self.url.removeprefix("http://")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("demo")
    with start(directory, "--history", "30d") as running:
        yield running


@contextlib.contextmanager
def start(directory: Path, *more: str) -> Iterator[Running]:
    port, output = free_port(), directory / "output.txt"
    data = str(directory / "data")
    command = [sys.executable, "-m", "netmon", "demo", "--listen", f"127.0.0.1:{port}", "--data", data, *more]
    with output.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "NO_COLOR": "1"})
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: process.poll() is not None or fetch(f"{url}/-/ready"), 60)
            assert process.poll() is None, output.read_text()
            yield Running(url, directory / "data", process, output)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def query(prometheus_url: str, expression: str) -> list[dict[str, Any]]:
    answer = fetch_json(f"{prometheus_url}/api/v1/query?query={quote(expression)}")
    assert answer["status"] == "success"
    result: list[dict[str, Any]] = answer["data"]["result"]
    return result


def test_a_real_prometheus_scrapes_the_demo_without_an_error(demo: Running, tmp_path: Path) -> None:
    with prometheus(tmp_path, demo.address) as url:
        wait_for(lambda: query(url, "count_over_time(up[5m]) >= 8"), 60)
        assert [float(sample["value"][1]) for sample in query(url, "min_over_time(up[5m])")] == [1.0]
        assert len(query(url, "count by (commune) (netmon_check_state)")) >= 28
        assert query(url, "sum(rate(ifHCInOctets[1m])) > 0")
        target = fetch_json(f"{url}/api/v1/targets")["data"]["activeTargets"][0]
        assert target["lastError"] == ""
        log = (tmp_path / "program.log").read_text()
    assert "duplicate" not in log
    assert "error" not in log.lower()


def test_a_real_prometheus_evaluates_the_shipped_rules_and_what_they_name_is_there(
    demo: Running, tmp_path: Path
) -> None:
    with prometheus(tmp_path, demo.address, rules=Path("config/prometheus/rules")) as url:
        wait_for(lambda: query(url, "count_over_time(commune:netmon_node_up:avg[1m]) > 2"), 60)
        groups = fetch_json(f"{url}/api/v1/rules")["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        there = set(fetch_json(f"{url}/api/v1/label/__name__/values")["data"])
        recorded = [rule["name"] for rule in rules if rule["type"] == "recording"]
        empty = {name for name in recorded if not query(url, name)}
        log = (tmp_path / "program.log").read_text()
    assert len(rules) > 30
    assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"] == []
    named = {name for rule in rules for name in re.findall(r"\b(?:netmon|probe)_\w+\b(?!:)", rule["query"])}
    told = set(re.findall(r"^# TYPE (\S+)", fetch(f"{demo.url}/metrics") or "", re.MULTILINE))
    only_when_it_happens = {"netmon_incident_restore_used_ratio"}
    assert named - there - {name.split(":")[1] for name in recorded} - only_when_it_happens - told == set()
    assert empty <= {name for name in recorded if "burn" in name}
    assert "error" not in log.lower()


def test_promtool_finds_nothing_but_the_names_that_peers_gave(demo: Running) -> None:
    program = need("promtool", "prometheus")
    text = fetch(f"{demo.url}/metrics") or ""
    done = subprocess.run([program, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    ours = {line for line in done.stderr.splitlines() if line.startswith("netmon_")}
    assert ours == set()
    others = {line for line in done.stderr.splitlines() if "camelCase" not in line and "_total" not in line}
    assert others == set()


def test_what_the_status_shows_is_what_goes_wrong(demo: Running) -> None:
    """Every device the script has broken for long enough is shown broken, and none that it left alone."""
    plan = plan_of(demo)
    wait_for(lambda: time.time() > plan.live_start / 1000 + 40, 60)
    before = int(time.time() * 1000)
    document = fetch_json(f"{demo.url}/api/v1/nodes")
    now = int(time.time() * 1000)
    shown = {node["id"]: node["state"] for node in document["nodes"]}
    assert len(shown) == 90
    for node, state in shown.items():
        moments = [at for at in plan.world.changes(f"{node}/snmp") if before - 60_000 < at <= now]
        if moments:
            continue
        expected = plan.world.look(f"{node}/snmp", now).state.value
        assert (state in {"down", "unreachable"}) == (expected == "down"), (node, state, expected)


def plan_of(demo: Running) -> Demo:
    """The plan the demo runs, from its child's command line."""
    children = Path(f"/proc/{demo.process.pid}/task/{demo.process.pid}/children").read_text().split()
    words = Path(f"/proc/{children[0]}/cmdline").read_text().split("\0")
    value = dict(itertools.pairwise(words))
    return Demo(int(value["--seed"]), int(value["--start"]), int(value["--live-start"]), float(value["--scale"]))


def test_the_report_of_the_last_30_days_names_every_commune(demo: Running, tmp_path: Path) -> None:
    done = netmon(
        "report",
        "-c",
        demo.directory / "netmon.yml",
        "--period",
        "30d",
        "--format",
        "html,csv,json",
        "-o",
        tmp_path / "r",
    )
    assert done.returncode == 0, done.stderr
    plan = plan_of(demo)
    index = (tmp_path / "r" / "index.html").read_text()
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    for commune in plan.metropolis.communes:
        assert commune.name.replace("'", "&#39;") in index or commune.name in index
    assert len(report["communes"]) == 28
    assert len(list((tmp_path / "r").glob("33*.html"))) == 28


def test_the_demo_says_what_it_started_and_what_to_try(demo: Running) -> None:
    text = demo.output.read_text()
    for word in ("28 communes", "90 agents SNMP", "30 jours d’historique", f"{demo.url}/metrics", "status --watch"):
        assert word in text
    assert "Traceback" not in text


def test_a_taken_port_is_said_and_the_next_one_used_and_nothing_is_left_behind(tmp_path: Path, demo: Running) -> None:
    command = [sys.executable, "-m", "netmon", "demo", "--listen", demo.address, "--history", "1d", "--for", "2s"]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"{demo.address} est déjà pris" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_demo_tells_nobody_by_itself_and_an_alertmanager_when_asked(demo: Running, tmp_path: Path) -> None:
    assert fetch_json(f"{demo.url}/api/v1/notices")["notices"] == []
    port = free_port()
    with (
        hook() as (webhook, _),
        alertmanager(tmp_path / "am", port, webhook) as manager,
        start(tmp_path, "--history", "1d", "--alertmanager", manager) as told,
    ):
        wait_for(lambda: alerts(manager), 120)
        known = {each["id"] for each in fetch_json(f"{told.url}/api/v1/incidents")["incidents"]}
        for alert in alerts(manager):
            assert alert["labels"]["incident"] in known
            assert alert["generatorURL"].startswith(f"{told.url}/#INC-")
