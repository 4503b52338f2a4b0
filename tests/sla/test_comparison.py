"""Documents compared figure by figure: the same have no differences, and no change goes unseen."""

import copy
import json

from hypothesis import assume, given
from hypothesis import strategies as st

from netmon.sla.comparison import Difference, InputChange, count_figures, differences, input_changes

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
KEYS = st.sampled_from(["object", "name", "from", "low", "high", "seconds", "outages"])


def documents(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """JSON of such leaves with no list or mapping empty: what holds nothing says the same as what is not there."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(KEYS, inner, min_size=1, max_size=4),
        max_leaves=20,
    )


DOCUMENTS = documents(LEAVES)
FULL = documents(st.integers() | st.text(max_size=5))


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself_nor_from_its_copy(document):
    assert differences(document, json.loads(json.dumps(document))) == []


@given(FULL, FULL)
def test_documents_that_differ_are_told_apart(one, other):
    assume(json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True) and one != other)
    assert differences(one, other)


REPORT = {
    "digest": "a", "generated": "x", "figures": {"low": 0.9, "seconds": {"up": 10}},
    "communes": [
        {
            "commune": "Bègles", "insee": "33039", "low": 0.5,
            "services": [
                {"object": "web", "name": "Portail", "low": 0.9,
                 "outages": [{"object": "web", "from": "1", "counted": 5}]},
                {"object": "wifi", "name": "Wifi", "low": 1.0, "outages": []},
            ],
        }
    ],
}  # fmt: skip


def test_a_difference_says_of_what_and_which_figure():
    changed = copy.deepcopy(REPORT)
    changed["communes"][0]["services"][1]["low"] = 0.7
    changed["figures"]["seconds"]["up"] = 9
    changed["digest"] = "b"
    assert differences(REPORT, changed) == [
        Difference("", "", "figures.seconds.up", 10, 9),
        Difference("Bègles", "Wifi", "communes.services.low", 1.0, 0.7),
    ]
    assert count_figures(REPORT) == 14


def test_things_are_matched_by_what_they_are_not_by_their_place():
    changed = copy.deepcopy(REPORT)
    services = changed["communes"][0]["services"]
    services.reverse()
    gone = services[1]["outages"].pop()
    assert differences(REPORT, changed) == [Difference("Bègles", "web", "communes.services.outages", gone, None)]
    changed["communes"].insert(0, {"commune": "Ambès", "insee": "33004", "low": 1})
    assert [each.commune for each in differences(REPORT, changed)] == ["Bègles", "Ambès"]


def test_inputs_differ_by_the_lines_one_side_has_more_often():
    before, after = ['{"a":1}', '{"b":1}', '{"b":1}'], ['{"b":1}', '{"c":1}']
    assert input_changes(before, after) == [
        InputChange(False, '{"a":1}'), InputChange(False, '{"b":1}'), InputChange(True, '{"c":1}'),
    ]  # fmt: skip
