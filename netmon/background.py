"""Work that the loop has done beside it, on threads that nobody waits for."""

import logging
import threading
from collections.abc import Callable

from netmon.errors import NetmonError

log = logging.getLogger("netmon.background")


class Background:
    """Runs ``work`` on a thread whenever asked and not running already; a fault is logged, and the next one comes."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._name, self._work = name, work
        self._asking = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Begin, unless under way; returns at once."""
        with self._asking:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._work()
        except NetmonError as error:
            log.error("%s: %s", self._name, error)
        except Exception:
            log.exception("%s failed", self._name)
