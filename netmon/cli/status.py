"""``netmon status``: what is broken, where, since when and why, in the terminal."""

import contextlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netmon.cli.options import ConfigOption, LanguageOption
from netmon.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from exporters.terminal import Look, Status

_DEFAULT_URL = "http://127.0.0.1:8730"
_EXIT_CODES = {"up": 0, "maintenance": 0, "degraded": 1, "down": 2, "unreachable": 2, "unknown": 3, "pending": 3}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("status")(status)


def status(
    commune: Annotated[str, typer.Argument(help="Only what concerns this commune.")] = "",
    *,
    problems: Annotated[bool, typer.Option("--problems", help="Only the open problems.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Stay and follow; q quits.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The daemon's document instead of a drawing.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 0 when all is well, 1 degraded, 2 down, 3 unknown.")
    ] = False,
    sort: Annotated[
        str,
        typer.Option(
            metavar="KEY", help="state, since, duration, name, commune, reason or takes; -KEY turns the order round."
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
    """What is broken, where, since when and why."""
    from rich.console import Console

    from exporters.terminal import Screen
    from exporters.terminal.watch import watch as follow

    console = Console(highlight=False, soft_wrap=True)
    if watch and (as_json or not console.is_terminal):
        raise UsageError("--watch needs a terminal, and does not go with --json")
    question = Question(url or _url(config), commune, sort, filter_by)
    question.check(lang)
    document, now = question.ask()
    look = _look(console, lang or now.monitor.language, now.monitor.timezone, plain)
    if watch:
        with contextlib.suppress(KeyboardInterrupt):
            follow(console, look, lambda: question.ask()[1], problems_only=problems)
        return
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        for line in Screen(look, console.width).draw(now, problems_only=problems):
            console.print(line)
    if exit_code:
        raise typer.Exit(_EXIT_CODES.get(now.state, 3))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the daemon, and what of its answer is wanted."""

    url: str
    commune: str
    sort: str
    filter_by: str

    def check(self, language: str | None) -> None:
        """Tell what cannot be understood before anything is asked.

        Raises:
            UsageError: a sort key, filter or language that does not exist.
        """
        from exporters.terminal.choose import parse_filter, sort_problems
        from netmon.i18n import translations

        sort_problems((), self.sort)
        parse_filter(self.filter_by)
        if language:
            translations(language)

    def ask(self) -> "tuple[dict[str, Any], Status]":
        """The answer as a document and as values, both with only what is wanted."""
        from exporters.terminal import fetch_status, read_status
        from exporters.terminal.choose import find_commune, parse_filter, sort_problems

        document = fetch_status(self.url)
        found = read_status(document)
        if self.commune:
            found = found.of_commune(find_commune(found, self.commune))
        wanted = parse_filter(self.filter_by)
        chosen = [problem for problem in found.problems if wanted(problem, found.generated)]
        found = replace(found, problems=sort_problems(chosen, self.sort), filtered=bool(self.filter_by))
        return _only(document, found), found


def _only(document: dict[str, Any], found: "Status") -> dict[str, Any]:
    communes = {commune["name"]: commune for commune in document["communes"]}
    problems = {(problem["kind"], problem["id"]): problem for problem in document["problems"]}
    return {
        **document,
        "state": found.state,
        "communes": [communes[commune.name] for commune in found.communes],
        "problems": [problems[problem.kind, problem.id] for problem in found.problems],
    }


def _url(config: Path | None) -> str:
    """Where the configuration says the daemon listens. One that cannot be read only matters when it was named."""
    from netmon.config import load

    try:
        web = load(config).web
    except ConfigError:
        if config is not None:
            raise
        return _DEFAULT_URL
    return url_of(web.host, web.port, tls=web.access.tls is not None)


def url_of(listens: str, port: int, *, tls: bool = False) -> str:
    """Where to ask a daemon that listens there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listens, listens)  # noqa: S104
    return f"http{'s' if tls else ''}://{f'[{host}]' if ':' in host else host}:{port}"


def _look(console: "Console", language: str, timezone: str, plain: bool) -> "Look":
    from exporters.terminal import Look
    from netmon.i18n import LANGUAGES
    from netmon.sla.period import zone_of

    speaks_utf8 = console.encoding.lower().replace("-", "") == "utf8"
    known = language if language in LANGUAGES else LANGUAGES[0]
    return Look(known, ascii=plain or not speaks_utf8, zone=zone_of(timezone))
