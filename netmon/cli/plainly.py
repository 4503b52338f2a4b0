"""Output for terminals that know nothing but ASCII: accents go, signs become what stands for them."""

import codecs
import sys
import unicodedata
from typing import Any

_NAME = "netmon.plainly"
_SIGNS = str.maketrans({
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "·": "-", "−": "-", "…": "...", "→": "->", "≥": ">=", "≤": "<=", "×": "x", "│": "|", "─": "-",
    "├": "|", "└": "`", "●": "o", "✖": "x", "▲": "!", "◌": "-", "◆": "#",
})  # fmt: skip


def tolerate() -> None:
    """Where a terminal does not take UTF-8, have what it cannot show written in ASCII instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if (stream.encoding or "").lower().replace("-", "") != "utf8":
            _reconfigure(stream)


def speak_plainly() -> bool:
    """From now on nothing but ASCII goes to standard output; True."""
    _reconfigure(sys.stdout, encoding="ascii")
    return True


def _reconfigure(stream: Any, **more: str) -> None:
    codecs.register_error(_NAME, _instead)
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors=_NAME, **more)


def _instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = unicodedata.normalize("NFKD", error.object[error.start : error.end].translate(_SIGNS))
    plain = "".join(each for each in text if not unicodedata.combining(each))
    return "".join(_letter(each) for each in plain), error.end


def _letter(character: str) -> str:
    if character.isascii():
        return character
    return " " if character.isspace() else "?"
