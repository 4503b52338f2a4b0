"""A metropolis to try things in, and worlds in which exactly what a test says goes wrong."""

from collections.abc import Callable

import pytest

from netmon.clock import DAY, Millis
from netmon.simulation.build import build
from netmon.simulation.faults import Faults
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.script import Script
from netmon.simulation.seeded import Chance
from netmon.simulation.world import World


@pytest.fixture(scope="session")
def metropolis() -> Metropolis:
    return build(1)


@pytest.fixture
def world_with(metropolis: Metropolis) -> Callable[[Callable[[Faults], None], Millis], World]:
    """A world with the faults that a function makes, its script reaching a day around ``now``."""

    def make(write: Callable[[Faults], None], now: Millis) -> World:
        faults = Faults(metropolis, Chance("test"), "t")
        write(faults)
        return World(metropolis, Script(1, now - DAY, now, now + DAY, tuple(faults.made)))

    return make
