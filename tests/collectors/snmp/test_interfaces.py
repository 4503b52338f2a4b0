"""Which interfaces are shown: the operator's rules, first match wins, and how many they keep."""

import dataclasses

import pytest

from collectors.snmp import SnmpCollector
from netmon import ber
from netmon.model import Reading
from netmon.settings import InterfaceRule
from netmon.snmpmodules import Index, Metric, Module
from tests.collectors.snmp.agents import Agent, Data, Mib, oid, switch
from tests.collectors.snmp.polling import check, family, with_collector

ETHERNET, LOOPBACK, VLAN = 6, 24, 135

KEEP_ALL: tuple[InterfaceRule, ...] = ()


def device() -> Data:
    """Four ports, a loopback (5, without alias) and two VLANs (6, 7); ports 3 and VLAN 7 are administratively down."""
    data = switch(7)
    for port in range(1, 8):
        kind = ETHERNET if port < 5 else LOOPBACK if port == 5 else VLAN
        data[(*oid("1.3.6.1.2.1.2.2.1.3"), port)] = (ber.INTEGER, ber.encode_integer(kind))
        data[(*oid("1.3.6.1.2.1.2.2.1.7"), port)] = (ber.INTEGER, b"\x02" if port in {3, 7} else b"\x01")
    for port, name in ((5, "Lo0"), (6, "Vlan10"), (7, "Vlan20")):
        data[(*oid("1.3.6.1.2.1.31.1.1.1.1"), port)] = (ber.OCTET_STRING, name.encode())
        data[(*oid("1.3.6.1.2.1.2.2.1.2"), port)] = (ber.OCTET_STRING, f"Interface {name}".encode())
    del data[oid("1.3.6.1.2.1.31.1.1.1.18.5")]
    return data


def polls(
    rules: tuple[InterfaceRule, ...], mib: Mib, *changes: Data, modules: dict[str, Module] | None = None
) -> list[Reading]:
    """A poll of the device, then one after it became each of ``changes``."""

    async def run(collector: SnmpCollector) -> list[Reading]:
        readings = [await collector.collect(asked)]
        for change in changes:
            mib.data, mib.names = change, sorted(change)
            readings.append(await collector.collect(asked))
        return readings

    with Agent(mib) as agent:
        asked = check(agent.port, modules=tuple(modules or ("system", "if_mib")))
        asked = dataclasses.replace(asked, settings=dataclasses.replace(asked.settings, interfaces=rules))
        if modules is None:
            return with_collector(run)
        return with_collector(lambda _: _with(SnmpCollector(modules), run))


async def _with(collector: SnmpCollector, run: object) -> list[Reading]:
    await collector.start()
    try:
        return await run(collector)  # type: ignore[operator, no-any-return]
    finally:
        await collector.stop()


def shown(reading: Reading, name: str = "ifHCInOctets") -> list[int]:
    return [int(labels[0]) for labels in family(reading, name).series]


def counts(reading: Reading) -> dict[str, float]:
    told = family(reading, "netmon_snmp_interfaces")
    return {decision[0]: value for decision, value in zip(told.series, told.values, strict=True)}


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        pytest.param(KEEP_ALL, [1, 2, 3, 4, 5, 6, 7], id="without rules all are kept"),
        pytest.param((InterfaceRule(False, name="^Vlan"),), [1, 2, 3, 4, 5], id="by ifName"),
        pytest.param((InterfaceRule(False, name="^Interface"),), [1, 2, 3, 4], id="by ifDescr"),
        pytest.param((InterfaceRule(False, alias="liaison [1-4] é"),), [5, 6, 7], id="by ifAlias"),
        pytest.param((InterfaceRule(False, alias="^$"),), [1, 2, 3, 4, 6, 7], id="an alias that is missing is empty"),
        pytest.param((InterfaceRule(False, types=(LOOPBACK, VLAN)),), [1, 2, 3, 4], id="by ifType"),
        pytest.param((InterfaceRule(False, admin=(2,)),), [1, 2, 4, 5, 6], id="by ifAdminStatus"),
        pytest.param((InterfaceRule(False, types=(VLAN,), admin=(2,)),), [1, 2, 3, 4, 5, 6], id="all conditions hold"),
        pytest.param(
            (InterfaceRule(True, name="Vlan10"), InterfaceRule(False, types=(VLAN,))),
            [1, 2, 3, 4, 5, 6],
            id="the first match decides",
        ),
        pytest.param(
            (InterfaceRule(False, types=(VLAN,)), InterfaceRule(True, name="Vlan10")),
            [1, 2, 3, 4, 5],
            id="a later match does not",
        ),
        pytest.param(
            (InterfaceRule(True, alias="[24] é$"), InterfaceRule(False)), [2, 4], id="a rule without conditions is last"
        ),
        pytest.param((InterfaceRule(False),), [], id="nothing at all"),
    ],
)
def test_rules_choose_interfaces(rules: tuple[InterfaceRule, ...], kept: list[int]) -> None:
    (reading,) = polls(rules, Mib(device()))
    families = [one for one in reading.families if one.label_names[:1] == ("ifIndex",)]
    assert {tuple(int(labels[0]) for labels in one.series) for one in families} in ({tuple(kept)}, set())
    assert counts(reading) == {"kept": len(kept), "dropped": 7 - len(kept)}
    assert reading.detail == ""


def test_a_port_is_shown_as_soon_as_it_is_switched_on() -> None:
    on = device()
    on[oid("1.3.6.1.2.1.2.2.1.7.3")] = (ber.INTEGER, b"\x01")
    first, second, third = polls((InterfaceRule(False, admin=(2,)),), Mib(device()), on, device())
    assert [shown(one) for one in (first, second, third)] == [[1, 2, 4, 5, 6], [1, 2, 3, 4, 5, 6], [1, 2, 4, 5, 6]]


def test_labels_stay_the_same_object_while_the_choice_does() -> None:
    first, second = polls((InterfaceRule(False, types=(VLAN,)),), Mib(device()), device())
    assert family(first, "ifInErrors").series is family(second, "ifInErrors").series
    assert family(first, "ifHighSpeed").series is family(second, "ifHCInOctets").series


def test_ports_that_come_and_go_are_judged_too() -> None:
    more = device()
    for column in ("1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.2"):
        for port, name in ((8, b"Vlan30"), (9, b"Te1/1/1")):
            value = (ber.COUNTER64, b"\x01") if column.endswith("1.6") else (ber.OCTET_STRING, name)
            more[(*oid(column), port)] = value
    _, second = polls((InterfaceRule(False, name="^Vlan"),), Mib(device()), more)
    assert shown(second) == [1, 2, 3, 4, 5, 9]
    assert counts(second) == {"kept": 6, "dropped": 3}


def test_rules_reach_every_table_that_interfaces_lead_and_no_other() -> None:
    """A module of a file, which asks for no names: what the rules need is read besides."""
    first = Index("ifIndex")
    metrics = (
        Metric("perInterface", "1.3.6.1.4.1.99999.1.1", "gauge", "one", (first,)),
        Metric("perQueue", "1.3.6.1.4.1.99999.2.1", "gauge", "many", (first, Index("queue"))),
        Metric("perFan", "1.3.6.1.4.1.99999.3.1", "gauge", "none", (Index("fan"),)),
    )
    module = Module("private", ("1.3.6.1.4.1.99999",), (), metrics)
    data = device()
    for port in (1, 5, 6, 300):
        data[(*oid("1.3.6.1.4.1.99999.1.1"), port)] = (ber.INTEGER, b"\x01")
        data[(*oid("1.3.6.1.4.1.99999.3.1"), port)] = (ber.INTEGER, b"\x01")
        for queue in (0, 1):
            data[(*oid("1.3.6.1.4.1.99999.2.1"), port, queue)] = (ber.INTEGER, b"\x01")
    data[oid("1.3.6.1.2.1.31.1.1.1.1.300")] = (ber.OCTET_STRING, b"Vlan300")
    (reading,) = polls((InterfaceRule(False, name="^Vlan"),), Mib(data), modules={"private": module})
    assert shown(reading, "perInterface") == [1, 5]
    assert list(family(reading, "perQueue").series) == [("1", "0"), ("1", "1"), ("5", "0"), ("5", "1")]
    assert shown(reading, "perFan") == [1, 5, 6, 300]
    assert {one.name for one in reading.families if not one.name.startswith(("snmp_scrape", "netmon_"))} == {
        "perInterface", "perQueue", "perFan",
    }  # fmt: skip


def test_a_device_without_interfaces_has_none_counted() -> None:
    system = {
        "system": Module("system", (), ("1.3.6.1.2.1.1.5.0",), (Metric("sysName", "1.3.6.1.2.1.1.5", "gauge", "n"),))
    }
    (reading,) = polls((InterfaceRule(False),), Mib(device()), modules=system)
    assert "netmon_snmp_interfaces" not in {one.name for one in reading.families}
