"""``python -m netmon.simulation``: see ``netmon.simulation.runner``."""

import sys

from netmon.simulation.runner import main

if __name__ == "__main__":
    sys.exit(main())
