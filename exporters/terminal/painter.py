"""What stands on a screen, and what has to be sent to change it: calm on the eye, and light on a slow line."""

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
"""Synchronised output: a terminal that knows it shows a frame at once, others ignore it."""

Styled: TypeAlias = list[tuple[str, str]]


class Painter:
    """Keeps what stands on the screen and sends the part of each line that differs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: list[Text] = []
        self._size = (0, 0)

    def forget(self) -> None:
        """Somebody else drew on the screen: paint everything next time."""
        self._size = (0, 0)

    def paint(self, lines: Sequence[Text], size: tuple[int, int]) -> int:
        """Show ``lines`` on a screen of ``size`` (columns, rows); how many bytes that took.

        Raises:
            OSError: the terminal is gone.
        """
        fresh = list(lines[: size[1]])
        parts: list[str] = []
        if size != self._size:
            self._shown, self._size = [], size
            parts.append("\x1b[0m\x1b[2J")
        for row in range(max(len(fresh), len(self._shown))):
            new = fresh[row] if row < len(fresh) else Text()
            if row >= len(self._shown):
                parts.append(self._line(row, new))
            elif not _same(self._shown[row], new):
                parts.append(self._change(row, self._shown[row], new))
        self._shown = fresh
        if not parts:
            return 0
        frame = "".join((_BEGIN, *parts, _END))
        self._console.file.write(frame)
        self._console.file.flush()
        return len(frame.encode())

    def _line(self, row: int, text: Text) -> str:
        return f"\x1b[{row + 1};1H{self._rendered(text)}\x1b[K" if text.plain else ""

    def _change(self, row: int, old: Text, new: Text) -> str:
        """From the first character that differs to the last one, where both lines are equally wide; else to the end."""
        before, after = _styled(old), _styled(new)
        first = _common(before, after)
        while first and (_is_accent(before, first) or _is_accent(after, first)):
            first -= 1
        wide, was = cell_len(new.plain), cell_len(old.plain)
        last = len(after)
        if wide == was:
            last -= min(_common(before[::-1], after[::-1]), len(after) - first, len(before) - first)
            while _is_accent(after, last):
                last += 1
        column = cell_len(new.plain[:first]) + 1
        clear = "\x1b[K" if wide < was else ""
        return f"\x1b[{row + 1};{column}H{self._rendered(new[first:last])}{clear}"

    def _rendered(self, line: Text) -> str:
        with self._console.capture() as capture:
            self._console.print(
                line, end="", no_wrap=True, crop=True, overflow="crop", highlight=False, soft_wrap=False
            )
        return capture.get()


def _same(one: Text, other: Text) -> bool:
    return one.plain == other.plain and one.style == other.style and one.spans == other.spans


def _styled(text: Text) -> Styled:
    """Each character with all styles that apply to it, in their order."""
    styles = [str(text.style)] * len(text.plain)
    for span in text.spans:
        for place in range(max(0, span.start), min(span.end, len(styles))):
            styles[place] += f" {span.style}"
    return list(zip(text.plain, styles, strict=True))


def _is_accent(characters: Styled, place: int) -> bool:
    """Whether what stands there has no width of its own, and goes with the letter before it."""
    return place < len(characters) and not cell_len(characters[place][0])


def _common(one: Styled, other: Styled) -> int:
    """How many characters are alike from the beginning."""
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return number
    return min(len(one), len(other))
