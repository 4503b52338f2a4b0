"""``netmon probe``: one poll now, with everything that was asked, answered and concluded."""

import asyncio
import dataclasses
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape

from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption, JsonOption
from netmon.clock import SECOND, Millis, SystemClock
from netmon.errors import UsageError
from netmon.model import Check, Observation, State
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

GLYPHS = {State.UP: "✔", State.DEGRADED: "▲", State.DOWN: "✖", State.UNKNOWN: "?"}
COLOURS = {State.UP: "green", State.DEGRADED: "yellow", State.DOWN: "red", State.UNKNOWN: "magenta"}
SNMP_PORT = 161
PROBERS = ("http", "tcp", "icmp", "dns")
PLAIN: dict[str, ProbeSettings] = {
    "tcp": TcpSettings("", 0), "icmp": IcmpSettings("", count=3), "dns": DnsSettings("", ".", query_type="NS"),
}  # fmt: skip
"""How a target is probed without a module. Every name server knows the root."""
USUAL_TIMEOUT = 5 * SECOND


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("probe")(probe)


def probe(
    check: Annotated[str | None, typer.Argument(help="A check of the configuration (NODE/snmp, or its id).")] = None,
    collector: Annotated[str | None, typer.Option(help="Without CHECK: http, tcp, icmp, dns or snmp.")] = None,
    target: Annotated[str | None, typer.Option(help="Without CHECK: a URL, or HOST[:PORT].")] = None,
    module: Annotated[
        list[str] | None,
        typer.Option(
            help="A module of a blackbox.yml that the configuration names; for snmp: what to poll (repeatable)."
        ),
    ] = None,
    hostname: Annotated[
        str, typer.Option(help="With a module for http or tcp: who is meant, as Host and in TLS.")
    ] = "",
    query: Annotated[str | None, typer.Option(help="For dns without a module: NAME or NAME/TYPE.")] = None,
    auth: Annotated[str | None, typer.Option(help="For snmp: a credential of the configuration.")] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Without CHECK: seconds (default: those of the module, else 5).")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Poll once, now, and show the settings, every step, the samples, the verdict and its reason."""
    if (check is None) == (target is None):
        raise UsageError("netmon probe: name a CHECK, or give --collector and --target")
    from netmon.config import load

    needed = check is not None or config is not None or auth is not None or (module and collector in PROBERS)
    configuration = load(config) if needed else None
    if check is not None and configuration is not None:
        one = _configured(check, configuration)
    else:
        one = _ad_hoc(_Asked(collector, target or "", module or [], hostname, query, auth, timeout), configuration)
    observation = asyncio.run(_look(one, configuration))
    if as_json:
        typer.echo(json.dumps(_document(observation), ensure_ascii=False, indent=2))
    else:
        _show(Console(highlight=False, soft_wrap=True), observation)
    raise typer.Exit({State.UP: 0, State.DEGRADED: 1, State.DOWN: 2}.get(observation.reading.state, 3))


async def _look(check: Check, configuration: "Configuration | None") -> Observation:
    from netmon.app import make_collectors
    from netmon.engine.poller import look

    collector = make_collectors(1, configuration.snmp_modules if configuration else None)[check.collector]
    await collector.start()
    try:
        return await look(collector, check, SystemClock(), verbose=True)
    finally:
        await collector.stop()


def _configured(name: str, configuration: "Configuration") -> Check:
    checks = configuration.inventory.checks
    if name in checks:
        return checks[name]
    ours = [check for check in checks.values() if check.node == name]
    if len(ours) == 1:
        return ours[0]
    raise UsageError(
        f"netmon probe: no check {name!r}{nearest(name, [*checks, *(one.node for one in checks.values())])}"
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
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


def _ad_hoc(asked: _Asked, configuration: "Configuration | None") -> Check:
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


def _module(asked: _Asked, known: ProbeLibrary) -> ProbeModule:
    if len(asked.modules) != 1:
        raise UsageError("netmon probe: one --module says how a target is probed")
    module = known.get(asked.modules[0])
    if module is None:
        raise UsageError(f"netmon probe: no module {asked.modules[0]!r}{nearest(asked.modules[0], known)}")
    if asked.collector not in {None, module.prober}:
        raise UsageError(f"netmon probe: the module {module.name!r} is for {module.prober}, not {asked.collector}")
    return module


def _aimed(module: ProbeModule, asked: _Asked) -> ProbeSettings:
    try:
        return aim(module, asked.target, asked.hostname)
    except ValueError as error:
        raise UsageError(f"netmon probe: {error}") from None


def _snmp_settings(
    target: str, modules: list[str], auth: str | None, configuration: "Configuration | None"
) -> SnmpSettings:
    from netmon.app import snmp_modules

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


def _show(console: Console, observation: Observation) -> None:
    check, reading = observation.check, observation.reading
    console.print(f"[bold]{escape(check.id)}[/] · {check.collector} · {escape(check.target)}")
    for name, value in settings_shown(check):
        console.print(f"  {name}: {escape(value)}")
    if reading.log:
        console.print("[bold]steps[/]")
        for line in reading.log:
            console.print(f"  {escape(line)}")
    if reading.families:
        console.print("[bold]samples[/]")
        for line in _sample_lines(observation):
            console.print(f"  {escape(line)}")
    glyph, colour = GLYPHS.get(reading.state, "?"), COLOURS.get(reading.state, "magenta")
    reason = "" if reading.state is State.UP else f" · {reading.reason.value}"
    console.print(f"[bold {colour}]{glyph} {reading.state.value}[/]{reason} · {observation.duration * 1000:.1f} ms")
    if reading.detail:
        console.print(f"  {escape(reading.detail)}")


def settings_shown(check: Check) -> Iterator[tuple[str, str]]:
    """Names and values of what the poll goes by; what is not set is left out."""
    yield "timeout", f"{check.timeout / SECOND:g} s"
    if dataclasses.is_dataclass(check.settings):
        for field in dataclasses.fields(check.settings):
            value = _plain(field.name, getattr(check.settings, field.name))
            if value:
                yield field.name, value


def _plain(name: str, value: object) -> str:
    """As it is written in a configuration, nearly; empty when it is not set."""
    match name, value:
        case "expected_status", ():
            text = "2xx"
        case "slow" | "gap", int():
            text = f"{value / SECOND:g} s"
        case "connect_to", (host, port):
            text = f"{host}:{port}"
        case "headers", tuple():
            text = ", ".join(f"{key}: {_plain('', one)}" for key, one in value)
        case _, tuple():
            text = ", ".join(_plain("", one) for one in value)
        case _, SnmpCredential():
            text = f"{value.name} (version {value.version})"
        case _, _ if dataclasses.is_dataclass(value):
            told = ((field.name, _plain(field.name, getattr(value, field.name))) for field in dataclasses.fields(value))
            text = ", ".join(f"{key}: {one}" for key, one in told if one)
        case _, Secret():
            text = "…"
        case _, bool():
            text = "yes" if value else "no"
        case _:
            text = "" if value is None else str(value)
    return text


def _sample_lines(observation: Observation) -> Iterator[str]:
    for family in observation.reading.families:
        for sample in family.samples():
            labels = ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sample.labels)
            yield f"{sample.name}{{{labels}}} {sample.value}" if labels else f"{sample.name} {sample.value}"


def _document(observation: Observation) -> dict[str, Any]:
    check, reading = observation.check, observation.reading
    return {
        "schema_version": 1,
        "check": check.id,
        "collector": check.collector,
        "target": check.target,
        "settings": dict(settings_shown(check)),
        "state": reading.state.value,
        "reason": reading.reason.value,
        "detail": reading.detail,
        "duration_seconds": round(observation.duration, 6),
        "steps": list(reading.log),
        "samples": [
            {"name": sample.name, "labels": dict(sample.labels), "value": sample.value}
            for family in reading.families
            for sample in family.samples()
        ],
    }
