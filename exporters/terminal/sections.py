"""Titled tables one below the other, in as many lines as there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

_LEAST = 4
"""Fewer lines of a table than this (empty line, title, header, a row) are not worth it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table: its header and rows, which may be fewer than the ``total`` there are."""

    title: str
    table: list[Text]
    total: int = 0
    """0: as many as there are rows."""

    @property
    def rows(self) -> int:
        return max(0, len(self.table) - 1)

    @property
    def lines(self) -> int:
        """With the empty line and the title above it."""
        return 2 + len(self.table)

    def draw(self, room: int, skip: int = 0) -> list[Text]:
        """In ``room`` lines; ``skip`` rows are scrolled away, as far as there are more than fit."""
        kept = min(self.rows, max(0, room - 3))
        first = min(skip, self.rows - kept)
        title = Text().append(self.title + self._count(first, kept), "bold underline" if self.rows else "")
        return [Text(), title, *self.table[: 1 if kept else 0], *self.table[1 + first : 1 + first + kept]]

    def _count(self, first: int, kept: int) -> str:
        """``(7)``: all of them; ``(3/7)``: so many of them; ``(5-7/7)``: scrolled."""
        total = self.total or self.rows
        if kept == total:
            return f" ({total})" if total else ""
        return f" ({first + 1}-{first + kept}/{total})" if first else f" ({kept}/{total})"


def fit(sections: Sequence[Section], room: int | None, skip: int = 0) -> list[Text]:
    """The sections in ``room`` lines. The last give way first: a table loses rows, then those left out are named in one
    line with how much they hold. ``skip`` scrolls the first."""
    if room is None:
        return [line for section in sections for line in section.draw(section.lines)]
    for count in range(len(sections), 0, -1):
        whole, last, out = sections[: count - 1], sections[count - 1], sections[count:]
        left = room - sum(section.lines for section in whole) - bool(out)
        if left >= min(last.lines, _LEAST) or count == 1:
            lines = [line for number, one in enumerate(whole) for line in one.draw(one.lines, 0 if number else skip)]
            lines += last.draw(left, skip if count == 1 else 0)
            return [*lines, *([_named(out)] if out else [])]
    return []


def _named(sections: Sequence[Section]) -> Text:
    return Text(" · ".join(f"{section.title} ({section.total or section.rows})" for section in sections), "bold")
