"""Keys from the bytes a terminal sends, however a slow line cuts them up."""

import codecs
import re

_NAMES = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1bOA": "up", "\x1bOB": "down", "\x1b[5~": "pageup", "\x1b[6~": "pagedown",
    "\x1b[H": "home", "\x1b[1~": "home", "\x1bOH": "home", "\x1b[F": "end", "\x1b[4~": "end", "\x1bOF": "end",
    "\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace", "\x15": "clear", "\x0c": "redraw",
    "\x04": "quit",
}  # fmt: skip
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?")
_MOST = 32
"""A sequence that is longer is none."""


class Keyboard:
    """Takes bytes, gives keys: characters as they are, others by name. What is no key of ours is left out."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> list[str]:
        """The keys that ``data`` completes."""
        text, self._rest = self._rest + self._decoder.decode(data), ""
        keys: list[str] = []
        while text:
            sequence = _SEQUENCE.match(text)
            unfinished = _UNFINISHED.fullmatch(text)
            if sequence is None and unfinished and len(text) < _MOST:
                self._rest = text
                break
            word = sequence[0] if sequence else text[0]
            text = text[len(word) :]
            keys += _key(word)
        return keys

    def pause(self) -> list[str]:
        """Nothing came for a moment: an escape that stands alone was the key."""
        alone, self._rest = self._rest == "\x1b", ""
        return ["escape"] if alone else []


def _key(word: str) -> list[str]:
    if word in _NAMES:
        return [_NAMES[word]]
    if word == "\x1b":
        return ["escape"]
    return [word] if word.isprintable() else []
