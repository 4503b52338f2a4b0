"""What a configuration file may say: every key, its kind, its default and what it does.

The JSON Schema, the reference of keys and the messages are made from these models.
"""

from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from netmon.clock import HOUR, SECOND, Millis
from netmon.config import kinds, places
from netmon.config.agreements import CalendarEntry, ContractEntry, Family
from netmon.config.alerts import AlertsEntry
from netmon.config.delivery import MailEntry, ReportsEntry
from netmon.config.entry import (
    CheckName,
    CommuneName,
    Communes,
    Count,
    Entry,
    HostPort,
    Id,
    Interval,
    Moment,
    NodeId,
    ObjectId,
    PathText,
    SecretText,
    SiteId,
    Text,
    Timeout,
    setting,
)
from netmon.config.httpcheck import HttpEntry
from netmon.config.interfaces import InterfaceEntry
from netmon.config.kinds import Or, custom
from netmon.config.nettargets import DnsEntry, IcmpEntry, PingEntry, TcpEntry
from netmon.config.targets import (
    CredentialEntry,
    HttpDefaultsEntry,
    NodeSnmpEntry,
    ProbeCheckEntry,
    SnmpEntry,
    TrapsEntry,
)
from netmon.config.wrong import WrongError
from netmon.model import Role, SiteKind
from netmon.settings import SeriesLimits

Language: TypeAlias = Literal["fr", "en"]

_Kind: TypeAlias = Annotated[SiteKind, kinds.choice([kind.value for kind in SiteKind], SiteKind)]
_Role: TypeAlias = Annotated[Role, kinds.choice([role.value for role in Role], Role)]
_Rule: TypeAlias = Annotated[
    str, kinds.matching("a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=TU", "FREQ=[A-Z0-9=;,+-]+")
]
_Coordinate: TypeAlias = Annotated[int, kinds.whole(0, 99)]


class WebEntry(Entry):
    """Where netmon answers over HTTP."""

    listen: HostPort = setting(("127.0.0.1", 8730), "Address and port.", written="127.0.0.1:8730")
    public_listen: HostPort | None = setting(
        None,
        "Address and port of the pages for everybody: how the services of each commune are, without any host, address, "
        "check or sensitive site. None: there are none.",
    )
    config_file: PathText | None = setting(
        None,
        "Web configuration file as Prometheus' exporters have it (TLS, certificates of clients, users, headers), read "
        "again when it changes; none: plain HTTP for everybody.",
    )
    probe_allow: tuple[Annotated[str, places.allowed()], ...] = setting(
        (),
        "Who else than the inventory may be asked through `/snmp` and `/probe`: networks, addresses, patterns of host "
        "names.",
    )


class ExpositionEntry(Entry):
    """How much `/metrics` may say of what devices answer. netmon's own metrics do not count."""

    series_per_node: Annotated[int, kinds.whole(1, 10_000_000)] = setting(
        50_000, "Series read from one node that are shown at most; a metric that does not fit is left out whole."
    )
    series: Annotated[int, kinds.whole(1, 100_000_000)] = setting(
        5_000_000,
        "Series read from all targets that are shown at most; beyond them, the last checks by id are left out.",
    )

    def limits(self) -> SeriesLimits:
        """As the exposition uses them."""
        return SeriesLimits(self.series_per_node, self.series)


class ProbeEntry(Entry):
    """Polls that a scraper asks for."""

    timeout_offset_seconds: Annotated[float, kinds.seconds(0, 60)] = setting(
        0.5, "Seconds kept back from the time that Prometheus says it waits."
    )
    module_files: tuple[Text, ...] = setting(
        (),
        "Module files of blackbox_exporter (`modules`), read as they are: paths or patterns, relative to this file. "
        "For `/probe`, and for checks that name one of their modules.",
    )


class VantageEntry(Entry):
    """How netmon knows that it sees anything at all. Before a target that does not answer is believed to be down, the
    references are asked; while none of them answers, what does not answer is unknown, never an outage.
    """

    references: Annotated[tuple[CheckName, ...], Field(min_length=1)] = Field(
        description="Checks that show it, best two or more that fail for different reasons: the gateway, another site."
    )


class DefaultsEntry(Entry):
    """How checks are scheduled and judged, unless they say otherwise."""

    interval: Interval = setting(30 * SECOND, "Time from one poll to the next.", written="30s")
    timeout: Timeout = setting(5 * SECOND, "Time a whole poll may take; at most the interval.", written="5s")
    fall: Count = setting(2, "Polls in a row that confirm a change for the worse.")
    rise: Count = setting(1, "Polls in a row that confirm a change for the better.")


class ScheduleEntry(Entry):
    """Schedule and judgement of one check, where they differ from the section `defaults`."""

    interval: Interval | None = setting(None, "Time from one poll to the next; none: that of `defaults`.")
    timeout: Timeout | None = setting(
        None, "Time a whole poll may take; at most the interval; none: that of `defaults`."
    )
    fall: Count | None = setting(None, "Polls in a row that confirm a change for the worse; none: that of `defaults`.")
    rise: Count | None = setting(None, "Polls in a row that confirm a change for the better; none: that of `defaults`.")


class CommuneEntry(Entry):
    """A commune of the métropole."""

    name: Text = Field(description="Its name, as labels, pages and reports show it.")
    insee: Annotated[str, kinds.matching("an INSEE code such as 33039", "[0-9][0-9AB][0-9]{3}")] = Field(
        description="INSEE code of the commune."
    )
    siren: Annotated[str, kinds.matching("a SIREN number, 9 digits", "[0-9]{9}")] | None = setting(
        None, "SIREN number of the commune."
    )
    population: Annotated[int, kinds.whole(1, 100_000_000)] = Field(description="Inhabitants.")
    tile: Annotated[tuple[_Coordinate, ...], Field(min_length=2, max_length=2)] = Field(
        description="Column and row on the tile map, from 0."
    )


class SiteEntry(Entry):
    """A building or place."""

    id: Id = Field(description="Its name for netmon, unique among sites, nodes, checks and services.")
    name: Text = Field(description="Its name for people.")
    kind: _Kind = Field(description="What it is.")
    commune: CommuneName = Field(description="The commune it stands in, by name.")
    sensitive: Annotated[bool, kinds.flag()] = setting(False, "Whether it is left out of what the public sees.")


class NodeEntry(ScheduleEntry):
    """A device of the network, polled over SNMP by a check called `<id>/snmp`."""

    id: Id = Field(description="Its name for netmon, unique among sites, nodes, checks and services.")
    name: Text | None = setting(None, "Its name for people; none: the id.")
    site: SiteId = Field(description="The site it stands in.")
    role: _Role = Field(description="What it does in the network.")
    address: Annotated[tuple[str, int | None], places.address()] = Field(
        description="Where it answers: host or host:port."
    )
    uplinks: tuple[NodeId, ...] = setting((), "Nodes any one of which is enough to reach it; none: it is a root.")
    accept_lldp: Annotated[bool, kinds.flag()] = setting(
        False,
        "Whether nodes that LLDP tells of (module `lldp_mib`) count as uplinks too; else they are only shown. "
        "A node without uplinks that accepts them is a root no more.",
    )
    icmp: Annotated[PingEntry | None, Or("true", PingEntry(), "a mapping", {"const": True})] = setting(
        None, "Whether it is pinged too, by a check called `<id>/icmp`: `true`, or how; none: it is not."
    )
    snmp: Annotated[NodeSnmpEntry | None, Or("false", None, "a mapping", {"const": False})] = setting(
        NodeSnmpEntry(),
        "What is asked of it, where it differs from the section `snmp`; `false`: it is not polled.",
        written={},
    )


CHECK_KINDS = ("http", "tcp", "icmp", "dns", "probe")
"""What a check can be: the keys of which one says what is asked."""


class CheckEntry(ScheduleEntry):
    """A target that is watched; `http`, `tcp`, `icmp`, `dns` or `probe` says which, and what it must answer."""

    id: Id = Field(description="Its name for netmon, unique among sites, nodes, checks and services.")
    site: SiteId | None = setting(None, "The site it belongs to; none: that of `node`.")
    commune: CommuneName | None = setting(None, "The commune it belongs to, where no site tells it.")
    node: NodeId | None = setting(
        None, "The node it runs on or stands behind; reached through it unless `via` is given."
    )
    via: tuple[NodeId, ...] = setting((), "Nodes one of which must work for it to be reached.")
    http: HttpEntry | None = setting(None, "What is asked of a web endpoint, and what must be answered.")
    tcp: TcpEntry | None = setting(None, "A port, and what must be said there.")
    icmp: IcmpEntry | None = setting(None, "A host that must answer pings.")
    dns: DnsEntry | None = setting(None, "A name server, what is asked of it and what must be answered.")
    probe: ProbeCheckEntry | None = setting(None, "A target, and the module of blackbox_exporter it is probed with.")

    @model_validator(mode="after")
    def _one_kind(self) -> "CheckEntry":
        given = [kind for kind in CHECK_KINDS if getattr(self, kind) is not None]
        if not given:
            raise custom(WrongError(f"is required: one of {', '.join(CHECK_KINDS)}", below=(CHECK_KINDS[0],)))
        for kind in given[1:]:
            raise custom(WrongError(f"cannot stand beside '{given[0]}': make it a check of its own", below=(kind,)))
        return self


class ServiceEntry(Entry):
    """What citizens or agents use."""

    id: Id = Field(description="Its name for netmon, unique among sites, nodes, checks and services.")
    name: Text = Field(description="Its name for people.")
    family: Family = Field(description="The family contracts and reports group it by.")
    communes: Communes = Field(description='The communes that use it; `"*"`: all of them.')
    expression: Annotated[str, kinds.body()] = Field(
        description="What it needs, over ids of checks and nodes: `all(a, b)`, `any(a, b)`, `at_least(2, a, b, c)`,"
        " `a and b`, `a or b`."
    )


class MaintenanceEntry(Entry):
    """Planned work."""

    object: ObjectId = Field(description='The node, check, service, site or commune concerned; `"*"`: everything.')
    start: Moment = Field(alias="from", description="When it begins; in `timezone` unless an offset is given.")
    end: Moment = Field(alias="to", description="When it ends; later than `from`.")
    rrule: _Rule | None = setting(
        None, "How it repeats (RFC 5545), by the clock on the wall; `from` and `to` are its first time. None: once."
    )
    text: Text = Field(description="What is done, for people.")


class Main(Entry):
    """A configuration. Every file may hold any of these keys; lists of several files are joined."""

    include: tuple[Text, ...] = setting((), "Other files, relative to this one; `*` and `**` stand for names.")
    data_dir: PathText | None = setting(
        None, "Where the history is kept, relative to this file.", written="/var/lib/netmon"
    )
    store: SecretText | None = setting(
        None,
        "Database of the history instead of the SQLite file in `data_dir`, as SQLAlchemy's URL; only by reference. "
        "PostgreSQL wants the extra `postgres`: `postgresql+psycopg://netmon:password@host/netmon`.",
    )
    timezone: Annotated[str, places.time_zone()] = setting("Europe/Paris", "Zone of civil times and periods.")
    language: Annotated[Language, kinds.choice(get_args(Language))] = setting(
        "fr", "Language of pages, reports and tables."
    )
    heartbeat: Annotated[Millis, kinds.duration(SECOND, HOUR)] = setting(
        10 * SECOND,
        "How often the daemon records that it is watching; after a crash, time since is unobserved.",
        written="10s",
    )
    web: WebEntry = setting(WebEntry(), "Where netmon answers over HTTP.", written={})
    exposition: ExpositionEntry = setting(ExpositionEntry(), "How much `/metrics` may say.", written={})
    probe: ProbeEntry = setting(ProbeEntry(), "Polls that a scraper asks for.", written={})
    vantage: VantageEntry | None = setting(
        None, "How netmon knows that it sees anything at all; none: a target that does not answer is always down."
    )
    defaults: DefaultsEntry = setting(DefaultsEntry(), "Schedule and judgement of checks.", written={})
    snmp: SnmpEntry = setting(SnmpEntry(), "What is asked of SNMP agents.", written={})
    interfaces: tuple[InterfaceEntry, ...] = setting((), "Which interfaces of devices are shown; none: all.")
    traps: TrapsEntry | None = setting(None, "Where traps and informs are awaited; none: nowhere.")
    http: HttpDefaultsEntry = setting(HttpDefaultsEntry(), "What HTTP checks share.", written={})
    credentials: dict[Id, CredentialEntry] = setting({}, "How to authenticate to SNMP agents, by name.")
    communes: tuple[CommuneEntry, ...] = setting((), "The communes.")
    sites: tuple[SiteEntry, ...] = setting((), "Buildings and places.")
    nodes: tuple[NodeEntry, ...] = setting((), "Devices of the network.")
    checks: tuple[CheckEntry, ...] = setting((), "Targets that are watched.")
    services: tuple[ServiceEntry, ...] = setting((), "What citizens and agents use.")
    calendars: tuple[CalendarEntry, ...] = setting((), "Named days, for the hours of contracts.")
    contracts: tuple[ContractEntry, ...] = setting((), "What was promised.")
    maintenance: tuple[MaintenanceEntry, ...] = setting((), "Planned works.")
    reports: ReportsEntry = setting(ReportsEntry(), "Reports made by schedule, and access to those stored.", written={})
    alerts: AlertsEntry = setting(AlertsEntry(), "Who is told of incidents, and how.", written={})
    mail: MailEntry | None = setting(None, "The server for mails, and who gets reports by it; none: nothing is mailed.")
