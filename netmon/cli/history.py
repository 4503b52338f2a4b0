"""``netmon history``: the event log, out of the store and into it, and from other systems' memories."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Annotated

import typer

from netmon.cli import findings
from netmon.cli.options import ConfigOption
from netmon.clock import Millis, SystemClock
from netmon.contracts import Event
from netmon.errors import StoreError, UsageError
from netmon.model import MonitorEvent, Transition
from netmon.sla.evaluate import parse_instant
from netmon.sla.eventlog import format_event, parse_events
from netmon.sla.instant import stamp_of

FromOption = Annotated[
    str | None, typer.Option("--from", metavar="T", help="Not before: Unix seconds or RFC 3339 (default: all).")
]
ToOption = Annotated[str | None, typer.Option("--to", metavar="T", help="Before: Unix seconds or RFC 3339.")]
_WRITE_SECONDS = 600


def register(app: typer.Typer) -> None:
    """Add the command group."""
    settings = {"help_option_names": ["-h", "--help"]}
    group = typer.Typer(context_settings=settings, no_args_is_help=True)
    group.command("export")(export)
    group.command("import")(import_log)
    convert = typer.Typer(context_settings=settings, no_args_is_help=True)
    convert.command("nagios")(convert_nagios)
    convert.command("icinga")(convert_nagios)
    convert.command("csv")(convert_csv)
    convert.command("prometheus")(convert_prometheus)
    group.add_typer(convert, name="convert", help="Other systems' histories as an event log, on standard output.")
    findings.register(group)
    app.add_typer(group, name="history", help="The recorded history: as an event log, both ways; and added findings.")


def export(
    *,
    start: FromOption = None,
    end: ToOption = None,
    objects: Annotated[
        list[str] | None, typer.Option("--object", metavar="O", help="Only this object (repeatable).")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Print the history as an event log (JSON Lines).

    With --from, the state each object had then comes first, so that the log can be evaluated from there.
    """
    from netmon.config import load
    from netmon.history import open_history

    since, until = (_instant(side, name) for side, name in ((start, "--from"), (end, "--to")))
    store = open_history(load(config).history, read_only=True)
    try:
        _print(store.stream(since, until, objects or None))
    finally:
        store.close()


def import_log(
    events: Annotated[str, typer.Argument(metavar="EVENTS", help="An event log (JSON Lines); - for standard input.")],
    *,
    until: Annotated[
        str | None, typer.Option(metavar="T", help="Take only what begins before: Unix seconds or RFC 3339.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Add an event log to the history: all of it or, when anything is wrong, nothing.

    What the history holds already is left out, so that importing twice changes nothing. Stops of another monitor would
    blind this one: they are taken only where this history holds nothing yet (--until cuts them off).

    An event log says neither when works were announced, so that they count as announced when they begin, nor who was
    held responsible and how incidents went: a contract settled from it alone is another.
    """
    from netmon.config import load

    limit = _instant(until, "--until")
    with _binary(events) as (lines, name):
        told = parse_events(lines, name)
    wanted = [event for event in told if limit is None or _begin(event) < limit]
    configuration = load(config)
    count = _store(configuration.history, wanted)
    known = {*configuration.inventory.checks, *configuration.inventory.nodes, *configuration.inventory.services}
    known |= {*configuration.inventory.sites, "*"}
    strange = sorted({event.object for event in wanted if not isinstance(event, MonitorEvent)} - known)
    _say(f"{count} events imported, {len(wanted) - count} were there already")
    if strange:
        more = f" and {len(strange) - 5} more" if len(strange) > 5 else ""
        _say(f"not in the configuration: {', '.join(strange[:5])}{more}")


def convert_nagios(
    logs: Annotated[list[str], typer.Argument(metavar="LOG", help="Log files in order of time; - for standard input.")],
    *,
    dates: Annotated[
        str, typer.Option(metavar="first|hard", help="Date a confirmed problem at its first alert or its HARD one.")
    ] = "first",
) -> None:
    """The log files of Nagios, Naemon, Icinga 1 or Icinga 2's compatibility logger as an event log."""
    from netmon.history.importers.nagios import Dates, read_nagios

    if dates not in set(Dates):
        raise UsageError(f"--dates: '{dates}' is not known: expected first or hard")
    _print(read_nagios(_lines_of(logs), Dates(dates)))


def convert_csv(
    table: Annotated[str, typer.Argument(metavar="FILE", help="A table with a header; - for standard input.")],
    *,
    timezone: Annotated[str, typer.Option(metavar="Z", help="The zone of civil times.")] = "Europe/Paris",
    state: Annotated[
        list[str] | None, typer.Option(metavar="WORD=STATE", help="What a word means: 'en panne=down' (repeatable).")
    ] = None,
) -> None:
    """A table (object,t,state; also kind, earliest, reason, from, to …) as an event log."""
    import io

    from netmon.history.importers.table import read_table

    words = _words(state or ())
    with _binary(table) as (stream, name):
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        _print(read_table(text, name, timezone, words))


def convert_prometheus(
    url: Annotated[str, typer.Argument(metavar="URL", help="The server, such as http://127.0.0.1:9090.")],
    *,
    start: Annotated[str, typer.Option("--from", metavar="T", help="Unix seconds or RFC 3339.")],
    end: ToOption = None,
    query: Annotated[str, typer.Option(metavar="SELECTOR", help="Which series.")] = "probe_success",
    name: Annotated[str, typer.Option(metavar="TEMPLATE", help="What objects are called.")] = "{instance}",
    gap: Annotated[int, typer.Option(min=1, metavar="SECONDS", help="Silence longer than this is no data.")] = 300,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with a bearer token for the server.")
    ] = None,
) -> None:
    """The samples of probe_success or up, from a Prometheus, as an event log."""
    from netmon.history.importers.prometheus import Asked, read_prometheus

    since, until = _instant(start, "--from") or 0, _instant(end, "--to") or SystemClock().now()
    if since >= until:
        raise UsageError("the period is empty: expected --from before --to")
    token = _token(token_file) if token_file else ""
    _print(read_prometheus(Asked(url, query, since, until, name, gap * 1000, token)))


def _store(location: Path | str, events: list[Event]) -> int:
    """Write what is new of the events in one transaction; how many that were."""
    from netmon.history import open_history

    now = SystemClock().now()
    for event in events:
        if isinstance(event, Transition | MonitorEvent) and event.at > now:
            raise UsageError(f"an event is dated {stamp_of(event.at)}, which is still to come: {format_event(event)}")
    if isinstance(location, Path):
        with suppress(OSError):  # open_history says what is wrong
            location.parent.mkdir(parents=True, exist_ok=True)
    store = open_history(location)
    try:
        held, first = set[str](), None
        for event in store.stream():
            held.add(format_event(event))
            if isinstance(event, Transition | MonitorEvent):
                first = event.at if first is None else min(first, event.at)
        fresh = [event for event in events if format_event(event) not in held]
        _refuse_foreign_stops(fresh, first)
        store.record(fresh).result(_WRITE_SECONDS)
        seen = max((event.at for event in fresh if isinstance(event, Transition | MonitorEvent)), default=None)
        if seen is not None and seen > (store.last_heartbeat() or seen - 1):
            store.heartbeat(seen).result(_WRITE_SECONDS)
    except TimeoutError as error:
        raise StoreError(f"the history took nothing for {_WRITE_SECONDS} s: nothing was imported") from error
    finally:
        store.close()
    return len(fresh)


def _refuse_foreign_stops(fresh: Iterable[Event], first: Millis | None) -> None:
    for event in fresh:
        if first is not None and isinstance(event, MonitorEvent) and event.at >= first:
            raise UsageError(
                f"{format_event(event)} falls into the time this history holds (from {stamp_of(first)}): another "
                f"monitor's stops would blind it. Import with --until {stamp_of(first)}"
            )


def _begin(event: Event) -> Millis:
    return event.at if isinstance(event, Transition | MonitorEvent) else event.start


def _print(events: Iterable[Event]) -> None:
    write = sys.stdout.write
    for event in events:
        write(f"{format_event(event)}\n")


def _instant(text: str | None, option: str) -> Millis | None:
    return None if text is None else parse_instant(text, option)


@contextmanager
def _binary(name: str) -> Iterator[tuple[IO[bytes], str]]:
    if name == "-":
        yield sys.stdin.buffer, "standard input"
        return
    try:
        with Path(name).open("rb") as file:
            yield file, name
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror or error})") from error


def _lines_of(names: Iterable[str]) -> Iterator[bytes]:
    for name in names:
        with _binary(name) as (lines, _):
            yield from lines


def _words(pairs: Iterable[str]) -> Mapping[str, str]:
    words = {}
    for pair in pairs:
        word, equals, state = pair.rpartition("=")
        if not equals or not word:
            raise UsageError(f"--state: '{pair}' says nothing: expected WORD=STATE, such as 'en panne=down'")
        words[word.strip()] = state.strip()
    return words


def _token(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as a token") from error


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
