"""How states look on a terminal: glyph, word and colour, in one language, on any background.

Only the eight basic colours are used, and a coloured background always comes with the foreground that is read on it.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass

from rich.text import Text

from netmon.i18n import mark, plural_translator, translator
from netmon.model import State
from netmon.words import STATE_WORDS, words_of

GLYPHS = {
    "down": "✖", "unreachable": "◌", "degraded": "▲", "unknown": "?", "pending": "…", "maintenance": "◆", "up": "●",
}  # fmt: skip
"""Worst first."""
_ASCII_GLYPHS = {
    "down": "x", "unreachable": "-", "degraded": "!", "unknown": "?", "pending": ".", "maintenance": "#", "up": "o",
}  # fmt: skip
STYLES = {
    "down": "bold white on red", "unreachable": "white on magenta", "degraded": "black on yellow",
    "unknown": "black on cyan", "pending": "black on cyan", "maintenance": "white on blue", "up": "black on green",
}  # fmt: skip
_WORDS = {**{state.value: STATE_WORDS[state] for state in State}, "maintenance": mark("maintenance")}
_PLAIN = str.maketrans({
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "·": "-", "−": "-", "…": "...",
})  # fmt: skip
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Look:
    """Texts as the reader gets them. ``zone`` None: the local time of this machine."""

    language: str
    ascii: bool = False
    zone: dt.tzinfo | None = None

    def text(self, text: str) -> str:
        """``text`` without anything that moves the cursor or hides; in ASCII mode, without accents."""
        if self.ascii:
            text = unicodedata.normalize("NFKD", text.translate(_PLAIN))
            text = "".join(character for character in text if not unicodedata.combining(character))
        return "".join(self._printable(character) for character in text)

    def _printable(self, character: str) -> str:
        if character.isprintable() and (character.isascii() or not self.ascii):
            return character
        return " " if character.isspace() else "?"

    def gettext(self, message: str) -> str:
        """A text of the catalogue."""
        return self.text(translator(self.language)(message))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """``3 devices``: a pair of texts of the catalogue that name ``%(n)s``."""
        return self.text(plural_translator(self.language)(one, many, number) % {"n": number})

    def named(self, name: str, value: str) -> str:
        """``name: value``, with the sign as the language writes it."""
        return self.gettext("%(name)s: %(value)s") % {"name": name, "value": value}

    def glyph(self, state: str) -> str:
        return (_ASCII_GLYPHS if self.ascii else GLYPHS)[state]

    def word(self, state: str) -> str:
        return self.gettext(_WORDS[state])

    def badge(self, state: str) -> Text:
        """`` ✖ down ``."""
        return self.tag(state, self.word(state))

    def tag(self, state: str, word: str) -> Text:
        """A badge that says another word than the state's."""
        return Text().append(f" {self.glyph(state)} {word} ", STYLES[state])

    def reason(self, name: str) -> str:
        """A failure reason in words."""
        return self.text(words_of(name, translator(self.language)))

    def lasted(self, length: dt.timedelta) -> str:
        """``45 s``, ``12 min``, ``3 h 05``, ``2 d 4 h``: what a glance needs."""
        seconds = max(0, int(length.total_seconds()))
        if seconds < _MINUTE:
            return f"{seconds} s"
        if seconds < _HOUR:
            return f"{seconds // _MINUTE} min"
        if seconds < _DAY:
            return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE:02d}"
        day = self.gettext("d")
        return f"{seconds // _DAY} {day} {seconds % _DAY // _HOUR} h"

    def number(self, number: int) -> str:
        """``17 644``; nothing for none."""
        return self.text(f"{number:,}".replace(",", " ")) if number else ""

    def left(self, seconds: float | None) -> Text:
        """What is left of something, red when it is overdrawn."""
        if seconds is None:
            return Text()
        length = self.lasted(dt.timedelta(seconds=abs(seconds)))
        return Text(f"-{length}", STYLES["down"]) if seconds < 0 else Text(length)

    def at(self, moment: dt.datetime, now: dt.datetime) -> str:
        """The time of day; with the day when it is not that of ``now``."""
        moment, now = moment.astimezone(self.zone), now.astimezone(self.zone)
        if moment.date() == now.date():
            return f"{moment:%H:%M}"
        return f"{moment:%d/%m %H:%M}" if self.language == "fr" else f"{moment:%m-%d %H:%M}"

    def clock(self, moment: dt.datetime) -> str:
        """Date and time to the second."""
        moment = moment.astimezone(self.zone)
        return f"{moment:%d/%m/%Y %H:%M:%S}" if self.language == "fr" else f"{moment:%Y-%m-%d %H:%M:%S}"
