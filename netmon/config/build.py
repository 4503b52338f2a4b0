"""From entries to what the daemon works with, checking what no entry can tell alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from netmon.clock import Millis, to_datetime
from netmon.config.agreementrules import wrong_calendar, wrong_contract
from netmon.config.agreements import CalendarEntry, ContractEntry
from netmon.config.alerts import wrong_alerts
from netmon.config.delivery import wrong_delivery
from netmon.config.entry import EVERY
from netmon.config.interfaces import InterfaceEntry
from netmon.config.kinds import duration_text
from netmon.config.names import ICMP_CHECK, SNMP_CHECK, icmp_check_id, snmp_check_id
from netmon.config.nettargets import PingEntry
from netmon.config.problems import label
from netmon.config.schema import (
    CheckEntry,
    CommuneEntry,
    MaintenanceEntry,
    NodeEntry,
    ScheduleEntry,
    ServiceEntry,
    SiteEntry,
)
from netmon.config.sections import Sections
from netmon.config.source import Location, mark_of, shown
from netmon.config.targets import CredentialEntry, NodeSnmpEntry, ProbeCheckEntry, TlsEntry
from netmon.errors import Problem
from netmon.model import (
    Check,
    Commune,
    Contract,
    DayCalendar,
    Inventory,
    MaintenanceWindow,
    Node,
    RecurringWork,
    Role,
    Service,
    Site,
)
from netmon.probemodules import ProbeLibrary, aim
from netmon.settings import InterfaceRule, SnmpCredential, SnmpSettings, TlsSettings, TrapSettings
from netmon.state.recurrence import read_rule


@dataclass
class Builder:
    """Makes the inventory of what could be read; ``problems`` are complete after ``inventory`` and ``maintenance``."""

    sections: Sections
    probe_modules: ProbeLibrary = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _rules: dict[Role, tuple[InterfaceRule, ...]] = field(default_factory=dict)

    def inventory(self) -> Inventory:
        """Everything watched, by id."""
        communes = {c.name: _commune(c) for c in self.sections.entries("communes", CommuneEntry).values()}
        sites = {s.id: _site(s) for s in self.sections.entries("sites", SiteEntry).values()}
        nodes = {n.id: self._node(n) for n in self.sections.entries("nodes", NodeEntry).values()}
        checks = self._checks(nodes, sites)
        services = {
            s.id: _service(s, tuple(communes)) for s in self.sections.entries("services", ServiceEntry).values()
        }
        return Inventory(communes, sites, nodes, services, checks, self._contracts())

    def _contracts(self) -> dict[str, Contract]:
        calendars: dict[str, DayCalendar] = {}
        for index, calendar in self.sections.entries("calendars", CalendarEntry).items():
            calendars[calendar.id] = calendar.calendar()
            for where, message in wrong_calendar(calendar):
                self._problem(("calendars", index, *where), message)
        contracts: dict[str, Contract] = {}
        for index, entry in self.sections.entries("contracts", ContractEntry).items():
            contracts[entry.id] = entry.contract(calendars)
            for where, message in wrong_contract(entry):
                self._problem(("contracts", index, *where), message)
        return contracts

    def maintenance(self) -> tuple[MaintenanceWindow, ...]:
        """Planned works. They count as announced when they begin: the file does not tell since when it says so."""
        windows = []
        for index, entry in self.sections.entries("maintenance", MaintenanceEntry).items():
            if entry.end <= entry.start:
                self._problem(("maintenance", index, "to"), "expected a time later than 'from'")
            elif entry.rrule is None:
                windows.append(MaintenanceWindow(entry.object, entry.start, entry.end, entry.text, entry.start))
        return tuple(windows)

    def delivery(self) -> None:
        """Check what is said of reports, mails and alerts."""
        main = self.sections.main
        for where, message in (*wrong_delivery(main.reports, main.mail), *wrong_alerts(main.alerts, main.mail)):
            self._problem(where, message)

    def recurring(self) -> tuple[RecurringWork, ...]:
        """Planned works that repeat."""
        zone, found = ZoneInfo(self.sections.main.timezone), []
        for index, entry in self.sections.entries("maintenance", MaintenanceEntry).items():
            if entry.rrule is None:
                continue
            try:
                read_rule(entry.rrule, to_datetime(entry.start, zone).replace(tzinfo=None))
            except ValueError as error:
                self._problem(("maintenance", index, "rrule"), str(error))
            found.append(RecurringWork(entry.object, entry.start, entry.end, entry.text, entry.rrule))
        return tuple(found)

    def _problem(self, location: Location, message: str) -> None:
        tree = self.sections.tree
        self.problems.append(mark_of(tree, location).problem(label(tree, location), message))

    # --- Nodes and checks ---------------------------------------------------------------------------------------------

    def _node(self, entry: NodeEntry) -> Node:
        asked = entry.snmp or NodeSnmpEntry()
        host, port = entry.address
        port = port or asked.port or self.sections.main.snmp.port
        return Node(
            entry.id, entry.name or entry.id, entry.site, entry.role, host, port, entry.uplinks, entry.accept_lldp
        )

    def _checks(self, nodes: Mapping[str, Node], sites: Mapping[str, Site]) -> dict[str, Check]:
        self._default_schedule()
        checks: dict[str, Check] = {}
        for index, node in self.sections.entries("nodes", NodeEntry).items():
            if node.snmp is not None:
                check = self._snmp_check(index, node, node.snmp, nodes[node.id], sites)
                checks.update({check.id: check} if check else {})
            if node.icmp is not None:
                ping = self._ping_check(index, node, node.icmp, sites)
                checks[ping.id] = ping
        for index, entry in self.sections.entries("checks", CheckEntry).items():
            check = self._check(index, entry, nodes, sites)
            checks.update({check.id: check} if check else {})
        return checks

    def _snmp_check(
        self, index: int, entry: NodeEntry, asked: NodeSnmpEntry, node: Node, sites: Mapping[str, Site]
    ) -> Check | None:
        where = ("nodes", index)
        if entry.address[1] and asked.port:
            self._problem((*where, "snmp", "port"), "the address gives a port already")
        interval, timeout, fall, rise = self._schedule(where, entry)
        credential = self._credential(where, asked)
        site = sites.get(entry.site)
        if credential is None:
            return None
        return Check(
            snmp_check_id(entry.id), SNMP_CHECK, "snmp", _target(node.address, node.port), site.commune if site else "",
            entry.site, entry.id, entry.uplinks, interval, timeout, fall, rise,
            self._snmp_settings(asked, node, credential),
        )  # fmt: skip

    def _ping_check(self, index: int, entry: NodeEntry, asked: PingEntry, sites: Mapping[str, Site]) -> Check:
        where = ("nodes", index)
        interval, timeout, fall, rise = self._schedule(where, entry)
        self._fits((*where, "icmp"), asked, timeout)
        site, host = sites.get(entry.site), entry.address[0]
        return Check(
            icmp_check_id(entry.id), ICMP_CHECK, "icmp", host, site.commune if site else "", entry.site, entry.id,
            entry.uplinks, interval, timeout, fall, rise, asked.settings(host),
        )  # fmt: skip

    def _fits(self, where: tuple[str | int, ...], asked: PingEntry, timeout: Millis) -> None:
        if wrong := asked.unfit(timeout):
            self._problem(where, wrong)

    def _credential(self, where: tuple[str | int, ...], asked: NodeSnmpEntry) -> SnmpCredential | None:
        name = asked.credential or self.sections.main.snmp.credential
        said = self.sections.tree.get("snmp", {})
        if name is None and isinstance(said, dict) and "credential" not in said:
            self._problem(
                (*where, "snmp", "credential"), "is required: name a credential here, or one for all under 'snmp'"
            )
        return self.credentials.get(name) if name else None

    @cached_property
    def credentials(self) -> dict[str, SnmpCredential]:
        """The credentials by name, as collectors use them."""
        return {name: _credential(name, entry) for name, entry in self.sections.credentials.items()}

    def _snmp_settings(self, asked: NodeSnmpEntry, node: Node, credential: SnmpCredential) -> SnmpSettings:
        shared = self.sections.main.snmp
        return SnmpSettings(
            address=node.address,
            port=node.port,
            credential=credential,
            modules=asked.modules or shared.modules,
            engine=asked.engine or shared.engine,
            retries=shared.retries if asked.retries is None else asked.retries,
            max_repetitions=asked.max_repetitions or shared.max_repetitions,
            refresh=asked.refresh or shared.refresh,
            budget=asked.budget or shared.budget,
            parallel=asked.parallel or shared.parallel,
            interfaces=self._interface_rules(node.role),
        )

    def _interface_rules(self, role: Role) -> tuple[InterfaceRule, ...]:
        """The rules that can concern a node of this role, in their order; one tuple for all nodes of the role."""
        if role not in self._rules:
            entries = self.sections.entries("interfaces", InterfaceEntry).values()
            self._rules[role] = tuple(entry.rule() for entry in entries if entry.role is None or role in entry.role)
        return self._rules[role]

    def traps(self) -> TrapSettings | None:
        """Where traps are awaited; None: nowhere."""
        entry = self.sections.main.traps
        if entry is None:
            return None
        accepted = tuple(self.credentials[name] for name in entry.credentials if name in self.credentials)
        return TrapSettings(*entry.listen, accepted, entry.per_second, entry.poll_gap)

    def _check(
        self, index: int, entry: CheckEntry, nodes: Mapping[str, Node], sites: Mapping[str, Site]
    ) -> Check | None:
        where = ("checks", index)
        node = nodes.get(entry.node or "")
        site = sites.get(entry.site or (node.site if node else ""))
        if site and entry.commune and entry.commune != site.commune:
            self._problem((*where, "commune"), f"the site {shown(site.id)} stands in {site.commune}")
        interval, timeout, fall, rise = self._schedule(where, entry)
        asked = self._asked(where, entry)
        if asked is None:
            return None
        via = entry.via or ((entry.node,) if entry.node else ())
        return Check(
            entry.id, entry.id, asked.collector, asked.target, site.commune if site else entry.commune or "",
            site.id if site else "", entry.node or "", via, interval,
            timeout if entry.timeout else min(asked.timeout or timeout, interval), fall, rise, asked.settings,
        )  # fmt: skip

    def _asked(self, where: tuple[str | int, ...], entry: CheckEntry) -> "_Asked | None":
        """What a check asks for; None: what it says cannot be done."""
        if entry.probe is not None:
            return self._probe(where, entry.probe)
        if entry.tcp is not None:
            return _Asked("tcp", _target(*entry.tcp.address), entry.tcp.settings(self._tls))
        if entry.icmp is not None:
            self._fits((*where, "icmp"), entry.icmp, entry.timeout or self.sections.main.defaults.timeout)
            return _Asked("icmp", entry.icmp.address, entry.icmp.settings(entry.icmp.address))
        if entry.dns is not None:
            host, port = entry.dns.address
            return _Asked("dns", _target(host, port) if port else host, entry.dns.settings(self._tls))
        if entry.http is None:
            return None
        settings = entry.http.settings(self.sections.main.http.ca_file)
        return _Asked("http", settings.url, settings)

    def _probe(self, where: tuple[str | int, ...], entry: ProbeCheckEntry) -> "_Asked | None":
        module = self.probe_modules[entry.module]
        if module.settings is None:
            if module.refused:
                self._problem((*where, "probe", "module"), f"cannot be used here: {module.refused}")
            return None
        try:
            settings = aim(module, entry.target, entry.hostname or "")
        except ValueError as error:
            self._problem((*where, "probe", "target"), str(error))
            return None
        return _Asked(module.prober, entry.target, settings, module.timeout)

    def _tls(self, entry: TlsEntry) -> TlsSettings:
        return entry.settings(self.sections.main.http.ca_file)

    # --- Schedules ----------------------------------------------------------------------------------------------------

    def _default_schedule(self) -> None:
        defaults = self.sections.main.defaults
        if defaults.timeout > defaults.interval:
            said = self.sections.tree.get("defaults", {})
            key = "timeout" if "timeout" in said else "interval"
            self._problem(("defaults", key), _too_long(defaults.timeout, defaults.interval))

    def _schedule(self, where: tuple[str | int, ...], entry: ScheduleEntry) -> tuple[Millis, Millis, int, int]:
        defaults = self.sections.main.defaults
        interval, timeout = entry.interval or defaults.interval, entry.timeout or defaults.timeout
        if timeout > interval and (entry.timeout or entry.interval):
            self._problem((*where, "timeout" if entry.timeout else "interval"), _too_long(timeout, interval))
        return interval, timeout, entry.fall or defaults.fall, entry.rise or defaults.rise


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a check asks for, and of whom; ``timeout`` None: as usual."""

    collector: str
    target: str
    settings: object
    timeout: Millis | None = None


def _too_long(timeout: Millis, interval: Millis) -> str:
    return f"the timeout ({duration_text(timeout)}) cannot be longer than the interval ({duration_text(interval)})"


def _target(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _commune(entry: CommuneEntry) -> Commune:
    column, row = entry.tile
    return Commune(entry.name, entry.insee, entry.population, (column, row), entry.siren or "")


def _site(entry: SiteEntry) -> Site:
    return Site(entry.id, entry.name, entry.kind, entry.commune, entry.sensitive)


def _service(entry: ServiceEntry, every: tuple[str, ...]) -> Service:
    communes = every if entry.communes == EVERY else entry.communes
    return Service(entry.id, entry.name, entry.family, communes, entry.expression)


def _credential(name: str, entry: CredentialEntry) -> SnmpCredential:
    auth, priv = entry.auth, entry.priv
    return SnmpCredential(
        name=name, version=entry.version, community=entry.community, username=entry.username or "",
        auth_protocol=auth.protocol if auth else None, auth_password=auth.password if auth else None,
        priv_protocol=priv.protocol if priv else None, priv_password=priv.password if priv else None,
        context=entry.context or "", context_engine_id=bytes.fromhex(entry.context_engine_id or ""),
    )  # fmt: skip
