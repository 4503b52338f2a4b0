"""Checks that only the command line knows: what ``netmon probe --target`` asks for."""

import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from netmon.cli.nearest import nearest
from netmon.clock import SECOND, Millis
from netmon.errors import UsageError
from netmon.model import Check
from netmon.probemodules import ProbeLibrary, ProbeModule, ProbeSettings, aim
from netmon.settings import (
    DnsSettings,
    HttpSettings,
    IcmpSettings,
    Secret,
    SnmpCredential,
    SnmpSettings,
    TcpSettings,
)

if TYPE_CHECKING:
    from netmon.config import Configuration

SNMP_PORT = 161
PROBERS = ("http", "tcp", "icmp", "dns")
PLAIN: dict[str, ProbeSettings] = {
    "tcp": TcpSettings("", 0), "icmp": IcmpSettings("", count=3), "dns": DnsSettings("", ".", query_type="NS"),
}  # fmt: skip
"""How a target is probed without a module. Every name server knows the root."""
USUAL_TIMEOUT = 5 * SECOND


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for without naming a check."""

    collector: str | None
    target: str
    modules: list[str]
    hostname: str
    query: str | None
    auth: str | None
    timeout: float | None

    def check(self, collector: str, settings: object, timeout: Millis | None = None) -> Check:
        """The check that does it; ``timeout`` is the module's."""
        chosen = round(self.timeout * SECOND) if self.timeout else timeout or USUAL_TIMEOUT
        return Check(
            id=self.target, name=collector, collector=collector, target=self.target, commune="", site="", node="",
            via=(), interval=60 * SECOND, timeout=chosen, fall=1, rise=1, settings=settings,
        )  # fmt: skip


def check_of(asked: Asked, configuration: "Configuration | None") -> Check:
    """The check that looks where the command line says.

    Raises:
        UsageError: it makes no sense.
    """
    known = configuration.probe_modules if configuration else {}
    named = asked.collector is None and len(asked.modules) == 1 and asked.modules[0] in known
    kind = asked.collector or ("http" if "://" in asked.target else "snmp")
    if named or (kind in PROBERS and asked.modules):
        module = _module(asked, known)
        return asked.check(module.prober, _aimed(module, asked), module.timeout)
    if kind == "http":
        if urlsplit(asked.target).scheme not in {"http", "https"}:
            raise UsageError(f"netmon probe: --target {asked.target!r} is not an http or https URL")
        return asked.check(kind, HttpSettings(asked.target))
    if kind == "snmp":
        return asked.check(kind, _snmp_settings(asked.target, asked.modules, asked.auth, configuration))
    if kind in PLAIN:
        return asked.check(kind, _aimed(ProbeModule("", kind, _plain_settings(kind, asked.query)), asked))
    raise UsageError(f"netmon probe: no collector {kind!r}; there are {', '.join(PROBERS)} and snmp")


def _plain_settings(kind: str, query: str | None) -> ProbeSettings:
    settings = PLAIN[kind]
    if query is None or not isinstance(settings, DnsSettings):
        return settings
    name, _, record = query.partition("/")
    return dataclasses.replace(settings, query=name, query_type=record.upper() or "A")


def _module(asked: Asked, known: ProbeLibrary) -> ProbeModule:
    if len(asked.modules) != 1:
        raise UsageError("netmon probe: one --module says how a target is probed")
    module = known.get(asked.modules[0])
    if module is None:
        raise UsageError(f"netmon probe: no module {asked.modules[0]!r}{nearest(asked.modules[0], known)}")
    if asked.collector not in {None, module.prober}:
        raise UsageError(f"netmon probe: the module {module.name!r} is for {module.prober}, not {asked.collector}")
    return module


def _aimed(module: ProbeModule, asked: Asked) -> ProbeSettings:
    try:
        return aim(module, asked.target, asked.hostname)
    except ValueError as error:
        raise UsageError(f"netmon probe: {error}") from None


def _snmp_settings(
    target: str, modules: list[str], auth: str | None, configuration: "Configuration | None"
) -> SnmpSettings:
    from netmon.looking import snmp_modules

    host, _, port = target.rpartition(":") if target.count(":") == 1 else (target, "", "")
    if port and not port.isdecimal():
        raise UsageError(f"netmon probe: {target!r} is not HOST or HOST:PORT")
    known = snmp_modules(configuration.snmp_modules if configuration else None)
    for name in modules:
        if name not in known:
            raise UsageError(f"netmon probe: no module {name!r}{nearest(name, known)}")
    settings = SnmpSettings(host, int(port or SNMP_PORT), _credential(auth, configuration))
    return dataclasses.replace(settings, modules=tuple(modules)) if modules else settings


def _credential(auth: str | None, configuration: "Configuration | None") -> SnmpCredential:
    if auth is None or configuration is None:
        return SnmpCredential("public (the default community)", "2c", Secret("public"))
    credentials = configuration.credentials
    if auth not in credentials:
        raise UsageError(f"netmon probe: no credential {auth!r}{nearest(auth, credentials)}")
    return credentials[auth]
