"""``netmon topology`` and ``netmon impact``: how nodes hang together, and what is lost if one stops."""

from typing import Annotated, Any

import typer

from netmon.cli.completing import complete_node
from netmon.cli.options import ConfigOption, JsonOption, LanguageOption
from netmon.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("topology")(topology)
    app.command("impact")(impact)


def topology(
    *,
    differences: Annotated[bool, typer.Option("--differences", help="Only where both disagree.")] = False,
    as_json: JsonOption = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 when both disagree.")] = False,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the daemon answers (default: as configured).")
    ] = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: Annotated[bool, typer.Option("--ascii", help="Nothing but ASCII.")] = False,
) -> None:
    """The configured uplinks and the neighbours that LLDP tells of, and where they disagree."""
    from exporters.terminal.topology import TopologyScreen
    from exporters.web.topology import topology_document
    from netmon.cli.present import look_of, present_document, print_json

    document, configuration = present_document("topology", topology_document, url, config)
    console, look = look_of(configuration, lang, plain)
    if as_json:
        print_json(document)
    else:
        for line in TopologyScreen(look, console.width).draw(document, differences_only=differences):
            console.print(line)
    if exit_code and any(link["disagrees"] for link in document["links"]):
        raise typer.Exit(1)


def impact(
    nodes: Annotated[
        list[str],
        typer.Argument(metavar="NODE…", help="The nodes that stop, all together.", autocompletion=complete_node),
    ],
    *,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: Annotated[bool, typer.Option("--ascii", help="Nothing but ASCII.")] = False,
) -> None:
    """What is lost if the nodes stop while everything else works: nodes, checks, services, sites, communes."""
    from exporters.terminal.impact import ImpactScreen
    from netmon.cli.nearest import nearest
    from netmon.cli.present import look_of, print_json
    from netmon.config import load
    from netmon.engine.impact import Impact, Impacts

    configuration = load(config)
    inventory = configuration.inventory
    for name in nodes:
        if name not in inventory.nodes:
            raise UsageError(f"there is no node {name!r}{nearest(name, inventory.nodes)}")
    found: Impact = Impacts(inventory).of(tuple(dict.fromkeys(nodes)))
    if as_json:
        print_json({"schema_version": 1, **impact_document(found)})
        return
    console, look = look_of(configuration, lang, plain)
    names = {name: service.name for name, service in inventory.services.items()}
    names |= {name: site.name for name, site in inventory.sites.items()}
    for line in ImpactScreen(look, console.width, names, len(inventory.communes)).draw(impact_document(found)):
        console.print(line)


def impact_document(found: Any) -> dict[str, Any]:
    """What is lost, as JSON has it."""
    return {
        "nodes": list(found.nodes), "lost": list(found.lost), "checks": list(found.checks),
        "services": {"down": list(found.down), "weaker": list(found.weaker)}, "sites": list(found.sites),
        "communes": list(found.communes), "population": found.population,
    }  # fmt: skip
