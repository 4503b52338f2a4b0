"""Random event logs over a minute, in whole seconds, for hypothesis."""

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
def spans(draw: st.DrawFn, *, may_be_open: bool = True) -> dict[str, Any]:
    start, length = draw(times), draw(st.integers(1, 30))
    end = None if may_be_open and draw(st.integers(0, 7)) == 0 else start + length
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
    return {"kind": kind, "object": name, **draw(spans(may_be_open=False)), **told, "recorded": draw(st.integers(0, 3))}


def histories(objects: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    lines = st.lists(st.one_of(states(objects), states(objects), others(objects)), min_size=1, max_size=14)
    named = [{"kind": "state", "object": name, "t": -50, "state": "pending"} for name in objects]
    return lines.map(lambda drawn: [*named, *drawn])


policies = st.fixed_dictionaries({key: st.sampled_from(answers) for key, answers in ANSWERS.items()})


def parsed(lines: list[dict[str, Any]]) -> list[Event]:
    return parse_events([json.dumps(line) for line in lines])
