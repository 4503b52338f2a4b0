"""What was agreed: contracts and their rules. Frozen values, no I/O. Amounts are integer cents of euro.

The words are those of French public contracts: GTI (garantie de temps d'intervention), GTR (garantie de temps de
rétablissement), IMS (interruption maximale de service), imputability (whose fault an outage is).
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal, TypeAlias

from netmon.clock import Millis

Cents: TypeAlias = int
"""An amount of money: hundredths of a euro."""

CivilUnit: TypeAlias = Literal["month", "quarter", "year"]


class Party(StrEnum):
    """Whom an outage can be attributed to. FORCE_MAJEURE: nobody."""

    OPERATOR = "operator"
    METROPOLE = "metropole"
    COMMUNE = "commune"
    THIRD_PARTY = "third_party"
    FORCE_MAJEURE = "force_majeure"


@dataclass(frozen=True, slots=True)
class DayCalendar:
    """Named civil days: ``days`` are (first, last), both included.

    Outside [``start``, ``end``] (both included) it says nothing, and nothing may be computed with it; None: no limit.
    """

    id: str
    name: str
    days: tuple[tuple[dt.date, dt.date], ...]
    start: dt.date | None = None
    end: dt.date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class HoursException:
    """On the days of ``calendar`` these ``hours`` hold instead (``off``: closed all day)."""

    calendar: DayCalendar
    hours: str


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """Objects a contract is about, from ``start`` to ``end`` (None: as long as the contract).

    A line about services selects by ``families``, ``services`` and the ``communes`` that use them; one about nodes by
    ``sites``, ``nodes``, ``roles`` and the ``communes`` they stand in. What is left empty does not restrict.
    """

    start: Millis | None = None
    end: Millis | None = None
    communes: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    text: str = ""

    @property
    def about_nodes(self) -> bool:
        """Whether it selects nodes; else it selects services."""
        return bool(self.sites or self.nodes or self.roles)


@dataclass(frozen=True, slots=True)
class WorksRules:
    """When planned works leave the figure: announced ``notice`` before they begin, within ``allowed`` (opening hours),
    and as long as no more than ``cap`` of covered time was used in the civil unit ``per``, by announced object."""

    notice: Millis = 0
    allowed: str = "24/7"
    cap: Millis | None = None
    per: CivilUnit = "month"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A time the provider keeps: GTI or GTR. ``hours`` empty: those of the contract."""

    limit: Millis
    hours: str = ""


@dataclass(frozen=True, slots=True)
class PenaltyRule:
    """What is due ``per`` unit: ``amount``, or ``share`` of the amount of the settled period (V).

    started_hour, started_day: of delay beyond the guarantee ``clock``, in covered time, or in ``elapsed`` time;
    incident: whose guarantee ``clock`` was missed; tenth: of a point missed of an objective, ``complete`` or started;
    objective: missed, however much; ims: object whose yearly interruption is over the limit.
    """

    per: Literal["started_hour", "started_day", "incident", "tenth", "objective", "ims"]
    amount: Cents | None = None
    share: Fraction | None = None
    clock: Literal["gti", "gtr"] = "gtr"
    elapsed: bool = False
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Penalties:
    """Rules, then in this order: ``franchise`` is taken off, ``cap`` (a share of V) bounds, and what is left is waived
    if it is not more than ``waiver``. ``period_amount`` is V: what is paid for one settled period."""

    rules: tuple[PenaltyRule, ...] = ()
    period_amount: Cents | None = None
    franchise: Cents = 0
    cap: Fraction | None = None
    waiver: Cents = 0


@dataclass(frozen=True, slots=True)
class Contract:
    """What ``provider`` promises ``customer``: ``objective`` (a ratio) on services of ``families`` (empty: all).

    ``communes`` empty: all. ``hours`` is service time in opening-hours syntax; ``policy`` names a preset or answers.
    A commitment binds the métropole to communes, a market an operator to the métropole. The contract holds from
    ``start`` to ``end``. ``scope`` lines, where there are any, select instead of ``families``. ``objectives`` are those
    of single families. ``school`` is what SH means in hours. Outages attributed to an ``excluded`` party leave the
    figure. ``ims`` is the yearly interruption allowed for each object. Penalties are settled by civil ``settled``.
    """

    id: str
    name: str
    provider: str
    customer: str
    objective: float
    communes: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    hours: str = "24/7"
    policy: str = "contract"
    kind: Literal["commitment", "market"] = "commitment"
    start: Millis | None = None
    end: Millis | None = None
    scope: tuple[ScopeLine, ...] = ()
    objectives: tuple[tuple[str, float], ...] = ()
    aggregate: str = "weighted"
    school: DayCalendar | None = None
    exceptions: tuple[HoursException, ...] = ()
    works: WorksRules = field(default_factory=WorksRules)
    excluded: tuple[Party, ...] = ()
    gti: Guarantee | None = None
    gtr: Guarantee | None = None
    ims: Millis | None = None
    penalties: Penalties | None = None
    settled: CivilUnit = "month"
