"""The judge: confirmation, backdating, unreachability, reboots."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.conventions import Reason
from netmon.model import Reading, State, Transition
from netmon.state.machine import Memory, Rule, interrupt, judge, reclassify, restore

RULE = Rule(fall=3, rise=2)
LETTER = {"u": State.UP, "g": State.DEGRADED, "d": State.DOWN, "?": State.UNKNOWN}


def reading(state: State, uptime: int | None = None, boots: int | None = None, engine: int | None = None) -> Reading:
    reason = {State.UP: Reason.OK, State.UNKNOWN: Reason.OVERLOAD}.get(state, Reason.TIMEOUT)
    return Reading(state, reason, uptime=uptime, engine_boots=boots, engine_time=engine)


def fold(letters: str, rule: Rule = RULE, cuts: dict[int, int] | None = None) -> tuple[Memory, list[Transition]]:
    """Readings 10 ms apart, the first at 10; ``cuts`` maps the index of a reading to cut_since."""
    memory, transitions = Memory("n1"), []
    for index, letter in enumerate(letters):
        at = 10 * (index + 1)
        memory, changes = judge(memory, at, reading(LETTER[letter]), rule, (cuts or {}).get(index), at)
        transitions += changes
    return memory, transitions


def short(transitions: list[Transition]) -> list[tuple[str, int, int]]:
    return [(change.new.value, change.earliest, change.at) for change in transitions]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        pytest.param("u", [("up", 10, 10)], id="the first good answer is enough"),
        pytest.param("dd", [], id="nothing is known until a first failure is confirmed"),
        pytest.param("ddd", [("down", 10, 10)], id="a first failure is dated back to the first poll"),
        pytest.param("uddu", [("up", 10, 10)], id="a blip shorter than fall changes nothing"),
        pytest.param("uddd", [("up", 10, 10), ("down", 10, 20)], id="down is dated back to the first failing poll"),
        pytest.param("udddu", [("up", 10, 10), ("down", 10, 20)], id="one good answer is not yet a recovery"),
        pytest.param(
            "udddudduu",
            [("up", 10, 10), ("down", 10, 20), ("up", 70, 80)],
            id="recovery is dated to the first of the good answers in a row",
        ),
        pytest.param("u?", [("up", 10, 10), ("unknown", 10, 20)], id="what we could not see is unknown at once"),
        pytest.param(
            "ud?d", [("up", 10, 10), ("unknown", 10, 20)], id="unknown breaks a row of failures, and begins with it"
        ),
        pytest.param("?u", [("unknown", 10, 10), ("up", 10, 20)], id="a good answer ends unknown at once"),
        pytest.param(
            "?ddd", [("unknown", 10, 10), ("down", 10, 20)], id="after unknown a failure still wants confirmation"
        ),
        pytest.param(
            "?dgg",
            [("unknown", 10, 10), ("degraded", 10, 30)],
            id="after unknown a failure is not told as an answer: degraded begins with the first look that saw it",
        ),
        pytest.param(
            "?dgd",
            [("unknown", 10, 10), ("degraded", 10, 30)],
            id="after unknown failures around an answer are no more than they showed",
        ),
        pytest.param("uggg", [("up", 10, 10), ("degraded", 10, 20)], id="degraded wants confirmation too"),
        pytest.param(
            "ugddd",
            [("up", 10, 10), ("degraded", 10, 20), ("down", 20, 30)],
            id="a worse failure on top of a degraded one is dated to its own first poll",
        ),
        pytest.param(
            "udddgg", [("up", 10, 10), ("down", 10, 20), ("degraded", 40, 50)], id="half a recovery is degraded"
        ),
        pytest.param(
            "udddgu",
            [("up", 10, 10), ("down", 10, 20), ("degraded", 40, 50)],
            id="two answers that are not failures end a failure at the worse of them",
        ),
    ],
)
def test_readings_become_transitions(letters: str, expected: list[tuple[str, int, int]]) -> None:
    assert short(fold(letters)[1]) == expected


def test_a_failure_behind_a_cut_is_unreachable_and_never_down() -> None:
    _, transitions = fold("uddd", cuts={3: 20})
    assert short(transitions)[1:] == [("unreachable", 10, 20)]
    assert transitions[1].reason is Reason.PARENT_DOWN


def test_a_target_that_failed_before_its_path_was_cut_is_down_until_the_cut() -> None:
    _, transitions = fold("uddd", cuts={3: 35})
    assert short(transitions)[1:] == [("down", 10, 20), ("unreachable", 35, 35)]


def test_a_down_target_whose_parent_is_found_down_later_becomes_unreachable() -> None:
    memory, _ = fold("uddd")
    memory, changes = reclassify(memory, 15, 41)
    assert short(list(changes)) == [("unreachable", 20, 20)]
    assert memory.state is State.UNREACHABLE


def test_after_the_path_heals_a_silent_target_stays_unreachable_until_confirmed_down() -> None:
    letters = "uddd" + "ddd"
    _, transitions = fold(letters, cuts={3: 20})
    assert short(transitions)[2:] == [("down", 40, 50)]


def test_after_the_path_heals_an_answering_target_recovers() -> None:
    _, transitions = fold("udddduu", cuts={3: 20, 4: 20})
    assert short(transitions)[2:] == [("up", 50, 60)]


def test_failures_during_the_cut_do_not_count_once_it_heals() -> None:
    memory, _ = fold("udddddd", cuts=dict.fromkeys(range(3, 7), 20))
    assert memory.pending == ()


def test_readings_out_of_order_are_ignored() -> None:
    memory, _ = fold("uu")
    assert judge(memory, 15, reading(State.DOWN), RULE, None, 30) == (memory, ())


def test_after_an_interruption_a_state_was_last_seen_by_the_look_that_agreed() -> None:
    memory, _ = fold("uudd")
    memory = interrupt(memory)
    for at in (500, 510, 520):
        memory, changes = judge(memory, at, reading(State.DOWN), RULE, None, at)
    assert short(list(changes)) == [("down", 20, 500)]


def test_after_a_restart_of_ours_the_last_state_holds() -> None:
    memory = restore(Transition("n1", 100, 90, State.UP, State.DOWN, Reason.TIMEOUT, 120), seen=500)
    memory, changes = judge(memory, 900, reading(State.UP), Rule(3, 1), None, 900)
    assert short(list(changes)) == [("up", 500, 900)]


def test_a_restart_between_two_good_polls_is_an_outage() -> None:
    memory, _ = judge(Memory("n1"), 1_000, reading(State.UP, 8_640_000), RULE, None, 1_000)
    memory, changes = judge(memory, 301_000, reading(State.UP, 6_000), RULE, None, 301_000)
    assert short(list(changes)) == [("down", 1_000, 1_001), ("up", 1_001, 241_000)]
    assert (memory.reboots, memory.state) == (1, State.UP)


def test_a_restart_during_an_outage_is_counted_and_adds_no_other() -> None:
    memory, _ = judge(Memory("n1"), 1_000, reading(State.UP, 8_640_000), RULE, None, 1_000)
    for at in (61_000, 121_000, 181_000):
        memory, _ = judge(memory, at, reading(State.DOWN), RULE, None, at)
    memory, changes = judge(memory, 241_000, reading(State.UP, 3_000), RULE, None, 241_000)
    assert (memory.reboots, changes) == (1, ())


def test_a_restart_behind_fewer_failures_than_confirm_an_outage_is_one_all_the_same() -> None:
    """One poll failed, the next finds the device freshly booted: the outage began with the failed poll."""
    memory, _ = judge(Memory("n1"), 1_000, reading(State.UP, 8_640_000), RULE, None, 1_000)
    memory, _ = judge(memory, 61_000, reading(State.DOWN), RULE, None, 61_000)
    memory, changes = judge(memory, 121_000, reading(State.UP, 2_000), RULE, None, 121_000)
    assert short(list(changes)) == [("down", 1_000, 61_000), ("up", 61_000, 101_000)]
    assert (memory.reboots, memory.state, memory.pending) == (1, State.UP, ())


def test_a_device_that_booted_before_the_poll_it_missed_was_down_from_the_last_good_one() -> None:
    memory, _ = judge(Memory("n1"), 1_000, reading(State.UP, 8_640_000), RULE, None, 1_000)
    memory, _ = judge(memory, 61_000, reading(State.DOWN), RULE, None, 61_000)
    memory, changes = judge(memory, 121_000, reading(State.UP, 7_000), RULE, None, 121_000)
    assert short(list(changes)) == [("down", 1_000, 1_001), ("up", 1_001, 51_000)]


def test_sysuptime_going_to_zero_is_no_outage_while_the_engine_runs_on() -> None:
    memory, _ = judge(Memory("n1"), 1_000, reading(State.UP, 8_640_000, 7, 50_000), RULE, None, 1_000)
    memory, changes = judge(memory, 61_000, reading(State.UP, 100, 7, 50_060), RULE, None, 61_000)
    assert (memory.reboots, changes) == (0, ())


def test_a_restart_hidden_by_sysuptime_coming_round_is_told_by_the_boots() -> None:
    memory, _ = judge(Memory("n1"), 1_000, reading(State.UP, 2**32 - 3_000, 7, 42_949_000), RULE, None, 1_000)
    memory, changes = judge(memory, 61_000, reading(State.UP, 3_000, 8, 30), RULE, None, 61_000)
    assert short(list(changes)) == [("down", 1_000, 1_001), ("up", 1_001, 31_000)]
    assert memory.reboots == 1


def test_a_restart_while_we_were_away_is_told_by_the_engines_time_alone() -> None:
    was = Transition("n1", 100, 90, State.PENDING, State.UP, Reason.OK, 120)
    for uptime, boots, engine, reboots in ((3_000, 8, 30, 1), (3_000, None, None, 0), (3_000, 8, 90_000, 0)):
        memory = restore(was, seen=1_000)
        memory, _ = judge(memory, 61_000, reading(State.UP, uptime, boots, engine), RULE, None, 61_000)
        assert memory.reboots == reboots


looks = st.text(alphabet="ugd?", max_size=40)
rules = st.builds(Rule, st.integers(1, 4), st.integers(1, 4))
cut_maps = st.dictionaries(st.integers(0, 39), st.integers(1, 400))


@given(looks, rules, cut_maps)
def test_transitions_are_a_chain_in_time(letters: str, rule: Rule, cuts: dict[int, int]) -> None:
    cuts = {index: min(since, 10 * (index + 1)) for index, since in cuts.items()}
    memory, transitions = fold(letters, rule, cuts)
    state, at = State.PENDING, 0
    for change in transitions:
        assert change.old is state
        assert change.new is not state
        assert at <= change.earliest <= change.at <= change.recorded
        state, at = change.new, change.at
    assert memory.state is state
    assert len(memory.pending) <= max(rule.fall, rule.rise)


@given(looks, rules)
def test_without_cuts_nothing_is_unreachable(letters: str, rule: Rule) -> None:
    assert all(change.new is not State.UNREACHABLE for change in fold(letters, rule)[1])


@given(looks)
def test_with_fall_and_rise_of_one_the_state_is_the_last_reading(letters: str) -> None:
    memory, _ = fold(letters, Rule(1, 1))
    assert memory.state is (LETTER[letters[-1]] if letters else State.PENDING)


@given(looks, rules)
def test_repeating_a_settled_reading_changes_nothing(letters: str, rule: Rule) -> None:
    for letter in "ugd?":
        settle = letters + letter * (max(rule.fall, rule.rise) + 1)
        memory, transitions = fold(settle, rule)
        assert memory.state is LETTER[letter]
        longer = fold(settle + letter * 5, rule)[1]
        assert longer == transitions


def test_every_run_of_three_readings_is_judged_without_fault() -> None:
    for letters in itertools.product("ugd?", repeat=6):
        fold("".join(letters))
