"""As much of a terminal as the painter asks of one: what stands where after what was sent."""

import re

from rich.cells import cell_len

_SIGNS = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])|(.)", re.DOTALL)


class Glass:
    """A screen of ``width`` by ``height``."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._row = self._column = 0
        self._cells: list[list[str]] = []
        self._clear()

    def lines(self) -> list[str]:
        """What can be read."""
        return ["".join(row).rstrip() for row in self._cells]

    def show(self, sent: str) -> None:
        """Take what was sent."""
        for found in _SIGNS.finditer(sent):
            private, numbers, command, letter = found.groups()
            if letter is not None:
                self._put(letter)
            elif command == "H" and not private:
                row, column = numbers.split(";")
                self._row, self._column = int(row) - 1, int(column) - 1
            elif command == "K":
                self._cells[self._row][self._column :] = [" "] * (self._width - self._column)
            elif command == "J":
                self._clear()

    def _clear(self) -> None:
        self._cells = [[" "] * self._width for _ in range(self._height)]

    def _put(self, letter: str) -> None:
        if letter == "\r":
            self._column = 0
            return
        if letter == "\n":
            self._row = min(self._row + 1, self._height - 1)
            return
        width = cell_len(letter)
        if not width:
            self._cells[self._row][self._column - 1] += letter
            return
        self._cells[self._row][self._column] = letter
        if width == 2:
            self._cells[self._row][self._column + 1] = ""
        self._column += width
