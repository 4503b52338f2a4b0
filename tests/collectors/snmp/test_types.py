"""What each type of metric makes of what an agent sends: values computed by hand from the documented behaviour."""

from typing import Any

import pytest

from collectors.snmp.contract import IpAddress, Value
from collectors.snmp.families import Assembler
from collectors.snmp.plan import plan
from netmon.snmpmodules import Extract, Index, Lookup, Module
from tests.collectors.snmp.assembling import ENTRY, columns_of, families, metric, one, samples

ENUM = ((1, "up"), (2, "down"), (3, "testing"))

RENDERED: list[tuple[str, Value, str]] = [
    # numbers are shown as they are whatever the text's type
    ("DisplayString", 42, "42"),
    ("OctetString", -5, "-5"),
    ("PhysAddress48", 2**64 - 1, "18446744073709551615"),
    ("DisplayString", 0.5, "0.5"),
    ("DisplayString", 0.10000000149011612, "0.1"),  # an Opaque float of 32 bits: no more digits than it has
    ("DisplayString", 1e22, "10000000000000000000000"),
    ("DisplayString", 3.0, "3"),
    ("DisplayString", float("inf"), "+Inf"),
    ("DisplayString", float("nan"), "NaN"),
    # identifiers without a leading dot
    ("DisplayString", (1, 3, 6, 1, 4, 1, 9), "1.3.6.1.4.1.9"),
    ("OctetString", (1, 3, 6, 1, 4, 1, 9), "1.3.6.1.4.1.9"),
    # texts: UTF-8, and one U+FFFD for a run of octets that are not
    ("DisplayString", b"", ""),
    ("DisplayString", "Bègles".encode(), "Bègles"),
    ("DisplayString", b"a\xff\xfeb\xe2\x82c", "a\ufffdb\ufffdc"),
    ("DisplayString", b"nul\x00", "nul\x00"),
    # octets: upper-case hexadecimal, nothing for nothing
    ("OctetString", b"", ""),
    ("OctetString", b"\x00\xfa\x10", "0x00FA10"),
    # hardware addresses: six octets, padded or cut
    ("PhysAddress48", bytes.fromhex("00249b0c1d2e"), "00:24:9B:0C:1D:2E"),
    ("PhysAddress48", b"", "00:00:00:00:00:00"),
    ("PhysAddress48", bytes.fromhex("0024"), "00:24:00:00:00:00"),
    ("PhysAddress48", bytes.fromhex("00249b0c1d2e7788"), "00:24:9B:0C:1D:2E"),
    # addresses
    ("InetAddressIPv4", b"\x0a\x01\x02\xff", "10.1.2.255"),
    ("InetAddressIPv4", b"\x0a", "10.0.0.0"),
    ("InetAddressIPv6", bytes(range(1, 17)), "0102:0304:0506:0708:090A:0B0C:0D0E:0F10"),
    ("InetAddressIPv6", b"\xfe\x80", "FE80:0000:0000:0000:0000:0000:0000:0000"),
    ("OctetString", IpAddress(b"\x0a\x00\x00\x01"), "10.0.0.1"),
    ("DisplayString", IpAddress(b"\x0a\x00\x00\x01"), "10.0.0.1"),
]


@pytest.mark.parametrize(("kind", "value", "shown"), RENDERED, ids=lambda item: repr(item)[:30])
def test_a_text_is_the_label_of_a_gauge_that_is_one(kind: str, value: Value, shown: str) -> None:
    assert one(kind, value) == [f'thing{{row="1",thing="{shown}"}} 1']


NUMBERS: list[tuple[str, Value, str]] = [
    ("gauge", -7, "-7"),
    ("gauge", 2.5, "2.5"),
    ("counter", 2**63, str(2**63)),  # the exposition lets it start again at 2^53, or not
    ("Float", 1.5, "1.5"),
    ("Double", 1e300, "1e+300"),
    # RFC 2579: year (two octets), month, day, hour, minute, second, tenths; then direction, hours, minutes
    ("DateAndTime", bytes((7, 226, 8, 15, 8, 1, 15, 0)), "1534320075"),
    ("DateAndTime", bytes((7, 226, 8, 15, 8, 1, 15, 9)), "1534320075"),
    ("DateAndTime", bytes((7, 226, 8, 15, 8, 1, 15, 0, ord("+"), 2, 0)), "1534312875"),
    ("DateAndTime", bytes((7, 226, 8, 15, 8, 1, 15, 0, ord("-"), 2, 30)), "1534329075"),
    ("DateAndTime", bytes((7, 178, 1, 1, 0, 0, 0, 0)), "0"),
    ("DateAndTime", bytes((7, 178, 13, 1, 0, 0, 60, 0)), "31536060"),  # the 13th month is January
    ("DateAndTime", bytes(8), "-62169984000"),  # year 0, month 0, day 0: the last day of November before
    # 1900 and 1970 are 2 208 988 800 seconds apart
    ("NTPTimeStamp", (2208988800 + 1700000000).to_bytes(4, "big") + b"\x80\0\0\0", "1700000000"),
    ("NTPTimeStamp", bytes(8), "-2208988800"),
]


@pytest.mark.parametrize(("kind", "value", "shown"), NUMBERS, ids=lambda item: repr(item)[:30])
def test_a_number_is_the_value(kind: str, value: Value, shown: str) -> None:
    assert one(kind, value) == [f'thing{{row="1"}} {shown}']
    (family,) = families([metric(kind)], {5: {"1": value}})
    assert (family.kind, family.help) == ("counter" if kind == "counter" else "gauge", "Help.")


NOTHING: list[tuple[str, Value]] = [
    ("gauge", b"12"),
    ("counter", (1, 3, 6)),
    ("EnumAsInfo", b"\x01"),
    ("EnumAsStateSet", b"\x01"),
    ("Bits", 3),
    ("DateAndTime", b"\x07"),
    ("DateAndTime", 5),
    ("DateAndTime", bytes((7, 226, 8, 15, 8, 1, 15, 0, ord("*"), 2, 0))),
    ("DateAndTime", bytes((7, 226, 8, 15, 8, 1, 15, 0, ord("+"), 25, 0))),
    ("NTPTimeStamp", bytes(7)),
    ("NTPTimeStamp", 7),
]


@pytest.mark.parametrize(("kind", "value"), NOTHING, ids=lambda item: repr(item)[:30])
def test_what_an_agent_sends_as_something_else_is_left_out(kind: str, value: Value) -> None:
    assert one(kind, value, enum_values=ENUM) == []


@pytest.mark.parametrize(
    ("pattern", "said", "seconds"),
    [
        ("%b %d %Y", b"Apr 01 2025", 1743465600),
        ("%Y-%m-%dT%H:%M:%S%z", b"2025-04-01T10:00:00+0200", 1743494400),
        ("%d/%m/%y %I:%M %p", b"01/04/25 12:30 AM", 1743467400),
        ("%d/%m/%y %I:%M %p", b"01/04/25 12:30 PM", 1743510600),
        ("%A, %e %B %Y", b"Tuesday,  1 April 2025", 1743465600),
        ("%j %Y", b"91 2025", 1743465600),
        ("%F %T UTC", b"2025-04-01 00:00:01 UTC", 1743465601),
        ("%c", b"Tue Apr  1 00:00:00 2025", 1743465600),
        ("%Y%m%d%%", b"20250401%", 1743465600),
    ],
)
def test_a_time_is_parsed_by_its_pattern(pattern: str, said: bytes, seconds: int) -> None:
    assert one("ParseDateAndTime", said, datetime_pattern=pattern) == [f'thing{{row="1"}} {seconds}']


@pytest.mark.parametrize("said", [b"ABC", b"Apr 01 2025 and more", b"Apr 01", b""])
def test_a_text_that_does_not_fit_the_pattern_is_left_out(said: bytes) -> None:
    assert one("ParseDateAndTime", said, datetime_pattern="%b %d %Y") == []


def test_a_number_can_be_a_time_too() -> None:
    assert one("ParseDateAndTime", 20250401, datetime_pattern="%Y%m%d") == ['thing{row="1"} 1743465600']


# --- Enumerations and bits --------------------------------------------------------------------------------------------


def test_an_enumeration_as_info_is_named_and_helped_so() -> None:
    (family,) = families([metric("EnumAsInfo", enum_values=ENUM)], {5: {"1": 2, "2": 9}})
    assert (family.name, family.kind, family.help) == ("thing_info", "gauge", "Help. (EnumAsInfo)")
    assert samples(metric("EnumAsInfo", enum_values=ENUM), {5: {"1": 2, "2": 9}}) == [
        'thing_info{row="1",thing="down"} 1',
        'thing_info{row="2",thing="9"} 1',
    ]


def test_an_enumeration_as_state_set_has_a_series_for_each_state() -> None:
    assert sorted(one("EnumAsStateSet", 2, enum_values=ENUM)) == [
        'thing{row="1",thing="down"} 1',
        'thing{row="1",thing="testing"} 0',
        'thing{row="1",thing="up"} 0',
    ]
    assert sorted(one("EnumAsStateSet", 9, enum_values=ENUM)) == [
        'thing{row="1",thing="9"} 1',
        'thing{row="1",thing="down"} 0',
        'thing{row="1",thing="testing"} 0',
        'thing{row="1",thing="up"} 0',
    ]
    (family,) = families([metric("EnumAsStateSet", enum_values=ENUM)], {5: {"1": 2}})
    assert (family.kind, family.help) == ("gauge", "Help. (EnumAsStateSet)")


def test_two_values_of_one_name_are_one_state() -> None:
    enum = ((1, "on"), (2, "on"), (3, "off"))
    assert one("EnumAsStateSet", 2, enum_values=enum) == ['thing{row="1",thing="on"} 1', 'thing{row="1",thing="off"} 0']


def test_bits_count_from_the_highest_of_the_first_octet() -> None:
    bits = ((0, "first"), (7, "eighth"), (8, "ninth"), (23, "beyond"))
    assert one("Bits", b"\x81\x00", enum_values=bits) == [
        'thing{row="1",thing="first"} 1',
        'thing{row="1",thing="eighth"} 1',
        'thing{row="1",thing="ninth"} 0',
        'thing{row="1",thing="beyond"} 0',
    ]
    (family,) = families([metric("Bits", enum_values=bits)], {5: {"1": b"\x81"}})
    assert (family.kind, family.help) == ("gauge", "Help. (Bits)")


@pytest.mark.parametrize("kind", ["EnumAsInfo", "EnumAsStateSet", "Bits"])
def test_an_index_of_the_same_name_tells_it_already(kind: str) -> None:
    own = metric(kind, enum_values=ENUM, indexes=(Index("thing", "EnumAsInfo", enum_values=ENUM),))
    assert samples(own, {5: {"1": b"\x80" if kind == "Bits" else 1}}) == []


def test_a_text_is_not_repeated_when_an_index_has_its_name() -> None:
    named = metric("DisplayString", indexes=(Index("thing", "DisplayString"),))
    assert samples(named, {5: {"2.104.105": b"hi"}}) == ['thing{thing="hi"} 1']


# --- Types that an object before tells --------------------------------------------------------------------------------

ADDRESSES: list[tuple[str, Value | None, bytes, str]] = [
    ("InetAddress", 1, b"\x0a\x00\x00\x01", "10.0.0.1"),
    ("InetAddress", 2, bytes(15) + b"\x01", "0000:0000:0000:0000:0000:0000:0000:0001"),
    ("InetAddress", 16, b"a.fr", "0x612E6672"),
    ("InetAddress", None, b"\x0a\x00\x00\x01", "0x0A000001"),
    ("InetAddressMissingSize", 1, b"\x0a\x00\x00\x01", "10.0.0.1"),
    ("LldpPortId", 3, bytes.fromhex("00249b0c1d2e"), "00:24:9B:0C:1D:2E"),
    ("LldpPortId", 5, b"Gi1/0/1", "Gi1/0/1"),
    ("LldpPortId", 7, b"local", "local"),
    ("LldpPortId", 4, b"\x01\x0a\x00\x00\x01", "0x010A000001"),
    ("LldpPortId", None, b"x", "0x78"),
]


@pytest.mark.parametrize(("kind", "told", "value", "shown"), ADDRESSES)
def test_the_object_before_tells_the_type(kind: str, told: Value | None, value: bytes, shown: str) -> None:
    table: Any = {5: {"1": value}} | ({4: {"1": told}} if told is not None else {})
    assert samples(metric(kind), table) == [f'thing{{row="1",thing="{shown}"}} 1']


def test_a_lookup_is_shown_by_the_object_before_it_too() -> None:
    lookup = Lookup(("row",), "peer", metric("gauge", 8).oid, "InetAddress")
    table: Any = {5: {"1": 3, "2": 4}, 7: {"1": 1, "2": 9}, 8: {"1": b"\x0a\0\0\1", "2": b"\x0a\0\0\1"}}
    assert samples(metric("gauge", lookups=(lookup,)), table) == [
        'thing{row="1",peer="10.0.0.1"} 3',
        'thing{row="2",peer="0x0A000001"} 4',
    ]


# --- Scale, offset, extracts, hints -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "more", "shown"),
    [
        ("gauge", 235, {"scale": 0.1}, "23.5"),
        ("gauge", 235, {"offset": -273.0}, "-38.0"),
        ("gauge", 235, {"scale": 0.1, "offset": 1.0}, "24.5"),
        ("counter", 2**53 + 5, {"scale": 2.0}, "10.0"),
        ("gauge", -(2**53) - 5, {"scale": 2.0}, "-10.0"),
        ("NTPTimeStamp", (2208988800).to_bytes(4, "big") + bytes(4), {"offset": 10.0}, "10.0"),
    ],
)
def test_scale_comes_before_offset(kind: str, value: Value, more: dict[str, float], shown: str) -> None:
    assert one(kind, value, **more) == [f'thing{{row="1"}} {shown}']


def test_large_counters_can_be_scaled_whole() -> None:
    assert samples(metric("counter", scale=2.0), {5: {"1": 2**53}}, wrap=False) == [
        'thing{row="1"} 1.8014398509481984e+16'
    ]


def test_the_one_of_a_text_is_scaled_as_well() -> None:
    assert one("DisplayString", b"x", scale=0.5) == ['thing{row="1",thing="x"} 0.5']


def test_a_number_is_extracted_by_the_first_expression_that_fits_and_parses() -> None:
    extracts = (
        ("Temp", (Extract(r"(\d+(?:\.\d+)?) C"), Extract(r".*", "-1"))),
        ("Status", (Extract(r".*ok.*", "1"), Extract(r"(?i)fail(?P<code>\d*)", "${code}"), Extract(r".*", "$0x"))),
    )
    own = metric("DisplayString", regex_extracts=extracts, scale=2.0)
    assert samples(own, {5: {"1": b"21.5 C ok", "2": b"30 C", "3": b"FAIL7"}}) == [
        'thingTemp{row="1"} -2.0',  # the whole text has to match
        'thingTemp{row="2"} 60.0',
        'thingTemp{row="3"} -2.0',
        'thingStatus{row="1"} 2.0',
        'thingStatus{row="3"} 14.0',
    ]
    assert {family.help for family in families([own], {5: {"1": b"30 C"}})} == {"Help. (regex extracted)"}


def test_octets_are_shown_by_their_display_hint() -> None:
    assert one("OctetString", b"\x0a\0\0\1\0\0\0\3", display_hint="1d.1d.1d.1d%4d") == [
        'thing{row="1",thing="10.0.0.1%3"} 1'
    ]
    assert one("DisplayString", b"abc", display_hint="1x:") == ['thing{row="1",thing="abc"} 1']
    assert one("OctetString", b"", display_hint="1x:") == ['thing{row="1",thing=""} 1']


def test_series_stay_the_same_objects_while_nothing_changes_but_values() -> None:
    metrics = (
        metric("gauge"),
        metric("DisplayString", 6, name="text"),
        metric("Bits", 7, name="bits", enum_values=ENUM),
    )
    assembler = Assembler(plan([Module("m", (ENTRY,), (), metrics)]))
    first = assembler.assemble({}, columns_of({5: {"1": 1}, 6: {"1": b"x"}, 7: {"1": b"\x80"}}))
    second = assembler.assemble({}, columns_of({5: {"1": 2}, 6: {"1": b"x"}, 7: {"1": b"\x80"}}))
    assert [family.series for family in first] == [family.series for family in second]
    assert all(old.series is new.series for old, new in zip(first, second, strict=True))
    assert second[0].values == (2,)
