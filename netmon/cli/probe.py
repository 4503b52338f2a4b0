"""``netmon probe``: one poll now, with everything that was asked, answered and concluded."""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape

from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption, JsonOption
from netmon.clock import SECOND, SystemClock
from netmon.errors import UsageError
from netmon.model import Check, Observation, Sample, State
from netmon.settings import HttpSettings, Secret, SnmpCredential, SnmpSettings, TlsSettings

if TYPE_CHECKING:
    from netmon.config import Configuration

GLYPHS = {State.UP: "✔", State.DEGRADED: "▲", State.DOWN: "✖", State.UNKNOWN: "?"}
COLOURS = {State.UP: "green", State.DEGRADED: "yellow", State.DOWN: "red", State.UNKNOWN: "magenta"}
SNMP_PORT = 161


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("probe")(probe)


def probe(
    check: Annotated[str | None, typer.Argument(help="A check of the configuration (NODE/snmp, or its id).")] = None,
    collector: Annotated[str | None, typer.Option(help="Without CHECK: http or snmp.")] = None,
    target: Annotated[str | None, typer.Option(help="Without CHECK: a URL, or HOST[:PORT].")] = None,
    module: Annotated[list[str] | None, typer.Option(help="For snmp: modules to poll (repeatable).")] = None,
    auth: Annotated[str | None, typer.Option(help="For snmp: a credential of the configuration.")] = None,
    timeout: Annotated[float, typer.Option(help="Without CHECK: seconds.")] = 5.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Poll once, now, and show the settings, every step, the samples, the verdict and its reason."""
    if (check is None) == (target is None):
        raise UsageError("netmon probe: name a CHECK, or give --collector and --target")
    from netmon.config import load

    configuration = load(config) if check is not None or config is not None or auth is not None else None
    if check is not None and configuration is not None:
        one = _configured(check, configuration)
    else:
        one = _ad_hoc(collector, target or "", module, auth, timeout, configuration)
    observation = asyncio.run(_look(one, configuration))
    if as_json:
        typer.echo(json.dumps(_document(observation), ensure_ascii=False, indent=2))
    else:
        explain = _names(one, configuration)
        _show(Console(highlight=False, soft_wrap=True), observation, explain)
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


def _ad_hoc(
    collector: str | None,
    target: str,
    modules: list[str] | None,
    auth: str | None,
    timeout: float,
    configuration: "Configuration | None",
) -> Check:
    kind = collector or ("http" if "://" in target else "snmp")
    settings: HttpSettings | SnmpSettings
    if kind == "http":
        if urlsplit(target).scheme not in {"http", "https"}:
            raise UsageError(f"netmon probe: --target {target!r} is not an http or https URL")
        settings = HttpSettings(target)
    elif kind == "snmp":
        settings = _snmp_settings(target, modules, auth, configuration)
    else:
        raise UsageError(f"netmon probe: no collector {kind!r}; there are http and snmp")
    return Check(
        id=target, name=kind, collector=kind, target=target, commune="", site="", node="", via=(),
        interval=60 * SECOND, timeout=round(timeout * SECOND), fall=1, rise=1, settings=settings,
    )  # fmt: skip


def _snmp_settings(
    target: str, modules: list[str] | None, auth: str | None, configuration: "Configuration | None"
) -> SnmpSettings:
    from netmon.app import snmp_modules

    host, _, port = target.rpartition(":") if target.count(":") == 1 else (target, "", "")
    if port and not port.isdecimal():
        raise UsageError(f"netmon probe: {target!r} is not HOST or HOST:PORT")
    known = snmp_modules(configuration.snmp_modules if configuration else None)
    for name in modules or ():
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


def _names(check: Check, configuration: "Configuration | None") -> Callable[[str], str]:
    """What puts names behind the object identifiers of a text."""
    if not isinstance(check.settings, SnmpSettings):
        return str
    from collectors.snmp.mibs import names_of
    from netmon.app import snmp_modules

    modules = snmp_modules(configuration.snmp_modules if configuration else None).values()
    return names_of(modules, configuration.mib_dirs if configuration else ()).explain


def _show(console: Console, observation: Observation, explain: Callable[[str], str]) -> None:
    check, reading = observation.check, observation.reading
    console.print(f"[bold]{escape(check.id)}[/] · {check.collector} · {escape(check.target)}")
    for name, value in settings_shown(check):
        console.print(f"  {name}: {escape(value)}")
    if reading.log:
        console.print("[bold]steps[/]")
        for line in reading.log:
            console.print(f"  {escape(explain(line))}")
    if reading.families:
        console.print("[bold]samples[/]")
        for line in _sample_lines(observation, explain):
            console.print(f"  {escape(line)}")
    glyph, colour = GLYPHS.get(reading.state, "?"), COLOURS.get(reading.state, "magenta")
    reason = "" if reading.state is State.UP else f" · {reading.reason.value}"
    console.print(f"[bold {colour}]{glyph} {reading.state.value}[/]{reason} · {observation.duration * 1000:.1f} ms")
    if reading.detail:
        console.print(f"  {escape(explain(reading.detail))}")


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
        case "slow", int():
            text = f"{value / SECOND:g} s"
        case "connect_to", (host, port):
            text = f"{host}:{port}"
        case "headers", tuple():
            text = ", ".join(f"{key}: {_plain('', one)}" for key, one in value)
        case _, tuple():
            text = ", ".join(map(str, value))
        case _, TlsSettings():
            told = ((key, _plain(key, each)) for key, each in dataclasses.asdict(value).items())
            text = ", ".join(f"{key}: {one}" for key, one in told if one)
        case _, SnmpCredential():
            text = f"{value.name} (version {value.version})"
        case _, Secret():
            text = "…"
        case _, bool():
            text = "yes" if value else "no"
        case _:
            text = "" if value is None else str(value)
    return text


def _sample_lines(observation: Observation, explain: Callable[[str], str]) -> Iterator[str]:
    for sample, place in _samples(observation):
        labels = ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sample.labels)
        line = f"{sample.name}{{{labels}}} {sample.value}" if labels else f"{sample.name} {sample.value}"
        yield f"{line}  ← {explain(place)}" if place else line


def _samples(observation: Observation) -> Iterator[tuple[Sample, str]]:
    """Each sample, and the object it comes from; empty where it comes from none."""
    reading = observation.reading
    places: dict[tuple[str, tuple[str, ...]], str] = {}
    for origin in reading.origins:
        places.setdefault((origin.name, origin.labels), origin.place)
    for family in reading.families:
        for sample, labels in zip(family.samples(), family.series, strict=True):
            yield sample, places.get((family.name, labels), "")


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
            {"name": sample.name, "labels": dict(sample.labels), "value": sample.value, **({"oid": oid} if oid else {})}
            for sample, oid in _samples(observation)
        ],
    }
