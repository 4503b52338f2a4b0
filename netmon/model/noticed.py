"""Notices: what is told to the outside about an incident, and what became of it. Times as everywhere."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from netmon.clock import Millis


class Severity(StrEnum):
    """How grave an incident is, the gravest first.

    CRITICAL: a service is down with it, or something else is cut off. MAJOR: what failed is down, and nothing else.
    MINOR: it still answers otherwise.
    """

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"

    @property
    def rank(self) -> int:
        """The higher the graver."""
        return -list(Severity).index(self)


class NoticeEvent(StrEnum):
    """What a notice tells: each of them at most once to a receiver about an incident.

    RAISED: it is graver than was told. MERGED: it turned out to be part of another incident.
    """

    OPENED = "opened"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESTORED = "restored"
    MERGED = "merged"

    @property
    def is_last(self) -> bool:
        """Whether nothing is told of the incident after it."""
        return self in {NoticeEvent.RESTORED, NoticeEvent.MERGED}


NoticeState: TypeAlias = Literal["waiting", "sent", "dead", "merged"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice on its way to one address of a receiver (a mailbox, an Alertmanager; empty: the receiver has but one).

    ``key`` is the same whenever the same is told to the same. ``content`` is the document told, as JSON, as of
    ``queued``. State ``merged``: it waited for so long that the last notice of the incident tells it as well. ``next``
    is when it is tried next, ``said`` what was answered last, ``settled`` when it was sent, merged or given up.
    """

    id: int
    key: str
    receiver: str
    address: str
    incident: str
    event: NoticeEvent
    severity: Severity
    content: str
    state: NoticeState
    queued: Millis
    attempts: int
    next: Millis
    said: str
    settled: Millis | None
