"""Planned works as lines of text."""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from rich.text import Text

from exporters.terminal.layout import Column, table
from exporters.terminal.look import STYLES, Look
from netmon.clock import Millis, to_datetime
from netmon.i18n import mark

_STATES = {
    "open": mark("under way"), "planned": mark("planned"), "over": mark("over"), "cancelled": mark("called off"),
}  # fmt: skip


class Works(Protocol):
    """One line of the list."""

    @property
    def name(self) -> str: ...
    @property
    def objects(self) -> tuple[str, ...]: ...
    @property
    def start(self) -> Millis: ...
    @property
    def end(self) -> Millis | None: ...
    @property
    def text(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def announced(self) -> Millis: ...
    def state(self, now: Millis) -> str: ...


class WorksScreen:
    """Draws in ``width`` columns as of ``now``."""

    def __init__(self, look: Look, width: int, now: Millis) -> None:
        self._look = look
        self._width = width
        self._now = now

    def draw(self, rows: Sequence[Works]) -> list[Text]:
        """One line each."""
        _, look = self._look.gettext, self._look
        if not rows:
            return [Text(_("No works are planned."))]
        shown = folded(rows)
        columns = [
            Column("", [self._state(row) for row, _more in shown]),
            Column(_("Works"), [Text(row.name) for row, _more in shown]),
            Column(_("From"), [Text(self._at(row.start)) for row, _more in shown]),
            Column(_("Until"), [Text("" if row.end is None else self._at(row.end)) for row, _more in shown]),
            Column(_("About"), [Text(look.text(", ".join(row.objects))) for row, _more in shown], None, 16),
            Column(_("What is done"), [Text(look.text(row.text)) for row, _more in shown], 4, 12),
            Column(_("And again"), [Text(self._again(more)) for _row, more in shown], 2),
            Column(_("Announced"), [Text(self._at(row.announced)) for row, _more in shown], 3),
            Column(_("By"), [Text(look.text(row.author)) for row, _more in shown], 1),
        ]
        return table(columns, self._width, "..." if look.ascii else "…")

    def _again(self, more: Sequence[Works]) -> str:
        """How often the same follows, and when it does last."""
        if not more:
            return ""
        words = {"n": len(more), "time": self._at(more[-1].start)}
        return self._look.gettext("%(n)s more, the last %(time)s") % words

    def _state(self, row: Works) -> Text:
        state = row.state(self._now)
        word = self._look.gettext(_STATES[state])
        return Text(f" {word} ", STYLES["maintenance"] if state == "open" else "")

    def _at(self, instant: Millis) -> str:
        return self._look.at(_moment(instant), _moment(self._now))


def folded(rows: Sequence[Works]) -> list[tuple[Works, list[Works]]]:
    """The first of those to come that are alike but for the time, with those that follow it; others by themselves."""
    found: dict[tuple[object, ...], tuple[Works, list[Works]]] = {}
    for row in rows:
        length = None if row.end is None else row.end - row.start
        alike = (row.objects, row.text, row.author, length) if row.end is None or row.end > row.start else (row.name,)
        if alike in found:
            found[alike][1].append(row)
        else:
            found[alike] = (row, [])
    return list(found.values())


def _moment(instant: Millis) -> dt.datetime:
    return to_datetime(instant)
