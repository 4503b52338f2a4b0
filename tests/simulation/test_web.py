import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from collectors.http import HttpCollector
from netmon.clock import MINUTE, SECOND, Millis, SystemClock
from netmon.config import load
from netmon.conventions import Metric, Reason
from netmon.model import Check, Reading, State
from netmon.simulation.certificates import Authority
from netmon.simulation.configuration import CA_FILE, FOLDER, write_config, write_main
from netmon.simulation.faults import FaultKind, Faults
from netmon.simulation.placement import Placement, Ports, bind
from netmon.simulation.web import WebSite
from netmon.simulation.world import World

WorldWith: TypeAlias = Callable[[Callable[[Faults], None], Millis], World]
_NOW: Millis = SystemClock().now()
_SECURE, _PLAIN, _JOURNEY = "web-opendata", "web-mairie-ambes", "web-billettique"


def _check(world: World, id_: str, placement: Placement, directory: Path) -> Check:
    """As the configuration of the demo has it."""
    write_config(world.metropolis, directory / FOLDER, placement)
    return load(write_main(directory, listen="127.0.0.1:8730", data_dir="var")).inventory.checks[id_]


async def _polls(world: World, check: str, directory: Path, different: int = 1) -> list[Reading]:
    """What the real collector sees of one web site, until it has seen ``different`` states one after another."""
    endpoint = world.metropolis.endpoints[check]
    sockets = bind(world.metropolis, Ports(0, 0, 0))
    authority = Authority(directory / "tls", _NOW)
    authority.write(directory / CA_FILE)
    asked = _check(world, check, sockets.placement(), directory)
    site, collector = WebSite(world, endpoint, sockets.endpoints[check], authority, SystemClock()), HttpCollector()
    await site.start()
    await collector.start()
    try:
        readings: list[Reading] = []
        while len(readings) < different:
            reading = await collector.collect(asked)
            if not readings or reading.state is not readings[-1].state:
                readings.append(reading)
            await asyncio.sleep(0.05)
        return readings
    finally:
        await collector.stop()
        await site.stop()
        sockets.close()


@pytest.mark.parametrize("check", [_SECURE, _PLAIN, _JOURNEY])
def test_a_healthy_site_is_up_and_its_certificate_verifies(check: str, world_with: WorldWith, tmp_path: Path) -> None:
    (reading,) = asyncio.run(_polls(world_with(lambda faults: None, _NOW), check, tmp_path))
    assert (reading.state, reading.reason) == (State.UP, Reason.OK)


def test_a_journey_comes_to_the_page_behind_the_form(world_with: WorldWith, tmp_path: Path) -> None:
    (reading,) = asyncio.run(_polls(world_with(lambda faults: None, _NOW), _JOURNEY, tmp_path))
    steps = {
        family.name: dict(zip(family.series, family.values, strict=True))
        for family in reading.families
        if family.name == Metric.HTTP_STEP_UP
    }
    assert steps == {Metric.HTTP_STEP_UP: {("accueil",): 1, ("choix",): 1}}


_SEEN = (
    *((_SECURE, kind) for kind in (FaultKind.HTTP_500, FaultKind.RESET, FaultKind.STOPPED, FaultKind.BLIP)),
    *((_SECURE, kind) for kind in (FaultKind.WRONG_CONTENT, FaultKind.SLOW_WEB, FaultKind.HANG)),
    *((_SECURE, kind) for kind in (FaultKind.CERTIFICATE_EXPIRED, FaultKind.CERTIFICATE_EXPIRES)),
    *((_PLAIN, kind) for kind in (FaultKind.HTTP_500, FaultKind.RESET, FaultKind.STOPPED)),
    *((_JOURNEY, kind) for kind in (FaultKind.HTTP_500, FaultKind.WRONG_CONTENT, FaultKind.SLOW_WEB)),
)


@pytest.mark.parametrize(("check", "kind"), _SEEN)
def test_the_real_collector_sees_each_fault_as_the_world_says(
    check: str, kind: FaultKind, world_with: WorldWith, tmp_path: Path
) -> None:
    def write(faults: Faults) -> None:
        if kind is FaultKind.BLIP:
            faults.blip(check, _NOW - MINUTE, 60 * MINUTE)
        else:
            faults.web(kind, check, _NOW - MINUTE, 60 * MINUTE)

    world = world_with(write, _NOW)
    (seen,) = asyncio.run(_polls(world, check, tmp_path))
    told = world.look(check, _NOW)
    assert (seen.state, seen.reason) == (told.state, told.reason), seen.detail
    assert told.state is not State.UP


def test_a_site_under_planned_works_answers_503(world_with: WorldWith, tmp_path: Path) -> None:
    window = (_NOW - MINUTE, _NOW + 60 * MINUTE)
    world = world_with(lambda faults: faults.works(_SECURE, window, window, _NOW - 10 * MINUTE), _NOW)
    (seen,) = asyncio.run(_polls(world, _SECURE, tmp_path))
    assert (seen.state, seen.reason) == (State.DOWN, Reason.STATUS)
    assert "503" in seen.detail


def test_a_stopped_site_comes_back_at_its_old_address(world_with: WorldWith, tmp_path: Path) -> None:
    now = SystemClock().now()
    world = world_with(lambda faults: faults.web(FaultKind.STOPPED, _PLAIN, now + SECOND, 2 * SECOND), now)
    before, during, after = asyncio.run(_polls(world, _PLAIN, tmp_path, different=3))
    assert (before.state, during.reason, after.state) == (State.UP, Reason.CONNECT_REFUSED, State.UP)
