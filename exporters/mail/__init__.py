"""Mails: ``composing`` makes a message of a stored edition, ``alerting`` one of a notice, and ``sending`` hands it to a
server."""

from exporters.mail.alerting import AlertNote, compose_alert
from exporters.mail.composing import Attachment, Note, compose
from exporters.mail.sending import MailError, Server, UnsureError, deliver

__all__ = [
    "AlertNote", "Attachment", "MailError", "Note", "Server", "UnsureError", "compose", "compose_alert", "deliver",
]  # fmt: skip
