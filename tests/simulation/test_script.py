import os
import subprocess
import sys
from itertools import pairwise

import pytest

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.model import State
from netmon.simulation.build import build
from netmon.simulation.faults import FaultKind
from netmon.simulation.metropolis import Metropolis, node_check
from netmon.simulation.script import INTERVAL, Script, write_script
from netmon.simulation.world import World

NOW: Millis = 1_790_000_000_000


@pytest.fixture(scope="module")
def script(metropolis: Metropolis) -> Script:
    return write_script(metropolis, 1, NOW - 90 * DAY, NOW)


@pytest.fixture(scope="module")
def world(metropolis: Metropolis, script: Script) -> World:
    return World(metropolis, script)


_ANOTHER_PROCESS = """
from netmon.simulation.build import build
from netmon.simulation.script import write_script
print(write_script(build(1), 1, {start}, {live_start}).digest())
"""


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_another_process_writes_the_same_script(script: Script, hash_seed: str) -> None:
    code = _ANOTHER_PROCESS.format(start=script.start, live_start=script.live_start)
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    printed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == script.digest()


def test_another_seed_writes_another_script(metropolis: Metropolis, script: Script) -> None:
    assert write_script(metropolis, 2, script.start, script.live_start).digest() != script.digest()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_commune_has_an_outage_in_30_days(metropolis: Metropolis, seed: int) -> None:
    world = World(metropolis, write_script(metropolis, seed, NOW - 30 * DAY, NOW))
    touched: set[str] = set()
    for service in metropolis.services:
        longest = max((end - start for start, end in world.truth(service.id, NOW - 30 * DAY, NOW)), default=0)
        if len(service.communes) == 1 and longest >= 2 * MINUTE:
            touched |= {*service.communes}
    own = [device.id for device in metropolis.devices.values() if device.id.startswith("sw-")]
    for device in own:
        if max((end - start for start, end in world.truth(device, NOW - 30 * DAY, NOW)), default=0) >= 2 * MINUTE:
            touched.add(metropolis.commune_of(device))
    assert touched == {commune.name for commune in metropolis.communes}


def test_most_services_of_90_days_lie_between_99_and_100_percent_and_a_few_below_their_objective(world: World) -> None:
    def availability(service: str) -> float:
        return 1 - sum(end - start for start, end in world.truth(service, NOW - 90 * DAY, NOW)) / (90 * DAY)

    figures = [availability(service.id) for service in world.metropolis.services]
    assert sum(0.99 <= figure < 1 for figure in figures) > 0.9 * len(figures)
    assert 1 <= sum(figure < 0.995 for figure in figures) <= 0.15 * len(figures)


def test_blips_are_shorter_than_the_time_between_two_polls(script: Script) -> None:
    blips = [fault for fault in script.faults if fault.kind is FaultKind.BLIP]
    assert blips
    assert all(fault.end - fault.start < INTERVAL for fault in blips)


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_live_part_has_something_new_within_a_minute_and_always_something_wrong(seed: int) -> None:
    metropolis = build(seed)
    script = write_script(metropolis, seed, NOW - DAY, NOW, end=NOW + 2 * HOUR)
    world = World(metropolis, script)
    checks = [*map(node_check, metropolis.devices), *metropolis.endpoints]

    def wrong(at: Millis) -> set[str]:
        return {check for check in checks if world.look(check, at).state is not State.UP}

    assert wrong(NOW + 40 * SECOND) - wrong(NOW - SECOND)
    assert all(len(wrong(NOW + at)) >= 2 for at in range(0, 90 * MINUTE, 30 * SECOND))
    starts = [f.start for f in script.faults if f.start >= NOW and f.kind is not FaultKind.BLIP]
    assert all(later - earlier <= 2 * MINUTE for earlier, later in pairwise(sorted(starts)))


def test_a_faster_pace_brings_more_faults(metropolis: Metropolis) -> None:
    slow, fast = (write_script(metropolis, 1, NOW, NOW, end=NOW + 6 * HOUR, pace=pace).faults for pace in (1.0, 3.0))
    assert len(fast) > 2 * len(slow)


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.BLIP])
def test_every_kind_of_fault_comes_within_40_minutes_of_the_live_part(script: Script, kind: FaultKind) -> None:
    assert [f for f in script.faults if f.kind is kind and f.end > NOW and f.start < NOW + 40 * MINUTE]


def test_planned_works_were_announced_before(script: Script) -> None:
    windows = script.maintenance(script.start, script.end)
    assert len(windows) > 20
    assert all(window.recorded <= window.start - DAY for window in windows)


def test_the_script_tells_its_faults_in_both_languages(script: Script) -> None:
    french, english = (list(script.describe(since=NOW, language=language)) for language in ("fr", "en"))
    assert len(french) == len(english) == sum(fault.end > NOW for fault in script.faults)
    assert any("Lien coupé" in line for line in french)
    assert any("Link cut" in line for line in english)


@pytest.mark.parametrize(("start", "live_start", "pace"), [(NOW + 1, NOW, 1.0), (NOW, NOW, 0.0), (NOW, NOW, -1.0)])
def test_times_out_of_order_and_a_pace_of_nothing_are_refused(
    metropolis: Metropolis, start: Millis, live_start: Millis, pace: float
) -> None:
    with pytest.raises(ValueError, match=r"not in order|above 0"):
        write_script(metropolis, 1, start, live_start, pace=pace)
