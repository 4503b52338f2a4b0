"""SNMPv1: no GETBULK, no exceptions, one error for a whole request; what the operator sees of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from collectors.snmp.contract import Limits, Recollection
from netmon import ber
from netmon.conventions import Reason
from netmon.model import State
from netmon.settings import SnmpEngineName
from tests.collectors.snmp.agents import COLUMNS, Agent, Data, Mib, Request, Varbinds, oid, response, switch
from tests.collectors.snmp.asking import UPTIME, V1, get, session, walk
from tests.collectors.snmp.polling import check, family, poll, samples

ENGINES: tuple[SnmpEngineName, ...] = ("netmon", "pysnmp")
IN_OCTETS, IN_ERRORS = "1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.2.2.1.14"
OPER = "1.3.6.1.2.1.2.2.1.8"
TOO_BIG, NO_SUCH_NAME, GEN_ERR = 1, 2, 5


class V1Agent:
    """RFC 1157 to the letter: the first name that is not there fails the whole request, and says which it is.

    ``faults`` are columns whose rows it cannot tell, with the error-status it gives for them.
    """

    def __init__(self, data: Data, largest: int = 99, faults: dict[str, int] | None = None) -> None:
        self.mib = Mib({name: value for name, value in data.items() if value[0] != ber.COUNTER64})
        self.largest = largest
        self.faults = {oid(column): status for column, status in (faults or {}).items()}
        self.asked: list[Request] = []
        self.places = True

    def __call__(self, message: bytes) -> list[bytes]:
        request = Request(message)
        self.asked.append(request)
        if len(request.names) > self.largest:
            return [as_v1(response(request, [], TOO_BIG))]
        found, status, place = self.found(request)
        if status:
            found = [(name, ber.NULL, b"") for name in request.names]
        return [as_v1(response(request, found, status, index=place if self.places else 0))]

    def found(self, request: Request) -> tuple[Varbinds, int, int]:
        found: Varbinds = []
        for place, name in enumerate(request.names, 1):
            one = self.one(request.pdu, name)
            if isinstance(one, int):
                return [], one, place
            found.append(one)
        return found, 0, 0

    def one(self, kind: int, name: tuple[int, ...]) -> tuple[tuple[int, ...], int, bytes] | int:
        for column, status in self.faults.items():
            if name[: len(column)] == column:
                return status
        if kind == ber.GET_REQUEST:
            known = self.mib.data.get(name)
            return NO_SUCH_NAME if known is None else (name, *known)
        following = next(iter(self.mib.following(name, 1)))
        return NO_SUCH_NAME if following[1] == ber.END_OF_MIB_VIEW else following


def as_v1(message: bytes) -> bytes:
    return message.replace(b"\x02\x01\x01", b"\x02\x01\x00", 1)


def only(*columns: str, rows: int = 3) -> Data:
    """A device with nothing but these columns: behind the last one there is nothing at all."""
    data: Data = {oid("1.3.6.1.2.1.1.3.0"): (ber.TIME_TICKS, b"\x07")}
    for column in columns:
        data.update({(*oid(column), row): (ber.COUNTER32, bytes((row,))) for row in range(1, rows + 1)})
    return data


@pytest.mark.parametrize("engine", ENGINES)
def test_a_v1_device_is_up_and_lacks_only_what_v1_lacks(engine: SnmpEngineName) -> None:
    with Agent(V1Agent(switch(3))) as agent:
        reading = poll(check(agent.port, credential=V1, engine=engine, timeout=8_000))
    assert (reading.state, reading.reason, reading.detail) == (State.UP, Reason.OK, "")
    assert family(reading, "ifInErrors").values == (7, 14, 21)
    assert {name for name, _ in samples(reading)} >= {"sysUpTime", "sysName", "ifOperStatus"}
    assert "ifHCInOctets" not in {name for name, _ in samples(reading)}


def test_both_engines_read_the_same_of_one_v1_device() -> None:
    with Agent(V1Agent(switch(20))) as agent:
        ours, theirs = (
            samples(poll(check(agent.port, credential=V1, engine=engine, timeout=20_000))) for engine in ENGINES
        )
    assert ours == theirs
    assert len(ours) == 3 + 20 * 7


def test_a_row_a_request_not_a_value_a_request() -> None:
    ours = V1Agent(switch(48))
    with Agent(ours) as agent:
        asked = session(agent.port, V1, timeout=5)
        results = walk(asked, *(column for column, (tag, _) in COLUMNS.items() if tag != ber.COUNTER64))
    assert [len(result.rows) for result in results] == [48] * 10
    assert asked.varbinds == 480
    assert asked.sent == 49
    assert {request.pdu for request in ours.asked} == {ber.GET_NEXT_REQUEST}


def test_names_the_device_lacks_are_left_out_and_the_others_told() -> None:
    with Agent(V1Agent(switch(2))) as agent:
        lacking = [ber.encode_oid(f"1.3.6.1.2.1.1.{number}.0") for number in (2, 4, 6)]
        asked = session(agent.port, V1)
        assert get(asked, lacking[0], UPTIME, *lacking[1:]) == {UPTIME: 123_456}
        assert asked.sent == 4
        assert get(session(agent.port, V1), *lacking) == {}


def test_names_are_found_also_where_the_error_does_not_say_which_is_lacking() -> None:
    ours = V1Agent(switch(2))
    ours.places = False
    with Agent(ours) as agent:
        lacking = [ber.encode_oid(f"1.3.6.1.2.1.1.{number}.0") for number in (2, 4, 6)]
        assert get(session(agent.port, V1), *lacking, UPTIME) == {UPTIME: 123_456}


@pytest.mark.parametrize("places", [True, False])
def test_the_end_of_everything_is_the_end_of_a_column_and_no_fault(places: bool) -> None:
    ours = V1Agent(only(OPER, IN_OCTETS))
    ours.places = places
    with Agent(ours) as agent:
        results = walk(session(agent.port, V1), OPER, IN_OCTETS, IN_ERRORS)
    assert [(len(result.rows), result.failure) for result in results] == [(3, None), (3, None), (0, None)]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_error_of_one_column_is_told_and_the_others_are_kept(engine: SnmpEngineName) -> None:
    with Agent(V1Agent(switch(4), faults={OPER: GEN_ERR})) as agent:
        reading = poll(check(agent.port, credential=V1, engine=engine, timeout=8_000))
    assert (reading.state, reading.reason) == (State.DEGRADED, Reason.PARTIAL)
    assert f"answered genErr (5) for {OPER}" in reading.detail
    assert "ifOperStatus" not in {name for name, _ in samples(reading)}
    assert family(reading, "ifInErrors").values == (7, 14, 21, 28)


def test_an_error_that_does_not_say_of_which_column_is_tracked_down() -> None:
    ours = V1Agent(switch(4), faults={OPER: GEN_ERR})
    ours.places = False
    with Agent(ours) as agent:
        results = walk(session(agent.port, V1), IN_ERRORS, OPER, "1.3.6.1.2.1.2.2.1.7", "1.3.6.1.2.1.2.2.1.13")
    assert [len(result.rows) for result in results] == [4, 0, 4, 4]
    failures = [result.failure.detail if result.failure else "" for result in results]
    assert [bool(detail) for detail in failures] == [False, True, False, False]
    assert f"genErr (5) for {OPER}" in failures[1]


@pytest.mark.parametrize("largest", [1, 2, 5])
def test_a_device_that_takes_few_names_is_asked_for_fewer_and_that_is_remembered(largest: int) -> None:
    columns = [column for column, (tag, _) in COLUMNS.items() if tag != ber.COUNTER64]
    memory = Recollection()
    with Agent(V1Agent(switch(5), largest)) as agent:
        first = session(agent.port, V1, memory=memory, timeout=5)
        assert [len(result.rows) for result in walk(first, *columns)] == [5] * 10
        second = session(agent.port, V1, memory=memory, timeout=5)
        assert [len(result.rows) for result in walk(second, *columns)] == [5] * 10
    assert memory.breadth is not None
    assert memory.breadth <= largest
    assert second.sent < first.sent


def test_too_big_for_a_single_value_is_told() -> None:
    with Agent(V1Agent(switch(5), largest=0)) as agent:
        (result, other) = walk(session(agent.port, V1), OPER, IN_ERRORS)
    assert result.failure is not None
    assert f"answered tooBig (1) for {OPER}" in result.failure.detail
    assert other.failure is not None


def fault(answer: Callable[[Request], Varbinds]) -> Callable[[bytes], list[bytes]]:
    honest = V1Agent(switch(4))

    def reply(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.pdu == ber.GET_REQUEST:
            return honest(message)
        return [as_v1(response(request, answer(request)))]

    return reply


def test_a_device_that_repeats_a_row_is_a_loop() -> None:
    def again(request: Request) -> Varbinds:
        return [((*name[:10], 1), ber.COUNTER32, b"\x01") for name in request.names]

    with Agent(fault(again)) as agent:
        results = walk(session(agent.port, V1), OPER, IN_ERRORS)
        reading = poll(check(agent.port, credential=V1, modules=("if_mib",)))
    assert [result.failure.reason if result.failure else None for result in results] == [Reason.OID_LOOP] * 2
    assert reading.reason is Reason.OID_LOOP
    assert "repeats rows of" in reading.detail


def test_a_device_without_end_is_abandoned() -> None:
    def on(request: Request) -> Varbinds:
        return [
            ((*name[:10], (name[10] if len(name) > 10 else 0) + 1), ber.COUNTER32, b"\x01") for name in request.names
        ]

    with Agent(fault(on)) as agent:
        reading = poll(check(agent.port, credential=V1, modules=("if_mib",), timeout=8_000), limits=Limits(rows=50))
    assert reading.reason is Reason.OID_LOOP
    assert "has no end to" in reading.detail


def test_fewer_values_than_were_asked_for_are_the_first_ones() -> None:
    honest = V1Agent(switch(6))

    def lazy(request: Request) -> Varbinds:
        return honest.found(request)[0][:2]

    with Agent(fault(lazy)) as agent:
        results = walk(session(agent.port, V1), OPER, IN_ERRORS, "1.3.6.1.2.1.2.2.1.7")
    assert [len(result.rows) for result in results] == [6, 6, 6]
    assert {result.failure for result in results} == {None}


def test_nothing_but_empty_answers_is_a_fault_of_the_device() -> None:
    with Agent(fault(lambda _: [])) as agent:
        (result,) = walk(session(agent.port, V1), OPER)
    assert result.failure is not None
    assert "without a single varbind" in result.failure.detail


def test_a_device_that_falls_silent_midway_keeps_what_came() -> None:
    ours = V1Agent(switch(10))

    def tired(message: bytes) -> list[bytes]:
        return ours(message) if len(ours.asked) < 6 else []

    with Agent(tired) as agent:
        results = walk(session(agent.port, V1, timeout=0.4), OPER, IN_ERRORS)
    assert [len(result.rows) for result in results] == [6, 6]
    assert {result.failure.reason if result.failure else None for result in results} == {Reason.TIMEOUT}


def test_a_v2c_answer_is_not_taken_for_a_v1_one() -> None:
    with Agent(Mib(switch(2))) as agent:
        reading = poll(check(agent.port, credential=V1, timeout=300, retries=0))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.GARBAGE)


def test_a_wrong_community_looks_like_silence() -> None:
    with Agent(lambda _: []) as agent:
        reading = poll(check(agent.port, credential=replace(V1, name="v1"), timeout=300, retries=0))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TIMEOUT)
    assert "wrong community look the same" in reading.detail
