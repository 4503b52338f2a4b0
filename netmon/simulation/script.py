"""The script: every fault of the past and of the live part, drawn from the seed alone."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from netmon.clock import DAY, SECOND, Millis, to_datetime
from netmon.model import MaintenanceWindow
from netmon.simulation.faults import Fault, Faults
from netmon.simulation.live import Live
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.past import Past
from netmon.simulation.seeded import Chance

INTERVAL: Millis = 10 * SECOND
"""How often the demo polls; blips are shorter than this."""
LIVE_LENGTH: Millis = DAY
"""How long the script goes on after the live part began. After that the network is well."""


@dataclass(frozen=True, slots=True)
class Script:
    """The faults in order of their start, for [start, end); the live part begins at ``live_start``."""

    seed: int
    start: Millis
    live_start: Millis
    end: Millis
    faults: tuple[Fault, ...]

    def describe(self, since: Millis | None = None, zone: dt.tzinfo = dt.UTC, language: str = "fr") -> Iterator[str]:
        """One line for each fault that is not over at ``since``: when, how long, what."""
        for fault in self.faults:
            if since is not None and fault.end <= since:
                continue
            text = fault.text.fr if language == "fr" else fault.text.en
            minutes, seconds = divmod((fault.end - fault.start) // SECOND, 60)
            yield f"{to_datetime(fault.start, zone):%Y-%m-%d %H:%M:%S}  {minutes:4d} min {seconds:02d} s  {text}"

    def maintenance(self, start: Millis, end: Millis) -> tuple[MaintenanceWindow, ...]:
        """The announced windows that touch [start, end)."""
        windows = (fault.window for fault in self.faults if fault.window is not None)
        return tuple(w for w in windows if w.start < end and (w.end is None or w.end > start))

    def digest(self) -> str:
        """SHA-256 of all faults: two processes that print the same one play the same script."""
        return hashlib.sha256(repr(self.faults).encode()).hexdigest()


def write_script(
    metropolis: Metropolis,
    seed: int,
    start: Millis,
    live_start: Millis,
    *,
    end: Millis | None = None,
    pace: float = 1.0,
    interval: Millis = INTERVAL,
) -> Script:
    """Draw the faults of [start, end); from ``live_start`` on (less a few minutes) they come as a demo wants them.

    ``pace`` 2 makes the live part twice as eventful. ``interval`` is that of the polls. Same arguments, same script.

    Raises:
        ValueError: ``pace`` is not above 0, or the times are not in order.
    """
    until = live_start + LIVE_LENGTH if end is None else end
    if pace <= 0:
        raise ValueError("pace must be above 0")
    if not start <= live_start <= until:
        raise ValueError("the script's start, live start and end are not in order")
    past, live = Chance(seed, "past"), Chance(seed, "live")
    before, now = Faults(metropolis, past, "p"), Faults(metropolis, live, "v")
    Past(metropolis, past, before, start, live_start, interval).write()
    Live(metropolis, live, now, live_start, until, pace, interval).write()
    made = sorted((*before.made, *now.made), key=lambda fault: (fault.start, fault.id))
    return Script(seed, start, live_start, until, tuple(made))
