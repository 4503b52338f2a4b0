"""Lines within bounds, and templates that quote them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.net.matching import Match, search_now
from collectors.tcp.conversation import expand

MATCH = search_now(r"^220 (\S\S\S)(?P<kind> ESMTP)?(x)?", "220 abc ESMTP Postfix")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("EHLO ${1}", "EHLO abc"),
        ("EHLO $1", "EHLO abc"),
        ("$1x", ""),
        ("${1}x", "abcx"),
        ("$0", "220 abc ESMTP"),
        ("${kind}", " ESMTP"),
        ("${2}", " ESMTP"),
        ("$kind!", " ESMTP!"),
        ("${3}", ""),
        ("${4}${99999999999}${nobody}", ""),
        ("${01}", ""),
        ("a$$b", "a$b"),
        ("$", "$"),
        ("5 $ and ${1", "5 $ and ${1"),
        ("${}", "${}"),
        ("${1 }", "${1 }"),
        ("plain", "plain"),
    ],
)
def test_a_template_is_filled_as_go_fills_it(template: str, text: str) -> None:
    assert MATCH is not None
    assert expand(template, MATCH) == text


@given(st.text(), st.lists(st.none() | st.text(), min_size=1, max_size=3))
def test_any_template_is_filled_from_any_match(template: str, groups: list[str | None]) -> None:
    text = expand(template, Match(tuple(groups), {}))
    if "$" not in template:
        assert text == template
    assert not re.search(r"\$\$", template) or "$" in text
