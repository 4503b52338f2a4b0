"""A terminal taken over for a while: alternate screen, keys as they are pressed, resizes, Ctrl-Z; given back as it was
whatever happens."""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import tty
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from rich.console import Console

from exporters.terminal.keyboard import Keyboard

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J", "\x1b[?2026l\x1b[0m\x1b[?25h\x1b[?1049l"
_ESCAPE_SECONDS = 0.05
"""So long after an escape without more, it was the key."""
_ENDS = (signal.SIGTERM, signal.SIGHUP)
_TOLD = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGINT)


class EndedError(Exception):
    """Somebody asked this process to end by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number

    def obey(self) -> None:
        """End by the signal, as whoever sent it expects."""
        signal.signal(self.number, signal.SIG_DFL)
        os.kill(os.getpid(), self.number)


class Session:
    """The terminal between ``__enter__`` and ``__exit__``.

    ``fresh`` is called when whatever was on the screen is gone: after a resize, or coming back from Ctrl-Z.
    """

    def __init__(self, console: Console, fresh: Callable[[], None]) -> None:
        self._console = console
        self._fresh = fresh
        self._keyboard = Keyboard()
        self._stdin = sys.stdin.fileno() if sys.stdin.isatty() else None
        self._before: list[Any] | None = None
        self._handlers: dict[signal.Signals, Any] = {}
        self._told: set[int] = set()
        self._wakeup, self._woken = os.pipe()
        self._pipe = threading.Lock()
        self._closed = False

    def __enter__(self) -> "Session":
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wakeup, False)
        for number in (*_ENDS, *_TOLD):
            self._handlers[number] = signal.signal(number, self._end if number in _ENDS else self._tell)
        self._old_wakeup = signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        try:
            self._take()
        except BaseException:
            self._restore()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._restore()

    def size(self) -> tuple[int, int]:
        """Columns and rows as they are now; a terminal that does not tell is taken for one of 80 by 24."""
        size = os.get_terminal_size(self._console.file.fileno())
        return size.columns or 80, size.lines or 24

    def wake(self) -> None:
        """End a ``wait`` that goes on; from any thread."""
        with self._pipe, contextlib.suppress(OSError):
            if not self._closed:
                os.write(self._woken, b"\0")

    def wait(self, seconds: float) -> list[str]:
        """The keys pressed; returns at once when there are some, when something changed, and when ``wake`` is called.

        Raises:
            EndedError: the process is asked to end.
        """
        keys = self._read(seconds)
        if signal.SIGTSTP in self._told:
            self._suspend()
        if signal.SIGWINCH in self._told:
            self._fresh()
        if signal.SIGINT in self._told:
            keys.append("quit")
        self._told.clear()
        return keys

    def _read(self, seconds: float) -> list[str]:
        watched = [self._wakeup, *([] if self._stdin is None else [self._stdin])]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self._wakeup in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wakeup, 4096)
        if self._stdin is None or self._stdin not in ready:
            return []
        data = os.read(self._stdin, 1024)
        keys = self._keyboard.feed(data) if data else ["quit"]  # the terminal is gone
        if not keys and not select.select([self._stdin], [], [], _ESCAPE_SECONDS)[0]:
            keys = self._keyboard.pause()
        return keys

    def _take(self) -> None:
        if self._stdin is not None:
            self._before = self._before or termios.tcgetattr(self._stdin)
            tty.setcbreak(self._stdin, termios.TCSANOW)
        self._console.file.write(_ENTER)
        self._console.file.flush()

    def _give_back(self) -> None:
        """Also when output is stopped (Ctrl-S), or the terminal is gone."""
        with contextlib.suppress(OSError, ValueError, termios.error):
            if self._stdin is not None and self._before is not None:
                termios.tcflow(self._stdin, termios.TCOON)
                termios.tcsetattr(self._stdin, termios.TCSANOW, self._before)
        with contextlib.suppress(OSError, ValueError):
            self._console.file.write(_LEAVE)
            self._console.file.flush()

    def _restore(self) -> None:
        for number in _ENDS:
            signal.signal(number, signal.SIG_IGN)  # we are about to
        self._give_back()
        signal.set_wakeup_fd(self._old_wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        with self._pipe:
            self._closed = True
            os.close(self._wakeup)
            os.close(self._woken)

    def _suspend(self) -> None:
        """Ctrl-Z: stop as any program does, and take the terminal again when told to go on."""
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._tell)
        self._take()
        self._fresh()

    def _tell(self, number: int, _frame: FrameType | None) -> None:
        self._told.add(number)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        raise EndedError(number)
