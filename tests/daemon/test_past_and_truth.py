"""The played past against the truth of its script: what was recorded is what happened, to within a poll."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from netmon.clock import DAY, Millis
from netmon.config import Configuration, load
from netmon.contracts import Event
from netmon.demo import play_past, stops
from netmon.engine.spread import due_between
from netmon.history import open_history
from netmon.model import MonitorEvent, Period, State, Transition
from netmon.simulation import Demo, Placement
from netmon.simulation.placement import wanted
from netmon.sla import build_report

START: Millis = 1_790_000_000_000
DOWN = {State.DOWN, State.UNREACHABLE}


class Past(NamedTuple):
    """A month that was played into a history."""

    plan: Demo
    configuration: Configuration
    events: list[Event]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    directory = tmp_path_factory.mktemp("past")
    plan = Demo(7, START, START + 30 * DAY)
    placement: Placement = wanted(plan.metropolis)
    main = plan.write(directory, placement, listen="127.0.0.1:8730")
    main.write_text(main.read_text().replace("ca_file: demo-ca.pem", ""))
    configuration = load(main)
    configuration.data_dir.mkdir()
    play_past(configuration, plan)
    store = open_history(configuration.history, read_only=True)
    events = list(store.events())
    store.close()
    return Past(plan, configuration, events)


def recorded_down(past: Past, check: str) -> Iterator[tuple[Transition, Transition | None]]:
    """The outages of a check, each as the transition that began it and the one that ended it."""
    began: Transition | None = None
    for event in past.events:
        if not isinstance(event, Transition) or event.object != check:
            continue
        if event.new in DOWN and began is None:
            began = event
        elif event.new not in DOWN and began is not None:
            yield began, event
            began = None
    if began is not None:
        yield began, None


def test_every_recorded_outage_really_happened_and_its_bounds_hold_the_truth(past: Past) -> None:
    """An outage lies around its true beginning and end: in (earliest, at] both."""
    world, checked = past.plan.world, 0
    gaps = stops(past.plan)
    for check in past.configuration.inventory.checks:
        true = world.truth(check.removesuffix("/snmp"), past.plan.start, past.plan.live_start)
        for began, ended in recorded_down(past, check):
            until = ended.at if ended else past.plan.live_start
            if any(start - DAY // 24 < began.at and until < end + DAY // 24 for start, end in gaps):
                continue
            if began.reason.value == "reboot":
                continue
            inside = [span for span in true if span[0] <= began.at < span[1]]
            assert inside, (check, began)
            assert began.earliest <= inside[0][0] <= began.at
            checked += 1
    assert checked > 100


def test_every_true_outage_long_enough_to_confirm_was_recorded(past: Past) -> None:
    gaps, checked = stops(past.plan), 0
    for name, check in past.configuration.inventory.checks.items():
        recorded = list(recorded_down(past, name))
        for start, end in past.plan.world.truth(name.removesuffix("/snmp"), past.plan.start, past.plan.live_start):
            watched = not any(gap_start < end and start < gap_end for gap_start, gap_end in gaps)
            polls = sum(1 for _ in due_between(check, start, min(end, past.plan.live_start)))
            if watched and polls >= check.fall:
                assert any(began.at < end and (not ended or start < ended.at) for began, ended in recorded), (
                    name,
                    start,
                )
                checked += 1
    assert checked > 100


def test_the_daemon_of_the_past_recorded_when_it_did_not_watch(past: Past) -> None:
    events = [event for event in past.events if isinstance(event, MonitorEvent)]
    assert [(one.at, other.at) for one, other in zip(events[1::2], events[2::2], strict=False)] == list(
        stops(past.plan)
    )
    assert (events[0], events[-1]) == (
        MonitorEvent(past.plan.start, "started"),
        MonitorEvent(past.plan.live_start, "stopped"),
    )


def test_the_report_lies_around_the_truth_for_every_service(past: Past) -> None:
    """With maintenance and gaps aside, true availability is within the report's bounds."""
    period = Period("30d", past.plan.start, past.plan.live_start, "Europe/Paris")
    report = build_report(
        past.configuration.inventory, past.events, period, policy_name="contract,maintenance=counted",
        generated=past.plan.live_start, version="test",
    )  # fmt: skip
    gaps, checked = stops(past.plan), 0
    for service in {figures.id: figures for commune in report.communes for figures in commune.services}.values():
        true = past.plan.world.truth(service.id, period.start, period.end)
        if any(start < gap_end and gap_start < end for start, end in true for gap_start, gap_end in gaps):
            continue
        figures = service.figures
        blips = 2 * past.configuration.inventory.checks["core-lac-1/snmp"].interval * (len(true) + 4)
        down = sum(end - start for start, end in true)
        assert abs(figures.unavailable - down) <= blips, (service.id, figures.unavailable, down)
        assert figures.partition.period == period.end - period.start
        checked += 1
    assert checked > 50
    assert len(report.communes) == 28


def test_the_same_plan_gives_the_same_past(past: Past, tmp_path: Path) -> None:
    main = past.plan.write(tmp_path, wanted(past.plan.metropolis), listen="127.0.0.1:8730")
    main.write_text(main.read_text().replace("ca_file: demo-ca.pem", ""))
    configuration = load(main)
    configuration.data_dir.mkdir()
    play_past(configuration, Demo(7, START, START + 30 * DAY))
    store = open_history(configuration.history, read_only=True)
    assert list(store.events()) == past.events
    store.close()
