"""Mails of editions: who gets which, and the rounds in which those that wait are tried."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from email.utils import parseaddr
from typing import Any

from exporters.mail import Attachment, MailError, Note, Server, UnsureError, compose, deliver
from exporters.mail.composing import Commune
from netmon.clock import HOUR, MINUTE, Millis
from netmon.config import Configuration
from netmon.errors import UnavailableError
from netmon.history import Store
from netmon.model import Edition, Letter, Mail, Period
from netmon.reporting.archive import WHOLE, Archive
from netmon.reporting.closing import reports_path
from netmon.reportplan import MailRecipient, MailSettings

log = logging.getLogger("netmon.mail")

MOST_AT_ONCE = 100
FIRST_WAIT: Millis = MINUTE
LONGEST_WAIT: Millis = 2 * HOUR
NOT_KNOWN = "netmon ended while the server was taking it: it may have arrived"


def queue_mails(
    configuration: Configuration, store: Store, edition: Edition, now: Millis, schedule: str | None = None
) -> int:
    """Queue a mail for everybody who gets this edition and was not sent it yet; how many that are.

    Raises:
        StoreError: they cannot be queued.
    """
    settings = configuration.mail
    if settings is None:
        return 0
    mails = [
        Mail(0, _message_id(edition, letter, address, settings), address, letter, "waiting", now, 0, now, "", None)
        for recipient in settings.recipients
        if not recipient.schedules or schedule in recipient.schedules
        for letter in _letters(edition, recipient)
        for address in dict.fromkeys((*recipient.to, *recipient.cc, *recipient.bcc))
    ]
    return store.post.queue(mails)


def _letters(edition: Edition, recipient: MailRecipient) -> Iterator[Letter]:
    told = json.loads(edition.manifest)
    wanted = {name: part for part in told["communes"] if (name := part["commune"]) in recipient.communes}
    if not recipient.communes and told["whole"]:
        breached = any(part["breached"] for part in told["communes"])
        if breached or not recipient.only_if_breached:
            yield _letter(edition, recipient, "")
    for part in wanted.values():
        if part["breached"] or not recipient.only_if_breached:
            yield _letter(edition, recipient, part["insee"])


def _letter(edition: Edition, recipient: MailRecipient, insee: str) -> Letter:
    return Letter(
        edition.period, edition.name, insee, recipient.language, recipient.to, recipient.cc, recipient.attach
    )  # fmt: skip


def _message_id(edition: Edition, letter: Letter, address: str, settings: MailSettings) -> str:
    """The same for the same edition, commune and address, whoever queues it and however often."""
    said = json.dumps([edition.period, edition.name, edition.inputs, letter.commune, parseaddr(address)[1].lower()])
    domain = parseaddr(settings.sender)[1].rpartition("@")[2]
    return f"<{hashlib.sha256(said.encode()).hexdigest()[:40]}.netmon@{domain}>"


class Mailing:
    """Tries what waits. ``settled`` is told the outcome of each try: sent, retry or dead."""

    def __init__(
        self, configuration: Configuration, settings: MailSettings, store: Store, settled: Callable[[str], None]
    ) -> None:
        self._configuration, self._settings, self._store, self._settled = configuration, settings, store, settled
        self._archive = Archive(reports_path(configuration))
        self._server = Server(
            settings.host, settings.port, settings.tls, settings.ca_file, settings.user, settings.password,
            settings.timeout,
        )  # fmt: skip

    def begin(self, now: Millis) -> None:
        """After a start: what was being handed over when netmon ended is not mailed again by itself."""
        for mail in self._store.post.give_up_unsure(now, NOT_KNOWN):
            log.error("mail %d to %s: %s (netmon report mails --retry %d)", mail.id, mail.address, NOT_KNOWN, mail.id)
            self._settled("dead")

    def round(self, clock: Callable[[], Millis], stopped: Callable[[], bool]) -> None:
        """Try everything that is due, until a server takes no mails at all.

        Raises:
            StoreError: the post cannot be read or written.
        """
        mails = self._store.post.due(clock(), MOST_AT_ONCE)
        for place, mail in enumerate(mails):
            if stopped():
                return
            try:
                self._try(mail, clock)
            except MailError as error:
                rest = mails[place:] if error.server else [mail]
                for waiting in rest:
                    self._postpone(waiting, error, clock())
                if error.server:
                    return

    def _try(self, mail: Mail, clock: Callable[[], Millis]) -> None:
        trying = replace(mail, attempts=mail.attempts + 1)
        try:
            message = self._message(mail)
        except (UnavailableError, ValueError, KeyError) as error:
            self._give_up(trying, f"its documents are not to be had: {error}", clock())
            return
        try:
            said = deliver(
                self._server, self._settings.sender, mail.address, message,
                lambda: self._store.post.update(replace(trying, state="sending")),
            )  # fmt: skip
        except UnsureError as error:
            self._give_up(trying, f"{error}: it may have arrived", clock())
            return
        self._store.post.update(replace(trying, state="sent", said=said, settled=clock()))
        log.info("mail %d about %s/%s sent to %s", mail.id, mail.letter.period, mail.letter.edition, mail.address)
        self._settled("sent")

    def _postpone(self, mail: Mail, error: MailError, now: Millis) -> None:
        tried = replace(mail, attempts=mail.attempts + 1, said=error.said)
        if error.permanent and not error.server:
            self._give_up(tried, error.said, now)
        elif now - mail.queued >= self._settings.give_up:
            self._give_up(tried, f"tried {tried.attempts} times, at last: {error.said}", now)
        else:
            wait = min(LONGEST_WAIT, FIRST_WAIT << min(mail.attempts, 20))
            self._store.post.update(replace(tried, state="waiting", next=now + wait))
            log.warning("mail %d to %s not sent, tried again in %d s: %s", mail.id, mail.address, wait // 1000, error)
            self._settled("retry")

    def _give_up(self, mail: Mail, said: str, now: Millis) -> None:
        self._store.post.update(replace(mail, state="dead", said=said, settled=now))
        log.error("mail %d to %s given up: %s (netmon report mails)", mail.id, mail.address, said)
        self._settled("dead")

    def _message(self, mail: Mail) -> bytes:
        letter = mail.letter
        edition = next(
            (one for one in self._store.editions(letter.period) if one.name == letter.edition), None
        )  # fmt: skip
        if edition is None:
            raise UnavailableError(f"there is no edition {letter.period}/{letter.edition}")
        told = self._archive.manifest(edition)
        parts = [part for part in told["communes"] if not letter.commune or part["insee"] == letter.commune]
        folder = parts[0]["folder"] if letter.commune else WHOLE
        names = sorted(name for name in told["files"] if name.startswith(f"{letter.language}/{folder}/"))
        return compose(
            Note(
                mail.message_id, self._settings.sender, self._settings.reply_to, letter.to, letter.cc, mail.queued,
                letter.language, Period(edition.period, edition.start, edition.end, told["period"]["timezone"]),
                parts[0]["commune"] if letter.commune else "", edition.name, told["replaces"] or "", edition.closed,
                tuple(_commune(part) for part in parts), self._link(edition, names, folder),
                tuple(self._attachments(edition, letter, names)), self._settings.max_bytes,
            )
        )  # fmt: skip

    def _link(self, edition: Edition, names: Sequence[str], folder: str) -> str:
        url = self._configuration.reports.url
        page = next((name for name in names if name.endswith((f"/{folder}.html", "/index.html"))), "")
        return f"{url}/{edition.period}/{edition.name}/{page}" if url else ""

    def _attachments(self, edition: Edition, letter: Letter, names: Sequence[str]) -> Iterator[Attachment]:
        """The documents of the forms wanted; of the whole only what tells of all, not each commune's page again."""
        for kind in letter.attach:
            for name in names:
                file = name.rpartition("/")[2]
                own = letter.commune or not file[:5].isdigit()
                if file.endswith(f".{kind}") and own and not file.endswith(".schema.json"):
                    yield Attachment(_called(edition, file), kind, self._archive.read(edition, name))


def _called(edition: Edition, file: str) -> str:
    """``2026-10-v2-33039-begles.pdf``: a name that says what it is wherever it is saved."""
    return f"{edition.period}-{edition.name}-{file}"


def _commune(part: dict[str, Any]) -> Commune:
    return Commune(part["commune"], part["objective"], part["availability"], part["breached"])


def mail_document(mail: Mail) -> dict[str, object]:
    """The mail as JSON."""
    return asdict(mail)
