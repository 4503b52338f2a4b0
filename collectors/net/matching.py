"""Looking into what a target sent, with patterns, paths and selectors, for as long as that may take and no longer.

Python's ``re`` holds the interpreter while it searches: a pattern that backtracks without end would stop the whole
daemon, not only its thread; and a page may be such that a parser takes its time. So this runs in a helper process,
which ends itself when its time is up. A pattern that cannot repeat (plain words, alternatives) is quick: it is searched
here.
"""

import os
import re
import select
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from collectors.net.deadline import Deadline
from collectors.net.failures import TargetError, check_ours, clean
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import Selector

Kind: TypeAlias = Literal["regex", "groups", "json", "css", "cel"]

HELPER = Path(__file__).with_name("match_helper.py")
SECONDS = 1.0
"""The longest a search may take."""

_QUESTION = struct.Struct("!dcII")
_ANSWER = struct.Struct("!cI")
_LETTERS: dict[Kind, bytes] = {"regex": b"r", "groups": b"g", "json": b"j", "css": b"c", "cel": b"b"}
_NAMES: dict[Kind, str] = {
    "regex": "regular expression", "groups": "regular expression", "json": "JSON path", "css": "CSS selector",
    "cel": "CEL expression",
}  # fmt: skip
_DIRECT_TEXT = 256 * 1024
_DIRECT_OPTIONS = 4
_IDLE = 2
_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # all a Python may need of the environment to start
_START = 5.0
"""Seconds a helper has, besides those of a question, to start and load what it needs, on a host that is busy."""
_LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Match:
    """What a pattern found: the texts of its groups, the whole match first; None where a group took no part."""

    groups: tuple[str | None, ...]
    names: Mapping[str, int]


class Matcher:
    """Questions to a page, with an end. Helpers start when first needed and are kept, two at most, for the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[subprocess.Popen[bytes]] = []
        self._closed = False

    def found(self, pattern: str, text: str, deadline: Deadline) -> bool:
        """Whether ``pattern`` occurs in ``text``. Raises as ``search`` does."""
        if quick(pattern, text):
            return search_now(pattern, text) is not None
        return self._look("regex", pattern, text, deadline) is not None

    def search(self, pattern: str, text: str, deadline: Deadline) -> Match | None:
        """Where ``pattern`` occurs in ``text`` first; None: nowhere.

        Raises:
            CollectError: the pattern is none, or its search does not end within a second.
        """
        if quick(pattern, text):
            return search_now(pattern, text)
        told = self._look("groups", pattern, text, deadline)
        if told is None:
            return None
        places = [int(place) for place in told.split()]
        spans = zip(places[::2], places[1::2], strict=True)
        groups = tuple(text[start:end] if start >= 0 else None for start, end in spans)
        return Match(groups, re.compile(pattern).groupindex)

    def select(self, where: Selector, text: str, deadline: Deadline) -> str | None:
        """The value at ``where`` in ``text``; None: there is none.

        Raises:
            TargetError: the page is not what the selector is for.
            CollectError: the selector is none, or it does not end within a second.
        """
        expression = f"{where.expression}\0{where.attribute}" if where.kind == "css" else where.expression
        return self._look(where.kind, expression, text, deadline)

    def holds(self, expression: str, text: str, deadline: Deadline) -> bool:
        """Whether a CEL expression is true of the JSON in ``text``. Raises as ``select`` does."""
        return self._look("cel", expression, text, deadline) is not None

    def _look(self, kind: Kind, expression: str, text: str, deadline: Deadline) -> str | None:
        # A page that came in at the last moment came in: it is still looked into.
        letter, words = self._ask(_LETTERS[kind], expression, text, min(SECONDS, max(deadline.left, _LEAST)))
        if letter == b"e":
            raise _useless(kind, words)
        if letter == b"x":
            raise TargetError(Reason.BODY, clean(words))
        if not letter:
            raise CollectError(Reason.INTERNAL, f"the {_NAMES[kind]} takes too long on this page: simplify it")
        return words if letter == b"y" else None

    def close(self) -> None:
        """End the helpers."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for helper in idle:
            _end(helper)

    def _ask(self, letter: bytes, expression: str, text: str, seconds: float) -> tuple[bytes, str]:
        helper = self._take()
        answer = b"", ""
        try:
            answer = _converse(helper, letter, expression, text, seconds)
        except OSError:
            pass  # the helper ended itself: an answer of its own
        finally:
            self._give_back(helper, alive=answer[0] != b"")
        return answer

    def _take(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return subprocess.Popen(  # noqa: S603  # our own file, by our own interpreter
                [sys.executable, "-I", "-S", str(HELPER), *_libraries()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _LOADER if name in os.environ},
                start_new_session=True,  # Ctrl-C in the terminal is the daemon's alone
            )
        except OSError as error:
            check_ours(error)
            raise CollectError(Reason.INTERNAL, "the helper for regular expressions does not start") from error

    def _give_back(self, helper: "subprocess.Popen[bytes]", *, alive: bool) -> None:
        with self._lock:
            if alive and not self._closed and len(self._idle) < _IDLE:
                self._idle.append(helper)
                return
        _end(helper)


def quick(pattern: str, text: str) -> bool:
    """Whether a search takes time proportional to the text: no repetition, and few options to try at each place."""
    if len(text) > _DIRECT_TEXT:
        return False
    return not any(sign in pattern for sign in "*+{") and pattern.count("?") <= _DIRECT_OPTIONS


def search_now(pattern: str, text: str) -> Match | None:
    """Search in this very thread; only what is ``quick``.

    Raises:
        CollectError: the pattern is none.
    """
    try:
        match = re.search(pattern, text)
    except re.error as error:
        raise _useless("regex", str(error)) from error
    return Match((match[0], *match.groups()), match.re.groupindex) if match is not None else None


def _libraries() -> list[str]:
    """Where the helper finds what is installed; of our own it needs nothing."""
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]


def _converse(
    helper: "subprocess.Popen[bytes]", letter: bytes, expression: str, text: str, seconds: float
) -> tuple[bytes, str]:
    if helper.stdin is None or helper.stdout is None:
        return b"", ""
    question, page = expression.encode("utf-8", "surrogatepass"), text.encode("utf-8", "surrogatepass")
    helper.stdin.write(_QUESTION.pack(seconds, letter, len(question), len(page)) + question + page)
    helper.stdin.flush()
    answers = select.poll()
    answers.register(helper.stdout, select.POLLIN)
    if not answers.poll((seconds + _START) * 1000):  # the helper's own alarm comes first
        return b"", ""
    header = helper.stdout.read(_ANSWER.size)
    if len(header) < _ANSWER.size:
        return b"", ""
    letter, length = _ANSWER.unpack(header)
    return letter, helper.stdout.read(length).decode("utf-8", "surrogatepass")


def _end(helper: "subprocess.Popen[bytes]") -> None:
    helper.kill()
    for stream in (helper.stdin, helper.stdout):
        if stream is not None:
            with suppress(OSError):  # what was left to write has no reader any more
                stream.close()
    helper.wait()


def _useless(kind: Kind, words: str) -> CollectError:
    return CollectError(Reason.INTERNAL, f"the {_NAMES[kind]} cannot be used: {clean(words, 120)}")
