"""The status page: sections that are drawn alike for a page and for those who listen to what changes."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from exporters.summary import Moment, plain
from exporters.web.answers import moment_of
from exporters.web.pages import draw, render
from exporters.web.partof import PartOf, asked_communes
from exporters.web.shown import Wording
from netmon.contracts import Snapshot
from netmon.i18n import LANGUAGES

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
LANGUAGE_NAMES = {"fr": "français", "en": "English"}
_REFRESH = re.compile(r"[1-9][0-9]{0,3}")


class View(Protocol):
    """What a status page tells."""

    def sections(self, moment: Moment, wording: Wording) -> tuple[str, dict[str, dict[str, Any]]]:
        """The page's title, and the values of each section, by name."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A status page as of one moment: its title, and each section as HTML."""

    title: str
    sections: dict[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """How a status page is drawn. ``folder``: its templates, those of everybody's page being other ones."""

    view: View
    folder: str
    language: str
    timezone: str

    def sections(self, moment: Moment, language: str, *, live: bool) -> Drawn:
        """The sections; ``live``: what only depends on now is left to the page's script."""
        wording = Wording(language, self.timezone, moment.now(), live=live)
        title, values = self.view.sections(moment, wording)
        drawn = {name: render(f"{self.folder}/{name}.html", language, each) for name, each in values.items()}
        return Drawn(title, drawn)

    def clock(self, moment_at: int, language: str) -> str:
        """The time that a page says it is of."""
        return Wording(language, self.timezone, moment_at, live=True).formats.precise(moment_at // 1000 * 1000)

    def asked_language(self, request: Request) -> str:
        """``?lang=``; else that of the configuration."""
        asked = request.query_params.get("lang", "")
        return asked if asked in LANGUAGES else self.language


class StatusPage:
    """Answers ``/``. ``links``: where else to go, as (address, words)."""

    def __init__(self, snapshot: Snapshot, look: Look, *, links: Sequence[tuple[str, str]] = (), public: bool) -> None:
        self._snapshot = snapshot
        self._look = look
        self._links = links
        self._public = public

    async def respond(self, request: Request) -> Response:
        """``?wall=1`` for a screen on a wall; ``?refresh=SECONDS`` for browsers without script; ``?commune=`` for what
        concerns some communes only, which operators may ask."""
        asked = () if self._public else request.query_params.getlist("commune")
        communes = asked_communes(asked, self._snapshot.inventory)
        moment = await moment_of(self._snapshot)
        return await asyncio.to_thread(self._draw, request, PartOf(moment, communes) if communes else moment, communes)

    def _draw(self, request: Request, moment: Moment, communes: frozenset[str]) -> Response:
        language, query = self._look.asked_language(request), request.query_params
        drawn = self._look.sections(moment, language, live=False)
        values = {
            "title": drawn.title,
            "sections": {name: each for name, each in drawn.sections.items() if name != "map" or not communes},
            "now": moment.now(),
            "clock": self._look.clock(moment.now(), language),
            "wall": query.get("wall") == "1",
            "refresh": _refresh(query.get("refresh", "")),
            "links": self._links,
            "communes": sorted(communes, key=plain),
            "public": self._public,
            "languages": [(each, LANGUAGE_NAMES[each]) for each in LANGUAGES if each != language],
        }
        response = draw("status.html", language, values)
        response.headers["Content-Security-Policy"] = POLICY
        return response


def _refresh(text: str) -> int | None:
    return max(5, int(text)) if _REFRESH.fullmatch(text) else None
