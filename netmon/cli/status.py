"""``netmon status``: what is broken, where, since when and why, in the terminal."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from netmon.cli.asking import Choice, Source, configured_url
from netmon.cli.completing import complete_commune, one_of
from netmon.cli.options import ConfigOption, LanguageOption
from netmon.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from exporters.terminal import Look

_EXIT_CODES = {"up": 0, "maintenance": 0, "degraded": 1, "down": 2, "unreachable": 2, "unknown": 3, "pending": 3}
_UNKNOWN = 3


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("status")(status)


def status(
    commune: Annotated[
        str, typer.Argument(help="Only what concerns this commune.", autocompletion=complete_commune)
    ] = "",
    *,
    problems: Annotated[bool, typer.Option("--problems", help="Only the open problems.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Stay and follow; ? lists the keys, q quits.")] = False,
    view: Annotated[
        str,
        typer.Option(
            metavar="VIEW",
            help="The communes as a map, a list by state, or a table.",
            autocompletion=one_of("map", "list", "table"),
        ),
    ] = "map",
    as_json: Annotated[bool, typer.Option("--json", help="The daemon's document instead of a drawing.")] = False,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code", help="Exit 0 when all is well, 1 degraded, 2 down, 3 unknown, also while no daemon answers."
        ),
    ] = False,
    sort: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            help="state, since, duration, name, commune, reason, takes, people or clock; -KEY turns the order round.",
            autocompletion=one_of(
                "state", "since", "duration", "name", "commune", "reason", "takes", "people", "clock"
            ),
        ),
    ] = "state",
    filter_by: Annotated[
        str, typer.Option("--filter", metavar="EXPR", help="Such as 'state=down|degraded commune~medoc since>1h'.")
    ] = "",
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the daemon answers (default: as configured).")
    ] = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: Annotated[bool, typer.Option("--ascii", help="Nothing but ASCII.")] = False,
) -> None:
    """What is broken, where, since when and why: asked of the daemon, or read from the history while none answers.

    --filter takes KEY=VALUE, KEY!=VALUE, KEY~PART and since>1h, separated by spaces, all of which must hold; | between
    values means any of them. Keys: state, kind, id, name, reason, detail, commune, site, cause, incident, handled.
    """
    from rich.console import Console

    from exporters.terminal import Screen
    from exporters.terminal.communes import VIEWS
    from netmon.i18n import translations

    console = Console(highlight=False, soft_wrap=True)
    if watch and (as_json or not console.is_terminal or console.is_dumb_terminal):
        raise UsageError("--watch needs a terminal, and does not go with --json")
    if view not in VIEWS:
        raise UsageError(f"--view: {view!r} is not known: expected one of {', '.join(VIEWS)}")
    choice = Choice(commune, sort, filter_by)
    choice.check()
    if lang:
        translations(lang)
    source = Source(url or configured_url(config), url is not None, config)
    document, found = source.ask(brief=watch)
    now = choice.of(found)
    look = _look(console, lang or now.monitor.language, now.monitor.timezone, plain)
    if watch:
        from exporters.terminal.watch import watch as follow
        from exporters.terminal.wishes import Wishes

        wishes = Wishes(commune=commune, sort=sort, filter_by=filter_by, problems_only=problems, view=view)
        follow(console, look, found, lambda: source.live(brief=True)[1], wishes)
        return
    if as_json:
        chosen = choice.of_document(document, now)
        sys.stdout.write(json.dumps(chosen, ensure_ascii=False, indent=2) + "\n")
    else:
        for line in Screen(look, console.width, view=view).draw(now, problems_only=problems):
            console.print(line)
    if exit_code:
        raise typer.Exit(_UNKNOWN if now.past else _EXIT_CODES.get(now.state, _UNKNOWN))


def _look(console: "Console", language: str, timezone: str, plain: bool) -> "Look":
    from exporters.terminal import Look
    from netmon.i18n import LANGUAGES
    from netmon.sla.period import zone_of

    speaks_utf8 = console.encoding.lower().replace("-", "") == "utf8"
    known = language if language in LANGUAGES else LANGUAGES[0]
    return Look(known, ascii=plain or not speaks_utf8, zone=zone_of(timezone))
