"""``netmon status``: what is broken, where, since when and why, in the terminal."""

import contextlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from exporters.terminal import Look, Screen, Status, fetch_status, read_status
from exporters.terminal.choose import SORT_KEYS, find_commune, parse_filter, sort_problems
from exporters.terminal.watch import watch as watch_status
from netmon.config import load
from netmon.errors import ConfigError, UsageError
from netmon.i18n import LANGUAGES

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
    url: Annotated[str, typer.Option(help="Where the daemon answers.", show_default="from the configuration")] = "",
    config: Annotated[Path | None, typer.Option("-c", "--config", help="The daemon's configuration.")] = None,
    lang: Annotated[str, typer.Option(help="fr or en.", show_default="the daemon's")] = "",
    sort: Annotated[str, typer.Option(help=f"One of {', '.join(SORT_KEYS)}; -KEY turns it round.")] = "state",
    filter_by: Annotated[
        str, typer.Option("--filter", help="For example 'state=down commune~medoc since>1h reason!=timeout'.")
    ] = "",
    plain: Annotated[bool, typer.Option("--ascii", help="Nothing but ASCII.")] = False,
) -> None:
    """What is broken, where, since when and why."""
    question = Question(url or _url(config), commune, sort, filter_by)
    question.check()
    if lang and lang not in LANGUAGES:
        raise UsageError(f"--lang: '{lang}' is not known: expected one of {', '.join(LANGUAGES)}")
    console = Console(highlight=False, soft_wrap=True)
    document, now = question.ask()
    look = Look(lang or _known(now.monitor.language), ascii=plain or not _speaks_utf8(console))
    if watch:
        if as_json or not console.is_terminal:
            raise UsageError("--watch needs a terminal, and does not go with --json")
        with contextlib.suppress(KeyboardInterrupt):
            watch_status(console, look, lambda: question.ask()[1], problems_only=problems)
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

    def check(self) -> None:
        """Raises:
        UsageError: sort or filter cannot be understood.
        """
        sort_problems((), self.sort)
        parse_filter(self.filter_by)

    def ask(self) -> tuple[dict[str, Any], Status]:
        """The answer as a document and as values, both with only what is wanted."""
        document = fetch_status(self.url)
        found = read_status(document)
        if self.commune:
            found = found.of_commune(find_commune(found, self.commune))
        wanted = parse_filter(self.filter_by)
        chosen = [problem for problem in found.problems if wanted(problem, found.generated)]
        found = replace(found, problems=sort_problems(chosen, self.sort))
        return _only(document, found), found


def _only(document: dict[str, Any], found: Status) -> dict[str, Any]:
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
    try:
        web = load(config).web
    except (ConfigError, OSError):
        if config is not None:
            raise
        return _DEFAULT_URL
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)  # noqa: S104
    return f"http://[{host}]:{web.port}" if ":" in host else f"http://{host}:{web.port}"


def _known(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


def _speaks_utf8(console: Console) -> bool:
    return console.encoding.lower().replace("-", "") == "utf8"
