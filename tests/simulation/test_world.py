from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.simulation.build import build
from netmon.simulation.faults import FaultKind, Faults
from netmon.simulation.metropolis import node_check
from netmon.simulation.script import write_script
from netmon.simulation.world import World

NOW: Millis = 1_790_000_000_000
_METROPOLIS = build(1)
_SCRIPT = write_script(_METROPOLIS, 1, NOW - 30 * DAY, NOW, end=NOW + 2 * HOUR)
_WORLD = World(_METROPOLIS, _SCRIPT)
_CHECKS = [*map(node_check, _METROPOLIS.devices), *_METROPOLIS.endpoints]

WorldWith: TypeAlias = Callable[[Callable[[Faults], None], Millis], World]


def _seen(reading: Reading, at: Millis) -> tuple[State, Reason, str, int | None]:
    """A reading without what time alone changes: the boot instead of the uptime (to the tick)."""
    boot = None if reading.uptime is None else (at // 10 - reading.uptime) % 2**32
    return reading.state, reading.reason, reading.detail, boot


@settings(max_examples=300)
@given(st.sampled_from(_CHECKS), st.integers(_SCRIPT.start, _SCRIPT.end - 1), st.integers(0, 10**9))
def test_what_a_poll_sees_is_the_same_between_two_changes(check: str, at: Millis, elsewhere: int) -> None:
    changes = [_SCRIPT.start, *_WORLD.changes(check), _SCRIPT.end]
    index = bisect_right(changes, at)
    low, high = changes[index - 1], changes[index]
    other = low + elsewhere % (high - low)
    one, two = _seen(_WORLD.look(check, at), at), _seen(_WORLD.look(check, other), other)
    assert one[:3] == two[:3]
    assert one[3] is None or two[3] is None or abs(one[3] - two[3]) <= 1


def test_changes_are_in_order_and_each_once() -> None:
    for check in _CHECKS:
        changes = list(_WORLD.changes(check))
        assert changes == sorted(set(changes))


def _state(world: World, object_: str, at: Millis) -> State:
    return world.look(object_ if object_.startswith("web-") else node_check(object_), at).state


def test_a_switch_behind_a_cut_link_is_silent_and_so_is_what_stands_behind_it(world_with: WorldWith) -> None:
    world = world_with(lambda faults: faults.link_cut("sw-ambes-1", "dist-est-1", NOW, MINUTE), NOW)
    above = _METROPOLIS.devices["sw-ambes-1"].uplinks
    world = world_with(lambda faults: faults.link_cut("sw-ambes-1", above[0], NOW, MINUTE), NOW)
    assert len(above) == 1
    assert _METROPOLIS.devices["sw-ambes-2"].uplinks == ("sw-ambes-1",)
    for device in ("sw-ambes-1", "sw-ambes-2"):
        assert world.look(node_check(device), NOW) == Reading(State.DOWN, Reason.TIMEOUT, "no answer")
        assert _state(world, device, NOW - 1) is State.UP
        assert _state(world, device, NOW + MINUTE) is State.UP
    assert world.script.faults[0].affects == ("sw-ambes-1", "sw-ambes-2")


def test_a_switch_with_two_uplinks_survives_one_cut_but_not_two(world_with: WorldWith) -> None:
    first, second = _METROPOLIS.devices["sw-pessac-1"].uplinks

    def one(faults: Faults) -> None:
        faults.link_cut("sw-pessac-1", first, NOW, MINUTE)

    def two(faults: Faults) -> None:
        one(faults)
        faults.link_cut("sw-pessac-1", second, NOW + 30 * SECOND, MINUTE)

    assert _state(world_with(one, NOW), "sw-pessac-1", NOW + 40 * SECOND) is State.UP
    world = world_with(two, NOW)
    assert world.truth("sw-pessac-1", NOW - DAY, NOW + DAY) == ((NOW + 30 * SECOND, NOW + MINUTE),)


def test_a_power_cut_runs_the_battery_down_before_the_branch_goes_silent_and_everything_boots_anew(
    world_with: WorldWith,
) -> None:
    site = _METROPOLIS.devices["dist-nord-1"].site
    world = world_with(lambda faults: faults.power_cut(site, NOW, 10 * MINUTE, 4 * MINUTE), NOW)
    assert world.on_battery("ups-nord-1", NOW + MINUTE) == (MINUTE, 4 * MINUTE)
    assert _state(world, "ups-nord-1", NOW + MINUTE) is State.UP
    behind = [d.id for d in _METROPOLIS.devices.values() if d.uplinks == ("dist-nord-1",)]
    assert len(behind) > 3
    for device in ("dist-nord-1", "ups-nord-1", *behind):
        assert world.truth(device, NOW - DAY, NOW + DAY) == ((NOW + 4 * MINUTE, NOW + 10 * MINUTE),)
    assert world.booted("dist-nord-1", NOW + HOUR) == NOW + 10 * MINUTE
    elsewhere = next(d for d in behind if _METROPOLIS.devices[d].site != site)
    assert world.booted(elsewhere, NOW + HOUR) < NOW - DAY
    assert world.power_cuts("ups-nord-1", NOW + MINUTE) == 1


def test_a_battery_that_outlasts_the_power_cut_hides_it(world_with: WorldWith) -> None:
    site = _METROPOLIS.devices["dist-nord-1"].site
    world = world_with(lambda faults: faults.power_cut(site, NOW, 3 * MINUTE, 20 * MINUTE), NOW)
    assert world.truth("dist-nord-1", NOW - DAY, NOW + DAY) == ()
    assert world.on_battery("ups-nord-1", NOW + MINUTE) is not None
    assert world.on_battery("ups-nord-1", NOW + 3 * MINUTE) is None
    assert world.script.faults[0].affects == ()


def test_a_restart_starts_the_uptime_again_and_it_wraps_after_497_days(world_with: WorldWith) -> None:
    world = world_with(lambda faults: faults.reboot("sw-begles-1", NOW, 4 * SECOND), NOW)
    assert world.uptime("sw-begles-1", NOW + 4 * SECOND) == 0
    assert world.uptime("sw-begles-1", NOW + 5 * SECOND) == 100
    assert world.uptime("sw-begles-1", NOW + 4 * SECOND + 10 * 2**32) == 0
    assert NOW + 4 * SECOND in world.changes("sw-begles-1/snmp")


def test_a_web_site_behind_a_silent_firewall_refuses(world_with: WorldWith) -> None:
    world = world_with(lambda faults: faults.reboot("fw-lac-1", NOW, MINUTE), NOW)
    hosted = [e.id for e in _METROPOLIS.endpoints.values() if e.host == "fw-lac-1"]
    assert len(hosted) > 10
    for check in hosted:
        assert world.look(check, NOW).reason is Reason.CONNECT_REFUSED


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        (FaultKind.HTTP_500, State.DOWN, Reason.STATUS),
        (FaultKind.HANG, State.DOWN, Reason.TIMEOUT),
        (FaultKind.RESET, State.DOWN, Reason.RESET),
        (FaultKind.STOPPED, State.DOWN, Reason.CONNECT_REFUSED),
        (FaultKind.WRONG_CONTENT, State.DOWN, Reason.BODY),
        (FaultKind.SLOW_WEB, State.DEGRADED, Reason.SLOW),
        (FaultKind.CERTIFICATE_EXPIRED, State.DOWN, Reason.TLS_EXPIRED),
        (FaultKind.CERTIFICATE_EXPIRES, State.DEGRADED, Reason.TLS_EXPIRES_SOON),
    ],
)
def test_each_fault_of_a_web_site_is_seen_as_what_it_is(
    world_with: WorldWith, kind: FaultKind, state: State, reason: Reason
) -> None:
    world = world_with(lambda faults: faults.web(kind, "web-opendata", NOW, MINUTE), NOW)
    reading = world.look("web-opendata", NOW + SECOND)
    assert (reading.state, reading.reason) == (state, reason)
    assert world.look("web-opendata", NOW + MINUTE).state is State.UP


def test_a_flapping_device_comes_and_goes_without_booting_anew(world_with: WorldWith) -> None:
    world = world_with(lambda faults: faults.flapping("sw-begles-1", NOW, 10 * MINUTE, MINUTE), NOW)
    assert len(world.truth("sw-begles-1", NOW, NOW + HOUR)) >= 3
    assert world.booted("sw-begles-1", NOW + HOUR) < NOW - DAY


def test_planned_work_is_announced_as_a_window_around_the_outage(world_with: WorldWith) -> None:
    def write(faults: Faults) -> None:
        faults.works("sw-begles-1", (NOW, NOW + HOUR), (NOW + MINUTE, NOW + 5 * MINUTE), NOW - DAY)

    world = world_with(write, NOW)
    (window,) = world.maintenance(NOW, NOW + DAY)
    assert (window.object, window.start, window.end, window.recorded) == ("sw-begles-1", NOW, NOW + HOUR, NOW - DAY)
    assert world.maintenance(NOW + HOUR, NOW + DAY) == ()
    assert world.truth("sw-begles-1", NOW, NOW + DAY) == ((NOW + MINUTE, NOW + 5 * MINUTE),)


def test_the_truth_of_a_service_follows_its_expression(world_with: WorldWith) -> None:
    def write(faults: Faults) -> None:
        for at, device in ((0, "sw-bordeaux-2"), (2, "sw-pessac-4"), (2, "sw-bordeaux-2"), (4, "web-billettique")):
            if device.startswith("web-"):
                faults.web(FaultKind.HTTP_500, device, NOW + at * MINUTE, MINUTE)
            else:
                faults.reboot(device, NOW + at * MINUTE, MINUTE)

    world = world_with(write, NOW)
    tolerated, broken, web = ((NOW + at * MINUTE, NOW + (at + 1) * MINUTE) for at in (0, 2, 4))
    assert world.truth("billettique", NOW - DAY, NOW + DAY) == (broken, web)
    assert world.truth("sw-bordeaux-2", NOW - DAY, NOW + DAY) == (tolerated, broken)
