"""Python's garbage collector, kept from holding up the loop.

It looks through everything that lives whenever it finds that a quarter more lives than before: half a second for the
answers of some thousand devices. Nearly all of that will live on, and what ends does so without the collector. So it
is made to look only at what came lately, often, and to leave the rest alone. A circle that was still in use at one of
these looks stays: polls must not leave any (``test_circles`` holds them to it), for each of a silent device is in use
at several. If memory grows all the same, from one day to a later one, it looks at everything, once a day at most.
"""

import gc
import resource
from typing import Final

from netmon.clock import HOUR, SECOND, Millis

TEND: Final[Millis] = 2 * SECOND
"""How often ``tend`` is to be called."""
_EVERYTHING: Final = 24 * HOUR // TEND
_NEVER: Final = 1_000_000_000
_MUCH: Final = 1.25
"""By so much memory grew: Python itself looks at everything when a quarter more lives than before."""


class GarbageCare:
    """``start``, then ``tend`` every ``TEND``; ``stop`` leaves the collector as it was found."""

    def __init__(self) -> None:
        self._before = gc.get_threshold()
        self._tended = self._peak = 0

    def start(self) -> None:
        """From now on whole collections are ours to ask for."""
        young, middle, _ = self._before
        gc.set_threshold(young, middle, _NEVER)
        gc.freeze()

    def tend(self) -> None:
        """Collect what came since the last time and ended in a circle; what lives is not looked at again today."""
        self._tended += 1
        if self._tended % _EVERYTHING == 0:
            if self._peak and peak() > _MUCH * self._peak:  # the first day takes up what is watched
                gc.unfreeze()
            self._peak = max(self._peak, peak())
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """Have everything looked at again."""
        gc.unfreeze()
        gc.set_threshold(*self._before)


def peak() -> int:
    """The most memory that this process ever held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
