"""Incidents as lines of text, drawn from their document: the list, and one with everything that is known of it."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from exporters.terminal.incidentline import read_clock
from exporters.terminal.instants import moment
from exporters.terminal.layout import Column, cut, table
from exporters.terminal.look import Look
from exporters.terminal.roots import CLOCKS, countdown
from netmon.model import Step
from netmon.words import PARTY_WORDS, STEP_WORDS, detail_beside

DROPPED_FIRST = (
    "whose", "devices", "sites", "since", "communes", "services", "commune", "why", "on it", "people", "clock",
)  # fmt: skip
"""Columns of the list in the order in which they give way to a narrow terminal."""

Incident = Mapping[str, Any]


class IncidentScreen:
    """Draws in ``width`` columns; ``now`` is when the document was made."""

    def __init__(self, look: Look, width: int, now: str) -> None:
        self._look = look
        self._width = width
        self._now = moment(now)
        self._ellipsis = "..." if look.ascii else "…"

    def draw(self, incidents: Sequence[Incident]) -> list[Text]:
        """One line each, the columns that say least dropped first."""
        if not incidents:
            return [Text(self._look.gettext("No incident is open."))]
        _, look = self._look.gettext, self._look
        rank = {name: number for number, name in enumerate(DROPPED_FIRST)}
        columns = [
            Column("", [self._badge(each) for each in incidents]),
            Column(_("Incident"), [Text(each["id"]) for each in incidents]),
            Column(_("What"), [Text(look.text(each["object"]), "bold") for each in incidents]),
            Column(_("Clock"), [self._tightest(each) for each in incidents], rank["clock"]),
            Column(_("Inh."), self._counts(incidents, "population"), rank["people"], right=True),
            Column(_("Com."), self._counts(incidents, "communes"), rank["communes"], right=True),
            Column(_("Sites"), self._counts(incidents, "sites"), rank["sites"], right=True),
            Column(_("Serv."), self._counts(incidents, "services"), rank["services"], right=True),
            Column(_("Dev."), self._counts(incidents, "nodes"), rank["devices"], right=True),
            Column(_("On it"), [Text(self._on_it(each)) for each in incidents], rank["on it"], 10),
            Column(_("Commune"), [Text(look.text(each["commune"])) for each in incidents], rank["commune"]),
            Column(_("Since"), [Text(self._since(each)) for each in incidents], rank["since"], right=True),
            Column(_("Duration"), [Text(self._lasts(each)) for each in incidents], right=True),
            Column(_("Why"), [Text(look.reason(each["reason"])) for each in incidents], rank["why"], 12),
            Column(_("Whose"), [Text(self._party(each)) for each in incidents], rank["whose"]),
        ]
        return table(columns, self._width, self._ellipsis)

    def _counts(self, incidents: Sequence[Incident], kind: str) -> list[Text]:
        """How much of ``kind`` each takes along."""
        taken = (each["takes"][kind] for each in incidents)
        return [Text(self._look.number(one if isinstance(one, int) else len(one))) for one in taken]

    def show(self, one: Incident) -> list[Text]:
        """Everything about one incident."""
        look, _ = self._look, self._look.gettext
        head = Text().append_text(self._badge(one)).append(f" {one['id']}  ", "bold").append(look.text(one["object"]))
        where = ", ".join(filter(None, (one["site_name"] or one["site"], one["commune"])))
        lines = [head, Text(f"  {look.text(where)}")] if where else [head]
        reason = look.text(" · ").join(
            filter(None, (look.reason(one["reason"]), look.text(detail_beside(one["reason"], one["detail"]))))
        )
        since, ended = _("Since"), _("Ended")
        lines += self._folded(f"{since} {look.clock(moment(one['since']))} ({self._lasts(one)})  {reason}")
        if one["ended"]:
            lines.append(Text(f"  {ended} {look.clock(moment(one['ended']))}"))
        for name, value in self._facts(one):
            lines += self._folded(look.named(name, look.text(value)))
        for title, rows in (
            (_("Clocks"), [self._clock_line(clock) for clock in one["clocks"]]),
            (_("Takes along"), list(self._tree(one["takes"]))),
            (_("What was told"), [line for step in one["trail"] for line in self._folded(self._trail(step))]),
        ):
            if rows:
                lines += [Text(), Text(title, "bold"), *rows]
        return [cut(line, self._width, self._ellipsis) for line in lines]

    def _facts(self, one: Incident) -> Iterator[tuple[str, str]]:
        _, takes = self._look.gettext, one["takes"]
        if len(one["roots"]) > 1:
            yield _("Root causes"), ", ".join(one["roots"])
        if one["flapping"]:
            yield _("Flapping"), _("it goes back and forth; seconds are counted as they were")
        if one["party"]:
            yield _("Whose"), self._party(one)
        if takes["communes"]:
            inhabitants = _("%(n)s inhabitants") % {"n": self._look.number(takes["population"]) or "0"}
            yield _("Communes"), f"{', '.join(takes['communes'])} ({inhabitants})"

    def _badge(self, one: Incident) -> Text:
        state = "maintenance" if one["maintenance"] else one["state"]
        return self._look.badge(state)

    def _since(self, one: Incident) -> str:
        return self._look.at(moment(one["since"]), self._now)

    def _lasts(self, one: Incident) -> str:
        end = moment(one["ended"]) if one["ended"] else self._now
        return self._look.lasted(end - moment(one["since"]))

    def _on_it(self, one: Incident) -> str:
        handling, done, _ = one["handling"], one["acknowledged"], self._look.gettext
        if any(pause["to"] is None for pause in handling["pauses"]) and not one["ended"]:
            return _("paused")
        for key, word in (("started", _("intervention")), ("notified", _("notified"))):
            if handling[key]:
                return word
        return self._look.text(done["author"]) if done else "" if one["ended"] else _("nobody")

    def _party(self, one: Incident) -> str:
        party = PARTY_WORDS.get(one["party"], "")
        return self._look.gettext(party) if party else ""

    def _tightest(self, one: Incident) -> Text:
        running = [clock for clock in one["clocks"] if clock["ended"] is None]
        if not running:
            return Text()
        clock = min(running, key=lambda each: (each["remaining_seconds"], -each["late_seconds"]))
        return self._countdown(clock)

    def _countdown(self, clock: Mapping[str, Any]) -> Text:
        if clock["ended"] is None or clock["late_seconds"]:
            return countdown(self._look, read_clock(clock))
        kind = CLOCKS[clock["kind"]]
        name, met = self._look.gettext(kind), self._look.gettext("met")
        return Text(f"{name} {met}")

    def _clock_line(self, clock: Mapping[str, Any]) -> Text:
        look = self._look
        line = Text(f"  {look.text(clock['contract'])}  ").append_text(self._countdown(clock))
        if clock["deadline"]:
            until = look.gettext("until")
            line.append(f"  {until} {look.at(moment(clock['deadline']), self._now)}")
        return line

    def _tree(self, takes: Mapping[str, Any]) -> Iterator[Text]:
        if takes["nodes"]:
            yield from (Text(f"  {line}") for line in _branches(takes["tree"], self._look.ascii))
        _ = self._look.gettext
        for title, names in ((_("Checks"), takes["checks"]), (_("Services"), takes["services"])):
            if names:
                yield from self._folded(self._look.named(title, self._look.text(", ".join(names))))

    def _folded(self, line: str) -> Iterator[Text]:
        """On as many lines as it takes: whoever asks for one incident wants to read it."""
        for each in textwrap.wrap(line, max(20, self._width), initial_indent="  ", subsequent_indent="      "):
            yield Text(each)

    def _trail(self, step: Mapping[str, Any]) -> str:
        look = self._look
        said = [look.clock(moment(step["at"])), look.gettext(STEP_WORDS[Step(step["step"])])]
        said += [look.text(part) for part in (step["object"], step["contract"]) if part]
        said += [look.reason(step["text"])] if step["text"] else []
        return "  ".join([*said, f"{'-' if look.ascii else '—'} {look.text(step['author'])}"])


def _branches(
    children: Iterable[Mapping[str, Any]], ascii_only: bool, before: str = "", top: bool = True
) -> Iterator[str]:
    """A tree, each child under its parent."""
    children = list(children)
    for place, child in enumerate(children):
        last = place == len(children) - 1
        corner = "" if top else ("`-- " if last else "|-- ") if ascii_only else ("└── " if last else "├── ")
        yield f"{before}{corner}{child['id']}"
        rest = "" if top else "    " if last else "|   " if ascii_only else "│   "
        yield from _branches(child["children"], ascii_only, before + rest, top=False)
