"""``netmon snmp describe``: what a module polls, and what that costs a device."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from netmon.cli.nearest import nearest
from netmon.cli.options import ConfigOption, JsonOption
from netmon.errors import UsageError
from netmon.snmpmodules import Module

if TYPE_CHECKING:
    from collectors.snmp.mibs import Names

PORTS = 48


def register(app: typer.Typer) -> None:
    """Add the commands."""
    snmp = typer.Typer(no_args_is_help=True, help="SNMP modules.")
    snmp.callback()(_group)
    snmp.command("describe")(describe)
    app.add_typer(snmp, name="snmp")


def _group() -> None:
    """What is known of SNMP modules; no device is asked."""


def describe(
    module: Annotated[str, typer.Argument(help="A built-in module, or one of the configuration's module files.")],
    interfaces: Annotated[int, typer.Option(min=0, help="Rows of each table, for the estimate of requests.")] = PORTS,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain what a module polls: metrics with their identifiers and labels, and how many requests that takes."""
    from collectors.snmp.describe import document

    known, directories = _known(module, config)
    found = document(_find(module, known), interfaces)
    if as_json:
        typer.echo(json.dumps({"schema_version": 1, **found}, ensure_ascii=False, indent=2))
    else:
        from collectors.snmp.mibs import names_of

        _show(Console(highlight=False, soft_wrap=True), found, names_of(known.values(), directories))


def _known(name: str, path: Path | None) -> tuple[Mapping[str, Module], Sequence[Path]]:
    """The modules there are, and where MIB files are; the configuration is read where it is named or needed."""
    from netmon.config import DEFAULT_PATHS, load
    from netmon.looking import snmp_modules

    known = snmp_modules(None)
    if path is None and (name in known or not any(default.exists() for default in DEFAULT_PATHS)):
        return known, ()
    configuration = load(path)
    return snmp_modules(configuration.snmp_modules), configuration.mib_dirs


def _find(name: str, known: Mapping[str, Module]) -> Module:
    if name not in known:
        raise UsageError(f"netmon snmp describe: no module {name!r}{nearest(name, known)}")
    return known[name]


def _show(console: Console, found: dict[str, Any], names: "Names") -> None:
    console.print(f"[bold]{escape(found['module'])}[/] · {escape(found['source'])}")
    for word in ("walk", "get"):
        if found[word]:
            console.print(f"  {word}: {escape(', '.join(map(names.explain, found[word])))}")
    for name, value in found["settings"].items():
        console.print(f"  {name}: {value}")
    for one in found["filters"]:
        values = ", ".join(one["values"])
        console.print(escape(f"  filter: of {', '.join(one['targets'])} only rows where {one['oid']} matches {values}"))
    for one in found["static_filters"]:
        console.print(escape(f"  filter: of {', '.join(one['targets'])} only rows {', '.join(one['indices'])}"))
    for together in _tables(found["metrics"]):
        _show_table(console, together)
    for name in found["never_shown"]:
        console.print(escape(f"  never shown: {name}, for another metric's identifier takes its place"))
    estimate = found["estimate"]
    console.print()
    console.print(
        f"with {estimate['rows']} rows a table: {estimate['requests']} requests at most ({estimate['get']} GET, "
        f"{estimate['getbulk']} GETBULK), {estimate['varbinds']} varbinds; columns that hardly ever change are read "
        "anew only now and then"
    )


def _tables(metrics: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The metrics that have the same labels, together."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for one in metrics:
        tables.setdefault(json.dumps([one["index"], one["lookups"], one["labels"]]), []).append(one)
    return list(tables.values())


def _show_table(console: Console, metrics: list[dict[str, Any]]) -> None:
    """What labels the rows have and where they come from, then the metrics."""
    first = metrics[0]
    index = [part for part in first["index"] if part["label"] in first["labels"]]
    parts = [part["label"] + ("" if part["type"] == "gauge" else f" ({part['type']})") for part in index]
    console.print()
    console.print(f"[bold]{escape(', '.join(parts)) or ('by its labels' if first['labels'] else 'one value each')}[/]")
    for look in first["lookups"]:
        kind = "" if look["type"] == "DisplayString" else f" ({look['type']})"
        console.print(escape(f"  {look['label']}{kind} ← {look['oid']} at {', '.join(look['from'])}"))
    rows = [(one["metric"] + ("" if one["asked"] else " (not asked for)"), one["oid"], one["type"]) for one in metrics]
    widths = [max(map(len, column)) for column in zip(*rows, ("metric", "OID", "type"), strict=True)]
    console.print("  " + _line(("metric", "OID", "type"), widths), style="dim")
    for row in rows:
        console.print("  " + escape(_line(row, widths)))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
