"""Planned works in the history: read, announced, ended."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from netmon.cli.durations import parse_duration
from netmon.cli.moments import moment
from netmon.cli.nearest import nearest
from netmon.cli.telling import line, whoever
from netmon.clock import DAY, Millis, SystemClock, to_datetime
from netmon.config import load
from netmon.engine.impact import Impacts
from netmon.errors import UnavailableError, UsageError
from netmon.history import open_history
from netmon.l10n import Formats
from netmon.model import Announcement, MonitorEvent
from netmon.sla.intervals import LAST
from netmon.sla.ledger import Ledger
from netmon.state.recurrence import Recurrence, read_rule
from netmon.state.works import ended, is_open, latest, occurrences, revised, short_name

_AHEAD = 400 * DAY
_WRITE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """Works as listed: one line for all their objects. ``announced`` is when they were first told of."""

    name: str
    objects: tuple[str, ...]
    start: Millis
    end: Millis | None
    text: str
    author: str
    announced: Millis

    def state(self, now: Millis) -> str:
        """open, planned, over or cancelled."""
        if self.end is not None and self.end <= self.start:
            return "cancelled"
        if self.end is not None and self.end <= now:
            return "over"
        return "open" if self.start <= now else "planned"


class Works:
    """The planned works of a history."""

    def __init__(self, config: Path | None) -> None:
        self.configuration = load(config)
        self.now = SystemClock().now()
        self._zone = ZoneInfo(self.configuration.timezone)
        self._store = open_history(self.configuration.history)
        self._known = self._store.announcements()

    def __enter__(self) -> "Works":
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def rows(self, *, every: bool) -> list[Row]:
        """Those that go on or come, in the order of their beginning."""
        first: dict[str, Millis] = {}
        for each in self._known:
            first[each.window] = min(each.recorded, first.get(each.window, each.recorded))
        together: dict[tuple[object, ...], list[Announcement]] = {}
        plain = [each for each in self._known if not each.window]
        for each in (*plain, *(told for told in latest(self._known).values() if told.window)):
            if every or is_open(each, self.now):
                together.setdefault((each.window, each.start, each.end, each.text), []).append(each)
        rows = [
            Row(each[0].window, tuple(one.object for one in each), each[0].start, each[0].end, each[0].text,
                each[0].author, first[each[0].window] if each[0].window else each[0].recorded)
            for each in together.values()
        ]  # fmt: skip
        return sorted(rows, key=lambda row: (row.start, row.name))

    def document(self, row: Row) -> dict[str, object]:
        """A row as programs read it."""
        formats = self._formats
        return {
            "name": row.name, "objects": list(row.objects), "from": formats.iso(row.start),
            "to": None if row.end is None else formats.iso(row.end), "text": row.text, "author": row.author,
            "announced": formats.iso(row.announced), "state": row.state(self.now),
        }  # fmt: skip

    def stops(self, since: Millis) -> list[tuple[Millis, Millis | None]]:
        """When nothing was watched, from ``since`` on; None: still."""
        events = [event for event in self._store.events(since, self.now) if isinstance(event, MonitorEvent)]
        seen = self._store.last_heartbeat() or 0
        if events and events[-1].state == "started" and self.now - seen > 3 * self.configuration.heartbeat:
            events.append(MonitorEvent(max(seen, events[-1].at), "stopped"))
        found = [(stop.start, None if stop.end >= LAST else stop.end) for stop in Ledger(events).stops]
        return [stop for stop in found if stop[1] is None or stop[1] > since]

    # --- What is meant

    def selected(self, objects: Sequence[str], links: Sequence[str], *, behind: bool) -> list[str]:
        """The objects named, with what hangs on the links and, if asked for, behind the nodes.

        Raises:
            UsageError: nothing is named, or something that does not exist.
        """
        inventory = self.configuration.inventory
        known = ["*", *inventory.communes, *inventory.sites, *inventory.nodes, *inventory.checks, *inventory.services]
        for name in objects:
            if name not in known:
                raise UsageError(f"there is no object {name!r}{nearest(name, known)}")
        names = dict.fromkeys(objects)
        for link in links:
            names.update(dict.fromkeys(self._behind_link(link)))
        if behind:
            nodes = [name for name in names if name in inventory.nodes]
            names.update(dict.fromkeys(Impacts(inventory).of(nodes).lost))
        if not names:
            raise UsageError("expected at least one object, --link NODE:UPLINK or a commune")
        return list(names)

    def _behind_link(self, link: str) -> Collection[str]:
        inventory = self.configuration.inventory
        lower, _, upper = link.partition(":")
        if lower not in inventory.nodes or upper not in inventory.nodes[lower].uplinks:
            raise UsageError(f"--link: {link!r} is no link of the configuration: expected NODE:UPLINK")
        lost = Impacts(inventory).of((), [(lower, upper)]).lost
        if not lost:
            raise UsageError(f"--link: other ways lead to all that is behind {link!r}: nothing will be missing")
        return lost

    def span(self, start: str | None, end: str | None, length: str | None) -> tuple[Millis, Millis | None]:
        """From when to when; without an end they go on until they are ended."""
        begun = self.now if start is None else moment(start, "--from", self._zone)
        if end is not None and length is not None:
            raise UsageError("--to and --for: expected one of them")
        until = moment(end, "--to", self._zone) if end else begun + parse_duration("--for", length) if length else None
        if until is not None and until <= begun:
            raise UsageError("--to: expected a moment later than --from")
        return begun, until

    # --- What is told

    def add(
        self, objects: Iterable[str], span: tuple[Millis, Millis | None], rule: str | None, text: str, author: str
    ) -> None:
        """Announce works on the objects."""
        start, end = span
        if not text.strip():
            raise UsageError("--text: expected what is done, for people")
        who = self._author(author)
        objects = list(objects)
        name = short_name("MW-", *objects, start, end, rule, self.now)
        told = Announcement(name, "", start, end, line(text, "--text"), who, self.now)
        pieces = [told] if rule is None else self._series(name, told, rule)
        self._record([replace(piece, object=each) for piece in pieces for each in objects])
        formats = self._formats
        until = "until it is ended" if end is None else f"to {formats.iso(end)}"
        more = f", {len(pieces)} times" if rule else ""
        typer.echo(f"announced: {name} on {', '.join(objects)} from {formats.iso(start)} {until}{more}")

    def _series(self, name: str, told: Announcement, rule: str) -> list[Announcement]:
        if told.end is None:
            raise UsageError("--rrule: expected --to or --for: how long it takes each time")
        try:
            read_rule(rule, to_datetime(told.start, self._zone).replace(tzinfo=None))
        except ValueError as error:
            raise UsageError(f"--rrule: {error}") from error
        works = Recurrence(rule, told.start, told.end, self.configuration.timezone)
        found = list(occurrences(name, works, told, min(self.now, told.start), self.now + _AHEAD))
        if not found:
            raise UsageError(f"--rrule: {rule!r} gives no time within the next 400 days")
        return found

    def end(self, name: str, at: str | None, author: str) -> None:
        """End the works of this name, or all that is left of the series."""
        when = self.now if at is None else moment(at, "--at", self._zone)
        named = [each for each in latest(self._known).values() if each.window and _is_of(each.window, name)]
        if not named:
            names = {each.window for each in self._known if each.window}
            raise UnavailableError(f"there are no works {name!r}{nearest(name, names)}")
        left = [each for each in named if is_open(each, self.now)]
        if not left:
            raise UnavailableError(f"{name} is over already")
        if when > self.now and any(each.start <= when and each.end and each.end < when for each in left):
            raise UsageError("--at: later than its end; announce more works instead")
        who = self._author(author)
        self._record([replace(ended(each, self.now, when), author=who) for each in left])
        typer.echo(f"ended: {name}, at {self._formats.iso(when)}; what is still to come is called off")

    def bring(self, source: str, content: bytes, name: str, author: str, *, dry_run: bool) -> None:
        """Announce what a source plans, and call off what it plans no more."""
        from netmon.cli.worksources import works_in

        inventory = self.configuration.inventory
        if name:
            self.selected([name], (), behind=False)
        prefix, who = short_name("EXT-", source) + "-", self._author(author)
        wanted: list[Announcement] = []
        for told in works_in(content, inventory, self._zone, self.now, self.now + _AHEAD):
            objects = told.objects or ((name,) if name else ())
            unknown = self._unknown(objects)
            if unknown or not objects:
                why = f"no object is called {unknown!r}" if unknown else "it does not say what it is about"
                typer.echo(f"left out: {told.text!r} ({why})", err=True)
                continue
            window = short_name(prefix, told.uid)
            wanted += [Announcement(window, each, told.start, told.end, told.text, who, self.now) for each in objects]
        news = revised(prefix, wanted, self._known, self.now)
        if not dry_run:
            self._record(news)
        formats = self._formats
        for each in news:
            to = "called off" if each.end == each.start else f"to {formats.iso(each.end or 0)}"
            typer.echo(f"{each.window}: {each.object} from {formats.iso(each.start)} {to}: {each.text}")
        typer.echo(f"{len(wanted)} planned, {len(news)} {'would be ' if dry_run else ''}announced or changed")

    def _unknown(self, objects: Iterable[str]) -> str:
        inventory = self.configuration.inventory
        places = (inventory.communes, inventory.sites, inventory.nodes, inventory.checks, inventory.services, {"*": ""})
        return next((name for name in objects if not any(name in known for known in places)), "")

    def _author(self, author: str) -> str:
        return line(author or whoever(), "--author")

    @property
    def _formats(self) -> Formats:
        return Formats("en", self.configuration.timezone)

    def _record(self, news: Sequence[Announcement]) -> None:
        if news:
            self._store.record(news).result(_WRITE_SECONDS)


def _is_of(window: str, name: str) -> bool:
    return window == name or window.startswith(f"{name}/")
