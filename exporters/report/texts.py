"""Everything a page needs to speak one language: catalogue, formats, and names made harmless."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from netmon.i18n import plural_translator, translator
from netmon.l10n import Formats
from netmon.model import Party
from netmon.words import PARTY_WORDS, words_of

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def clean(text: str) -> str:
    """A name from the configuration on one line and without what hides or turns round the text beside it.

    Control characters and lone surrogates become U+FFFD, line ends a space, and bidirectional overrides go
    (Unicode TR 36, 2.7 and TR 9).
    """
    if text.isprintable():  # none of those, as nearly always
        return text.strip()
    return "".join(_harmless(character) for character in text if character not in _BIDI_CONTROLS).strip()


@lru_cache(4096)
def isolated(text: str) -> str:
    """``text`` cleaned; where it is written from right to left, kept apart from its neighbours (Unicode TR 9)."""
    shown = clean(text)
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown):
        return f"{_ISOLATE}{shown}{_END_ISOLATE}"
    return shown


def _harmless(character: str) -> str:
    if character in "\t\n\r\v\f\u2028\u2029":
        return " "
    return "\ufffd" if unicodedata.category(character) in {"Cc", "Cs"} else character


class Texts:
    """Texts, numbers and times of one language in one time zone."""

    def __init__(self, language: str, timezone: str) -> None:
        self.language = language
        self.formats = Formats(language, timezone)
        self.gettext: Callable[[str], str] = translator(language)
        self.ngettext: Callable[[str, str, int], str] = plural_translator(language)

    def plural(self, singular: str, plural: str, number: int) -> str:
        """``3 interruptions``: a translated pair of texts that name ``%(n)s``."""
        return self.ngettext(singular, plural, number) % {"n": self.formats.integer(number)}

    def party(self, party: Party | None) -> str:
        """Whom something is attributed to."""
        return "–" if party is None else self.gettext(PARTY_WORDS[party])

    def words(self, name: str) -> str:
        """A reason, family or kind of site in words; free text as it stands."""
        return isolated(words_of(name, self.gettext))
