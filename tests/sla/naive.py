"""The event log's rules one second at a time, as slow and plain as can be: what the engine must agree with.

It shares no code with the engine. Events are the dictionaries of the log; times are whole seconds.
"""

from collections.abc import Callable
from typing import Any

Line = dict[str, Any]
ORDER = {"down": 0, "excluded": 1, "up": 2}


class Naive:
    def __init__(self, lines: list[Line], policy: dict[str, str], start: int, end: int, hours: set[int] | None = None):
        self.lines, self.policy, self.start, self.end = lines, policy, start, end
        self.hours = set(range(start, end)) if hours is None else hours
        self.stops = self.stopped_spans()

    def stopped_spans(self) -> list[tuple[int, float, int]]:
        spans, since = [], None
        told = sorted(
            ((line["t"], n, line["state"]) for n, line in enumerate(self.lines) if line["kind"] == "monitor"),
        )
        for t, n, state in told:
            if state == "stopped" and since is None:
                since = (t, n)
            elif state == "started" and since is not None:
                spans.append((since[0], t, since[1]))
                since = None
        if since is not None:
            spans.append((since[0], float("inf"), since[1]))
        return spans

    def stopped(self, second: int) -> bool:
        return any(a <= second < b for a, b, _ in self.stops)

    def of(self, kind: str, name: str) -> list[tuple[int, Line]]:
        return [(n, line) for n, line in enumerate(self.lines) if line["kind"] == kind and line["object"] == name]

    def changes(self, name: str) -> list[tuple[float, Line]]:
        found: list[tuple[float, Line]] = []
        for n, line in sorted(self.of("state", name), key=lambda pair: (pair[1]["t"], pair[0])):
            at: float = line["t"]
            for a, b, order in self.stops:
                if a < line["t"] < b or (line["t"] == a and n > order and a < b):
                    at = b
            found.append((at, line))
        return found

    def answer(self, state: str | None) -> str:
        """Of a state that was looked at; None and pending: nothing known."""
        if state in (None, "pending"):
            return "excluded" if self.policy["no_data"] == "carry" else self.policy["no_data"]
        return {"up": "up", "down": "down"}.get(str(state)) or self.policy[str(state)]

    def moved(self, name: str, side: str) -> list[tuple[float, Line]]:
        """The changes with their times; for a bound, moved to ``earliest`` where it is worse (low) or better (high)."""
        changes = self.changes(name)
        result = []
        previous, before = float("-inf"), None
        for at, line in changes:
            old, new = ORDER[self.answer(before)], ORDER[self.answer(line["state"])]
            move = (side == "low" and new < old) or (side == "high" and new > old)
            result.append((max(line.get("earliest", line["t"]), previous) if move else at, line))
            if result[-1][0] > at:
                result[-1] = (at, line)
            previous, before = at, line["state"]
        return result

    def second(self, name: str, second: int, moved: list[tuple[float, Line]]) -> dict[str, Any]:
        """Everything about one second: class, answer, whether seen, and the answer below maintenance and hours."""
        state, reason = None, ""
        for at, line in moved:
            if at <= second:
                state, reason = line["state"], line.get("reason", "")
        stopped, corrected = self.stopped(second), False
        spans = [(line["recorded"], n, line) for n, line in self.of("correction", name)]
        for _, _, line in sorted(spans, key=lambda told: told[:2]):
            if line["from"] <= second < (float("inf") if line["to"] is None else line["to"]):
                state, reason, stopped, corrected = line["state"], line["reason"], False, True
        if stopped and self.policy["no_data"] != "carry":
            below, below_class, reason = self.policy["no_data"], "no_data", ""  # what begins there began with the stop
        else:
            below = self.answer(state)
            below_class = "no_data" if state in (None, "pending") else state
        seen = corrected or (not stopped and state not in (None, "pending", "unknown"))
        result = {"class": below_class, "answer": below, "seen": seen, "below": below, "reason": reason}
        windows = [*self.of("maintenance", name), *self.of("maintenance", "*")]
        planned = any(w["from"] <= second < (float("inf") if w["to"] is None else w["to"]) for _, w in windows)
        if planned and self.policy["maintenance"] != "counted":
            result |= {"class": "maintenance", "answer": self.policy["maintenance"]}
        if second not in self.hours:
            result |= {"class": "out_of_hours", "answer": "excluded"}
        members = self.of("member", name)
        if members and not any(
            m["from"] <= second < (float("inf") if m["to"] is None else m["to"]) for _, m in members
        ):
            result |= {"class": "not_in_service", "answer": "excluded", "below": "excluded"}
        return result

    def seconds(self, name: str, side: str) -> list[dict[str, Any]]:
        moved = self.moved(name, side)
        return [self.second(name, second, moved) for second in range(self.start, self.end)]

    def figures(self, name: str) -> dict[str, Any]:
        return figures(*(self.seconds(name, side) for side in ("measured", "low", "high")), start=self.start)

    def weight(self, name: str) -> int:
        members = self.of("member", name)
        return members[-1][1].get("weight", 1) if members else 1

    def vote(self, names: list[str], needed: Callable[[int], int]) -> dict[str, Any]:
        """Eligible, unavailable and both bounds of a vote."""
        result = {}
        for side in ("measured", "low", "high"):
            members = [self.seconds(name, side) for name in names]
            answers = []
            for ballots in zip(*members, strict=True):
                cast = [ballot["answer"] for ballot in ballots if ballot["answer"] != "excluded"]
                up = cast.count("up")
                answers.append("excluded" if not cast else "up" if up >= needed(len(cast)) else "down")
            result[side] = (len(answers) - answers.count("excluded"), answers.count("down"))
        return result


def ratio(cells: list[dict[str, Any]]) -> float | None:
    answers = [cell["answer"] for cell in cells]
    up, down = answers.count("up"), answers.count("down")
    return up / (up + down) if up + down else None


def figures(
    cells: list[dict[str, Any]], low: list[dict[str, Any]], high: list[dict[str, Any]], start: int
) -> dict[str, Any]:
    answers = [cell["answer"] for cell in cells]
    unavailable, eligible = answers.count("down"), len(answers) - answers.count("excluded")
    availability = ratio(cells)
    classes = ("up", "degraded", "down", "unreachable", "unknown", "maintenance", "out_of_hours", "no_data")
    seconds = {name: sum(cell["class"] == name for cell in cells) for name in (*classes, "not_in_service")}
    watched = [c for c in cells if c["class"] not in ("maintenance", "out_of_hours", "not_in_service")]
    outages: list[dict[str, Any]] = []
    for index, cell in enumerate(cells):
        if cell["below"] == "down":
            if index == 0 or cells[index - 1]["below"] != "down":
                outages.append({"from": start + index, "seconds": 0, "counted": 0, "reason": cell["reason"] or None})
            outages[-1]["seconds"] += 1
            outages[-1]["counted"] += cell["answer"] == "down"
            outages[-1]["to"] = start + index + 1
    count = sum(1 for outage in outages if outage["counted"])
    bounds = [availability if availability is None else ratio(side) for side in (low, high)]
    return {
        "seconds": {"period": len(cells), **seconds},
        "eligible": eligible,
        "unavailable": unavailable,
        "availability": availability,
        "low": availability if bounds[0] is None else bounds[0],
        "high": availability if bounds[1] is None else bounds[1],
        "coverage": sum(c["seen"] for c in watched) / len(watched) if watched else None,
        "outages": outages,
        "mttr": unavailable / count if count and eligible else None,
        "mtbf": (eligible - unavailable) / count if count and eligible else None,
    }
