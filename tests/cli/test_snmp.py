"""``netmon snmp describe``, as users run it."""

import json
from pathlib import Path

import pytest

from collectors.snmp.describe import cost
from collectors.snmp.modules import MODULES
from netmon import ber
from netmon.settings import SNMP_MODULES
from tests.collectors.snmp.agents import Agent, Mib, oid
from tests.collectors.snmp.polling import check, family, poll
from tests.daemon.daemon import netmon


@pytest.mark.parametrize("module", SNMP_MODULES)
def test_every_built_in_module_is_described_whole(module: str) -> None:
    estimate = cost(MODULES[module], 48)
    assert estimate.gets >= 1
    assert estimate.varbinds >= estimate.bulks
    assert estimate.requests == estimate.gets + estimate.bulks


def test_a_module_is_told_by_tables_with_labels_and_lookups() -> None:
    done = netmon("snmp", "describe", "if_mib", "--interfaces", "48")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "if_mib · built in"
    assert "  ifAlias ← 1.3.6.1.2.1.31.1.1.1.18 at ifIndex" in lines
    assert any(line.split() == ["ifHCInOctets", "1.3.6.1.2.1.31.1.1.1.6", "counter"] for line in lines)
    assert any(line.split() == ["ifType_info", "1.3.6.1.2.1.2.2.1.3", "EnumAsInfo"] for line in lines)
    assert "  walk: 1.3.6.1.2.1.2, 1.3.6.1.2.1.31.1.1" in lines
    sent = _sent_for(48)
    assert lines[-1].startswith(f"with 48 rows a table: {sent} requests at most (1 GET, {sent - 1} GETBULK)")


def _sent_for(ports: int) -> float:
    """What the first poll of a switch with all of if_mib's columns sends."""
    columns = {metric.oid for metric in MODULES["if_mib"].metrics if metric.oid != "1.3.6.1.2.1.2.1"}
    columns |= {lookup.oid for metric in MODULES["if_mib"].metrics for lookup in metric.lookups}
    data = {(*oid(column), port): (ber.INTEGER, b"\x01") for column in columns for port in range(1, ports + 1)}
    data |= {oid("1.3.6.1.2.1.1.3.0"): (ber.TIME_TICKS, b"\x07"), oid("1.3.6.1.2.1.99.0"): (ber.INTEGER, b"\x01")}
    with Agent(Mib(data)) as agent:
        reading = poll(check(agent.port, modules=("if_mib",), timeout=10_000))
    return family(reading, "snmp_scrape_packets_sent").values[0]


def test_the_same_as_json() -> None:
    document = json.loads(netmon("snmp", "describe", "bgp4_mib", "--json").stdout)
    assert (document["schema_version"], document["module"], document["source"]) == (1, "bgp4_mib", "built in")
    state = next(one for one in document["metrics"] if one["metric"] == "bgpPeerState")
    assert state["labels"] == ["bgpPeerRemoteAddr"]
    assert state["index"] == [{"label": "bgpPeerRemoteAddr", "type": "InetAddressIPv4"}]


def test_a_module_of_a_file_is_described_with_its_place_and_settings(tmp_path: Path) -> None:
    (tmp_path / "snmp.yml").write_text(
        "auths: {public_v2: {community: public, version: 2}}\n"
        "modules:\n"
        "  mine:\n"
        "    walk: [1.3.6.1.2.1.2.2.1.8]\n"
        "    max_repetitions: 10\n"
        "    metrics:\n"
        "      - {name: ifOperStatus, oid: 1.3.6.1.2.1.2.2.1.8, type: gauge, help: state,\n"
        "         indexes: [{labelname: ifIndex, type: gauge}]}\n"
        "      - {name: ifSpeed, oid: 1.3.6.1.2.1.2.2.1.5, type: gauge, help: speed,\n"
        "         indexes: [{labelname: ifIndex, type: gauge}]}\n"
    )
    file = tmp_path / "netmon.yml"
    file.write_text("snmp: {module_files: [snmp.yml]}\n")
    done = netmon("snmp", "describe", "mine", "-c", file)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("mine · ")
    assert "snmp.yml:3" in lines[0]
    assert "  max_repetitions: 10" in lines
    assert any("ifSpeed (not asked for)" in line for line in lines)
    assert lines[-1].startswith("with 48 rows a table: 6 requests at most (1 GET, 5 GETBULK)")


def test_an_unknown_module_is_a_usage_error_with_the_nearest_name() -> None:
    done = netmon("snmp", "describe", "if_mibs")
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr == "netmon snmp describe: no module 'if_mibs'; did you mean 'if_mib'?\n"
