"""Columns that hardly ever change: read when something tells of change, and never shown beside the wrong rows."""

import dataclasses
import time
from collections.abc import Callable

from collectors.snmp import SnmpCollector
from netmon import ber
from netmon.model import Reading, State
from tests.collectors.snmp.agents import Agent, Data, Mib, Request, oid, response, switch
from tests.collectors.snmp.polling import check, family, with_collector

ALIAS, NAME, DESCR = "1.3.6.1.2.1.31.1.1.1.18", "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.2"
IF_LAST_CHANGE = "1.3.6.1.2.1.2.2.1.9"
UPTIME, TABLE_LAST_CHANGE = oid("1.3.6.1.2.1.1.3.0"), oid("1.3.6.1.2.1.31.1.5.0")
BOOTS, ENGINE_TIME = oid("1.3.6.1.6.3.10.2.1.2.0"), oid("1.3.6.1.6.3.10.2.1.3.0")


def number(tag: int, value: int) -> tuple[int, bytes]:
    return tag, ber.encode_integer(value)


class Device:
    """A switch whose objects can be changed between polls, and that knows how often its names were asked for."""

    def __init__(self, ports: int = 4, *, engine: bool = True) -> None:
        self.mib = Mib(switch(ports))
        for port in range(1, ports + 1):
            self.mib.data[(*oid(IF_LAST_CHANGE), port)] = number(ber.TIME_TICKS, 7)
        if engine:
            self.mib.data[BOOTS] = number(ber.INTEGER, 3)
            self.mib.data[ENGINE_TIME] = number(ber.INTEGER, 5_000)
        self.begun = time.monotonic()
        self.uptime = 1_000_000
        self.broken: tuple[int, ...] | None = None
        self.asked: list[tuple[int, ...]] = []
        self.become(self.mib.data)

    def become(self, data: Data) -> None:
        self.mib.data = data
        self.mib.names = sorted(data)

    def __call__(self, message: bytes) -> list[bytes]:
        passed = round((time.monotonic() - self.begun) * 100)
        self.mib.data[UPTIME] = number(ber.TIME_TICKS, (self.uptime + passed) % 2**32)
        request = Request(message)
        self.asked += request.names
        for place, name in enumerate(request.names):
            if self.broken is not None and name[: len(self.broken)] == self.broken:
                return [response(request, [], 5, index=place + 1)]
        return self.mib(message)

    def set(self, name: str, port: int, text: str) -> None:
        self.mib.data[(*oid(name), port)] = (ber.OCTET_STRING, text.encode())

    def reads_of_names(self) -> int:
        """How many requests walked ifName since the last time."""
        column = oid(NAME)
        count = sum(name[: len(column)] == column and len(name) == len(column) for name in self.asked)
        self.asked.clear()
        return count


def labels(reading: Reading) -> list[tuple[str, ...]]:
    return list(family(reading, "ifInErrors").series)


def reads(reading: Reading) -> dict[str, float]:
    found = family(reading, "netmon_snmp_slow_reads_total")
    return {whys[0]: value for whys, value in zip(found.series, found.values, strict=True)}


Step = Callable[[Device], None]


def story(device: Device, *steps: Step, refresh: int = 3_600_000) -> list[Reading]:
    """A poll, then one after each step."""
    with Agent(device) as agent:
        asked = check(agent.port)
        asked = dataclasses.replace(asked, settings=dataclasses.replace(asked.settings, refresh=refresh))

        async def run(collector: SnmpCollector) -> list[Reading]:
            readings = [await collector.collect(asked)]
            for step in steps:
                step(device)
                readings.append(await collector.collect(asked))
            return readings

        return with_collector(run)


def nothing(_: Device) -> None:
    pass


def test_names_are_not_read_again_while_nothing_changes() -> None:
    device, counts = Device(), []
    readings = story(device, *[lambda device: counts.append(device.reads_of_names())] * 4)
    assert [*counts, device.reads_of_names()] == [1, 0, 0, 0, 0]
    assert labels(readings[-1]) == labels(readings[0])
    assert labels(readings[0])[2] == ("3", "liaison 3 é", "GigabitEthernet1/0/3", "Gi1/0/3")
    assert family(readings[0], "ifInErrors").series is family(readings[-1], "ifInErrors").series
    assert family(readings[-1], "ifHighSpeed").values == (1000,) * 4
    assert reads(readings[-1]) == {"first": 1}


def test_a_slow_column_that_is_not_read_costs_no_packet() -> None:
    sent = [family(one, "snmp_scrape_packets_sent").values[0] for one in story(Device(), nothing)]
    assert sent[1] <= sent[0] - 5


def rename(device: Device) -> None:
    device.set(ALIAS, 2, "vers Pessac")


def test_a_new_alias_is_shown_after_the_set_time() -> None:
    _, second, third = story(Device(), rename, lambda _: time.sleep(0.3), refresh=250)
    assert labels(second)[1][1] == "liaison 2 é"
    assert labels(third)[1][1] == "vers Pessac"
    assert reads(third) == {"first": 1, "age": 1}


def test_a_change_of_the_table_has_everything_read_at_once() -> None:
    def change(device: Device) -> None:
        rename(device)
        device.mib.data[TABLE_LAST_CHANGE] = number(ber.TIME_TICKS, 123_400)

    _, second, third = story(Device(), change, nothing)
    assert labels(second)[1][1] == "vers Pessac"
    assert reads(third) == {"first": 1, "table": 1}


def flap(device: Device, *ports: int) -> None:
    for port in ports:
        device.mib.data[(*oid(IF_LAST_CHANGE), port)] = number(ber.TIME_TICKS, 123_400)


def test_a_changed_link_has_its_own_row_read_and_no_other() -> None:
    def change(device: Device) -> None:
        device.asked.clear()
        rename(device)
        device.set(ALIAS, 3, "not looked at")
        flap(device, 2)

    device = Device()
    _, second, third = story(device, change, nothing)
    assert [row[1] for row in labels(second)] == ["liaison 1 é", "vers Pessac", "liaison 3 é", "liaison 4 é"]
    assert family(second, "ifHCInOctets").series is family(second, "ifInErrors").series
    assert reads(third) == {"first": 1, "link": 1}
    assert device.reads_of_names() == 0


def test_many_changed_links_have_the_columns_read() -> None:
    def change(device: Device) -> None:
        device.asked.clear()
        rename(device)
        flap(device, *range(1, 7))

    device = Device(8)
    _, second = story(device, change)
    assert labels(second)[1][1] == "vers Pessac"
    assert reads(second) == {"first": 1, "link": 1}
    assert device.reads_of_names() == 1


def renumber(device: Device) -> None:
    """The same ports under other numbers: 1 to 4 become 4 to 1."""
    for column in (ALIAS, NAME, DESCR):
        texts = [device.mib.data[(*oid(column), port)] for port in (1, 2, 3, 4)]
        for port, text in zip((4, 3, 2, 1), texts, strict=True):
            device.mib.data[(*oid(column), port)] = text


def restart(device: Device) -> None:
    device.begun, device.uptime = time.monotonic(), 1_500


def test_numbers_given_anew_by_a_restart_never_show_old_names() -> None:
    def change(device: Device) -> None:
        renumber(device)
        restart(device)

    for engine in (True, False):
        _, second, third = story(Device(engine=engine), change, nothing)
        assert [row[3] for row in labels(second)] == ["Gi1/0/4", "Gi1/0/3", "Gi1/0/2", "Gi1/0/1"]
        assert reads(third) == {"first": 1, "restart": 1}


def test_a_restart_that_only_the_boots_tell_of_is_enough() -> None:
    """sysUpTime comes round just so: by itself it says that all went on."""

    def change(device: Device) -> None:
        time.sleep(0.6)
        renumber(device)
        device.mib.data[BOOTS] = number(ber.INTEGER, 4)
        device.mib.data[ENGINE_TIME] = number(ber.INTEGER, 1)

    device = Device()
    device.uptime = 2**32 - 50
    _, second = story(device, change)
    assert [row[3] for row in labels(second)] == ["Gi1/0/4", "Gi1/0/3", "Gi1/0/2", "Gi1/0/1"]
    assert (second.engine_boots, second.engine_time) == (4, 1)


def test_sysuptime_coming_round_after_497_days_reads_nothing_wrong() -> None:
    device = Device()
    device.uptime = 2**32 - 50
    _, second = story(device, lambda _: time.sleep(0.6))
    assert labels(second)[0][3] == "Gi1/0/1"
    assert second.state is State.UP


def test_rows_that_come_and_go_have_the_names_read_in_the_same_poll() -> None:
    """An agent that has neither ifTableLastChange nor an engine; the new port takes the number of the old."""

    def fewer(device: Device) -> None:
        data = {name: value for name, value in device.mib.data.items() if name[-1] != 4 or len(name) < 11}
        device.become(data)

    def another(device: Device) -> None:
        fresh = Device(5, engine=False).mib.data
        device.become({**{name: value for name, value in fresh.items() if name != TABLE_LAST_CHANGE}})
        device.set(NAME, 4, "Te1/1/1")

    device = Device(engine=False)
    del device.mib.data[TABLE_LAST_CHANGE]
    device.become(device.mib.data)
    _, second, third = story(device, fewer, another)
    assert [row[3] for row in labels(second)] == ["Gi1/0/1", "Gi1/0/2", "Gi1/0/3"]
    assert [row[3] for row in labels(third)] == ["Gi1/0/1", "Gi1/0/2", "Gi1/0/3", "Te1/1/1", "Gi1/0/5"]


def test_names_that_cannot_be_read_after_a_restart_are_left_empty_and_asked_for_again() -> None:
    def change(device: Device) -> None:
        renumber(device)
        restart(device)
        device.broken = oid(NAME)

    def mend(device: Device) -> None:
        device.broken = None

    _, second, third = story(Device(), change, mend)
    assert second.state is State.DEGRADED
    assert [row[3] for row in labels(second)] == ["", "", "", ""]
    assert [row[3] for row in labels(third)] == ["Gi1/0/4", "Gi1/0/3", "Gi1/0/2", "Gi1/0/1"]
    assert third.state is State.UP


def test_names_that_cannot_be_read_for_age_alone_stay_as_they_were() -> None:
    def wait(device: Device) -> None:
        time.sleep(0.15)
        device.broken = oid(NAME)

    _, second = story(Device(), wait, refresh=100)
    assert second.state is State.DEGRADED
    assert [row[3] for row in labels(second)] == ["Gi1/0/1", "Gi1/0/2", "Gi1/0/3", "Gi1/0/4"]


def test_an_agent_that_falls_silent_spoils_nothing_that_is_known() -> None:
    silent = Device()
    answers = silent.__call__
    quiet = [False]
    with Agent(lambda message: [] if quiet[0] else answers(message)) as agent:

        async def run(collector: SnmpCollector) -> list[Reading]:
            asked = check(agent.port, timeout=400)
            readings = [await collector.collect(asked)]
            quiet[0] = True
            readings.append(await collector.collect(asked))
            quiet[0] = False
            return [*readings, await collector.collect(asked)]

        first, second, third = with_collector(run)
    assert (first.state, second.state, third.state) == (State.UP, State.DOWN, State.UP)
    assert reads(third) == {"first": 1}


def test_an_agent_that_fails_for_what_nobody_asked_is_asked_without_it() -> None:
    """GET of snmpEngineBoots brings genErr: the poll is none the worse."""
    device = Device()
    answers: Callable[[bytes], list[bytes]] = device.__call__

    def picky(message: bytes) -> list[bytes]:
        request = Request(message)
        return [response(request, [], 5, index=1)] if BOOTS in request.names else answers(message)

    with Agent(picky) as agent:

        async def run(collector: SnmpCollector) -> list[Reading]:
            return [await collector.collect(check(agent.port)) for _ in range(2)]

        first, second = with_collector(run)
        gets = [Request(message) for message in agent.received if Request(message).pdu == ber.GET_REQUEST]
    assert (first.state, second.state) == (State.UP, State.UP)
    assert [BOOTS in request.names for request in gets] == [True, False, False]


def test_what_an_agent_lacks_is_not_asked_for_at_every_poll() -> None:
    device = Device(engine=False)
    with Agent(device) as agent:

        async def run(collector: SnmpCollector) -> None:
            for _ in range(3):
                await collector.collect(check(agent.port))

        with_collector(run)
        gets = [Request(message) for message in agent.received if Request(message).pdu == ber.GET_REQUEST]
    assert [BOOTS in request.names for request in gets] == [True, False, False]
    assert all(TABLE_LAST_CHANGE in request.names for request in gets)


def test_the_boots_and_time_of_the_engine_are_told_to_the_judge() -> None:
    (first,) = story(Device())
    assert (first.engine_boots, first.engine_time) == (3, 5_000)
    (without,) = story(Device(engine=False))
    assert (without.engine_boots, without.engine_time) == (None, None)
    assert without.uptime is not None
