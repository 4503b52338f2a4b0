"""The event log: JSON Lines, one event a line, strict in both directions. Pure: lines in, lines out.

Keys that the arithmetic needs must be there; ``text``, ``reason``, ``earliest``, ``commune``, ``weight``, ``author``
and ``recorded`` may be left out. ``to: null`` is still open. Times are integer Unix seconds or RFC 3339 with
offset; what is finer than a millisecond is cut off.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias

from netmon.clock import SECOND, Millis
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.model import Correction, MaintenanceWindow, Membership, MonitorEvent, State, Transition
from netmon.sla.instant import EARLIEST, LATEST, instant_of, stamp_of
from netmon.sla.intervals import LAST
from netmon.sla.ledger import EVERYTHING
from netmon.sla.timeline import reason_from, reason_of

Fields: TypeAlias = dict[str, Any]

HEAVIEST = 2**31 - 1
"""The largest weight: what an INTEGER column of any database holds."""


class RefusedError(Exception):
    """What is wrong with a line, without its number: never leaves ``netmon.sla``."""


def parse_events(lines: Iterable[str | bytes], name: str = "") -> list[Event]:
    """Read an event log; empty lines are skipped. ``name`` is the file's, for messages.

    Raises:
        UsageError: the first line that is no event, with its number and what was expected.
    """
    events: list[Event] = []
    for number, line in enumerate(lines, start=1):
        try:
            event = event_of(line, number)
        except RefusedError as refused:
            raise UsageError(refusal(name, number, refused)) from refused
        if event is not None:
            events.append(event)
    return _with_old_states(events)


def event_of(line: str | bytes, number: int) -> Event | None:
    """The event on the line of this number; None: it is empty. A transition's ``old`` is left ``PENDING``.

    Raises:
        RefusedError: it is no event.
    """
    text = _text(line, number)
    return event_from(_fields(text)) if text else None


def refusal(name: str, number: int, refused: RefusedError) -> str:
    """What was refused, with its place."""
    return f"{name}:{number}: {refused}" if name else f"line {number}: {refused}"


def format_event(event: Event) -> str:
    """The event as one line, without line end; ``parse_events`` reads it back."""
    return _encode({key: value for key, value in _written(event) if value is not _ABSENT})


_ABSENT = object()
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _written(event: Event) -> Iterator[tuple[str, object]]:
    if isinstance(event, Transition):
        yield from (("kind", "state"), ("object", event.object), ("t", stamp_of(event.at)))
        yield from (("state", event.new.value), ("earliest", stamp_of(event.earliest)))
        yield "reason", reason_of(event) or _ABSENT
    elif isinstance(event, MonitorEvent):
        yield from (("kind", "monitor"), ("t", stamp_of(event.at)), ("state", event.state))
    else:
        end = None if event.end is None or event.end >= LAST else stamp_of(event.end)
        yield "kind", _KIND_OF[type(event)]
        yield from (("object", event.object), ("from", stamp_of(event.start)), ("to", end))
        yield from _written_span(event)


def _written_span(event: MaintenanceWindow | Membership | Correction) -> Iterator[tuple[str, object]]:
    if isinstance(event, MaintenanceWindow):
        yield "text", event.text
    elif isinstance(event, Membership):
        yield from (("commune", event.commune), ("weight", event.weight if event.weight != 1 else _ABSENT))
    else:
        yield from (("state", event.state.value), ("author", event.author), ("reason", event.reason))
        yield "recorded", stamp_of(event.recorded)


def _text(line: str | bytes, number: int) -> str:
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        raise RefusedError("not UTF-8") from error
    return (text.removeprefix("\ufeff") if number == 1 else text).strip()


def _fields(text: str) -> Fields:
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise RefusedError(f'expected an object such as {{"kind":"state",…}}, found {text[:40]}')
    return value


def _once(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        keys = [key for key, _ in pairs]
        raise RefusedError(f"the key '{next(key for key in keys if keys.count(key) > 1)}' stands there twice")
    return fields


_KEYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "state": (frozenset({"object", "t", "state"}), frozenset({"earliest", "reason"})),
    "maintenance": (frozenset({"object", "from", "to"}), frozenset({"text"})),
    "monitor": (frozenset({"t", "state"}), frozenset()),
    "member": (frozenset({"object", "from", "to"}), frozenset({"commune", "weight"})),
    "correction": (frozenset({"object", "from", "to", "state"}), frozenset({"author", "reason", "recorded"})),
}
"""The keys of each kind: those it needs, and those it may have."""

_KIND_OF: dict[type[Event], str] = {
    MaintenanceWindow: "maintenance",
    Membership: "member",
    Correction: "correction",
}


def event_from(fields: Fields) -> Event:
    """The event that has these keys; they are used up.

    Raises:
        RefusedError: it is no event.
    """
    if "kind" not in fields:
        raise RefusedError("the key 'kind' is missing")
    kind = fields.pop("kind")
    if not isinstance(kind, str) or kind not in _KEYS:
        raise RefusedError(f"unknown kind {_shown(kind)}{_nearest(kind, _KEYS)}")
    needed, allowed = _KEYS[kind]
    for key in fields:
        if key not in needed | allowed:
            raise RefusedError(f"unknown key '{key}'{_nearest(key, needed | allowed)}")
    for key in sorted(needed - fields.keys()):
        raise RefusedError(f"the key '{key}' is missing")
    if kind == "monitor":
        return MonitorEvent(_time(fields, "t"), _monitor_state(fields["state"]))
    return _about_object(kind, fields)


def _about_object(kind: str, fields: Fields) -> Event:
    name = _words(fields, "object")
    if not name:
        raise RefusedError("'object' is empty")
    if name == EVERYTHING and kind != "maintenance":
        raise RefusedError("the object '*' stands for all objects in maintenance lines only")
    if kind == "state":
        return _transition(name, fields)
    start, end = _span(fields)
    if kind == "maintenance":
        return MaintenanceWindow(name, start, end, _words(fields, "text"), start)
    if kind == "member":
        return Membership(name, start, end, _words(fields, "commune"), _weight(fields))
    return Correction(
        object=name,
        start=start,
        end=LAST if end is None else end,
        state=_state(fields["state"]),
        author=_words(fields, "author"),
        reason=_words(fields, "reason"),
        recorded=_time(fields, "recorded") if fields.get("recorded") is not None else 0,
    )


def _transition(name: str, fields: Fields) -> Transition:
    at = _time(fields, "t")
    earliest = _time(fields, "earliest") if fields.get("earliest") is not None else at
    if earliest > at:
        raise RefusedError("'earliest' is after 't'")
    reason, detail = reason_from(_words(fields, "reason"))
    return Transition(name, at, earliest, State.PENDING, _state(fields["state"]), reason, at, detail)


def _with_old_states(events: Sequence[Event]) -> list[Event]:
    """Each transition's ``old`` is the state before it, in time and, at equal times, in order of the lines."""
    held: dict[str, State] = {}
    whole = list(events)
    places = [place for place, event in enumerate(events) if isinstance(event, Transition)]
    for place in sorted(places, key=lambda place: _at(events[place])):
        event = events[place]
        if isinstance(event, Transition):
            old = held.get(event.object, State.PENDING)
            whole[place] = replace(event, old=old) if old is not State.PENDING else event
            held[event.object] = event.new
    return whole


def _at(event: Event) -> Millis:
    return event.at if isinstance(event, Transition) else 0


def _span(fields: Fields) -> tuple[Millis, Millis | None]:
    start = _time(fields, "from")
    end = None if fields["to"] is None else _time(fields, "to")
    if end is not None and start >= end:
        raise RefusedError("'from' is not before 'to'")
    return start, end


def _time(fields: Fields, key: str) -> Millis:
    value = fields[key]
    if isinstance(value, int) and not isinstance(value, bool) and EARLIEST <= value <= LATEST:
        return value * SECOND
    instant = instant_of(value) if isinstance(value, str) else None
    if instant is None:
        raise RefusedError(f"'{key}' is {_shown(value)}: expected integer Unix seconds or RFC 3339 with offset")
    return instant


def _state(value: object) -> State:
    if not isinstance(value, str) or value not in State._value2member_map_:
        raise RefusedError(f"unknown state {_shown(value)}{_nearest(value, list(State))}")
    return State(value)


def _monitor_state(value: object) -> Literal["stopped", "started"]:
    if value == "stopped":
        return "stopped"
    if value == "started":
        return "started"
    raise RefusedError(f"unknown state {_shown(value)}: a monitor is 'stopped' or 'started'")


def _weight(fields: Fields) -> int:
    weight = fields.get("weight", 1)
    if not isinstance(weight, int) or isinstance(weight, bool) or not 1 <= weight <= HEAVIEST:
        raise RefusedError(f"'weight' is {_shown(weight)}: expected a whole number from 1 to {HEAVIEST}")
    return weight


def _words(fields: Fields, key: str) -> str:
    value = fields.get(key)
    if value is not None and not isinstance(value, str):
        raise RefusedError(f"'{key}' is {_shown(value)}: expected text")
    if value and _SURROGATE.search(value):
        raise RefusedError(f"'{key}' holds half a character (\\ud800 to \\udfff)")
    return value or ""


_SURROGATE = re.compile("[\ud800-\udfff]")
"""JSON can spell these; UTF-8 cannot write them."""


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


def _nearest(word: object, names: Iterable[str]) -> str:
    known = sorted(names)
    close = get_close_matches(word, known, n=1) if isinstance(word, str) else []
    return f": did you mean '{close[0]}'?" if close else f": expected {', '.join(known)}"
