"""Go's regular expressions by Python's: what matches, what is refused, what templates and numbers become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.goregex import RegexError, compile_go, expand, parse_float

MATCHES: list[tuple[str, str, bool | None]] = [
    (r"abc", "abc", True),
    (r"b", "abc", False),  # the whole text has to match
    (r"a|ab", "ab", True),
    (r"(?i)ABC", "abc", True),
    (r"a(?i)b|c", "aB", True),
    (r"a(?i)b|c", "C", True),  # a flag in the middle holds for the alternatives behind
    (r"a(?i)b|c", "Ab", False),
    (r"(?i:a)b", "AB", False),
    (r"(?i)a(?-i)b", "Ab", True),
    (r"(?i)a(?-i)b", "AB", False),
    (r"(a(?i)b)c", "aBC", False),
    (r"a.b", "a\nb", False),
    (r"(?s)a.b", "a\nb", True),
    (r"a$", "a\n", False),
    (r"(?m)a$\n", "a\n", True),
    (r"\Aa\z", "a", True),
    (r"\d+", "٣", False),
    (r"\w", "é", False),
    (r"[[:alpha:]]+[[:digit:]]*", "port12", True),
    (r"[[:^alpha:]]", "1", None),
    (r"[\s]", "\v", False),  # RE2's \s has no vertical tab
    (r"\S\s", "x ", True),
    (r"[^\s]", "x", True),
    (r"[]a]", "]", True),
    (r"[^]a]", "b", True),
    (r"[a\-z]", "-", True),
    (r"[[]", "[", True),
    (r"[a&&b]", "&", True),
    (r"\x41\x{1F600}\101", "A😀A", True),
    (r"\Qa.b\E+", "a.bb", True),
    (r"a{2}", "aa", True),
    (r"a{,2}", "a{,2}", True),
    (r"a{2,}?", "aaa", True),
    (r"(?P<n>x)(?<m>y)", "xy", True),
    (r"^+OK", "OK", True),  # a place may be repeated
    (r"a$?b\b{1,2}", "ab", True),
    (r"", "", True),
    (r"\pL", "", None),
    (r"(?=a)", "", None),
    (r"(?<!a)", "", None),
    (r"(a)\1", "", None),
    (r"(?U)a+", "", None),
    (r"a**", "", None),
    (r"a*+", "", None),
    (r"a{1001}", "", None),
    (r"(a", "", None),
    (r"a)", "", None),
    (r"[a", "", None),
    (r"[b-a]", "", None),
    ("a\\", "", None),
    (r"*", "", None),
    (r"\_", "", None),
]


@pytest.mark.parametrize(("expression", "text", "matches"), MATCHES)
def test_an_expression_means_what_it_means_in_go(expression: str, text: str, matches: bool | None) -> None:
    if matches is None:
        with pytest.raises(RegexError):
            compile_go(expression, whole=True)
    else:
        assert bool(compile_go(expression, whole=True).match(text)) is matches


def test_what_is_wrong_is_told_with_its_place() -> None:
    with pytest.raises(RegexError) as caught:
        compile_go(r"ab(?=c)")
    assert caught.value.position == 2


@pytest.mark.parametrize(
    ("template", "result"),
    [("$1", "12"), ("${1}0", "120"), ("$10", ""), ("$unit", "V"), ("$$1", "$1"), ("-$2", "-V"), ("$9", ""), ("5", "5")],
)
def test_templates_are_expanded_as_by_go(template: str, result: str) -> None:
    match = compile_go(r"(\d+) (?P<unit>\w)", whole=True).match("12 V")
    assert match is not None
    assert expand(template, match) == result


def test_a_group_that_took_no_part_is_nothing() -> None:
    match = compile_go("(a)|b", whole=True).match("b")
    assert match is not None
    assert expand("<$1>", match) == "<>"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0), ("-1.5e3", -1500.0), (".5", 0.5), ("5.", 5.0), ("0x1p-2", 0.25), ("+inf", float("inf")),
        ("1_0", None), (" 1", None), ("", None), (".", None), ("1e999", None), ("0x10", None), ("٣", None),
    ],
)  # fmt: skip
def test_numbers_are_those_of_go(text: str, number: float | None) -> None:
    assert parse_float(text) == number


@given(st.text(alphabet="ab\\[](){}?*+|^$.:-,0123imsPQE<>dDsSwWxz ", max_size=20))
def test_any_text_is_an_expression_or_is_refused(expression: str) -> None:
    try:
        pattern = compile_go(expression, whole=True)
    except RegexError:
        return
    assert pattern.pattern.startswith(r"\A(?:")
