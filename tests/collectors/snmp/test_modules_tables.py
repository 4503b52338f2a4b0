"""Tables: indexes of every kind, lookups, and samples that cannot be told apart."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.contract import Value
from collectors.snmp.indexes import decode
from collectors.snmp.labels import TableLabels
from netmon.ber import encode_arcs
from netmon.snmpmodules import Index, Lookup, Metric
from tests.collectors.snmp.assembling import ENTRY, ROW, Table, metric, samples

ENUM = ((1, "up"), (2, "down"))


def shown(indexes: tuple[Index, ...], index: str) -> dict[str, str]:
    """The labels of one row."""
    labels = TableLabels(Metric("thing", ENTRY, "gauge", "", indexes))
    arcs = tuple(map(int, index.split("."))) if index else ()
    (row,) = labels.series({encode_arcs(arcs): 1})
    return dict(zip(labels.names, row, strict=True))


def index(kind: str, **more: object) -> Index:
    return Index("i", kind, **more)  # type: ignore[arg-type]


SINGLE: list[tuple[Index, str, str]] = [
    (index("gauge"), "42", "42"),
    (index("Integer32"), "4294967295", "4294967295"),
    (index("gauge"), "", "0"),  # agents leave out trailing zeros
    (index("gauge"), "42.7", "42"),  # what follows the last part is not looked at
    (index("EnumAsInfo", enum_values=ENUM), "2", "down"),
    (index("EnumAsInfo", enum_values=ENUM), "3", "3"),
    (index("PhysAddress48"), "0.36.155.12.29.46", "00:24:9B:0C:1D:2E"),
    (index("PhysAddress48"), "0.36", "00:24:00:00:00:00"),
    (index("OctetString"), "3.0.250.16", "0x00FA10"),
    (index("OctetString"), "0", ""),
    (index("OctetString"), "3.0.250", "0x00FA00"),
    (index("OctetString", fixed_size=2), "0.250", "0x00FA"),
    (index("OctetString", implied=True), "0.250.16", "0x00FA10"),
    (index("DisplayString"), "3.97.98.99", "abc"),
    (index("DisplayString", fixed_size=3), "97.98.99", "abc"),
    (index("DisplayString", implied=True), "97.98.99", "abc"),
    (index("DisplayString"), "2.195.168", "è"),
    (index("DisplayString"), "3.97.255.98", "a\ufffdb"),
    (index("InetAddressIPv4"), "10.0.0.1", "10.0.0.1"),
    (index("InetAddressIPv6"), "254.128" + ".0" * 13 + ".1", "FE80:0000:0000:0000:0000:0000:0000:0001"),
    (index("InetAddress"), "1.4.10.0.0.1", "10.0.0.1"),
    (index("InetAddress"), "2.16." + "0." * 15 + "1", "0000:0000:0000:0000:0000:0000:0000:0001"),
    (index("InetAddress"), "16.4.97.46.102.114", "0x1004612E6672"),  # of another type: all of it, as octets
    (index("InetAddressMissingSize"), "1.10.0.0.1", "10.0.0.1"),
    (index("InetAddressMissingSize"), "16.97.46", "0x10612E"),
    (index("LldpPortId"), "3.6.0.36.155.12.29.46", "00:24:9B:0C:1D:2E"),
    (index("LldpPortId"), "5.3.49.47.49", "1/1"),
    (index("LldpPortId"), "5.0", ""),
    (index("LldpPortId"), "4.2.1.10", "0x0402010A"),
]


@pytest.mark.parametrize(("one", "arcs", "text"), SINGLE)
def test_an_index_is_shown_by_its_type(one: Index, arcs: str, text: str) -> None:
    assert shown((one,), arcs) == {"i": text}


def test_parts_follow_one_another() -> None:
    parts = (
        Index("name", "DisplayString"),
        Index("peer", "InetAddress"),
        Index("mac", "PhysAddress48"),
        Index("state", "EnumAsInfo", enum_values=ENUM),
        Index("rest", "OctetString", implied=True),
    )
    assert shown(parts, "2.104.105.1.4.10.0.0.1.0.1.2.3.4.5.1.255.254") == {
        "name": "hi",
        "peer": "10.0.0.1",
        "mac": "00:01:02:03:04:05",
        "state": "up",
        "rest": "0xFFFE",
    }


arcs32 = st.integers(0, 2**32 - 1)
octets = st.lists(st.integers(0, 255), max_size=20)


@given(
    st.lists(
        st.one_of(
            arcs32.map(lambda arc: (Index("i", "gauge"), (arc,), str(arc))),
            octets.map(lambda some: (Index("i", "OctetString"), (len(some), *some), _hex(some))),
            st.lists(st.integers(0, 255), min_size=3, max_size=3).map(
                lambda some: (Index("i", "OctetString", 3), tuple(some), _hex(some))
            ),
            st.text(max_size=8).map(
                lambda text: (Index("i", "DisplayString"), (len(text.encode()), *text.encode()), text)
            ),
            st.ip_addresses(v=4).map(
                lambda address: (Index("i", "InetAddress"), (1, 4, *address.packed), str(address))
            ),
            st.ip_addresses(v=6).map(
                lambda address: (Index("i", "InetAddressMissingSize"), (2, *address.packed), _long(address))
            ),
            st.binary(min_size=6, max_size=6).map(
                lambda mac: (Index("i", "PhysAddress48"), tuple(mac), mac.hex(":").upper())
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_put_into_an_index_is_read_out_of_it(parts: list[tuple[Index, tuple[int, ...], str]]) -> None:
    arcs = tuple(arc for _, part, _ in parts for arc in part)
    for one, part, text in parts:
        read = decode(one, arcs)
        assert (read.text, read.arcs) == (text, part)
        arcs = read.rest
    assert arcs == ()


@given(st.sampled_from([one for one, _, _ in SINGLE]), st.lists(arcs32, max_size=30).map(tuple))
def test_no_index_whatever_it_says_is_unreadable(one: Index, arcs: tuple[int, ...]) -> None:
    assert len(decode(one, arcs).text) <= 10 * 4 * 140


def _hex(some: list[int]) -> str:
    return f"0x{bytes(some).hex().upper()}" if some else ""


def _long(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return address.exploded.upper()


# --- Lookups ----------------------------------------------------------------------------------------------------------


def column(arc: int) -> str:
    return f"{ENTRY}.{arc}"


def test_a_lookup_adds_a_label_and_is_empty_where_nothing_is_found() -> None:
    own = metric("gauge", lookups=(Lookup(("row",), "name", column(2)),))
    assert samples(own, {5: {"1": 7, "2": 8}, 2: {"1": b"one"}}) == [
        'thing{row="1",name="one"} 7',
        'thing{row="2",name=""} 8',
    ]


def test_a_lookup_may_take_the_place_of_the_index_it_came_from() -> None:
    own = metric("gauge", lookups=(Lookup(("row",), "row", column(2)),))
    assert samples(own, {5: {"1": 7}, 2: {"1": b"one"}}) == ['thing{row="one"} 7']


def test_a_lookup_without_labels_drops_its_label_and_lookups_behind_still_know_it() -> None:
    own = metric(
        "gauge", lookups=(Lookup(("row",), "name", column(2)), Lookup((), "row"), Lookup(("row",), "kind", column(3)))
    )
    assert samples(own, {5: {"1": 7}, 2: {"1": b"one"}, 3: {"1": b"k"}}) == ['thing{name="one",kind="k"} 7']


def test_lookups_are_chained_by_the_numbers_they_find() -> None:
    own = metric(
        "gauge",
        indexes=(Index("a"), Index("b")),
        lookups=(
            Lookup(("a", "b"), "config", column(2), "gauge"),
            Lookup(("config",), "cell", column(3), "gauge"),
            Lookup(("cell", "a"), "name", column(4)),
        ),
    )
    table: Table = {5: {"1.2": 9, "1.3": 8}, 2: {"1.2": 70000}, 3: {"70000": 4}, 4: {"4.1": b"found"}}
    assert samples(own, table) == [
        'thing{a="1",b="2",config="70000",cell="4",name="found"} 9',
        'thing{a="1",b="3",config="",cell="",name=""} 8',
    ]


@pytest.mark.parametrize(("found", "name"), [(b"text", "zero"), ((1, 3), "zero"), (0, "zero"), (-1, "")])
def test_what_is_no_number_leads_to_row_zero(found: Value, name: str) -> None:
    own = metric("gauge", lookups=(Lookup(("row",), "a", column(2)), Lookup(("a",), "name", column(3))))
    (sample,) = samples(own, {5: {"1": 9}, 2: {"1": found}, 3: {"0": b"zero"}})
    assert f'name="{name}"' in sample


def test_a_lookup_under_a_string_index_takes_its_length_along() -> None:
    own = metric("gauge", indexes=(Index("n", "DisplayString"),), lookups=(Lookup(("n",), "x", column(2)),))
    assert samples(own, {5: {"2.104.105": 1}, 2: {"2.104.105": b"yes"}}) == ['thing{n="hi",x="yes"} 1']


LOOKUP_TEXTS: list[tuple[str, Value, str]] = [
    ("DisplayString", b"abc", "abc"),
    ("OctetString", b"abc", "0x616263"),
    ("PhysAddress48", b"\0\1\2\3\4\5", "00:01:02:03:04:05"),
    ("gauge", 5, "5"),
    ("gauge", b"\x07x", "7"),
    ("gauge", b"", "0"),
    ("EnumAsInfo", 2, "down"),
    ("EnumAsInfo", 9, "9"),
    ("EnumAsStateSet", 2, "2"),
    ("Bits", b"\x80", "0x80"),
    ("InetAddressIPv4", b"\x0a\0\0\1", "10.0.0.1"),
    ("Float", 0.5, "0.5"),
]


@pytest.mark.parametrize(("kind", "found", "text"), LOOKUP_TEXTS)
def test_a_lookup_is_shown_by_its_type(kind: str, found: Value, text: str) -> None:
    own = metric("gauge", lookups=(Lookup(("row",), "x", column(2), kind, enum_values=ENUM),))
    assert samples(own, {5: {"1": 1}, 2: {"1": found}}) == [f'thing{{row="1",x="{text}"}} 1']


def test_a_lookup_has_its_display_hint() -> None:
    own = metric("gauge", lookups=(Lookup(("row",), "x", column(2), "OctetString", "1x:"),))
    assert samples(own, {5: {"1": 1}, 2: {"1": b"\0\x1a"}}) == ['thing{row="1",x="00:1A"} 1']


# --- Samples that cannot be told apart --------------------------------------------------------------------------------


def test_of_numbers_with_equal_labels_the_first_stays() -> None:
    own = metric("gauge", lookups=(Lookup(("row",), "name", column(2)), Lookup((), "row")))
    table: Table = {5: {"1": 7, "2": 8, "3": 9}, 2: {"1": b"same", "2": b"same", "3": b"other"}}
    assert samples(own, table) == ['thing{name="same"} 7', 'thing{name="other"} 9']


def test_texts_that_differ_can_be_told_apart() -> None:
    own = metric("DisplayString", lookups=(Lookup((), "row"),))
    assert samples(own, {5: {"1": b"a", "2": b"b", "3": b"a"}}) == ['thing{thing="a"} 1', 'thing{thing="b"} 1']


def test_indexes_that_differ_only_behind_their_parts_are_one() -> None:
    assert samples(metric("gauge", indexes=ROW), {5: {"1.1": 7, "1.2": 8, "2": 9}}) == [
        'thing{row="1"} 7',
        'thing{row="2"} 9',
    ]
