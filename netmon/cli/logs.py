"""How the daemon's log is written: on standard error, for people or for systemd's journal."""

import contextlib
import logging
import os
import sys
from typing import TextIO

_LINE = "%(levelname)s %(name)s: %(message)s"
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG = 7


def set_up_logging(level: int) -> None:
    """Lines on standard error: with time stamps, or with priorities where that is the journal."""
    handler = logging.StreamHandler(sys.stderr)
    stamped = logging.Formatter("%(asctime)s " + _LINE, "%Y-%m-%dT%H:%M:%S%z")
    handler.setFormatter(_JournalFormatter(_LINE) if is_journal(sys.stderr) else stamped)
    logger = logging.getLogger("netmon")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def is_journal(stream: TextIO) -> bool:
    """Whether what is written there goes to the journal: JOURNAL_STREAM is inherited, so it proves nothing alone."""
    with contextlib.suppress(OSError, ValueError):
        file = os.fstat(stream.fileno())
        return os.environ.get("JOURNAL_STREAM") == f"{file.st_dev}:{file.st_ino}"
    return False


class _JournalFormatter(logging.Formatter):
    """Each line begins with its priority (sd-daemon(3)), for ``journalctl -p warning``; the journal stamps them."""

    def format(self, record: logging.LogRecord) -> str:
        priority = next((number for level, number in _PRIORITIES if record.levelno >= level), _DEBUG)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).split("\n"))
