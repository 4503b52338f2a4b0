"""A demo's plan: from five numbers, everything both processes need to agree on."""

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from netmon.clock import Millis
from netmon.simulation.build import build
from netmon.simulation.configuration import FOLDER, write_config, write_main, write_maintenance
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.placement import Placement
from netmon.simulation.script import INTERVAL, Script, write_script
from netmon.simulation.world import World


@dataclass(frozen=True)
class Demo:
    """The plan. ``start`` is where the replayed past begins, ``live_start`` where the live part does.

    Two processes with equal plans have the same metropolis and the same script, byte for byte.
    """

    seed: int
    start: Millis
    live_start: Millis
    scale: float = 1.0
    pace: float = 1.0

    @cached_property
    def metropolis(self) -> Metropolis:
        """Who and what is simulated."""
        return build(self.seed, self.scale)

    @cached_property
    def script(self) -> Script:
        """What goes wrong, and when."""
        return write_script(self.metropolis, self.seed, self.start, self.live_start, pace=self.pace, interval=INTERVAL)

    @cached_property
    def world(self) -> World:
        """What a poll sees, at any instant."""
        return World(self.metropolis, self.script)

    def arguments(self, directory: Path) -> list[str]:
        """The command that runs the agents and web sites of this plan; see ``netmon.simulation.runner``."""
        return [
            *(sys.executable, "-m", "netmon.simulation"),
            *("--seed", str(self.seed)),
            *("--scale", repr(self.scale)),
            *("--start", str(self.start)),
            *("--live-start", str(self.live_start)),
            *("--pace", repr(self.pace)),
            *("--directory", str(directory)),
        ]

    def write(
        self, directory: Path, placement: Placement, *, listen: str, data_dir: Path | str = "var", language: str = "fr"
    ) -> Path:
        """Write the whole configuration below ``directory`` and return its main file.

        The certificate it trusts, ``demo-ca.pem``, is left in the same directory by the child. Planned works of the
        live part are in the configuration; those of the past are ``world.maintenance(start, live_start)``.

        Raises:
            OSError: the directory cannot be written.
        """
        write_config(self.metropolis, directory / FOLDER, placement)
        write_maintenance(self.world.maintenance(self.live_start, self.script.end), directory / FOLDER)
        return write_main(directory, listen=listen, data_dir=data_dir, language=language, interval=INTERVAL)
