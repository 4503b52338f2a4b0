"""The landing page: the métropole at a glance, for people; without script."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import netmon
from exporters.summary import Moment, is_blind, is_stale, printable
from exporters.web.communes import STATES, CommuneView, commune_views, count
from exporters.web.pages import draw
from exporters.web.problems import OpenProblem, open_problems
from netmon.clock import MINUTE, Millis
from netmon.contracts import Snapshot
from netmon.i18n import mark, plural_translator, translator
from netmon.l10n import Formats
from netmon.words import STATE_WORDS, words_of

GLYPHS = {
    "down": "✖", "unreachable": "◌", "degraded": "▲", "unknown": "?", "pending": "…", "maintenance": "◆", "up": "●",
}  # fmt: skip
MAINTENANCE_WORD = mark("maintenance")
_WORDS = {**{state.value: words for state, words in STATE_WORDS.items()}, "maintenance": MAINTENANCE_WORD}
_MOST_PROBLEMS = 50
_REFRESH = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class StateText:
    """A state as glyph, word and class of the style sheet; never by colour alone."""

    name: str
    glyph: str
    word: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A commune's place on the map."""

    name: str
    column: int
    row: int
    state: StateText
    note: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A line of the table of open problems."""

    state: StateText
    name: str
    place: str
    since: str
    lasted: str
    reason: str
    detail: str
    takes: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many objects of a kind are in each state, worst first, those at zero left out."""

    title: str
    number: str
    parts: tuple[tuple[StateText, str], ...]


class LandingPage:
    """Draws ``/`` from the snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        language: str,
        timezone: str,
        *,
        has_reports: bool,
        probe_modules: tuple[str, ...] = (),
    ) -> None:
        self._snapshot = snapshot
        self._language = language
        self._has_reports = has_reports
        self._probe_modules = probe_modules
        self._formats = Formats(language, timezone)
        self._gettext = translator(language)
        self._ngettext = plural_translator(language)

    async def respond(self, request: Request) -> Response:
        """``?refresh=SECONDS`` asks the browser to come back by itself, for a screen on a wall."""
        values = self._values(Moment(self._snapshot))
        return draw("index.html", self._language, {**values, "refresh": _refresh(request)})

    def _values(self, moment: Moment) -> dict[str, Any]:
        formats, now, checks = self._formats, moment.now(), moment.checks()
        communes, problems = commune_views(moment), open_problems(moment)
        roots = [problem for problem in problems if problem.root]
        services = [problem for problem in problems if problem.kind == "service"]
        return {
            "tiles": [self._tile(view, roots) for view in communes],
            "totals": self._totals(moment, communes),
            "problems": [self._problem(problem, now) for problem in roots[:_MOST_PROBLEMS]],
            "more": max(0, len(roots) - _MOST_PROBLEMS),
            "services": [self._problem(problem, now) for problem in services[:_MOST_PROBLEMS]],
            "more_services": max(0, len(services) - _MOST_PROBLEMS),
            "windows": [
                (window.object, window.text, formats.instant(window.end) if window.end else "")
                for window in moment.maintenance()
            ],
            "now": formats.instant(now),
            "started": formats.instant(moment.started),
            "blind": sum(is_blind(view) for view in checks.values()),
            "stale": sum(is_stale(view.last, now) for view in checks.values()),
            "checks": formats.integer(len(checks)),
            "version": netmon.__version__,
            "has_reports": self._has_reports,
            "probe_modules": self._probe_modules,
        }

    def _state(self, name: str) -> StateText:
        return StateText(name, GLYPHS[name], self._gettext(_WORDS[name]))

    def _tile(self, view: CommuneView, roots: Iterable[OpenProblem]) -> Tile:
        number = sum(problem.commune == view.commune.name and not problem.maintenance for problem in roots)
        ngettext = self._ngettext
        note = ngettext("%(n)s problem", "%(n)s problems", number) % {"n": number} if number else ""
        column, row = view.commune.tile
        return Tile(view.commune.name, column, row, self._state(view.state), note)

    def _totals(self, moment: Moment, communes: list[CommuneView]) -> list[Total]:
        _ = self._gettext
        counted = (
            (_("Communes"), {state: sum(view.state == state for view in communes) for state in STATES}),
            (_("Services"), count(moment.services().values())),
            (_("Devices"), count(moment.nodes().values())),
            (_("Checks"), count(moment.checks().values())),
        )
        return [
            Total(
                title,
                self._formats.integer(sum(counts.values())),
                tuple((self._state(name), self._formats.integer(counts[name])) for name in STATES if counts[name]),
            )
            for title, counts in counted
        ]

    def _problem(self, problem: OpenProblem, now: Millis) -> ProblemRow:
        _ = self._gettext
        site = self._snapshot.inventory.sites.get(problem.site)
        place = ", ".join(filter(None, (site.name if site else "", problem.commune)))
        state = "maintenance" if problem.maintenance else problem.state.value
        since = self._formats.instant(problem.since)
        length = max(0, now - problem.since)
        lasted = self._formats.duration(length - length % MINUTE if length >= MINUTE else length)
        reason = words_of(problem.reason, self._gettext)
        causes = ", ".join(problem.causes[:3])
        detail = _("because of %(causes)s") % {"causes": causes} if causes else problem.detail
        return ProblemRow(
            self._state(state), problem.name, place, since, lasted, reason, printable(detail), self._takes(problem)
        )

    def _takes(self, problem: OpenProblem) -> str:
        """What fails with it: ``12 devices, 3 services``."""
        integer, ngettext = self._formats.integer, self._ngettext
        nodes, services = len(problem.nodes), len(problem.services)
        parts = (
            ngettext("%(n)s device", "%(n)s devices", nodes) % {"n": integer(nodes)} if nodes else "",
            ngettext("%(n)s service", "%(n)s services", services) % {"n": integer(services)} if services else "",
        )
        return ", ".join(filter(None, parts))


def _refresh(request: Request) -> int | None:
    seconds = request.query_params.get("refresh", "")
    return max(5, int(seconds)) if _REFRESH.fullmatch(seconds) else None
