"""From nothing to real devices: a real snmpd, polled by the daemon and probed by hand."""

import json
from pathlib import Path

import pytest

from tests.daemon.daemon import configuration, daemon, netmon
from tests.peers.programs import fetch, snmpd, wait_for

pytestmark = pytest.mark.peer

NODE = """credentials: {{lecture: {{version: 2c, community: "${{file:community}}"}}}}
snmp: {{credential: lecture}}
nodes: [{{id: sw-1, site: mairie, role: access_switch, address: "127.0.0.1:{port}"{more}}}]
services: [{{id: reseau, name: Réseau, family: network, communes: [Bègles], expression: sw-1}}]
"""


@pytest.mark.parametrize("engine", ["netmon", "pysnmp"])
def test_a_real_agent_is_probed_step_by_step(tmp_path: Path, engine: str) -> None:
    (tmp_path / "community").write_text("tests\n")
    with snmpd(tmp_path) as port:
        patient = f", snmp: {{engine: {engine}}}, interval: 10s, timeout: 9s"
        file, _ = configuration(tmp_path, NODE.format(port=port, more=patient))
        done = netmon("probe", "-c", file, "sw-1/snmp", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["state"]) == (0, "up")
    assert document["steps"]
    names = {sample["name"] for sample in document["samples"]}
    assert {"sysUpTime", "ifOperStatus", "ifHCInOctets"} <= names
    assert any(sample["labels"].get("sysName") == "real-agent" for sample in document["samples"])
    assert "tests" not in json.dumps(document["settings"])


def test_a_wrong_community_is_a_timeout_that_says_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "community").write_text("wrong\n")
    with snmpd(tmp_path) as port:
        file, _ = configuration(tmp_path, NODE.format(port=port, more=""))
        done = netmon("probe", "-c", file, "sw-1")
    assert done.returncode == 2
    assert "timeout" in done.stdout
    assert "community" in done.stdout


def test_a_real_agent_is_watched_stopped_and_seen_down(tmp_path: Path) -> None:
    (tmp_path / "community").write_text("tests\n")
    with snmpd(tmp_path) as agent:
        file, port = configuration(tmp_path, NODE.format(port=agent, more=""))
        metrics = f"http://127.0.0.1:{port}/metrics"
        labels = 'commune="Bègles",site="mairie",node="sw-1",check="snmp"'
        running = daemon(file, port)
        running.__enter__()
        wait_for(lambda: f"netmon_check_up{{{labels}}} 1" in (fetch(metrics) or ""))
        assert "ifHCInOctets{" in (fetch(metrics) or "")
    try:
        wait_for(lambda: f"netmon_check_up{{{labels}}} 0" in (fetch(metrics) or ""))
        text = fetch(metrics) or ""
        assert "ifHCInOctets{" not in text
        assert f'netmon_check_failures_total{{{labels},reason="timeout"}}' in text
        status = netmon("status", "--url", f"http://127.0.0.1:{port}", "--exit-code", "--lang", "en")
        assert status.returncode == 2
        assert "sw-1" in status.stdout
    finally:
        running.__exit__(None, None, None)
