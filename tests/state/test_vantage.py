"""What references tell of our own sight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.state.vantage import Sight, answered, asked, is_unanswered, unseen, vote

TIMES = st.integers(0, 1000)
VOTES = st.lists(st.sampled_from([True, False, None]), max_size=4)


@pytest.mark.parametrize(
    ("state", "reason", "unanswered", "voted"),
    [
        (State.UP, Reason.OK, False, True),
        (State.DEGRADED, Reason.SLOW, False, True),
        (State.DOWN, Reason.TIMEOUT, True, False),
        (State.DOWN, Reason.CONNECT_TIMEOUT, True, False),
        (State.DOWN, Reason.CONNECT_FAILED, True, False),
        (State.DOWN, Reason.RESOLVE_FAILED, True, False),
        (State.DOWN, Reason.HOST_UNREACHABLE, True, False),
        (State.DOWN, Reason.CONNECT_REFUSED, False, True),
        (State.DOWN, Reason.STATUS, False, True),
        (State.DOWN, Reason.RESET, False, True),
        (State.DOWN, Reason.TLS_EXPIRED, False, True),
        (State.UNKNOWN, Reason.NO_SOCKET, False, False),
        (State.UNKNOWN, Reason.PERMISSION, False, None),
        (State.UNKNOWN, Reason.OVERLOAD, False, None),
        (State.UNKNOWN, Reason.CREDENTIAL, False, None),
    ],
)
def test_only_silence_may_be_our_own_blindness(
    state: State, reason: Reason, unanswered: bool, voted: bool | None
) -> None:
    reading = Reading(state, reason)
    assert is_unanswered(reading) is unanswered
    assert vote(reading) is voted


@given(TIMES, VOTES, TIMES)
def test_a_round_tells_of_its_own_time_and_after_never_of_before(at: int, votes: list[bool | None], since: int) -> None:
    sight = asked(Sight(), at, votes)
    expected = True in votes or False not in votes
    assert sight.since(since) is (expected if since <= at else None)


@given(st.lists(st.tuples(TIMES, VOTES), max_size=6), TIMES)
def test_one_answer_since_then_outweighs_any_silence(rounds: list[tuple[int, list[bool | None]]], since: int) -> None:
    sight = Sight()
    for at, votes in rounds:
        sight = asked(sight, at, votes)
    if any(at >= since and True in votes for at, votes in rounds):
        assert sight.since(since) is True
    if all(at < since for at, _ in rounds):
        assert sight.since(since) is None
    assert answered(sight, since).since(since) is True


def test_what_was_not_seen_is_unknown_and_says_what_it_looked_like() -> None:
    reading = unseen(Reading(State.DOWN, Reason.TIMEOUT, "no answer within 5 s"))
    assert (reading.state, reading.reason, reading.families) == (State.UNKNOWN, Reason.BLIND, ())
    assert reading.detail == "netmon itself was cut off: none of its references answered (no answer within 5 s)"
