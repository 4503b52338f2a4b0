"""The status page for those who run the network: root causes, what they cut, who is on it, which clock runs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import netmon
from exporters.summary import Moment, is_blind, is_stale, printable
from exporters.web.communes import CommuneView, commune_views, count
from exporters.web.documents import overall
from exporters.web.incidents import clocks_of
from exporters.web.problems import OpenProblem, open_problems
from exporters.web.shown import StateText, When, Wording
from netmon.clock import DAY, Millis
from netmon.contracts import IncidentView
from netmon.i18n import mark
from netmon.model import Clock, MaintenanceWindow, Pace
from netmon.words import PARTY_WORDS, detail_beside, words_of

MOST_INCIDENTS, MOST_OTHERS, MOST_SERVICES, MOST_WORKS = 40, 20, 30, 12
ON_A_WALL = 5
"""So many incidents are shown on a screen that nobody scrolls."""
SOON = 7 * DAY
_CLOCKS = {"gti": mark("GTI"), "gtr": mark("GTR")}
_MOST_COMMUNES = 4


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A contract's clock: ``result`` is running, waiting (outside covered hours), paused or missed; ``due`` None: not
    foreseeable. ``zero`` is when nothing would be ``left`` if time counted on; it counts until ``stops``, and goes on
    at ``resumes``."""

    kind: str
    contract: str
    result: str
    due: When | None
    left: str
    zero: Millis
    stops: Millis | None
    resumes: When | None


@dataclass(frozen=True, slots=True)
class Card:
    """An open incident."""

    id: str
    state: StateText
    name: str
    place: str
    since: When
    reason: str
    detail: str
    takes: str
    communes: str
    on_it: tuple[str, ...]
    flapping: bool
    clocks: tuple[ClockLine, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Another problem, or a service that suffers."""

    state: StateText
    name: str
    place: str
    since: When
    why: str
    detail: str


@dataclass(frozen=True, slots=True)
class Work:
    """Planned work; ``more`` are works to come on the same object."""

    name: str
    text: str
    start: When
    end: When | None
    more: int = 0


class OperatorsView:
    """Values of each section of the page."""

    def sections(self, moment: Moment, wording: Wording) -> tuple[str, dict[str, dict[str, Any]]]:
        """The page's title, and the values of each section."""
        communes, problems = commune_views(moment), open_problems(moment)
        incidents = [view for view in moment.incidents() if view.ended is None]
        state = wording.state(overall(communes, problems))
        told = wording.plural("%(n)s open incident", "%(n)s open incidents", len(incidents))
        title = f"{state.glyph} {told or wording.gettext('Nothing is broken.')}"
        values = {
            "summary": {"state": state, "totals": self._totals(moment, communes, wording)},
            "incidents": self._incidents(moment, incidents, problems, wording),
            "map": {"tiles": [wording.tile(view, self._note(view, problems, wording)) for view in communes]},
            "services": self._services(problems, wording),
            "works": self._works(moment, wording),
            "monitor": self._monitor(moment, wording),
        }
        return title, values

    def _totals(self, moment: Moment, communes: list[CommuneView], wording: Wording) -> Any:
        _ = wording.gettext
        return wording.totals((
            (_("Communes"), dict(Counter(view.state for view in communes))),
            (_("Services"), count(moment.services().values())),
            (_("Devices"), count(moment.nodes().values())),
            (_("Checks"), count(moment.checks().values())),
        ))  # fmt: skip

    def _note(self, view: CommuneView, problems: list[OpenProblem], wording: Wording) -> str:
        name = view.commune.name
        number = sum(each.root and not each.maintenance and each.commune == name for each in problems)
        return wording.plural("%(n)s problem", "%(n)s problems", number)

    def _incidents(
        self, moment: Moment, incidents: list[IncidentView], problems: list[OpenProblem], wording: Wording
    ) -> dict[str, Any]:
        others = [problem for problem in problems if problem.root and not problem.incident]
        return {
            "number": len(incidents),
            "cards": [self._card(view, moment, wording) for view in incidents[:MOST_INCIDENTS]],
            "more": max(0, len(incidents) - MOST_INCIDENTS),
            "wall": ON_A_WALL,
            "others": [self._row(problem, moment, wording) for problem in others[:MOST_OTHERS]],
            "more_others": max(0, len(others) - MOST_OTHERS),
        }

    def _card(self, view: IncidentView, moment: Moment, wording: Wording) -> Card:
        site, node = moment.inventory.sites.get(view.site), moment.inventory.nodes.get(view.object)
        return Card(
            id=view.id,
            state=wording.state("maintenance" if view.maintenance else view.state.value),
            name=node.name if node else view.object,
            place=", ".join(filter(None, (site.name if site else "", view.commune))),
            since=wording.when(view.since),
            reason=words_of(view.reason, wording.gettext),
            detail=printable(detail_beside(view.reason, view.detail)),
            takes=_takes(view, wording),
            communes=_communes(view, wording),
            on_it=tuple(_on_it(view, wording)),
            flapping=view.flapping,
            clocks=tuple(_clock(*each, moment, wording) for each in clocks_of(view) if each[2].ended is None),
        )

    def _row(self, problem: OpenProblem, moment: Moment, wording: Wording) -> Row:
        site = moment.inventory.sites.get(problem.site)
        return Row(
            wording.state("maintenance" if problem.maintenance else problem.state.value),
            problem.name,
            ", ".join(filter(None, (site.name if site else "", problem.commune))),
            wording.when(problem.since),
            words_of(problem.reason, wording.gettext),
            printable(detail_beside(problem.reason, problem.detail)),
        )

    def _services(self, problems: list[OpenProblem], wording: Wording) -> dict[str, Any]:
        suffering = [problem for problem in problems if problem.kind == "service"]
        because = wording.gettext("because of %(causes)s")
        rows = []
        for problem in suffering[:MOST_SERVICES]:
            causes = ", ".join(problem.causes[:3])
            state = wording.state("maintenance" if problem.maintenance else problem.state.value)
            why = because % {"causes": causes} if causes else words_of(problem.reason, wording.gettext)
            rows.append(Row(state, problem.name, problem.commune, wording.when(problem.since), why, ""))
        return {"rows": rows, "more": max(0, len(suffering) - MOST_SERVICES)}

    def _works(self, moment: Moment, wording: Wording) -> dict[str, Any]:
        now = moment.now()
        planned = list(moment.planned(now, now + SOON))
        going = [_work(window, moment, wording) for window in planned if window.start <= now]
        ahead: dict[str, list[MaintenanceWindow]] = {}
        for window in planned:
            if window.start > now:
                ahead.setdefault(window.object, []).append(window)
        coming = [replace(_work(works[0], moment, wording), more=len(works) - 1) for works in ahead.values()]
        return {
            "going": going[:MOST_WORKS], "coming": coming[:MOST_WORKS],
            "more": max(0, len(going) - MOST_WORKS) + max(0, len(coming) - MOST_WORKS),
        }  # fmt: skip

    def _monitor(self, moment: Moment, wording: Wording) -> dict[str, Any]:
        now, checks = moment.now(), moment.checks().values()
        return {
            "version": netmon.__version__,
            "started": wording.when(moment.started),
            "checks": wording.formats.integer(len(checks)),
            "pending": sum(view.last is None for view in checks),
            "blind": sum(is_blind(view) for view in checks),
            "stale": sum(is_stale(view.last, now) for view in checks),
        }


def _takes(view: IncidentView, wording: Wording) -> str:
    takes = view.takes
    parts = (
        wording.plural("%(n)s device", "%(n)s devices", len(takes.nodes)),
        wording.plural("%(n)s check", "%(n)s checks", len(takes.checks)),
        wording.plural("%(n)s service", "%(n)s services", len(takes.services)),
    )
    return ", ".join(filter(None, parts))


def _communes(view: IncidentView, wording: Wording) -> str:
    """The communes concerned and how many people live there, where it takes anything along."""
    takes = view.takes
    if not (takes.nodes or takes.checks or takes.services):
        return ""
    many = len(takes.communes) - _MOST_COMMUNES
    if many > 0:
        named = wording.plural("%(n)s commune", "%(n)s communes", len(takes.communes))
    else:
        named = ", ".join(takes.communes)
    people = wording.plural("%(n)s inhabitant", "%(n)s inhabitants", takes.population)
    return f"{named} ({people})" if people else named


def _on_it(view: IncidentView, wording: Wording) -> Iterator[str]:
    """Who knows, who does what about it."""
    _, handling = wording.gettext, view.handling
    if view.acknowledged is not None:
        yield _("acknowledged by %(name)s") % {"name": printable(view.acknowledged.author)}
    if handling.started is not None:
        yield _("intervention started")
    elif handling.notified is not None:
        yield _("provider notified")
    if view.party is not None:
        yield _("responsible: %(party)s") % {"party": _(PARTY_WORDS[view.party])}


def _clock(contract: str, kind: str, clock: Clock, moment: Moment, wording: Wording) -> ClockLine:
    agreed = moment.inventory.contracts.get(contract)
    pace = clock.pace or Pace(moment.now(), not clock.paused, None)
    result = "missed" if clock.late else "paused" if clock.paused else "running" if pace.counts else "waiting"
    return ClockLine(
        wording.gettext(_CLOCKS[kind]),
        agreed.name if agreed else contract,
        result,
        None if clock.deadline is None else wording.when(clock.deadline),
        "" if result == "running" and wording.live else wording.length(clock.remaining),
        pace.at + clock.remaining,
        pace.changes,
        None if pace.counts or pace.changes is None else wording.when(pace.changes),
    )


def _work(window: MaintenanceWindow, moment: Moment, wording: Wording) -> Work:
    inventory = moment.inventory
    known = inventory.services.get(window.object) or inventory.sites.get(window.object)
    name = wording.gettext("everything") if window.object == "*" else known.name if known else window.object
    end = None if window.end is None else wording.when(window.end)
    return Work(name, printable(window.text), wording.when(window.start), end)
