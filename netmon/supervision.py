"""What systemd is told (sd_notify(3)): ready, reloading, stopping, and that the loop is alive. Without it: nothing."""

import asyncio
import logging
import os
import socket
import time
from types import TracebackType

log = logging.getLogger("netmon.app")

BEATS_PER_TIMEOUT = 3
"""The watchdog is told so often in the time after which it would end us (sd_watchdog_enabled(3) asks for two)."""


class Supervisor:
    """Speaks to the socket that ``NOTIFY_SOCKET`` names. The watchdog is fed from the event loop: a loop that hangs
    starves it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._beats: asyncio.Task[None] | None = None

    def __enter__(self) -> "Supervisor":
        address = os.environ.get("NOTIFY_SOCKET", "")
        if address[:1] in {"/", "@"}:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                self._socket.connect(f"\0{address[1:]}" if address[0] == "@" else address)
                self._socket.setblocking(False)
            except OSError as error:
                log.warning("systemd cannot be told anything: %s", error)
                self._close()
        seconds = watchdog_seconds()
        if self._socket is not None and seconds is not None:
            self._beats = asyncio.create_task(self._beat(seconds / BEATS_PER_TIMEOUT), name="watchdog")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beats is not None:
            self._beats.cancel()
        self._close()

    def ready(self, url: str) -> None:
        """Polls are planned and requests answered."""
        self._tell(f"READY=1\nSTATUS=watching; {url}/")

    def leaving(self, *, reloading: bool) -> None:
        """The parts stop, to be started anew or not."""
        if reloading:
            self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")
        else:
            self._tell("STOPPING=1\nSTATUS=stopping")

    async def _beat(self, seconds: float) -> None:
        while True:
            self._tell("WATCHDOG=1")
            await asyncio.sleep(seconds)

    def _tell(self, text: str) -> None:
        if self._socket is not None:
            try:
                self._socket.send(text.encode())
            except OSError as error:
                log.debug("systemd was not told: %s", error)

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def watchdog_seconds() -> float | None:
    """After how long without a beat systemd ends us; None: it does not (``WATCHDOG_USEC``, meant for us)."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    length = os.environ.get("WATCHDOG_USEC", "")
    return int(length) / 1_000_000 if length.isdecimal() and int(length) else None
