"""What is delivered: a period's report, complete, so that what draws it has nothing left to work out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from netmon.clock import Millis
from netmon.model.agreed import Party
from netmon.model.recorded import MaintenanceWindow
from netmon.model.reported import Figures, ObjectFigures, Period, Share
from netmon.model.settled import ContractReport
from netmon.model.watched import Commune


@dataclass(frozen=True, slots=True)
class Budget:
    """``allowed`` by the objective over the whole period, and ``spent`` so far, in milliseconds.

    ``burn`` is how many times as fast as allowed it was spent so far (1: it would last exactly); None where nothing
    was eligible or nothing is allowed. ``lost_at`` is when it will be gone at this pace; None: not in this period, or
    gone already.
    """

    allowed: Fraction
    spent: Fraction
    burn: Fraction | None
    lost_at: Millis | None

    @property
    def left(self) -> Fraction:
        """What is left; below zero the objective is lost for this period, whatever comes."""
        return self.allowed - self.spent


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was reached over another stretch of time, a month before for instance, and how much of it was seen.

    ``objective`` is the one of that time.
    """

    period: Period
    availability: Share
    coverage: Share
    objective: float | None = None


@dataclass(frozen=True, slots=True)
class FamilyFigures:
    """The services of one family that a commune uses, taken together over ``period``; ``services`` is how many."""

    family: str
    period: Period
    objective: float | None
    services: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class OutageNote:
    """What people recorded about the outage of ``object`` that began at ``start``: who is held responsible, and the
    incidents it belongs to."""

    object: str
    start: Millis
    parties: tuple[Party, ...]
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkLoad:
    """How full an interface of ``node`` was: of ``measured`` time it was loaded during ``over``; ``peak`` is the
    highest load in ten-thousandths of its ``speed`` (bits per second)."""

    node: str
    interface: str
    speed: int
    measured: Millis
    over: Millis
    peak: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is known of ``links``: loaded are those that carried ``threshold`` percent of their speed or more during
    over ``limit`` percent of the time measured. ``since`` is the first day of which something is known, ``coverage``
    the time measured of the period, all links together."""

    threshold: int
    limit: int
    since: str
    links: int
    coverage: Share
    loaded: tuple[LinkLoad, ...]


@dataclass(frozen=True, slots=True)
class CommuneReport:
    """One commune's part. ``figures`` are the services' taken together, weighted by time, as they were lived through.

    ``planned``: maintenance windows that touched one of its objects. ``objective`` None: no contract covers it.
    ``contracts`` are the commitments to the commune, settled as far as they are about it; the one called ``contract``
    is the main one. ``public`` are the families by month without what rests on sensitive sites. ``trend`` are the
    months up to the end of the period, as the main contract counts. ``unsettled`` names contracts as ``Report`` does.
    """

    commune: Commune
    objective: float | None
    contract: str
    figures: Figures
    services: tuple[ObjectFigures, ...]
    sites: tuple[ObjectFigures, ...]
    planned: tuple[MaintenanceWindow, ...]
    contracts: tuple[ContractReport, ...] = ()
    families: tuple[FamilyFigures, ...] = ()
    public: tuple[FamilyFigures, ...] = ()
    trend: tuple[Stretch, ...] = ()
    previous: Share | None = None
    budget: Budget | None = None
    notes: tuple[OutageNote, ...] = ()
    unsettled: tuple[str, ...] = ()
    capacity: Capacity | None = None

    @property
    def settled(self) -> ContractReport | None:
        """The main contract, settled."""
        return next((each for each in self.contracts if each.contract.id == self.contract), None)

    @property
    def counted(self) -> Figures:
        """The figures that the main contract counts; without one, those lived through."""
        return self.settled.figures if self.settled else self.figures


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows; exporters only draw it.

    ``policy`` are its answers as (key, answer), ``resolution`` the longest poll interval among the objects, ``digest``
    the SHA-256 of the inputs, so that the same inputs give the same report, ``configuration`` that of what was
    configured. ``contracts`` are all contracts in force, settled as a whole; ``before`` is the period that
    ``previous`` figures are of. ``budget`` is that of the contract all communes share, None where they do not.
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
    configuration: str = ""
    contracts: tuple[ContractReport, ...] = ()
    trend: tuple[Stretch, ...] = ()
    before: Period | None = None
    previous: Share | None = None
    budget: Budget | None = None
    unsettled: Mapping[str, str] = field(default_factory=dict)
    """Contracts that could not be settled, by name: why."""
    capacity: Capacity | None = None
