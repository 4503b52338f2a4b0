"""Root causes, the clocks that run for them, and the services that suffer, as tables."""

import datetime as dt
from collections.abc import Callable, Sequence

from rich.text import Text

from exporters.terminal.incidentline import ClockLine, IncidentLine
from exporters.terminal.layout import Column, table
from exporters.terminal.look import STYLES, Look
from exporters.terminal.status import ProblemLine
from netmon.i18n import mark

DROPPED_FIRST = (
    "detail", "incident", "site", "at", "devices", "sites", "communes", "services", "commune", "on it", "people",
)  # fmt: skip
"""Columns of the table of root causes in the order in which they give way to a narrow terminal."""

HANDLED = {
    "acknowledged": mark("seen"), "notified": mark("notified"), "started": mark("intervention"),
    "paused": mark("paused"),
}  # fmt: skip
CLOCKS = {"gti": mark("GTI"), "gtr": mark("GTR")}
LATE_SOON = 900.0
"""Seconds that are left when a clock turns yellow."""


class Roots:
    """Draws in ``width`` columns as of ``now``. ``several``: there is more than one commune on the screen."""

    def __init__(self, look: Look, width: int, now: dt.datetime, *, several: bool) -> None:
        self._look = look
        self._width = width
        self._now = now
        self._several = several
        self._ellipsis = "..." if look.ascii else "…"

    def causes(self, problems: Sequence[ProblemLine]) -> list[Text]:
        """One line each, with what it cuts. An incident with several roots counts once, in the first line of it."""
        look, _ = self._look, self._look.gettext
        rank = {name: number for number, name in enumerate(DROPPED_FIRST)}
        first = _first_lines(problems)

        def cells(text: Callable[[ProblemLine], str]) -> list[Text]:
            return [Text(look.text(text(each))) for each in problems]

        def cut(number: Callable[[IncidentLine], int], otherwise: Callable[[ProblemLine], int]) -> list[Text]:
            counted = (number(each.incident) if each.incident else otherwise(each) for each in problems)
            return [
                Text(look.number(one) if each in first else "") for one, each in zip(counted, problems, strict=True)
            ]

        columns = [
            Column(_("State"), [look.badge(each.state) for each in problems]),
            Column(_("What"), [Text(look.text(each.name), "bold") for each in problems]),
            Column(_("Clock"), [self._clock(each) for each in problems]),
            Column(_("Inh."), cut(lambda one: one.population, lambda _: 0), rank["people"], right=True),
            Column(
                _("Com."), cut(lambda one: len(one.communes), lambda each: len(each.communes)), rank["communes"],
                right=True,
            ),
            Column(_("Sites"), cut(lambda one: one.sites, lambda _: 0), rank["sites"], right=True),
            Column(
                _("Serv."), cut(lambda one: one.services, lambda each: each.takes["services"]), rank["services"],
                right=True,
            ),
            Column(
                _("Dev."), cut(lambda one: one.nodes, lambda each: each.takes["nodes"]), rank["devices"], right=True
            ),
            Column(_("On it"), [Text(self._on_it(each)) for each in problems], rank["on it"], 10),
            Column(_("Commune"), cells(lambda each: each.commune if self._several else ""), rank["commune"]),
            Column(_("Site"), cells(lambda each: each.site), rank["site"]),
            Column(_("Duration"), cells(lambda each: look.lasted(self._now - each.since)), right=True),
            Column(_("Since"), cells(lambda each: look.at(each.since, self._now)), rank["at"], right=True),
            Column(_("Why"), [Text(self._why(each)) for each in problems], shrink=16),
            Column(_("Incident"), cells(lambda each: each.incident.id if each.incident else ""), rank["incident"]),
            Column(_("Detail"), cells(lambda each: each.detail), rank["detail"], 12),
        ]  # fmt: skip
        return table(columns, self._width, self._ellipsis)

    def clocks(self, problems: Sequence[ProblemLine]) -> list[Text]:
        """Every clock that runs, the most pressing first."""
        look, _ = self._look, self._look.gettext
        incidents = {each.incident.id: each.incident for each in problems if each.incident}
        running = [(clock, incident) for incident in incidents.values() for clock in incident.clocks]
        running.sort(key=lambda pair: pair[0].urgency)
        columns = [
            Column(_("Clock"), [countdown(look, clock) for clock, _one in running]),
            Column(_("Until"), [Text(self._until(clock)) for clock, _one in running]),
            Column(_("What"), [Text(look.text(one.object), "bold") for _clock, one in running]),
            Column(_("Contract"), [Text(look.text(clock.contract)) for clock, _one in running], 1),
            Column(_("Incident"), [Text(one.id) for _clock, one in running], 0),
        ]
        return table(columns, self._width, self._ellipsis) if running else []

    def services(self, problems: Sequence[ProblemLine]) -> list[Text]:
        """Services that lose something, and what by."""
        look, _ = self._look, self._look.gettext
        columns = [
            Column(_("State"), [look.badge(problem.state) for problem in problems]),
            Column(_("What"), [Text(look.text(problem.name), "bold") for problem in problems]),
            Column(_("Duration"), [Text(look.lasted(self._now - each.since)) for each in problems], 0, right=True),
            Column(_("Because of"), [Text(self._causes(problem)) for problem in problems], 1),
        ]
        return table(columns, self._width, self._ellipsis)

    def _clock(self, problem: ProblemLine) -> Text:
        clock = problem.incident.tightest if problem.incident else None
        return countdown(self._look, clock) if clock else Text()

    def _until(self, clock: ClockLine) -> str:
        return self._look.at(clock.deadline, self._now) if clock.deadline else ""

    def _on_it(self, problem: ProblemLine) -> str:
        incident = problem.incident
        if incident is None:
            return ""
        word = HANDLED.get(incident.handled, "")
        if not word:
            return self._look.gettext("nobody")
        who = f" ({incident.acknowledged_by})" if incident.acknowledged_by else ""
        return self._look.gettext(word) + self._look.text(who)

    def _why(self, problem: ProblemLine) -> str:
        flapping = self._look.gettext("flapping") + ", " if problem.incident and problem.incident.flapping else ""
        return flapping + self._look.reason(problem.reason)

    def _causes(self, problem: ProblemLine) -> str:
        more = f" +{len(problem.causes) - 1}" if len(problem.causes) > 1 else ""
        return self._look.text(problem.causes[0]) + more if problem.causes else ""


def countdown(look: Look, clock: ClockLine) -> Text:
    """``GTR 1 h 12``; late: ``GTR +0 h 05`` in red; within a quarter of an hour: yellow."""
    name = look.gettext(CLOCKS[clock.kind])
    length = look.lasted(dt.timedelta(seconds=clock.late or clock.left))
    if clock.late:
        return Text(f"{name} +{length}", STYLES["down"])
    if clock.paused or clock.waits:
        why = look.gettext("paused") if clock.paused else look.gettext("off hours")
        return Text(f"{name} {length} ({why})")
    return Text(f"{name} {length}", STYLES["degraded"] if clock.left < LATE_SOON else "")


def _first_lines(problems: Sequence[ProblemLine]) -> list[ProblemLine]:
    """Those that are not a further root of an incident that was told already."""
    told: set[str] = set()
    found = []
    for each in problems:
        name = each.incident.id if each.incident else ""
        if not name or name not in told:
            found.append(each)
        told.add(name)
    return found
