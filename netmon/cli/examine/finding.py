"""What an examination found, and how grave it is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from netmon.i18n import mark


class Level(StrEnum):
    """The gravest first. NOTE: it is not there, and nothing asks for it."""

    FAIL = "fail"
    WARN = "warn"
    NOTE = "note"
    OK = "ok"


WORDS = {
    Level.FAIL: mark("to mend"), Level.WARN: mark("better not so"), Level.NOTE: mark("note"), Level.OK: mark("fine"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` was looked at, what was ``found``, and the ``mend``: a command, or what to do."""

    level: Level
    what: str
    found: str
    mend: str = ""


Translate = Callable[[str], str]
