"""The availability engine alone, on an event log: what ``netmon sla eval`` prints. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeAlias

from netmon.clock import SECOND, Millis
from netmon.contracts import Event
from netmon.errors import UsageError
from netmon.model import Figures, Outage
from netmon.sla.aggregate import WEIGHTED, Needed, parse_aggregate, vote
from netmon.sla.direct import measure_changes
from netmon.sla.eventlog import LATEST
from netmon.sla.figures import Measure, Sum
from netmon.sla.instant import instant_of, seconds_of
from netmon.sla.intervals import ALWAYS, Set
from netmon.sla.ledger import Ledger
from netmon.sla.meaning import CLASSES
from netmon.sla.partition import Frame, Scope, in_scope, measure
from netmon.sla.policy import Policy

Document: TypeAlias = dict[str, object]
Evaluated: TypeAlias = tuple[str | None, Figures]
"""An object and its figures; no object: all together."""

SCHEMA_VERSION = 1
_AT_ONCE = 1_000
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an event log. ``objects`` empty: every one that any line names. ``hours``: service hours."""

    start: Millis
    end: Millis
    policy: Policy
    hours: Set = ALWAYS
    objects: tuple[str, ...] = ()
    aggregate: str = WEIGHTED


def evaluate(events: Ledger | Iterable[Event], question: Question) -> Iterator[Evaluated]:
    """The figures of every object over the period, in alphabetical order; last, under no name, of all together.

    Each is worked out when it is asked for.

    Raises:
        UsageError: no such object or aggregate.
    """
    ledger = events if isinstance(events, Ledger) else Ledger(events)
    names, needed = _named(ledger, question.objects), parse_aggregate(question.aggregate)
    return _evaluated(ledger, names, question, needed)


def _evaluated(ledger: Ledger, names: Sequence[str], question: Question, needed: Needed | None) -> Iterator[Evaluated]:
    whole, frame = Sum(), None
    for name in names:
        scope = _scope(ledger, name, question)
        if frame is None or not scope.same(frame.scope):
            frame = Frame(scope, question.start, question.end, question.policy)
        part = _measured(ledger, name, frame)
        if needed is None:
            whole.add(part, ledger.weight(name))
        yield name, part.figures()
    yield None, (whole.measure() if needed is None else _voted(ledger, names, question, needed)).figures()


def _measured(ledger: Ledger, name: str, frame: Frame) -> Measure:
    changes = None if frame.gaps or frame.start >= frame.end else ledger.plain(name)
    return measure(ledger.timeline(name), frame, name) if changes is None else measure_changes(changes, frame, name)


def document(evaluated: Iterable[Evaluated], question: Question) -> Document:
    """What ``--json`` prints."""
    *each, whole = (object_document(name, figures, question) for name, figures in evaluated)
    return {"schema_version": SCHEMA_VERSION, "objects": each, "aggregate": whole}


def object_document(name: str | None, figures: Figures, question: Question) -> Document:
    """One object's part of it."""
    return {"object": name, **_asked(question), **figures_document(figures)}


def written(evaluated: Iterable[Evaluated], question: Question) -> Iterator[str]:
    """The text of ``document``, in pieces: however many objects and outages there are, little of it at a time."""
    yield f'{{"schema_version": {SCHEMA_VERSION}, "objects": ['
    separator = ""
    for name, figures in evaluated:
        yield separator if name is not None else '], "aggregate": '
        whole = _encode(object_document(name, replace(figures, outages=()), question) | _means(figures))
        before, _, after = whole.partition('"outages": []')
        yield f'{before}"outages": ['
        for place in range(0, len(figures.outages), _AT_ONCE):
            some = [_outage(outage) for outage in figures.outages[place : place + _AT_ONCE]]
            yield f"{', ' if place else ''}{_encode(some)[1:-1]}"
        yield f"]{after}"
        separator = ", "
    yield "}\n"


def bounds_of(ledger: Ledger, start: Millis | None, end: Millis | None) -> tuple[Millis, Millis]:
    """The period asked for; a side left out is the first or the last instant any event names (``Ledger.span``).

    Raises:
        UsageError: it is empty, or there is no event to take a side from.
    """
    if start is None or end is None:
        span = ledger.span()
        if span is None:
            raise UsageError("the event log is empty: expected --from and --to")
        start, end = span[0] if start is None else start, span[1] if end is None else end
    if start >= end:
        raise UsageError(f"the period from {seconds_of(start)} to {seconds_of(end)} is empty: expected from before to")
    return start, end


def parse_instant(text: str, option: str) -> Millis:
    """An instant of the command line: integer Unix seconds, or RFC 3339 with offset.

    Raises:
        UsageError: neither.
    """
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if digits.isascii() and digits.isdecimal() and int(digits[:20]) <= LATEST:
        return int(sign + digits) * SECOND
    instant = instant_of(text)
    if instant is None:
        raise UsageError(f"{option}: '{text}' is no instant: expected integer Unix seconds or RFC 3339 with offset")
    return instant


def figures_document(figures: Figures) -> Document:
    """Figures as programs read them; all lengths in seconds."""
    partition = figures.partition
    lengths = {key: seconds_of(getattr(partition, key)) for key in CLASSES}
    return {
        "seconds": {"period": seconds_of(partition.period), **lengths},
        "eligible": seconds_of(figures.eligible),
        "unavailable": seconds_of(figures.unavailable),
        "availability": figures.availability.ratio,
        "low": figures.low.ratio,
        "high": figures.high.ratio,
        "coverage": figures.coverage.ratio,
        "outages": [_outage(outage) for outage in figures.outages],
        **_means(figures),
    }


def _means(figures: Figures) -> Document:
    count, available = figures.count, figures.eligible - figures.unavailable
    return {"mttr": _mean(figures.unavailable, count), "mtbf": _mean(available, count)}


def _outage(outage: Outage) -> Document:
    return {
        "from": seconds_of(outage.start),
        "to": seconds_of(outage.end),
        "seconds": seconds_of(outage.end - outage.start),
        "counted": seconds_of(outage.counted),
        "reason": outage.reason or None,
    }


def _named(ledger: Ledger, wanted: Sequence[str]) -> list[str]:
    known = ledger.objects()
    for name in wanted:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            raise UsageError(f"no line names the object '{name}'" + (f": did you mean '{close[0]}'?" if close else ""))
    return [name for name in known if not wanted or name in wanted]


def _voted(ledger: Ledger, names: Sequence[str], question: Question, needed: Needed) -> Measure:
    start, end = question.start, question.end
    members = [in_scope(ledger.timeline(name), _scope(ledger, name, question), start, end) for name in names]
    return vote(members, needed, start, end, question.policy) if members else Sum().measure()


def _scope(ledger: Ledger, name: str, question: Question) -> Scope:
    return Scope(ledger.service(name), question.hours, ledger.planned(name))


def _asked(question: Question) -> Document:
    return {
        "from": seconds_of(question.start),
        "to": seconds_of(question.end),
        "policy": dict(question.policy.items()),
    }


def _mean(total: Millis, count: int) -> int | float | None:
    """The total over the number of counted outages, to the nearest millisecond."""
    return seconds_of((2 * total + count) // (2 * count)) if count else None
