"""The handover of a shift as Markdown: what is open, what closed, what was told, works, when nothing was watched."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporters.terminal.instants import moment
from exporters.terminal.look import Look
from exporters.terminal.works import Works, folded
from netmon.clock import Millis, to_datetime
from netmon.model import MONITOR, Step
from netmon.words import PARTY_WORDS, STEP_WORDS

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True, slots=True)
class Shift:
    """What happened from ``since`` to ``until``. ``stops`` are spans in which nothing was watched."""

    since: Millis
    until: Millis
    incidents: Sequence[Mapping[str, Any]]
    works: Sequence[Works]
    stops: Sequence[tuple[Millis, Millis | None]]


class Handover:
    """Writes a shift in the language of ``look``."""

    def __init__(self, look: Look, shift: Shift) -> None:
        self._look = look
        self._shift = shift
        self._now = to_datetime(shift.until)

    def write(self) -> str:
        """The whole text."""
        _, shift = self._look.gettext, self._shift
        opened = [each for each in shift.incidents if each["ended"] is None]
        closed = [each for each in shift.incidents if each["ended"] is not None]
        span = {"since": self._at(shift.since), "until": self._look.clock(self._now)}
        lines = ["# " + _("Handover, from %(since)s to %(until)s") % span]
        sections = (
            (_("Open incidents"), [self._incident(each) for each in opened], _("None is open.")),
            (_("Incidents closed since"), [self._incident(each) for each in closed], _("None.")),
            (_("Planned works"), [[self._works(*alike)] for alike in folded(shift.works)], _("None.")),
            (_("Monitoring stopped"), [[self._stop(each)] for each in shift.stops], _("Never.")),
        )
        for title, entries, nothing in sections:
            lines += ["", f"## {title} ({len(entries)})", ""]
            lines += [line for entry in entries for line in entry] or [nothing]
        return "\n".join(lines) + "\n"

    def _incident(self, one: Mapping[str, Any]) -> list[str]:
        facts = self._look.gettext("; ").join(self._facts(one))
        head = self._look.named(f"**{one['id']}** {_plain(one['object'])}", f"{facts}.")
        return [f"- {head}", *self._told(one["trail"])]

    def _facts(self, one: Mapping[str, Any]) -> Iterator[str]:
        _, look, takes = self._look.gettext, self._look, one["takes"]
        since = moment(one["since"])
        end = moment(one["ended"]) if one["ended"] else self._now
        state = look.word("maintenance" if one["maintenance"] else one["state"])
        when = {"state": state, "since": look.at(since, self._now), "length": look.lasted(end - since)}
        if one["ended"]:
            yield _("down from %(since)s to %(until)s (%(length)s)") % {**when, "until": look.at(end, self._now)}
        else:
            yield _("%(state)s since %(since)s (%(length)s)") % when
        yield _plain(", ".join(filter(None, (look.reason(one["reason"]), one["site_name"], one["commune"]))))
        if one["flapping"]:
            yield _("flapping")
        parts = (
            (len(takes["nodes"]), "%(n)s device", "%(n)s devices"),
            (len(takes["services"]), "%(n)s service", "%(n)s services"),
            (len(takes["communes"]), "%(n)s commune", "%(n)s communes"),
        )
        takes_along = [look.ngettext(single, many, count) for count, single, many in parts if count]
        if takes_along and takes["population"]:
            takes_along[-1] += " (" + _("%(n)s inhabitants") % {"n": look.number(takes["population"])} + ")"
        if takes_along:
            yield _("takes along %(what)s") % {"what": ", ".join(takes_along)}
        if one["party"]:
            party = PARTY_WORDS[one["party"]]
            yield _("attributed to %(party)s") % {"party": look.gettext(party)}
        if not (one["ended"] or one["acknowledged"] or one["handling"]["notified"] or one["handling"]["started"]):
            yield _("nobody is on it")
        yield from (self._clock(clock) for clock in one["clocks"])

    def _clock(self, clock: Mapping[str, Any]) -> str:
        _, look = self._look.gettext, self._look
        words = {
            "clock": clock["kind"].upper(),
            "contract": _plain(clock["contract"]),
            "length": look.lasted(dt.timedelta(seconds=clock["late_seconds"] or clock["remaining_seconds"])),
            "until": look.at(moment(clock["deadline"]), self._now) if clock["deadline"] else "",
        }
        if clock["late_seconds"]:
            return _("%(clock)s of %(contract)s missed by %(length)s") % words
        if clock["result"] == "met":
            return _("%(clock)s of %(contract)s met") % words
        if clock["paused"] or not clock["deadline"]:
            return _("%(clock)s of %(contract)s paused, %(length)s left") % words
        return _("%(clock)s of %(contract)s: %(length)s left, until %(until)s") % words

    def _told(self, trail: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        """What people told during the shift."""
        for step in trail:
            at = moment(step["recorded"])
            if step["author"] == MONITOR or at < to_datetime(self._shift.since):
                continue
            word = self._look.gettext(STEP_WORDS[Step(step["step"])])
            what = self._look.named(word, _plain(step["text"])) if step["text"] else word
            yield f"  - {self._look.at(moment(step['at']), self._now)} {what} ({_plain(step['author'])})"

    def _works(self, works: Works, more: Sequence[Works]) -> str:
        end, _ = "…" if works.end is None else self._at(works.end), self._look.gettext
        what = f"{_plain(', '.join(works.objects))}, {_plain(works.text)}"
        line = "- " + self._look.named(f"{self._at(works.start)} – {end}", what)
        if not more:
            return line
        once, often = _("once more, %(time)s"), _("%(n)s more, the last %(time)s")
        again = (once if len(more) == 1 else often) % {"n": len(more), "time": self._at(more[-1].start)}
        return f"{line} ({again})"

    def _stop(self, stop: tuple[Millis, Millis | None]) -> str:
        if stop[1] is None:
            return f"- {self._at(stop[0])} – …"
        lasted = self._look.lasted(dt.timedelta(milliseconds=stop[1] - stop[0]))
        return f"- {self._at(stop[0])} – {self._at(stop[1])} ({lasted})"

    def _at(self, instant: Millis) -> str:
        return self._look.at(to_datetime(instant), self._now)


def _plain(text: str) -> str:
    """``text`` without what Markdown reads as a sign."""
    return _SPECIAL.sub(r"\\\1", text)
