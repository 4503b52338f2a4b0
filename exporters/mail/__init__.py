"""Reports by mail: ``composing`` makes a message of a stored edition, ``sending`` hands it to a server."""

from exporters.mail.composing import Attachment, Note, compose
from exporters.mail.sending import MailError, Server, UnsureError, deliver

__all__ = ["Attachment", "MailError", "Note", "Server", "UnsureError", "compose", "deliver"]
