"""How full links are: never a figure that the counters do not prove, and every second in one civil day."""

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, SECOND
from netmon.model import Family, LinkDay
from netmon.state.loads import FULL, MOST_INTERFACES, Look, days_in, load_between, looks_in, with_load

PARIS = ZoneInfo("Europe/Paris")
MIDNIGHT = 1_793_487_600_000  # 2026-11-01T00:00:00+01:00
GIGABIT = 1_000_000_000
LONGEST = 150 * SECOND
BEFORE = Look(MIDNIGHT, "7", 10**15, 10**12, GIGABIT, 0, 4_294_967_000)  # the uptime comes round within the minute


def after(**changed: int | str | None) -> Look:
    """A minute later, half full."""
    octets = GIGABIT // 8 * 60 // 2
    later = replace(
        BEFORE, at=MIDNIGHT + MINUTE, received=BEFORE.received + octets, uptime=(4_294_967_000 + 6000) % 2**32
    )
    return replace(later, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("look", "load"),
    [
        (after(), 5_000),
        (after(sent=BEFORE.sent + GIGABIT // 8 * 54), 9_000),  # the busier direction
        (after(uptime=None), 5_000),
        (
            after(received=BEFORE.received + GIGABIT // 8 * 66),
            FULL,
        ),  # a tenth more than there can be: polls are not exact
        (after(received=BEFORE.received + GIGABIT // 8 * 90), None),  # no traffic: counters made anew
        (after(received=5), None),
        (after(sent=5), None),
        (after(uptime=200), None),  # it restarted, though its counters are higher than before
        (after(uptime=(4_294_967_000 + 12_000) % 2**32), None),  # a minute more passed there: a clock was set
        (after(broken=4_294_967_100), None),
        (after(speed=GIGABIT // 10), None),
        (after(index="8"), None),
        (after(at=MIDNIGHT + 4 * SECOND, uptime=None), None),
        (after(at=MIDNIGHT + LONGEST + 1, uptime=None), None),
        (after(at=MIDNIGHT, uptime=None), None),
    ],
)
def test_a_load_is_only_told_where_the_counters_prove_it(look, load):
    assert load_between(BEFORE, look, LONGEST) == load


@settings(deadline=None)
@given(
    rates=st.lists(st.integers(0, GIGABIT // 8), min_size=1, max_size=20),
    restart=st.integers(0, 20),
    gaps=st.lists(st.integers(5, 200), min_size=20, max_size=20),
)
def test_whatever_happens_between_looks_no_load_is_above_the_truth(rates, restart, gaps):
    """A device that counts its true traffic, and restarts once in between at any place."""
    at, total, up, looks = MIDNIGHT, 10**13, 10**6, []
    for number, rate in enumerate(rates):
        looks.append(Look(at, "1", total, 0, GIGABIT, uptime=up))
        length = gaps[number]
        at, up, total = at + length * SECOND, up + length * 100, total + rate * length
        if number == restart:
            up, total = length * 50, rate * length // 2
    for (before, later), rate in zip(pairwise(looks), rates, strict=False):
        load = load_between(before, later, LONGEST)
        assert load is None or load == rate * 8 * FULL // GIGABIT


@settings(deadline=None)
@given(start=st.integers(MIDNIGHT - 400 * DAY, MIDNIGHT + 400 * DAY), length=st.integers(1, 3 * DAY))
def test_days_share_out_every_millisecond_in_order(start, length):
    found = list(days_in(start, start + length, PARIS))
    assert sum(part for _, part in found) == length
    assert [day for day, _ in found] == sorted({day for day, _ in found})


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (MIDNIGHT - 20 * SECOND, MIDNIGHT + 40 * SECOND, [("2026-10-31", 20_000), ("2026-11-01", 40_000)]),
        (MIDNIGHT - 7 * DAY - HOUR, MIDNIGHT - 6 * DAY, [("2026-10-25", 25 * HOUR)]),  # clocks set back
    ],
)
def test_a_day_is_as_long_as_it_is(start, end, expected):
    assert list(days_in(start, end, PARIS)) == expected


def test_a_day_adds_up_what_was_measured_what_was_over_and_the_highest():
    day = LinkDay("n", "i", "2026-11-01", GIGABIT, 80, 0, 0, 0)
    for load in (7_999, 8_000, 9_500, 100):
        day = with_load(day, MINUTE, load, GIGABIT)
    assert (day.measured, day.over, day.peak) == (4 * MINUTE, 2 * MINUTE, 9_500)


def families(rows: dict[tuple[str, str, str], tuple[int, int, int, int]]) -> list[Family]:
    labels, names = ("ifIndex", "ifDescr", "ifName"), ("ifHCInOctets", "ifHCOutOctets", "ifHighSpeed", "ifSpeed")
    columns = zip(*rows.values(), strict=True)
    return [
        Family(name, "counter", "", labels, tuple(rows), values) for name, values in zip(names, columns, strict=True)
    ]


def test_interfaces_are_known_by_their_names_and_those_without_speed_are_left_out():
    told = families({
        ("1", "GigabitEthernet1", "Gi1"): (1, 2, 1000, 1),
        ("2", "eth2", ""): (1, 2, 0, 100_000_000),
        ("3", "", ""): (1, 2, 0, 10),
        ("4", "tunnel", "tu0"): (1, 2, 0, 0),
        ("5", "", "x"): (1, 2, 0, 0xFFFFFFFF),
        ("6", "other", "Gi1"): (1, 2, 1000, 1),
    })  # fmt: skip
    found = looks_in(told, MIDNIGHT, 5)
    assert {name: (look.index, look.speed) for name, look in found.items()} == {
        "Gi1": ("1", GIGABIT), "eth2": ("2", 100_000_000), "3": ("3", 10), "Gi1 (6)": ("6", GIGABIT),
    }  # fmt: skip
    assert looks_in(told[1:], MIDNIGHT, 5) == {}


def test_a_link_that_is_down_is_not_measured():
    told = families({(str(n), "", f"v{n}"): (1, 2, 1000, 1) for n in (1, 2, 3)})
    status = Family("ifOperStatus", "gauge", "", told[0].label_names, told[0].series[:2], (1, 2))
    assert list(looks_in([*told, status], MIDNIGHT, 5)) == ["v1", "v3"]


def test_of_a_device_with_thousands_of_interfaces_some_are_followed():
    told = families({(str(n), "", f"v{n}"): (1, 2, 1000, 1) for n in range(5_000)})
    assert len(looks_in(told, MIDNIGHT, 5)) == MOST_INTERFACES


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), unique=True), min_size=4, max_size=4))
def test_columns_need_not_have_the_same_rows(columns):
    names = ("ifHCInOctets", "ifHCOutOctets", "ifHighSpeed", "ifSpeed")
    told = [
        Family(name, "gauge", "", ("ifIndex",), tuple((str(n),) for n in rows), tuple(n + 1 for n in rows))
        for name, rows in zip(names, columns, strict=True)
    ]
    received, sent, high, plain = map(set, columns)
    found = looks_in(told, MIDNIGHT, None)
    assert {int(name) for name in found} == received & sent & (high | plain)
    assert all(look.received == look.sent == int(name) + 1 for name, look in found.items())
