"""``netmon maintenance``: planned works, announced in the history; a running daemon notices within a second."""

from typing import Annotated

import typer

from netmon.cli.completing import complete_object, complete_works
from netmon.cli.options import ConfigOption, JsonOption, LanguageOption

AuthorOption = Annotated[str, typer.Option(metavar="NAME", help="Who says so (default: the user of this terminal).")]
ObjectOption = Annotated[
    str, typer.Option("--object", metavar="OBJECT", help="What it is about, where the source does not say.")
]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
    for name, command in (("list", listed), ("add", add), ("end", end), ("import", bring)):
        group.command(name)(command)
    app.add_typer(group, name="maintenance", help="Planned works: announced, ended early, called off, imported.")


def listed(
    *,
    every: Annotated[bool, typer.Option("--all", help="Those that are over or were called off as well.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: Annotated[bool, typer.Option("--ascii", help="Nothing but ASCII.")] = False,
) -> None:
    """List planned works that go on or are still to come."""
    from exporters.terminal.works import WorksScreen
    from netmon.cli.present import look_of, print_json
    from netmon.cli.works import Works

    with Works(config) as works:
        rows = works.rows(every=every)
        console, look = look_of(works.configuration, lang, plain)
        if as_json:
            print_json({"schema_version": 1, "maintenance": [works.document(row) for row in rows]})
            return
        for line in WorksScreen(look, console.width, works.now).draw(rows):
            console.print(line)


def add(
    objects: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[OBJECT]…",
            help='Nodes, checks, services, sites or communes; "*": everything.',
            autocompletion=complete_object,
        ),
    ] = None,
    *,
    links: Annotated[
        list[str] | None,
        typer.Option("--link", metavar="NODE:UPLINK", help="A link: what no other way leads to."),
    ] = None,
    behind: Annotated[
        bool, typer.Option("--behind", help="And every node that is cut off while the nodes named stand still.")
    ] = False,
    start: Annotated[
        str | None, typer.Option("--from", metavar="T", help="2026-11-24 22:00, RFC 3339, Unix seconds (default: now).")
    ] = None,
    end_at: Annotated[str | None, typer.Option("--to", metavar="T", help="As --from; later.")] = None,
    length: Annotated[str | None, typer.Option("--for", metavar="LENGTH", help="Such as 2h, instead of --to.")] = None,
    rule: Annotated[
        str | None, typer.Option("--rrule", metavar="RULE", help="Repeats (RFC 5545): FREQ=WEEKLY;BYDAY=TU.")
    ] = None,
    text: Annotated[str, typer.Option("--text", "-m", metavar="TEXT", help="What is done, for people.")],
    author: AuthorOption = "",
    config: ConfigOption = None,
) -> None:
    """Announce planned works. Contracts ask for notice: what counts is when this is said."""
    from netmon.cli.works import Works

    with Works(config) as works:
        names = works.selected(objects or [], links or [], behind=behind)
        works.add(names, works.span(start, end_at, length), rule, text, author)


def end(
    name: Annotated[
        str,
        typer.Argument(
            metavar="WORKS", help="Their name, as listed; of a series: all that is left.", autocompletion=complete_works
        ),
    ],
    *,
    at: Annotated[str | None, typer.Option("--at", metavar="T", help="When (default: now).")] = None,
    author: AuthorOption = "",
    config: ConfigOption = None,
) -> None:
    """End works that go on, and call off those still to come."""
    from netmon.cli.works import Works

    with Works(config) as works:
        works.end(name, at, author)


def bring(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A file or URL: iCalendar, or silences (JSON).")],
    *,
    name: ObjectOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be announced.")] = False,
    author: AuthorOption = "",
    config: ConfigOption = None,
) -> None:
    """Announce what an iCalendar file, or Alertmanager's /api/v2/silences, plans; again: bring it up to date.

    What the source no longer holds is called off. An event says what it is about in X-NETMON-OBJECT or LOCATION.
    """
    from netmon.cli.works import Works
    from netmon.cli.worksources import read_source

    with Works(config) as works:
        works.bring(source, read_source(source), name, author, dry_run=dry_run)
