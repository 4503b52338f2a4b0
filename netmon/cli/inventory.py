"""``netmon inventory``: devices and targets from elsewhere as configuration, and ours as targets for Prometheus."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netmon.cli.options import ConfigOption
from netmon.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from netmon.cli.foreign import Asking
    from netmon.cli.importing import Import

CommuneOption = Annotated[
    str | None, typer.Option("--commune", metavar="NAME", help="The commune where the source tells none.")
]
CredentialOption = Annotated[
    str | None,
    typer.Option("--credential", metavar="NAME", help="Credential of the nodes (default: that of the section snmp)."),
]
RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="WORD=ROLE", help="How a word of the source for a role is read (repeatable)."),
]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there (default: standard output).")
]
TokenOption = Annotated[
    str | None,
    typer.Option("--token", metavar="REF", help="What proves who asks, by reference: ${file:…}, ${env:…}."),
]
CaOption = Annotated[
    Path | None, typer.Option("--ca-file", metavar="FILE", help="CA certificates (PEM) instead of the system's.")
]
KindOption = Annotated[
    str | None, typer.Option("--as", metavar="snmp|icmp|tcp", help="What targets that are no URLs are (default: snmp).")
]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    settings = {"help_option_names": ["-h", "--help"]}
    group = typer.Typer(context_settings=settings, no_args_is_help=True)
    imports = typer.Typer(context_settings=settings, no_args_is_help=True)
    imports.command("csv")(import_csv)
    imports.command("netbox")(import_netbox)
    imports.command("file_sd")(import_file_sd)
    imports.command("http_sd")(import_http_sd)
    group.add_typer(imports, name="import", help="Devices and targets from elsewhere, as configuration.")
    exports = typer.Typer(context_settings=settings, no_args_is_help=True)
    exports.command("file_sd")(export_file_sd)
    group.add_typer(exports, name="export", help="What is watched, for others.")
    app.add_typer(group, name="inventory", help="What is watched: from elsewhere, and for others.")


def import_csv(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table; its first line names the columns.")],
    *,
    commune: CommuneOption = None,
    credential: CredentialOption = None,
    role: RoleOption = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    """Devices of a table, with columns such as name, address, commune, site, role, uplinks (French words do too).

    What the configuration watches already is not touched: sites of it are used, and an id it has is refused. A file
    that an import wrote, and that the configuration includes, is brought up to date; the differences are told.
    """
    from netmon.cli.sources import from_csv

    making = _import(output, config, commune, credential, role)
    making.write(from_csv(_bytes(file), str(file)), str(file))


def import_file_sd(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON or YAML, as Prometheus reads it.")],
    *,
    kind: KindOption = None,
    commune: CommuneOption = None,
    credential: CredentialOption = None,
    role: RoleOption = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    """Targets of a file_sd file; URLs become HTTP checks, other targets nodes polled over SNMP."""
    from netmon.cli.foreign import json_of
    from netmon.cli.sources import from_groups

    groups = json_of(_bytes(file), str(file)) if file.suffix == ".json" else _yaml(file)
    making = _import(output, config, commune, credential, role)
    making.write(from_groups(groups, str(file), _kind(kind)), str(file))


def import_http_sd(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the targets are.")],
    *,
    kind: KindOption = None,
    token: TokenOption = None,
    ca_file: CaOption = None,
    commune: CommuneOption = None,
    credential: CredentialOption = None,
    role: RoleOption = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    """Targets of an http_sd endpoint, such as another netmon's /sd/prometheus."""
    from netmon.cli.sources import from_groups

    groups = _asking(url, token, ca_file).document(url)
    _import(output, config, commune, credential, role).write(from_groups(groups, url, _kind(kind)), url)


def import_netbox(
    url: Annotated[str, typer.Argument(metavar="URL", help="NetBox's address.")],
    *,
    token: TokenOption = None,
    ca_file: CaOption = None,
    query: Annotated[
        str,
        typer.Option("--query", metavar="Q", help="Which devices, as NetBox's API takes it: tag=netmon."),
    ] = "",
    commune_field: Annotated[
        str, typer.Option("--commune-field", metavar="NAME", help="Custom field of sites (default: their region).")
    ] = "",
    commune: CommuneOption = None,
    credential: CredentialOption = None,
    role: RoleOption = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    """Active devices of a NetBox that have a primary address."""
    from netmon.cli.sources import NetBox

    making = _import(output, config, commune, credential, role)
    netbox = NetBox(url, _asking(url, token, ca_file), query, commune_field)
    making.write(netbox.devices(), url)
    if netbox.skipped:
        sys.stderr.write(f"{netbox.skipped} devices have no primary address and were left out\n")


def export_file_sd(
    *,
    collector: Annotated[
        list[str] | None, typer.Option("--collector", metavar="NAME", help="Only its checks (repeatable).")
    ] = None,
    output: OutputOption = None,
    config: ConfigOption = None,
) -> None:
    """The checks as a file_sd file, as /sd/prometheus tells them."""
    from collectors import COLLECTORS
    from exporters.web.discovery import target_groups
    from netmon.cli.importing import write
    from netmon.config import load

    for name in collector or ():
        if name not in COLLECTORS:
            raise UsageError(f"--collector {name}: expected {', '.join(COLLECTORS)}")
    groups = target_groups(load(config).inventory, frozenset(collector or ()))
    write(json.dumps(groups, ensure_ascii=False, indent=2) + "\n", output)


def _import(
    output: Path | None, config: Path | None, commune: str | None, credential: str | None, roles: list[str] | None
) -> "Import":
    from netmon.cli.found import Wishes
    from netmon.cli.importing import Import
    from netmon.model import Role

    read = {}
    for said in roles or ():
        word, equals, name = said.partition("=")
        if not equals or name not in set(Role):
            raise UsageError(f"--role {said}: expected WORD=ROLE, with one of {', '.join(Role)}")
        read[word] = name
    return Import(config, Wishes(commune or "", credential or "", read), output)


def _asking(url: str, token: str | None, ca_file: Path | None) -> "Asking":
    from netmon.cli.foreign import Asking, http_url, in_clear

    asking = Asking(token, ca_file)
    http_url(url)
    if token and in_clear(url):
        sys.stderr.write(f"{url} is asked in clear: whoever is on the way reads the token\n")
    return asking


def _bytes(file: Path) -> bytes:
    from netmon.cli.foreign import MOST_BYTES
    from netmon.config.reader import read_bytes

    try:
        return read_bytes(file, MOST_BYTES)
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from error


def _yaml(file: Path) -> Any:
    from netmon.config.reader import read_source, read_tree
    from netmon.errors import Problem

    problems: list[Problem] = []
    source = read_source(file, str(file), problems)
    tree = read_tree(source, problems) if source is not None else None
    if problems:
        raise ConfigError(problems)
    return tree


def _kind(kind: str | None) -> Any:
    if kind not in {None, "snmp", "icmp", "tcp"}:
        raise UsageError(f"--as {kind}: expected snmp, icmp or tcp")
    return kind
