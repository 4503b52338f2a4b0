"""What was read, with where it stood: containers and scalars that remember file, line and column.

The containers are a ``dict`` and a ``list``, scalars are ``str``: pydantic validates them as they are, and whoever
finds something wrong still knows its place. Types follow from what a key expects, not from how a value looks: ``no``
is a text where a text is expected, and a town's code keeps its leading zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from netmon.errors import Problem

_SHOWN = 60

Location: TypeAlias = Sequence[str | int]
"""Keys and list indices from the root down, as pydantic gives them."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: ``name`` as shown to the operator, ``path`` for what is relative to it, and its text."""

    name: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: the character at ``index`` of its text."""

    source: Source
    index: int

    @property
    def line(self) -> int:
        """The line, from 1. Only a line feed ends one, as editors have it; YAML's parser counts others too."""
        return self.source.text.count("\n", 0, self.index) + 1

    @property
    def column(self) -> int:
        """The column in characters, from 1."""
        return self.index - self.source.text.rfind("\n", 0, self.index)

    def problem(self, path: str, message: str) -> Problem:
        """Something wrong here."""
        return Problem(self.source.name, self.line, self.column, harmless(path, 300), harmless(message, 1000))


class Scalar(str):
    """A scalar's text. ``plain``: written without quotes; ``null``: nothing was written, or ``null`` or ``~``."""

    __slots__ = ("mark", "null", "plain")

    mark: Mark
    plain: bool
    null: bool

    def __new__(cls, text: str, mark: Mark, *, plain: bool, null: bool = False) -> "Scalar":
        scalar = super().__new__(cls, text)
        scalar.mark, scalar.plain, scalar.null = mark, plain, null
        return scalar


class ListNode(list[Any]):
    """A YAML sequence."""

    def __init__(self, mark: Mark, items: Sequence["Tree"] = ()) -> None:
        super().__init__(items)
        self.mark = mark


class MapNode(dict[str, Any]):
    """A YAML mapping; ``keys_at`` tells where each key stands."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.keys_at: dict[str, Mark] = {}

    def put(self, key: str, at: Mark, value: "Tree") -> None:
        """Set ``key``, which stands at ``at``."""
        self[key] = value
        self.keys_at[key] = at


Tree: TypeAlias = Scalar | ListNode | MapNode


def shown(text: str) -> str:
    """A name as a message quotes it."""
    return f"'{harmless(text, _SHOWN)}'"


def harmless(text: str, limit: int) -> str:
    """The text on one line of at most ``limit`` characters, without any that would move a terminal's cursor."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[: limit + 1])
    return clean if len(clean) <= limit else f"{clean[:limit]}…"


def kind_of(value: object) -> str:
    """What ``value`` is, in words that do not show it."""
    if isinstance(value, MapNode):
        return "a mapping"
    if isinstance(value, ListNode):
        return "a list"
    return "nothing" if isinstance(value, Scalar) and value.null else "text"


def child(tree: object, step: str | int) -> Tree | None:
    """The value under ``step`` of a container; None where there is none."""
    if isinstance(tree, MapNode):
        found: Tree | None = tree.get(str(step))
        return found
    if isinstance(tree, ListNode) and isinstance(step, int) and 0 <= step < len(tree):
        item: Tree = tree[step]
        return item
    return None


def mark_of(tree: Tree, location: Location, *, key: bool = False) -> Mark:
    """Where the value at ``location`` stands, or its key; where it is missing, the innermost container there is."""
    mark = tree.mark
    node: Tree | None = tree
    for position, step in enumerate(location):
        found = child(node, step)
        if found is None:
            break
        last = position == len(location) - 1
        mark = node.keys_at[str(step)] if key and last and isinstance(node, MapNode) else found.mark
        node = found
    return mark


def mappings(section: object) -> Iterator[tuple[int, MapNode]]:
    """The mappings of a list section with their indices; anything else in it is somebody else's error."""
    if isinstance(section, ListNode):
        for index, item in enumerate(section):
            if isinstance(item, MapNode):
                yield index, item


def text_of(item: MapNode, key: str) -> Scalar | None:
    """The scalar under ``key``, where one is."""
    value = item.get(key)
    return value if isinstance(value, Scalar) and not value.null else None


def texts_of(item: MapNode, key: str) -> list[tuple[int, Scalar]]:
    """The scalars of the list under ``key``, with their indices."""
    value = item.get(key)
    items = value if isinstance(value, ListNode) else []
    return [(index, text) for index, text in enumerate(items) if isinstance(text, Scalar) and not text.null]


def inside(scalar: Scalar, offset: int) -> Mark:
    """The place of the character at ``offset`` of a scalar's text.

    The written form is followed: quotes, block headers and folded lines are stepped over. Where it cannot be followed
    (escapes), the place is the scalar's start.
    """
    text, written = str(scalar), scalar.mark.source.text
    at = _first_character(written, scalar.mark.index)
    position = 0
    while position < min(offset, len(text)):
        if text[position].isspace():
            position, at = _past_spaces(text, position), _past_spaces(written, at)
        elif at < len(written) and written[at] == text[position]:
            position, at = position + 1, at + 1
        else:
            return scalar.mark
    return Mark(scalar.mark.source, at)


def _first_character(written: str, index: int) -> int:
    if written[index : index + 1] in {"|", ">"}:
        newline = written.find("\n", index)
        return _past_spaces(written, newline) if newline >= 0 else index
    return index + 1 if written[index : index + 1] in {'"', "'"} else index


def _past_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
