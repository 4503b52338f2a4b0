"""``netmon probe``: one poll now, with everything that was asked, answered and concluded."""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from netmon.cli.asked import PROBERS, Asked, check_of
from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption, JsonOption
from netmon.clock import SECOND, SystemClock
from netmon.errors import UsageError
from netmon.model import Check, Observation, Sample, State
from netmon.settings import HttpSettings, Secret, SnmpCredential, SnmpSettings

if TYPE_CHECKING:
    from netmon.config import Configuration

GLYPHS = {State.UP: "✔", State.DEGRADED: "▲", State.DOWN: "✖", State.UNKNOWN: "?"}
COLOURS = {State.UP: "green", State.DEGRADED: "yellow", State.DOWN: "red", State.UNKNOWN: "magenta"}


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
        one = check_of(Asked(collector, target or "", module or [], hostname, query, auth, timeout), configuration)
    observation = asyncio.run(_look(one, configuration))
    if as_json:
        typer.echo(json.dumps(_document(observation), ensure_ascii=False, indent=2))
    else:
        explain = _names(one, configuration)
        _show(Console(highlight=False, soft_wrap=True), observation, explain)
    raise typer.Exit({State.UP: 0, State.DEGRADED: 1, State.DOWN: 2}.get(observation.reading.state, 3))


async def _look(check: Check, configuration: "Configuration | None") -> Observation:
    from netmon.engine.poller import look
    from netmon.looking import make_collectors

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


def _names(check: Check, configuration: "Configuration | None") -> Callable[[str], str]:
    """What puts names behind the object identifiers of a text."""
    if not isinstance(check.settings, SnmpSettings):
        return str
    from collectors.snmp.mibs import names_of
    from netmon.looking import snmp_modules

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
    if isinstance(check.settings, HttpSettings) and check.settings.steps:
        yield from _journey_shown(check.settings)
    elif dataclasses.is_dataclass(check.settings):
        for field in dataclasses.fields(check.settings):
            value = _plain(field.name, getattr(check.settings, field.name))
            if value:
                yield field.name, value


def _journey_shown(settings: HttpSettings) -> Iterator[tuple[str, str]]:
    """The journey, and of each step what is not as usual."""
    if settings.slow is not None:
        yield "slow", _plain("slow", settings.slow)
    for step in settings.steps:
        asked, usual = step.settings, HttpSettings(step.settings.url)
        told = [f"{asked.method} {asked.url}"]
        for field in dataclasses.fields(asked):
            value = getattr(asked, field.name)
            if field.name not in {"url", "method"} and value != getattr(usual, field.name):
                told.append(f"{field.name}: {_plain(field.name, value)}")
        if step.extract:
            told.append("extract: " + ", ".join(one.name for one in step.extract))
        yield f"step {step.name}", "; ".join(told)


def _plain(name: str, value: object) -> str:
    """As it is written in a configuration, nearly; empty when it is not set."""
    match name, value:
        case "expected_status", ():
            text = "2xx"
        case "slow" | "gap", int():
            text = f"{value / SECOND:g} s"
        case "connect_to", (host, port):
            text = f"{host}:{port}"
        case "headers" | "form", tuple():
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
