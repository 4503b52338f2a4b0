"""DISPLAY-HINTs (RFC 2579, section 3.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.hints import apply_hint

SHOWN = [
    ("1d.1d.1d.1d", bytes((192, 168, 1, 1)), "192.168.1.1"),
    ("1x:", bytes.fromhex("001a2b"), "00:1A:2B"),
    ("2x:2x:2x", bytes.fromhex("20010db80001"), "2001:0DB8:0001"),
    ("255a", b"Hello", "Hello"),
    ("4d", bytes((0, 1, 0, 0)), "65536"),
    ("1o", b"\x08", "10"),
    ("1d-1d.", bytes((1, 2, 3, 4)), "1-2.3.4"),  # the last specification repeats
    ("*1x:", bytes((3, 0xAA, 0xBB, 0xCC)), "AA:BB:CC"),
    ("*1d./1d", bytes((3, 10, 20, 30, 40)), "10.20.30/40"),
    ("*1d.", bytes((0, 1, 7)), "7"),
    ("2d-1d-1d,1d:1d:1d.1d", bytes((7, 230, 8, 15, 8, 1, 15, 0)), "2022-8-15,8:1:15.0"),
    ("1d.1d.1d.1d", bytes((10, 20)), "10.20"),  # octets end before the hint does
    ("0a[2x]0a:2d", bytes.fromhex("20010050"), "[2001]:80"),  # specifications without octets only separate
    ("4x-2x-2x-1x1x-6x", bytes.fromhex("12345678abcdef012345001122334455"), "12345678-ABCD-EF01-2345-001122334455"),
    ("1d.1d.1d.1d/1d", bytes((10, 0, 0, 0, 24)), "10.0.0.0/24"),
    ("99999999999999999999a", b"all", "all"),
]


@pytest.mark.parametrize(("hint", "octets", "shown"), SHOWN)
def test_octets_are_shown_as_the_hint_says(hint: str, octets: bytes, shown: str) -> None:
    assert apply_hint(hint, octets) == shown.encode()


@pytest.mark.parametrize(
    ("hint", "octets"),
    [("", b"a"), ("1d", b""), ("1z", b"a"), ("1", b"a"), ("d", b"a"), ("0d", b"abc"), ("9d", bytes(9)), ("1d*", b"ab")],
)
def test_a_hint_that_says_nothing_usable_is_passed_over(hint: str, octets: bytes) -> None:
    assert apply_hint(hint, octets) is None


@given(st.text(alphabet="0123*dxoat:.-/é", max_size=12), st.binary(max_size=30))
def test_every_hint_comes_to_an_end(hint: str, octets: bytes) -> None:
    shown = apply_hint(hint, octets)
    assert shown is None or isinstance(shown, bytes)
