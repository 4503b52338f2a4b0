"""The fast decoder of several columns at once, against the one that reads one varbind after another."""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from collectors.snmp import codec
from collectors.snmp.contract import Split
from collectors.snmp.messages import V3, Reply
from collectors.snmp.walk import _read_columns
from netmon import ber
from tests.collectors.snmp.agents import varbind

ENTRY = (1, 3, 6, 1, 2, 1, 2, 2, 1)

contents = {
    ber.INTEGER: st.integers(-(2**31), 2**31 - 1).map(ber.encode_integer),
    ber.COUNTER32: st.binary(min_size=1, max_size=5),
    ber.GAUGE32: st.integers(0, 127).map(ber.encode_integer),
    ber.COUNTER64: st.integers(0, 2**64 - 1).map(ber.encode_integer),
    ber.OCTET_STRING: st.one_of(st.binary(max_size=90), st.just(b"\x06\x0b" + ber.encode_oid(ENTRY))),
}
arcs = st.lists(st.sampled_from([1, 2, 3, 7, 13, 127, 128, 10_000]), min_size=1, max_size=5, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[bytes], list[bytes]]:
    """Prefixes of columns, and the varbinds of an answer about them, ended by other objects, cut, or neither."""
    columns = draw(arcs)
    rows, first = draw(st.integers(0, 6)), draw(st.sampled_from([1, 125, 126, 10_101, 16_380]))
    tags = [draw(st.sampled_from(list(contents))) for _ in columns]
    body = [
        varbind((*ENTRY, column, first + row), tag, draw(contents[tag]))
        for row in range(rows)
        for column, tag in zip(columns, tags, strict=True)
    ]
    ending = draw(st.sampled_from(["whole", "cut", "next columns", "other tables", "end of all"]))
    if ending == "cut":
        body = body[: draw(st.integers(0, len(body)))]
    elif ending == "next columns":
        body += [varbind((*ENTRY, column + 1, first), ber.COUNTER32, b"\x01") for column in columns]
    elif ending == "other tables":
        body += [varbind((1, 3, 6, 1, 2, 1, 31, column), ber.COUNTER32, b"\x01") for column in columns] * 2
    elif ending == "end of all":
        body += [varbind((*ENTRY, column, first + rows - 1), ber.END_OF_MIB_VIEW, b"") for column in columns]
    return [ber.encode_oid((*ENTRY, column)) for column in columns], body


def plainly(data: bytes, prefixes: list[bytes]) -> list[Split]:
    return list(_read_columns(Reply(data, 0, 0, 0, 0, len(data), V3, 0, ber.RESPONSE), prefixes))


def as_lists(splits: list[Split]) -> list[tuple[list[bytes], list[object], bool]]:
    return [(list(split.indexes), list(split.values), split.ended) for split in splits]


@given(tables())
def test_what_the_fast_decoder_reads_the_plain_one_reads_the_same(table: tuple[list[bytes], list[bytes]]) -> None:
    prefixes, body = table
    data = b"".join(body)
    splits = codec.split_columns(data, 0, len(data), prefixes)
    if splits is not None:
        assert as_lists(splits) == as_lists(plainly(data, prefixes))


@given(tables(), st.data())
def test_whatever_the_fast_decoder_accepts_the_plain_one_reads_the_same(
    table: tuple[list[bytes], list[bytes]], draw: st.DataObject
) -> None:
    """Also when octets were changed, dropped or added on the way."""
    prefixes, body = table
    data = bytearray(b"".join(body))
    assume(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        place = draw.draw(st.integers(0, max(0, len(data) - 1)))
        data[place : place + draw.draw(st.integers(0, 2))] = draw.draw(st.binary(max_size=2))
    splits = codec.split_columns(bytes(data), 0, len(data), prefixes)
    if splits is None:
        return
    try:
        expected = plainly(bytes(data), prefixes)
    except ber.BerError:
        assert any(split.ended for split in splits)  # what is behind the columns is not read any further
    else:
        assert as_lists(splits) == as_lists(expected)


@given(st.integers(1, 16), st.integers(1, 60))
@example(16, 48)
def test_a_regular_table_is_for_the_fast_decoder(columns: int, rows: int) -> None:
    prefixes = [ber.encode_oid((*ENTRY, column)) for column in range(1, columns + 1)]
    body = [
        varbind((*ENTRY, column, row), ber.COUNTER64, ber.encode_integer(10**column * row))
        for row in range(1, rows + 1)
        for column in range(1, columns + 1)
    ]
    body += [varbind((*ENTRY[:-1], 9, column), ber.COUNTER32, b"\x01") for column in range(1, columns + 1)]
    data = b"".join(body)
    splits = codec.split_columns(data, 0, len(data), prefixes)
    assert splits is not None
    assert [split.ended for split in splits] == [True] * columns
    assert list(splits[-1].values) == [10**columns * row for row in range(1, rows + 1)]


def test_columns_with_other_rows_are_read_and_one_that_ends_before_the_others_is_left_to_the_plain_decoder() -> None:
    prefixes = [ber.encode_oid((*ENTRY, column)) for column in (1, 2)]
    rows = ((1, 1), (2, 2), (1, 2), (2, 3), (1, 3), (2, 4))
    data = b"".join(varbind((*ENTRY, column, row), ber.COUNTER32, b"\x01") for column, row in rows)
    splits = codec.split_columns(data, 0, len(data), prefixes)
    assert splits is not None  # each column has its own indexes
    assert [list(split.indexes) for split in splits] == [[b"\x01", b"\x02", b"\x03"], [b"\x02", b"\x03", b"\x04"]]
    ending = b"".join(varbind((*ENTRY, *row), ber.COUNTER32, b"\x01") for row in ((1, 1), (2, 1), (2, 1), (2, 2)))
    assert codec.split_columns(ending, 0, len(ending), prefixes) is None
    assert [(len(split.indexes), split.ended) for split in plainly(ending, prefixes)] == [(1, True), (2, False)]
