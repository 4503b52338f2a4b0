"""Other systems' memories as events: Nagios and Icinga logs, tables; Prometheus is tried in tests/peers."""

import json
from typing import Any

import pytest

from netmon.errors import UsageError
from netmon.history.importers.nagios import Dates, read_nagios
from netmon.history.importers.table import read_table
from netmon.sla.eventlog import format_event

LOG = """\
[1000] Nagios 4.4.6 starting... (PID=4242)
[1000] LOG VERSION: 2.0
[1010] CURRENT HOST STATE: web01;UP;HARD;1;PING OK - rta 0.4 ms
[1010] CURRENT SERVICE STATE: web01;HTTP;OK;HARD;1;HTTP OK; 200
[1050] SERVICE NOTIFICATION: noc;web01;HTTP;CRITICAL;notify-by-mail;refused
[1100] SERVICE ALERT: web01;HTTP;CRITICAL;SOFT;1;connection refused; port 80
[1160] SERVICE ALERT: web01;HTTP;CRITICAL;SOFT;2;connection refused
[1220] SERVICE ALERT: web01;HTTP;CRITICAL;HARD;3;connection refused
[1400] SERVICE ALERT: web01;HTTP;OK;HARD;3;HTTP OK
[1500] SERVICE ALERT: web01;HTTP;WARNING;SOFT;1;slow
[1560] SERVICE ALERT: web01;HTTP;OK;SOFT;2;HTTP OK
[1600] HOST DOWNTIME ALERT: web01;STARTED; Host has entered a period of scheduled downtime
[1610] HOST ALERT: web01;DOWN;HARD;1;100% loss
[1700] HOST DOWNTIME ALERT: web01;STOPPED; Host has exited from a period of scheduled downtime
[1710] HOST ALERT: web01;UNREACHABLE;HARD;1;cut
[1720] HOST ALERT: web01;UP;HARD;1;PING OK
[1800] Caught SIGTERM, shutting down...
[1800] Successfully shutdown... (PID=4242)
[1900] Nagios 4.4.6 starting... (PID=4243)
[1950] SERVICE ALERT: web01;HTTP;UNKNOWN;HARD;3;plugin timed out
[2000] SERVICE DOWNTIME ALERT: web01;HTTP;STARTED; works
[2050] Nagios 4.4.6 starting... (PID=4244)
[2100] SERVICE FLAPPING ALERT: web01;HTTP;STARTED; flapping
garbage
[20] x
[2200] Error: something odd; nothing of ours
"""


def told(log: str, dates: Dates = Dates.FIRST) -> list[dict[str, Any]]:
    return [json.loads(format_event(event)) for event in read_nagios(log.encode().splitlines(), dates)]


def states(lines: list[dict[str, Any]], name: str) -> list[tuple[int, str, str | None]]:
    return [
        (line["t"], line["state"], line.get("reason"))
        for line in lines if line["kind"] == "state" and line["object"] == name
    ]  # fmt: skip


def test_hard_states_count_and_are_dated_at_the_first_alert_of_their_row() -> None:
    assert states(told(LOG), "web01/HTTP") == [
        (1010, "up", "ok"),
        (1100, "down", "connection refused"),
        (1400, "up", "ok"),
        (1950, "unknown", "plugin timed out"),
    ]
    assert states(told(LOG, Dates.HARD), "web01/HTTP")[1] == (1220, "down", "connection refused")


def test_hosts_are_objects_of_their_own() -> None:
    assert [(at, state) for at, state, _ in states(told(LOG), "web01")] == [
        (1010, "up"), (1610, "down"), (1710, "unreachable"), (1720, "up"),
    ]  # fmt: skip


def test_a_hosts_downtime_is_that_of_its_services_and_one_still_running_is_open() -> None:
    works = [(line["object"], line["from"], line["to"]) for line in told(LOG) if line["kind"] == "maintenance"]
    assert works == [("web01", 1600, 1700), ("web01/HTTP", 1600, 1700), ("web01/HTTP", 2000, None)]


def test_a_downtime_that_began_before_the_log_is_known_from_where_the_log_begins() -> None:
    log = """\
[1000] CURRENT SERVICE STATE: web01;HTTP;OK;HARD;1;HTTP OK
[1400] HOST DOWNTIME ALERT: web01;STOPPED; works
[1500] HOST DOWNTIME ALERT: web01;STARTED; works
[1600] HOST DOWNTIME ALERT: web01;STOPPED; works
[1700] HOST DOWNTIME ALERT: web01;CANCELLED; works
[1800] HOST DOWNTIME ALERT: web02;CANCELLED; never begun
"""
    works = [(line["object"], line["from"], line["to"]) for line in told(log) if line["kind"] == "maintenance"]
    spans = [(1000, 1400), (1500, 1600)]
    assert works == [(name, *span) for span in spans for name in ("web01", "web01/HTTP")]


def test_stops_starts_and_crashes_of_the_program_are_those_of_the_monitor() -> None:
    monitor = [(line["t"], line["state"]) for line in told(LOG) if line["kind"] == "monitor"]
    assert monitor == [
        (1000, "started"), (1800, "stopped"), (1900, "started"),
        (2000, "stopped"), (2050, "started"),  # crashed after its last word
        (2200, "stopped"),  # where the log ends
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["[1] SERVICE ALERT: a;b", "[1] HOST ALERT: ;UP;HARD;1;x", "[1] SERVICE ALERT: a;;OK;HARD;1;x",
     "[1] SERVICE ALERT: a;b;FINE;HARD;1;x", "[1] HOST DOWNTIME ALERT: a", "[1] SERVICE DOWNTIME ALERT: a;b;STOPPED; x",
     "[x] HOST ALERT: a;UP;HARD;1;x", "\xff[1]", ""],
)  # fmt: skip
def test_lines_that_say_nothing_of_use_are_passed_over(line: str) -> None:
    assert [event for event in told(line) if event["kind"] != "monitor"] == []


def table(text: str, **states: str) -> list[dict[str, Any]]:
    lines = text.splitlines(keepends=True)
    return [json.loads(format_event(event)) for event in read_table(lines, "t.csv", "Europe/Paris", states)]


def test_a_table_of_states_in_civil_time() -> None:
    found = table(
        "object;t;state;earliest\nn1;2026-10-25 01:30;OK;\n\nn1;2026-10-25T03:30:05;HS;2026-10-25 01:31\n", HS="down"
    )
    assert found == [
        {"kind": "state", "object": "n1", "t": 1792884600, "state": "up", "earliest": 1792884600},
        {"kind": "state", "object": "n1", "t": 1792895405, "state": "down", "earliest": 1792884660},
    ]


def test_a_table_of_every_kind() -> None:
    found = table(
        "kind,object,t,from,to,state,text,commune,weight,author,reason,recorded\n"
        "state,n1,5,,,down,,,,,cut,\n"
        "maintenance,*,,10,20,,firmware,,,,,\n"
        "member,n1,,0,,,,Bègles,3,,,\n"
        'correction,n1,,1,2,up,,,,A,"seen, by people",9\n'
        "monitor,,7,,,stopped,,,,,,\n"
    )
    assert [line["kind"] for line in found] == ["state", "maintenance", "member", "correction", "monitor"]
    assert (found[2]["to"], found[2]["weight"], found[3]["reason"]) == (None, 3, "seen, by people")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("object,t\nn1,5\n", "t.csv:2: the key 'state' is missing"),
        ("object,t,state\nn1,5,up\nn1,6,wobbly\n", "t.csv:3: unknown state"),
        ("object,t,sate\nn1,5,up\n", "t.csv:2: unknown key 'sate': did you mean 'state'"),
        ("object,t,state\nn1,2026-03-29 02:30,up\n", "t.csv:2: 't' is 2026-03-29 02:30: the clocks skip that time"),
        ("object,t,state\nn1,2026-02-30,up\n", "t.csv:2: 't' is 2026-02-30"),
        ("object,t,state\nn1,5,up,7\n", "t.csv:2: 4 cells, but the header names 3"),
        ('object,t,state\n"n1,5,up\n', "t.csv: not a table"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        table(text)
    assert str(refused.value).startswith(message)


def test_an_empty_table_has_no_events() -> None:
    assert table("") == []
