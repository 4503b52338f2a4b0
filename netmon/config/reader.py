"""YAML into trees with positions, from the parser's events.

Events rather than PyYAML's own nodes, because they tell quoted from plain text and let us bound depth and aliases
before anything is built. Only plain data is accepted: no tags, no merge of a mapping into itself, one document a file.
No message repeats a value: it might be a secret.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from netmon.config.source import ListNode, MapNode, Mark, Scalar, Source, Tree, kind_of, shown
from netmon.errors import Problem

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 40
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
MAX_VALUES = 500_000
"""Values of one file with aliases written out; a metropolis of 10 000 nodes has about 150 000."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|(?<!^)\ufeff")
_PLAIN_TAGS = frozenset({None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))})
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_QUOTED_WORD = re.compile(r"'[^'\s]{2,}'")


class _ReadError(Exception):
    """Reading cannot go on."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark


def read_file(path: Path, name: str, problems: list[Problem]) -> MapNode | None:
    """The mapping a configuration file holds; an empty file holds an empty one. ``name`` is how messages call it.

    What is wrong is added to ``problems``: unreadable, too large, not UTF-8, not YAML, not a mapping (then None), or a
    key that stands twice (then the first one holds).
    """
    source = read_source(path, name, problems)
    return None if source is None else read_mapping(source, problems)


def read_source(path: Path, name: str, problems: list[Problem]) -> Source | None:
    """The text of a file; None, and a problem, when it cannot be read as text."""
    try:
        return _source(path, name)
    except _ReadError as refused:
        problems.append(refused.mark.problem("", str(refused)))
        return None


def read_mapping(source: Source, problems: list[Problem]) -> MapNode | None:
    """The mapping a text holds; None, and a problem, when it holds none."""
    try:
        return _mapping(_Composer(source, problems).document())
    except _ReadError as refused:
        problems.append(refused.mark.problem("", str(refused)))
        return None


def read_tree(source: Source, problems: list[Problem]) -> Tree | None:
    """Whatever a text holds; None, and a problem, when it cannot be read."""
    try:
        return _Composer(source, problems).document()
    except _ReadError as refused:
        problems.append(refused.mark.problem("", str(refused)))
        return None


def _mapping(tree: Tree) -> MapNode:
    if isinstance(tree, MapNode):
        return tree
    if isinstance(tree, Scalar) and tree.null:
        return MapNode(tree.mark)
    raise _ReadError(tree.mark, f"expected a mapping (lines 'key: value'), found {kind_of(tree)}")


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most ``limit`` bytes.

    Raises:
        ValueError: with words that fit after the file's name.
    """
    try:
        if path.is_dir():
            raise ValueError("is a directory")
        if path.exists() and not path.is_file():
            raise ValueError("is not a regular file")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or 'input/output error'}") from None
    if len(content) > limit:
        raise ValueError(f"is larger than {limit} bytes")
    return content


def _source(path: Path, name: str) -> Source:
    try:
        content = read_bytes(path, MAX_FILE_BYTES)
    except ValueError as error:
        raise _ReadError(Mark(Source(name, path, ""), 0), str(error)) from None
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        good = content[: error.start].decode("utf-8")
        raise _ReadError(Mark(Source(name, path, good), len(good)), "expected UTF-8 text, found other bytes") from None
    source = Source(name, path, text.replace("\r\n", "\n").replace("\r", "\n"))
    bad = _UNPRINTABLE.search(source.text)
    if bad:
        raise _ReadError(Mark(source, bad.start()), f"a control character (U+{ord(bad[0]):04X}) cannot stand here")
    return source


@dataclass
class _Composer:
    """Builds the tree of one file; ``anchors`` hold each named value with the number of values in it."""

    source: Source
    problems: list[Problem]
    values: int = 0
    anchors: dict[str, tuple[Tree, int]] = field(default_factory=dict)
    open_anchors: set[str] = field(default_factory=set)

    def document(self) -> Tree:
        events = self._events()
        tree: Tree | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if tree is not None:
                    raise self._refuse(event, "expected one document, found a second ('---')")
                self.anchors.clear()
                tree = self._value(next(events), events, 0)
        return tree if tree is not None else Scalar("", Mark(self.source, 0), plain=True, null=True)

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.source.text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None
        except (yaml.YAMLError, RecursionError):
            raise _ReadError(Mark(self.source, 0), "not YAML that can be read") from None

    def _syntax(self, error: yaml.MarkedYAMLError) -> _ReadError:
        at = error.problem_mark or error.context_mark
        mark = self._mark(at) if at else Mark(self.source, 0)
        if "nesting" in (error.problem or ""):  # libyaml's own bound, far beyond ours, met while it reads ahead
            return _ReadError(mark, _TOO_DEEP)
        if self.source.text[mark.index : mark.index + 1] == "\t" or self._indented_by_tab(mark):
            return _ReadError(mark, "a tab cannot indent YAML: use spaces")
        start = error.context_mark or at
        if start and self.source.text[start.index : start.index + 1] in set("*&!%@`"):
            return _ReadError(self._mark(start), "a text that begins so must stand in quotes")
        words = _QUOTED_WORD.sub("'…'", error.problem or "syntax error")
        first = self._mark(start).line if start else mark.line
        since = f" (in what begins on line {first})" if first != mark.line else ""
        return _ReadError(mark, f"not valid YAML: {words}{since}")

    def _indented_by_tab(self, mark: Mark) -> bool:
        line = self.source.text[mark.index - mark.column + 1 :].split("\n", 1)[0]
        return "\t" in line[: len(line) - len(line.lstrip())]

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Tree:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > MAX_DEPTH:
            raise self._refuse(event, _TOO_DEEP)
        if event.tag not in _PLAIN_TAGS:
            raise self._refuse(event, "tags are not accepted: quote the value if '!' belongs to it")
        before = self.values
        self._count(event, 1)
        if event.anchor:
            self.open_anchors.add(event.anchor)
        tree = self._built(event, events, depth)
        if event.anchor:
            self.open_anchors.discard(event.anchor)
            self.anchors[event.anchor] = (tree, self.values - before)
        return tree

    def _built(self, event: Any, events: Iterator[Any], depth: int) -> Tree:
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, events, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, events, depth)
        return self._scalar(event)

    def _alias(self, event: Any) -> Tree:
        if event.anchor in self.open_anchors:
            raise self._refuse(event, "an alias cannot stand inside the value it names")
        if event.anchor not in self.anchors:
            raise self._refuse(event, "no anchor has this alias's name: quote the value if '*' belongs to it")
        tree, size = self.anchors[event.anchor]
        self._count(event, size)
        return tree

    def _count(self, event: Any, size: int) -> None:
        self.values += size
        if self.values > MAX_VALUES:
            raise self._refuse(event, f"more than {MAX_VALUES} values, aliases written out")

    def _scalar(self, event: Any) -> Scalar:
        plain = event.style in (None, "")
        null = plain and event.tag is None and event.value in _NULLS
        return Scalar("" if null else event.value, self._mark(event.start_mark), plain=plain, null=null)

    def _sequence(self, start: Any, events: Iterator[Any], depth: int) -> ListNode:
        node = ListNode(self._mark(start.start_mark))
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            node.append(self._value(event, events, depth + 1))
        return node

    def _mapping(self, start: Any, events: Iterator[Any], depth: int) -> MapNode:
        node = MapNode(self._mark(start.start_mark))
        merged: list[MapNode] = []
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            value = self._value(next(events), events, depth + 1)
            if key == "<<" and key.plain:
                merged += self._mergeable(key, value)
            elif key in node:
                first = node.keys_at[key].line
                self.problems.append(key.mark.problem("", f"the key {shown(key)} stands already on line {first}"))
            else:
                node.put(key, key.mark, value)
        self._merge(node, merged)
        return node

    def _key(self, event: Any) -> Scalar:
        if not isinstance(event, yaml.ScalarEvent) or event.tag not in _PLAIN_TAGS:
            raise self._refuse(event, "expected a text as key")
        key = self._scalar(event)
        if key.null:
            raise self._refuse(event, "expected a text as key, found nothing")
        return key

    def _mergeable(self, key: Scalar, value: Tree) -> list[MapNode]:
        sources = value if isinstance(value, ListNode) else [value]
        if not all(isinstance(source, MapNode) for source in sources):
            raise _ReadError(key.mark, "expected a mapping, or a list of mappings, to merge after '<<'")
        return list(sources)

    def _merge(self, node: MapNode, merged: list[MapNode]) -> None:
        for source in merged:
            for key, value in source.items():
                if key not in node:
                    node.put(key, source.keys_at[key], value)

    def _mark(self, mark: Any) -> Mark:
        return Mark(self.source, mark.index)

    def _refuse(self, event: Any, message: str) -> _ReadError:
        return _ReadError(self._mark(event.start_mark), message)
