"""What the configuration says of reports: when they are made, who may read them, to whom they are mailed."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.settings import Secret

REPORT_FORMATS = ("html", "pdf", "csv", "xlsx", "json")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_WORKING_DAY = "first-working-day"

Every: TypeAlias = Literal["week", "month", "quarter", "year"]
TlsMode: TypeAlias = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class ReportSchedule:
    """A report made again and again of the ``every`` that ended last.

    ``on`` is a weekday, the number of a day of the month, or ``FIRST_WORKING_DAY``; ``at`` minutes after midnight, both
    of the wall clock. ``communes`` None: all, and the whole.
    """

    id: str
    every: Every
    on: str
    at: int
    formats: tuple[str, ...]
    communes: tuple[str, ...] | None
    close: bool
    mail: bool


@dataclass(frozen=True, slots=True)
class ReportAccount:
    """Who may read stored reports: those of ``communes``, or all (None). ``password`` is a bcrypt hash."""

    user: str
    password: Secret
    communes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class CapacitySettings:
    """When a report warns of full links: where the busier direction carried ``threshold`` percent of the speed during
    more than ``limit`` percent of the time measured. ``nodes``: whose links are followed besides those of uplinks."""

    threshold: int = 80
    limit: int = 5
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """``signing_key``: an Ed25519 private key, 32 bytes in base64; ``url``: where people find ``/reports/``."""

    schedules: tuple[ReportSchedule, ...] = ()
    accounts: tuple[ReportAccount, ...] = ()
    signing_key: Secret | None = None
    url: str = ""
    capacity: CapacitySettings = CapacitySettings()


@dataclass(frozen=True, slots=True)
class MailRecipient:
    """People who get one mail together, about each of ``communes`` (empty: one about all together).

    ``schedules`` empty: whatever made the report. Of ``attach`` what an edition does not have is not attached.
    """

    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    communes: tuple[str, ...]
    schedules: tuple[str, ...]
    attach: tuple[str, ...]
    language: str
    only_if_breached: bool


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that takes our mails, and who gets them. ``timeout`` in seconds, ``give_up`` in milliseconds."""

    host: str
    port: int
    tls: TlsMode
    ca_file: str
    user: Secret | None
    password: Secret | None
    sender: str
    reply_to: str
    timeout: float
    max_bytes: int
    give_up: int
    recipients: tuple[MailRecipient, ...]


def languages_of(language: str, mail: MailSettings | None) -> tuple[str, ...]:
    """The languages reports are written in: the configured one, and those that recipients read."""
    read = (recipient.language for recipient in mail.recipients) if mail else ()
    return tuple(dict.fromkeys((language, *read)))
