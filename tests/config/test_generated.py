"""The generated files say what the models say, and what the models say is enough."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netmon.config.generate import FILES, generate
from netmon.config.reference import COMMAND, MINIMAL, json_schema, markdown
from tests.config.good import problems

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_generated_files_are_current(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == FILES[path](), f"bring it up to date: {COMMAND}"


def test_generating_writes_the_files(tmp_path: Path) -> None:
    for path in generate(tmp_path):
        assert (tmp_path / path).read_text(encoding="utf-8") == FILES[path]()


def objects(schema: Any, name: str = "top") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield name, schema
        for key, inner in schema.items():
            yield from objects(inner, key)


def test_every_key_is_described_and_no_other_is_allowed() -> None:
    found = list(objects(json.loads(json_schema())))
    assert len(found) > 15
    for name, schema in found:
        assert schema["additionalProperties"] is False, name
        for key, value in schema["properties"].items():
            assert value.get("description", "").endswith("."), f"{name}.{key}"


def test_the_schema_knows_no_null() -> None:
    assert '"null"' not in json_schema()


def test_every_key_is_in_the_reference() -> None:
    text = markdown()
    for _, schema in objects(json.loads(json_schema())):
        for key in schema["properties"]:
            assert f"| `{key}` |" in text


def test_the_smallest_example_of_the_reference_is_valid(tmp_path: Path) -> None:
    assert problems(tmp_path, {"netmon.yml": MINIMAL, "secrets/snmp-community": "x"}) == []
