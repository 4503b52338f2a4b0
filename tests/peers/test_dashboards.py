"""Every question of every dashboard, ours and the community's, to a real Prometheus that scraped the demo."""

import re
import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import pytest

from netmon.sla.counters import HOLD
from tests.daemon.daemon import daemon, netmon
from tests.exporters.grafana.reading import Target, filled, shipped, targets_of
from tests.peers.programs import fetch, fetch_json, free_port, prometheus, wait_for
from tests.peers.test_alertmanager_alerts import alertmanager
from tests.peers.test_demo import Running, query, start

pytestmark = [pytest.mark.peer, pytest.mark.timeout(300)]

ENGLISH = [dashboard for dashboard in shipped() if dashboard["uid"].endswith("-en")]
TARGETS = [target for dashboard in ENGLISH for target in targets_of(dashboard)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo that tells an Alertmanager of its incidents."""
    port = free_port()
    with (
        alertmanager(tmp_path_factory.mktemp("alertmanager"), port, "http://127.0.0.1:1/") as told,
        start(tmp_path_factory.mktemp("demo"), "--history", "7d", "--alertmanager", told) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def probing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A netmon that probes whatever is on loopback, as blackbox_exporter would; its address."""
    directory, port = tmp_path_factory.mktemp("probing"), free_port()
    (directory / "blackbox.yml").write_text(
        "modules: {http_2xx: {prober: http, http: {tls_config: {insecure_skip_verify: true}}}}\n"
    )
    file = directory / "netmon.yml"
    file.write_text(
        f"data_dir: var\nweb: {{listen: '127.0.0.1:{port}', probe_allow: [127.0.0.0/8]}}\n"
        "probe: {module_files: [blackbox.yml]}\n"
    )
    with daemon(file, port):
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="module")
def site(demo: Running) -> str:
    """A web site of the demo, by the address of its server."""
    text = (demo.directory / "bordeaux-metropole" / "checks.yml").read_text()
    found = re.search(r'url: "?https://.*\n\s+connect_to: "?([\d.:]+)', text)
    assert found, text[:1000]
    return f"https://{found[1]}/"


@pytest.fixture(scope="module")
def device(demo: Running) -> str:
    """A device of the demo, by its address."""
    text = (demo.directory / "bordeaux-metropole" / "nodes.yml").read_text()
    found = re.search(r'id: core-lac-1\b[^}]*?address: "?([\d.:]+)', text)
    assert found, text[:1000]
    return found[1]


@pytest.fixture(scope="module")
def asked(
    demo: Running, probing: str, site: str, device: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A Prometheus that has scraped the demo long enough for rates; its address. Somebody handles an incident."""
    jobs = (
        multi_target("snmp", "/snmp", {"module": "[system, if_mib]"}, device, demo.address),
        multi_target("blackbox", "/probe", {"module": "[http_2xx]"}, site, probing),
        f"{{job_name: twin, scrape_interval: 10s, static_configs: [{{targets: ['{demo.address}']}}]}}",
    )
    with prometheus(tmp_path_factory.mktemp("prometheus"), demo.address, "5s", more=jobs) as url:
        main = demo.directory / "netmon.yml"
        done = netmon("maintenance", "add", "core-lac-1", "--for", "1h", "-m", "essai", "-c", main)
        assert done.returncode == 0, done.stderr
        wait_for(lambda: 'object="web-portail-citoyens"' in (fetch(f"{demo.url}/metrics") or ""), 60)
        done = netmon("incidents", "notify", "web-portail-citoyens", "-c", main, "--author", "test")
        assert done.returncode == 0, done.stderr
        wait_for(lambda: query(url, "netmon_incident_restore_deadline_timestamp_seconds"), 60)
        wait_for(lambda: query(url, "count(rate(ifHCInOctets{job='netmon'}[1m])) > 1000"), 90)
        wait_for(lambda: query(url, "rate(ifHCInOctets{job='snmp'}[1m])"), 90)
        wait_for(lambda: query(url, "probe_success{job='blackbox'} == 1"), 90)
        yield url


def multi_target(job: str, path: str, parameters: dict[str, str], target: str, exporter: str) -> str:
    """A scrape configuration as the two exporters' documentation has it."""
    asked = ", ".join(f"{name}: {value}" for name, value in parameters.items())
    return (
        f"{{job_name: {job}, metrics_path: {path}, params: {{{asked}}}, static_configs: [{{targets: ['{target}']}}], "
        "relabel_configs: [{source_labels: [__address__], target_label: __param_target}, "
        f"{{source_labels: [__param_target], target_label: instance}}, "
        f"{{target_label: __address__, replacement: '{exporter}'}}]}}"
    )


@pytest.mark.timeout(900)
def test_every_question_has_an_answer(asked: str) -> None:
    """Some after a while: counters of contracts move minutes after the start, and stand still around midnight."""
    silent = TARGETS
    deadline = time.monotonic() + 240 + HOLD / 1000
    while silent and time.monotonic() < deadline:
        silent = [target for target in silent if not query(asked, target.expr)]
        time.sleep(2 if silent else 0)
    assert [(target.place, target.expr) for target in silent] == []


def answered(url: str, question: str, chosen: Mapping[str, str] = MappingProxyType({})) -> Any:
    """The first answer there is, waited for; fails when there is none in time."""
    variable = re.fullmatch(r"label_values\((.+), (\w+)\)", question)
    asked = f"count by ({variable[2]}) ({variable[1]})" if variable else question
    return wait_for(lambda: query(url, filled(asked, chosen)), 60)


def test_every_question_drawn_over_time_can_be_asked_over_time(asked: str) -> None:
    """Where Grafana draws a line it asks for a range: what parses at one instant need not."""
    for target in TARGETS:
        if target.kind in {"timeseries", "state-timeline"}:
            answer = over_time(asked, target)
            assert answer["status"] == "success", (target, answer)


def test_a_second_netmon_that_sees_the_same_changes_no_figure(asked: str) -> None:
    """What netmon tells of itself aside: the work of two is the sum of theirs."""
    one, two = ([*chosen_of("netmon")], [*chosen_of("netmon|twin")])
    assert len(one) > 100

    def differing() -> list[tuple[str, str, str]]:
        return [
            target.place for target, twice in zip(one, two, strict=True)
            if not alike(query(asked, target.expr), query(asked, twice.expr))
        ]  # fmt: skip

    wait_for(lambda: query(asked, "rate(ifHCInOctets{job='twin'}[1m])"), 90)
    wait_for(lambda: not differing(), 60)


def chosen_of(job: str) -> Iterator[Target]:
    for dashboard in ENGLISH:
        if dashboard["uid"] != "netmon-netmon-en":
            yield from targets_of(dashboard, {"job": job})


def alike(one: list[Any], other: list[Any]) -> bool:
    """As many series, and about as much in all: scrapes are seconds apart, and the demo goes on."""
    first, second = (sum(abs(float(sample["value"][1])) for sample in samples) for samples in (one, other))
    return len(one) == len(other) and abs(first - second) <= 0.3 * max(first, second)


def over_time(url: str, target: Target) -> Any:
    now = time.time()
    return fetch_json(
        f"{url}/api/v1/query_range?" + urlencode({"query": target.expr, "start": now - 60, "end": now, "step": 15})
    )


def test_every_variable_has_values(asked: str) -> None:
    for dashboard in ENGLISH:
        for variable in dashboard["templating"]["list"]:
            if "definition" in variable:
                answered(asked, variable["definition"])


def test_choosing_a_device_narrows_every_question_about_it_to_it(asked: str) -> None:
    chosen = {"node": "core-lac-1", "site": "dc-lac", "commune": "Bordeaux", "interface": "TenGigabitEthernet1/1/3"}
    dashboard = next(dashboard for dashboard in ENGLISH if dashboard["uid"] == "netmon-node-en")
    for target in targets_of(dashboard, chosen):
        for sample in query(asked, target.expr):
            assert sample["metric"].get("node", "core-lac-1") == "core-lac-1", target
            assert sample["metric"].get("ifDescr", chosen["interface"]) == chosen["interface"], target


def test_annotations_find_the_incidents_and_the_works_that_are_open(asked: str) -> None:
    for dashboard in ENGLISH:
        for annotation in dashboard["annotations"]["list"]:
            answered(asked, annotation["target"]["expr"])


def test_the_map_has_a_series_for_each_tile(asked: str) -> None:
    dashboard = next(dashboard for dashboard in ENGLISH if dashboard["uid"] == "netmon-metropole-en")
    canvas = next(panel for panel in dashboard["panels"] if panel["type"] == "canvas")
    tiles = {element["background"]["color"]["field"] for element in canvas["options"]["root"]["elements"]}
    answer = query(asked, filled(canvas["targets"][0]["expr"]))
    assert {sample["metric"]["commune"] for sample in answer} == tiles
    assert all(0 <= float(sample["value"][1]) <= 1 for sample in answer)


# --- the community's dashboards ---------------------------------------------------------------------------------------

SNMP_STATS = (
    'sysUpTime{job="$Job"} * 10',
    *(f'max(irate({name}{{job="$Job"}}[5m]))' for name in ("ifHCInOctets", "ifHCOutOctets")),
    *(f'max(delta({name}{{job="$Job"}}[$__range]))' for name in ("ifHCInOctets", "ifHCOutOctets")),
    *(f'irate({name}{{job="$Job"}}[5m])' for name in ("ifHCInOctets", "ifHCOutOctets")),
    *(f'delta({name}{{job="$Job"}}[$__range])' for name in ("ifHCInOctets", "ifHCOutOctets")),
    'ifHighSpeed{job="$Job"}',
    '-irate(ifHCInOctets{job="$Job"}[5m])',
)
"""Every question of "SNMP Stats" (11169), as its version 28 has them."""
IF_MIB = (
    "label_values(ifHCInOctets, instance)",
    'sysUpTime{instance="$device"} * 10',
    'sysName{instance="$device"}',
    'sum(irate(ifHCInOctets{instance="$device"}[1m]) * 8)',
    'sum(irate(ifHCOutOctets{instance="$device"}[1m]) * 8)',
    'max(irate(ifHCInOctets{instance="$device"}[1m]) * 8)',
    'max(delta(ifHCOutOctets{instance="$device"}[1m]))',
    'irate(ifHCInOctets{instance="$device", ifDescr=~".+"}[1m]) * 8',
    'irate(ifHCOutOctets{instance="$device", ifName=~".+", ifAlias=~".+"}[1m]) * 8',
    'ifOperStatus{instance="$device", ifIndex=~".+"}',
    'ifAdminStatus{instance="$device"}',
    'sysUpTime{instance="$device"} - on (instance) group_right () ifLastChange{instance="$device"}',
    'ifHighSpeed{instance="$device"}',
    'max by (ifDescr) (ifSpeed{instance="$device"})',
    'max by (ifDescr) (ifMtu{instance="$device"})',
    'count by (ifDescr, ifType) (ifType_info{instance="$device"})',
    'count by (ifDescr, ifPhysAddress) (ifPhysAddress{instance="$device"})',
    'rate(ifInErrors{instance="$device"}[1m]) + rate(ifOutErrors{instance="$device"}[1m])',
    'rate(ifInDiscards{instance="$device"}[1m]) + rate(ifOutDiscards{instance="$device"}[1m])',
    'snmp_scrape_duration_seconds{instance="$device"}',
)
"""What descendants of "SNMP Stats" (19299, 23022), notes about them and Grafana's own SNMP dashboard ask."""
BLACKBOX = (
    "label_values(probe_success, instance)",
    'probe_success{instance=~"$target"}',
    'probe_duration_seconds{instance=~"$target"}',
    'probe_http_duration_seconds{instance=~"$target"}',
    'probe_http_status_code{instance=~"$target"}',
    'probe_http_version{instance=~"$target"}',
    'probe_http_ssl{instance=~"$target"}',
    'probe_ssl_earliest_cert_expiry{instance=~"$target"} - time()',
    'avg(probe_duration_seconds{instance=~"$target"})',
    'avg(probe_dns_lookup_time_seconds{instance=~"$target"})',
)
"""Every question of "Prometheus Blackbox Exporter" (7587), as its file has them."""


@pytest.mark.parametrize("job", ["snmp", "netmon"])
def test_snmp_stats_finds_what_it_asks_for(asked: str, job: str) -> None:
    """Of devices asked over /snmp, and of those behind /metrics; what it names interfaces by is there."""
    answered(asked, "label_values(ifHCInOctets, job)")
    for question in SNMP_STATS:
        labels = [sample["metric"].keys() for sample in answered(asked, question, {"Job": job})]
        assert "ifH" not in question or "max" in question or any({"ifName", "ifAlias"} <= each for each in labels)


@pytest.mark.parametrize("question", IF_MIB)
def test_dashboards_after_it_find_what_they_ask_for(asked: str, demo: Running, device: str, question: str) -> None:
    """Of a device asked over /snmp, and of all devices behind /metrics."""
    for instance in (device, demo.address):
        ambiguous = instance == demo.address and "group_right" in question
        if not ambiguous:
            answered(asked, question, {"device": instance})


@pytest.mark.parametrize("question", BLACKBOX)
def test_the_dashboard_of_blackbox_exporter_finds_what_it_asks_for(
    asked: str, demo: Running, site: str, question: str
) -> None:
    """Of a site asked over /probe, and of all sites behind /metrics."""
    for instance in (re.escape(site), re.escape(demo.address)):
        chosen = {"target": instance.replace("\\", "\\\\")}
        answered(asked, question, chosen)


def test_the_names_of_phases_and_statuses_are_those_the_dashboard_draws(asked: str, site: str) -> None:
    phases = query(asked, 'count by (phase) (probe_http_duration_seconds{job="blackbox"})')
    assert {sample["metric"]["phase"] for sample in phases} == {"resolve", "connect", "tls", "processing", "transfer"}
    [status] = query(asked, 'probe_http_status_code{job="blackbox"}')
    assert (status["metric"]["instance"], status["value"][1]) == (site, "200")
