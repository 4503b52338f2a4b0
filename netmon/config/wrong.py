"""Saying what is wrong with a value, and which name was probably meant."""

import difflib
from collections.abc import Collection

from netmon.config.source import Location, shown

_LISTED = 8
_COMPARED = 100
_MAX_COMPARISONS = 2_000_000


class WrongError(ValueError):
    """A value is not what its key expects. ``offset`` points inside the text, ``below`` deeper into a container."""

    def __init__(self, message: str, offset: int = 0, below: Location = ()) -> None:
        super().__init__(message)
        self.offset = offset
        self.below = tuple(below)


class Advisor:
    """Finds the nearest name. Its work is bounded: with thousands of unknown names the last ones get no advice."""

    def __init__(self) -> None:
        self._left = _MAX_COMPARISONS

    def hint(self, found: str, names: Collection[str]) -> str:
        """An ending for a message: the name that was probably meant, or all of them when they are few."""
        if not names:
            return "; none is configured"
        self._left -= len(names) * 10
        close = difflib.get_close_matches(found[:_COMPARED], names, n=1) if self._left > 0 else []
        if close:
            return f"; did you mean {shown(close[0])}?"
        return f"; known: {', '.join(sorted(names))}" if len(names) <= _LISTED else ""
