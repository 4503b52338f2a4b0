"""``--watch``: the summary on the alternate screen, once a second, only changed lines sent."""

import contextlib
import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic, sleep

from rich.console import Console
from rich.text import Text

from exporters.terminal.look import STYLES, Look
from exporters.terminal.screen import Screen
from exporters.terminal.status import Status
from netmon.errors import NetmonError

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J", "\x1b[?25h\x1b[?1049l"
_TICK = 1.0
_STALE = 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """The last answer, when it came on our monotonic clock, and what went wrong since."""

    status: Status | None = None
    at: float = 0.0
    error: str = ""


class Feed:
    """Asks once a second in a thread, so that a daemon that hangs does not freeze the keys."""

    def __init__(self, ask: Callable[[], Status]) -> None:
        self._ask = ask
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)
        self.heard = Heard()

    def __enter__(self) -> "Feed":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = monotonic()
            try:
                self.heard = Heard(self._ask(), monotonic())
            except NetmonError as error:
                self.heard = Heard(self.heard.status, self.heard.at, str(error))
            self._stop.wait(max(0.1, _TICK - (monotonic() - began)))


class Painter:
    """Keeps what stands on the screen and sends what differs: calm on the eye, and light on a slow line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: list[str] = []
        self._size = (0, 0)

    def paint(self, lines: Sequence[Text], size: tuple[int, int]) -> None:
        """Show ``lines`` on a screen of ``size`` (columns, rows)."""
        fresh = [self._rendered(line) for line in lines[: size[1]]]
        parts: list[str] = []
        if size != self._size:
            self._shown, self._size = [], size
            parts.append("\x1b[2J")
        for row in range(max(len(fresh), len(self._shown))):
            new = fresh[row] if row < len(fresh) else ""
            if row >= len(self._shown) or self._shown[row] != new:
                parts.append(f"\x1b[{row + 1};1H{new}\x1b[K")
        self._shown = fresh
        if parts:
            self._console.file.write("".join(parts))
            self._console.file.flush()

    def _rendered(self, line: Text) -> str:
        with self._console.capture() as capture:
            self._console.print(
                line, end="", no_wrap=True, crop=True, overflow="crop", highlight=False, soft_wrap=False
            )
        return capture.get()


def watch(
    console: Console, look: Look, ask: Callable[[], Status], *, problems_only: bool = False, until: float | None = None
) -> None:
    """Draw until ``q`` or Ctrl-C; ``until`` (seconds) ends it by itself."""
    painter = Painter(console)
    started = monotonic()
    with _screen(console), _keys() as pressed, Feed(ask) as feed:
        while until is None or monotonic() - started < until:
            size = _size(console)
            painter.paint(draw(feed.heard, look, size, monotonic(), problems_only=problems_only), size)
            if pressed(0.25) in {"q", "Q", "\x03"}:
                return


def draw(heard: Heard, look: Look, size: tuple[int, int], now: float, *, problems_only: bool = False) -> list[Text]:
    """What stands on the screen: a banner first when the daemon does not answer, so old figures never pass for new."""
    if heard.status is None:
        return [Text(look.text(heard.error) or look.gettext("asking the daemon…"))]
    stale = bool(heard.error) or now - heard.at > _STALE
    lines = Screen(look, size[0], size[1] - stale).draw(heard.status, problems_only=problems_only)
    if not stale:
        return lines
    words = look.gettext("no answer for %(seconds)s s: this was the state at %(time)s")
    told = words % {"seconds": int(now - heard.at), "time": look.clock(heard.status.generated)}
    return [Text(f" {told} ".ljust(size[0]), STYLES["down"]), *lines]


def _size(console: Console) -> tuple[int, int]:
    """Columns and rows as they are now; a terminal that does not tell is taken for one of 80 by 24."""
    size = os.get_terminal_size(console.file.fileno())
    return size.columns or 80, size.lines or 24


@contextlib.contextmanager
def _screen(console: Console) -> Iterator[None]:
    console.file.write(_ENTER)
    console.file.flush()
    try:
        yield
    finally:
        console.file.write(_LEAVE)
        console.file.flush()


def _no_key(seconds: float) -> str:
    sleep(seconds)
    return ""


@contextlib.contextmanager
def _keys() -> Iterator[Callable[[float], str]]:
    """A function that waits for a key, some seconds at most; the terminal is as before afterwards."""
    if not sys.stdin.isatty():
        yield _no_key
        return
    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    tty.setcbreak(stdin)

    def pressed(seconds: float) -> str:
        ready, _, _ = select.select([stdin], [], [], seconds)
        return os.read(stdin, 64).decode("latin-1")[:1] if ready else ""

    try:
        yield pressed
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)
