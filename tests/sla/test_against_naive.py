"""The engine against a one-cell-a-second implementation, on random histories under every policy."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.sla.direct import measure_changes
from netmon.sla.evaluate import Question, document, evaluate, figures_document, written
from netmon.sla.intervals import normalise
from netmon.sla.ledger import Ledger
from netmon.sla.partition import Frame, Scope, measure
from netmon.sla.policy import PRESETS, Policy
from tests.sla.histories import END, histories, in_millis, parsed, policies, states
from tests.sla.naive import Naive


def ask(lines: list[dict[str, Any]], policy: dict[str, str], end: int = END * 1000, **more: Any) -> dict[str, Any]:
    question = Question(0, end, Policy(**policy), **more)  # type: ignore[arg-type]
    found: dict[str, Any] = json.loads("".join(written(evaluate(parsed(lines), question), question)))
    assert found == json.loads(json.dumps(document(evaluate(parsed(lines), question), question)))
    return found


def as_millis(value: Any) -> Any:
    """Every length and instant of a figure, printed in seconds, in milliseconds."""
    if isinstance(value, dict):
        return {key: as_millis(inner) if key not in RATIOS else inner for key, inner in value.items()}
    if isinstance(value, list):
        return [as_millis(inner) for inner in value]
    return value if value is None or isinstance(value, str) else round(value * 1000)


RATIOS = {"availability", "low", "high", "coverage"}


def compare(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for key, value in expected.items():
        if key in {"availability", "low", "high", "coverage", "mttr", "mtbf"} and value is not None:
            assert found[key] == pytest.approx(value, abs=0.0005), key
        else:
            assert found[key] == value, key


@settings(max_examples=600, deadline=None)
@given(histories(["a"]), policies)
def test_every_figure_agrees(lines: list[dict[str, Any]], policy: dict[str, str]) -> None:
    [found] = ask(lines, policy)["objects"]
    compare(found, Naive(lines, policy, 0, END).figures("a"))


@settings(max_examples=200, deadline=None)
@given(histories(["a"]), policies)
def test_every_figure_agrees_to_the_millisecond(lines: list[dict[str, Any]], policy: dict[str, str]) -> None:
    [found] = ask(in_millis(lines), policy, END)["objects"]
    expected = Naive(lines, policy, 0, END).figures("a")
    for mean in ("mttr", "mtbf"):
        expected[mean] = expected[mean] if expected[mean] is None else int(expected[mean] + 0.5)
    compare({**as_millis(found), "from": 0}, expected)


@settings(max_examples=150, deadline=None)
@given(histories(["a"]), policies, st.lists(st.tuples(st.integers(0, END), st.integers(0, END))))
def test_every_figure_agrees_within_service_hours(
    lines: list[dict[str, Any]], policy: dict[str, str], hours: list[tuple[int, int]]
) -> None:
    [found] = ask(lines, policy, hours=normalise((a * 1000, b * 1000) for a, b in hours))["objects"]
    open_seconds = {second for a, b in hours for second in range(a, b)}
    compare(found, Naive(lines, policy, 0, END, open_seconds).figures("a"))


@settings(max_examples=150, deadline=None)
@given(histories(["a", "b", "c"]), policies, st.sampled_from(["all", "any", "at-least:2"]))
def test_a_vote_agrees(lines: list[dict[str, Any]], policy: dict[str, str], aggregate: str) -> None:
    found = ask(lines, policy, aggregate=aggregate)["aggregate"]
    needed = {"all": lambda n: n, "any": lambda n: min(1, n), "at-least:2": lambda n: min(2, n)}[aggregate]
    expected = Naive(lines, policy, 0, END).vote(["a", "b", "c"], needed)
    assert (found["eligible"], found["unavailable"]) == expected["measured"]
    assert sum(value for key, value in found["seconds"].items() if key != "period") == END
    assert sum(outage["counted"] for outage in found["outages"]) == found["unavailable"]
    if found["eligible"]:
        for bound in ("low", "high"):
            eligible, unavailable = expected[bound]
            whole = (eligible - unavailable) / eligible if eligible else found["availability"]
            assert found[bound] == pytest.approx(whole)


@settings(max_examples=100, deadline=None)
@given(histories(["a", "b"]), policies)
def test_the_weighted_aggregate_is_the_sum_of_its_parts(lines: list[dict[str, Any]], policy: dict[str, str]) -> None:
    document = ask(lines, policy)
    naive = Naive(lines, policy, 0, END)
    weights = [naive.weight(part["object"]) for part in document["objects"]]
    whole = document["aggregate"]
    for key, value in whole["seconds"].items():
        assert value == sum(w * part["seconds"][key] for w, part in zip(weights, document["objects"], strict=True))
    for key in ("eligible", "unavailable"):
        assert whole[key] == sum(w * part[key] for w, part in zip(weights, document["objects"], strict=True))
    assert len(whole["outages"]) == sum(len(part["outages"]) for part in document["objects"])


@settings(max_examples=100, deadline=None)
@given(histories(["a"]), policies, st.sampled_from(["all", "any", "at-least:3"]))
def test_a_vote_of_one_is_that_one(lines: list[dict[str, Any]], policy: dict[str, str], aggregate: str) -> None:
    document = ask(lines, policy, aggregate=aggregate)
    [part], whole = document["objects"], document["aggregate"]
    assert {**whole, "object": "a"} == part


@settings(max_examples=100, deadline=None)
@given(histories(["a"]), policies, st.integers(1, END - 1))
def test_splitting_a_period_adds_up(lines: list[dict[str, Any]], policy: dict[str, str], cut: int) -> None:
    events, rules = parsed(lines), Policy(**policy)  # type: ignore[arg-type]
    whole, first, second = (
        figures_document(next(evaluate(events, Question(start * 1000, end * 1000, rules)))[1])
        for start, end in ((0, END), (0, cut), (cut, END))
    )
    assert whole["eligible"] == first["eligible"] + second["eligible"]
    assert whole["unavailable"] == first["unavailable"] + second["unavailable"]
    for name, length in whole["seconds"].items():
        assert length == first["seconds"][name] + second["seconds"][name]


@settings(max_examples=150, deadline=None)
@given(histories(["a"]), policies, st.randoms(use_true_random=False))
def test_lines_may_come_in_any_order_of_time(lines: list[dict[str, Any]], policy: dict[str, str], random: Any) -> None:
    # Only the order among lines of one kind (and among state and monitor lines) of one object matters.
    def place(line: dict[str, Any]) -> Any:
        return line.get("t", line.get("from"))

    instants = [place(line) for line in lines]
    by_time: dict[int, list[dict[str, Any]]] = {}
    for instant, line in zip(instants, lines, strict=True):
        by_time.setdefault(instant, []).append(line)
    groups = list(by_time.values())
    random.shuffle(groups)
    members = [line for line in lines if line["kind"] in {"member", "correction"}]
    shuffled = [line for group in groups for line in group if line not in members] + members
    assert ask(shuffled, policy) == ask(lines, policy)


@settings(max_examples=150, deadline=None)
@given(histories(["a"]), st.sampled_from(sorted(PRESETS)), st.integers(0, END - 1), st.integers(1, 30))
def test_an_outage_more_never_raises_availability(
    lines: list[dict[str, Any]], preset: str, start: int, length: int
) -> None:
    policy = dict(PRESETS[preset].items())
    told = {"author": "A", "reason": "proven later", "recorded": 99}
    outage = {"kind": "correction", "object": "a", "from": start, "to": start + length, "state": "down", **told}
    before, after = (ask(told, policy)["objects"][0] for told in (lines, [*lines, outage]))
    for figure in ("availability", "low", "high"):
        if before[figure] is not None and after[figure] is not None:
            assert after[figure] <= before[figure] + 1e-12
        assert after["unavailable"] >= before["unavailable"]


@settings(max_examples=150, deadline=None)
@given(histories(["a"]))
def test_strict_never_says_more_than_contract(lines: list[dict[str, Any]]) -> None:
    contract, strict = (ask(lines, dict(PRESETS[name].items()))["objects"][0] for name in ("contract", "strict"))
    for figure in ("availability", "low", "high"):
        assert contract[figure] is None or strict[figure] <= contract[figure] + 1e-12


@settings(max_examples=150, deadline=None)
@given(histories(["a"]), policies)
def test_bounds_enclose_what_was_measured(lines: list[dict[str, Any]], policy: dict[str, str]) -> None:
    [found] = ask(lines, policy)["objects"]
    if found["availability"] is not None:
        assert found["low"] <= found["availability"] <= found["high"]


@settings(max_examples=200, deadline=None)
@given(histories(["a", "b", "c"]), policies, st.sampled_from(["weighted", "all", "any", "at-least:2", "at-least:9"]))
def test_eligible_and_unavailable_follow_from_the_seconds_and_the_policy(
    lines: list[dict[str, Any]], policy: dict[str, str], aggregate: str
) -> None:
    answers = {"up": "up", "down": "down", **policy}
    found = ask(lines, policy, aggregate=aggregate)
    for part in (*found["objects"], found["aggregate"]):
        counted = {
            answer: sum(length for name, length in part["seconds"].items() if answers.get(name) == answer)
            for answer in ("up", "down")
        }
        assert part["unavailable"] == counted["down"]
        assert part["eligible"] == counted["up"] + counted["down"]
        assert sum(outage["seconds"] >= outage["counted"] >= 0 for outage in part["outages"]) == len(part["outages"])
        assert (part["seconds"]["maintenance"] == 0) or policy["maintenance"] != "counted"


@settings(max_examples=400, deadline=None)
@given(st.lists(states(["a"]), max_size=14), policies, st.lists(st.tuples(st.integers(0, END), st.integers(0, END))))
def test_the_short_way_gives_what_walking_the_timeline_gives(
    lines: list[dict[str, Any]], policy: dict[str, str], planned: list[tuple[int, int]]
) -> None:
    ledger, windows = Ledger(parsed(lines)), normalise((start * 1000, end * 1000) for start, end in planned)
    frame = Frame(Scope(planned=windows), 0, END * 1000, Policy(**policy))  # type: ignore[arg-type]
    changes = ledger.plain("a")
    assert changes is not None
    assert measure_changes(changes, frame, "a") == measure(ledger.timeline("a"), frame, "a")
