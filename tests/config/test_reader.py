"""Files that are no configuration, and places inside texts."""

from pathlib import Path

import pytest

from netmon.config import reader
from netmon.config.source import MapNode, Scalar, inside, mark_of
from netmon.errors import Problem
from tests.config.good import problems, write

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

FILES: dict[str, tuple[str | bytes, str]] = {
    "a tab before a key": ("web:\n\tlisten: a:1\n", "2:1: a tab cannot indent YAML: use spaces"),
    "a tab among spaces": ("web:\n  listen: a:1\n \t b: c\n", "3:2: a tab cannot indent YAML: use spaces"),
    "an unclosed list": ("a: [b\n", "2:1: not valid YAML: did not find expected ',' or ']' (in what begins on line 1)"),
    "two keys on a line": ("web: a: b\n", "1:7: not valid YAML: mapping values are not allowed in this context"),
    "a star without quotes": ("communes: *\n", "1:11: a text that begins so must stand in quotes"),
    "an at sign without quotes": ("data_dir: @x\n", "1:11: a text that begins so must stand in quotes"),
    "an alias to nothing": (
        "data_dir: *secret\n", "1:11: no anchor has this alias's name: quote the value if '*' belongs to it"
    ),
    "an alias to its own list": ("a: &a [*a]\n", "1:8: an alias cannot stand inside the value it names"),
    "a tag of Python": (
        "a: !!python/object/apply:os.system [id]\n",
        "1:4: tags are not accepted: quote the value if '!' belongs to it",
    ),
    "a tag of one's own": ("a: !x b\n", "1:4: tags are not accepted: quote the value if '!' belongs to it"),
    "a tagged key": ("!x a: b\n", "1:1: expected a text as key"),
    "a list as key": ("[a]: b\n", "1:1: expected a text as key"),
    "an empty key": ("~: b\n", "1:1: expected a text as key, found nothing"),
    "a merge of a text": (
        "a: {<<: b}\n", "1:5: expected a mapping, or a list of mappings, to merge after '<<'"
    ),
    "two documents": ("a: b\n---\nc: d\n", "2:1: expected one document, found a second ('---')"),
    "a list": ("- a\n", "1:1: expected a mapping (lines 'key: value'), found a list"),
    "a text": ("hello\n", "1:1: expected a mapping (lines 'key: value'), found text"),
    "a control character": ("a: b\nc: d\x07e\n", "2:5: a control character (U+0007) cannot stand here"),
    "other bytes than UTF-8": ("a: é\nbc: é".encode("latin-1"), "1:4: expected UTF-8 text, found other bytes"),
    "UTF-16": ("a: b\n".encode("utf-16"), "1:1: expected UTF-8 text, found other bytes"),
    "lists in lists without end": ("[" * 500, "1:42: nested deeper than 40 levels"),
    "aliases of aliases": (BOMB, "6:32: more than 500000 values, aliases written out"),
    "too large": ("#" * (8 * 1024 * 1024 + 1), "1:1: is larger than 8388608 bytes"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_configuration_is_told_so(tmp_path: Path, content: str | bytes, expected: str) -> None:
    assert problems(tmp_path, {"netmon.yml": content})[0] == f"netmon.yml:{expected}"


def test_lists_that_the_parser_itself_bounds_are_told_the_same(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, {"netmon.yml": "[" * 100_000})
    assert found.endswith(": nested deeper than 40 levels")


@pytest.mark.parametrize("name", [name for name in FILES if "unclosed" not in name and "two keys" not in name])
def test_messages_do_not_depend_on_the_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    content, expected = FILES[name]
    monkeypatch.setattr(reader, "_LOADER", reader.yaml.SafeLoader)
    assert problems(tmp_path, {"netmon.yml": content})[0] == f"netmon.yml:{expected}"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path, {}) == ["netmon.yml:1:1: cannot be read: No such file or directory"]


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert problems(tmp_path, {"netmon.yml/x": ""}) == ["netmon.yml:1:1: is a directory"]


def test_a_device_that_never_ends_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "netmon.yml").symlink_to("/dev/zero")
    assert problems(tmp_path, {}) == ["netmon.yml:1:1: is not a regular file"]


def test_every_key_that_stands_twice_is_told_and_the_first_one_holds(tmp_path: Path) -> None:
    assert problems(tmp_path, {"netmon.yml": "language: fr\nweb: {}\nlanguage: de\nweb: 1\n"}) == [
        "netmon.yml:3:1: the key 'language' stands already on line 1",
        "netmon.yml:4:1: the key 'web' stands already on line 2",
    ]


def tree_of(directory: Path, text: str) -> MapNode:
    found: list[Problem] = []
    tree = reader.read_file(write(directory, {"netmon.yml": text}), "netmon.yml", found)
    assert not found
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    "text",
    [
        "e: all(aé, bb)",
        "e: 'all(aé, bb)'",
        'e: "all(aé, bb)"',
        "e:   all(aé,\n     bb)",
        "e: >-\n  all(aé,\n    bb)",
        "e: |\n  all(aé,\n  bb)\n",
        "e: >2-\n\n    all(aé, bb)\n",
        "# é\r\ne: all(aé,\r\n  bb)\r\n",
    ],
)
def test_a_place_inside_a_text_is_found_in_however_it_is_written(tmp_path: Path, text: str) -> None:
    value = tree_of(tmp_path, text)["e"]
    assert isinstance(value, Scalar)
    mark = inside(value, value.index("bb"))
    line = text.replace("\r\n", "\n").split("\n")[mark.line - 1]
    assert line[mark.column - 1 :].startswith("bb")


def test_a_place_inside_a_text_with_escapes_is_its_start(tmp_path: Path) -> None:
    value = tree_of(tmp_path, 'e: "\\u0061 bb"')["e"]
    assert (inside(value, 2).line, inside(value, 2).column) == (1, 4)


def test_lines_are_counted_as_editors_do(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "a: 'x\u2028y'\nb: z\r\nc: 1\n")
    assert [mark_of(tree, (key,)).line for key in "abc"] == [1, 2, 3]
