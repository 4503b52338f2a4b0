"""The fast reading of plain YAML: what it reads is what the reading with places reads, and what it declines is fine."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netmon.config.plainyaml import read_plain
from netmon.config.reader import read_mapping
from netmon.config.source import Source, Tree
from netmon.errors import Problem
from tests.config.modulefiles import stock


def placed(text: str) -> tuple[Any, list[Problem]]:
    problems: list[Problem] = []
    tree = read_mapping(Source("x.yml", Path("x.yml"), text), problems)
    return None if tree is None else plain(tree), problems


def plain(tree: Tree) -> Any:
    if isinstance(tree, dict):
        return {str(key): plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(item) for item in tree]
    return str(tree)


READ = [
    "",
    "# nothing\n",
    "---\na: 1\n",
    "a:\n  b:\n  - 1\n  - 2\n  c: 3\n",
    "a:\n- b: 1\n  c:\n  - d\n- e: 2\n",
    "a:\n  - b\n",
    "a: text over\n  lines - with\n  dashes\nb: 1\n",
    "a: 'it''s'\nb: \"two\"\n'c d': 1\n\"e\": 2\n'': 3\n",
    'a: "with \\"quotes\\" over\n  lines\\n"\nb: 1\n',
    "a: 'single over\n\n  lines'\nb: 1\n",
    "a: |\n  block\n    text\n  # no comment\nb: >-\n  folded\n  text\nc: 1\n",
    "a: []\nb: {}\nc: [x, \"y z\", 'it''s']\nd: [a,\n  b]\n",
    "a: x # comment\n# comment\n  # another\nb: x#y\n",
    "a: ~\nb: null\nc:\nd: ''\n",
    "a: http://x:80/y\nb: a:b\nc: -5\nd: +5\ne: .5\n",
    "a:\n  b: 1\n\n\n  c: 2\n",
    "a: é\nb: °C\n",
]


@pytest.mark.parametrize("text", READ)
def test_plain_yaml_is_read_as_the_slower_reading_reads_it(text: str) -> None:
    found = read_plain(text)
    assert found is not None
    assert (found[0], []) == placed(text)


DECLINED = [
    "a: &x 1\nb: *x\n", "a: !!str 1\n", "a: 1\na: 2\n", "a: b: c\n", "a: 1\n b: 2\n", "\ta: 1\n", "a\n", "- a\n",
    "a: 'open\n", "a: \"open\n", "a: [1\n", "a: {b: 1}\n", "? a\n: b\n", "<<: {a: 1}\n", "a: 1\n---\nb: 2\n", "a: %x\n",
    "a: @x\n", "a: text\n  key: 1\n", "a: text\n\n  more\n", "a: x # c\n  more\n", "a:\n  - b\n - c\n",
    "a: |+\n  x\n\n",    "null: 1\n", "a: [~]\n", "a:\n-\n", "a: \x85\n", "a: x:\n", "a: - b\n",
]  # fmt: skip


@pytest.mark.parametrize("text", DECLINED)
def test_what_is_not_certain_is_declined(text: str) -> None:
    assert read_plain(text) is None


def test_lines_of_the_first_levels_are_told() -> None:
    found = read_plain("a:\n  b: 1\n\n  c:\n    d: 1\ne: 2\n", 2)
    assert found is not None
    assert found[1] == {("a",): 1, ("a", "b"): 2, ("a", "c"): 4, ("e",): 6}


words = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="ab :#-'\"\\,[]{}&*!|>%@`?~.0\n\té", max_size=12),
    st.sampled_from(["null", "~", "true", "- x", "a: b", "x #y", "The folded text - 1.3.6 " * 6]),
)
trees = st.recursive(
    words,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(words, trees, max_size=4), st.sampled_from([20, 80]), st.booleans())
def test_whatever_is_written_out_is_read_alike_or_declined(
    document: dict[str, Any], width: int, plain_lists: bool
) -> None:
    text = yaml.safe_dump(document, width=width, allow_unicode=True, default_flow_style=None if plain_lists else False)
    found = read_plain(text)
    assert found is None or (found[0], []) == placed(text)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(alphabet="ab :#-'\"[]{}|>~.\n ", max_size=40))
def test_any_text_is_read_alike_or_declined(text: str) -> None:
    found = read_plain(text)
    assert found is None or (found[0], []) == placed(text)


SMALL = stock(1)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.integers(0, 1500), st.integers(0, 3), st.sampled_from(["", " ", "'", '"', ":", "#", "- ", "\n", "x", "  "]))
def test_a_spoilt_file_is_read_alike_or_declined(at: int, taken: int, put: str) -> None:
    text = SMALL[:at] + put + SMALL[at + taken : 2000]
    found = read_plain(text)
    assert found is None or (found[0], []) == placed(text)


def test_a_file_as_large_as_the_stock_one_is_plain() -> None:
    text = stock()
    assert len(text) > 1_800_000
    found = read_plain(text)
    assert found is not None
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    assert found[0] == yaml.load(text, loader)
