"""Two report documents, figure by figure; and what lies between the inputs of two editions.

Documents are compared as the JSON they are stored as: every field there is takes part, also those of later versions.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_NO_FIGURES = frozenset({"generated", "version", "language", "digest", "configuration", "schema_version"})
_KEYS = ("object", "commune", "incident", "contract", "id", "name", "from", "label", "rule", "month", "family", "site")
_SUBJECTS = ("name", "commune", "object", "family", "label")


@dataclass(frozen=True, slots=True)
class Difference:
    """``figure`` (the path of keys) of ``subject`` was ``before`` and is ``after``; None where it is not there. What
    only one of the documents has, an outage for instance, is one difference, whole."""

    commune: str
    subject: str
    figure: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class InputChange:
    """A line that is an input now (``added``) or no longer is."""

    added: bool
    line: str

    @property
    def told(self) -> Mapping[str, Any]:
        """The line's fields."""
        fields: dict[str, Any] = json.loads(self.line)
        return fields

    @property
    def about(self) -> str:
        """The object the line is about: its id, a commune's name; empty for the monitor itself."""
        told = self.told
        configured = told.get("configured")
        about = configured if isinstance(configured, dict) else told
        return str(about.get("object") or about.get("id") or about.get("name") or "")


def differences(before: Json, after: Json) -> list[Difference]:
    """All figures in which the documents differ, in the order they stand."""
    return list(_compare(before, after, "", "", ""))


def count_figures(document: Json) -> int:
    """How many values take part in a comparison."""
    if isinstance(document, dict):
        return sum(count_figures(value) for key, value in document.items() if key not in _NO_FIGURES)
    if isinstance(document, list):
        return sum(count_figures(item) for item in document)
    return 1


def input_changes(before: Sequence[str], after: Sequence[str]) -> list[InputChange]:
    """The lines that one of the two has more often than the other: those gone, then those new."""
    old, new = Counter(before), Counter(after)
    gone = [InputChange(False, line) for line in (old - new).elements()]
    return [*gone, *(InputChange(True, line) for line in (new - old).elements())]


def _compare(before: Json, after: Json, commune: str, subject: str, path: str) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        commune, subject = _named(after, commune, subject)
        for key in (*before, *(key for key in after if key not in before)):
            if key not in _NO_FIGURES:
                below = f"{path}.{key}" if path else key
                yield from _compare(before.get(key), after.get(key), commune, subject, below)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_lists(before, after, commune, subject, path)
    elif isinstance(before, dict | list) or isinstance(after, dict | list):
        yield from _one_sided(before, after, commune, subject, path)
    elif before != after:
        yield Difference(commune, subject, path, before, after)


def _one_sided(before: Json, after: Json, commune: str, subject: str, path: str) -> Iterator[Difference]:
    for side in (before, after):
        if isinstance(side, dict):
            commune, subject = _named(side, commune, subject)
    if before != after:
        yield Difference(commune, subject, path, before, after)


def _compare_lists(
    before: list[Json], after: list[Json], commune: str, subject: str, path: str
) -> Iterator[Difference]:
    old, new = _by_key(before), _by_key(after)
    for key in (*old, *(key for key in new if key not in old)):
        yield from _compare(old.get(key), new.get(key), commune, subject, path)


def _by_key(items: list[Json]) -> dict[str, Json]:
    """The items by what they are about; those that say the same of themselves by their place among these."""
    found: dict[str, Json] = {}
    for place, item in enumerate(items):
        names = [f"{item[key]}" for key in _KEYS if key in item] if isinstance(item, dict) else [str(place)]
        key, number = "\n".join(names) or str(place), 0
        while (full := f"{key}\n{number}") in found:
            number += 1
        found[full] = item
    return found


def _named(item: Mapping[str, Json], commune: str, subject: str) -> tuple[str, str]:
    if "insee" in item and isinstance(item.get("commune"), str):
        return str(item["commune"]), str(item["commune"])
    found = next((str(item[key]) for key in _SUBJECTS if isinstance(item.get(key), str)), subject)
    return commune, found if "figures" not in item else subject
