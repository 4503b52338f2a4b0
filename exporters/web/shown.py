"""What the status page shows, in words: templates only lay it out."""

from collections.abc import Iterable
from dataclasses import dataclass

from exporters.web.communes import STATES, CommuneView
from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.i18n import mark, plural_translator, translator
from netmon.l10n import NARROW, NO_BREAK, Formats
from netmon.words import STATE_WORDS

GLYPHS = {
    "down": "✖", "unreachable": "◌", "degraded": "▲", "unknown": "?", "pending": "…", "maintenance": "◆", "up": "●",
}  # fmt: skip
MAINTENANCE_WORD = mark("maintenance")
_WORDS = {**{state.value: words for state, words in STATE_WORDS.items()}, "maintenance": MAINTENANCE_WORD}


@dataclass(frozen=True, slots=True)
class StateText:
    """A state as glyph, word and class of the style sheet; never by colour alone."""

    name: str
    glyph: str
    word: str


@dataclass(frozen=True, slots=True)
class When:
    """An instant: as milliseconds and RFC 3339 for the script, in words, and how long ago or ahead it is."""

    at: Millis
    iso: str
    text: str
    away: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A commune's place on the map."""

    name: str
    column: int
    row: int
    state: StateText
    note: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many objects of a kind are in each state, worst first, those at zero left out."""

    title: str
    number: str
    parts: tuple[tuple[StateText, str], ...]


class Wording:
    """How one language says what pages show, as of ``now``. ``live``: the page's script says what depends on now."""

    def __init__(self, language: str, timezone: str, now: Millis, *, live: bool) -> None:
        self.language = language
        self.formats = Formats(language, timezone)
        self.gettext = translator(language)
        self.ngettext = plural_translator(language)
        self._now = now
        self.live = live

    def state(self, name: str) -> StateText:
        """A shown state."""
        return StateText(name, GLYPHS[name], self.gettext(_WORDS[name]))

    def when(self, at: Millis) -> When:
        """An instant that may lie in the past or ahead."""
        away = "" if self.live else self.length(abs(self._now - at))
        return When(at, self.formats.iso(at), self.formats.instant(at), away)

    def length(self, length: Millis) -> str:
        """A length of time, in short."""
        return short_length(length, self.gettext("d"))

    def plural(self, one: str, many: str, number: int) -> str:
        """``3 services``; empty for none."""
        return self.ngettext(one, many, number) % {"n": self.formats.integer(number)} if number else ""

    def totals(self, counted: Iterable[tuple[str, dict[str, int]]]) -> list[Total]:
        """Counts of objects by shown state."""
        integer = self.formats.integer
        return [
            Total(
                title,
                integer(sum(counts.values())),
                tuple((self.state(name), integer(counts[name])) for name in STATES if counts.get(name)),
            )
            for title, counts in counted
        ]

    def tile(self, view: CommuneView, note: str) -> Tile:
        """A commune on the map."""
        column, row = view.commune.tile
        return Tile(view.commune.name, column, row, self.state(view.state), note)


def short_length(length: Millis, day: str) -> str:
    """``2 j 4 h``, ``3 h 12 min``, ``12 min``, ``40 s``: as live.js says it."""
    days, hours = divmod(length // HOUR, DAY // HOUR)
    minutes, seconds = length // MINUTE % 60, length // SECOND % 60
    if days:
        parts = [(days, day), (hours, "h")]
    elif hours:
        parts = [(hours, "h"), (minutes, "min")]
    else:
        parts = [(minutes, "min")] if minutes else [(seconds, "s")]
    return NO_BREAK.join(f"{number}{NARROW}{unit}" for number, unit in parts)
