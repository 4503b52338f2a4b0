"""The sections `reports` and `mail`: when reports are made, who may read them, to whom they are mailed."""

import base64
import binascii
import re
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from netmon.clock import DAY, HOUR, Millis
from netmon.config import kinds, places
from netmon.config.entry import (
    EVERY,
    CaFile,
    CommuneName,
    Communes,
    Entry,
    Flag,
    HostPort,
    Id,
    NodeId,
    SecretText,
    setting,
)
from netmon.config.kinds import Context, Kind
from netmon.config.source import Scalar, shown
from netmon.config.webyml import BCRYPT
from netmon.config.wrong import WrongError
from netmon.reportplan import (
    FIRST_WORKING_DAY,
    REPORT_FORMATS,
    WEEKDAYS,
    CapacitySettings,
    Every,
    MailRecipient,
    MailSettings,
    ReportAccount,
    ReportSchedule,
    ReportSettings,
    TlsMode,
)
from netmon.settings import Secret

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
_MAILBOX = re.compile(rf"{_LOCAL}@{_DOMAIN}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_KEY_BYTES = 32


def _mailbox() -> Kind:
    """An address of RFC 5322's everyday form, perhaps with a name; as ``Name <address>``."""
    words = "a mail address, such as mairie@begles.example or Mairie de Bègles <mairie@begles.example>"

    def parse(scalar: Scalar, _: Context) -> str:
        text = kinds.read_text(scalar)
        name, address = parseaddr(text) if "<" in text else ("", text.strip())
        if len(address) > 254 or "=?" in name or not _MAILBOX.fullmatch(address):
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return str(Address(name, addr_spec=address))

    return Kind(words, parse, {"type": "string"})


def _on() -> Kind:
    words = f"{FIRST_WORKING_DAY}, a weekday ({WEEKDAYS[0]}) or the number of a day from 1 to 28"

    def parse(scalar: Scalar, _: Context) -> str:
        days = {str(day) for day in range(1, 29)}
        if scalar not in {FIRST_WORKING_DAY, *WEEKDAYS, *days}:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return str(scalar)

    return Kind(words, parse, {"type": ["string", "integer"]})


def _time_of_day() -> Kind:
    words = "a time of day, such as 06:30"

    def parse(scalar: Scalar, _: Context) -> int:
        match = _CLOCK.fullmatch(scalar)
        if not match:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return int(match[1]) * 60 + int(match[2])

    return Kind(words, parse, {"type": "string", "pattern": f"^{_CLOCK.pattern}$"})


def _hashed() -> Kind:
    """A reference to a bcrypt hash."""
    inner = places.secret()

    def parse(scalar: Scalar, context: Context) -> object:
        value = inner.parse(scalar, context)
        if not isinstance(value, Secret) or not BCRYPT.fullmatch(value.reveal()):
            raise WrongError("expected a reference to a bcrypt hash ($2b$…), as `htpasswd -nB USER` writes it")
        return value

    return Kind("a reference to a bcrypt hash: ${file:…}, ${env:…} or ${credential:…}", parse, inner.schema)


def _signing_key() -> Kind:
    """A reference to an Ed25519 private key."""
    inner = places.secret()

    def parse(scalar: Scalar, context: Context) -> object:
        value = inner.parse(scalar, context)
        try:
            good = isinstance(value, Secret) and len(base64.b64decode(value.reveal(), validate=True)) == _KEY_BYTES
        except (binascii.Error, ValueError):
            good = False
        if not good:
            raise WrongError("expected an Ed25519 private key in base64, as `netmon report keygen FILE` writes it")
        return value

    return Kind("a reference to a key: ${file:…}, ${env:…} or ${credential:…}", parse, inner.schema)


def _user() -> Kind:
    return kinds.matching("a user name (visible ASCII without colon)", r"[!-9;-~]{1,64}")


Mailbox: TypeAlias = Annotated[str, _mailbox()]
Format: TypeAlias = Annotated[str, kinds.choice(REPORT_FORMATS)]
_Every: TypeAlias = Annotated[Every, kinds.choice(get_args(Every))]
_Tls: TypeAlias = Annotated[TlsMode, kinds.choice(get_args(TlsMode))]
Language: TypeAlias = Annotated[str, kinds.choice(("fr", "en"))]
_Mailboxes: TypeAlias = tuple[Mailbox, ...]
_ScheduleName: TypeAlias = Annotated[str, kinds.reference("schedule")]


class ScheduleOfReportsEntry(Entry):
    """A report that the daemon makes by itself, of the week, month, quarter or year that ended last."""

    id: Id = Field(description="Its name, for metrics, log lines and recipients.")
    every: _Every = setting("month", "What it is about.")
    on: Annotated[str, _on()] = setting(
        FIRST_WORKING_DAY,
        "The day it is made: the first that is neither weekend nor public holiday in France, a weekday (of weekly"
        " reports), or the number of a day of the month after the period.",
    )
    at: Annotated[int, _time_of_day()] = setting(
        360, "The time of day, in `timezone`; where clocks skip it, an hour later.", written="06:00"
    )
    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = setting(
        ("html", "csv", "json"), "The forms of the documents.", written=["html", "csv", "json"]
    )
    communes: Communes = setting(EVERY, "The communes it is about.", written="*")
    close: Flag = setting(False, "Whether the period is closed: figures and documents frozen. Only with all communes.")
    mail: Flag = setting(True, "Whether it is mailed to the recipients of the section `mail`.")


class AccountEntry(Entry):
    """Somebody who may read stored reports."""

    user: Annotated[str, _user()] = Field(description="The name to log in by.")
    password: Annotated[Secret, _hashed()] = Field(
        description="Hash of the password (bcrypt, as `htpasswd -nB` makes it), only by reference."
    )
    communes: Communes = Field(description='The communes whose reports may be read; `"*"`: everything.')


class CapacityEntry(Entry):
    """When reports warn of full links. What is followed are the interfaces of devices that are uplinks of others."""

    threshold: Annotated[int, kinds.whole(1, 100)] = setting(
        80, "Percent of its speed from which a link counts as loaded, on average from one poll to the next."
    )
    limit: Annotated[int, kinds.whole(0, 100)] = setting(
        5,
        "Percent of the time measured that it may be loaded. With 5 a report warns where the 95th percentile is at the"
        " threshold.",
    )
    nodes: tuple[NodeId, ...] = setting((), "Other devices whose interfaces are followed too.")


class ReportsEntry(Entry):
    """Reports made by schedule, and access to those stored."""

    schedules: tuple[ScheduleOfReportsEntry, ...] = setting((), "Reports made again and again.")
    accounts: tuple[AccountEntry, ...] = setting(
        (), "Who may read `/reports/`; none: whoever may use the listener at all."
    )
    signing_key: Annotated[Secret, _signing_key()] | None = setting(
        None, "Private key (Ed25519, base64) that closed reports are signed with, only by reference."
    )
    url: Annotated[str, places.url()] | None = setting(
        None, "Where people reach `/reports/`, for links in mails: `https://supervision.example/reports/`."
    )
    capacity: CapacityEntry = setting(CapacityEntry(), "When reports warn of full links.", written={})


class RecipientEntry(Entry):
    """People who get one mail together."""

    to: Annotated[_Mailboxes, Field(min_length=1)] = Field(description="Addresses.")
    cc: _Mailboxes = setting((), "Addresses that get a copy, seen by all.")
    bcc: _Mailboxes = setting((), "Addresses that get a copy, seen by nobody.")
    communes: tuple[CommuneName, ...] = setting(
        (), "A mail about each of these communes; none: one about all together."
    )
    schedules: tuple[_ScheduleName, ...] = setting(
        (), "Only what these schedules make; none: every report that is mailed."
    )
    attach: tuple[Format, ...] = setting((), "The forms attached; none: the mail tells the figures and links.")
    language: Language | None = setting(None, "Language of mail and documents; none: that of the top level.")
    only_if_breached: Flag = setting(False, "Only when an objective was missed.")


class MailEntry(Entry):
    """The server that takes mails, and who gets them."""

    server: HostPort = Field(description="Address and port of the SMTP server.")
    tls: _Tls = setting("starttls", "`starttls` (port 587), `tls` from the first byte (port 465), or `none`.")
    ca_file: CaFile | None = setting(None, "CA certificates (PEM) to trust instead of the system's.")
    user: SecretText | None = setting(None, "User name, where the server wants one; only by reference.")
    password: SecretText | None = setting(None, "Its password, only by reference.")
    sender: Mailbox = Field(description="Whom mails are from.")
    reply_to: Mailbox | None = setting(None, "Where answers go, if not to the sender.")
    timeout: Annotated[float, kinds.seconds(1, 600)] = setting(60.0, "Seconds the server may take for an answer.")
    max_size: Annotated[int, kinds.byte_size(1 << 16, 1 << 27)] = setting(
        10 << 20,
        "What a mail may weigh; documents that do not fit are left out, and the mail says so.",
        written="10MiB",
    )
    give_up_after: Annotated[Millis, kinds.duration(HOUR, 30 * DAY)] = setting(
        3 * DAY, "How long a mail is tried before it is given up.", written="3d"
    )
    recipients: tuple[RecipientEntry, ...] = setting((), "Who gets reports.")


Wrong: TypeAlias = tuple[tuple[str | int, ...], str]


def report_settings(entry: ReportsEntry) -> ReportSettings:
    """What the section `reports` says."""
    return ReportSettings(
        tuple(_schedule(schedule) for schedule in entry.schedules),
        tuple(ReportAccount(each.user, each.password, _all_or_some(each.communes)) for each in entry.accounts),
        entry.signing_key,
        (entry.url or "").rstrip("/"),
        CapacitySettings(entry.capacity.threshold, entry.capacity.limit, entry.capacity.nodes),
    )


def mail_settings(entry: MailEntry | None, language: str) -> MailSettings | None:
    """What the section `mail` says; None: nothing is mailed."""
    if entry is None:
        return None
    return MailSettings(
        *entry.server, entry.tls, entry.ca_file or "", entry.user, entry.password, entry.sender, entry.reply_to or "",
        entry.timeout, entry.max_size, entry.give_up_after,
        tuple(_recipient(recipient, language) for recipient in entry.recipients),
    )  # fmt: skip


def wrong_delivery(reports: ReportsEntry, mail: MailEntry | None) -> list[Wrong]:
    """What no entry can tell alone: where in the configuration, and what is wrong."""
    found: list[Wrong] = []
    for index, schedule in enumerate(reports.schedules):
        where = ("reports", "schedules", index)
        if schedule.close and schedule.communes != EVERY:
            found.append(((*where, "close"), "a period is closed for all communes: leave 'communes' out"))
        if (schedule.on in WEEKDAYS) != (schedule.every == "week") and schedule.on != FIRST_WORKING_DAY:
            found.append(((*where, "on"), _wrong_day(schedule.every)))
    if mail is not None and (mail.user is None) != (mail.password is None):
        found.append((("mail", "password" if mail.user is None else "user"), "user and password belong together"))
    if mail is not None and mail.user is not None and mail.tls == "none":
        found.append((("mail", "tls"), "a password is not sent without TLS: use starttls or tls"))
    return found


def _wrong_day(every: str) -> str:
    return (
        f"expected a weekday or {FIRST_WORKING_DAY} for a weekly report"
        if every == "week"
        else f"expected the number of a day or {FIRST_WORKING_DAY}"
    )


def _schedule(entry: ScheduleOfReportsEntry) -> ReportSchedule:
    return ReportSchedule(
        entry.id, entry.every, entry.on, entry.at, entry.formats, _all_or_some(entry.communes), entry.close, entry.mail
    )


def _recipient(entry: RecipientEntry, language: str) -> MailRecipient:
    return MailRecipient(
        entry.to, entry.cc, entry.bcc, entry.communes, entry.schedules, entry.attach, entry.language or language,
        entry.only_if_breached,
    )  # fmt: skip


def _all_or_some(communes: tuple[str, ...]) -> tuple[str, ...] | None:
    return None if communes == EVERY else communes
