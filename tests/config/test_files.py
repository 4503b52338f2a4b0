"""Several files as one configuration."""

from pathlib import Path

import pytest

from tests.config.good import problems, read

COMMUNE = 'communes: [{{name: {0}, insee: "{1}", population: 1, tile: [{1}, 0]}}]\n'.replace('"{1}"', '"330{1}"')


def test_lists_are_joined_in_the_order_of_names_after_those_of_included_files(tmp_path: Path) -> None:
    files = {
        "netmon.yml": "include: [d/*.yml, z.yml]\n" + COMMUNE.format("Main", 10),
        "d/b.yml": COMMUNE.format("B", 11),
        "d/a.yml": "include: [sub/c.yml]\n" + COMMUNE.format("A", 12),
        "d/sub/c.yml": COMMUNE.format("C", 13),
        "d/note.txt": "no: yaml: here",
        "z.yml": COMMUNE.format("Z", 14),
    }
    configuration = read(tmp_path, files)
    assert list(configuration.inventory.communes) == ["C", "A", "B", "Z", "Main"]
    assert [str(path) for path in configuration.files] == [
        "netmon.yml", "d/a.yml", "d/sub/c.yml", "d/b.yml", "z.yml",
    ]  # fmt: skip


def test_mappings_are_joined_key_by_key(tmp_path: Path) -> None:
    credential = "{version: 1, community: '${file:s}'}"
    files = {
        "netmon.yml": f"include: [a.yml]\ndefaults: {{fall: 5}}\ncredentials: {{a: {credential}}}\n",
        "a.yml": f"defaults: {{rise: 4}}\ncredentials: {{b: {credential}}}\nlanguage: en\nnodes:\n",
        "s": "x",
    }
    assert read(tmp_path, files).language == "en"


def test_an_absolute_path_and_a_deep_pattern_can_be_included(tmp_path: Path) -> None:
    files = {
        "netmon.yml": f"include: [{tmp_path}/abs/*.yml, deep/**/*.yml]\n",
        "abs/a.yml": COMMUNE.format("A", 11),
        "deep/b.yml": COMMUNE.format("B", 12),
        "deep/er/c.yml": COMMUNE.format("C", 13),
    }
    assert list(read(tmp_path, files).inventory.communes) == ["A", "B", "C"]


WRONG: dict[str, tuple[dict[str, str], list[str]]] = {
    "a file that is not there": (
        {"netmon.yml": "include: [a.yml]\n"}, ["netmon.yml:1:11: include[0]: no file is called 'a.yml'"]
    ),
    "a directory that is not there": (
        {"netmon.yml": "include: [d/*.yml]\n"}, ["netmon.yml:1:11: include[0]: no directory is called 'd'"]
    ),
    "a directory": ({"netmon.yml": "include: [d]\n", "d/x": ""}, ["d:1:1: is a directory"]),
    "itself": (
        {"netmon.yml": "include: ['*.yml']\n"},
        ["netmon.yml:1:11: include[0]: an include cannot lead back to its own file: netmon.yml -> netmon.yml"],
    ),
    "a circle": (
        {"netmon.yml": "include: [a.yml]\n", "a.yml": "include: [d/b.yml]\n", "d/b.yml": "include: [../a.yml]\n"},
        ["d/b.yml:1:11: include[0]: an include cannot lead back to its own file: a.yml -> d/b.yml -> a.yml"],
    ),
    "a file twice": (
        {"netmon.yml": "include: [a.yml, ./a.yml]\n", "a.yml": ""},
        ["netmon.yml:1:18: include[1]: 'a.yml' is included already"],
    ),
    "a name that cannot be one": (
        {"netmon.yml": 'include: ["a\\0b", "**x/*"]\n'},
        [
            "netmon.yml:1:11: include[0]: expected a text on one line, of 1 to 1000 characters",
            "netmon.yml:1:19: include[1]: '**x/*' cannot be the name of a file",
        ],
    ),
    "a text instead of a list": (
        {"netmon.yml": "include: a.yml\n", "a.yml": ""},
        ["netmon.yml:1:10: include: expected a list, found text: put it in brackets [ ]"]
    ),
    "a value said in two files": (
        {"netmon.yml": "include: [a.yml]\nlanguage: fr\n", "a.yml": "\nlanguage: fr\n"},
        ["netmon.yml:2:1: language: is said already in a.yml, line 2"],
    ),
    "a key of a mapping said in two files": (
        {"netmon.yml": "include: [a.yml]\nweb: {listen: 'a:1'}\n", "a.yml": "web: {listen: 'a:2'}\n"},
        ["netmon.yml:2:7: web.listen: is said already in a.yml, line 1"],
    ),
    "a section of two shapes": (
        {"netmon.yml": "include: [a.yml]\nnodes: {}\n", "a.yml": "nodes: []\n"},
        ["netmon.yml:2:1: nodes: expected a list as elsewhere, found a mapping"],
    ),
    "mistakes in several files, some unreadable": (
        {"netmon.yml": "include: [a.yml, b.yml]\nx: 1\n", "a.yml": "y: z: 1\n", "b.yml": "sites: [{}]\n"},
        [
            "netmon.yml:2:1: x: unknown key",
            "a.yml:1:5: not valid YAML: mapping values are not allowed in this context",
            "b.yml:1:9: sites[0].commune: is required: the commune it stands in, by name",
            "b.yml:1:9: sites[0].id: is required: its name for netmon, unique among sites, nodes, checks and services",
            "b.yml:1:9: sites[0].kind: is required: what it is",
            "b.yml:1:9: sites[0].name: is required: its name for people",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), WRONG.values(), ids=WRONG.keys())
def test_an_include_that_goes_wrong_is_told(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert problems(tmp_path, files) == expected


def test_a_pattern_that_no_file_matches_yet_is_fine(tmp_path: Path) -> None:
    assert problems(tmp_path, {"netmon.yml": "include: [conf.d/*.yml]\n", "conf.d/README": ""}) == []


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    files = {
        "netmon.yml": "include: [a.yml, b.yml]\n",
        "a.yml": COMMUNE.format("A", 11),
        "b.yml": COMMUNE.format("A", 12),
    }
    assert problems(tmp_path, files) == ["b.yml:1:19: communes[1].name: 'A' is taken already, on line 1 of a.yml"]


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "write_bytes", lambda self, content: None)
    (tmp_path / "netmon.yml").touch()
    assert problems(tmp_path, {}) == ["netmon.yml:1:1: cannot be read: Permission denied"]
