"""What modules ask for: walks, gets, filters, and what no metric can reach."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from collectors.snmp.contract import Column, ColumnResult, Failure, Session, SnmpError, Value
from collectors.snmp.families import Assembler
from collectors.snmp.filters import Filters
from collectors.snmp.plan import UPTIME, Plan, plan
from netmon.ber import decode_oid, encode_oid, format_oid
from netmon.conventions import Reason
from netmon.settings import SnmpSettings
from netmon.snmpmodules import Filter, Index, Lookup, Metric, Module, StaticFilter
from tests.collectors.snmp.polling import PUBLIC

T = "1.3.6.1.4.1.53864.9.1"
ROW = (Index("row"),)


def column(arc: int, kind: str = "gauge", **more: object) -> Metric:
    return Metric(f"c{arc}", f"{T}.{arc}", kind, "", ROW, **more)  # type: ignore[arg-type]


def module(*metrics: Metric, walk: Sequence[str] = (), get: Sequence[str] = (), **more: object) -> Module:
    return Module("m", tuple(walk), tuple(get), metrics, **more)  # type: ignore[arg-type]


def asked(requests: Plan) -> tuple[list[str], list[str]]:
    """Columns, and instances but for sysUpTime."""
    assert requests.instances[0] == UPTIME
    names = [format_oid(decode_oid(name)) for name in requests.instances[1:]]
    return [column.oid for column in requests.columns], names


@pytest.mark.parametrize(
    ("metric", "walk", "get", "columns", "instances"),
    [
        (column(1), [T], [], [f"{T}.1"], []),
        (column(1), [f"{T}.1"], [], [f"{T}.1"], []),
        (column(1), [f"{T}.2"], [], [], []),
        (column(1), [f"{T}1"], [], [], []),
        (column(1), ["1"], [], [f"{T}.1"], []),
        (column(1), [], [f"{T}.1.5", f"{T}.1.6"], [], [f"{T}.1.5", f"{T}.1.6"]),
        (column(1), [f"{T}.1.5"], [], [f"{T}.1.5"], [f"{T}.1.5"]),
        (Metric("s", "1.3.6.1.9.1", "gauge", ""), ["1.3.6.1.9"], [], [], ["1.3.6.1.9.1.0"]),
        (Metric("s", "1.3.6.1.9.1", "gauge", ""), [], ["1.3.6.1.9.1.0"], [], ["1.3.6.1.9.1.0"]),
        (Metric("s", "1.3.6.1.9.1.0", "gauge", ""), ["1.3.6.1.9"], [], [], ["1.3.6.1.9.1.0"]),
        (Metric("s", "1.3.6.1.9.1.0", "gauge", ""), [], ["1.3.6.1.9.1.0"], [], ["1.3.6.1.9.1.0"]),
        (Metric("s", "1.3.6.1.9.1", "gauge", ""), ["1.3.6.1.9.1.0"], [], [], ["1.3.6.1.9.1.0"]),
        (Metric("s", "1.3.6.1.9.1", "gauge", ""), ["1.3.6.1.9.1"], [], ["1.3.6.1.9.1"], ["1.3.6.1.9.1"]),
    ],
)
def test_walks_and_gets_reach_what_they_contain(
    metric: Metric, walk: list[str], get: list[str], columns: list[str], instances: list[str]
) -> None:
    assert asked(plan([module(metric, walk=walk, get=get)])) == (columns, instances)


def test_lookups_are_read_first_and_only_where_they_are_reached() -> None:
    lookups = (Lookup(("row",), "name", f"{T}.9"), Lookup(("row",), "other", "1.3.6.1.5.5"), Lookup((), "row"))
    assert asked(plan([module(column(1), column(2, lookups=lookups), walk=[T])]))[0] == [f"{T}.9", f"{T}.1", f"{T}.2"]


def test_the_object_that_tells_a_type_is_read_too() -> None:
    lookup = Lookup(("row",), "peer", f"{T}.8", "InetAddress")
    requests = plan([module(column(5, "LldpPortId", lookups=(lookup,)), walk=[T])])
    assert asked(requests)[0] == [f"{T}.7", f"{T}.8", f"{T}.4", f"{T}.5"]


def test_of_two_metrics_of_one_object_the_last_counts_and_none_counts_below_another() -> None:
    first, last = column(1), Metric("again", f"{T}.1", "counter", "", ROW)
    below = Metric("below", f"{T}.1.4", "gauge", "")
    requests = plan([module(first, last, below, walk=[T])])
    assert [output.metric.name for output in requests.outputs] == ["again"]


def test_a_metric_of_two_modules_is_asked_for_and_shown_once() -> None:
    requests = plan([Module("a", (T,), (), (column(1),)), Module("b", (T,), (), (column(1), column(2)))])
    assert asked(requests)[0] == [f"{T}.1", f"{T}.2"]
    assert len(requests.outputs) == 2
    assert [name for name, _, _ in requests.needs] == ["a", "b"]


def test_a_module_tells_how_its_requests_are_made() -> None:
    requests = plan(
        [
            module(column(1), walk=[T], max_repetitions=7, timeout=1500, use_unconnected_udp_socket=True),
            Module("b", (T,), (), (column(2),), timeout=3000),
        ]
    )
    assert [(one.oid, one.repetitions) for one in requests.columns] == [(f"{T}.1", 7), (f"{T}.2", 0)]
    assert (requests.timeout, requests.any_source) == (1.5, True)


def assembled(requests: Plan, values: Mapping[str, Value], columns: Mapping[str, Mapping[str, Value]]) -> list[str]:
    rows = {
        encode_oid(oid): {encode_oid(f"{oid}.{index}")[len(encode_oid(oid)) :]: value for index, value in found.items()}
        for oid, found in columns.items()
    }
    families = Assembler(requests).assemble({encode_oid(oid): value for oid, value in values.items()}, rows)
    return [f"{s.name} {dict(s.labels)} {s.value}" for family in families for s in family.samples()]


def test_rows_that_were_got_one_by_one_are_rows() -> None:
    named = column(1, lookups=(Lookup(("row",), "name", f"{T}.2"),))
    requests = plan([module(named, get=[f"{T}.1.5", f"{T}.1.300", f"{T}.2.5"])])
    values: dict[str, Value] = {f"{T}.1.5": 50, f"{T}.1.300": 60, f"{T}.2.5": b"five"}
    assert assembled(requests, values, {}) == [
        "c1 {'row': '5', 'name': 'five'} 50",
        "c1 {'row': '300', 'name': ''} 60",
    ]


def test_a_part_of_a_column_keeps_its_whole_index() -> None:
    both = Metric("c1", f"{T}.1", "gauge", "", (Index("a"), Index("b")))
    requests = plan([module(both, walk=[f"{T}.1.7"])])
    assert assembled(requests, {}, {f"{T}.1.7": {"1": 10, "2": 20}}) == [
        "c1 {'a': '7', 'b': '1'} 10",
        "c1 {'a': '7', 'b': '2'} 20",
    ]


def test_static_filters_get_rows_instead_of_walking() -> None:
    static = StaticFilter((f"{T}.1", f"{T}.2"), ("3", "10.1"))
    requests = plan([module(column(1), column(2), column(4), walk=[T], static_filters=(static,))])
    assert asked(requests) == ([f"{T}.4"], [f"{T}.1.3", f"{T}.1.10.1", f"{T}.2.3", f"{T}.2.10.1"])


# --- Dynamic filters --------------------------------------------------------------------------------------------------


class Table:
    """An engine that answers from a table and remembers what it was asked."""

    def __init__(self, rows: Mapping[str, Mapping[int, Value]], silent: Sequence[str] = ()) -> None:
        self.rows = {
            encode_oid(oid): {bytes([row]): value for row, value in found.items()} for oid, found in rows.items()
        }
        self.silent = {encode_oid(oid): Failure(Reason.TIMEOUT, "silent") for oid in silent}
        self.walked: list[str] = []
        self.got: list[str] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def get(self, session: Session, oids: Sequence[bytes]) -> dict[bytes, Value]:
        self.got += (format_oid(decode_oid(oid)) for oid in oids)
        if any(oid[:-1] in self.silent for oid in oids):
            raise SnmpError(Failure(Reason.TIMEOUT, "silent"))
        known = {prefix + index: value for prefix, rows in self.rows.items() for index, value in rows.items()}
        return {oid: known[oid] for oid in oids if oid in known}

    async def walk(self, session: Session, columns: Sequence[Column]) -> list[ColumnResult]:
        self.walked += (column.oid for column in columns)
        return [ColumnResult(dict(self.rows.get(one.prefix, {})), self.silent.get(one.prefix)) for one in columns]


def read(requests: Plan, table: Table, filters: Filters | None = None) -> dict[str, dict[int, Value]]:
    engine = (filters or Filters(requests.rules)).through(table)
    session = Session(("127.0.0.1", 161), SnmpSettings("127.0.0.1", 161, PUBLIC), 0.0, 0.0)
    results = asyncio.run(engine.walk(session, requests.columns))
    return {
        column.oid: {index[0]: value for index, value in result.rows.items()}
        for column, result in zip(requests.columns, results, strict=True)
    }


STATES: dict[int, Value] = {1: b"up", 2: b"down", 3: b"up", 4: b"down", 5: b"down", 6: b"down"}
COUNTS: dict[int, Value] = {row: row * 10 for row in range(1, 7)}
FULL: dict[str, Mapping[int, Value]] = {
    f"{T}.1": COUNTS,
    f"{T}.2": COUNTS,
    f"{T}.7": STATES,
    f"{T}.8": {row: row for row in COUNTS},
}


def filtered(*filters: Filter, walk: Sequence[str] = (f"{T}.1", f"{T}.2")) -> Plan:
    return plan([module(column(1), column(2), walk=walk, filters=filters)])


def test_few_chosen_rows_are_got() -> None:
    table = Table(FULL)
    found = read(filtered(Filter(f"{T}.7", (f"{T}.1",), ("^u",))), table)
    assert found == {f"{T}.7": STATES, f"{T}.1": {1: 10, 3: 30}, f"{T}.2": COUNTS}
    assert table.walked == [f"{T}.7", f"{T}.2"]
    assert table.got == [f"{T}.1.1", f"{T}.1.3"]


def test_many_chosen_rows_are_walked() -> None:
    table = Table(FULL)
    assert read(filtered(Filter(f"{T}.7", (f"{T}.1",), ("down",))), table)[f"{T}.1"] == {2: 20, 4: 40, 5: 50, 6: 60}
    assert table.got == []


def test_any_value_of_a_filter_may_match_and_all_filters_of_a_target_must() -> None:
    first = Filter(f"{T}.7", (f"{T}.1", f"{T}.2"), ("up", "down"))
    second = Filter(f"{T}.8", (f"{T}.1",), ("^[2-4]$",))
    found = read(filtered(first, second), Table(FULL))
    assert found[f"{T}.1"] == {2: 20, 3: 30, 4: 40}
    assert found[f"{T}.2"] == COUNTS


def test_a_filter_does_nothing_about_what_a_wider_walk_reads() -> None:
    found = read(filtered(Filter(f"{T}.7", (f"{T}.1",), ("up",)), walk=[T]), Table(FULL))
    assert found[f"{T}.1"] == COUNTS


def test_a_filter_of_a_table_filters_its_columns() -> None:
    found = read(filtered(Filter(f"{T}.7", (T,), ("up",)), walk=[T]), Table(FULL))
    assert found[f"{T}.1"] == found[f"{T}.2"] == {1: 10, 3: 30}


def test_a_filter_that_cannot_be_read_chooses_everything() -> None:
    requests = filtered(Filter(f"{T}.7", (f"{T}.1",), ("up",)))
    table = Table({f"{T}.1": COUNTS, f"{T}.2": COUNTS})
    table.silent[encode_oid(f"{T}.7")] = Failure(Reason.AGENT_ERROR, "genErr")
    assert read(requests, table)[f"{T}.1"] == COUNTS


def test_an_agent_that_fell_silent_is_not_asked_on() -> None:
    table = Table(FULL, silent=[f"{T}.7"])
    requests = filtered(Filter(f"{T}.7", (f"{T}.1",), ("up",)))
    assert read(requests, table)[f"{T}.1"] == {}
    assert table.walked == [f"{T}.7"]


def test_what_a_filter_chose_holds_while_its_column_is_not_read_anew() -> None:
    table = Table(FULL)
    requests = filtered(Filter(f"{T}.7", (f"{T}.1",), ("up",)))
    filters = Filters(requests.rules)
    read(requests, table, filters)
    session = Session(("127.0.0.1", 161), SnmpSettings("127.0.0.1", 161, PUBLIC), 0.0, 0.0)
    (result,) = asyncio.run(filters.through(table).walk(session, [Column.of(f"{T}.1")]))
    assert list(result.rows.values()) == [10, 30]
    assert table.walked.count(f"{T}.7") == 1


def test_another_module_that_wants_a_column_whole_gets_it() -> None:
    chosen = module(column(1), walk=[f"{T}.1"], filters=(Filter(f"{T}.7", (f"{T}.1",), ("up",)),))
    whole = Module("whole", (f"{T}.1",), (), (column(1),))
    assert read(plan([chosen, whole]), Table(FULL))[f"{T}.1"] == COUNTS
