"""How a device is treated: one poll at a time, within its budget; and faults of ours are never called its own."""

import asyncio
import dataclasses
import gc
import time

import pytest

from collectors.snmp import SnmpCollector
from collectors.snmp.lanes import Allowance, Lane, Lanes
from collectors.snmp.lateness import Lateness
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading, State
from netmon.settings import Secret, SnmpCredential, SnmpSettings
from tests.collectors.snmp.agents import Agent, Mib, Request, oid, response, switch
from tests.collectors.snmp.polling import check, family, poll, samples, with_collector
from tests.collectors.snmp.snmpd import Snmpd

IF_ALIAS = oid("1.3.6.1.2.1.31.1.1.1.18")


def told(reading: Reading, name: str) -> dict[tuple[str, ...], float]:
    found = family(reading, name)
    return dict(zip(found.series, found.values, strict=True))


def treated(asked: Check, **settings: object) -> Check:
    assert isinstance(asked.settings, SnmpSettings)
    return dataclasses.replace(asked, settings=dataclasses.replace(asked.settings, **settings))  # type: ignore[arg-type]


# --- Modules


def test_a_module_that_fails_takes_nothing_from_the_others_and_is_named() -> None:
    mib = Mib(switch(3))

    def picky(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.names[0][: len(IF_ALIAS)] == IF_ALIAS:
            return [response(request, [], 5)]
        return mib(message)

    with Agent(picky) as agent:
        reading = poll(check(agent.port, modules=("system", "if_mib", "ups_mib")))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)
    assert told(reading, "netmon_snmp_module_up") == {("system",): 1, ("if_mib",): 0, ("ups_mib",): 1}
    assert {"sysName", "ifHCInOctets", "ifOperStatus"} <= {name for name, _ in samples(reading)}


def test_of_a_silent_agent_no_module_came_through() -> None:
    with Agent(lambda _: []) as agent:
        reading = poll(check(agent.port, timeout=200))
    assert told(reading, "netmon_snmp_module_up") == {("system",): 0, ("if_mib",): 0}


# --- Turns and budgets


def test_an_agent_is_asked_by_two_polls_at_once_where_that_is_allowed() -> None:
    """It answers nobody before two have asked."""
    mib, seen = Mib(switch(2)), set()

    def answer(message: bytes) -> list[bytes]:
        seen.add(Request(message).id)
        return mib(message) if len(seen) > 1 else []

    with Agent(answer) as agent:

        async def work(collector: SnmpCollector) -> list[Reading]:
            asked = [treated(check(agent.port, name=f"n{number}", retries=9), parallel=2) for number in range(3)]
            return await asyncio.gather(*map(collector.collect, asked))

        readings = with_collector(work)
    assert [reading.state for reading in readings] == [State.UP] * 3


def test_turns_are_given_in_the_order_they_were_asked_for() -> None:
    order: list[int] = []

    async def one(lane: Lane, number: int) -> None:
        async with lane.turn(Allowance(60), 5):
            order.append(number)
            await asyncio.sleep(0.01)

    async def run() -> None:
        lane = Lane()
        await asyncio.gather(*(one(lane, number) for number in range(5)))

    asyncio.run(run())
    assert order == [0, 1, 2, 3, 4]


def test_a_turn_given_to_somebody_who_has_gone_goes_to_the_next() -> None:
    async def run() -> list[str]:
        lane, had = Lane(), []

        async def one(name: str, patience: float) -> None:
            async with lane.turn(Allowance(60), patience):
                had.append(name)

        async with lane.turn(Allowance(60), 1):
            gone = asyncio.create_task(one("gone", 5))
            late = asyncio.create_task(one("late", 0.02))
            here = asyncio.create_task(one("here", 5))
            await asyncio.sleep(0.05)
            gone.cancel()
        await asyncio.gather(gone, late, here, return_exceptions=True)
        assert isinstance(late.exception(), CollectError)
        async with lane.turn(Allowance(60), 0.1):
            had.append("after")
        return had

    assert asyncio.run(run()) == ["here", "after"]


def test_a_budget_counts_the_time_of_the_last_interval_whoever_spent_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    lane, allowance = Lane(), Allowance(30, budget=10)

    async def spend(seconds: float) -> float:
        async with lane.turn(allowance, 1) as left:
            now[0] += seconds
            return left

    assert asyncio.run(spend(6)) == 10
    assert asyncio.run(spend(4)) == 4
    assert (lane.used(allowance), lane.exceeded) == (10, 1)
    with pytest.raises(CollectError, match="its budget of 10 s in 30 s is used up by other polls") as caught:
        asyncio.run(spend(1))
    assert caught.value.reason is Reason.OVERLOAD
    assert lane.exceeded == 2
    now[0] += 20
    assert asyncio.run(spend(1)) == 6
    now[0] += 60
    assert (asyncio.run(spend(1)), lane.used(allowance)) == (10, 1)


def test_a_poll_each_interval_never_meets_its_own_time_of_the_interval_before(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    lane, allowance = Lane(), Allowance(10, budget=4)

    async def spend() -> float:
        async with lane.turn(allowance, 1) as left:
            now[0] += 3.9
            return left

    for number in range(20):
        now[0] = 10 * number + (0.3 if number % 2 else 0.0)
        assert asyncio.run(spend()) == 4
    assert lane.exceeded == 0


def test_without_a_budget_time_is_only_counted() -> None:
    with Agent(Mib(switch(2))) as agent:
        reading = poll(check(agent.port))
    assert 0 < told(reading, "netmon_snmp_budget_used_ratio")[()] < 0.5
    assert told(reading, "netmon_snmp_budget_exceeded_total") == {(): 0}


def test_a_poll_ends_with_the_budget_and_the_operator_sees_it_exceeded() -> None:
    mib = Mib(switch(8))

    def slow(message: bytes) -> list[bytes]:
        time.sleep(0.03)
        return mib(message)

    with Agent(slow) as agent:

        async def work(collector: SnmpCollector) -> tuple[Reading, float]:
            begun = time.monotonic()
            reading = await collector.collect(treated(check(agent.port, timeout=8_000, retries=0), budget=300))
            return reading, time.monotonic() - begun

        reading, took = with_collector(work)
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)
    assert "time was up" in reading.detail
    assert took < 4
    assert told(reading, "netmon_snmp_budget_used_ratio")[()] >= 1
    assert told(reading, "netmon_snmp_budget_exceeded_total") == {(): 1}


def test_lanes_and_sizes_are_let_go_of_with_the_checks_that_used_them() -> None:
    with Agent(Mib(switch(2))) as agent:

        async def work(collector: SnmpCollector) -> list[tuple[int, int]]:
            sizes = []
            for name in ("n1", "n2"):
                await collector.collect(check(agent.port, name=name))
            sizes.append((len(collector._lanes), len(collector._paces)))
            collector.forget("n1/snmp")
            sizes.append((len(collector._lanes), len(collector._paces)))
            collector.forget("n2/snmp")
            collector.forget("never-seen")
            gc.collect()
            return [*sizes, (len(collector._lanes), len(collector._paces))]

        assert with_collector(work) == [(1, 1), (1, 1), (0, 0)]


def test_lanes_are_one_for_each_device() -> None:
    lanes = Lanes()
    one = lanes.of(("127.0.0.1", 161))
    assert lanes.of(("127.0.0.1", 161)) is one
    assert lanes.of(("127.0.0.1", 162)) is not one


# --- Faults of ours


def test_silence_while_netmon_itself_stood_still_is_our_overload_not_an_outage() -> None:
    """The answers come, but nobody is there to take them before time is up."""
    with Agent(Mib(switch(2))) as agent:

        async def work(collector: SnmpCollector) -> Reading | BaseException:
            task = asyncio.create_task(collector.collect(check(agent.port, timeout=400, retries=0)))
            await asyncio.sleep(0)
            agent.answer = lambda _: []
            await asyncio.sleep(0.02)
            time.sleep(0.7)  # noqa: ASYNC251 - what is tried here
            return (await asyncio.gather(task, return_exceptions=True))[0]

        outcome = with_collector(work)
    if isinstance(outcome, Reading):
        assert outcome.state is State.UP  # all had been answered before
    else:
        assert isinstance(outcome, CollectError)
        assert outcome.reason is Reason.OVERLOAD
        assert "netmon stood still for 0." in outcome.detail


def test_an_agent_that_is_silent_while_we_are_well_is_down() -> None:
    with Agent(lambda _: []) as agent:
        assert poll(check(agent.port, timeout=300, retries=0)).reason is Reason.TIMEOUT


def test_lateness_is_measured_only_while_polls_are_under_way() -> None:
    async def run() -> tuple[float, float, float]:
        lateness = Lateness()
        begun = time.monotonic()
        lateness.begin()
        await asyncio.sleep(0.02)
        time.sleep(0.3)  # noqa: ASYNC251 - what is tried here
        standing = lateness.worst(begun)
        await asyncio.sleep(0.15)
        remembered = lateness.worst(begun)
        lateness.end()
        later = lateness.worst(time.monotonic())
        await asyncio.sleep(0.25)
        assert lateness._timer is None
        return standing, remembered, later

    standing, remembered, later = asyncio.run(run())
    assert 0.15 < standing < 5
    assert 0.15 < remembered < 5
    assert later == 0.0


# --- A real agent


@pytest.mark.peer
def test_snmpd_tells_its_boots_over_v2c_and_v3_alike_and_its_names_are_read_once() -> None:
    auth, priv = Secret("password-of-auth"), Secret("password-of-priv")
    v3 = SnmpCredential("privacy", "3", None, "sha256user", "SHA256", auth, "AES", priv)
    with Snmpd() as agent:

        async def work(collector: SnmpCollector) -> list[Reading]:
            asked = [check(agent.port, timeout=8_000), check(agent.port, timeout=8_000, credential=v3, name="n2")]
            return [await collector.collect(one) for one in (*asked, *asked)]

        readings = with_collector(work)
    assert {reading.state for reading in readings} == {State.UP}
    assert len({reading.engine_boots for reading in readings}) == 1
    assert readings[0].engine_boots is not None
    assert all(reading.engine_time is not None and reading.engine_time < 60 for reading in readings)
    assert [told(reading, "netmon_snmp_slow_reads_total") for reading in readings] == [{("first",): 1}] * 4
    names = [[labels[3] for labels in family(reading, "ifMtu").series] for reading in readings]
    assert names[0] == names[1] == names[2] == names[3]
