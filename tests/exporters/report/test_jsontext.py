"""JSON laid out line by line is what the standard library lays out."""

import json
from enum import StrEnum

from hypothesis import example, given
from hypothesis import strategies as st

from exporters.report.jsontext import laid_out


class Word(StrEnum):
    DOWN = "down"


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(Word)
values = st.recursive(
    plain,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(values)
@example({"outages": [{"parties": [], "seconds": {}, "incidents": ["é\ud800"]}, {"seconds": 1.5}], "to": None})
@example({"a": [[]], "b": ({"c": ()},)})
def test_the_layout_is_that_of_the_standard_library(value: object) -> None:
    assert laid_out(value) == json.dumps(value, ensure_ascii=False, indent=1)
