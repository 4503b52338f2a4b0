"""Searching what a target sent for a pattern that may never end.

Python's ``re`` holds the interpreter while it searches: a pattern that backtracks without end would stop the whole
daemon, not only its thread. So a pattern that can repeat runs in a helper process, which ends itself when its time is
up; a pattern that cannot repeat (plain words, alternatives) is quick and is searched at once.
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

from collectors.net.deadline import Deadline
from collectors.net.failures import check_ours
from netmon.conventions import Reason
from netmon.errors import CollectError

HELPER = Path(__file__).with_name("match_helper.py")
SECONDS = 1.0
"""The longest a search may take."""

_HEADER = struct.Struct("!dII")
_COUNT = struct.Struct("!H")
_DIRECT_TEXT = 256 * 1024
_DIRECT_OPTIONS = 4
_IDLE = 2
_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # all a Python may need of the environment to start
_START = 0.5
_LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Match:
    """What a pattern found: the texts of its groups, the whole match first; None where a group took no part."""

    groups: tuple[str | None, ...]
    names: Mapping[str, int]


class Matcher:
    """``re.search`` with an end. Helpers start when first needed and are kept, two at most, for the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[subprocess.Popen[bytes]] = []
        self._closed = False

    def found(self, pattern: str, text: str, deadline: Deadline) -> bool:
        """Whether ``pattern`` occurs in ``text``; raises as ``search`` does."""
        return self.search(pattern, text, deadline) is not None

    def search(self, pattern: str, text: str, deadline: Deadline) -> Match | None:
        """Where ``pattern`` occurs in ``text`` first; None: nowhere.

        Raises:
            CollectError: the pattern is none, or its search does not end within a second.
        """
        if quick(pattern, text):
            return search_now(pattern, text)
        # A page that came in at the last moment came in: it is still searched.
        answer, places = self._ask(pattern, text, min(SECONDS, max(deadline.left, _LEAST)))
        if answer == b"e":
            raise _not_a_pattern()
        if answer not in {b"y", b"n"}:
            raise CollectError(Reason.INTERNAL, "the regular expression takes too long on this page: simplify it")
        if answer == b"n":
            return None
        spans = zip(places[::2], places[1::2], strict=True)
        groups = tuple(text[start:end] if start >= 0 else None for start, end in spans)
        return Match(groups, re.compile(pattern).groupindex)

    def close(self) -> None:
        """End the helpers."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for helper in idle:
            _end(helper)

    def _ask(self, pattern: str, text: str, seconds: float) -> tuple[bytes, tuple[int, ...]]:
        helper = self._take()
        answer = b""
        places: tuple[int, ...] = ()
        try:
            answer, places = _converse(helper, pattern, text, seconds)
        except (OSError, struct.error):
            pass  # the helper ended itself: an answer of its own
        finally:
            self._give_back(helper, alive=answer != b"")
        return answer, places

    def _take(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return subprocess.Popen(  # noqa: S603  # our own file, by our own interpreter
                [sys.executable, "-I", "-S", str(HELPER)],
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
        raise _not_a_pattern() from error
    return Match((match[0], *match.groups()), match.re.groupindex) if match is not None else None


def _converse(
    helper: "subprocess.Popen[bytes]", pattern: str, text: str, seconds: float
) -> tuple[bytes, tuple[int, ...]]:
    if helper.stdin is None or helper.stdout is None:
        return b"", ()
    question, page = pattern.encode("utf-8", "surrogatepass"), text.encode("utf-8", "surrogatepass")
    helper.stdin.write(_HEADER.pack(seconds, len(question), len(page)) + question + page)
    helper.stdin.flush()
    answers = select.poll()
    answers.register(helper.stdout, select.POLLIN)
    ready = answers.poll((seconds + _START) * 1000)  # the helper's own alarm comes first
    answer = helper.stdout.read(1) if ready else b""
    if answer != b"y":
        return answer, ()
    (count,) = _COUNT.unpack(helper.stdout.read(_COUNT.size))
    return answer, struct.unpack(f"!{count}i", helper.stdout.read(4 * count))


def _end(helper: "subprocess.Popen[bytes]") -> None:
    helper.kill()
    for stream in (helper.stdin, helper.stdout):
        if stream is not None:
            with suppress(OSError):  # what was left to write has no reader any more
                stream.close()
    helper.wait()


def _not_a_pattern() -> CollectError:
    return CollectError(Reason.INTERNAL, "the regular expression is not one")
