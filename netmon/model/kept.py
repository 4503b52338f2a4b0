"""What became of reports: editions that were stored, runs of schedules, mails. Times as everywhere."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.clock import Millis


@dataclass(frozen=True, slots=True)
class Edition:
    """One stored report of a period: ``name`` is its folder (``v1``, ``draft-3``), ``closed`` whether people sign it.

    ``inputs`` is the SHA-256 of everything it was made of, ``manifest`` the text that names its files with theirs.
    """

    period: str
    name: str
    closed: bool
    start: Millis
    end: Millis
    generated: Millis
    inputs: str
    manifest: str


Outcome: TypeAlias = Literal["known", "made", "failed"]


@dataclass(frozen=True, slots=True)
class ReportRun:
    """What came at ``at`` of the run of ``schedule`` that was due at ``due``.

    ``known``: nothing was due yet; the schedule is known since then. ``text`` is the edition, or what went wrong.
    """

    schedule: str
    due: Millis
    at: Millis
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is mailed: an edition's documents about a commune (its INSEE code; empty: about all), in one language.

    ``to`` and ``cc`` are shown to everybody, ``reply_to`` may be empty; ``attach`` are formats.
    """

    period: str
    edition: str
    commune: str
    language: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    attach: tuple[str, ...]


MailState: TypeAlias = Literal["waiting", "sending", "sent", "dead"]


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter on its way to one address. ``message_id`` is the same whenever the same is mailed to the same.

    ``next`` is when it is tried next, ``said`` what the server said last, ``settled`` when it was sent or given up.
    """

    id: int
    message_id: str
    address: str
    letter: Letter
    state: MailState
    queued: Millis
    attempts: int
    next: Millis
    said: str
    settled: Millis | None
