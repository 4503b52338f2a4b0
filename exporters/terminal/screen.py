"""The summary as lines of text: communes worst first, open problems, the monitor itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from exporters.terminal.layout import Column, cut, flow, grid, table
from exporters.terminal.look import GLYPHS, STYLES, Look
from exporters.terminal.status import ProblemLine, Status

DROPPED_FIRST = ("detail", "site", "at", "commune")
"""Columns of the table of problems in the order in which they give way to a narrow terminal."""

_KINDS = (("services", "%(n)s service", "%(n)s services"), ("nodes", "%(n)s device", "%(n)s devices"))


@dataclass(frozen=True, slots=True)
class Screen:
    """Draws in ``width`` columns and, where given, at most ``height`` lines."""

    look: Look
    width: int
    height: int | None = None

    def draw(self, status: Status, *, problems_only: bool = False) -> list[Text]:
        """The whole summary. Where lines are few, communes that are well are told briefly before problems are cut."""
        sections = self._sections(status)
        bottom = [Text(), *self._windows(status), *self._monitor(status)]
        for brevity in range(3):
            top = [self._headline(status)]
            if not problems_only:
                top += [Text(), *self._communes(status, brevity)]
            room = None if self.height is None else self.height - len(top) - len(bottom)
            if room is None or sum(section.lines for section in sections) <= room:
                break
        lines = [*top, *(line for section in fit(sections, room) for line in section), *bottom]
        return [cut(line, self.width, self._ellipsis) for line in lines]

    def _sections(self, status: Status) -> list["Section"]:
        roots = [problem for problem in status.problems if problem.root]
        services = [problem for problem in status.problems if problem.kind == "service"]
        drawn = (
            (self.look.gettext("Open problems"), roots, self._root_table),
            (self.look.gettext("Services that suffer"), services, self._service_table),
        )
        found = [Section(title, draw(status, some)) for title, some, draw in drawn if some]
        if status.filtered:
            return found or [Section(self.look.gettext("No open problem matches the filter."), [])]
        return found or [Section(self.look.gettext("Nothing is broken."), [])]

    def _headline(self, status: Status) -> Text:
        look, states = self.look, [commune.state for commune in status.communes]
        line = Text().append("netmon ", "bold").append_text(look.badge(status.state)).append("  ")
        counts = [f"{look.glyph(state)} {states.count(state)}" for state in GLYPHS if state in states]
        if len(status.communes) == 1:
            line.append(look.text(status.communes[0].name), "bold")
        else:
            line.append(look.ngettext("%(n)s commune", "%(n)s communes", len(states)) + "  " + "  ".join(counts))
        clock = look.clock(status.generated)
        space = self.width - line.cell_len - len(clock)
        if space > 1:
            line.append(" " * space + clock)
        return line

    def _communes(self, status: Status, brevity: int) -> list[Text]:
        """By state, worst first. ``brevity``: 0 an aligned grid, 1 names close together, 2 only a count of the well."""
        if len(status.communes) == 1:
            return self._one_commune(status)
        states = [state for state in GLYPHS if any(commune.state == state for commune in status.communes)]
        badges = {state: self.look.badge(state) for state in states}
        label = max((badge.cell_len for badge in badges.values()), default=0) + 2
        lines: list[Text] = []
        for state in states:
            cells = [self._tile(name, state, count) for name, count in _names(status, state)]
            if brevity == 2 and state == "up":
                cells = [Text(self.look.ngettext("%(n)s commune", "%(n)s communes", len(cells)))]
            rows = (flow if brevity else grid)(cells, self.width - label)
            for number, row in enumerate(rows):
                first = badges[state].copy() if number == 0 else Text()
                first.append(" " * (label - first.cell_len))
                lines.append(first.append_text(row))
        return lines

    def _tile(self, name: str, state: str, problems: int) -> Text:
        style = "" if state == "up" else STYLES[state]  # only what asks for attention gets it
        cell = Text().append(self.look.glyph(state), style).append(f" {self.look.text(name)}")
        return cell.append(f" {problems}", "bold") if problems else cell

    def _one_commune(self, status: Status) -> list[Text]:
        look = self.look
        lines = []
        for kind, one, many in _KINDS:
            counts = status.communes[0].counts[kind]
            parts = [f"{look.glyph(state)} {look.word(state)} {counts[state]}" for state in GLYPHS if counts.get(state)]
            lines.append(Text(look.ngettext(one, many, sum(counts.values())) + ": " + ", ".join(parts)))
        return [line for line in lines if not line.plain.startswith("0 ")]

    def _root_table(self, status: Status, problems: Sequence[ProblemLine]) -> list[Text]:
        look, _, now = self.look, self.look.gettext, status.generated
        rank = {name: number for number, name in enumerate(DROPPED_FIRST)}
        several = len(status.communes) != 1
        columns = [
            Column(_("State"), [look.badge(problem.state) for problem in problems]),
            Column(_("What"), [Text(look.text(problem.name), "bold") for problem in problems]),
            Column(_("Takes"), [Text(self._takes(problem)) for problem in problems], right=True),
            Column(
                _("Commune"), [Text(look.text(each.commune if several else "")) for each in problems], rank["commune"]
            ),
            Column(_("Site"), [Text(look.text(problem.site)) for problem in problems], rank["site"]),
            Column(_("Duration"), [Text(look.lasted(now - problem.since)) for problem in problems], right=True),
            Column(_("Since"), [Text(look.at(problem.since, now)) for problem in problems], rank["at"], right=True),
            Column(_("Why"), [Text(look.reason(problem.reason)) for problem in problems], shrink=22),
            Column(_("Detail"), [Text(look.text(problem.detail)) for problem in problems], rank["detail"], 12),
        ]
        return table(columns, self.width, self._ellipsis)

    def _service_table(self, status: Status, problems: Sequence[ProblemLine]) -> list[Text]:
        look, _, now = self.look, self.look.gettext, status.generated
        columns = [
            Column(_("State"), [look.badge(problem.state) for problem in problems]),
            Column(_("What"), [Text(look.text(problem.name), "bold") for problem in problems]),
            Column(_("Duration"), [Text(look.lasted(now - problem.since)) for problem in problems], 0, right=True),
            Column(_("Because of"), [Text(self._causes(problem)) for problem in problems], 1),
        ]
        return table(columns, self.width, self._ellipsis)

    def _causes(self, problem: ProblemLine) -> str:
        more = f" +{len(problem.causes) - 1}" if len(problem.causes) > 1 else ""
        return self.look.text(problem.causes[0]) + more if problem.causes else ""

    def _takes(self, problem: ProblemLine) -> str:
        number = len(problem.takes["nodes"]) + len(problem.takes["services"])
        return f"+{number}" if number else ""

    def _windows(self, status: Status) -> list[Text]:
        look = self.look
        lines = []
        for window in status.windows:
            line = look.badge("maintenance")
            line.append(f" {look.text(window.object)} {look.text(window.text)}")
            if window.end is not None:
                line.append(" " + look.gettext("until") + " " + look.at(window.end, status.generated))
            lines.append(line)
        return lines

    def _monitor(self, status: Status) -> list[Text]:
        look, monitor = self.look, status.monitor
        parts = [
            f"netmon {look.text(monitor.version)}",
            look.gettext("watching for") + " " + look.lasted(status.generated - monitor.started),
            look.ngettext("%(n)s check", "%(n)s checks", monitor.checks),
        ]
        if monitor.last_run is not None:
            parts.append(
                look.gettext("last result %(time)s ago") % {"time": look.lasted(status.generated - monitor.last_run)}
            )
        if monitor.pending:
            parts.append(look.ngettext("%(n)s not polled yet", "%(n)s not polled yet", monitor.pending))
        line = Text(", ".join(parts))
        if monitor.blind:
            cut_off = look.ngettext(
                "netmon itself is cut off: %(n)s check cannot be seen",
                "netmon itself is cut off: %(n)s checks cannot be seen",
                monitor.blind,
            )
            line.append(", ").append(cut_off, "bold")
        if monitor.stale:
            late = look.ngettext(
                "%(n)s check without recent result", "%(n)s checks without recent result", monitor.stale
            )
            line.append(", ").append(late, "bold")
        return [line]

    @property
    def _ellipsis(self) -> str:
        return "..." if self.look.ascii else "…"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table: its header and rows."""

    title: str
    table: list[Text]

    @property
    def lines(self) -> int:
        """With the empty line and the title above it."""
        return 2 + len(self.table)


def fit(sections: Sequence[Section], room: int | None) -> list[list[Text]]:
    """The lines of the sections in ``room`` lines: the last gives rows first, and a title says how many are shown."""
    excess = 0 if room is None else sum(section.lines for section in sections) - room
    shown: list[list[Text]] = []
    for section in reversed(sections):
        rows = max(0, len(section.table) - 1)
        cut = min(rows, max(0, excess))
        excess -= cut
        if rows and cut == rows:
            excess -= 1
        count = f" ({rows - cut}/{rows})" if cut else f" ({rows})" if rows else ""
        title = Text().append(section.title + count, "bold underline" if rows else "")
        shown.append([Text(), title, *(section.table[: 1 + rows - cut] if rows - cut else [])])
    return shown[::-1]


def _names(status: Status, state: str) -> list[tuple[str, int]]:
    return [(commune.name, commune.problems) for commune in status.communes if commune.state == state]
