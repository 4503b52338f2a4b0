"""Cases that other systems got wrong, as event logs with the figures they must give."""

import datetime as dt
import json
from typing import Any

import pytest

from netmon.clock import HOUR, from_datetime
from netmon.sla.calendar import service_hours
from netmon.sla.evaluate import Question, document, evaluate
from netmon.sla.intervals import ALWAYS, Set
from netmon.sla.period import parse_period
from netmon.sla.policy import parse_policy
from tests.sla.histories import parsed

DAY = 86_400


def state(t: int, state: str, name: str = "n1", **more: Any) -> dict[str, Any]:
    return {"kind": "state", "object": name, "t": t, "state": state, **more}


def works(start: int, end: int | None, name: str = "n1") -> dict[str, Any]:
    return {"kind": "maintenance", "object": name, "from": start, "to": end, "text": "works"}


def ask(
    lines: list[dict[str, Any]],
    start: int,
    end: int,
    policy: str = "contract",
    *,
    hours: Set = ALWAYS,
    aggregate: str = "weighted",
) -> dict[str, Any]:
    question = Question(start * 1000, end * 1000, parse_policy(policy), hours, (), aggregate)
    found: dict[str, Any] = json.loads(json.dumps(document(evaluate(parsed(lines), question), question)))
    return found


def one(lines: list[dict[str, Any]], start: int, end: int, policy: str = "contract", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(lines, start, end, policy, **more)["objects"][0]
    return found


def test_maintenance_elsewhere_in_time_takes_nothing_from_an_outage() -> None:
    lines = [state(0, "up"), state(1000, "down"), state(4600, "up"), works(10_000, 24_400)]
    found = one(lines, 0, DAY)
    assert (found["unavailable"], found["seconds"]["maintenance"]) == (3600, 14_400)
    assert found["outages"] == [{"from": 1000, "to": 4600, "seconds": 3600, "counted": 3600, "reason": None}]


def test_forgiven_downtime_stays_in_icingas_denominator_but_not_in_ours() -> None:
    lines = [state(0, "up"), state(1000, "down"), state(2000, "up"), works(1000, 2000)]
    assert (one(lines, 0, 10_000)["eligible"], one(lines, 0, 10_000, "icinga")["eligible"]) == (9000, 10_000)
    assert one(lines, 0, 10_000, "icinga")["availability"] == 1.0


def test_no_history_at_all_is_no_figure() -> None:
    found = one([{"kind": "member", "object": "n1", "from": 0, "to": None, "commune": ""}], 0, 1000, "icinga")
    assert [found[key] for key in ("availability", "low", "high", "mttr", "mtbf")] == [None] * 5
    assert (found["coverage"], found["seconds"]["no_data"]) == (0.0, 1000)


def test_an_outage_that_starts_inside_maintenance_and_outlives_it_counts_from_its_end() -> None:
    lines = [state(0, "up"), works(100, 200), state(150, "down", reason="timeout"), state(300, "up")]
    found = one(lines, 0, 1000)
    assert found["outages"] == [{"from": 150, "to": 300, "seconds": 150, "counted": 100, "reason": "timeout"}]
    assert (found["unavailable"], found["eligible"], found["seconds"]["maintenance"]) == (100, 900, 100)


def test_nested_and_overlapping_windows_count_once() -> None:
    lines = [state(0, "up"), works(100, 500), works(200, 300), works(400, 600), works(250, 450, "*")]
    assert one(lines, 0, 1000)["seconds"]["maintenance"] == 500


def test_maintenance_that_is_still_open_reaches_to_the_end() -> None:
    assert one([state(0, "down"), works(400, None)], 0, 1000)["seconds"]["maintenance"] == 600


def test_an_outage_that_is_still_open_reaches_to_the_end() -> None:
    [outage] = one([state(0, "up"), state(900, "down")], 0, 1000)["outages"]
    assert (outage["to"], outage["counted"]) == (1000, 100)


def test_an_object_born_inside_the_period_is_judged_from_its_birth() -> None:
    lines = [state(600, "up"), {"kind": "member", "object": "n1", "from": 500, "to": None, "commune": "Bègles"}]
    found = one(lines, 0, 1000)
    assert (found["seconds"]["not_in_service"], found["seconds"]["no_data"], found["coverage"]) == (500, 100, 0.8)


def test_a_retired_object_leaves_when_it_leaves() -> None:
    member = {"kind": "member", "object": "n1", "from": 0, "to": 700, "commune": "Bègles"}
    found = one([state(0, "up"), state(600, "down"), member], 0, 1000)
    assert (found["unavailable"], found["eligible"], found["outages"][0]["to"]) == (100, 700, 700)


@pytest.mark.parametrize(("day", "seconds"), [("2026-03-29", 82_800), ("2026-10-25", 90_000), ("2028-02-29", 86_400)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, seconds: int) -> None:
    period = parse_period(f"{day}..{day}", "Europe/Paris", 0)
    found = one([state(0, "up")], period.start // 1000, period.end // 1000)
    assert found["seconds"]["up"] == found["seconds"]["period"] == seconds


def test_service_hours_follow_the_wall_clock_through_the_change() -> None:
    for day, hours in (("2026-03-29", 2), ("2026-10-25", 4)):
        period = parse_period(f"{day}..{day}", "Europe/Paris", 0)
        inside = service_hours("Su 01:00-04:00", "Europe/Paris", period.start, period.end)
        found = one([state(0, "up")], period.start // 1000, period.end // 1000, hours=inside)
        assert found["eligible"] == hours * 3600


def test_french_public_holidays_are_out_of_hours() -> None:
    year = parse_period("2026", "Europe/Paris", 0)
    inside = service_hours("Mo-Fr 08:00-18:00; PH off", "Europe/Paris", year.start, year.end)
    assert sum(end - start for start, end in inside) == 2520 * HOUR
    bastille_day = from_datetime(dt.datetime(2026, 7, 14, 10, tzinfo=dt.UTC))
    assert not any(start <= bastille_day < end for start, end in inside)


def test_the_last_second_of_the_month_belongs_to_it() -> None:
    october = parse_period("2026-10", "Europe/Paris", 0)
    start, end = october.start // 1000, october.end // 1000
    found = one([state(start, "up"), state(end - 1, "down"), state(end, "up")], start, end)
    assert (found["unavailable"], found["seconds"]["period"]) == (1, 31 * DAY + 3600)


def test_a_whole_is_computed_on_seconds_never_as_an_average_of_percentages() -> None:
    # One object down for 5 of its 10 minutes in service, one up all month: an average of ratios says 75 %.
    short = [state(0, "down", "a"), state(300, "up", "a")]
    member = {"kind": "member", "object": "a", "from": 0, "to": 600, "commune": ""}
    found = ask([*short, member, state(0, "up", "b")], 0, 30 * DAY)["aggregate"]
    assert (found["unavailable"], found["eligible"]) == (300, 600 + 30 * DAY)
    assert found["availability"] > 0.9998


def test_zero_length_states_leave_no_trace_and_the_later_line_wins() -> None:
    lines = [state(0, "up"), state(100, "down"), state(100, "up")]
    found = one(lines, 0, 1000)
    assert (found["unavailable"], found["outages"]) == (0, [])


def test_a_stop_of_the_monitor_is_no_data_and_the_last_state_holds_again_after_it() -> None:
    stop = [{"kind": "monitor", "t": 200, "state": "stopped"}, {"kind": "monitor", "t": 300, "state": "started"}]
    lines = [state(0, "up"), state(100, "down"), *stop, state(400, "up")]
    found = one(lines, 0, 1000)
    assert (found["seconds"]["no_data"], found["unavailable"], found["coverage"]) == (100, 200, 0.9)
    assert [(outage["from"], outage["to"]) for outage in found["outages"]] == [(100, 200), (300, 400)]
    carried = one(lines, 0, 1000, "no_data=carry")
    assert (carried["seconds"]["down"], carried["coverage"], len(carried["outages"])) == (300, 0.9, 1)


def test_what_is_dated_inside_a_stop_takes_effect_at_the_restart() -> None:
    stop = [{"kind": "monitor", "t": 200, "state": "stopped"}, {"kind": "monitor", "t": 300, "state": "started"}]
    found = one([state(0, "up"), state(250, "down"), *stop], 0, 1000, "no_data=carry")
    assert (found["seconds"]["up"], found["seconds"]["down"]) == (300, 700)


@pytest.mark.parametrize(("first", "carried"), [("state", "down"), ("monitor", "up")])
def test_at_the_instant_of_a_stop_the_order_of_the_lines_decides(first: str, carried: str) -> None:
    both = [state(200, "down"), {"kind": "monitor", "t": 200, "state": "stopped"}]
    both.sort(key=lambda line: line["kind"] != first)
    lines = [state(0, "up"), *both, {"kind": "monitor", "t": 300, "state": "started"}]
    found = one(lines, 200, 300, "no_data=carry")
    assert found["seconds"][carried] == 100


def test_a_correction_replaces_what_was_observed_and_the_latest_recorded_wins() -> None:
    def correction(start: int, end: int, state: str, recorded: int) -> dict[str, Any]:
        told = {"author": "M. Dupont", "reason": "works next door", "recorded": recorded}
        return {"kind": "correction", "object": "n1", "from": start, "to": end, "state": state, **told}

    lines = [state(0, "up"), state(100, "down", earliest=50), state(500, "up")]
    lines += [correction(100, 400, "up", 9), correction(300, 500, "unreachable", 5)]
    found = one(lines, 0, 1000)
    assert (found["seconds"]["down"], found["seconds"]["unreachable"]) == (0, 100)
    assert found["outages"] == [{"from": 400, "to": 500, "seconds": 100, "counted": 100, "reason": "works next door"}]


def test_bounds_reach_from_earliest_to_at_and_never_past_the_change_before() -> None:
    lines = [state(0, "up"), state(100, "down", earliest=40), state(130, "up", earliest=90)]
    found = one(lines, 0, 1000)
    assert (found["availability"], found["low"], found["high"]) == (0.97, 0.91, 1.0)


def test_a_change_seen_after_the_period_may_have_happened_within() -> None:
    found = one([state(0, "up"), state(1010, "down", earliest=950)], 0, 1000)
    assert (found["availability"], found["low"], found["high"]) == (1.0, 0.95, 1.0)


def test_planned_outages_are_listed_and_count_nothing() -> None:
    found = one([state(0, "up"), state(100, "down"), state(200, "up"), works(50, 250)], 0, 1000)
    assert found["outages"] == [{"from": 100, "to": 200, "seconds": 100, "counted": 0, "reason": None}]
    assert (found["mttr"], found["mtbf"]) == (None, None)


def test_mean_times_are_those_of_counted_outages() -> None:
    lines = [
        state(0, "up"),
        state(100, "down"),
        state(200, "up"),
        state(500, "down"),
        state(601, "up"),
        works(100, 150),
    ]
    found = one(lines, 0, 1000)
    assert (found["mttr"], found["mtbf"]) == (75.5, 399.5)


@pytest.mark.parametrize(
    ("aggregate", "unavailable"),
    [("weighted", 600), ("all", 400), ("any", 200), ("at-least:1", 200), ("at-least:2", 400)],
)
def test_aggregates_of_two(aggregate: str, unavailable: int) -> None:
    lines = [state(0, "up", "a"), state(0, "up", "b"), state(100, "down", "a"), state(400, "up", "a")]
    lines += [state(200, "down", "b"), state(500, "up", "b")]
    assert ask(lines, 0, 1000, aggregate=aggregate)["aggregate"]["unavailable"] == unavailable


def test_a_member_under_maintenance_does_not_vote() -> None:
    lines = [
        state(0, "up", "a"),
        state(0, "up", "b"),
        state(100, "down", "a"),
        works(0, 300, "a"),
        works(250, 300, "b"),
    ]
    found = ask(lines, 0, 1000, aggregate="all")["aggregate"]
    assert (found["unavailable"], found["eligible"], found["seconds"]["maintenance"]) == (700, 950, 50)
