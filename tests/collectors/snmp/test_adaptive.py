"""How many rows are asked for at once: fewer where answers do not come, remembered, and more again with care."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp import SnmpCollector
from collectors.snmp.adaptive import Pace
from netmon import ber
from netmon.model import Reading, State
from netmon.settings import SnmpEngineName
from tests.collectors.snmp.agents import Agent, Mib, Request, response, switch
from tests.collectors.snmp.polling import check, family, samples, with_collector


def cuts(reading: Reading) -> dict[str, float]:
    """How often fewer rows were asked for, by why."""
    found = [one for one in reading.families if one.name == "netmon_snmp_max_repetitions_cut_total"]
    return {labels[0]: value for one in found for labels, value in zip(one.series, one.values, strict=True)}


def answered(pace: Pace, times: int) -> None:
    for _ in range(times):
        pace.answered(pace.size)


def test_a_refused_size_is_halved_down_to_one() -> None:
    pace, sizes = Pace(25), []
    for _ in range(6):
        pace.refused(pace.size)
        sizes.append(pace.size)
    assert sizes == [12, 6, 3, 1, 1, 1]
    assert pace.cuts == {"too_big": 4, "timeout": 0}


def test_one_loss_may_be_chance_two_in_a_row_are_not() -> None:
    pace = Pace(24)
    pace.lost(24)
    pace.answered(24)
    pace.lost(24)
    assert (pace.size, pace.cuts) == (24, {"too_big": 0, "timeout": 0})
    pace.lost(24)
    assert (pace.size, pace.cuts) == (12, {"too_big": 0, "timeout": 1})


def test_answers_to_short_requests_do_not_make_it_grow() -> None:
    pace = Pace(32)
    pace.refused(32)
    for _ in range(10_000):
        pace.answered(8)
    assert pace.size == 16


def test_it_grows_back_after_a_calm_time_and_waits_longer_after_each_failure() -> None:
    pace = Pace(32)
    waits = []
    for _ in range(5):
        pace.lost(32)
        pace.lost(32)
        assert pace.size == 16
        count = 0
        while pace.size == 16:
            pace.answered(16)
            count += 1
        waits.append(count)
    assert waits == [256, 512, 1_024, 2_048, 4_096]


def test_what_was_is_forgotten_after_a_long_good_time() -> None:
    pace = Pace(32)
    for wait in (256, 512, 1_024):
        pace.refused(32)
        answered(pace, wait)
        assert pace.size == 32
    answered(pace, 10_000)
    pace.refused(32)
    answered(pace, 256)
    assert pace.size == 32


def test_a_new_ceiling_is_kept_to() -> None:
    pace = Pace(32)
    pace.limit(64)
    assert pace.size == 64
    pace.refused(64)
    pace.limit(10)
    assert pace.size == 10
    pace.limit(100)
    assert pace.size == 100


@given(st.lists(st.tuples(st.sampled_from(["refused", "lost", "answered"]), st.integers(1, 300))), st.integers(1, 200))
def test_the_size_stays_between_one_and_the_ceiling_whatever_happens(
    happened: list[tuple[str, int]], ceiling: int
) -> None:
    pace = Pace(ceiling)
    for what, asked in happened:
        before = pace.size
        getattr(pace, what)(asked)
        assert 1 <= pace.size <= ceiling
        assert pace.size >= before or what != "answered"
        assert pace.size <= before or what == "answered"


# --- With agents


@pytest.mark.parametrize("engine", ["netmon", "pysnmp"])
def test_an_agent_that_drops_long_answers_is_read_whole_and_asked_for_little_from_then_on(
    engine: SnmpEngineName,
) -> None:
    """As where fragments of UDP are dropped on the way: long answers never come."""
    mib, sizes = Mib(switch(20)), []

    def short_only(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.pdu == ber.GET_BULK_REQUEST:
            sizes.append(request.second)
            if request.second > 8:
                return []
        return mib(message)

    with Agent(short_only) as agent:

        async def polls(collector: SnmpCollector) -> list[Reading]:
            asked = check(agent.port, timeout=2_000, retries=7, engine=engine)
            readings = [await collector.collect(asked)]
            sizes.append(0)
            return [*readings, await collector.collect(asked)]

        first, second = with_collector(polls)
    if engine == "netmon":
        assert (first.state, len(samples(first))) == (State.UP, 3 + 20 * 13)
        assert cuts(first) == {"too_big": 0, "timeout": 2}
        assert sizes[:4] == [25, 25, 12, 6]
        assert sizes[sizes.index(0) + 1 :].count(25) == 0
        assert cuts(second)["timeout"] >= 2
    assert second.state in {State.UP, State.DEGRADED}


def test_what_a_device_cannot_take_is_remembered_from_poll_to_poll_and_shared_by_its_checks() -> None:
    mib, sizes = Mib(switch(20)), []

    def small(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.pdu == ber.GET_BULK_REQUEST:
            sizes.append(request.second)
            if request.second > 7:
                return [response(request, [], 1)]
        return mib(message)

    with Agent(small) as agent:

        async def polls(collector: SnmpCollector) -> list[Reading]:
            readings = [await collector.collect(check(agent.port))]
            sizes.clear()
            readings.append(await collector.collect(check(agent.port)))
            readings.append(await collector.collect(check(agent.port, name="n2")))
            return readings

        readings = with_collector(polls)
    assert {reading.state for reading in readings} == {State.UP}
    assert max(sizes) == 6
    assert [family(reading, "netmon_snmp_max_repetitions").values for reading in readings] == [(6,)] * 3
    assert [cuts(reading) for reading in readings] == [{"too_big": 2, "timeout": 0}] * 3


def test_an_agent_that_recovers_is_asked_for_much_again() -> None:
    mib, sizes, weak = Mib(switch(40)), [], [True]

    def recovering(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.pdu == ber.GET_BULK_REQUEST:
            sizes.append(request.second)
            if weak[0] and request.second > 10:
                return [response(request, [], 1)]
        return mib(message)

    with Agent(recovering) as agent:

        async def polls(collector: SnmpCollector) -> int:
            await collector.collect(check(agent.port))
            weak[0] = False
            for _ in range(40):
                await collector.collect(check(agent.port))
            return sizes[-1]

        with_collector(polls)
    assert max(sizes[-40:]) >= 24
