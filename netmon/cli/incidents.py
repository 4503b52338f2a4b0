"""``netmon incidents``: what is open, and what people tell of it.

What is told is written into the history, whether a daemon runs or not; a running one notices within a second. So there
is one way in, for whoever may write the history, and no other command channel to guard.
"""

from typing import Annotated

import typer

from netmon.cli.completing import complete_commune, complete_contract, complete_incident
from netmon.cli.notices import notices
from netmon.cli.options import ConfigOption, JsonOption, LanguageOption

IncidentArgument = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT",
        help="Its number or the end of it, or the object it is about.",
        autocompletion=complete_incident,
    ),
]
AuthorOption = Annotated[str, typer.Option(metavar="NAME", help="Who says so (default: the user of this terminal).")]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="T", help="When: 2026-11-24 22:00, RFC 3339, Unix seconds (default: now).")
]
TextOption = Annotated[str, typer.Option("--text", "-m", metavar="TEXT", help="What there is to say.")]
ContractOption = Annotated[
    str, typer.Option(metavar="ID", help="The contract (default: all that cover it).", autocompletion=complete_contract)
]
UrlOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Where the daemon answers (default: as configured).")
]
AllOption = Annotated[bool, typer.Option("--all", help="Those that closed within a day as well.")]
CommuneOption = Annotated[
    str,
    typer.Option(metavar="NAME", help="Only what this commune loses something by.", autocompletion=complete_commune),
]
ExitOption = Annotated[
    bool, typer.Option("--exit-code", help="Exit 0 when none is open, 1 when nodes are degraded, 2 when down.")
]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="Nothing but ASCII.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})
    group.callback(invoke_without_command=True)(_default)
    for name, command in (
        ("list", listed), ("show", show), ("ack", ack), ("annotate", annotate), ("attribute", attribute),
        ("notify", notify), ("start", start), ("workaround", workaround), ("restore", restore), ("pause", pause),
        ("resume", resume), ("merge", merge), ("split", split), ("notices", notices),
    ):  # fmt: skip
        group.command(name)(command)
    app.command("ack")(ack)
    app.add_typer(group, name="incidents", help="Open incidents, one for each root cause, and their clocks.")


def _default(
    context: typer.Context,
    *,
    every: AllOption = False,
    commune: CommuneOption = "",
    as_json: JsonOption = False,
    exit_code: ExitOption = False,
    url: UrlOption = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: AsciiOption = False,
) -> None:
    """Open incidents, one for each root cause, and their clocks."""
    if context.invoked_subcommand is None:
        listed(
            every=every, commune=commune, as_json=as_json, exit_code=exit_code, url=url, config=config, lang=lang,
            plain=plain,
        )  # fmt: skip


def listed(
    *,
    every: AllOption = False,
    commune: CommuneOption = "",
    as_json: JsonOption = False,
    exit_code: ExitOption = False,
    url: UrlOption = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: AsciiOption = False,
) -> None:
    """List open incidents, the gravest first."""
    from exporters.terminal.choose import find_name
    from exporters.terminal.incidents import IncidentScreen
    from exporters.web.incidents import incidents_document
    from netmon.cli.present import look_of, present_document, print_json

    document, configuration = present_document("incidents", incidents_document, url, config)
    console, look = look_of(configuration, lang, plain)
    chosen = [each for each in document["incidents"] if every or each["ended"] is None]
    if commune:
        commune = find_name(configuration.inventory.communes, commune)
        chosen = [each for each in chosen if commune in {each["commune"], *each["takes"]["communes"]}]
    if as_json:
        print_json({**document, "incidents": chosen})
    else:
        for line in IncidentScreen(look, console.width, document["generated"]).draw(chosen):
            console.print(line)
    if exit_code:
        states = {each["state"] for each in chosen if not each["maintenance"]}
        raise typer.Exit(2 if "down" in states else 1 if "degraded" in states else 0)


def show(
    name: IncidentArgument,
    *,
    as_json: JsonOption = False,
    url: UrlOption = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    plain: AsciiOption = False,
) -> None:
    """Everything about one incident: what it takes along, its clocks, what was told."""
    from exporters.terminal.incidents import IncidentScreen
    from exporters.web.incidents import incidents_document
    from netmon.cli.present import look_of, present_document, print_json
    from netmon.cli.telling import choose

    document, configuration = present_document("incidents", incidents_document, url, config)
    known = {each["id"]: [each["object"], *each["roots"]] for each in document["incidents"]}
    opened = [each["id"] for each in document["incidents"] if each["ended"] is None]
    parts = {step["incident"]: each["id"] for each in document["incidents"] for step in each["trail"]}
    chosen = choose(name, {**parts, **{each: each for each in known}}, known, opened)
    one = next(each for each in document["incidents"] if each["id"] == chosen)
    console, look = look_of(configuration, lang, plain)
    if as_json:
        print_json({**document, "incidents": [one]})
        return
    for line in IncidentScreen(look, console.width, document["generated"]).show(one):
        console.print(line)


def ack(
    name: IncidentArgument, *, text: TextOption = "", author: AuthorOption = "", config: ConfigOption = None
) -> None:
    """Say that somebody is on it; `netmon ack` is short for `netmon incidents ack`."""
    _tell(name, "acknowledged", None, author, text, config)


def annotate(
    name: IncidentArgument, text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to say.")],
    *, at: AtOption = None, author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Add a note."""
    _tell(name, "noted", at, author, text, config)


def notify(
    name: IncidentArgument, *, contract: ContractOption = "", at: AtOption = None, text: TextOption = "",
    author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say that the provider was told: its clocks (GTI, GTR) start."""
    from netmon.cli.telling import Telling

    with Telling(config, author) as telling:
        incident = telling.find(name)
        for each in telling.contracts(incident, contract):
            telling.tell(incident, "notified", at, text, each)
        telling.report_clocks(incident)


def start(
    name: IncidentArgument, *, contract: ContractOption = "", at: AtOption = None, text: TextOption = "",
    author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say that the intervention started: GTI is met, or missed."""
    _tell(name, "started", at, author, text, config, contract)


def workaround(
    name: IncidentArgument, *, contract: ContractOption = "", at: AtOption = None, text: TextOption = "",
    author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say that service is back by a workaround that was accepted."""
    _tell(name, "workaround", at, author, text, config, contract)


def restore(
    name: IncidentArgument, *, contract: ContractOption = "", at: AtOption = None, text: TextOption = "",
    author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say when service was back: GTR ends. The incident stays open until netmon sees that nothing is down."""
    _tell(name, "restored", at, author, text, config, contract)


def pause(
    name: IncidentArgument, *,
    reason: Annotated[str, typer.Option("--text", "-m", metavar="TEXT", help="Why, such as no access to the site.")],
    contract: ContractOption = "", at: AtOption = None, author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Stop the clocks for a reason that is not the provider's."""
    _tell(name, "paused", at, author, reason, config, contract)


def resume(
    name: IncidentArgument, *, contract: ContractOption = "", at: AtOption = None, text: TextOption = "",
    author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Let the clocks go on."""
    _tell(name, "resumed", at, author, text, config, contract)


def attribute(
    name: IncidentArgument, *,
    party: Annotated[str, typer.Option(metavar="PARTY", help="operator, metropole, commune, third_party or "
                                       "force_majeure.")],
    reason: Annotated[str, typer.Option("--text", "-m", metavar="TEXT", help="How it is known.")],
    author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say whose it is. Contracts leave out what is attributed to the parties they exclude."""
    from netmon.cli.telling import Telling

    with Telling(config, author) as telling:
        telling.attribute(telling.find(name), party, reason)


def merge(
    name: IncidentArgument,
    into: Annotated[
        str, typer.Argument(metavar="INTO", help="The incident it is part of.", autocompletion=complete_incident)
    ],
    *, text: TextOption = "", author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Make an incident part of another one: one root cause that netmon took for two."""
    from netmon.cli.telling import Telling

    with Telling(config, author) as telling:
        telling.merge(telling.find(name), telling.find(into), text)


def split(
    name: IncidentArgument,
    what: Annotated[str, typer.Argument(metavar="OBJECT", help="The root cause that is an incident of its own.")],
    *, text: TextOption = "", author: AuthorOption = "", config: ConfigOption = None,
) -> None:  # fmt: skip
    """Make one of the root causes of an incident an incident of its own."""
    from netmon.cli.telling import Telling

    with Telling(config, author) as telling:
        telling.split(telling.find(name), what, text)


def _tell(
    name: str, step: str, at: str | None, author: str, text: str, config: ConfigOption, contract: str = ""
) -> None:
    from netmon.cli.telling import Telling

    with Telling(config, author) as telling:
        telling.tell(telling.find(name), step, at, text, contract)
