"""Go's regular expressions (RE2) by Python's ``re``, and what Go's library does with their matches.

Files of Prometheus exporters carry such expressions. Their syntax is nearly Python's; what differs is written anew:
``\\z``, POSIX classes, flags that begin in the middle, ``$`` that is never before a final line feed. What RE2 has and
Python has not, and what RE2 refuses (look-around, back references), is refused. Python's matcher backtracks where RE2
does not; the expressions are the operator's own.
"""

import math
import re
import warnings
from dataclasses import dataclass, field

_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t ", "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": r"\t\n\v\f\r ",
    "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_SPACE = r"\t\n\f\r "
_NOT_SPACE = r"\x00-\x08\x0B\x0E-\x1F\x21-\U0010FFFF"
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAMED = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>")
_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_MAX_REPEAT = 1000

_TEMPLATE = re.compile(r"\$(?:(\$)|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))")
_FLOAT = re.compile(
    r"[+-]?(?:(?P<dec>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|inf(?:inity)?|(?P<hex>0x[0-9a-f.]+p[+-]?\d+))|nan",
    re.ASCII | re.IGNORECASE,
)


class RegexError(ValueError):
    """An expression Go would not take, or we cannot; ``position`` is the character it begins at."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


def compile_go(expression: str, *, whole: bool = False) -> re.Pattern[str]:
    """The expression for Python; ``whole``: it has to match the text from end to end (``fullmatch`` would backtrack
    into other alternatives just so).

    Raises:
        RegexError: with the place.
    """
    translated = _Translator(expression).run()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(rf"\A(?:{translated})\Z" if whole else translated, re.ASCII)
    except re.error as error:
        raise RegexError(error.msg) from None
    except (OverflowError, RecursionError):
        raise RegexError("too large to use") from None


@dataclass
class _Translator:
    """One pass over the expression. ``groups`` holds, for each open group, the flags in force in it and how many
    groups of ours were opened inside for flags of its own."""

    text: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    groups: list[tuple[str, list[str]]] = field(default_factory=lambda: [("", [])])

    def run(self) -> str:
        while self.at < len(self.text):
            self._step(self.text[self.at])
        if len(self.groups) > 1:
            raise RegexError("a '(' is not closed", len(self.text))
        self._close_flags()
        return "".join(self.out)

    def _step(self, letter: str) -> None:
        if letter == "\\":
            self._escape()
        elif letter == "[":
            self._set()
        elif letter == "(":
            self._open()
        elif letter == ")":
            self._close()
        elif letter == "|":
            self._alternative()
        elif letter in "^$":
            self._anchor(letter)
        elif letter in "*+?{":
            self._repeat(letter)
        else:
            self._put(letter)

    def _put(self, text: str, taken: int = 1) -> None:
        self.out.append(text)
        self.at += taken

    def _flags(self) -> str:
        base, own = self.groups[-1]
        return own[-1] if own else base

    # --- Groups and flags ---------------------------------------------------------------------------------------------

    def _open(self) -> None:
        flags = _FLAGS.match(self.text, self.at)
        if flags:
            self._flag_group(flags)
            return
        named = _NAMED.match(self.text, self.at)
        if self.text.startswith("(?", self.at) and not named:
            raise RegexError("look-around and the like are not part of Go's expressions", self.at)
        self.groups.append((self._flags(), []))
        self._put(f"(?P<{named[1]}>" if named else "(", len(named[0]) if named else 1)

    def _flag_group(self, match: re.Match[str]) -> None:
        on, off, end = match[1], match[2] or "", match[3]
        if "U" in on + off:
            raise RegexError("the flag U (ungreedy) is not supported", self.at)
        flags = "".join(sorted((set(self._flags()) | set(on)) - set(off)))
        if end == ":":
            self.groups.append((flags, []))
            self._put(_inner(flags), len(match[0]))
            return
        self.groups[-1][1].append(flags)
        self._put(_inner(flags), len(match[0]))

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise RegexError("a ')' that closes nothing", self.at)
        self._close_flags()
        self.groups.pop()
        self._put(")")

    def _close_flags(self) -> None:
        self.out.append(")" * len(self.groups[-1][1]))

    def _alternative(self) -> None:
        """Flags set in the middle hold for the alternatives behind too: their groups are closed and opened again."""
        own = self.groups[-1][1]
        self._put(")" * len(own) + "|" + "".join(_inner(flags) for flags in own))

    def _anchor(self, letter: str) -> None:
        python = letter if "m" in self._flags() else r"\A" if letter == "^" else r"\Z"
        self._put_place(python, 1)

    def _put_place(self, python: str, taken: int) -> None:
        """What matches a place and no letter; Go lets it be repeated (``^+OK``), Python only in a group."""
        repeated = self.text[self.at + taken : self.at + taken + 1] in {"*", "+", "?", "{"}
        self._put(f"(?:{python})" if repeated else python, taken)

    def _repeat(self, letter: str) -> None:
        if letter != "{":
            self._put(letter)
            if self.text[self.at : self.at + 1] in {"*", "+"}:
                raise RegexError("a repetition of a repetition", self.at)
            return
        match = _REPEAT.match(self.text, self.at)
        if match is None:
            self._put(r"\{")
        elif int(match[1]) > _MAX_REPEAT or int(match[2] or 0) > _MAX_REPEAT:
            raise RegexError(f"more than {_MAX_REPEAT} repetitions", self.at)
        else:
            self._put(match[0], len(match[0]))

    # --- Escapes and sets ---------------------------------------------------------------------------------------------

    def _escape(self) -> None:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter == "Q":
            end = self.text.find("\\E", self.at)
            literal = self.text[self.at + 2 : end if end >= 0 else None]
            self._put(re.escape(literal), len(literal) + (4 if end >= 0 else 2))
        elif letter in {"A", "z", "b", "B"}:
            self._put_place("\\" + {"z": "Z"}.get(letter, letter), 2)
        else:
            self._put(*self._letters(inside=False))

    def _letters(self, *, inside: bool) -> tuple[str, int]:
        """What an escape that stands for letters becomes, and how many of the expression's letters it takes."""
        letter = self.text[self.at + 1 : self.at + 2]
        coded = _HEX.match(self.text, self.at) or _OCTAL.match(self.text, self.at)
        if coded:
            code = int(coded[1] or coded[2], 16) if letter == "x" else int(coded[1], 8)
            if code > 0x10FFFF:
                raise RegexError("no character has this number", self.at)
            return rf"\U{code:08X}", len(coded[0])
        if letter == "s":
            return (_SPACE if inside else f"[{_SPACE}]"), 2
        if letter == "S":
            return (_NOT_SPACE if inside else f"[^{_SPACE}]"), 2
        if letter in set("dDwWafnrtv"):
            return "\\" + letter, 2
        if not letter:
            raise RegexError("a '\\' with nothing behind it", self.at)
        if letter.isalnum() or letter == "_":
            raise RegexError(f"'\\{letter}' is not supported", self.at)
        return "\\" + letter, 2

    def _set(self) -> None:
        start, self.at = self.at, self.at + 1
        self.out.append("[")
        if self.text.startswith("^", self.at):
            self._put("^")
        first = True
        while first or not self.text.startswith("]", self.at):
            if self.at >= len(self.text):
                raise RegexError("a '[' is not closed", start)
            self._member()
            first = False
        self._put("]")

    def _member(self) -> None:
        letter = self.text[self.at]
        posix = _CLASS.match(self.text, self.at)
        if posix:
            if posix[2] not in _POSIX or posix[1]:
                raise RegexError(f"the class '{posix[0]}' is not supported", self.at)
            self._put(_POSIX[posix[2]], len(posix[0]))
        elif letter == "\\":
            self._put(*self._letters(inside=True))
        else:
            self._put(f"\\{letter}" if letter in "[]&|~" else letter)


def _inner(flags: str) -> str:
    off = "".join(sorted(set("ims") - set(flags)))
    return f"(?{flags}{'-' + off if off else ''}:"


def expand(template: str, match: re.Match[str]) -> str:
    """Go's ``Expand``: ``$1``, ``${1}``, ``$name``, ``$$``; a group that is not there is nothing."""

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        name = found[2] or found[3]
        try:
            return match[int(name) if name.isdecimal() else name] or ""
        except (IndexError, KeyError):
            return ""

    return _TEMPLATE.sub(value, template)


def parse_float(text: str) -> float | None:
    """Go's ``ParseFloat``; None where it reports an error, a number too large for a double included."""
    match = _FLOAT.fullmatch(text)
    if match is None:
        return None
    try:
        value = float.fromhex(text) if match["hex"] else float(text)
    except (OverflowError, ValueError):
        return None
    return None if math.isinf(value) and (match["dec"] or match["hex"]) else value
