"""What figures are made of. Times and lengths are integer milliseconds; nothing is rounded before it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from netmon.clock import Millis
from netmon.model.outages import Outage, counted


@dataclass(frozen=True, slots=True)
class Partition:
    """Every millisecond of a period in exactly one class; the classes sum to ``period``."""

    up: Millis = 0
    degraded: Millis = 0
    down: Millis = 0
    unreachable: Millis = 0
    unknown: Millis = 0
    maintenance: Millis = 0
    out_of_hours: Millis = 0
    no_data: Millis = 0
    not_in_service: Millis = 0

    @property
    def period(self) -> Millis:
        """The length of the period: the sum of all classes."""
        return (
            self.up + self.degraded + self.down + self.unreachable + self.unknown
            + self.maintenance + self.out_of_hours + self.no_data + self.not_in_service
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, kept as integers so that nothing is rounded before it is shown."""

    part: Millis
    whole: Millis

    @property
    def ratio(self) -> float | None:
        """part / whole; None when there is no whole, never 0 or 1."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one object, or of several taken together, over one period.

    ``availability``, ``low`` and ``high`` are available over eligible time: as measured, and the lowest and highest
    compatible with what the polls saw. ``coverage`` is seen over watchable time. ``outages`` in order of time.
    """

    partition: Partition
    eligible: Millis
    unavailable: Millis
    availability: Share
    low: Share
    high: Share
    coverage: Share
    outages: Sequence[Outage]

    @property
    def count(self) -> int:
        """How many outages count."""
        return sum(map(bool, counted(self.outages)))

    @property
    def longest(self) -> Outage | None:
        """The outage of which most counts, the first of several; None when none counts."""
        return max((outage for outage in self.outages if outage.counted), key=lambda one: one.counted, default=None)

    @property
    def interrupted(self) -> Millis:
        """How long the outages counted, one after the other; each once, whatever weight its object has. Without weights
        it is ``unavailable``."""
        return sum(counted(self.outages))

    @property
    def mttr(self) -> float | None:
        """Mean time to restore service (MTRS), milliseconds: interrupted time over the number of counted outages."""
        return self.interrupted / self.count if self.count else None

    @property
    def mtbf(self) -> float | None:
        """Mean time between failures, milliseconds: MTBF / (MTBF + MTRS) is the availability. Without weights it is
        available time over the number of counted outages."""
        return self._apart(self.eligible - self.unavailable)

    @property
    def mtbsi(self) -> float | None:
        """Mean time between service incidents (ITIL: from one beginning to the next), milliseconds: MTBF + MTRS."""
        return self._apart(self.eligible)

    def _apart(self, total: Millis) -> float | None:
        """``total`` for each counted outage, on the scale on which ``unavailable`` is ``interrupted``."""
        whole = self.count * self.unavailable
        return total * self.interrupted / whole if whole else None


@dataclass(frozen=True, slots=True)
class ObjectFigures:
    """Figures with what they are of: ``kind`` is service, site or node; ``family`` a service family or site kind.

    ``previous`` is what was reached in the period before; None: nobody asked.
    """

    id: str
    name: str
    kind: Literal["service", "site", "node"]
    family: str
    figures: Figures
    previous: Share | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A civil period as half-open instants, with the words it was asked by (``2026-10``) and its zone's name."""

    label: str
    start: Millis
    end: Millis
    timezone: str
