"""The main file and the files it includes, joined into one tree in which every value still knows its file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from netmon.config.reader import read_file
from netmon.config.source import ListNode, MapNode, Mark, Scalar, Source, Tree, kind_of, shown, texts_of
from netmon.errors import Problem

MAX_FILES = 2000
_GLOB_LETTERS = frozenset("*?[")


@dataclass
class Files:
    """What was read: the joined ``tree``, the ``paths`` in order of reading, and the ``problems`` met."""

    tree: MapNode
    paths: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_all(main: Path) -> Files:
    """Read ``main`` and what it includes. Files are called as the operator would: ``main`` as given, others from it."""
    files = Files(MapNode(Mark(Source(str(main), main, ""), 0)))
    _Reader(files).read(main, main, (), None)
    return files


@dataclass
class _Reader:
    files: Files
    seen: dict[Path, str] = field(default_factory=dict)

    def read(self, path: Path, shown_path: Path, chain: tuple[Path, ...], said: tuple[Scalar, str] | None) -> None:
        """Read one file, then what it includes. ``said`` is the entry that asks for it, with its dotted path."""
        real = Path(os.path.realpath(path))
        problem = self._repeated(real, chain)
        if problem and said:
            self.files.problems.append(said[0].mark.problem(said[1], problem))
            return
        self.seen[real] = str(shown_path)
        self.files.paths.append(path)
        tree = read_file(path, str(shown_path), self.files.problems)
        if tree is None:
            return
        if said is None:
            self.files.tree.mark = tree.mark
        self._include(tree.get("include"), path, shown_path, (*chain, real))
        self._join(tree)

    def _repeated(self, real: Path, chain: tuple[Path, ...]) -> str:
        if real in chain:
            loop = [self.seen[path] for path in chain[chain.index(real) :]]
            return f"an include cannot lead back to its own file: {' -> '.join([*loop, loop[0]])}"
        if real in self.seen:
            return f"{shown(self.seen[real])} is included already"
        return f"more than {MAX_FILES} files" if len(self.seen) >= MAX_FILES else ""

    def _include(self, patterns: object, path: Path, shown_path: Path, chain: tuple[Path, ...]) -> None:
        for index, pattern in enumerate(patterns if isinstance(patterns, ListNode) else ()):
            if not isinstance(pattern, Scalar) or pattern.null or not pattern.strip() or not pattern.isprintable():
                continue
            label = f"include[{index}]"
            names = matching_files(pattern, path.parent, label, self.files.problems)
            for name in names:
                self.read(path.parent / name, shown_path.parent / name, chain, (pattern, label))

    def _join(self, tree: MapNode) -> None:
        joined = self.files.tree
        for key, value in tree.items():
            if key not in joined or _nothing(joined[key]):
                joined.put(key, tree.keys_at[key], _copy(value))
            elif not _nothing(value):
                self._join_value(key, joined[key], value, tree.keys_at[key])

    def _join_value(self, key: str, old: object, new: object, at: Mark) -> None:
        if isinstance(old, ListNode) and isinstance(new, ListNode):
            old.extend(new)
        elif isinstance(old, MapNode) and isinstance(new, MapNode):
            for name, value in new.items():
                if name in old:
                    self._conflict(f"{key}.{name}", old.keys_at[name], new.keys_at[name])
                else:
                    old.put(name, new.keys_at[name], value)
        elif kind_of(old) == kind_of(new):
            self._conflict(key, self.files.tree.keys_at[key], at)
        else:
            self.files.problems.append(at.problem(key, f"expected {kind_of(old)} as elsewhere, found {kind_of(new)}"))

    def _conflict(self, path: str, first: Mark, second: Mark) -> None:
        message = f"is said already in {first.source.name}, line {first.line}"
        self.files.problems.append(second.problem(path, message))


def module_files(files: Files, section: str) -> Iterator[tuple[Path, str]]:
    """The files that ``module_files`` of a section names, each once, with what messages call it.

    Paths and problems are added to ``files``.
    """
    tree = files.tree.get(section)
    seen: set[Path] = set()
    for index, pattern in texts_of(tree, "module_files") if isinstance(tree, MapNode) else []:
        source = pattern.mark.source
        for name in matching_files(pattern, source.path.parent, f"{section}.module_files[{index}]", files.problems):
            path = source.path.parent / name
            if path not in seen:
                seen.add(path)
                files.paths.append(path)
                yield path, str(Path(source.name).parent / name)


def matching_files(pattern: Scalar, base: Path, label: str, problems: list[Problem]) -> list[str]:
    """The files a pattern names, in order, relative to ``base``; one without any is a problem of ``label``."""
    text = str(pattern)
    message = ""
    names: list[str] = []
    try:
        if not _GLOB_LETTERS & set(text):
            names = [text]
            message = "" if (base / text).exists() else f"no file is called {shown(text)}"
        else:
            names, message = _matches(text, base)
    except (OSError, ValueError, NotImplementedError):
        message = f"{shown(text)} cannot be the name of a file"
    if message:
        problems.append(pattern.mark.problem(label, message))
        return []
    return names


def _nothing(value: object) -> bool:
    """A section of which all is commented out."""
    return isinstance(value, Scalar) and value.null


def _matches(pattern: str, base: Path) -> tuple[list[str], str]:
    """The files matching, as texts in the way the pattern says them; none is fine where their directory exists."""
    anchor = Path(Path(pattern).anchor) if Path(pattern).is_absolute() else None
    root, relative = (anchor, str(Path(pattern).relative_to(anchor))) if anchor else (base, pattern)
    found = sorted(path for path in root.glob(relative) if path.is_file())
    if not found:
        fixed = Path(*_before_glob(Path(pattern)))
        if not (base / fixed).is_dir():
            return [], f"no directory is called {shown(str(fixed))}"
    return [str(path) if anchor else str(path.relative_to(base)) for path in found], ""


def _before_glob(pattern: Path) -> list[str]:
    fixed: list[str] = []
    for part in pattern.parts:
        if _GLOB_LETTERS & set(part):
            break
        fixed.append(part)
    return fixed


def _copy(value: Tree) -> Tree:
    """A container that can be joined to without changing the file's own, which an alias may share."""
    if isinstance(value, ListNode):
        return ListNode(value.mark, value)
    if isinstance(value, MapNode):
        copy = MapNode(value.mark)
        for key, inner in value.items():
            copy.put(key, value.keys_at[key], inner)
        return copy
    return value
