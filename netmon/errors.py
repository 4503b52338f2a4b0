"""Errors, classified by what to do next: the operator mends (configuration, store, host) or we could not look."""

from dataclasses import dataclass

from netmon.conventions import Reason

EXIT_CONFIG = 1
EXIT_USAGE = 64
EXIT_UNAVAILABLE = 69
EXIT_INTERNAL = 70
EXIT_HOST = 71
EXIT_STORE = 74


class NetmonError(Exception):
    """Base of what ends a command with one clear line and ``exit_code``, never with a traceback."""

    exit_code = EXIT_INTERNAL


class HostError(NetmonError):
    """This machine does not give what we need: a port, a directory, a right."""

    exit_code = EXIT_HOST


class StoreError(NetmonError):
    """The history cannot be opened, read or written; what it held is left untouched."""

    exit_code = EXIT_STORE


class UnavailableError(NetmonError):
    """What was asked is not there: no daemon answers, no such object."""

    exit_code = EXIT_UNAVAILABLE


class StrangerError(UnavailableError):
    """Who answers does not know us, or we do not know it. ``missing`` is the variable that names what would help."""

    def __init__(self, words: str, missing: str) -> None:
        super().__init__(words)
        self.missing = missing


class UsageError(NetmonError):
    """The command's words cannot be understood."""

    exit_code = EXIT_USAGE


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a configuration file: where, and what was expected. Line and column count from 1."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ConfigError(NetmonError):
    """The configuration cannot be used; ``problems`` lists everything wrong at once."""

    exit_code = EXIT_CONFIG

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class CollectError(Exception):
    """We could not look at the target (missing credential, no socket, overload): UNKNOWN, never an outage."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class ScrapeRefusedError(Exception):
    """What a scraper asked for cannot be asked. ``forbidden``: it may not be, whatever it is called."""

    def __init__(self, detail: str, *, forbidden: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.forbidden = forbidden
