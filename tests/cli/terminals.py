"""A daemon's pages to ask, and a terminal of our own to look at."""

import asyncio
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from prometheus_client import CollectorRegistry

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from netmon.settings import WebAccess
from tests.exporters.snapshots import FakeSnapshot
from tests.exporters.terminal.glass import Glass

EVERYBODY = WebAccess()
ROOT = Path(__file__).parents[2]


class Daemon:
    """The pages of a daemon on a loop of their own."""

    def __init__(self, snapshot: FakeSnapshot, port: int = 0, access: WebAccess = EVERYBODY) -> None:
        self.snapshot = snapshot
        self.loop = asyncio.new_event_loop()
        self.server = WebServer(
            "127.0.0.1", port, create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None), access
        )
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> "Daemon":
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self.loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.server.stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


class Watched:
    """``netmon status --watch`` on a terminal of 80 by 24, and what stands on it."""

    def __init__(self, *arguments: str) -> None:
        self._ours, self.terminal = pty.openpty()
        self.resize(80, 24)
        self.modes = termios.tcgetattr(self.terminal)
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "netmon", "status", "--watch", "--lang", "en", *arguments],
            stdin=self.terminal, stdout=self.terminal, stderr=self.terminal, env=environment, cwd=ROOT,
            process_group=0,
        )  # fmt: skip
        self.sent = ""

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self.terminal)

    def resize(self, width: int, height: int) -> None:
        """The window has another size from now on; what stood on it is gone."""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.glass = Glass(width, height)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def until(self, pattern: str) -> str:
        """Wait until the screen shows ``pattern``; the screen."""
        return self._wait(lambda: re.search(pattern, self.screen) is not None, pattern)

    def until_sent(self, text: str) -> None:
        """Wait until ``text`` was sent."""
        self._wait(lambda: text in self.sent, text)

    @property
    def screen(self) -> str:
        return "\n".join(self.glass.lines())

    def _wait(self, done: Callable[[], bool], what: str) -> str:
        ends = monotonic() + 30
        while not done():
            assert monotonic() < ends, f"{what!r} did not come; this did:\n{self.screen}"
            if select.select([self._ours], [], [], 0.1)[0]:
                told = os.read(self._ours, 65536).decode("utf-8", "replace")
                self.sent += told
                self.glass.show(told)
        return self.screen
