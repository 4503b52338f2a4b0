"""GTI and GTR by hand: each name or comment carries its arithmetic. 2026: summer time from 29 March to 25 October."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.model import Pace, Pause
from netmon.sla.calendar import service_hours
from netmon.sla.contract.clocks import pace, run_clock
from netmon.sla.instant import instant_of
from netmon.sla.intervals import Set, clip, normalise

ZONE = "Europe/Paris"
OFFICE = "Mo-Fr 08:00-18:00; PH off"
Hours = Callable[[Millis, Millis], Set]


def hours(text: str) -> Hours:
    return lambda start, end: service_hours(text, ZONE, start, end)


def at(text: str) -> Millis:
    """``11-27 16:00`` of 2026, on the wall clock of Paris; an offset may follow."""
    offset = text[11:] or ("+02:00" if "03-29 03" <= text < "10-25 02" else "+01:00")
    found = instant_of(f"2026-{text[:5]}T{text[6:11]}:00{offset}")
    assert found is not None
    return found


# hours, notified, ended, pauses, limit, elapsed, deadline
EXAMPLES = {
    "24/7: 10:00 to 13:30 is 3 h 30 of 4 h, due 14:00": (
        "24/7", "11-24 10:00", "11-24 13:30", [], 4 * HOUR, 3 * HOUR + 30 * MINUTE, "11-24 14:00"),
    "office hours: Friday 16:00 to Monday 10:00 is 2 h + 2 h, due 10:00 sharp": (
        OFFICE, "11-27 16:00", "11-30 10:00", [], 4 * HOUR, 4 * HOUR, "11-30 10:00"),
    "notified at 06:30, before hours: 08:00 to 09:00 is 1 h": (
        OFFICE, "11-24 06:30", "11-24 09:00", [], 4 * HOUR, HOUR, "11-24 12:00"),
    "notified at 20:00, after hours: runs from 08:00 the next day": (
        OFFICE, "11-24 20:00", "11-25 08:30", [], 4 * HOUR, 30 * MINUTE, "11-25 12:00"),
    "over Armistice Day: Tuesday 10 at 17:00 to Thursday 12 at 09:00 is 1 h + 1 h": (
        OFFICE, "11-10 17:00", "11-12 09:00", [], 4 * HOUR, 2 * HOUR, "11-12 11:00"),
    "two pauses of which they share an hour: 6 h less 10:00 to 13:00 is 3 h": (
        "24/7", "11-24 09:00", "11-24 15:00", [("11-24 10:00", "11-24 12:00"), ("11-24 11:00", "11-24 13:00")],
        4 * HOUR, 3 * HOUR, "11-24 16:00"),
    "a pause outside hours changes nothing: Friday 17:00 to Monday 09:00 is 2 h": (
        OFFICE, "11-27 17:00", "11-30 09:00", [("11-27 18:00", "11-30 08:00")], 4 * HOUR, 2 * HOUR, "11-30 11:00"),
    "a pause that began before the notification counts from it: 10:00 to 12:00 less 10:00 to 11:00": (
        "24/7", "11-24 10:00", "11-24 12:00", [("11-24 08:00", "11-24 11:00")], 4 * HOUR, HOUR, "11-24 15:00"),
    "restored before it was notified: nothing ran": (
        "24/7", "11-24 10:00", "11-24 09:30", [], 4 * HOUR, 0, "11-24 14:00"),
    "the night of 29 March is an hour shorter: 22:00 to 06:00 is 7 h": (
        "24/7", "03-28 22:00", "03-29 06:00", [], 8 * HOUR, 7 * HOUR, "03-29 07:00"),
    "the night of 25 October is an hour longer: 22:00 to 06:00 is 9 h": (
        "24/7", "10-24 22:00", "10-25 06:00", [], 8 * HOUR, 9 * HOUR, "10-25 05:00"),
    "office hours on both sides of the change: Friday 23 at 17:00 to Monday 26 at 09:00 is 2 h": (
        OFFICE, "10-23 17:00", "10-26 09:00", [], 4 * HOUR, 2 * HOUR, "10-26 11:00"),
    "ten working hours: Friday 14:00 to Monday 14:00 is 4 h + 6 h": (
        OFFICE, "11-27 14:00", "11-30 15:00", [], 10 * HOUR, 11 * HOUR, "11-30 14:00"),
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_worked_examples(example: tuple[str, str, str, list[tuple[str, str]], Millis, Millis, str]) -> None:
    text, notified, ended, pauses, limit, elapsed, deadline = example
    told = [Pause(at(start), at(end), "access") for start, end in pauses]
    clock = run_clock(at(notified), at(ended), told, limit, hours(text), at("12-31 00:00"))
    assert (clock.elapsed, clock.deadline) == (elapsed, at(deadline))
    assert clock.result == ("met" if elapsed <= limit else "missed")
    assert clock.late == max(0, elapsed - limit)


def test_a_clock_still_running_has_time_left_and_a_deadline() -> None:
    clock = run_clock(at("11-24 10:00"), None, [], 4 * HOUR, hours(OFFICE), at("11-24 11:30"))
    assert (clock.result, clock.elapsed, clock.remaining) == ("running", 90 * MINUTE, 150 * MINUTE)
    assert (clock.deadline, clock.ended) == (at("11-24 14:00"), None)


def test_a_clock_still_running_is_missed_as_soon_as_it_is_late() -> None:
    clock = run_clock(at("11-24 10:00"), None, [], 4 * HOUR, hours("24/7"), at("11-24 14:00") + 1)
    assert (clock.result, clock.remaining, clock.late) == ("missed", 0, 1)


def test_what_ends_after_now_has_not_ended() -> None:
    clock = run_clock(at("11-24 10:00"), at("11-24 13:00"), [], 4 * HOUR, hours("24/7"), at("11-24 11:00"))
    assert (clock.result, clock.elapsed, clock.ended) == ("running", HOUR, None)


def test_a_pause_that_lasts_stops_the_clock_and_leaves_no_deadline() -> None:
    pause = Pause(at("11-24 11:00"), None, "no access to the site")
    clock = run_clock(at("11-24 10:00"), None, [pause], 4 * HOUR, hours("24/7"), at("11-26 10:00"))
    assert (clock.result, clock.elapsed, clock.deadline, clock.paused) == ("running", HOUR, None, True)


def test_hours_that_never_come_leave_no_deadline() -> None:
    clock = run_clock(at("11-24 10:00"), None, [], HOUR, lambda _start, _end: (), at("11-25 10:00"))
    assert (clock.result, clock.elapsed, clock.deadline) == ("running", 0, None)


def test_a_deadline_is_found_far_beyond_the_first_look() -> None:
    # One covered hour a week: 30 hours end on the 30th Monday from 30 November 2026 on, 21 June 2027, at 10:00.
    clock = run_clock(at("11-24 10:00"), None, [], 30 * HOUR, hours("Mo 09:00-10:00"), at("11-25 10:00"))
    assert clock.deadline == instant_of("2027-06-21T10:00:00+02:00")


# --- Against counting seconds one by one ------------------------------------------------------------------------------

SPAN = 300
instants = st.integers(0, SPAN)


@st.composite
def pieces(draw: st.DrawFn) -> list[tuple[int, int]]:
    starts = draw(st.lists(st.tuples(instants, st.integers(1, 60)), max_size=6))
    return [(start, start + long) for start, long in starts]


def in_any(second: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= second < end for start, end in spans)


def of_seconds(spans: list[tuple[int, int]]) -> Hours:
    covered = normalise((start * SECOND, end * SECOND) for start, end in spans)
    return lambda start, end: clip(covered, start, end)


@given(pieces(), pieces(), instants, instants, instants)
def test_covered_seconds_are_those_counted_one_by_one(
    open_time: list[tuple[int, int]], still: list[tuple[int, int]], notified: int, ended: int, limit: int
) -> None:
    pauses = [Pause(start * SECOND, end * SECOND, "") for start, end in still]
    clock = run_clock(
        notified * SECOND, ended * SECOND, pauses, limit * SECOND, of_seconds(open_time), 2 * SPAN * SECOND,
        2 * SPAN * SECOND,
    )  # fmt: skip
    counted = [second for second in range(2 * SPAN) if in_any(second, open_time) and not in_any(second, [
        (start, min(end, ended)) for start, end in still])]  # fmt: skip
    assert clock.elapsed == SECOND * sum(1 for second in counted if notified <= second < ended)
    ahead = [second for second in counted if second >= notified]
    if 0 < limit <= len(ahead):
        assert clock.deadline == (ahead[limit - 1] + 1) * SECOND


@given(pieces(), pieces(), pieces(), instants, instants)
def test_a_pause_never_makes_a_clock_run_longer(
    open_time: list[tuple[int, int]],
    some: list[tuple[int, int]],
    more: list[tuple[int, int]],
    notified: int,
    ended: int,
) -> None:
    def elapsed(still: list[tuple[int, int]]) -> Millis:
        pauses = [Pause(start * SECOND, end * SECOND, "") for start, end in still]
        return run_clock(notified * SECOND, ended * SECOND, pauses, DAY, of_seconds(open_time), DAY, DAY).elapsed

    assert elapsed([*some, *more]) <= elapsed(some)


@given(pieces(), pieces(), instants, st.lists(instants, min_size=2, max_size=2))
def test_a_clock_never_runs_backwards(
    open_time: list[tuple[int, int]], still: list[tuple[int, int]], notified: int, looks: list[int]
) -> None:
    pauses = [Pause(start * SECOND, end * SECOND, "") for start, end in still]
    earlier, later = (
        run_clock(notified * SECOND, None, pauses, HOUR, of_seconds(open_time), look * SECOND, DAY).elapsed
        for look in sorted(looks)
    )
    assert earlier <= later


# hours, notified, now, limit, counts, changes
PACES = {
    "24/7: it counts until it is due": ("24/7", "11-24 10:00", "11-24 11:00", 4 * HOUR, True, None),
    "more than the first look reaches": ("24/7", "11-02 10:00", "11-03 11:00", 20 * DAY, True, None),
    "due before the hours end": (OFFICE, "11-24 10:00", "11-24 11:00", 4 * HOUR, True, None),
    "due when the hours end": (OFFICE, "11-24 14:00", "11-24 15:00", 4 * HOUR, True, None),
    "due the next day: it stops at 18:00": (OFFICE, "11-24 16:00", "11-24 17:00", 4 * HOUR, True, "11-24 18:00"),
    "on Saturday it stands still until Monday": (OFFICE, "11-27 16:00", "11-28 12:00", 4 * HOUR, False, "11-30 08:00"),
    "at 18:00 sharp time counts no more": (OFFICE, "11-24 16:00", "11-24 18:00", 4 * HOUR, False, "11-25 08:00"),
    "at 08:00 sharp it counts again": (OFFICE, "11-24 16:00", "11-25 08:00", 4 * HOUR, True, None),
    "over the end of summer time": (OFFICE, "10-23 17:00", "10-24 12:00", 4 * HOUR, False, "10-26 08:00"),
    "hours that never come": ("PH off", "11-24 10:00", "11-24 11:00", 4 * HOUR, False, None),
}  # fmt: skip


@pytest.mark.parametrize("name", PACES)
def test_a_clock_tells_whether_time_counts_and_until_when(name: str) -> None:
    text, notified, now, limit, counts, changes = PACES[name]
    clock = run_clock(at(notified), None, [], limit, hours(text), at(now))
    assert pace(clock, hours(text), at(now), at(now) + 400 * DAY) == Pace(at(now), counts, changes and at(changes))


def test_no_pace_is_told_of_a_clock_that_does_not_run() -> None:
    begun, now = at("11-24 10:00"), at("11-24 15:00")
    for ended, pauses in ((now, []), (None, [Pause(at("11-24 11:00"), None, "")]), (None, [])):  # ended, paused, late
        clock = run_clock(begun, ended, pauses, 4 * HOUR, hours("24/7"), now)
        assert pace(clock, hours("24/7"), now, now + DAY) is None
