import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.conventions import Reason
from netmon.errors import UsageError
from netmon.model import Correction, MaintenanceWindow, Membership, MonitorEvent, State, Transition
from netmon.sla.eventlog import format_event, parse_events
from netmon.sla.instant import instant_of, seconds_of
from netmon.sla.intervals import LAST
from tests.sla.histories import histories

STATE = {"kind": "state", "object": "n1", "t": 100, "state": "down"}
SPAN = {"object": "n1", "from": 10, "to": 20}


def read(*lines: dict[str, Any]) -> list[Any]:
    return parse_events([json.dumps(line) for line in lines])


def test_each_kind_of_line_becomes_its_event() -> None:
    assert read(
        STATE | {"earliest": 40, "reason": "timeout"},
        {"kind": "maintenance", **SPAN, "text": "firmware"},
        {"kind": "monitor", "t": 5, "state": "stopped"},
        {"kind": "member", **SPAN, "to": None, "commune": "Bègles", "weight": 3},
        {"kind": "correction", **SPAN, "state": "up", "author": "A", "reason": "R", "recorded": 30},
    ) == [
        Transition("n1", 100_000, 40_000, State.PENDING, State.DOWN, Reason.TIMEOUT, 100_000),
        MaintenanceWindow("n1", 10_000, 20_000, "firmware", 10_000),
        MonitorEvent(5_000, "stopped"),
        Membership("n1", 10_000, None, "Bègles", 3),
        Correction("n1", 10_000, 20_000, State.UP, "A", "R", 30_000),
    ]


def test_the_old_state_is_that_of_the_line_before_in_time() -> None:
    lines = [{**STATE, "t": t, "state": state} for t, state in ((3, "up"), (1, "down"), (3, "degraded"))]
    assert [event.old for event in read(*lines)] == [State.DOWN, State.PENDING, State.UP]


def test_a_reason_in_other_words_is_kept_as_it_is() -> None:
    [event] = read(STATE | {"reason": "fibre cut"})
    assert (event.reason, event.detail) == (Reason.OTHER, "fibre cut")
    assert json.loads(format_event(event))["reason"] == "fibre cut"


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("2025-10-09T08:53:20Z", 1_760_000_000_000),
        ("2025-10-09t08:53:20z", 1_760_000_000_000),
        ("2025-10-09 10:53:20.5+02:00", 1_760_000_000_500),
        ("2025-10-09T03:23:20.123999-05:30", 1_760_000_000_123),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2028-02-29T00:00:00Z", 1_835_395_200_000),
    ],
)
def test_rfc_3339_is_read_to_the_millisecond(text: str, millis: int) -> None:
    assert instant_of(text) == millis
    assert read(STATE | {"t": text})[0].at == millis


@pytest.mark.parametrize(
    "text",
    ["2025-10-09", "2025-10-09T08:53:20", "2025-10-09T08:53Z", "2025-02-29T00:00:00Z", "2025-10-09T24:00:00Z",
     "1760000000", "2025-10-09T08:53:61Z", "2025-10-09T08:53:20+25:00", "2025-10-09T08:53:20+01:60",
     "2025-10-09T08:53:20.Z", ""],
)  # fmt: skip
def test_what_is_not_rfc_3339_with_offset_is_refused(text: str) -> None:
    assert instant_of(text) is None
    with pytest.raises(UsageError, match="RFC 3339"):
        read(STATE | {"t": text})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ("7", "expected an object"),
        ('{"kind":"state","kind":"state"}', "the key 'kind' stands there twice"),
        ({**STATE, "kind": "stat"}, "unknown kind \"stat\": did you mean 'state'"),
        ({**STATE, "kind": 7}, "unknown kind 7"),
        ({"object": "n1"}, "the key 'kind' is missing"),
        ({**STATE, "kind": None}, "unknown kind null"),
        ({**STATE, "raeson": "x"}, "unknown key 'raeson': did you mean 'reason'"),
        ({**STATE, "state": "dwon"}, "unknown state \"dwon\": did you mean 'down'"),
        ({**STATE, "state": None}, "unknown state null"),
        ({**STATE, "state": "maintenance"}, "unknown state"),
        ({**STATE, "earliest": 101}, "'earliest' is after 't'"),
        ({**STATE, "t": 1.5}, "'t' is 1.5"),
        ({**STATE, "t": True}, "'t' is true"),
        ({**STATE, "t": None}, "'t' is null"),
        ({**STATE, "t": 10**13}, "'t' is 10000000000000"),
        ({**STATE, "object": ""}, "'object' is empty"),
        ({**STATE, "object": "n\ud800"}, "'object' holds half a character"),
        ({**STATE, "object": 7}, "'object' is 7: expected text"),
        ({**STATE, "object": "*"}, "maintenance lines only"),
        ({"kind": "state", "object": "n1", "state": "up"}, "the key 't' is missing"),
        ({"kind": "maintenance", **SPAN, "from": 20}, "'from' is not before 'to'"),
        ({"kind": "maintenance", "object": "n1", "from": 20}, "the key 'to' is missing"),
        ({"kind": "member", **SPAN, "weight": 0}, "'weight' is 0"),
        ({"kind": "member", **SPAN, "weight": 1.0}, "'weight' is 1.0"),
        ({"kind": "member", **SPAN, "weight": None}, "'weight' is null"),
        ({"kind": "member", **SPAN, "weight": 2**31}, "'weight' is 2147483648"),
        ({"kind": "monitor", "t": 1, "state": "down"}, "a monitor is 'stopped' or 'started'"),
        ({"kind": "monitor", "t": 1, "state": "stopped", "object": "n1"}, "unknown key 'object'"),
        ({"kind": "correction", **SPAN, "state": "good"}, "unknown state"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(line: Any, message: str) -> None:
    text = line if isinstance(line, str) else json.dumps(line)
    with pytest.raises(UsageError) as refused:
        parse_events([json.dumps(STATE), "", text], "events.jsonl")
    assert str(refused.value).startswith("events.jsonl:3: ")
    assert message in str(refused.value)


def test_bytes_that_are_not_utf_8_are_refused_with_their_line() -> None:
    with pytest.raises(UsageError, match="line 2: not UTF-8"):
        parse_events([json.dumps(STATE).encode(), b"\xff"])


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble() -> None:
    assert len(parse_events([b"\xef\xbb\xbf" + json.dumps(STATE).encode() + b"\r\n", b"\r\n"])) == 1


def test_an_open_correction_stays_open() -> None:
    [event] = read({"kind": "correction", **SPAN, "to": None, "state": "up"})
    assert event.end == LAST
    assert json.loads(format_event(event))["to"] is None


@given(histories(["a", "b"]), st.integers(0, 999))
def test_what_is_printed_is_read_back(lines: list[dict[str, Any]], millis: int) -> None:
    events = read(*lines)
    assert parse_events([format_event(event) for event in events]) == events
    late = Transition("a", millis, millis, State.PENDING, State.UP, Reason.OK, millis)
    assert parse_events([format_event(late)]) == [late]


@pytest.mark.parametrize(("millis", "text"), [(0, "0"), (5000, "5"), (1500, "1.5"), (1001, "1.001"), (-500, "-0.5")])
def test_seconds_are_whole_where_they_can_be(millis: int, text: str) -> None:
    assert json.dumps(seconds_of(millis)) == text
