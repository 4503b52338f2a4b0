"""``--watch``: the summary on the alternate screen, each answer of the daemon as it comes, keys at once."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from rich.console import Console
from rich.text import Text

from exporters.terminal.layout import cut
from exporters.terminal.look import STYLES, Look
from exporters.terminal.painter import Painter
from exporters.terminal.screen import Screen
from exporters.terminal.session import EndedError, Session
from exporters.terminal.status import Status
from exporters.terminal.wishes import KEYS, Wishes
from netmon.errors import NetmonError, UsageError

TICK = 1.0
_STALE = 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """The last answer, when it came on our monotonic clock, and what went wrong since."""

    status: Status | None = None
    at: float = 0.0
    error: str = ""


class Feed:
    """Asks once a second in a thread, so that a daemon that hangs does not freeze the keys; ``news`` is called then."""

    def __init__(self, ask: Callable[[], Status], first: Heard, news: Callable[[], None]) -> None:
        self._ask = ask
        self._news = news
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)
        self.heard = first

    def __enter__(self) -> "Feed":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(TICK):
            try:
                self.heard = Heard(self._ask(), monotonic())
            except NetmonError as error:
                self.heard = Heard(self.heard.status, self.heard.at, str(error))
            self._news()


def watch(console: Console, look: Look, first: Status, ask: Callable[[], Status], wishes: Wishes) -> None:
    """Draw ``first``, then each answer of ``ask``, until somebody quits."""
    painter = Painter(console)
    try:
        with Session(console, painter.forget) as session:
            _follow(session, painter, look, Feed(ask, Heard(first, monotonic()), session.wake), wishes)
    except EndedError as error:
        error.obey()
    except OSError as error:
        if error.filename is not None:
            raise  # not about the terminal, which is gone


def _follow(session: Session, painter: Painter, look: Look, feed: Feed, wishes: Wishes) -> None:
    shown = feed.heard
    with feed:
        while not wishes.quit:
            shown = shown if wishes.paused else feed.heard
            size = session.size()
            painter.paint(draw(shown, look, size, monotonic(), wishes), size)
            for key in session.wait(TICK):
                if key == "redraw":
                    painter.forget()
                wishes = wishes.press(key, shown.status)


def draw(heard: Heard, look: Look, size: tuple[int, int], now: float, wishes: Wishes) -> list[Text]:
    """What stands on the screen: a banner first while the daemon does not answer, so old figures never pass for new;
    the keys last."""
    width, height = size
    footer = [_footer(look, wishes, width)]
    if wishes.help:
        return [*(cut(line, width, "") for line in _help(look)[: height - 1]), *footer]
    if heard.status is None:
        return [cut(Text(look.text(heard.error) or look.gettext("asking the daemon…")), width, ""), *footer]
    status = heard.status
    if status.past is not None:  # nobody dates what was read from the history but we
        status = replace(status, generated=status.generated + dt.timedelta(seconds=int(now - heard.at)))
    banner = _banner(heard, look, width, now, wishes)
    screen = Screen(look, width, height - len(banner) - 1, wishes.view, wishes.skip, faded=bool(banner))
    try:
        lines = screen.draw(wishes.of(status), problems_only=wishes.problems_only)
    except UsageError as error:  # the commune is gone from the configuration
        lines = [cut(Text(look.text(str(error))), width, "")]
    room = height - len(banner) - 1
    lines = [*lines[:room], *[Text()] * (room - len(lines))]
    return [*banner, *lines, *footer]


def _banner(heard: Heard, look: Look, width: int, now: float, wishes: Wishes) -> list[Text]:
    """Why what is shown is old; a status from the history says so itself."""
    if heard.status is None or heard.status.past is not None:
        return []
    words = {"seconds": int(now - heard.at), "time": look.clock(heard.status.generated)}
    if heard.error or (now - heard.at > _STALE and not wishes.paused):
        told = look.gettext("no answer for %(seconds)s s: this was the state at %(time)s") % words
        return [_bar(f"{look.glyph('down')} {told}", width, STYLES["down"])]
    if wishes.paused:
        told = look.gettext("paused for %(seconds)s s: this was the state at %(time)s") % words
        return [_bar(f"{look.glyph('pending')} {told}", width, STYLES["pending"])]
    return []


def _bar(words: str, width: int, style: str) -> Text:
    return Text(f" {words} ".ljust(width)[:width], style)


def _footer(look: Look, wishes: Wishes, width: int) -> Text:
    ellipsis = "..." if look.ascii else "…"
    if wishes.prompt:
        name = look.gettext("filter") if wishes.prompt == "filter" else look.gettext("commune")
        line = Text(f" {name}: ", "bold").append(look.text(wishes.typed), "").append(" ", "reverse")
        if wishes.error:
            line.append(f"  {look.text(wishes.error)}", STYLES["down"])
        return cut(line, width, ellipsis)
    chosen = (
        (look.gettext("filter"), wishes.filter_by), (look.gettext("commune"), wishes.commune),
        (look.gettext("sort"), "" if wishes.sort == "state" else wishes.sort),
    )  # fmt: skip
    parts = [look.text(f"[{name}: {value}]") for name, value in chosen if value]
    keys = look.gettext("q quit  ? keys  / filter  c commune  s sort  p problems  v view  space pause")
    return cut(Text(" " + "  ".join([*parts, keys]), "dim"), width, ellipsis)


def _help(look: Look) -> list[Text]:
    rows = [
        (look.text(key.replace("↑ ↓", "up dn") if look.ascii else look.gettext(key)), look.gettext(text))
        for key, text in KEYS
    ]
    title = Text(look.gettext("Keys"), "bold underline")
    return [title, Text(), *(Text(f"  {key:<8}").append(text) for key, text in rows)]
