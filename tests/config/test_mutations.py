"""Whatever is done to good files, reading them ends in a configuration or in a ``ConfigError``."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netmon.config import ConfigError, Configuration
from netmon.errors import Problem
from tests.config.good import GOOD, OTHER_SECRET, SECRET, read

TEXTS = {name: GOOD[name] for name in ("netmon.yml", "more/web.yml")}
quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

MARKS = [
    "\t",
    "\n",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "*a",
    "&a ",
    "!x ",
    "'",
    '"',
    "|\n",
    ">\n",
    "? ",
    "<<: *a",
    "---\n",
]
WORDS = ["0", "-1", "9" * 30, "1e9", "0x1f", "null", "true", "~", "*", "${file:secret}", "\x00", "\ud7ff", "%", "@"]
VALUES_OF_KINDS = ["core-1", "all(", "at_least(9, a)", "30s", "1MiB", "[::1]:1", "http://[", "(" * 300, "\u0000", ""]
SNIPPETS = st.one_of(st.sampled_from(MARKS), st.sampled_from(WORDS), st.text(max_size=6))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates(), st.sampled_from(WORDS[:-4]),
    st.sampled_from(VALUES_OF_KINDS),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def outcome(directory: Path, files: dict[str, str | bytes]) -> Configuration | list[Problem]:
    try:
        return read(directory, files)
    except ConfigError as error:
        found = error.problems
    assert found
    for problem in found:
        assert problem.line >= 1
        assert problem.column >= 1
        assert str(problem).isprintable()
        assert SECRET not in str(problem)
        assert OTHER_SECRET not in str(problem)
    return found


@quick
@given(st.data())
def test_cutting_and_pasting_letters(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TEXTS)))
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    changed = text[:start] + data.draw(SNIPPETS) + text[end:]
    outcome(tmp_path, {**GOOD, name: changed.encode("utf-8", "surrogatepass")})


@quick
@given(st.data())
def test_writing_other_bytes(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TEXTS)))
    content = bytearray(TEXTS[name].encode())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    outcome(tmp_path, {**GOOD, name: bytes(content)})


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = tree.keys() if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    return [path, *(place for key in keys for place in places(tree[key], (*path, key)))]


def put(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = put(tree[path[0]], path[1:], value)
    return copy


TREES = {name: yaml.load(text, yaml.BaseLoader) for name, text in TEXTS.items()}
PLACES = {name: places(tree) for name, tree in TREES.items()}


@quick
@given(st.data())
def test_putting_any_value_in_any_place(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TREES)))
    tree = put(TREES[name], data.draw(st.sampled_from(PLACES[name])), data.draw(VALUES))
    style = data.draw(st.sampled_from([True, False, None]))
    outcome(tmp_path, {**GOOD, name: yaml.safe_dump(tree, allow_unicode=True, default_flow_style=style)})


@quick
@given(st.data())
def test_leaving_out_any_value(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TREES)))
    path = data.draw(st.sampled_from([place for place in PLACES[name] if place]))
    parent = TREES[name]
    for step in path[:-1]:
        parent = parent[step]
    rest = parent[: path[-1]] + parent[path[-1] + 1 :] if isinstance(parent, list) else {**parent}
    if isinstance(rest, dict):
        del rest[path[-1]]
    outcome(tmp_path, {**GOOD, name: yaml.safe_dump(put(TREES[name], path[:-1], rest), allow_unicode=True)})
