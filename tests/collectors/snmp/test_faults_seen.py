"""Faults SNMP libraries are known for, as an operator would meet them: none loses data, invents any, or spreads."""

import asyncio
import contextlib

import pytest

from collectors.snmp import SnmpCollector
from netmon import ber
from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.settings import SnmpEngineName
from tests.collectors.snmp.agents import Agent, Data, Mib, Request, oid, response, switch
from tests.collectors.snmp.polling import check, family, poll, samples, with_collector

ENGINES: tuple[SnmpEngineName, ...] = ("netmon", "pysnmp")
OWN: tuple[SnmpEngineName, ...] = ("netmon",)


@pytest.mark.parametrize("engine", OWN)  # pysnmp drops the whole answer
def test_counters_an_agent_sends_as_negative_numbers_are_read_unsigned_beside_all_others(
    engine: SnmpEngineName,
) -> None:
    data = switch(4)
    for column in ("1.3.6.1.2.1.2.2.1.14", "1.3.6.1.2.1.2.2.1.13"):
        data[(*oid(column), 2)] = (ber.COUNTER32, b"\xff\xff\xff\xfe")
        data[(*oid(column), 3)] = (ber.COUNTER32, b"\x80\x00\x00\x00")
    data[(*oid("1.3.6.1.2.1.31.1.1.1.6"), 2)] = (ber.COUNTER64, b"\xff" * 8)
    with Agent(Mib(data)) as agent:
        reading = poll(check(agent.port, engine=engine))
    assert (reading.state, reading.detail) == (State.UP, "")
    assert family(reading, "ifInErrors").values == (7, 2**32 - 2, 2**31, 28)
    assert family(reading, "ifHCInOctets").values[1] == 2**64 - 1
    assert len(samples(reading)) == 3 + 4 * 13


@pytest.mark.parametrize("engine", ENGINES)
def test_the_end_of_the_mib_behind_the_last_column_is_no_fault(engine: SnmpEngineName) -> None:
    data = switch(3)
    del data[oid("1.3.6.1.2.1.31.1.5.0")]
    with Agent(Mib(data)) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=5_000))
    assert (reading.state, len(samples(reading))) == (State.UP, 3 + 3 * 13)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("tag", [ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE])
def test_an_object_the_agent_lacks_is_left_out_and_the_others_of_the_same_answer_are_not(
    engine: SnmpEngineName, tag: int
) -> None:
    mib = Mib({name: value for name, value in switch(1).items() if name != oid("1.3.6.1.2.1.1.5.0")})

    def lacking(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.pdu != ber.GET_REQUEST:
            return mib(message)
        return [response(request, [(name, *mib.data.get(name, (tag, b""))) for name in request.names])]

    with Agent(lacking) as agent:
        reading = poll(check(agent.port, engine=engine, modules=("system",), timeout=5_000))
    assert (reading.state, reading.uptime) == (State.UP, 123_456)
    assert {name for name, _ in samples(reading)} == {"sysDescr", "sysUpTime"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_that_is_empty_for_now_is_no_fault_and_shows_nothing(engine: SnmpEngineName) -> None:
    with Agent(Mib(switch(0))) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=5_000))
    assert (reading.state, {name for name, _ in samples(reading)}) == (State.UP, {"sysDescr", "sysName", "sysUpTime"})


@pytest.mark.parametrize("engine", OWN)
def test_a_reading_is_the_same_whatever_order_late_and_double_answers_come_in(engine: SnmpEngineName) -> None:
    """Before each answer comes the one before it once more, and each comes twice."""
    mib, before = Mib(switch(6)), [b""]

    def muddled(message: bytes) -> list[bytes]:
        answer = mib(message)[0]
        answers = [before[0], answer, answer, before[0]]
        before[0] = answer
        return [one for one in answers if one]

    with Agent(muddled) as agent, Agent(mib) as honest:
        assert samples(poll(check(agent.port, engine=engine))) == samples(poll(check(honest.port)))


def test_one_target_in_five_silent_costs_the_others_nothing() -> None:
    """40 agents, 8 of them silent: every other one is whole and in time, and the silent ones are named."""
    mib = Mib(switch(12))
    with contextlib.ExitStack() as stack:
        agents = [stack.enter_context(Agent((lambda _: []) if place % 5 == 0 else mib)) for place in range(40)]

        async def work(collector: SnmpCollector) -> list[Reading]:
            polls = [collector.collect(check(one.port, name=f"n{one.port}", timeout=4_000)) for one in agents]
            return await asyncio.gather(*polls)

        readings = with_collector(work)
    silent, good = readings[::5], [reading for place, reading in enumerate(readings) if place % 5]
    assert {(reading.state, reading.reason) for reading in silent} == {(State.DOWN, Reason.TIMEOUT)}
    assert {(reading.state, len(samples(reading))) for reading in good} == {(State.UP, 3 + 12 * 13)}
    assert max(family(reading, "snmp_scrape_duration_seconds").values[0] for reading in good) < 3.5


def moved(data: Data, ports: int) -> Data:
    """The same device with other values: what an answer of the poll before would show."""
    changed = dict(data)
    for port in range(1, ports + 1):
        changed[(*oid("1.3.6.1.2.1.2.2.1.14"), port)] = (ber.COUNTER32, ber.encode_integer(1_000 + port))
    return changed


def test_an_answer_to_the_poll_before_never_shows_in_the_next() -> None:
    mib, kept = Mib(switch(3)), []

    def stale(message: bytes) -> list[bytes]:
        answers = mib(message)
        late = kept[:1]
        kept[:] = [*kept[-40:], answers[0]]
        return [*late, *answers]

    with Agent(stale) as agent:

        async def twice(collector: SnmpCollector) -> Reading:
            await collector.collect(check(agent.port))
            mib.data = moved(mib.data, 3)
            return await collector.collect(check(agent.port))

        assert family(with_collector(twice), "ifInErrors").values == (1_001, 1_002, 1_003)
