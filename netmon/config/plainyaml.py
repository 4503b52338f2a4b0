"""Plain YAML read fast: what generators of large files write, without positions.

Block mappings and lists, scalars without or in quotes, folded over lines; nothing with anchors, tags, tabs or other
freedoms. Whatever is not certain is declined, and ``reader`` has to read the file: what is not declined is what
``reader`` would have read, five times sooner. Scalars are texts; what is nothing is the empty text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import yaml

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"

_LINE = re.compile(r"""^( *)(- )?(?:([A-Za-z0-9_.-]+|"[^"\\\n]*"|'[^'\n]*'):(?: (.*))?|(.*))$""", re.MULTILINE)
_SAFE_FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.(/$<=+^;\\")
_NEVER = re.compile("[\t\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SINGLE = re.compile("'((?:[^']|'')*)'")
_DOUBLE = re.compile(r'"([^"\\]*)"')
_NULLS = frozenset({"~", "null", "Null", "NULL"})
_EMPTY = frozenset({"[]", "{}", "~"})
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_DEPTH = 30


class _DeclinedError(Exception):
    """Not plain enough."""


def _unquoted(key: str) -> str:
    """A key as YAML reads it."""
    if not key or key in _NULLS:
        raise _DeclinedError
    return key[1:-1] if key[0] in "'\"" else key


class _Row(NamedTuple):
    """A line that says something: its number from 0, indentation, whether a dash leads, ``key: value`` (the key in its
    quotes) or text."""

    number: int
    indent: int
    dash: bool
    key: str
    value: str
    text: str


def read_plain(text: str, levels: int = 0) -> tuple[dict[str, Plain], Mapping[tuple[str, ...], int]] | None:
    """The mapping in ``text``, and the lines (from 1) of the keys of its first ``levels`` levels; None: declined."""
    if _NEVER.search(text):
        return None
    reading = _Reading(text, levels)
    try:
        return reading.document(), reading.places
    except _DeclinedError:
        return None


@dataclass
class _Reading:
    text: str
    levels: int
    places: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lines = self.text.split("\n")
        self._rows = [
            _Row(number, len(indent), bool(dash), key, value, rest)
            for number, (indent, dash, key, value, rest) in enumerate(_LINE.findall(self.text))
            if key or dash or (rest and rest[0] != "#")
        ]
        self._rows.append(_Row(len(self._lines), -1, False, "", "", ""))
        self._at = 0
        self._path: list[str] = []

    def document(self) -> dict[str, Plain]:
        if self._rows[0].text == "---":
            self._at = 1
        first = self._rows[self._at]
        if first.indent < 0:
            return {}
        if first.indent or first.dash:
            raise _DeclinedError
        whole = self._mapping(0, {}, 0)
        if self._rows[self._at].indent >= 0:
            raise _DeclinedError
        return whole

    def _mapping(self, column: int, found: dict[str, Plain], depth: int) -> dict[str, Plain]:
        """The pairs whose keys stand at ``column``, added to ``found``."""
        rows = self._rows
        if depth > _MAX_DEPTH:
            raise _DeclinedError
        while True:
            row = rows[self._at]
            if row.indent != column or row.dash:
                return found
            key = _unquoted(row.key)
            if key in found:
                raise _DeclinedError
            found[key] = self._pair(row, key, column, depth)

    def _pair(self, row: _Row, key: str, column: int, depth: int) -> Plain:
        if depth < self.levels:
            self._path[depth:] = [key]
            self.places[tuple(self._path)] = row.number + 1
        self._at += 1
        if row.value:
            return self._scalar(row.number, row.value, column)
        following = self._rows[self._at]
        if following.indent > column:
            return self._block(following, depth + 1)
        if following.indent == column and following.dash:
            return self._list(column, depth + 1)
        return ""

    def _block(self, row: _Row, depth: int) -> Plain:
        if row.dash:
            return self._list(row.indent, depth)
        if not row.key:
            raise _DeclinedError
        return self._mapping(row.indent, {}, depth)

    def _list(self, column: int, depth: int) -> list[Plain]:
        items: list[Plain] = []
        rows = self._rows
        while True:
            row = rows[self._at]
            if row.indent != column or not row.dash:
                return items
            if row.key:
                key = _unquoted(row.key)
                first = self._pair(row, key, column + 2, depth)
                items.append(self._mapping(column + 2, {key: first}, depth))
            else:
                self._at += 1
                items.append(self._scalar(row.number, row.text, column))

    def _scalar(self, number: int, value: str, column: int) -> Plain:
        """The scalar that begins with ``value`` on the line ``number``, in a block at ``column``."""
        if value[:1] not in _SAFE_FIRST and value[:1] <= "\xa0":
            return self._marked(number, value, column)
        if self._rows[self._at].indent > column:
            value = self._folded(number, value, column)
        if ": " in value or " #" in value or value[-1] in ": ":
            return self._careful(value)
        return "" if value in _NULLS else value

    def _careful(self, value: str) -> Plain:
        """A plain text with spaces or a comment behind; with a colon in it, it is none."""
        value = value.split(" #", 1)[0].rstrip()
        if ": " in value or value.endswith(":"):
            raise _DeclinedError
        return "" if value in _NULLS else value

    def _folded(self, number: int, value: str, column: int) -> str:
        parts = [value.strip()]
        while (row := self._rows[self._at]).indent > column:
            more = f"- {row.text}" if row.dash else row.text
            if row.key or row.number != number + len(parts) or " #" in parts[-1] or more[0] == "#":
                raise _DeclinedError
            parts.append(more.strip())
            self._at += 1
        if any(": " in part or part.endswith(":") for part in parts):
            raise _DeclinedError
        return " ".join(parts)

    def _marked(self, number: int, value: str, column: int) -> Plain:
        """A scalar in quotes, over several lines as they are written, or a list in brackets."""
        value = value.strip()
        more = self._rows[self._at].indent > column
        quoted = _SINGLE.fullmatch(value) or _DOUBLE.fullmatch(value)
        if quoted and not more:
            return quoted[1].replace("''", "'") if value[0] == "'" else quoted[1]
        if value in _EMPTY and not more:
            return "" if value == "~" else [] if value == "[]" else {}
        if not value or value[0] == "#":
            raise _DeclinedError
        if value[0] == "-" and value[1:2].isdigit() and not more and not set(value) & set(":#"):
            return value
        return self._left_to_yaml(number, value, column)

    def _left_to_yaml(self, number: int, value: str, column: int) -> Plain:
        if value[0] not in "'\"|>[" or "+" in value[:3]:
            raise _DeclinedError
        while self._rows[self._at].indent > column:
            self._at += 1
        behind = self._lines[number + 1 : self._rows[self._at].number]
        if any(line and not line.isspace() and len(line) - len(line.lstrip(" ")) <= column for line in behind):
            raise _DeclinedError  # comments, or a text that goes on where it must not
        try:
            found = yaml.load("\n".join([" " * column + "k: " + value, *behind, ""]), _LOADER)  # noqa: S506 - texts only
        except yaml.YAMLError:
            raise _DeclinedError from None
        scalar = found.get("k") if isinstance(found, dict) and len(found) == 1 else None
        if isinstance(scalar, str) and value[0] != "[":
            return scalar
        if isinstance(scalar, list) and all(isinstance(item, str) and item not in _NULLS for item in scalar):
            return list(scalar)
        raise _DeclinedError
