"""The summary as lines of text: communes, root causes with clocks, services, budgets, the monitor itself."""

import datetime as dt
import textwrap
from dataclasses import dataclass, replace

from rich.text import Text

from exporters.terminal.budgets import at_risk, draw_budgets
from exporters.terminal.communes import LIST, MAP, TABLE, Communes
from exporters.terminal.health import health, overdue
from exporters.terminal.layout import cut
from exporters.terminal.look import GLYPHS, STYLES, Look
from exporters.terminal.roots import Roots
from exporters.terminal.sections import Section, fit
from exporters.terminal.status import Status

_MOST_WINDOWS = 3
MOST_BUDGETS = 10
"""More objectives at risk than this are counted, not listed: ``netmon sla`` lists them."""

_KINDS = (("services", "%(n)s service", "%(n)s services"), ("nodes", "%(n)s device", "%(n)s devices"))


@dataclass(frozen=True, slots=True)
class Screen:
    """Draws in ``width`` columns and, where given, at most ``height`` lines. ``view`` is that of the communes;
    ``skip`` is how many root causes are scrolled away; ``faded``: what is drawn is old, and has no colours."""

    look: Look
    width: int
    height: int | None = None
    view: str = MAP
    skip: int = 0
    faded: bool = False

    def draw(self, status: Status, *, problems_only: bool = False) -> list[Text]:
        """The whole summary. Where lines are few, communes that are well are told briefly before problems are cut.

        What is not of now is told so in the first line, and has no colours: nothing on the screen looks fresh then.
        """
        banner = self._banner(status)
        if status.past and status.past.watched:
            status = replace(status, generated=status.past.watched)
        sections = self._sections(status)
        bottom = [Text(), *self._windows(status), *health(self.look, status, self.width)]
        roots = sections[0].lines if sections else 0
        for communes in self._communes(status, problems_only=problems_only):
            top = [self._headline(status), *communes]
            room = None if self.height is None else self.height - len(banner) - len(top) - len(bottom)
            if room is None or roots + (len(sections) > 1) <= room:
                break
        lines = [*top, *fit(sections, room, self.skip), *bottom]
        if banner or self.faded:
            lines = [Text(line.plain, "dim") for line in lines]
        return [cut(line, self.width, self._ellipsis) for line in (*banner, *lines)]

    def _communes(self, status: Status, *, problems_only: bool) -> list[list[Text]]:
        """What to say of communes, the fullest first; which it is depends on the room that problems leave."""
        if problems_only:
            return [[]]
        if len(status.communes) == 1:
            return [[Text(), *self._one_commune(status)]]
        drawn = Communes(self.look, self.width)
        close = drawn.names(status.communes, close=True)
        brief = drawn.names(status.communes, brief=True, close=True)
        full = drawn.draw(status.communes, self.view, status)
        shapes = {MAP: (full, brief), LIST: (full, close, brief), TABLE: (full, self._first_of(full))}[self.view]
        return [[Text(), *lines] for lines in shapes]

    def _first_of(self, rows: list[Text]) -> list[Text]:
        """As much of a table of communes as half a screen holds, and how many more there are."""
        room = max(3, (self.height or len(rows)) // 2 - 2)
        left = len(rows) - room
        more = self.look.ngettext("and %(n)s commune more", "and %(n)s communes more", left)
        return [*rows[:room], Text(more, "dim")] if left > 0 else rows

    def _sections(self, status: Status) -> list[Section]:
        look, _ = self.look, self.look.gettext
        draw = Roots(look, self.width, status.generated, several=len(status.communes) != 1)
        roots = [problem for problem in status.problems if problem.root]
        services = [problem for problem in status.problems if problem.kind == "service"]
        budgets = at_risk(status.budgets)
        shown = draw_budgets(look, self.width, status.generated, budgets[:MOST_BUDGETS])
        found = [
            Section(_("Root causes"), draw.causes(roots) if roots else [], len(roots)),
            Section(_("Running clocks"), draw.clocks(roots), 0),
            Section(_("Services that suffer"), draw.services(services) if services else [], len(services)),
            Section(_("Objectives at risk this month"), shown if budgets else [], len(budgets)),
        ]
        found = [section for section in found if section.table]
        if roots or services:
            return found
        nothing = _("No open problem matches the filter.") if status.filtered else _("Nothing is broken.")
        return [Section(nothing, []), *found]

    def _banner(self, status: Status) -> list[Text]:
        """Why this is not the present."""
        look, past = self.look, status.past
        if past is None:
            silent = overdue(status)
            if silent is None:
                return []
            words = look.gettext("netmon answers, but has polled nothing for %(length)s: this is old")
            return self._alarm(words % {"length": look.lasted(silent)})
        words = look.gettext("Read from the history: nothing was ever watched.")
        if past.watched is not None:
            words = look.gettext("Read from the history: as it was at %(time)s, %(length)s ago; not watched since.")
            if past.refused:
                words = look.gettext("Read from the history: as it was at %(time)s, %(length)s ago.")
            words %= {"time": look.clock(past.watched), "length": look.lasted(status.generated - past.watched)}
        return [*self._alarm(look.text(past.why)), *self._alarm(words)]

    def _alarm(self, words: str) -> list[Text]:
        lines = textwrap.wrap(words, max(20, self.width - 4))
        glyphs = [self.look.glyph("down"), *" " * len(lines)]
        return [Text(f" {glyph} {line}".ljust(self.width), STYLES["down"])
                for glyph, line in zip(glyphs, lines, strict=False)]  # fmt: skip

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

    def _one_commune(self, status: Status) -> list[Text]:
        look = self.look
        lines = []
        for kind, one, many in _KINDS:
            counts = status.communes[0].counts[kind]
            parts = [f"{look.glyph(state)} {look.word(state)} {counts[state]}" for state in GLYPHS if counts.get(state)]
            lines.append(Text(look.ngettext(one, many, sum(counts.values())) + ": " + ", ".join(parts)))
        return [line for line in lines if not line.plain.startswith("0 ")]

    def _windows(self, status: Status) -> list[Text]:
        """Works under way; those that say the same of several objects are told together."""
        look = self.look
        together: dict[tuple[str, dt.datetime | None], list[str]] = {}
        for window in status.windows:
            together.setdefault((window.text, window.end), []).append(window.object)
        lines = []
        for (text, end), objects in together.items():
            more = f" +{len(objects) - 1}" if len(objects) > 1 else ""
            line = look.badge("maintenance").append(f" {look.text(objects[0])}{more} {look.text(text)}")
            if end is not None:
                line.append(" " + look.gettext("until") + " " + look.at(end, status.generated))
            lines.append(line)
        return lines if self.height is None else lines[:_MOST_WINDOWS]

    @property
    def _ellipsis(self) -> str:
        return "..." if self.look.ascii else "…"
