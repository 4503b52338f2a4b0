"""Writes the example inventory that is kept beside the code: ``python -m netmon.simulation.generate DIR``."""

import sys
from pathlib import Path

from netmon.simulation.build import build
from netmon.simulation.configuration import write_config

SEED = 1
"""That of ``config/bordeaux-metropole``, at scale 1."""


def main(directory: Path) -> None:
    """Write it there.

    Raises:
        OSError: the directory cannot be written.
    """
    write_config(build(SEED), directory)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
