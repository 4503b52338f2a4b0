"""``--filter``, ``--sort`` and the name of a commune."""

import pytest

from exporters.terminal import Status, read_status
from exporters.terminal.choose import SORT_KEYS, find_commune, parse_filter, sort_problems
from exporters.web.documents import status_document
from netmon.clock import HOUR
from netmon.errors import UsageError
from netmon.model import State
from tests.exporters.snapshots import METROPOLIS, NOW, make_snapshot


def make_status() -> Status:
    snapshot = make_snapshot(METROPOLIS)
    snapshot.set_node("sw-c33039-1", State.DOWN, since=NOW - 2 * HOUR)
    snapshot.set_node("sw-c33449-1", State.UNKNOWN, reason="credential", detail="lecture")
    snapshot.set_service("wifi-c33039", State.DOWN, "sw-c33039-1")
    return read_status(status_document(snapshot))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", ["sw-c33039-1", "sw-c33449-1", "wifi-c33039"]),
        ("state=down", ["sw-c33039-1", "wifi-c33039"]),
        ("state=down kind=node", ["sw-c33039-1"]),
        ("state=unknown|degraded", ["sw-c33449-1"]),
        ("state!=down", ["sw-c33449-1"]),
        ("commune~medard", ["sw-c33449-1"]),
        ("commune='saint medard en jalles'", ["sw-c33449-1"]),
        ("commune=BÈGLES", ["sw-c33039-1", "wifi-c33039"]),
        ("since>1h", ["sw-c33039-1"]),
        ("since<90m", ["sw-c33449-1", "wifi-c33039"]),
        ("reason=credential", ["sw-c33449-1"]),
        ("cause=sw-c33039-1", ["wifi-c33039"]),
        ("site~begles", ["sw-c33039-1"]),
        ("detail~lec", ["sw-c33449-1"]),
        ("name='Wi-Fi de Bègles'", ["wifi-c33039"]),
    ],
)
def test_a_filter_chooses(text: str, chosen: list[str]) -> None:
    status = make_status()
    keep = parse_filter(text)
    assert [problem.id for problem in status.problems if keep(problem, status.generated)] == chosen


@pytest.mark.parametrize("text", ["down", "stat=down", "since=1h", "since>soon", "state>down", "name='x"])
def test_a_filter_that_cannot_be_understood_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--filter: "):
        parse_filter(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("state=downn", "--filter: 'downn' is not a state: did you mean down?"),
        ("state=panne", "--filter: 'panne' is not a state: expected one of down, unreachable, degraded, unknown"),
        ("kind!=nodes", "--filter: 'nodes' is not a kind: did you mean node?"),
        ("reason=timeout|tls_expire", "--filter: 'tls_expire' is not a reason: did you mean tls_expired?"),
    ],
)
def test_a_value_that_cannot_be_is_not_taken_for_nothing_found(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_filter(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("text", ["state~do", "state=DOWN", "reason='tls expired'", "reason~tls", "kind=check|service"])
def test_values_of_closed_lists_are_read_as_freely_as_others(text: str) -> None:
    parse_filter(text)


@pytest.mark.parametrize("key", SORT_KEYS)
def test_every_sort_key_sorts_and_turns_round(key: str) -> None:
    problems = make_status().problems
    assert sorted(sort_problems(problems, key), key=id) == sorted(problems, key=id)
    assert sorted(sort_problems(problems, f"-{key}"), key=id) == sorted(problems, key=id)


def test_since_puts_the_longest_first_and_duration_too() -> None:
    problems = make_status().problems
    assert sort_problems(problems, "since")[0].id == "sw-c33039-1"
    assert sort_problems(problems, "-since")[-1].id == "sw-c33039-1"
    assert sort_problems(problems, "-duration")[0].id == "sw-c33039-1"


def test_an_unknown_sort_key_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"^--sort: 'age' is not known: expected one of state, since"):
        sort_problems((), "age")


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("Bègles", "Bègles"), ("begles", "Bègles"), ("villenave d'ornon", "Villenave-d'Ornon"), ("talen", "Talence")],
)
def test_a_commune_is_found_however_it_is_written(wanted: str, name: str) -> None:
    assert find_commune(make_status(), wanted) == name


@pytest.mark.parametrize(
    ("wanted", "hint"), [("begle s", "Bègles"), ("saint", "Saint-Médard-en-Jalles"), ("Paris", "")]
)
def test_no_such_commune_tells_the_nearest(wanted: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"no commune is called '{wanted}'.*{hint}"):
        find_commune(make_status(), wanted)
