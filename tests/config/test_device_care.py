"""Keys about how devices are treated: which interfaces are shown, how patient polls are, where traps are awaited."""

from pathlib import Path

import pytest

from netmon.config.interfaces import INTERFACE_TYPES
from netmon.settings import InterfaceRule, SnmpSettings
from tests.config.good import GOOD, changed, problems, read

RULES = """\
interfaces:
  - {action: keep, alias: "^(fibre|liaison) "}
  - {action: drop, type: [softwareLoopback, 53], role: [access_switch]}
  - {action: drop, name: "^Vlan", admin: down}
"""
HTTP = "http: {threads: 8}\n"


def settings(directory: Path, files: dict[str, str]) -> dict[str, SnmpSettings]:
    checks = read(directory, files).inventory.checks.values()
    return {check.node: check.settings for check in checks if isinstance(check.settings, SnmpSettings)}


def test_rules_about_interfaces_reach_the_nodes_whose_role_they_name_in_their_order(tmp_path: Path) -> None:
    found = settings(tmp_path, changed(HTTP, HTTP + RULES))
    uplinks = InterfaceRule(True, alias="^(fibre|liaison) ")
    vlans = InterfaceRule(False, name="^Vlan", admin=(2,))
    assert found["core-1"].interfaces == (uplinks, vlans)
    assert found["sw-begles-1"].interfaces == (uplinks, InterfaceRule(False, types=(24, 53)), vlans)


def test_without_rules_every_interface_is_kept_and_no_traps_are_awaited(tmp_path: Path) -> None:
    configuration = read(tmp_path, GOOD)
    assert configuration.traps is None
    found = settings(tmp_path, GOOD)["core-1"]
    assert (found.interfaces, found.refresh, found.budget, found.parallel) == ((), 3_600_000, None, 1)


def test_patience_with_a_device_is_its_own_over_the_shared_one(tmp_path: Path) -> None:
    files = changed("port: 1161, retries: 2}", "port: 1161, retries: 2, refresh: 10m, budget: 4s, parallel: 2}")
    files["netmon.yml"] = files["netmon.yml"].replace("max_repetitions: 10}", "budget: 9s}")
    found = settings(tmp_path, files)
    assert [(one.refresh, one.budget, one.parallel) for one in (found["core-1"], found["sw-begles-1"])] == [
        (600_000, 4_000, 2),
        (600_000, 9_000, 2),
    ]


def test_traps_are_awaited_where_the_section_says(tmp_path: Path) -> None:
    traps = read(tmp_path, changed(HTTP, HTTP + "traps: {}\n")).traps
    assert traps is not None
    assert (traps.host, traps.port, traps.credentials, traps.per_second, traps.poll_gap) == (
        "127.0.0.1", 1162, (), 10, 10_000,
    )  # fmt: skip
    said = 'traps: {listen: "[::]:1163", credentials: [private], per_second: 3, poll_gap: 1m}\n'
    traps = read(tmp_path, changed(HTTP, HTTP + said)).traps
    assert traps is not None
    assert (traps.host, traps.port, traps.per_second, traps.poll_gap) == ("::", 1163, 3, 60_000)
    assert [credential.name for credential in traps.credentials] == ["private"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("interfaces: [{name: Vlan}]", "interfaces.Vlan.action: is required: whether the interface is shown or not"),
        ("interfaces: [{action: hide}]", "interfaces[0].action: expected one of keep, drop, found 'hide'"),
        (
            "interfaces: [{action: keep}, {action: drop, type: [ethernetCsmacc]}]",
            "ethernetCsmacd, or its number, found 'ethernetCsmacc'; did you mean 'ethernetCsmacd'?",
        ),
        ("interfaces: [{action: drop, name: '('}]", "interfaces.(.name: not a regular expression"),
        ("interfaces: [{action: drop, role: [switch]}]", "interfaces[0].role[0]: expected one of core_router"),
        ("traps: {credentials: [nobody]}", "traps.credentials[0]: no credential has this name"),
        ("traps: {port: 162}", "traps.port: unknown key; known: credentials, listen, per_second, poll_gap"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, said: str, expected: str) -> None:
    found = problems(tmp_path, changed(HTTP, f"{HTTP}{said}\n"))
    assert len(found) == 1
    assert expected in found[0]


def test_no_two_types_of_interface_share_a_number() -> None:
    assert len(set(INTERFACE_TYPES.values())) == len(INTERFACE_TYPES)
