"""The communes in three ways: as a map of tiles, as names by state, as a table; always worst first, or as they lie."""

import re
from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from exporters.terminal.layout import Column, cut, flow, grid, table
from exporters.terminal.look import GLYPHS, STYLES, Look
from exporters.terminal.status import CommuneLine, Status

MAP, LIST, TABLE = "map", "list", "table"
VIEWS = (MAP, LIST, TABLE)

DROPPED_FIRST = ("population", "checks", "since", "devices")
"""Columns of the table of communes in the order in which they give way to a narrow terminal."""

_SAINT = re.compile(r"^Saint(e?)\b")
_ARTICLE = re.compile(r"^(?:L[ea]s? |L['’])")
_TAIL = re.compile(r"[- ](?:(?:de|du|des|la|le|les|et|en|sur|sous|près|lès)-|d['’])*[^- ]+$")
_LEAST = 8
"""A tile narrower than this names nothing."""
_LEGEND = 2


class Communes:
    """Draws in ``width`` columns."""

    def __init__(self, look: Look, width: int) -> None:
        self._look = look
        self._width = width
        self._ellipsis = "..." if look.ascii else "…"

    def draw(self, communes: Sequence[CommuneLine], view: str, status: Status) -> list[Text]:
        """In the ``view`` asked for; a map that cannot be drawn (too narrow, or no places) is a list."""
        if view == TABLE:
            return self.table(communes, status)
        tiles = self.map(communes) if view == MAP else []
        if tiles:
            return [*tiles, *self._legend(communes)]
        return self.names(communes)

    def names(self, communes: Sequence[CommuneLine], *, brief: bool = False, close: bool = False) -> list[Text]:
        """By state, worst first. ``close``: not aligned; ``brief``: of those that are well only how many they are."""
        states = [state for state in GLYPHS if any(commune.state == state for commune in communes)]
        badges = {state: self._look.badge(state) for state in states}
        label = max((badge.cell_len for badge in badges.values()), default=0) + 2
        lines: list[Text] = []
        for state in states:
            here = [commune for commune in communes if commune.state == state]
            cells = [self._tile(self._look.text(commune.name), commune) for commune in here]
            if brief and state == "up":
                cells = [Text(self._look.ngettext("%(n)s commune", "%(n)s communes", len(cells)))]
            rows = (flow if close else grid)(cells, self._width - label)
            for number, row in enumerate(rows):
                first = badges[state].copy() if number == 0 else Text()
                first.append(" " * (label - first.cell_len))
                lines.append(first.append_text(row))
        return lines

    def _legend(self, communes: Sequence[CommuneLine]) -> list[Text]:
        """What the colours of the map mean, the worst first, with whole names as far as two lines hold them."""
        cells = []
        for state in GLYPHS:
            here = [self._look.text(commune.name) for commune in communes if commune.state == state]
            if here:
                told = str(len(here)) if state == "up" else ", ".join(here)
                cells.append(self._look.badge(state).append(f" {told}", ""))
        lines = flow(cells, self._width)
        if len(lines) > _LEGEND or any(line.cell_len > self._width for line in lines):
            counts = [sum(commune.state == state for commune in communes) for state in GLYPHS]
            lines = flow([self._look.badge(state).append(f" {count}", "")
                          for state, count in zip(GLYPHS, counts, strict=True) if count], self._width)  # fmt: skip
        return lines

    def map(self, communes: Sequence[CommuneLine]) -> list[Text]:
        """Each where it lies; none when two lie in the same place, or there is no room for names."""
        places = {commune.tile: commune for commune in communes}
        columns = sorted({column for column, _ in places})
        if len(places) != len(communes) or len(communes) < 2:
            return []
        names = self._names_that_fit(communes, columns)
        if not names:
            return []
        lines = []
        for row in range(min(row for _, row in places), max(row for _, row in places) + 1):
            line = Text()
            for column in columns:
                width = max(self._tile_width(names, each) for each in communes if each.tile[0] == column)
                here = places.get((column, row))
                cell = self._tile(names[here.name], here) if here else Text()
                cell.append(" " * (width - cell.cell_len))
                line.append_text(cell).append(" ")
            line.rstrip()
            lines.append(line)
        return lines

    def table(self, communes: Sequence[CommuneLine], status: Status) -> list[Text]:
        """One line each, with what is not well of how many."""
        look, _, now = self._look, self._look.gettext, status.generated
        rank = {name: number for number, name in enumerate(DROPPED_FIRST)}
        lowest = {budget.commune: budget.left for budget in sorted(status.budgets, key=lambda each: -each.left)}
        columns = [
            Column(_("State"), [look.badge(each.state) for each in communes]),
            Column(_("Commune"), [Text(look.text(each.name), "bold") for each in communes]),
            Column(_("Problems"), [Text(str(each.problems or "")) for each in communes], right=True),
            Column(_("Services"), [Text(_share(each, "services")) for each in communes], right=True),
            Column(_("Devices"), [Text(_share(each, "nodes")) for each in communes], rank["devices"], right=True),
            Column(_("Checks"), [Text(_share(each, "checks")) for each in communes], rank["checks"], right=True),
            Column(
                _("Duration"),
                [Text(look.lasted(now - each.since) if each.since else "") for each in communes],
                rank["since"],
                right=True,
            ),
            Column(_("Budget left"), [look.left(lowest.get(each.name)) for each in communes], right=True),
            Column(
                _("Inhabitants"), [Text(look.number(each.population)) for each in communes], rank["population"],
                right=True,
            ),
        ]  # fmt: skip
        return table(columns, self._width, self._ellipsis)

    def _names_that_fit(self, communes: Sequence[CommuneLine], columns: Sequence[int]) -> dict[str, str]:
        """Names short enough for the whole map, as long as there is room, column by column."""
        same = Counter(_bare(each.name) for each in communes)
        names = {each.name: self._look.text((_bare if same[_bare(each.name)] == 1 else _whole)(each.name))
                 for each in communes}  # fmt: skip
        most = (self._width - len(columns) + 1) // len(columns)
        if most < _LEAST:
            return {}
        if self._total(communes, columns, names) > self._width:
            room = {each.name: most - 2 - len(self._count(each)) for each in communes}
            return {name: cut(Text(short), room[name], self._ellipsis).plain for name, short in names.items()}
        for shape in (_short, _whole):
            for column in columns:
                longer = {each.name: self._look.text(shape(each.name)) for each in communes if each.tile[0] == column}
                if self._total(communes, columns, {**names, **longer}) <= self._width:
                    names.update(longer)
        return names

    def _total(self, communes: Sequence[CommuneLine], columns: Sequence[int], names: dict[str, str]) -> int:
        widest = [max(self._tile_width(names, each) for each in communes if each.tile[0] == one) for one in columns]
        return sum(widest) + len(columns) - 1

    def _tile_width(self, names: dict[str, str], commune: CommuneLine) -> int:
        return 2 + cell_len(names.get(commune.name, "")) + len(self._count(commune))

    def _count(self, commune: CommuneLine) -> str:
        """Said where there is more than one problem: of one the state tells enough."""
        return f" {commune.problems}" if commune.problems > 1 else ""

    def _tile(self, name: str, commune: CommuneLine) -> Text:
        style = "" if commune.state == "up" else STYLES[commune.state]  # only what asks for attention gets it
        return Text().append(f"{self._look.glyph(commune.state)} {name}{self._count(commune)}", style)


def _share(commune: CommuneLine, kind: str) -> str:
    """How many are not well, of how many."""
    counts = commune.counts[kind]
    total = sum(counts.values())
    bad = total - counts.get("up", 0)
    return f"{bad}/{total}" if bad else str(total or "")


def _whole(name: str) -> str:
    return name


def _short(name: str) -> str:
    """``Saint-Aubin-de-Médoc`` as people say it: St-Aubin."""
    name = _SAINT.sub(r"St\1", name)
    head, _, rest = name.partition("-") if name.startswith("St") else ("", "", name)
    while _TAIL.search(_ARTICLE.sub("", rest)):
        rest = _TAIL.sub("", rest)
    return f"{head}-{rest}" if head else rest


def _bare(name: str) -> str:
    """Without its article as well."""
    return _ARTICLE.sub("", _short(name))
