"""Random event logs over a minute of whole seconds, for hypothesis; ``in_millis`` makes it 60 milliseconds."""

import datetime as dt
import json
from typing import Any

from hypothesis import strategies as st

from netmon.contracts import Event
from netmon.sla import parse_events
from netmon.sla.policy import ANSWERS

END = 60
STATES = ["up", "degraded", "down", "unreachable", "unknown", "pending"]
times = st.integers(-5, END + 10)


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    start, length = draw(times), draw(st.integers(1, 30))
    end = None if draw(st.integers(0, 7)) == 0 else start + length
    return {"from": start, "to": end}


@st.composite
def states(draw: st.DrawFn, objects: list[str]) -> dict[str, Any]:
    t = draw(times)
    line = {"kind": "state", "object": draw(st.sampled_from(objects)), "t": t, "state": draw(st.sampled_from(STATES))}
    if draw(st.booleans()):
        line["earliest"] = t - draw(st.integers(0, 12))
    if draw(st.booleans()):
        line["reason"] = draw(st.sampled_from(["timeout", "fibre cut"]))
    return line


@st.composite
def others(draw: st.DrawFn, objects: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["maintenance", "monitor", "monitor", "member", "correction"]))
    if kind == "monitor":
        return {"kind": kind, "t": draw(times), "state": draw(st.sampled_from(["stopped", "started"]))}
    name = draw(st.sampled_from(objects))
    if kind == "maintenance":
        return {"kind": kind, "object": draw(st.sampled_from([name, "*"])), **draw(spans()), "text": "works"}
    if kind == "member":
        return {"kind": kind, "object": name, **draw(spans()), "commune": "Bègles", "weight": draw(st.integers(1, 3))}
    told = {"state": draw(st.sampled_from(STATES)), "author": "A", "reason": "seen by people"}
    return {"kind": kind, "object": name, **draw(spans()), **told, "recorded": draw(st.integers(0, 3))}


def histories(objects: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    lines = st.lists(st.one_of(states(objects), states(objects), others(objects)), min_size=1, max_size=14)
    # Names every object, and says nothing about the minute: an object need not have a state line.
    named = [{"kind": "maintenance", "object": name, "from": 500, "to": 501, "text": ""} for name in objects]
    return lines.map(lambda drawn: [*named, *drawn])


def in_millis(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same history a thousand times as fast, in RFC 3339 with fractions of a second."""
    return [{key: _stamp(value) if key in _TIMES else value for key, value in line.items()} for line in lines]


_TIMES = {"t", "earliest", "from", "to", "recorded"}


def _stamp(millis: int | None) -> str | None:
    if millis is None:
        return None
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=millis)
    return moment.isoformat(timespec="milliseconds")


policies = st.fixed_dictionaries({key: st.sampled_from(answers) for key, answers in ANSWERS.items()})


def parsed(lines: list[dict[str, Any]]) -> list[Event]:
    return parse_events([json.dumps(line) for line in lines])
