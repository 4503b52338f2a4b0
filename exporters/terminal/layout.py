"""Tables and grids in a given width: what does not fit is left out in a declared order, never wrapped."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """``drop``: the lowest goes first when room is short, None stays. ``shrink``: may be cut to this width, with an
    ellipsis; names of things are not, they would be no use."""

    title: str
    cells: Sequence[Text]
    drop: int | None = None
    shrink: int | None = None
    right: bool = False

    @property
    def width(self) -> int:
        return max((cell.cell_len for cell in self.cells), default=0)

    @property
    def full_width(self) -> int:
        """With its title."""
        return max(self.width, cell_len(self.title))

    @property
    def least_width(self) -> int:
        """What it needs at least."""
        return self.full_width if self.shrink is None else min(self.full_width, self.shrink)


def table(columns: Sequence[Column], width: int, ellipsis: str) -> list[Text]:
    """Header and rows, no line wider than ``width``; empty columns are left out."""
    kept = _kept([column for column in columns if column.width], width)
    widths = _share(kept, width)
    rows = [
        [Text(column.title, "bold") for column in kept],
        *map(list, zip(*(column.cells for column in kept), strict=True)),
    ]
    lines = (
        _join([_cell(cell, column, size, ellipsis) for cell, column, size in zip(row, kept, widths, strict=True)])
        for row in rows
    )
    return [cut(line, width, ellipsis) for line in lines]


def _kept(columns: Sequence[Column], width: int) -> list[Column]:
    """What is left once there is room. What gave way before a wider one did comes back where it fits uncut."""
    gone: list[Column] = []
    kept = list(columns)
    while _total([column.least_width for column in kept]) > width:
        droppable = [column for column in kept if column.drop is not None]
        if not droppable:
            return kept
        gone.append(min(droppable, key=lambda column: column.drop or 0))
        kept.remove(gone[-1])
    for column in reversed(gone):
        again = [each for each in columns if each in kept or each is column]
        if _total([each.full_width for each in again]) <= width:
            kept = again
    return kept


def grid(cells: Sequence[Text], width: int) -> list[Text]:
    """The cells in as many aligned columns as fit, row by row; one a line when nothing else does."""
    for count in range(len(cells), 0, -1):
        rows = [cells[start : start + count] for start in range(0, len(cells), count)]
        widths = [max(row[index].cell_len for row in rows if index < len(row)) for index in range(count)]
        if count == 1 or _total(widths) <= width:
            return [_join([_padded(cell, size) for cell, size in zip(row, widths, strict=False)]) for row in rows]
    return []


def flow(cells: Sequence[Text], width: int) -> list[Text]:
    """The cells one after the other, as many a line as fit."""
    rows: list[list[Text]] = []
    for cell in cells:
        if rows and _total([each.cell_len for each in (*rows[-1], cell)]) <= width:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [_join(row) for row in rows]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * max(0, len(widths) - 1)


def _share(columns: Sequence[Column], width: int) -> list[int]:
    """Full widths where there is room; what lacks is taken from those that may shrink, the last first."""
    widths = [column.full_width for column in columns]
    lacking = _total(widths) - width
    for index in range(len(columns) - 1, -1, -1):
        give = min(max(0, lacking), widths[index] - columns[index].least_width)
        widths[index] -= give
        lacking -= give
    return widths


def _cell(text: Text, column: Column, width: int, ellipsis: str) -> Text:
    text = cut(text, width, ellipsis)
    return _padded(text, width, right=column.right)


def cut(text: Text, width: int, ellipsis: str) -> Text:
    """``text``, or its beginning and an ellipsis, in ``width`` columns."""
    if text.cell_len <= width:
        return text
    room = max(0, width - cell_len(ellipsis))
    beginning = text[: len(set_cell_size(text.plain, room).rstrip())]
    return beginning.append(ellipsis[:width])


def _padded(text: Text, width: int, *, right: bool = False) -> Text:
    space = " " * max(0, width - text.cell_len)
    return Text(space).append_text(text) if right else text.copy().append(space)


def _join(cells: Sequence[Text]) -> Text:
    line = Text(" " * _GAP).join(cells)
    line.rstrip()
    return line
