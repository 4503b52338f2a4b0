"""The helper process of ``matching``: looks into pages with patterns, paths and selectors, a question at a time.

It imports nothing of netmon, and other libraries only when a question needs them; its own alarm ends it, search and
all, when the seconds are over: also when the daemon that asked is gone. Its arguments are where libraries are found.

A question is seconds, a letter for what is asked, an expression and a text; an answer is a letter and a text: y and
what was found, n for nothing, e for an expression that is none, x for a page that is not what it ought to be.
"""

import functools
import importlib
import json
import re
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any

_QUESTION = struct.Struct("!dcII")
_ANSWER = struct.Struct("!cI")
_LONGEST = 65_536
_LIBRARIES = {b"j": "jsonpath", b"c": "selectolax.lexbor", b"b": "cel"}


def main() -> None:
    """Answer until nobody asks any more."""
    sys.path.extend(sys.argv[1:])
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    while len(header := incoming.read(_QUESTION.size)) == _QUESTION.size:
        seconds, kind, expression_length, text_length = _QUESTION.unpack(header)
        expression = incoming.read(expression_length).decode("utf-8", "surrogatepass")
        text = incoming.read(text_length).decode("utf-8", "surrogatepass")
        if kind in _LIBRARIES:
            importlib.import_module(_LIBRARIES[kind])  # before the clock runs: the first time takes a while
        signal.setitimer(signal.ITIMER_REAL, seconds)
        letter, found = _answer(kind, expression, text)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answer = found[:_LONGEST].encode("utf-8", "surrogatepass")
        outgoing.write(_ANSWER.pack(letter, len(answer)) + answer)
        outgoing.flush()


def _answer(kind: bytes, expression: str, text: str) -> tuple[bytes, str]:
    try:
        found = _ASKED[kind](expression, text)
    except _PageError as error:
        return b"x", str(error)
    except (re.error, ValueError, RecursionError, OverflowError) as error:
        return b"e", str(error)
    return (b"n", "") if found is None else (b"y", found)


class _PageError(Exception):
    """The page is not what it ought to be."""


def _regex(expression: str, text: str) -> str | None:
    found = re.search(expression, text)
    if found is None:
        return None
    return found[1] or "" if found.re.groups else found[0]


def _groups(expression: str, text: str) -> str | None:
    """Where each group begins and ends, the whole match first; -1 where it took no part."""
    found = re.search(expression, text)
    if found is None:
        return None
    return " ".join(str(place) for group in range(found.re.groups + 1) for place in found.span(group))


def _loaded(text: str, **options: Any) -> Any:
    try:
        return json.loads(text, **options)
    except (ValueError, RecursionError):
        raise _PageError("the body is not JSON") from None


def _json(expression: str, text: str) -> str | None:
    found = _json_path(expression).match(_loaded(text))
    if found is None:
        return None
    return found.value if isinstance(found.value, str) else json.dumps(found.value, ensure_ascii=False)


@functools.lru_cache(maxsize=256)
def _json_path(expression: str) -> Any:
    import jsonpath  # noqa: PLC0415

    try:
        return jsonpath.JSONPathEnvironment(strict=True).compile(expression)
    except jsonpath.JSONPathError as error:
        raise ValueError(str(error)) from None


def _css(expression: str, text: str) -> str | None:
    import selectolax.lexbor  # noqa: PLC0415

    selector, _, attribute = expression.partition("\0")
    try:
        found = selectolax.lexbor.LexborHTMLParser(text).css_first(selector)
    except selectolax.lexbor.SelectolaxError as error:
        raise ValueError(str(error)) from None
    if found is None:
        return None
    if attribute:
        return None if attribute not in found.attributes else found.attributes[attribute] or ""
    return " ".join(found.text().split())


def _cel(expression: str, text: str) -> str | None:
    body = _loaded(text, parse_int=float)  # numbers are doubles, as in Go's JSON
    program = _program(expression)
    try:
        result = program.execute({"body": body})
    except RuntimeError as error:  # an unknown function or variable
        raise ValueError(str(error)) from None
    except (TypeError, LookupError, ValueError) as error:
        raise _PageError(f"no such value in the body: {error}") from None
    if not isinstance(result, bool):
        raise ValueError("its result is not true or false")  # noqa: TRY004  # its caller knows one kind of error
    return "" if result else None


@functools.lru_cache(maxsize=256)
def _program(expression: str) -> Any:
    import cel  # noqa: PLC0415

    return cel.compile(expression)


_ASKED: dict[bytes, Callable[[str, str], str | None]] = {
    b"r": _regex, b"g": _groups, b"j": _json, b"c": _css, b"b": _cel,
}  # fmt: skip


if __name__ == "__main__":
    main()
