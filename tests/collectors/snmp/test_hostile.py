"""Agents that are silent, lie, loop or shout: bounded, named, and without a trace in the next poll."""

import asyncio
import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from collectors.snmp import SnmpCollector
from collectors.snmp.contract import Limits
from netmon import ber
from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.settings import SnmpEngineName
from tests.collectors.snmp.agents import Agent, Mib, Request, oid, response, switch
from tests.collectors.snmp.polling import check, family, poll, samples, with_collector

IF_IN_OCTETS = oid("1.3.6.1.2.1.31.1.1.1.6")
FOLLOWING = oid("1.3.6.1.2.1.31.1.5.0")
ENGINES: tuple[SnmpEngineName, ...] = ("netmon", "pysnmp")

Answer = Callable[[bytes], list[bytes]]


def about(message: bytes, column: tuple[int, ...]) -> bool:
    """Whether the request walks ``column``."""
    request = Request(message)
    return request.pdu == ber.GET_BULK_REQUEST and request.names[0][: len(column)] == column


def honest_but(column: tuple[int, ...], fault: Answer, ports: int = 8) -> Answer:
    """A switch that is itself except where ``column`` is walked."""
    mib = Mib(switch(ports))
    return lambda message: fault(message) if about(message, column) else mib(message)


def costs(reading: Reading) -> dict[str, float]:
    return {one.name.removeprefix("snmp_scrape_"): one.values[0] for one in reading.families if "scrape" in one.name}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_silent_agent_is_down_by_timeout_and_the_detail_says_what_looks_the_same(engine: SnmpEngineName) -> None:
    with Agent(lambda _: []) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=600, retries=2))
        port = agent.port
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TIMEOUT)
    assert reading.detail == (
        f"no answer from 127.0.0.1:{port} after 3 tries: "
        "host down, filtered, agent stopped or wrong community look the same"
    )
    assert samples(reading) == {}


def test_retries_repeat_the_very_same_request() -> None:
    with Agent(lambda _: []) as agent:
        reading = poll(check(agent.port, timeout=600, retries=3), verbose=True)
        received = list(agent.received)
    assert len(received) == 4
    assert len(set(received)) == 1
    assert (costs(reading)["packets_sent"], costs(reading)["packets_retried"]) == (4, 3)
    assert sum("retry" in line for line in reading.log) == 3


def test_without_retries_one_try_is_all() -> None:
    with Agent(lambda _: []) as agent:
        assert "after 1 try:" in poll(check(agent.port, timeout=200, retries=0)).detail
        assert len(agent.received) == 1


def test_nobody_listening_is_a_timeout_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert poll(check(port, timeout=300)).reason is Reason.TIMEOUT


def test_lost_answers_are_made_up_for_by_retries() -> None:
    mib, seen = Mib(switch(8)), set()

    def lossy(message: bytes) -> list[bytes]:
        first = message not in seen
        seen.add(message)
        return [] if first and len(seen) % 2 == 0 else mib(message)

    with Agent(lossy) as agent:
        reading = poll(check(agent.port, timeout=4_000, retries=19))
    assert reading.state is State.UP
    assert len(samples(reading)) == 3 + 8 * 13
    assert costs(reading)["packets_retried"] > 3


def test_late_answers_to_the_first_try_are_taken_and_the_second_ones_ignored() -> None:
    """Every answer comes when the question has been asked twice, and twice then."""
    mib, asked = Mib(switch(2)), {}

    def late(message: bytes) -> list[bytes]:
        asked[message] = asked.get(message, 0) + 1
        return mib(message) * 2 if asked[message] == 2 else []

    with Agent(late) as agent:
        reading = poll(check(agent.port, timeout=2_000, retries=19, modules=("system",)))
    assert (reading.state, len(samples(reading))) == (State.UP, 3)


def test_duplicates_change_nothing() -> None:
    mib = Mib(switch(8))
    with Agent(lambda message: mib(message) * 3) as agent:
        reading = poll(check(agent.port))
    assert (reading.state, len(samples(reading))) == (State.UP, 3 + 8 * 13)


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (lambda _: [b"\xde\xad\xbe\xef"], "1 unreadable answer from"),
        (lambda _: [b"", b"\x30\x80", b"HTTP/1.1 400 Bad Request\r\n\r\n"], "3 unreadable answers from"),
        (lambda message: [message], "1 unreadable answer from"),
    ],
    ids=["noise", "several", "echo"],
)
def test_garbage_alone_is_named_garbage(answer: Answer, detail: str) -> None:
    with Agent(answer) as agent:
        reading = poll(check(agent.port, timeout=300, retries=0), verbose=True)
    assert (reading.state, reading.reason) == (State.DOWN, Reason.GARBAGE)
    assert reading.detail.startswith(detail)
    assert any("unreadable answer to GET" in line for line in reading.log)


def test_garbage_before_the_answer_does_not_matter() -> None:
    mib = Mib(switch(2))
    with Agent(lambda message: [b"\x30\x03\x02\x01", *mib(message)]) as agent:
        assert poll(check(agent.port)).state is State.UP


def test_truncated_answers_are_not_taken_for_whole_ones() -> None:
    mib = Mib(switch(8))
    with Agent(honest_but(IF_IN_OCTETS, lambda message: [mib(message)[0][:-3]])) as agent:
        reading = poll(check(agent.port, timeout=500))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)
    assert "if_mib incomplete" in reading.detail
    assert "unreadable" in reading.detail


def test_varbinds_broken_inside_an_intact_frame_are_not_taken_either() -> None:
    def broken(message: bytes) -> list[bytes]:
        request = Request(message)
        whole = response(request, [((*IF_IN_OCTETS, port), ber.COUNTER64, b"\x07") for port in range(1, 4)])
        return [whole[:-2] + b"\x09\x07"]  # the last value says nine octets and has one

    with Agent(honest_but(IF_IN_OCTETS, broken)) as agent:
        reading = poll(check(agent.port, timeout=500))
    assert reading.state is State.DEGRADED
    assert "ifHCInOctets" not in {name for name, _ in samples(reading)}


@pytest.mark.parametrize("shift", [1, -1, 0x1000000])
def test_an_answer_with_another_request_id_is_ignored(shift: int) -> None:
    def wrong(message: bytes) -> list[bytes]:
        request = Request(message)
        return [response(request, [(request.names[0], ber.TIME_TICKS, b"\x01")], request_id=request.id + shift)]

    with Agent(wrong) as agent:
        assert poll(check(agent.port, timeout=300)).reason is Reason.TIMEOUT


def test_a_reply_from_another_address_is_ignored_and_told_of() -> None:
    mib = Mib(switch(2))
    with Agent(lambda _: []) as agent, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        elsewhere = other.getsockname()[1]
        agent.answer = mib
        agent.send = other.sendto  # type: ignore[method-assign, assignment]
        reading = poll(check(agent.port, timeout=400))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TIMEOUT)
    assert f"one came from 127.0.0.1:{elsewhere}, which we do not believe" in reading.detail


@pytest.mark.parametrize("engine", ENGINES)
def test_an_agent_that_repeats_rows_is_a_loop(engine: SnmpEngineName) -> None:
    def loop(message: bytes) -> list[bytes]:
        request = Request(message)
        columns = [name[: len(IF_IN_OCTETS)] for name in request.names]
        rows = [((*column, port), ber.COUNTER64, b"\x07") for port in (1, 2, 3) for column in columns]
        return [response(request, rows)]

    with Agent(honest_but(IF_IN_OCTETS, loop)) as agent:
        reading = poll(check(agent.port, engine=engine, modules=("if_mib",), timeout=5_000))
        walked = sum(about(message, IF_IN_OCTETS) for message in agent.received)
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.OID_LOOP)
    assert "repeats rows of 1.3.6.1.2.1.31.1.1.1.6 after 3: walk abandoned" in reading.detail
    assert walked == 2
    names = {name for name, _ in samples(reading)}
    assert "ifInErrors" in names
    assert "ifHCInOctets" not in names


@pytest.mark.parametrize("engine", ENGINES)
def test_an_agent_without_end_is_abandoned(engine: SnmpEngineName) -> None:
    def endless(message: bytes) -> list[bytes]:
        request = Request(message)
        last = request.names[0][-1] if len(request.names[0]) > len(IF_IN_OCTETS) else 0
        rows = range(last + 1, last + 1 + request.second)
        return [response(request, [((*IF_IN_OCTETS, row), ber.COUNTER64, b"\x07") for row in rows])]

    with Agent(honest_but(IF_IN_OCTETS, endless)) as agent:
        asked = check(agent.port, engine=engine, modules=("if_mib",), timeout=8_000)
        reading = poll(asked, limits=Limits(rows=500))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.OID_LOOP)
    assert "has no end" in reading.detail
    assert "ifHCInOctets" not in {name for name, _ in samples(reading)}


@pytest.mark.parametrize("limits", [Limits(varbinds=60), Limits(octets=2_000)], ids=["varbinds", "octets"])
def test_an_agent_that_sends_more_than_we_take_is_stopped(limits: Limits) -> None:
    with Agent(Mib(switch())) as agent:
        reading = poll(check(agent.port, modules=("if_mib",)), limits=limits)
        assert len(agent.received) < 8
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.TOO_LARGE)
    assert "more than we take" in reading.detail


def test_too_big_halves_the_repetitions_until_the_answer_fits() -> None:
    mib, sizes = Mib(switch(20)), []

    def small(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.pdu == ber.GET_BULK_REQUEST:
            sizes.append(request.second)
            if request.second > 7:
                return [response(request, [], 1)]
        return mib(message)

    with Agent(small) as agent:
        reading = poll(check(agent.port))
    assert (reading.state, len(samples(reading))) == (State.UP, 3 + 20 * 13)
    assert sizes[:4] == [25, 12, 6, 6]
    assert max(sizes[3:]) <= 6


@pytest.mark.parametrize("engine", ENGINES)
def test_too_big_for_a_single_row_is_told_not_taken_for_an_empty_table(engine: SnmpEngineName) -> None:
    def fault(message: bytes) -> list[bytes]:
        return [response(Request(message), [], 1)]

    with Agent(honest_but(IF_IN_OCTETS, fault)) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=5_000))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)
    assert "answered tooBig (1) for 1.3.6.1.2.1.31.1.1.1.6" in reading.detail


def test_a_get_that_is_too_big_is_asked_in_halves() -> None:
    mib = Mib(switch(2))

    def small(message: bytes) -> list[bytes]:
        request = Request(message)
        return [response(request, [], 1)] if len(request.names) > 2 else mib(message)

    with Agent(small) as agent:
        reading = poll(check(agent.port, modules=("system",)))
    assert (reading.state, len(samples(reading)), reading.uptime) == (State.UP, 3, 123_456)


@pytest.mark.parametrize(
    ("engine", "status", "name"),
    [
        ("netmon", 5, "genErr"),
        ("pysnmp", 5, "genErr"),
        ("netmon", 16, "authorizationError"),
        ("pysnmp", 16, "authorizationError"),
        ("netmon", 77, "unknown error"),  # pysnmp does not read what nobody defined
    ],
)
def test_an_error_status_in_a_walk_is_told_and_the_other_columns_are_kept(
    engine: SnmpEngineName, status: int, name: str
) -> None:
    def fault(message: bytes) -> list[bytes]:
        request = Request(message)
        return [response(request, [(request.names[0], ber.NULL, b"")], status, index=1)]

    with Agent(honest_but(IF_IN_OCTETS, fault)) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=5_000))
    assert (reading.state, reading.reason, reading.uptime) == (State.DEGRADED, Reason.PARTIAL, 123_456)
    assert f"if_mib incomplete: 127.0.0.1:{agent.port} answered {name} ({status})" in reading.detail
    assert len(samples(reading)) == 3 + 8 * 12


@pytest.mark.parametrize("engine", ENGINES)
def test_an_agent_that_only_answers_errors_is_down_by_agent_error(engine: SnmpEngineName) -> None:
    def fault(message: bytes) -> list[bytes]:
        request = Request(message)
        return [response(request, [(name, ber.NULL, b"") for name in request.names], 5, index=1)]

    with Agent(fault) as agent:
        reading = poll(check(agent.port, engine=engine, timeout=5_000))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.AGENT_ERROR)
    assert "genErr" in reading.detail


def test_an_answer_without_varbinds_is_no_end_of_the_table() -> None:
    with Agent(honest_but(IF_IN_OCTETS, lambda message: [response(Request(message), [])])) as agent:
        reading = poll(check(agent.port))
    assert reading.state is State.DEGRADED
    assert "without a single varbind" in reading.detail


def test_exceptions_of_get_do_not_belong_in_a_walk() -> None:
    def fault(message: bytes) -> list[bytes]:
        return [response(Request(message), [((*IF_IN_OCTETS, 1), ber.NO_SUCH_INSTANCE, b"")])]

    with Agent(honest_but(IF_IN_OCTETS, fault)) as agent:
        reading = poll(check(agent.port, timeout=400))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)


def test_an_agent_that_falls_silent_midway_is_degraded_and_what_came_is_kept() -> None:
    mib = Mib(switch(8))
    seen: list[bytes] = []

    def tired(message: bytes) -> list[bytes]:
        seen.append(message)
        return mib(message) if len(seen) <= 12 else []

    with Agent(tired) as agent:
        reading = poll(check(agent.port, timeout=600, retries=2))
        asked = len(agent.received)
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)
    assert "if_mib incomplete: no answer from" in reading.detail
    assert {"sysName", "ifAdminStatus"} <= {name for name, _ in samples(reading)}
    assert asked == 12 + 3  # the columns after the silent one are not asked for


def test_a_lost_label_column_keeps_the_labels_of_the_poll_before() -> None:
    mib, broken = Mib(switch(2)), threading.Event()

    def answer(message: bytes) -> list[bytes]:
        if broken.is_set() and about(message, oid("1.3.6.1.2.1.31.1.1.1.18")):
            return [response(Request(message), [], 5)]
        return mib(message)

    with Agent(answer) as agent:

        async def twice(collector: SnmpCollector) -> Iterator[Reading]:
            asked = check(agent.port)
            asked = dataclasses.replace(asked, settings=dataclasses.replace(asked.settings, refresh=0))
            first = await collector.collect(asked)
            broken.set()
            return iter((first, await collector.collect(asked)))

        first, second = with_collector(twice)
    assert (first.state, second.state) == (State.UP, State.DEGRADED)
    assert family(second, "ifInErrors").series is family(first, "ifInErrors").series


def test_a_slow_agent_is_cut_off_at_the_checks_timeout() -> None:
    """It answers every request, but never all in time."""
    mib, pause = Mib(switch(8)), threading.Event()

    def slow(message: bytes) -> list[bytes]:
        pause.wait(0.05)
        return mib(message)

    with Agent(slow) as agent:

        async def timed(collector: SnmpCollector) -> tuple[Reading, float]:
            begun = asyncio.get_running_loop().time()
            reading = await collector.collect(check(agent.port, timeout=600, retries=0))
            return reading, asyncio.get_running_loop().time() - begun

        reading, took = with_collector(timed)
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)
    assert "answers too slowly: time was up during 1.3.6.1.2.1." in reading.detail
    assert took < 5


def test_a_hostile_agent_does_not_disturb_the_others() -> None:
    """Silent, shouting, looping and honest agents at once."""

    def shout(message: bytes) -> list[bytes]:
        return [b"\x30\x82\xff\xff" + bytes(1_000)] * 40

    def loop(message: bytes) -> list[bytes]:
        return [response(Request(message), [((*IF_IN_OCTETS, 1), ber.COUNTER64, b"\x07")] * 3)]

    mib = Mib(switch(8))
    with Agent(mib) as honest, Agent(lambda _: []) as silent, Agent(shout) as shouting, Agent(loop) as looping:

        async def together(collector: SnmpCollector) -> list[Reading]:
            agents = (honest, silent, shouting, looping)
            polls = [collector.collect(check(one.port, name=f"n{one.port}", timeout=1_500)) for one in agents]
            return await asyncio.gather(*polls)

        good, *bad = with_collector(together)
    assert (good.state, len(samples(good))) == (State.UP, 3 + 8 * 13)
    assert [reading.reason for reading in bad[:2]] == [Reason.TIMEOUT, Reason.GARBAGE]
    assert bad[2].state is not State.UP


def test_a_bug_of_ours_in_reading_an_answer_ends_the_poll_with_an_error_not_with_an_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("collectors.snmp.codec.split_columns", bug)
    with Agent(Mib(switch(2))) as agent, pytest.raises(ZeroDivisionError):
        poll(check(agent.port))
