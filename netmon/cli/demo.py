"""``netmon demo``: the whole product on a simulated metropolis."""

import asyncio
import datetime as dt
import logging
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from netmon.cli.durations import parse_duration
from netmon.cli.logs import set_up_logging
from netmon.cli.options import LanguageOption
from netmon.clock import DAY, SECOND, Millis, SystemClock, to_datetime
from netmon.errors import UsageError
from netmon.i18n import plural_translator, translator
from netmon.l10n import Formats
from netmon.sla.period import zone_of

if TYPE_CHECKING:
    from netmon.demo import Prepared

Translate = Callable[[str], str]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where the daemon answers (taken: the next free port).")
    ] = "127.0.0.1:8730",
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep everything there (default: removed at the end).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed: other faults.")] = 1,
    history: Annotated[str, typer.Option(metavar="LENGTH", help="How much past to play first, such as 90d.")] = "30d",
    scale: Annotated[float, typer.Option(min=0.1, max=20.0, help="Size: 2 for twice the access switches.")] = 1.0,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="LENGTH", help="Stop by itself after so long, such as 60s.")
    ] = None,
    alertmanager: Annotated[
        str,
        typer.Option(metavar="URL", help="Tell this Alertmanager of incidents (default: nobody)."),
    ] = "",
    lang: LanguageOption = None,
) -> None:
    """Start a simulated Bordeaux Métropole and the daemon on it, and say where to look. Ctrl-C stops it."""
    from netmon import demo as wiring
    from netmon.simulation import Demo

    length = parse_duration("--history", history)
    limit = parse_duration("--for", for_) if for_ else None
    if length > 3 * 366 * DAY:
        raise UsageError("--history: three years at most")
    address, language = _address(listen), lang or "fr"
    _ = translator(language)
    set_up_logging(logging.WARNING)
    begun, now = time.monotonic(), SystemClock().now()
    plan = Demo(seed, now - length, now, scale)
    faults = Announcer(Console(highlight=False, soft_wrap=True), language)
    with (
        _stoppable(),
        wiring.directory_for(data) as directory,
        _progress(_) as progress,
        wiring.prepare(
            directory, plan, address, language, on_fault=faults.tell, progress=progress, alertmanager=alertmanager
        ) as prepared,
    ):
        progress("", 1.0)
        asyncio.run(
            _run(
                prepared,
                limit,
                lambda url: _welcome(faults, prepared, directory, url, language, time.monotonic() - begun),
            )
        )
    faults.console.print(_("Stopped."))


async def _run(prepared: "Prepared", limit: int | None, ready: Callable[[str], None]) -> None:
    from netmon.app import Daemon

    daemon = Daemon(prepared.configuration)
    if limit is not None:
        asyncio.get_running_loop().call_later(limit / SECOND, daemon.stop)
    await daemon.run(ready)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Until the daemon takes the signals, SIGTERM ends the preparation as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise UsageError(f"--listen: {text!r} is not HOST:PORT, such as 127.0.0.1:8730")
    return host.strip("[]"), int(port)


@contextmanager
def _progress(_: Translate) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error while it is a terminal; nothing otherwise."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _what, _done: None
        return
    words = {"simulation": _("Starting the simulation"), "history": _("Playing the past")}
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(words["simulation"], total=1.0)

    def show(what: str, done: float) -> None:
        if what:
            bar.update(task, description=words[what], completed=done)
        else:
            bar.stop()

    with bar:
        yield show


def _welcome(
    faults: "Announcer", prepared: "Prepared", directory: Path, url: str, language: str, seconds: float
) -> None:
    _, ngettext = translator(language), plural_translator(language)
    out, inventory = faults.console.print, prepared.configuration.inventory
    web = sum(1 for check in inventory.checks.values() if check.collector == "http")
    snmp = len(inventory.checks) - web
    out("[bold]netmon[/] · " + _("simulated Bordeaux Métropole"))
    out(
        "  "
        + _("%(communes)s communes, %(agents)s SNMP agents, %(sites)s web sites, %(services)s services")
        % {"communes": len(inventory.communes), "agents": snmp, "sites": web, "services": len(inventory.services)}
    )
    if prepared.kept:
        out("  " + _("The history found there is continued; the past is not played again."))
    else:
        days = (prepared.plan.live_start - prepared.plan.start) // DAY
        told = ngettext("%(n)s day of history played", "%(n)s days of history played", days) % {"n": days}
        changes = ngettext("%(n)s change of state", "%(n)s changes of state", prepared.transitions)
        changes %= {"n": prepared.transitions}
        out(
            f"  {told} ({changes}), "
            + _("ready in %(n)s s") % {"n": Formats(language, "UTC").scaled(round(seconds * 10), 1)}
        )
    if prepared.moved:
        out("  [yellow]" + _("%(address)s is taken: the next free port is used.") % {"address": prepared.moved} + "[/]")
    if prepared.displaced:
        told = ngettext(
            "%(n)s device or web site took another address or port than usual.",
            "%(n)s devices and web sites took another address or port than usual.",
            prepared.displaced,
        )
        out("  [yellow]" + told % {"n": prepared.displaced} + "[/]")
    _addresses(out, url, _)
    _next_steps(out, directory, url, _)
    out("\n[bold]" + _("What goes wrong meanwhile") + "[/] " + _("(Ctrl-C stops everything)"))
    faults.begin(zone_of(prepared.configuration.timezone), SystemClock().now())


def _addresses(out: Callable[[str], None], url: str, _: Translate) -> None:
    out("\n[bold]" + _("Look here") + "[/]")
    for path, what in (
        ("/", _("the métropole at a glance")),
        ("/reports/", _("last week's report, made by schedule")),
        ("/metrics", _("for Prometheus")),
        ("/api/v1/status", _("the same for programs")),
    ):
        out(f"  {url + path:<38} {what}")


def _next_steps(out: Callable[[str], None], directory: Path, url: str, _: Translate) -> None:
    command, file = _command(), directory / "netmon.yml"
    at = "" if url == "http://127.0.0.1:8730" else f" --url {url}"
    out("\n[bold]" + _("Try this in another terminal") + "[/]")
    out(escape(f"  {command} status --watch{at}"))
    out(escape(f"  {command} report -c {file} --period 30d -o reports"))
    out(escape(f"  {command} sla -c {file} --period 30d"))
    out(escape(f"  {command} probe -c {file} core-lac-1/snmp"))


def _command() -> str:
    """How this command is called from here."""
    on_path = shutil.which("netmon")
    ours = Path(sys.argv[0])
    if on_path and ours.exists() and Path(on_path).resolve() == ours.resolve():
        return "netmon"
    here = Path.cwd()
    return str(ours.relative_to(here)) if ours.is_relative_to(here) else str(ours)


class Announcer:
    """Prints each fault as it begins and ends, once the welcome is printed. Told from the child's thread."""

    def __init__(self, console: Console, language: str) -> None:
        self.console = console
        self._language = language
        self._early: list[dict[str, Any]] | None = []
        self._zone: dt.tzinfo = dt.UTC
        self._today = dt.date.min
        self._lock = threading.Lock()

    def tell(self, line: dict[str, Any]) -> None:
        """One line of the simulation. A single lost poll is no fault to announce: it never becomes an outage."""
        if line["kind"] == "blip":
            return
        with self._lock:
            if self._early is not None:
                self._early.append(line)
            else:
                self._print(line)

    def begin(self, zone: dt.tzinfo, now: Millis) -> None:
        """Print what was told meanwhile, and from now on everything at once; with the times of ``zone``."""
        with self._lock:
            self._zone, self._today = zone, to_datetime(now, zone).date()
            for line in self._early or ():
                self._print(line)
            self._early = None

    def _print(self, line: dict[str, Any]) -> None:
        sign = "[red]✖[/]" if line["fault"] == "begins" else "[green]✔[/]"
        text = escape(line["text"].get(self._language) or line["text"]["fr"])
        if line["fault"] != "begins":
            _ = translator(self._language)
            text = _("over: %(fault)s") % {"fault": text}
        self.console.print(f"  {self._time(line['at'])} {sign} {text}")

    def _time(self, at: Millis) -> str:
        """The time of day; of what began on another day than the demo, the day as well."""
        moment = to_datetime(at, self._zone)
        if moment.date() >= self._today:
            return f"{moment:%H:%M:%S}"
        return f"{moment:%d/%m %H:%M}" if self._language == "fr" else f"{moment:%m-%d %H:%M}"
