"""What a report is made of. Times and lengths are integer milliseconds; nothing is rounded before it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from netmon.clock import Millis
from netmon.model.recorded import MaintenanceWindow
from netmon.model.watched import Commune

if TYPE_CHECKING:
    from netmon.model.settled import ContractReport


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
class Outage:
    """A maximal run answered ``down``, from ``start`` to ``end``; ``counted`` is the part inside ``unavailable``."""

    object: str
    start: Millis
    end: Millis
    counted: Millis
    reason: str


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
        return sum(1 for outage in self.outages if outage.counted)

    @property
    def longest(self) -> Outage | None:
        """The outage of which most counts, the first of several; None when none counts."""
        return max((outage for outage in self.outages if outage.counted), key=lambda one: one.counted, default=None)

    @property
    def interrupted(self) -> Millis:
        """How long the outages counted, one after the other; each once, whatever weight its object has. Without weights
        it is ``unavailable``."""
        return sum(outage.counted for outage in self.outages)

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
    """Figures with what they are of: ``kind`` is service, site or node; ``family`` a service family or site kind."""

    id: str
    name: str
    kind: Literal["service", "site", "node"]
    family: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class CommuneReport:
    """One commune's part. ``figures`` are the services' taken together, weighted by time.

    ``planned``: maintenance windows that touched one of its objects. ``objective`` None: no contract covers it.
    ``commitments`` are what is promised to it, settled as far as it is about this commune.
    """

    commune: Commune
    objective: float | None
    contract: str
    figures: Figures
    services: tuple[ObjectFigures, ...]
    sites: tuple[ObjectFigures, ...]
    planned: tuple[MaintenanceWindow, ...]
    commitments: "tuple[ContractReport, ...]" = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A civil period as half-open instants, with the words it was asked by (``2026-10``) and its zone's name."""

    label: str
    start: Millis
    end: Millis
    timezone: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows; exporters only draw it.

    ``policy`` are its answers as (key, answer), ``resolution`` the longest poll interval among the objects, ``digest``
    the SHA-256 of the inputs, so that the same inputs give the same report. ``contracts`` are as settled
    (``netmon.sla.contract.settle``).
    """

    period: Period
    generated: Millis
    version: str
    policy_name: str
    policy: tuple[tuple[str, str], ...]
    resolution: Millis
    digest: str
    names: Mapping[str, str]
    figures: Figures
    communes: tuple[CommuneReport, ...]
    contracts: "tuple[ContractReport, ...]" = ()
