"""How notices go to a receiver: each sender delivers one to one address, from a thread."""

import json
from collections.abc import Callable, Mapping, Sequence
from email.utils import parseaddr
from typing import Any, Protocol

from exporters.alerts import Destination, PostError, post, webhook
from exporters.alerts import alertmanager as am
from exporters.mail import AlertNote, MailError, Server, UnsureError, compose_alert, deliver
from netmon.alertplan import AlertmanagerTarget, MailTarget, Receiver, WebhookTarget
from netmon.clock import Millis
from netmon.model import Notice
from netmon.reportplan import MailSettings
from netmon.settings import Secret

_AT_ONCE = 200
"""Alerts in one request."""


class SendError(Exception):
    """It was not taken, as far as we know. ``permanent``: it never will be; ``away``: nothing is taken at the moment;
    ``wait``: for so long at least, as the receiver asked."""

    def __init__(self, said: str, *, permanent: bool = False, away: bool = False, wait: Millis = 0) -> None:
        super().__init__(said)
        self.said, self.permanent, self.away, self.wait = said, permanent, away, wait


class Sender(Protocol):
    """Delivers."""

    def send(self, notice: Notice, now: Millis) -> str:
        """Deliver one notice; what was answered.

        Raises:
            SendError: it was not taken.
        """


class AlertmanagerSender:
    """Tells the Alertmanager at ``url``."""

    def __init__(self, target: AlertmanagerTarget, url: str, language: str) -> None:
        self._target, self._language = target, language
        self._where = Destination(Secret(url + am.PATH), target.headers, target.ca_file, target.timeout)

    def send(self, notice: Notice, now: Millis) -> str:
        """Tell the alert."""
        return self.fire([json.loads(notice.content)], now)

    def fire(self, documents: Sequence[Mapping[str, Any]], now: Millis) -> str:
        """Tell all of them.

        Raises:
            SendError: not all were taken.
        """
        until = now + self._target.resolve_after
        found = [alert for each in documents for alert in am.alerts(each, self._target.labels, self._language, until)]
        said = ""
        for start in range(0, len(found), _AT_ONCE):
            said = _post(self._where, am.body(found[start : start + _AT_ONCE]), {"Content-Type": "application/json"})
        return said


class WebhookSender:
    """Posts documents, signed."""

    def __init__(self, target: WebhookTarget) -> None:
        self._target = target
        self._where = Destination(target.url, target.headers, target.ca_file, target.timeout)

    def send(self, notice: Notice, now: Millis) -> str:
        """Post the document, with its key in it."""
        target = self._target
        try:
            body = webhook.body({**json.loads(notice.content), "key": notice.key}, target.template)
        except webhook.BodyError as error:
            raise SendError(str(error), permanent=True) from None
        headers = webhook.headers(notice.event.value, notice.key, target.content_type, target.secret, now // 1000, body)
        return _post(self._where, body, headers)


class MailSender:
    """Mails to one address by the server of the section ``mail``."""

    def __init__(self, target: MailTarget, address: str, settings: MailSettings) -> None:
        self._target, self._address, self._settings = target, address, settings
        self._server = Server(
            settings.host, settings.port, settings.tls, settings.ca_file, settings.user, settings.password,
            settings.timeout,
        )  # fmt: skip

    def send(self, notice: Notice, now: Millis) -> str:  # noqa: ARG002 - mails are dated when they were queued
        """Mail it. What may have arrived is mailed again, with the same Message-ID: an outage is better told twice
        than not at all."""
        domain = parseaddr(self._settings.sender)[1].rpartition("@")[2]
        note = AlertNote(
            f"<{notice.key}.netmon@{domain}>", f"<{notice.incident}.netmon@{domain}>", self._settings.sender,
            self._settings.reply_to, (self._address,), notice.queued, self._target.language,
            json.loads(notice.content),
        )  # fmt: skip
        try:
            return deliver(self._server, self._settings.sender, self._address, compose_alert(note), _nothing)
        except ValueError as error:
            raise SendError(f"cannot be written: {error}", permanent=True) from None
        except UnsureError as error:
            raise SendError(str(error), away=True) from None
        except MailError as error:
            raise SendError(error.said, permanent=error.permanent and not error.server, away=error.server) from None


def sender_of(receiver: Receiver, address: str, mail: MailSettings | None, language: str) -> Sender:
    """What delivers to one address of a receiver. ``mail`` is there where the receiver is a mailbox."""
    match receiver.target:
        case AlertmanagerTarget() as target:
            return AlertmanagerSender(target, address, language)
        case WebhookTarget() as target:
            return WebhookSender(target)
        case MailTarget() as target:
            assert mail is not None  # noqa: S101 - the configuration was checked
            return MailSender(target, address, mail)


_nothing: Callable[[], None] = lambda: None  # noqa: E731


def _post(where: Destination, body: bytes, headers: Mapping[str, str]) -> str:
    try:
        return post(where, body, headers)
    except PostError as error:
        raise SendError(error.said, permanent=error.permanent, away=error.away, wait=error.wait * 1000) from None
