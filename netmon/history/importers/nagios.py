"""Logs of Nagios, Naemon, Icinga 1 and Icinga 2's compatibility logger: state alerts, downtimes, starts and stops.

One format (https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/logfile.html describes the options; the
lines themselves are those of ``base/logging.c``): ``[1760000000] SERVICE ALERT: host;service;CRITICAL;HARD;3;output``.
Notifications, comments, commands and checks say nothing about states and are passed over.

A problem counts once it is HARD, and is then dated back to the first SOFT alert of the row that confirmed it, as netmon
dates its own (``Dates.FIRST``); Nagios' own availability report dates it at the HARD alert (``Dates.HARD``). What never
became HARD was no outage. A start that no shutdown came before is a crash: nothing was watched since the line before.
After the last line nothing is known. A downtime that ends without having begun was there before the log.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from netmon.clock import SECOND, Millis
from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.model import MaintenanceWindow, MonitorEvent, State, Transition


class Dates(StrEnum):
    """Which alert of the row that confirms a problem dates it."""

    FIRST = "first"
    HARD = "hard"


_LINE = re.compile(r"\[([0-9]{1,11})\] (.*)")
_STATE = re.compile(r"(?:(?:CURRENT|INITIAL) (HOST|SERVICE) STATE|(HOST|SERVICE) ALERT): (.*)")
_DOWNTIME = re.compile(r"(HOST|SERVICE) DOWNTIME ALERT: (.*)")
_START = re.compile(r"(?:Nagios|Naemon|Icinga|Shinken)\b.* starting\.\.\.", re.IGNORECASE)
_STOP = re.compile(
    r"(?:Successfully shutdown|Caught SIG(?!HUP)\w+, shutting down|PROGRAM_SHUTDOWN|Bailing out due to)", re.IGNORECASE
)
_STATES = {
    "OK": State.UP,
    "UP": State.UP,
    "WARNING": State.DEGRADED,
    "CRITICAL": State.DOWN,
    "DOWN": State.DOWN,
    "UNREACHABLE": State.UNREACHABLE,
    "UNKNOWN": State.UNKNOWN,
    "PENDING": State.PENDING,
}


@dataclass(slots=True)
class _Held:
    """What an object was last confirmed to be, and since when a row of unconfirmed alerts runs."""

    state: State = State.PENDING
    row: Millis | None = None


def read_nagios(lines: Iterable[bytes], dates: Dates = Dates.FIRST) -> Iterator[Event]:
    """The events of a log whose lines are in order of time; several logs in a row are one.

    A host is the object of its name, a service is ``host/service``. A host's downtime is also one of its services.
    """
    log = _Log(dates)
    for line in lines:
        found = _LINE.match(line.decode("utf-8", "replace"))
        if found:
            yield from log.line(int(found[1]) * SECOND, found[2].strip())
    yield from log.end()


class _Log:
    def __init__(self, dates: Dates) -> None:
        self._dates = dates
        self._held: dict[str, _Held] = {}
        self._works: dict[str, tuple[Millis, str]] = {}
        self._had_works: set[str] = set()
        self._first: Millis | None = None
        self._services: dict[str, set[str]] = {}
        self._last: Millis | None = None
        self._stopped = False

    def line(self, at: Millis, text: str) -> Iterator[Event]:
        """The events one line tells."""
        self._first = at if self._first is None else self._first
        if _START.match(text):
            yield from self._started(at)
        elif _STOP.match(text):
            yield from self._stop(at)
        elif found := _STATE.match(text):
            yield from self._alert(at, is_host="HOST" in (found[1], found[2]), fields=found[3].split(";"))
        elif found := _DOWNTIME.match(text):
            yield from self._downtime(at, is_host=found[1] == "HOST", fields=found[2].split(";"))
        self._last = at if self._last is None else max(self._last, at)

    def end(self) -> Iterator[Event]:
        """What is still open when the log ends."""
        for name in sorted(self._works):
            yield from self._windows(name, *self._works[name], None)
        if self._last is not None:
            yield from self._stop(self._last)

    def _started(self, at: Millis) -> Iterator[Event]:
        if self._last is not None:
            yield from self._stop(self._last)
        self._stopped = False
        yield MonitorEvent(at, "started")

    def _stop(self, at: Millis) -> Iterator[Event]:
        if not self._stopped:
            self._stopped = True
            yield MonitorEvent(at, "stopped")

    def _alert(self, at: Millis, *, is_host: bool, fields: list[str]) -> Iterator[Event]:
        host, service = fields[0], "" if is_host else (fields[1:2] or [""])[0]
        told = fields[1:] if is_host else fields[2:]
        if len(told) < 2 or told[0] not in _STATES or not host or not (is_host or service):
            return
        name = self._name(host, service)
        held, state = self._held.setdefault(name, _Held()), _STATES[told[0]]
        if told[1] == "SOFT":
            held.row = None if state is State.UP else at if held.row is None else held.row
            return
        since, held.row = held.row, None
        if state is held.state:
            return
        at = since if since is not None and state is not State.UP and self._dates is Dates.FIRST else at
        output = ";".join(told[3:]).strip()
        yield _changed(name, at, held.state, state, output)
        held.state = state

    def _downtime(self, at: Millis, *, is_host: bool, fields: list[str]) -> Iterator[Event]:
        host, service = fields[0], "" if is_host else (fields[1:2] or [""])[0]
        told = fields[1:] if is_host else fields[2:]
        if not told or not host:
            return
        name, what = self._name(host, service), told[0].strip()
        text = ";".join(told[1:]).strip()
        if what == "STARTED":
            self._works.setdefault(name, (at, text))
        elif name in self._works:  # STOPPED or CANCELLED
            yield from self._windows(name, *self._works.pop(name), at)
        elif what == "STOPPED" and name not in self._had_works and self._first is not None:  # begun before the log
            yield from self._windows(name, self._first, text, at)
        self._had_works.add(name)

    def _windows(self, name: str, start: Millis, text: str, end: Millis | None) -> Iterator[Event]:
        if end is None or start < end:
            for each in (name, *sorted(self._services.get(name, ()))):
                yield MaintenanceWindow(each, start, end, text, start)

    def _name(self, host: str, service: str) -> str:
        if not service:
            return host
        self._services.setdefault(host, set()).add(f"{host}/{service}")
        return f"{host}/{service}"


def _changed(name: str, at: Millis, old: State, new: State, output: str) -> Transition:
    """The plugin's output is the reason of what is wrong; of a recovery there is none to give."""
    if new is State.UP:
        return Transition(name, at, at, old, new, Reason.OK, at)
    return Transition(name, at, at, old, new, Reason.OTHER, at, output)
