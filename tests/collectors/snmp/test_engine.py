"""Walks of several columns at once, and requests that adapt to what an agent can answer."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.snmp.adaptive import Pace
from collectors.snmp.contract import Column, ColumnResult, Recollection, Session
from netmon import ber
from netmon.conventions import Reason
from netmon.settings import SnmpCredential
from tests.collectors.snmp.agents import COLUMNS, Agent, Data, Mib, Request, Varbinds, oid, switch, varbind
from tests.collectors.snmp.asking import V3, session, walk, with_engine
from tests.collectors.snmp.polling import PUBLIC
from tests.collectors.snmp.usm_agent import UsmAgent

ENTRY = "1.3.6.1.2.1.2.2.1"


class Bulk(Mib):
    """GETBULK of several names, row by row, cut after ``most`` varbinds: as where answers would be too long."""

    most = 10_000

    def varbinds(self, request: Request) -> Varbinds:
        return super().varbinds(request)[: self.most]

    def encoded(self, request: Request) -> bytes:
        return b"".join(varbind(*one) for one in self.varbinds(request))


def sealed(mib: Bulk) -> UsmAgent:
    return UsmAgent(mib.encoded, V3)


def told(results: list[ColumnResult]) -> list[tuple[int, str]]:
    return [(len(result.rows), result.failure.detail if result.failure else "") for result in results]


def twice(port: int, *columns: str, credential: SnmpCredential = V3, repetitions: int = 50) -> tuple[Session, Session]:
    """Two walks by one engine; the second knows how long the columns are."""
    memory = Recollection()
    first, second = (session(port, credential, memory=memory, repetitions=repetitions, timeout=5) for _ in range(2))

    async def work(engine: object) -> None:
        for asked in (first, second):
            results = await engine.walk(asked, [Column.of(column) for column in columns])  # type: ignore[attr-defined]
            assert all(result.failure is None for result in results)
            memory.rows.update(
                (ber.encode_oid(column), len(result.rows)) for column, result in zip(columns, results, strict=True)
            )

    with_engine(work)
    return first, second


@pytest.mark.parametrize("credential", [PUBLIC, V3], ids=["v2c", "v3"])
def test_a_switch_is_walked_by_a_third_of_the_packets(credential: SnmpCredential) -> None:
    mib = Bulk(switch(48))
    with Agent(mib if credential is PUBLIC else sealed(mib)) as served:
        first, second = twice(served.port, *COLUMNS, credential=credential)
    assert (first.varbinds, second.varbinds) == (768, 768)
    assert second.sent == 5


def test_labels_stay_ahead_of_what_they_label() -> None:
    agent = sealed(Bulk(switch(48)))
    with Agent(agent) as served:
        twice(served.port, *COLUMNS)
    asked = [".".join(map(str, name)) for request in agent.seen[-5:] for name in request.names]
    labels = list(COLUMNS)[:3]
    assert max(asked.index(label) for label in labels) < 4


def test_columns_of_few_rows_share_one_packet() -> None:
    columns = [f"{ENTRY}.{number}" for number in range(1, 13)]
    data: Data = {(*oid(column), row): (ber.COUNTER32, b"\x01") for column in columns for row in (1, 2)}
    data[oid("1.3.6.1.2.1.4.1.0")] = (ber.INTEGER, b"\x01")
    with Agent(sealed(Bulk(data))) as served:
        _, second = twice(served.port, *columns, repetitions=25)
    assert (second.sent, second.varbinds) == (1, 24)


def test_no_answer_is_asked_to_be_longer_than_four_columns_of_the_settings() -> None:
    agent = sealed(Bulk(switch(48)))
    with Agent(agent) as served:
        twice(served.port, *COLUMNS, repetitions=10)
    assert max(request.second for request in agent.seen) == 10
    assert max(request.second * len(request.names) for request in agent.seen) <= 40


def test_answers_that_did_not_change_are_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr("collectors.snmp.walk._decode", _counting(read))
    memory = Recollection()
    with Agent(sealed(Bulk(switch(8)))) as served:

        async def often(engine: object) -> list[list[ColumnResult]]:
            columns = [Column.of(column) for column in COLUMNS]
            return [
                await engine.walk(session(served.port, memory=memory), columns)  # type: ignore[attr-defined]
                for _ in range(4)
            ]

        walks = with_engine(often)
    assert all(told(results) == told(walks[0]) for results in walks)
    assert len(read) == 2 * len(memory.digests)


def _counting(read: list[object]) -> Callable[..., object]:
    from collectors.snmp.walk import _decode  # noqa: PLC0415 - before it is replaced

    def counted(*arguments: object) -> object:
        read.append(arguments)
        return _decode(*arguments)  # type: ignore[arg-type]

    return counted


tables = st.dictionaries(
    st.integers(1, 9), st.sets(st.one_of(st.integers(1, 40), st.sampled_from([127, 128, 300])), max_size=12), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(
    table=tables, most=st.sampled_from([1, 2, 3, 7, 20, 10_000]), repetitions=st.sampled_from([1, 2, 5, 50]),
    behind=st.booleans(), missing=st.sets(st.integers(1, 9), max_size=2),
)  # fmt: skip
def test_whatever_the_table_and_the_cuts_all_rows_come_in_order(
    table: dict[int, set[int]], most: int, repetitions: int, behind: bool, missing: set[int]
) -> None:
    data: Data = {
        (*oid(ENTRY), column, row): (ber.GAUGE32, ber.encode_integer(1_000 * column + row))
        for column, rows in table.items()
        for row in rows
    }
    data[oid("1.3.6.1.2.1.1.3.0")] = (ber.TIME_TICKS, b"\x01")
    if behind:
        data[oid("1.3.6.1.2.1.4.1.0")] = (ber.INTEGER, b"\x01")
    mib = Bulk(data)
    mib.most = most
    columns = sorted({*table, *missing})
    with Agent(sealed(mib)) as served:
        asked = session(served.port, repetitions=repetitions, timeout=20)
        results = walk(asked, *(f"{ENTRY}.{column}" for column in columns))
    for column, result in zip(columns, results, strict=True):
        rows = sorted(table.get(column, ()))
        assert result.failure is None
        assert list(result.rows.values()) == [1_000 * column + row for row in rows]
        assert list(result.rows) == [ber.encode_arcs((row,)) for row in rows]


# --- Agents that cannot take it


def too_big(mib: Bulk, most: int) -> Callable[[Request], tuple[Varbinds, int]]:
    """Refuses where it would have to send more than ``most`` varbinds."""

    def answer(request: Request) -> tuple[Varbinds, int]:
        many = len(request.names) * max(1, request.second)
        return ([], 1) if many > most else (mib.varbinds(request), 0)

    return answer


class Refusing(UsmAgent):
    """Answers with error-status and error-index as ``judge`` says."""

    def __init__(self, judge: Callable[[Request], tuple[Varbinds, int, int]]) -> None:
        super().__init__(lambda _: b"", V3)
        self.judge = judge

    def __call__(self, message: bytes) -> list[bytes]:
        before = len(self.seen)
        answers = super().__call__(message)
        if len(self.seen) == before:
            return answers
        request = self.seen[-1]
        found, status, index = self.judge(request)
        return [self.response(self.opened[-1], b"".join(varbind(*one) for one in found), request.id, status, index)]


@pytest.mark.parametrize("most", [1, 2, 3, 30])
def test_too_big_is_asked_for_in_smaller_pieces_and_that_is_remembered(most: int) -> None:
    mib, pace = Bulk(switch(6)), Pace(25)
    judge = too_big(mib, most)
    with Agent(Refusing(lambda request: (*judge(request), 0))) as served:
        asked = session(served.port, timeout=5)
        asked.pace = pace
        results = walk(asked, *COLUMNS)
    assert told(results) == [(6, "")] * 16
    assert pace.cuts["too_big"] >= 1
    assert pace.size <= max(1, most)


def test_too_big_for_a_single_value_is_told() -> None:
    with Agent(Refusing(lambda _: ([], 1, 0))) as served:
        results = walk(session(served.port, timeout=5), *list(COLUMNS)[:2])
    assert [bool(result.failure) for result in results] == [True, True]
    assert f"answered tooBig (1) for {next(iter(COLUMNS))}" in told(results)[0][1]


@pytest.mark.parametrize("says_which", [True, False])
def test_an_error_of_one_column_is_told_and_the_others_are_kept(says_which: bool) -> None:
    mib = Bulk(switch(6))
    broken = oid(f"{ENTRY}.8")

    def judge(request: Request) -> tuple[Varbinds, int, int]:
        at = next((place for place, name in enumerate(request.names, 1) if name[: len(broken)] == broken), 0)
        return ([], 5, at if says_which else 0) if at else (mib.varbinds(request), 0, 0)

    with Agent(Refusing(judge)) as served:
        results = walk(session(served.port, timeout=5), *COLUMNS)
    failed = [(column, result) for column, result in zip(COLUMNS, results, strict=True) if result.failure]
    assert [column for column, _ in failed] == [f"{ENTRY}.8"]
    assert failed[0][1].failure is not None
    assert f"answered genErr (5) for {ENTRY}.8" in failed[0][1].failure.detail
    assert [len(result.rows) for result in results].count(6) == 15


@pytest.mark.parametrize("credential", [PUBLIC, V3], ids=lambda one: one.version)
def test_answers_that_are_lost_because_they_are_long_are_asked_for_in_shorter_ones(credential: SnmpCredential) -> None:
    """A path that drops fragments: what does not fit 600 octets never arrives."""
    mib, pace = Bulk(switch(40)), Pace(40)
    answer: Callable[[bytes], list[bytes]] = sealed(mib) if credential is V3 else mib
    with Agent(lambda message: [one for one in answer(message) if len(one) < 600]) as served:
        asked = session(served.port, credential, timeout=6, retries=19, repetitions=40)
        asked.pace = pace
        results = walk(asked, *list(COLUMNS)[:6])
    assert told(results) == [(40, "")] * 6
    assert pace.cuts["timeout"] >= 1
    assert asked.retried < 8


def test_a_lost_answer_to_the_first_try_still_counts() -> None:
    """It comes when the shorter request has gone out: same id, more rows than were asked for the second time."""
    mib, held = Bulk(switch(10)), list[bytes]()
    agent = sealed(mib)

    def late(message: bytes) -> list[bytes]:
        answers = agent(message)
        if len(agent.seen) == 1 and not held:
            held.extend(answers)
            return []
        return [*held, *answers] if len(agent.seen) == 2 else answers

    with Agent(late) as served:
        asked = session(served.port, timeout=2, retries=3)
        results = walk(asked, *COLUMNS)
    assert told(results) == [(10, "")] * 16
    assert asked.retried == 1


def test_rows_that_repeat_over_v3_are_a_loop_of_that_column_only() -> None:
    mib, looping = Bulk(switch(4)), oid(f"{ENTRY}.8")

    def judge(request: Request) -> tuple[Varbinds, int, int]:
        found = mib.varbinds(request)
        width = len(request.names)
        for place, name in enumerate(request.names):
            if name[: len(looping)] == looping:
                found = [
                    ((*looping, 1), ber.INTEGER, b"\x01") if number % width == place else one
                    for number, one in enumerate(found)
                ]
        return found, 0, 0

    with Agent(Refusing(judge)) as served:
        results = walk(session(served.port, timeout=5), *COLUMNS)
    reasons = [result.failure.reason if result.failure else None for result in results]
    assert reasons.count(Reason.OID_LOOP) == 1
    assert [len(result.rows) for result in results].count(4) == 15


def test_silence_midway_keeps_what_came_and_asks_no_more() -> None:
    agent = sealed(Bulk(switch(48)))
    with Agent(lambda message: agent(message) if len(agent.seen) < 3 else []) as served:
        asked = session(served.port, timeout=0.6, repetitions=10)
        results = walk(asked, *COLUMNS)
    assert all(result.failure and result.failure.reason is Reason.TIMEOUT for result in results[4:])
    assert any(result.rows for result in results)
    assert asked.sent - asked.retried == 5  # discovery, three answers, the one that was lost
