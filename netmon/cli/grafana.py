"""``netmon grafana``: what Grafana, Prometheus and Alertmanager need, as files."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

import netmon
from netmon.cli.options import LanguageOption
from netmon.errors import HostError, UsageError
from netmon.i18n import LANGUAGES

LEFT_OUT = ("rules", "tests")
"""What is made anew, and what is only there to try it with."""


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(no_args_is_help=True)
    group.callback()(_grafana)
    group.command("export")(export)
    app.add_typer(group, name="grafana", help="Dashboards, rules and their settings.")


def _grafana() -> None:
    """Dashboards, rules and their settings."""


def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; made where it is missing.")],
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Draw the map of this configuration's communes.")
    ] = None,
    url: Annotated[str, typer.Option(help="Where netmon's pages are, as seen from a browser.")] = "",
    lang: LanguageOption = None,
) -> None:
    """Write dashboards, rules, provisioning and scrape configurations; what is there already is overwritten.

    DIR/dashboards and DIR/provisioning are for Grafana, DIR/prometheus for Prometheus and Alertmanager. Alerts say
    everything in the language asked for, and in the other one beside it.
    """
    language = lang or LANGUAGES[0]
    if language not in LANGUAGES:
        raise UsageError(f"language '{language}' is not known: expected one of {', '.join(LANGUAGES)}")
    adapt = _adapter(config, url)
    written = 0
    try:
        for name, content in files(language):
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(adapt(content) if name.match("dashboards/*.json") else content)
            written += 1
    except OSError as error:
        raise HostError(f"{directory}: cannot be written ({error.strerror})") from error
    sys.stdout.write(f"{directory}: {written} files\n")


def _adapter(config: Path | None, url: str) -> Callable[[bytes], bytes]:
    """Makes a dashboard that of the installation: its communes, its address."""
    from exporters.grafana.adapting import adapted
    from exporters.grafana.tilemap import tiles_of
    from netmon.config import load

    tiles = tiles_of(load(config).inventory.communes.values()) if config else ()
    return lambda content: adapted(content.decode(), tiles=tiles, address=url).encode() if tiles or url else content


def write_rules() -> None:
    """Bring the rule files of this checkout to what the code says."""
    for name, content in rule_files(LANGUAGES[0]):
        (shipped() / name).write_bytes(content)


def rule_files(language: str) -> Iterator[tuple[Path, bytes]]:
    """The rules, made from the code, by their place."""
    from exporters.prometheus.rules import alerts_file, recordings_file

    rules = Path("prometheus/rules")
    yield rules / "netmon-recording.yml", recordings_file(language).encode()
    yield rules / "netmon-alerts.yml", alerts_file(language).encode()


def files(language: str) -> Iterator[tuple[Path, bytes]]:
    """Everything that is exported, by its place."""
    yield from rule_files(language)
    for path in _below(shipped() / "prometheus"):
        if path.parts[0] not in LEFT_OUT:
            yield Path("prometheus") / path, (shipped() / "prometheus" / path).read_bytes()
    grafana = shipped() / "grafana"
    for path in _below(grafana):
        place = _placed(path, language)
        if place is not None:
            yield place, (grafana / path).read_bytes()


def shipped() -> Path:
    """The directory ``config/`` of the sources, which an installed netmon carries inside its package."""
    inside = Path(netmon.__file__).parent / "shipped"
    return inside if inside.is_dir() else Path(netmon.__file__).parent.parent / "config"


def _below(directory: Path) -> list[Path]:
    return sorted(path.relative_to(directory) for path in directory.rglob("*") if path.is_file())


def _placed(path: Path, language: str) -> Path | None:
    """Dashboards are there in every language: one of them is asked for."""
    if path.parts[0] == "dashboards" and path.parts[1] in LANGUAGES:
        return Path("dashboards", *path.parts[2:]) if path.parts[1] == language else None
    return path
