"""What the collector makes of honest agents."""

import asyncio
import threading

import pytest

from collectors import COLLECTORS
from collectors.snmp import SnmpCollector
from netmon import ber
from netmon.contracts import Collector
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import Secret, SnmpCredential, SnmpEngineName
from tests.collectors.snmp.agents import Agent, Data, Mib, Request, oid, switch
from tests.collectors.snmp.polling import check, family, poll, samples, with_collector

ENGINES: tuple[SnmpEngineName, ...] = ("netmon", "pysnmp")


def ups() -> Data:
    return {
        oid("1.3.6.1.2.1.1.3.0"): (ber.TIME_TICKS, b"\x01"),
        oid("1.3.6.1.2.1.33.1.2.1.0"): (ber.INTEGER, b"\x02"),
        oid("1.3.6.1.2.1.33.1.2.4.0"): (ber.INTEGER, b"\x62"),
        oid("1.3.6.1.2.1.33.1.4.1.0"): (ber.INTEGER, b"\x05"),
        oid("1.3.6.1.2.1.33.1.4.4.1.5.1"): (ber.INTEGER, b"\x1f"),
        oid("1.3.6.1.2.1.33.1.4.4.1.5.2"): (ber.INTEGER, b"\x20"),
    }


def test_the_table_makes_an_snmp_collector() -> None:
    assert isinstance(COLLECTORS["snmp"](), Collector)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_switch_is_up_with_the_names_snmp_exporter_gives(engine: SnmpEngineName) -> None:
    with Agent(Mib(switch())) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=5_000))
    assert (reading.state, reading.reason, reading.uptime) == (State.UP, Reason.OK, 123_456)
    octets = family(reading, "ifHCInOctets")
    assert (octets.kind, octets.label_names) == ("counter", ("ifIndex", "ifAlias", "ifDescr", "ifName"))
    assert octets.series[6] == ("7", "liaison 7 é", "GigabitEthernet1/0/7", "Gi1/0/7")
    assert octets.values[6] == 7 * 987_654_321_987
    assert len(octets.values) == 48
    assert family(reading, "ifHCOutOctets").values[0] == 2**63 + 1
    assert family(reading, "ifOperStatus").values[:6] == (1, 1, 1, 1, 2, 1)
    assert family(reading, "sysUpTime").values == (123_456,)
    assert next(family(reading, "sysName").samples()).labels == (("sysName", "accès-1"),)
    assert family(reading, "ifHCInOctets").help.endswith("- 1.3.6.1.2.1.31.1.1.1.6")


def test_both_engines_read_the_same_of_one_agent() -> None:
    with Agent(Mib(switch(60))) as agent:
        ours, theirs = (samples(poll(check(agent.port, engine=engine, timeout=5_000))) for engine in ENGINES)
    assert ours == theirs
    assert len(ours) == 3 + 60 * 13


def test_a_ups_tells_of_battery_source_and_load() -> None:
    with Agent(Mib(ups())) as agent:
        reading = poll(check(agent.port, modules=("ups_mib",)))
    assert (reading.state, reading.uptime) == (State.UP, 1)
    assert {name: value for (name, _), value in samples(reading).items() if name != "upsOutputPercentLoad"} == {
        "upsBatteryStatus": 2,
        "upsEstimatedChargeRemaining": 98,
        "upsOutputSource": 5,
    }
    load = family(reading, "upsOutputPercentLoad")
    assert (load.label_names, load.series, load.values) == (("upsOutputLineIndex",), (("1",), ("2",)), (31, 32))


def test_a_module_the_device_does_not_have_brings_nothing_and_is_no_fault() -> None:
    with Agent(Mib(ups())) as agent:
        reading = poll(check(agent.port, modules=("if_mib",)))
    assert (reading.state, samples(reading)) == (State.UP, {})


@pytest.mark.parametrize("repetitions", [1, 2, 7, 48, 49, 120])
def test_every_row_comes_through_whatever_the_repetitions(repetitions: int) -> None:
    with Agent(Mib(switch())) as agent:

        async def twice(collector: SnmpCollector) -> list[Reading]:
            asked = check(agent.port, max_repetitions=repetitions)
            return [await collector.collect(asked) for _ in range(3)]

        readings = with_collector(twice)
    assert [len(samples(reading)) for reading in readings] == [3 + 48 * 13] * 3
    assert samples(readings[0]) == samples(readings[2])


def test_the_same_series_are_handed_over_until_a_label_changes() -> None:
    data = switch(4)
    with Agent(Mib(data)) as agent:

        async def four(collector: SnmpCollector) -> list[Reading]:
            readings = [await collector.collect(check(agent.port)) for _ in range(3)]
            data[oid("1.3.6.1.2.1.31.1.1.1.18.3")] = (ber.OCTET_STRING, b"vers Pessac")
            data[oid("1.3.6.1.2.1.31.1.5.0")] = (ber.TIME_TICKS, b"\x07")  # ifTableLastChange
            return [*readings, await collector.collect(check(agent.port))]

        first, second, third, fourth = with_collector(four)
    for old, new in zip(first.families, third.families, strict=True):
        assert old.series is new.series
    assert family(first, "ifInErrors").series is family(second, "ifHCInOctets").series
    assert family(fourth, "ifInErrors").series is family(fourth, "ifHCInOctets").series
    assert family(fourth, "ifInErrors").series[2] == ("3", "vers Pessac", "GigabitEthernet1/0/3", "Gi1/0/3")
    assert family(fourth, "sysName").series is family(first, "sysName").series


def test_changing_values_are_seen_and_unchanged_ones_stay() -> None:
    data = switch(4)
    with Agent(Mib(data)) as agent:

        async def work(collector: SnmpCollector) -> list[Reading]:
            readings = []
            for octets in (b"\x01", b"\x01", b"\x01", b"\x02", b"\x01"):
                data[oid("1.3.6.1.2.1.31.1.1.1.6.2")] = (ber.COUNTER64, octets)
                readings.append(await collector.collect(check(agent.port)))
            return readings

        readings = with_collector(work)
    assert [family(reading, "ifHCInOctets").values[1] for reading in readings] == [1, 1, 1, 2, 1]


def test_ports_that_come_and_go_are_followed() -> None:
    data = switch(4)
    mib = Mib(data)
    with Agent(mib) as agent:

        async def work(collector: SnmpCollector) -> list[int]:
            counts = []
            for ports in (4, 4, 9, 9, 2, 2, 0, 3):
                mib.data = switch(ports)
                mib.names = sorted(mib.data)
                reading = await collector.collect(check(agent.port, max_repetitions=3))
                counts.append(sum(name == "ifHCInOctets" for name, _ in samples(reading)))
            return counts

        assert with_collector(work) == [4, 4, 9, 9, 2, 2, 0, 3]


def test_columns_that_come_and_go_are_not_mistaken_for_each_other() -> None:
    """What is remembered of an answer belongs to its question, wherever in the walk that is asked."""
    whole = switch(3)
    mib = Mib(whole)
    absent = ("1.3.6.1.2.1.2.2.1.2.", "1.3.6.1.2.1.2.2.1.7.", "1.3.6.1.2.1.31.1.1.1.1.", "1.3.6.1.2.1.2.2.1.13.")
    lacking = {name: value for name, value in whole.items() if not ber.format_oid(name).startswith(absent)}
    with Agent(mib) as agent:

        async def work(collector: SnmpCollector) -> list[dict[str, tuple[float, ...]]]:
            seen = []
            for data in (whole, whole, whole, lacking, lacking, lacking, whole):
                mib.data, mib.names = data, sorted(data)
                reading = await collector.collect(check(agent.port, max_repetitions=2))
                seen.append({one.name: one.values for one in reading.families if one.name.startswith("if")})
            return seen

        seen = with_collector(work)
    assert seen[0] == seen[1] == seen[2] == seen[6]
    assert seen[3] == seen[4] == seen[5]
    assert seen[3] == {
        name: values for name, values in seen[0].items() if name not in {"ifAdminStatus", "ifInDiscards"}
    }


def test_a_column_with_holes_keeps_its_values_beside_the_right_ports() -> None:
    data = switch(6)
    del data[oid("1.3.6.1.2.1.2.2.1.14.3")]
    with Agent(Mib(data)) as agent:
        reading = poll(check(agent.port))
    errors = family(reading, "ifInErrors")
    assert [labels[0] for labels in errors.series] == ["1", "2", "4", "5", "6"]
    assert errors.values == (7, 14, 28, 35, 42)


@pytest.mark.parametrize("ports", [127, 128, 140, 300])
def test_interfaces_beyond_number_127_whose_index_takes_two_octets_are_not_lost(ports: int) -> None:
    with Agent(Mib(switch(ports))) as agent:
        reading = poll(check(agent.port, timeout=5_000))
    assert [labels[0] for labels in family(reading, "ifInErrors").series] == [str(n + 1) for n in range(ports)]


def test_a_port_without_alias_has_an_empty_label() -> None:
    data = switch(2)
    del data[oid("1.3.6.1.2.1.31.1.1.1.18.2")]
    with Agent(Mib(data)) as agent:
        reading = poll(check(agent.port))
    assert family(reading, "ifInErrors").series[1] == ("2", "", "GigabitEthernet1/0/2", "Gi1/0/2")


def test_hardware_addresses_are_written_in_hexadecimal() -> None:
    data = switch(1)
    data[oid("1.3.6.1.2.1.2.2.1.6.1")] = (ber.OCTET_STRING, bytes.fromhex("00163eab00ff"))
    with Agent(Mib(data)) as agent:
        address = family(poll(check(agent.port)), "ifPhysAddress")
    assert address.label_names[-1] == "ifPhysAddress"
    assert (address.series[0][-1], address.values) == ("00:16:3E:AB:00:FF", (1,))


def test_octets_that_are_no_utf_8_do_not_break_a_label() -> None:
    data = switch(1)
    data[oid("1.3.6.1.2.1.1.5.0")] = (ber.OCTET_STRING, "accès".encode("latin-1"))
    with Agent(Mib(data)) as agent:
        assert family(poll(check(agent.port)), "sysName").series == (("acc\ufffds",),)


def test_text_where_a_number_belongs_is_left_out() -> None:
    data = switch(2)
    data[oid("1.3.6.1.2.1.2.2.1.14.2")] = (ber.OCTET_STRING, b"many")
    with Agent(Mib(data)) as agent:
        errors = family(poll(check(agent.port)), "ifInErrors")
    assert (len(errors.series), errors.values) == (1, (7,))


def test_rows_with_an_index_that_is_none_of_the_tables_are_left_out() -> None:
    data = switch(2)
    data[oid("1.3.6.1.2.1.2.2.1.14.2.9")] = (ber.COUNTER32, b"\x01")
    with Agent(Mib(data)) as agent:
        errors = family(poll(check(agent.port)), "ifInErrors")
    assert ([labels[0] for labels in errors.series], errors.values) == (["1", "2"], (7, 14))


def test_what_the_poll_cost_is_told() -> None:
    with Agent(Mib(switch())) as agent:
        reading = poll(check(agent.port, modules=("system",)))
    costs = {one.name: one.values[0] for one in reading.families if one.name.startswith("snmp_scrape_")}
    assert costs["snmp_scrape_packets_sent"] == 1
    assert costs["snmp_scrape_packets_retried"] == 0
    assert costs["snmp_scrape_pdus_returned"] == 6  # with snmpEngineBoots and snmpEngineTime
    assert 0 < costs["snmp_scrape_walk_duration_seconds"] <= costs["snmp_scrape_duration_seconds"] < 2


@pytest.mark.parametrize("engine", ENGINES)
def test_verbose_tells_each_step_without_the_community(engine: SnmpEngineName) -> None:
    secret = SnmpCredential("lecture", "2c", Secret("s3cr3t-c0mmunity"))
    with Agent(Mib(switch())) as agent:
        reading = poll(check(agent.port, engine=engine, credential=secret, timeout=5_000), verbose=True)
    assert reading.log[0].startswith("127.0.0.1 at 127.0.0.1 port")
    assert any(line.startswith("GET 1.3.6.1.2.1.1.3.0 and 7 more") for line in reading.log)
    asked = "GETBULK 1.3.6.1.2.1.31.1.1.1.6" + (", 1.3.6.1.2.1.31.1.1.1.7" if engine == "netmon" else "")
    brought = f"{75 if engine == 'netmon' else 25} varbinds"  # the agent lacks one of the four
    assert any(asked in line and brought in line for line in reading.log)
    assert "s3cr3t" not in "\n".join(reading.log)
    with Agent(Mib(switch())) as agent:
        assert poll(check(agent.port)).log == ()


def test_an_agent_behind_ipv6_is_polled() -> None:
    try:
        agent = Agent(Mib(switch(2)), host="::1")
    except OSError:
        pytest.skip("this host has no IPv6")
    with agent:
        reading = poll(check(agent.port, host="::1"))
    assert reading.state is State.UP


def test_an_agent_is_polled_by_name() -> None:
    with Agent(Mib(switch(2))) as agent:
        assert poll(check(agent.port, host="localhost", timeout=5_000)).state in {State.UP, State.DOWN}


def test_a_name_that_does_not_resolve_is_down_and_says_so() -> None:
    reading = poll(check(161, host="nowhere.invalid"))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.RESOLVE_FAILED)
    assert "nowhere.invalid" in reading.detail


@pytest.mark.parametrize(
    ("credential", "detail"),
    [
        (SnmpCredential("lecture", "2c"), "no community"),
        (SnmpCredential("lecture", "1"), "no community"),
        (SnmpCredential("lecture", "3"), "no username"),
        (SnmpCredential("lecture", "3", username="u", auth_protocol="SHA256"), "auth password of at least 8"),
        (
            SnmpCredential(
                "lecture", "3", username="u", auth_protocol="SHA", auth_password=Secret("x" * 8), priv_protocol="AES"
            ),
            "priv password of at least 8",
        ),
    ],
)
def test_an_incomplete_credential_is_our_fault_not_the_agents(credential: SnmpCredential, detail: str) -> None:
    with pytest.raises(CollectError, match=detail) as caught:
        poll(check(161, credential=credential))
    assert caught.value.reason is Reason.CREDENTIAL


def test_without_start_there_is_no_socket_and_the_agent_is_not_blamed() -> None:
    with pytest.raises(CollectError) as caught:
        asyncio.run(SnmpCollector().collect(check(161)))
    assert caught.value.reason is Reason.NO_SOCKET


def test_an_unknown_module_is_named() -> None:
    with pytest.raises(CollectError, match="no_such_mib"):
        poll(check(161, modules=("system", "no_such_mib")))


def test_stop_is_safe_without_start_and_twice() -> None:
    async def work() -> None:
        collector = SnmpCollector()
        await collector.stop()
        await collector.start()
        await collector.stop()
        await collector.stop()

    asyncio.run(work())


def test_two_checks_of_one_agent_never_ask_at_once() -> None:
    mib, inside, overlaps = Mib(switch(3)), threading.Lock(), []

    def answer(message: bytes) -> list[bytes]:
        if not inside.acquire(blocking=False):
            overlaps.append(message)
        try:
            return mib(message)
        finally:
            inside.release()

    with Agent(answer) as agent:

        async def work(collector: SnmpCollector) -> list[Reading]:
            polls = [collector.collect(check(agent.port, name=f"n{number}")) for number in range(4)]
            return await asyncio.gather(*polls)

        readings = with_collector(work)
        asked = [Request(message) for message in agent.received]
    assert {reading.state for reading in readings} == {State.UP}
    assert not overlaps
    starts = [place for place, request in enumerate(asked) if request.pdu == ber.GET_REQUEST]
    assert starts == [place * len(asked) // 4 for place in range(4)]


def test_a_lane_that_stays_taken_is_our_overload() -> None:
    with Agent(lambda _: []) as agent:

        async def work(collector: SnmpCollector) -> list[Reading | BaseException]:
            slow = collector.collect(check(agent.port, timeout=1_000))
            quick = collector.collect(check(agent.port, timeout=300, name="n2"))
            return await asyncio.gather(slow, quick, return_exceptions=True)

        slow, quick = with_collector(work)
    assert isinstance(slow, Reading)
    assert slow.reason is Reason.TIMEOUT
    assert isinstance(quick, CollectError)
    assert quick.reason is Reason.OVERLOAD


def test_a_cancelled_poll_leaves_nothing_behind() -> None:
    with Agent(lambda _: []) as agent:

        async def work(collector: SnmpCollector) -> tuple[int, int]:
            task = asyncio.create_task(collector.collect(check(agent.port)))
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return len(collector._own._transport._pending), sum(
                lane._running for lane in collector._lanes._lanes.values()
            )

        assert with_collector(work) == (0, 0)


def test_many_agents_are_polled_at_once_by_few_sockets() -> None:
    mib = Mib(switch(10))
    agents = [Agent(mib) for _ in range(30)]
    for agent in agents:
        agent.__enter__()
    try:

        async def work(collector: SnmpCollector) -> list[Reading]:
            polls = [collector.collect(check(one.port, name=f"n{one.port}", timeout=8_000)) for one in agents]
            return await asyncio.gather(*polls)

        readings = with_collector(work)
    finally:
        for agent in agents:
            agent.__exit__()
    assert {len(samples(reading)) for reading in readings} == {3 + 10 * 13}


@pytest.mark.parametrize("engine", ENGINES)
def test_verbose_tells_the_object_each_sample_comes_from(engine: SnmpEngineName) -> None:
    with Agent(Mib(switch(3))) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=5_000), verbose=True)
        quiet = poll(check(agent.port, engine=engine, timeout=5_000))
    assert quiet.origins == ()
    places = {(origin.name, origin.labels): origin.place for origin in reading.origins}
    told = {
        (one.name, labels): places.get((one.name, labels))
        for one in reading.families
        for labels in one.series
        if not one.name.startswith(("snmp_", "netmon_"))
    }
    assert None not in told.values()
    assert set(told) == set(places)
    labels = ("2", "liaison 2 é", "GigabitEthernet1/0/2", "Gi1/0/2")
    assert told["ifHCInOctets", labels] == "1.3.6.1.2.1.31.1.1.1.6.2"
    assert told["sysDescr", ("a switch",)] == "1.3.6.1.2.1.1.1.0"
