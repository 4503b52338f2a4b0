"""What a configuration file may say about contracts and their calendars; and the contracts made of it."""

import datetime as dt
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field

from netmon.clock import DAY, MINUTE, Millis
from netmon.config import agreedkinds, kinds
from netmon.config.agreedkinds import Dates
from netmon.config.entry import (
    EVERY,
    CommuneName,
    Communes,
    Entry,
    Flag,
    Id,
    NodeId,
    ServiceName,
    SiteId,
    Text,
    setting,
)
from netmon.model import (
    Cents,
    CivilUnit,
    Contract,
    DayCalendar,
    Guarantee,
    HoursException,
    Party,
    Penalties,
    PenaltyRule,
    Role,
    ScopeLine,
    WorksRules,
)

FAMILIES: Final = ("network", "web", "ticketing", "wifi", "schools", "energy", "consultation")

_Per: TypeAlias = Literal["started_hour", "started_day", "incident", "tenth", "objective", "ims"]
_ClockName: TypeAlias = Literal["gti", "gtr"]
_ContractKind: TypeAlias = Literal["commitment", "market"]


Family: TypeAlias = Annotated[str, kinds.choice(FAMILIES)]
_Role: TypeAlias = Annotated[str, kinds.choice([role.value for role in Role])]
_Party: TypeAlias = Annotated[Party, kinds.choice([party.value for party in Party], Party)]
_Unit: TypeAlias = Annotated[CivilUnit, kinds.choice(get_args(CivilUnit))]
_Percent: TypeAlias = Annotated[float, kinds.percent()]
_Days: TypeAlias = Annotated[Dates, agreedkinds.days()]
_Policy: TypeAlias = Annotated[str, agreedkinds.policy()]
_Hours: TypeAlias = Annotated[str, agreedkinds.hours()]
_CalendarName: TypeAlias = Annotated[str, kinds.reference("calendar")]
_Euros: TypeAlias = Annotated[Cents, agreedkinds.euros()]
_Share: TypeAlias = Annotated[Fraction, agreedkinds.share()]
_Time: TypeAlias = Annotated[Millis, kinds.duration(MINUTE, 366 * DAY)]
_First: TypeAlias = Annotated[Millis, agreedkinds.first_day()]
_Last: TypeAlias = Annotated[Millis, agreedkinds.last_day()]


class CalendarEntry(Entry):
    """Named days, for the hours of contracts: school holidays, exceptional closures."""

    id: Id = Field(description="Its name for netmon.")
    name: Text = Field(description="Its name for people.")
    days: tuple[Annotated[Dates, agreedkinds.days()], ...] = Field(
        description="The days; the last of several is one of them."
    )
    start: Annotated[dt.date, agreedkinds.civil_day()] | None = Field(
        None, alias="from", description="The first day it knows about; hours before are refused; none: all days."
    )
    end: Annotated[dt.date, agreedkinds.civil_day()] | None = Field(
        None, alias="to", description="The last day it knows about; hours after it are refused; none: all days."
    )
    source: Text | None = setting(None, "Where the days are published.")

    def calendar(self) -> DayCalendar:
        """The calendar."""
        return DayCalendar(self.id, self.name, self.days, self.start, self.end, self.source or "")


class ExceptionEntry(Entry):
    """Days on which a contract has other hours."""

    calendar: _CalendarName = Field(description="The days.")
    hours: _Hours = Field(description="What is covered then, instead of `hours`; `off`: nothing.")


class ScopeEntry(Entry):
    """Objects a contract is about: services (`families`, `services`) or nodes (`sites`, `nodes`, `roles`)."""

    start: _First | None = Field(None, alias="from", description="The first day; none: as the contract.")
    end: _Last | None = Field(None, alias="to", description="The last day, which belongs to it; none: as the contract.")
    communes: tuple[CommuneName, ...] = setting((), "Communes that use the services or where the nodes stand.")
    families: tuple[Family, ...] = setting((), "Families of services.")
    services: tuple[ServiceName, ...] = setting((), "Single services.")
    sites: tuple[SiteId, ...] = setting((), "Sites of nodes.")
    nodes: tuple[NodeId, ...] = setting((), "Single nodes.")
    roles: tuple[_Role, ...] = setting((), "Roles of nodes.")
    text: Text | None = setting(None, "Why, such as the amendment that says so.")

    def line(self) -> ScopeLine:
        """The scope line."""
        return ScopeLine(
            self.start, self.end, self.communes, self.families, self.services, self.sites, self.nodes, self.roles,
            self.text or "",
        )  # fmt: skip


class WorksEntry(Entry):
    """When planned works leave the figure; what does not fulfil this counts as an outage."""

    notice: _Time | None = setting(None, "How long before they begin works must have been announced; none: not at all.")
    allowed: _Hours = setting("24/7", "When works may be, as opening hours.")
    cap: _Time | None = setting(None, "Covered time that works on one object may take in one `per`; none: no limit.")
    per: _Unit = setting("month", "The civil unit of the cap.")


class GuaranteeEntry(Entry):
    """A time that is kept, from the notification of the provider."""

    within: _Time = Field(description="Covered time from the notification.")
    hours: _Hours | None = setting(None, "When its clock runs, as opening hours; none: in the hours of the contract.")

    def guarantee(self) -> Guarantee:
        """The guarantee."""
        return Guarantee(self.within, self.hours or "")


class PenaltyEntry(Entry):
    """What is due for one unit of failure."""

    per: Annotated[_Per, kinds.choice(get_args(_Per))] = Field(
        description="The unit: an hour or day of delay beyond a guarantee, begun; an incident whose guarantee was"
        " missed; a tenth of a point of availability missed; an objective missed; an object over the yearly"
        " interruption."
    )
    amount: _Euros | None = setting(None, "Euros for each unit; none: `share`.")
    share: _Share | None = setting(
        None, "Percent of `period_amount` for each unit; 0.1 a day is the V × R / 1000 of the CCAG-TIC of 2009."
    )
    clock: Annotated[_ClockName, kinds.choice(get_args(_ClockName))] = setting("gtr", "The guarantee missed.")
    elapsed: Flag = setting(False, "Whether delay is counted on the wall clock, not in covered time.")
    complete: Flag = setting(False, "Whether only complete tenths of a point count, not those begun.")

    def rule(self) -> PenaltyRule:
        """The rule."""
        return PenaltyRule(self.per, self.amount, self.share, self.clock, self.elapsed, self.complete)


class PenaltiesEntry(Entry):
    """How penalties are proposed. In this order: rules, franchise, cap, waiver."""

    rules: Annotated[tuple[PenaltyEntry, ...], Field(min_length=1)] = Field(description="What is due.")
    settled: _Unit = setting("month", "The civil unit that is settled by itself.")
    period_amount: _Euros | None = setting(None, "Euros paid for one settled unit, without taxes.")
    franchise: _Euros = setting(0, "Euros taken off the sum.")
    cap: _Share | None = setting(None, "The most that is proposed, in percent of `period_amount`; none: no limit.")
    waiver: _Euros = setting(0, "Euros up to which nothing is proposed.")

    def penalties(self) -> Penalties:
        """The penalties."""
        rules = tuple(entry.rule() for entry in self.rules)
        return Penalties(rules, self.period_amount, self.franchise, self.cap, self.waiver)


class ContractEntry(Entry):
    """What a provider promises for services."""

    id: Id = Field(description="Its name for netmon.")
    name: Text = Field(description="Its name for people.")
    kind: Annotated[_ContractKind, kinds.choice(get_args(_ContractKind))] = setting(
        "commitment", "A commitment of the métropole to communes, or the market of an operator with the métropole."
    )
    provider: Text = Field(description="Who promises.")
    customer: Text = Field(description="To whom.")
    start: _First | None = Field(None, alias="from", description="Its first day; none: always.")
    end: _Last | None = Field(None, alias="to", description="Its last day, which belongs to it; none: for ever.")
    objective: _Percent = Field(description="Availability promised, in percent.")
    objectives: dict[Family, _Percent] = setting({}, "Availability promised for single families, in percent.")
    communes: Communes = setting(("*",), 'The communes covered; `"*"`: all of them.', written="*")
    families: tuple[Family, ...] = setting((), "The service families covered; none: all of them.")
    scope: tuple[ScopeEntry, ...] = setting((), "What is covered from when to when, instead of `families`.")
    aggregate: Annotated[str, agreedkinds.aggregate()] = setting("weighted", "How its objects make one figure.")
    hours: _Hours = setting(
        "24/7",
        "Service time, as OpenStreetMap writes opening hours; `PH` are the French public holidays, `SH` the days of"
        " `school_holidays`.",
    )
    school_holidays: _CalendarName | None = setting(None, "The calendar that says what `SH` is.")
    exceptions: tuple[ExceptionEntry, ...] = setting((), "Days with other hours; the last that names a day decides.")
    policy: _Policy = setting("contract", "Which seconds count: a preset, answers, or both.")
    maintenance: WorksEntry = setting(WorksEntry(), "When planned works leave the figure.", written={})
    excluded: tuple[_Party, ...] = setting((), "Parties whose outages, as attributed, leave the figure.")
    gti: GuaranteeEntry | None = setting(None, "Time to intervene (garantie de temps d'intervention).")
    gtr: GuaranteeEntry | None = setting(None, "Time to restore (garantie de temps de rétablissement).")
    ims: _Time | None = setting(None, "Interruption allowed for each object in a civil year, in covered time.")
    penalties: PenaltiesEntry | None = setting(None, "How penalties are proposed; none: not at all.")

    def contract(self, calendars: dict[str, DayCalendar]) -> Contract:
        """The contract; ``calendars`` by id."""
        works, penalties = self.maintenance, self.penalties
        return Contract(
            self.id, self.name, self.provider, self.customer, self.objective,
            communes=() if self.communes == EVERY else self.communes,
            families=self.families, hours=self.hours, policy=self.policy, kind=self.kind, start=self.start,
            end=self.end, scope=tuple(entry.line() for entry in self.scope),
            objectives=tuple(self.objectives.items()), aggregate=self.aggregate,
            school=calendars.get(self.school_holidays or ""),
            exceptions=tuple(
                HoursException(calendars[each.calendar], each.hours)
                for each in self.exceptions
                if each.calendar in calendars
            ),
            works=WorksRules(works.notice or 0, works.allowed, works.cap, works.per),
            excluded=self.excluded,
            gti=self.gti.guarantee() if self.gti else None,
            gtr=self.gtr.guarantee() if self.gtr else None,
            ims=self.ims,
            penalties=penalties.penalties() if penalties else None,
            settled=penalties.settled if penalties else "month",
        )  # fmt: skip
