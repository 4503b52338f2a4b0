"""``netmon handover``: the shift in one page of Markdown, for whoever comes next."""

import sys
from typing import Annotated

import typer

from netmon.cli.options import AsciiOption, ConfigOption, LanguageOption

_WORKS_AHEAD_HOURS = 24


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("handover")(handover)


def handover(
    *,
    since: Annotated[str, typer.Option(metavar="LENGTH", help="How long the shift was, such as 8h.")] = "8h",
    config: ConfigOption = None,
    lang: LanguageOption = None,
    _plain: AsciiOption = False,
) -> None:
    """What happened since: open and closed incidents, what was told, planned works, when nothing was watched."""
    from exporters.terminal.handover import Handover, Shift
    from exporters.web.incidents import incident
    from netmon.cli.durations import parse_duration
    from netmon.cli.present import look_of, stored_present
    from netmon.cli.works import Works
    from netmon.clock import HOUR

    length = parse_duration("--since", since)
    with Works(config) as works:
        now, configuration = works.now, works.configuration
        rows = [row for row in works.rows(every=True) if row.state(now) != "cancelled"]
        rows = [row for row in rows if row.start < now + _WORKS_AHEAD_HOURS * HOUR]
        rows = [row for row in rows if row.end is None or row.end > now - length]
        stops = works.stops(now - length)
    snapshot = stored_present(configuration, kept=length)
    incidents = [incident(view, snapshot.inventory) for view in snapshot.incidents()]
    _, look = look_of(configuration, lang, plain=False)
    sys.stdout.write(Handover(look, Shift(now - length, now, incidents, rows, list(stops))).write())
