"""``netmon doctor``: what is missing or misconfigured on this host, with the mend."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmon.cli.examine.finding import WORDS, Finding, Level, Translate
from netmon.cli.options import ConfigOption, JsonOption, LanguageOption
from netmon.errors import ConfigError

if TYPE_CHECKING:
    from netmon.config import Configuration

_STATES = {Level.FAIL: "down", Level.WARN: "degraded", Level.NOTE: "pending", Level.OK: "up"}
"""How levels look: as states do."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    *,
    prometheus: Annotated[
        str | None, typer.Option(metavar="URL", help="Whether Prometheus answers there, and scrapes netmon.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="What is fine as well.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: Annotated[bool, typer.Option("--ascii", help="Nothing but ASCII.")] = False,
) -> None:
    """What is missing or misconfigured on this host, with the mend.

    Run it as the user that runs the daemon. Exit 0: nothing to mend; 1: it works, and better not so; 2: to mend.
    Nothing is changed.
    """
    from netmon.cli.present import print_json
    from netmon.i18n import LANGUAGES, translator

    configuration, error = _load(config)
    language = lang or (configuration.language if configuration else LANGUAGES[0])
    findings = list(_examine(configuration, error, prometheus, translator(language)))
    if as_json:
        rows = [{"level": each.level, "what": each.what, "found": each.found, "mend": each.mend} for each in findings]
        print_json({"schema_version": 1, "findings": rows})
    else:
        _draw(findings, language, every=every, plain=plain)
    levels = {each.level for each in findings}
    raise typer.Exit(2 if Level.FAIL in levels else 1 if Level.WARN in levels else 0)


def _load(config: Path | None) -> "tuple[Configuration | None, ConfigError | None]":
    from netmon.config import load

    try:
        return load(config), None
    except ConfigError as error:
        return None, error


def _examine(
    configuration: "Configuration | None", error: ConfigError | None, prometheus: str | None, _: Translate
) -> Iterator[Finding]:
    from netmon.cli.examine import extras, files, host, network
    from netmon.clock import SystemClock

    if error is not None:
        yield from files.mistakes(error, _)
    yield from host.examine_host(configuration, _)
    if configuration is not None:
        yield from files.examine_files(configuration, _)
        yield from files.examine_data(configuration, _)
        yield from files.examine_history(configuration, SystemClock().now(), _)
        yield from network.examine_ports(configuration, _)
        yield from network.examine_mail(configuration, _)
        if not configuration.vantage and configuration.inventory.checks:
            found = _("netmon cannot tell its own network failure from an outage of everything")
            yield Finding(Level.NOTE, "vantage", found, _("name references under vantage: (docs/configuration.md)"))
    yield from extras.examine_extras(configuration, _)
    if prometheus:
        yield from network.examine_prometheus(prometheus, _)


def _draw(findings: list[Finding], language: str, *, every: bool, plain: bool) -> None:
    """The gravest first; the mend stands below what is wrong, whole, to be copied."""
    from rich.console import Console
    from rich.text import Text

    from exporters.terminal import Look

    console = Console(highlight=False, soft_wrap=True)
    look = Look(language, ascii=plain or console.encoding.lower().replace("-", "") != "utf8")
    order = list(Level)
    shown = [each for each in findings if every or each.level is not Level.OK]
    width = max((len(look.gettext(WORDS[each.level])) for each in shown), default=0)
    for each in sorted(shown, key=lambda one: order.index(one.level)):
        word = look.gettext(WORDS[each.level])
        line = look.tag(_STATES[each.level], word.ljust(width)).append(f" {look.text(each.what)}", "bold")
        console.print(line.append(f"  {look.text(each.found)}", ""))
        if each.mend and each.level is not Level.OK:
            console.print(Text(f"     {' ' * width}{'->' if look.ascii else '→'} {look.text(each.mend)}"))
    counts = Counter(each.level for each in findings)
    parts = [f"{look.gettext(WORDS[level])}: {counts[level]}" for level in Level if counts[level]]
    console.print(Text(", ".join(parts), "bold"))
