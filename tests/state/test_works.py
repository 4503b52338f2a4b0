"""Planned works: which windows hold, when they recur, and what the changes of clocks do to them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, from_datetime, to_datetime
from netmon.engine.planning import announce
from netmon.model import Announcement, MaintenanceWindow, RecurringWork
from netmon.state.recurrence import Recurrence, read_rule
from netmon.state.works import windows_of

PARIS = "Europe/Paris"
ZONE = ZoneInfo(PARIS)


def at(text: str) -> int:
    return from_datetime(dt.datetime.fromisoformat(text).replace(tzinfo=ZONE))


def told(start: int, end: int | None, recorded: int, window: str = "MW-1", name: str = "n1") -> Announcement:
    return Announcement(window, name, start, end, "fibre", "A. Martin", recorded)


def window(start: int, end: int | None, recorded: int, name: str = "n1") -> MaintenanceWindow:
    return MaintenanceWindow(name, start, end, "fibre", recorded)


@pytest.mark.parametrize(
    ("announced", "held"),
    [
        pytest.param([told(100, 200, 10)], [window(100, 200, 10)], id="as announced"),
        pytest.param([told(100, 200, 10), told(100, 150, 140)], [window(100, 150, 10)], id="ended early"),
        pytest.param([told(100, 200, 10), told(100, 100, 50)], [], id="called off"),
        pytest.param([told(100, None, 10), told(100, 300, 250)], [window(100, 300, 10)], id="open, then ended"),
        pytest.param(
            [told(100, 200, 10), told(100, 300, 150)], [window(100, 200, 10), window(200, 300, 150)],
            id="what is added is announced when it is added",
        ),
        pytest.param([told(100, 200, 10), told(500, 600, 20)], [window(500, 600, 20)], id="moved"),
        pytest.param(
            [told(100, 200, 10), told(100, 100, 20), told(100, 200, 30)], [window(100, 200, 10)],
            id="called off, then on again",
        ),
        pytest.param(
            [told(100, 200, 10), told(150, 250, 20, "MW-2"), told(100, 150, 120)],
            [window(100, 150, 10), window(150, 250, 20)], id="works that overlap are apart",
        ),
        pytest.param(
            [told(100, 200, 10, ""), told(100, 200, 10, "")], [window(100, 200, 10)] * 2, id="without a name: its own"
        ),
        pytest.param(
            [told(100, 200, 10), told(100, 200, 10, name="n2"), told(100, 120, 110)],
            [window(100, 120, 10), window(100, 200, 10, "n2")], id="one of several objects ends early",
        ),
    ],
)  # fmt: skip
def test_of_what_was_announced_the_last_holds(announced: list[Announcement], held: list[MaintenanceWindow]) -> None:
    assert windows_of(announced) == held


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=5))
def test_the_pieces_are_the_last_span_and_no_notice_is_later_than_the_last(spans: list[tuple[int, int, int]]) -> None:
    announced = [told(start, end, recorded) for start, end, recorded in spans]
    ordered = sorted(announced, key=lambda each: each.recorded)
    last = ordered[-1]
    pieces = sorted((each.start, each.end or 0, each.recorded) for each in windows_of(announced))
    covered = [instant for start, end, _ in pieces for instant in range(start, end)]
    assert covered == list(range(last.start, last.end or 0))
    for start, end, recorded in pieces:
        earliest = {min(e.recorded for e in announced if e.start <= t < (e.end or 0)) for t in range(start, end)}
        assert earliest == {recorded}


@pytest.mark.parametrize(
    ("start", "end", "night", "hours"),
    [
        ("2026-03-20 22:00", "2026-03-21 06:00", "2026-03-28", 7),
        ("2026-10-20 22:00", "2026-10-21 06:00", "2026-10-24", 9),
        ("2026-03-20 02:00", "2026-03-20 03:00", "2026-03-29", 0),
        ("2026-03-20 02:30", "2026-03-20 03:30", "2026-03-29", 0.5),
        ("2026-10-20 02:00", "2026-10-20 03:00", "2026-10-25", 2),
        ("2026-10-20 01:30", "2026-10-20 02:30", "2026-10-25", 2),
    ],
)
def test_works_keep_to_the_clock_on_the_wall(start: str, end: str, night: str, hours: float) -> None:
    daily = Recurrence("FREQ=DAILY", at(start), at(end), PARIS)
    spans = list(daily.between(at(f"{night} 00:00"), at(f"{night} 00:00") + 2 * DAY))
    mine = [(begun, over) for begun, over in spans if to_datetime(begun, ZONE).date().isoformat() == night]
    assert sum(over - begun for begun, over in mine) == hours * HOUR
    assert {over - begun for begun, over in daily.between(at("2027-07-01 00:00"), at("2027-07-05 00:00"))} == {
        at(end) - at(start)
    }


def test_occurrences_that_only_reach_into_the_time_asked_for_count() -> None:
    weekly = Recurrence("FREQ=WEEKLY;BYDAY=TU", at("2026-11-03 22:00"), at("2026-11-04 04:00"), PARIS)
    found = list(weekly.between(at("2026-11-11 01:00"), at("2026-11-18 01:00")))
    assert [to_datetime(start, ZONE).isoformat() for start, _ in found] == [
        "2026-11-10T22:00:00+01:00", "2026-11-17T22:00:00+01:00"]  # fmt: skip


@pytest.mark.parametrize(
    "rule", ["", "FREQ=HOURLY", "FREQ=SECONDLY", "BYDAY=TU", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY\nX"]
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="expected a rule"):
        read_rule(rule, dt.datetime.fromisoformat("2026-11-03 22:00"))


def test_recurring_works_are_announced_ahead_once_and_called_off_when_no_longer_configured() -> None:
    now = at("2026-11-01 12:00")
    work = RecurringWork("n1", at("2026-11-03 22:00"), at("2026-11-04 04:00"), "fibre", "FREQ=WEEKLY;BYDAY=TU")
    first = announce([], [work], PARIS, [], now)
    assert len(first) == 9
    assert {each.recorded for each in first} == {now}
    week = announce([], [work], PARIS, first, now + 7 * DAY)
    assert [to_datetime(each.start, ZONE).date().isoformat() for each in week] == ["2027-01-05"]
    later = at("2026-11-10 23:00")
    gone = announce([], [], PARIS, [*first, *week], later)
    held = windows_of([*first, *week, *gone])
    assert [(each.start, each.end) for each in held] == [
        (at("2026-11-03 22:00"), at("2026-11-04 04:00")), (at("2026-11-10 22:00"), later)]  # fmt: skip
    assert {each.recorded for each in held} == {now}


def test_works_known_from_before_they_had_names_are_not_announced_again() -> None:
    once = MaintenanceWindow("n1", 100, 200, "fibre", 100)
    assert announce([once], [], PARIS, [told(100, 200, 50, "")], 150) == []
    [news] = announce([once], [], PARIS, [], 150)
    assert (news.recorded, news.author) == (150, "configuration")
