"""What whoever watches asked for, changed key by key. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from exporters.terminal.choose import SORT_KEYS, choose, find_commune, parse_filter
from exporters.terminal.communes import VIEWS
from exporters.terminal.status import Status
from netmon.errors import UsageError
from netmon.i18n import mark

_PAGE = 10
_LONGEST = 200

KEYS: tuple[tuple[str, str], ...] = (
    ("p", mark("only problems, or everything")),
    ("/", mark("filter: state=down|degraded commune~medoc since>1h; empty: none")),
    ("c", mark("one commune, by the beginning of its name; empty: all")),
    ("s  S", mark("sort by the next key; turn the order round")),
    ("v", mark("communes as a map, a list, a table")),
    ("↑ ↓", mark("scroll the root causes; page up, page down, home")),
    (mark("space"), mark("pause, and go on")),
    ("Esc", mark("no filter, no commune, no order of your own")),
    ("Ctrl-L", mark("draw everything again")),
    ("?", mark("this help")),
    ("q", mark("quit")),
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is shown, and how. ``prompt``: a line is being typed; ``error``: what was wrong with it."""

    commune: str = ""
    sort: str = "state"
    filter_by: str = ""
    problems_only: bool = False
    view: str = "map"
    skip: int = 0
    paused: bool = False
    help: bool = False
    prompt: Literal["", "filter", "commune"] = ""
    typed: str = ""
    error: str = ""
    quit: bool = False

    def of(self, status: Status) -> Status:
        """What of ``status`` is to be shown."""
        return choose(status, self.commune, self.sort, self.filter_by)

    def press(self, key: str, status: Status | None) -> "Wishes":
        """After ``key``. ``status`` is what is known: names of communes."""
        if self.prompt:
            return self._type(key, status)
        if self.help and key not in {"q", "Q", "quit"}:
            return replace(self, help=False)
        change = _CHANGES.get(key)
        return change(replace(self, error="")) if change else self

    def scrolled(self, by: int) -> "Wishes":
        """So many root causes further down."""
        return replace(self, skip=max(0, self.skip + by))

    def _type(self, key: str, status: Status | None) -> "Wishes":
        match key:
            case "enter":
                return self._typed(status)
            case "escape" | "quit":
                return replace(self, prompt="", typed="", error="")
            case "backspace":
                return replace(self, typed=self.typed[:-1], error="")
            case "clear":
                return replace(self, typed="", error="")
            case _ if len(key) == 1 and len(self.typed) < _LONGEST:
                return replace(self, typed=self.typed + key, error="")
        return self

    def _typed(self, status: Status | None) -> "Wishes":
        """The line is complete: it holds from now on, or says what is wrong with it."""
        text = self.typed.strip()
        done = replace(self, prompt="", typed="", error="", skip=0)
        try:
            if self.prompt == "filter":
                parse_filter(text)
                return replace(done, filter_by=text)
            return replace(done, commune=find_commune(status, text) if text and status else text)
        except UsageError as error:
            return replace(self, error=str(error))

    def resorted(self) -> "Wishes":
        """By the next key."""
        place = SORT_KEYS.index(self.sort.removeprefix("-"))
        return replace(self, sort=SORT_KEYS[(place + 1) % len(SORT_KEYS)], skip=0)

    def turned(self) -> "Wishes":
        """In the opposite order."""
        return replace(self, sort=self.sort[1:] if self.sort.startswith("-") else f"-{self.sort}", skip=0)


_CHANGES: dict[str, Callable[[Wishes], Wishes]] = {
    **dict.fromkeys(("q", "Q", "quit"), lambda now: replace(now, quit=True)),
    **dict.fromkeys(("?", "h"), lambda now: replace(now, help=True)),
    **dict.fromkeys(("up", "k"), lambda now: now.scrolled(-1)),
    **dict.fromkeys(("down", "j"), lambda now: now.scrolled(1)),
    "p": lambda now: replace(now, problems_only=not now.problems_only),
    "/": lambda now: replace(now, prompt="filter", typed=now.filter_by),
    "c": lambda now: replace(now, prompt="commune", typed=""),
    "s": lambda now: now.resorted(),
    "S": lambda now: now.turned(),
    "v": lambda now: replace(now, view=VIEWS[(VIEWS.index(now.view) + 1) % len(VIEWS)]),
    "pageup": lambda now: now.scrolled(-_PAGE),
    "pagedown": lambda now: now.scrolled(_PAGE),
    "home": lambda now: replace(now, skip=0),
    " ": lambda now: replace(now, paused=not now.paused),
    "escape": lambda now: replace(now, filter_by="", commune="", sort="state", skip=0),
}
